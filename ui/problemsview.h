// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/findingsmodel.h"

#include <QTreeView>

namespace romsmith::ui {

/// The list of findings: activating one jumps to its row, its button mends it, and it can be copied as text.
class ProblemsView final : public QTreeView
{
    Q_OBJECT

public:
    explicit ProblemsView(QWidget* parent = nullptr);

    [[nodiscard]] FindingsModel& findings() { return m_model; }

Q_SIGNALS:
    void goToRequested(const romsmith::tree::Node& node, const romsmith::romfs::Finding& finding);
    void mendRequested(const romsmith::romfs::Finding& finding, romsmith::tree::Node* node);

protected:
    [[nodiscard]] int sizeHintForColumn(int column) const override;
    void keyPressEvent(QKeyEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void activate(const QModelIndex& index);

    FindingsModel m_model;
};

} // namespace romsmith::ui
