// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QAction;
class QToolButton;

namespace romsmith::ui {

/// The button for the toolbar that writes to the cam; next to it stands why it cannot.
class FlashButton final : public QWidget
{
    Q_OBJECT

public:
    explicit FlashButton(QAction& action, QWidget* parent = nullptr);

    void setReason(const QString& reason); ///< empty: there is none against it
    [[nodiscard]] const QString& reason() const { return m_reason; }
    [[nodiscard]] QToolButton& button() const { return *m_button; }

private:
    class Reason;

    QToolButton* m_button;
    Reason* m_label;
    QString m_reason;
};

} // namespace romsmith::ui
