// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/device/flashquestion.h"

#include "ui/icons.h"
#include "ui/text.h"

#include <QCheckBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QPushButton>

namespace romsmith::ui {
namespace {

QString sizeText(std::uint64_t bytes)
{
    return FlashQuestion::tr("%1 (%2 bytes)").arg(roundSize(bytes), exactSize(bytes));
}

QString thereNow(const FlashFacts& facts)
{
    if (!facts.isThereKnown) {
        return FlashQuestion::tr("not known; if it is an image, a backup of it is kept");
    }
    if (facts.usedNow == 0) {
        return FlashQuestion::tr("no image; nothing is lost");
    }
    const auto size = sizeText(facts.usedNow);
    return facts.nameNow.isEmpty()
        ? FlashQuestion::tr("an image of %1; it is replaced, and a backup of it is kept").arg(size)
        : FlashQuestion::tr("\"%1\", %2; it is replaced, and a backup of it is kept").arg(facts.nameNow, size);
}

} // namespace

FlashQuestion::FlashQuestion(const FlashFacts& facts, QWidget* parent)
    : QDialog(parent)
    , m_never(new QCheckBox(tr("Do &not ask again for this cam"), this))
    , m_buttons(new QDialogButtonBox(QDialogButtonBox::Cancel, this))
{
    setWindowTitle(tr("Flash"));
    auto* layout = new QFormLayout(this);
    layout->setRowWrapPolicy(QFormLayout::WrapLongRows);
    layout->setLabelAlignment(Qt::AlignLeading | Qt::AlignTop);
    auto* title = new QLabel(tr("Write \"%1\" to %2 of %3?").arg(facts.image, facts.partition, facts.cam), this);
    auto font = title->font();
    font.setBold(true);
    title->setFont(font);
    title->setTextFormat(Qt::PlainText);
    title->setWordWrap(true);
    layout->addRow(title);
    m_lines.append(title->text());

    add(tr("Cam:"),
        facts.serial.isEmpty() ? tr("%1 at %2").arg(facts.cam, facts.port)
                               : tr("%1 at %2, serial number %3").arg(facts.cam, facts.port, facts.serial));
    add(tr("Partition:"), tr("%1, %2").arg(facts.partition, sizeText(facts.partitionSize)));
    add(tr("Image:"), sizeText(facts.imageSize));
    add(tr("There now:"), thereNow(facts));
    const auto way = facts.isDfu ? tr("by its bootloader (DFU)") : tr("over its REPL");
    add(tr("Way:"), facts.reason.isEmpty() ? way : tr("%1: %2").arg(way, facts.reason));
    if (!facts.newTarget.isEmpty()) {
        add(tr("Target:"), tr("the image has no board yet; it is built for %1 from now on").arg(facts.newTarget));
    }
    if (!facts.errors.isEmpty()) {
        add(tr("Errors:"), facts.errors.join(u'\n'));
        add(QString(), tr("The cam may not be able to use this image. It is written as it is."));
    }
    add(QString(),
        facts.isDfu
            ? tr("What runs on the cam is stopped. The cam goes into its bootloader, is written and read back, and "
                 "restarts with the new image.")
            : tr("What runs on the cam is stopped, and the cam restarts with the new image."));
    m_never->setVisible(facts.canBeRemembered && facts.errors.isEmpty());
    layout->addRow(m_never);
    layout->addRow(m_buttons);

    auto* flash = m_buttons->addButton(facts.errors.isEmpty() ? tr("&Flash") : tr("&Flash Anyway"),
                                       QDialogButtonBox::AcceptRole);
    flash->setIcon(icon(QStringLiteral("flash")));
    auto* usual = facts.errors.isEmpty() ? flash : m_buttons->button(QDialogButtonBox::Cancel);
    usual->setDefault(true);
    usual->setFocus();
    connect(m_buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(m_buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    setAccessibleDescription(m_lines.join(u'\n'));
}

void FlashQuestion::add(const QString& label, const QString& value)
{
    auto* shown = new QLabel(value, this);
    shown->setTextFormat(Qt::PlainText);
    shown->setWordWrap(true);
    constexpr int width = 50; // characters
    shown->setMinimumWidth(fontMetrics().averageCharWidth() * width);
    static_cast<QFormLayout*>(layout())->addRow(label, shown);
    m_lines.append(label.isEmpty() ? value : tr("%1 %2").arg(label, value));
}

FlashAnswer FlashQuestion::answer() const
{
    return {.flash = result() == Accepted, .neverAskAgain = result() == Accepted && m_never->isChecked()};
}

QString FlashQuestion::text() const
{
    return m_lines.join(u'\n');
}

} // namespace romsmith::ui
