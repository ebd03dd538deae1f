// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/device/waitdialog.h"

#include "core/boards/boardtable.h"
#include "core/device/bootloader.h"
#include "ui/device/transport.h"
#include "ui/text.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QPushButton>

namespace romsmith::ui {

QString helpToEnter(const boards::Board* board)
{
    return board
        ? text(device::howToEnter(*board))
        : WaitDialog::tr("Unplug the cam and plug it in again, or press its reset button: its bootloader waits "
                         "for a moment each time.");
}

WaitDialog::WaitDialog(const boards::Board* usual, QWidget* parent)
    : QDialog(parent)
    , m_box(new QComboBox(this))
    , m_help(new QLabel(this))
{
    setWindowTitle(tr("Wait for a Cam's Bootloader"));
    m_box->addItem(tr("Any cam"));
    for (const auto& board : boards::BoardTable::known().boards()) {
        if (speaksDfu(&board)) {
            m_box->addItem(ui::text(board.name), ui::text(board.id));
        }
    }
    m_box->setCurrentIndex(usual ? std::max(0, m_box->findData(ui::text(usual->id))) : 0);
    for (auto* label : {m_help}) {
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
        constexpr int width = 56; // characters
        label->setMinimumWidth(fontMetrics().averageCharWidth() * width);
    }
    auto* why
        = new QLabel(tr("For a cam whose firmware does not start any more, or does not go into its bootloader when "
                        "it is asked to. It is caught as soon as its bootloader shows up, and stays there."),
                     this);
    why->setWordWrap(true);
    auto* layout = new QFormLayout(this);
    layout->addRow(why);
    layout->addRow(tr("&Cam:"), m_box);
    layout->addRow(m_help);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    auto* wait = buttons->addButton(tr("&Wait"), QDialogButtonBox::AcceptRole);
    wait->setDefault(true);
    layout->addRow(buttons);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_box, &QComboBox::currentIndexChanged, this, &WaitDialog::showHelp);
    showHelp();
}

const boards::Board* WaitDialog::board() const
{
    const auto id = m_box->currentData().toString();
    return id.isEmpty() ? nullptr : boards::BoardTable::known().find(id.toStdString());
}

QString WaitDialog::help() const
{
    return m_help->text();
}

void WaitDialog::showHelp()
{
    m_help->setText(helpToEnter(board()));
}

} // namespace romsmith::ui
