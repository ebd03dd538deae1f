// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/device/transportbox.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>

namespace romsmith::ui {

TransportBox::TransportBox(QWidget* parent)
    : QWidget(parent)
    , m_box(new QComboBox(this))
    , m_note(new QLabel(this))
{
    m_box->addItem(tr("Automatic"), static_cast<int>(Via::Automatic));
    m_box->addItem(tr("REPL"), static_cast<int>(Via::Repl));
    m_box->addItem(tr("DFU"), static_cast<int>(Via::Dfu));
    m_box->setToolTip(tr("REPL: by the firmware that runs on the cam. DFU: by the cam's bootloader."));
    m_note->setTextFormat(Qt::PlainText);
    m_note->setWordWrap(true);
    auto* label = new QLabel(tr("&Way:"), this);
    label->setBuddy(m_box);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(label);
    layout->addWidget(m_box);
    layout->addWidget(m_note, 1);
    connect(m_box, &QComboBox::activated, this,
            [this] { Q_EMIT chosen(static_cast<Via>(m_box->currentData().toInt())); });
}

void TransportBox::showChoice(Via via, const QString& note, bool isEnabled)
{
    m_box->setCurrentIndex(m_box->findData(static_cast<int>(via)));
    m_box->setEnabled(isEnabled);
    m_note->setText(note);
    m_box->setAccessibleDescription(note);
}

QString TransportBox::note() const
{
    return m_note->text();
}

} // namespace romsmith::ui
