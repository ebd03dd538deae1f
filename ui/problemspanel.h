// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/problemsview.h"

#include <array>

class QToolButton;

namespace romsmith::ui {

/// The findings, and buttons that count and hide those of each severity.
class ProblemsPanel final : public QWidget
{
    Q_OBJECT

public:
    explicit ProblemsPanel(QWidget* parent = nullptr);

    [[nodiscard]] ProblemsView& view() const { return *m_view; }
    [[nodiscard]] QToolButton& button(romfs::Severity severity) const
    {
        return *m_buttons[std::to_underlying(severity)];
    }

private:
    void refresh();

    ProblemsView* m_view;
    std::array<QToolButton*, 3> m_buttons{};
};

} // namespace romsmith::ui
