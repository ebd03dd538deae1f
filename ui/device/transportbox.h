// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/device/transport.h"

#include <QWidget>

class QComboBox;
class QLabel;

namespace romsmith::ui {

/// The choice of how an image gets into the cam, and what an automatic one comes to.
class TransportBox final : public QWidget
{
    Q_OBJECT

public:
    explicit TransportBox(QWidget* parent = nullptr);

    /// @p note says what is taken, and why, or why it cannot be.
    void showChoice(Via via, const QString& note, bool isEnabled);
    [[nodiscard]] QComboBox& box() const { return *m_box; }
    [[nodiscard]] QString note() const;

Q_SIGNALS:
    void chosen(romsmith::ui::Via via); ///< by the user

private:
    QComboBox* m_box;
    QLabel* m_note;
};

} // namespace romsmith::ui
