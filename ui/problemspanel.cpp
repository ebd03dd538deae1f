// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/problemspanel.h"

#include "ui/icons.h"

#include <QHBoxLayout>
#include <QToolButton>
#include <QVBoxLayout>

namespace romsmith::ui {
namespace {

QString countText(romfs::Severity severity, int count)
{
    switch (severity) {
    case romfs::Severity::Error:
        return ProblemsPanel::tr("%n error(s)", nullptr, count);
    case romfs::Severity::Warning:
        return ProblemsPanel::tr("%n warning(s)", nullptr, count);
    case romfs::Severity::Info:
        return ProblemsPanel::tr("%n hint(s)", nullptr, count);
    }
    return {};
}

} // namespace

ProblemsPanel::ProblemsPanel(QWidget* parent)
    : QWidget(parent)
    , m_view(new ProblemsView(this))
{
    auto* buttons = new QHBoxLayout;
    for (const auto severity : {romfs::Severity::Error, romfs::Severity::Warning, romfs::Severity::Info}) {
        auto* button = new QToolButton(this);
        button->setCheckable(true);
        button->setChecked(true);
        button->setAutoRaise(true);
        button->setIcon(iconFor(severity));
        button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        button->setToolTip(tr("Show or hide these"));
        button->setFocusPolicy(Qt::TabFocus);
        connect(button, &QToolButton::toggled, this,
                [this, severity](bool isShown) { m_view->findings().setShown(severity, isShown); });
        m_buttons[std::to_underlying(severity)] = button;
        buttons->addWidget(button);
    }
    buttons->addStretch();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(2);
    layout->addLayout(buttons);
    layout->addWidget(m_view);
    connect(&m_view->findings(), &FindingsModel::reloaded, this, &ProblemsPanel::refresh);
    refresh();
}

void ProblemsPanel::refresh()
{
    for (const auto severity : {romfs::Severity::Error, romfs::Severity::Warning, romfs::Severity::Info}) {
        const auto count = m_view->findings().count(severity);
        button(severity).setText(countText(severity, count));
        button(severity).setEnabled(count > 0);
    }
}

} // namespace romsmith::ui
