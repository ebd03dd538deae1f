// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/device/firmwaredialog.h"

#include "ui/background.h"
#include "ui/icons.h"
#include "ui/text.h"

#include <QCheckBox>
#include <QDialogButtonBox>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPointer>
#include <QPushButton>
#include <QTreeWidget>

namespace romsmith::ui {
namespace {

QLabel* plainLabel(const QString& words, QWidget* parent)
{
    auto* label = new QLabel(words, parent);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    return label;
}

} // namespace

FirmwareDialog::FirmwareDialog(FirmwareFacts facts, QWidget* parent)
    : QDialog(parent)
    , m_facts(std::move(facts))
    , m_wish({.paths = m_facts.paths, .partition = m_facts.partition})
    , m_files(plainLabel({}, this))
    , m_choose(new QPushButton(tr("&Choose…"), this))
    , m_document(new QCheckBox(this))
    , m_bundle(new QCheckBox(tr("Also the i&mages of the bundle"), this))
    , m_erase(new QCheckBox(tr("&Erase the cam's file system: all files on its drive are lost"), this))
    , m_table(new QTreeWidget(this))
    , m_problem(plainLabel({}, this))
    , m_flash(nullptr)
{
    setWindowTitle(tr("Flash Firmware"));
    auto* title = plainLabel(tr("Write firmware to %1").arg(ui::text(m_facts.board->name)), this);
    auto font = title->font();
    font.setBold(true);
    title->setFont(font);
    m_document->setText(m_facts.document.isEmpty()
                            ? tr("Also the &image in front: no image is open")
                            : (m_facts.againstDocument.isEmpty()
                                   ? tr("Also the &image in front, \"%1\"").arg(m_facts.document)
                                   : tr("Also the &image in front: %1").arg(m_facts.againstDocument)));
    m_document->setEnabled(!m_facts.document.isEmpty() && m_facts.againstDocument.isEmpty());
    m_bundle->setChecked(true);
    m_bundle->hide();
    m_erase->setVisible(!m_facts.board->filesystemErase.empty());
    m_table->setHeaderLabels({tr("File"), tr("Goes to"), tr("Bytes")});
    m_table->setRootIsDecorated(false);
    m_table->setAccessibleName(tr("What is written"));
    m_table->header()->setStretchLastSection(false);
    m_table->header()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_table->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    m_table->headerItem()->setTextAlignment(2, Qt::AlignRight);
    constexpr int rows = 6;
    constexpr int columns = 64; // characters
    m_table->setMinimumSize(fontMetrics().averageCharWidth() * columns, fontMetrics().height() * (rows + 2));
    m_problem->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);

    auto* layout = new QFormLayout(this);
    layout->addRow(title);
    layout->addRow(tr("Cam:"), plainLabel(m_facts.cam, this));
    layout->setLabelAlignment(Qt::AlignLeading | Qt::AlignTop);
    layout->addRow(tr("Files:"), m_files);
    auto* choose = new QHBoxLayout;
    choose->addWidget(m_choose);
    choose->addStretch();
    layout->addRow(QString(), choose);
    for (auto* box : {m_document, m_bundle, m_erase}) {
        layout->addRow(QString(), box);
    }
    layout->addRow(m_table);
    layout->addRow(m_problem);
    layout->addRow(plainLabel(tr("The cam goes into its bootloader; a backup is kept of the images that are there; "
                                 "everything is written and read back, then the cam restarts. Do not unplug it."),
                              this));
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    m_flash = buttons->addButton(tr("&Flash"), QDialogButtonBox::AcceptRole);
    m_flash->setIcon(icon(QStringLiteral("flash")));
    layout->addRow(buttons);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_choose, &QPushButton::clicked, this, &FirmwareDialog::choose);
    connect(m_document, &QCheckBox::toggled, this, &FirmwareDialog::takeDocument);
    connect(m_bundle, &QCheckBox::toggled, this, [this](bool isWanted) {
        m_wish.withImagesOfBundle = isWanted;
        check();
    });
    connect(m_erase, &QCheckBox::toggled, this, [this](bool isWanted) {
        m_wish.eraseFilesystem = isWanted;
        check();
    });
    m_choose->setFocus();
    check();
}

void FirmwareDialog::choose()
{
    if (const auto paths = m_facts.choose(); !paths.isEmpty()) {
        m_wish.paths = paths;
        check();
    }
}

void FirmwareDialog::takeDocument(bool isWanted)
{
    const int number = ++m_number;
    if (!isWanted) {
        m_wish.image.reset();
        check();
        return;
    }
    showProblem(tr("The image is being built …"));
    m_facts.build([self = QPointer(this), number](Result<FirmwareWish::Image> image) {
        if (!self || number != self->m_number) {
            return;
        }
        if (!image) {
            self->showProblem(ui::text(image.error().message));
            return;
        }
        self->m_wish.image = std::move(*image);
        self->check();
    });
}

void FirmwareDialog::check()
{
    QStringList names;
    for (const auto& path : m_wish.paths) {
        names.append(QFileInfo(path).fileName());
    }
    m_files->setText(names.isEmpty() ? tr("none yet; firmware.bin, an image, or a bundle of OpenMV (zip)")
                                     : names.join(QStringLiteral(", ")));
    const int number = ++m_number;
    if (m_wish.paths.isEmpty() && !m_wish.image && !m_wish.eraseFilesystem) {
        m_table->clear();
        showProblem(tr("No file is chosen yet."));
        return;
    }
    showProblem(tr("The files are being checked …"));
    runInBackground(
        this, [wish = m_wish, board = m_facts.board] { return planFirmware(*board, wish); },
        [this, number](Result<FirmwarePlan> plan) {
            if (number == m_number) {
                showPlan(std::move(plan));
            }
        });
}

void FirmwareDialog::showPlan(Result<FirmwarePlan> plan)
{
    m_table->clear();
    if (!plan) {
        showProblem(ui::text(plan.error().message));
        return;
    }
    m_plan = std::move(*plan);
    for (const auto& row : m_plan.rows) {
        auto* item = new QTreeWidgetItem(m_table, {row.file, row.alternate, exactSize(row.size)});
        item->setTextAlignment(2, Qt::AlignRight);
    }
    m_bundle->setVisible(m_plan.hasBundledImages);
    showProblem(m_plan.rows.empty() ? tr("Nothing is chosen.") : QString());
}

void FirmwareDialog::showProblem(const QString& problem)
{
    // What is disabled while it has the focus gives it to Cancel.
    if (!problem.isEmpty() && m_flash->hasFocus()) {
        m_choose->setFocus();
    }
    m_problem->setText(problem);
    m_problem->setVisible(!problem.isEmpty());
    m_flash->setEnabled(problem.isEmpty());
    m_flash->setDefault(problem.isEmpty());
    m_choose->setDefault(!problem.isEmpty());
    if (problem.isEmpty() && m_choose->hasFocus()) {
        m_flash->setFocus();
    }
}

QString FirmwareDialog::problem() const
{
    return m_problem->text();
}

QString FirmwareDialog::text() const
{
    QStringList lines{windowTitle(), m_facts.cam};
    for (const auto& row : m_plan.rows) {
        lines.append(tr("%1 to %2, %3 bytes").arg(row.file, row.alternate, exactSize(row.size)));
    }
    return lines.join(u'\n');
}

} // namespace romsmith::ui
