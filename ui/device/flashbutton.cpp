// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/device/flashbutton.h"

#include "ui/text.h"

#include <QAction>
#include <QHBoxLayout>
#include <QPainter>
#include <QToolButton>

namespace romsmith::ui {

/// Gives way when the window is narrow: the button is to stay in sight.
class FlashButton::Reason final : public QWidget
{
public:
    using QWidget::QWidget;

    void setText(const QString& text)
    {
        m_text = text;
        setVisible(!text.isEmpty());
        updateGeometry();
        update();
    }

    [[nodiscard]] QSize sizeHint() const override
    {
        return {fontMetrics().horizontalAdvance(m_text) + 2, fontMetrics().height()};
    }
    [[nodiscard]] QSize minimumSizeHint() const override { return {0, fontMetrics().height()}; }

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        painter.setPen(palette().color(QPalette::WindowText));
        painter.drawText(rect(), Qt::AlignVCenter | Qt::AlignLeft,
                         fontMetrics().elidedText(m_text, Qt::ElideRight, width()));
    }

private:
    QString m_text;
};

FlashButton::FlashButton(QAction& action, QWidget* parent)
    : QWidget(parent)
    , m_button(new QToolButton(this))
    , m_label(new Reason(this))
{
    m_button->setDefaultAction(&action);
    m_button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_button->setFocusPolicy(Qt::TabFocus);
    m_label->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Preferred);
    m_label->hide();
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_button);
    layout->addWidget(m_label, 1);
    setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Preferred);
}

void FlashButton::setReason(const QString& reason)
{
    if (reason == m_reason) { // after most edits; a toolbar that is laid out again paints the window
        return;
    }
    m_reason = reason;
    m_label->setText(reason);
    m_label->setToolTip(toolTipOf(reason));
    m_button->setAccessibleName(reason.isEmpty() ? tr("Flash") : tr("Flash: %1").arg(reason));
}

} // namespace romsmith::ui
