// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/welcomepage.h"

#include "ui/icons.h"

#include <QAction>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QVBoxLayout>

namespace romsmith::ui {

WelcomePage::WelcomePage(const QList<QAction*>& actions, QWidget* parent)
    : QWidget(parent)
    , m_recentPart(new QWidget(this))
    , m_recent(new QListWidget(m_recentPart))
{
    auto* hint = new QLabel(tr("Drop an image, files or folders here"), this);
    auto font = hint->font();
    font.setPointSizeF(font.pointSizeF() * 1.3);
    hint->setFont(font);
    auto* picture = new QLabel(this);
    constexpr int pictureSize = 48;
    picture->setPixmap(icon(QStringLiteral("drop")).pixmap(pictureSize, pictureSize));

    auto* buttons = new QHBoxLayout;
    buttons->addStretch();
    for (auto* action : actions) {
        auto* button = new QPushButton(action->icon(), action->text(), this);
        connect(button, &QPushButton::clicked, action, &QAction::trigger);
        buttons->addWidget(button);
    }
    buttons->addStretch();

    auto* title = new QLabel(tr("&Recent images"), m_recentPart);
    title->setBuddy(m_recent);
    m_recent->setAccessibleName(tr("Recent images"));
    constexpr int listWidth = 460;
    m_recent->setMaximumWidth(listWidth);
    m_recent->setMinimumWidth(listWidth / 2);
    connect(m_recent, &QListWidget::itemActivated, this,
            [this](const QListWidgetItem* item) { Q_EMIT openRequested(item->data(Qt::UserRole).toString()); });
    auto* recentLayout = new QVBoxLayout(m_recentPart);
    recentLayout->addWidget(title);
    recentLayout->addWidget(m_recent);

    auto* layout = new QVBoxLayout(this);
    layout->addStretch();
    layout->addWidget(picture, 0, Qt::AlignHCenter);
    layout->addWidget(hint, 0, Qt::AlignHCenter);
    layout->addLayout(buttons);
    layout->addWidget(m_recentPart, 1, Qt::AlignHCenter);
    layout->addStretch();
    setRecent({});
}

void WelcomePage::setRecent(const QStringList& paths)
{
    m_recent->clear();
    for (const auto& path : paths) {
        const QFileInfo file(path);
        auto* item = new QListWidgetItem(icon(QStringLiteral("romfs")),
                                         file.fileName() % QStringLiteral(" — ") % file.path(), m_recent);
        item->setData(Qt::UserRole, path);
        item->setToolTip(path);
    }
    m_recentPart->setHidden(paths.isEmpty());
}

} // namespace romsmith::ui
