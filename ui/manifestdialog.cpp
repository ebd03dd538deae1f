// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/manifestdialog.h"

#include "ui/text.h"

#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace romsmith::ui {

ManifestDialog::ManifestDialog(const ManifestQuestion& question, QWidget* parent)
    : QDialog(parent)
    , m_text(new QLabel(this))
    , m_run(new QPushButton(tr("&Run and Import"), this))
    , m_addAsFile(new QPushButton(tr("Add as a &File"), this))
{
    setWindowTitle(tr("Import %1").arg(question.name));
    m_text->setWordWrap(true);
    m_text->setTextFormat(Qt::PlainText);
    m_text->setText(
        tr("%1 is a firmware manifest: a Python program that says which modules a firmware freezes. Running it "
           "shows what they are, before anything is added. As a program it can do whatever you can.")
            .arg(question.name)
        % u"\n\n"
        % (question.hasSandbox
               ? tr("It will run in a sandbox: it can read files, but neither change any nor use the network.")
               : tr("There is no sandbox on this computer, because bubblewrap (bwrap) is missing or cannot be used. "
                    "Run it only if you trust where it comes from.")));

    auto* form = new QFormLayout;
    for (const auto* name : {"MPY_DIR", "MPY_LIB_DIR", "PORT_DIR", "BOARD_DIR", "OMV_LIB_DIR"}) {
        auto* edit = new QLineEdit(this);
        const auto known = question.folders.find(name);
        edit->setText(known == question.folders.end() ? QString() : ui::text(known->second.string()));
        edit->setPlaceholderText(tr("not known; needed only if the manifest names it"));
        form->addRow(QStringLiteral("$(%1)").arg(QLatin1StringView(name)), edit);
        m_folders[name] = edit;
    }

    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    buttons->addButton(m_run, QDialogButtonBox::AcceptRole);
    buttons->addButton(m_addAsFile, QDialogButtonBox::AcceptRole);
    (question.hasSandbox ? m_run : buttons->button(QDialogButtonBox::Cancel))->setDefault(true);
    m_addAsFile->setToolTip(tr("%1 itself becomes one file of the image").arg(question.name));
    connect(m_run, &QPushButton::clicked, this, [this] { m_way = ManifestAnswer::Way::Run; });
    connect(m_addAsFile, &QPushButton::clicked, this, [this] { m_way = ManifestAnswer::Way::AddAsFile; });
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);

    auto* layout = new QVBoxLayout(this);
    layout->addWidget(m_text);
    layout->addLayout(form);
    layout->addWidget(buttons);
    resize(640, sizeHint().height());
}

ManifestAnswer ManifestDialog::answer() const
{
    if (result() != Accepted) {
        return {};
    }
    ManifestAnswer answer{.way = m_way};
    for (const auto& [name, edit] : m_folders) {
        if (const auto folder = edit->text().trimmed(); !folder.isEmpty()) {
            answer.folders[name] = toPath(folder);
        }
    }
    return answer;
}

} // namespace romsmith::ui
