// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/boards/board.h"

#include <QDialog>

class QComboBox;
class QLabel;

namespace romsmith::ui {

/// Which cam's bootloader is to be waited for, and how a person gets it there.
class WaitDialog final : public QDialog
{
    Q_OBJECT

public:
    /// @p usual is chosen first; nullptr: any cam.
    explicit WaitDialog(const boards::Board* usual, QWidget* parent = nullptr);

    [[nodiscard]] const boards::Board* board() const; ///< nullptr: any
    [[nodiscard]] QComboBox& box() const { return *m_box; }
    [[nodiscard]] QString help() const;

private:
    void showHelp();

    QComboBox* m_box;
    QLabel* m_help;
};

/// How a person gets the cam into its bootloader; nullptr: any cam.
[[nodiscard]] QString helpToEnter(const boards::Board* board);

} // namespace romsmith::ui
