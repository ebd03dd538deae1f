// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/tree/romtree.h"

#include <QDialog>

#include <optional>
#include <span>

class QTreeWidget;

namespace romsmith::ui {

/// Asks, once for a whole gesture, what is to happen with names that are taken; says what is there and what comes.
class ClashDialog final : public QDialog
{
    Q_OBJECT

public:
    explicit ClashDialog(std::span<const tree::Clash> clashes, QWidget* parent = nullptr);

    [[nodiscard]] std::optional<tree::ClashPolicy> policy() const { return m_policy; } ///< none if it was cancelled
    [[nodiscard]] QTreeWidget& list() { return *m_list; }

private:
    void build(std::span<const tree::Clash> clashes);
    void fill(std::span<const tree::Clash> clashes);

    QTreeWidget* m_list;
    std::optional<tree::ClashPolicy> m_policy;
};

} // namespace romsmith::ui
