// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/noticebar.h"

#include "ui/icons.h"
#include "ui/text.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>

namespace romsmith::ui {

NoticeBar::NoticeBar(QWidget* parent)
    : QFrame(parent)
    , m_icon(new QLabel(this))
    , m_text(new QLabel(this))
    , m_buttons(new QHBoxLayout)
{
    setFrameShape(QFrame::StyledPanel);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::AlternateBase);
    m_text->setWordWrap(true);
    m_text->setTextFormat(Qt::PlainText);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* close = new QToolButton(this);
    close->setIcon(icon(QStringLiteral("close")));
    close->setAutoRaise(true);
    close->setToolTip(tr("Dismiss"));
    close->setAccessibleName(tr("Dismiss message"));
    connect(close, &QToolButton::clicked, this, &QWidget::hide);

    auto* layout = new QHBoxLayout(this);
    layout->addWidget(m_icon);
    layout->addWidget(m_text, 1);
    layout->addLayout(m_buttons);
    layout->addWidget(close);
    QWidget::hide();
}

void NoticeBar::show(romfs::Severity severity, const QString& text, std::vector<Action> actions)
{
    m_icon->setPixmap(iconFor(severity).pixmap(20, 20));
    m_text->setText(text);
    setAccessibleName(text);
    while (auto* item = m_buttons->takeAt(0)) {
        item->widget()->deleteLater();
        delete item;
    }
    for (auto& action : actions) {
        auto* button = new QPushButton(action.text, this);
        connect(button, &QPushButton::clicked, this, [this, run = std::move(action.run)] {
            hide();
            run();
        });
        m_buttons->addWidget(button);
        button->show(); // the bar may be in sight already
    }
    QWidget::show();
    Q_EMIT shown(severity, text);
}

void NoticeBar::show(const Error& error, std::vector<Action> actions)
{
    show(romfs::Severity::Error, ui::text(error.message), std::move(actions));
}

QString NoticeBar::text() const
{
    return m_text->text();
}

} // namespace romsmith::ui
