// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/rulesdialog.h"

#include "ui/delegates.h"
#include "ui/text.h"

#include <QDialogButtonBox>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QShortcut>
#include <QTableView>
#include <QVBoxLayout>

namespace romsmith::ui {
namespace {

QString boardNameOf(const Document& document)
{
    const auto* board = document.target().board();
    return board ? text(board->name) : RulesDialog::tr("OpenMV's boards");
}

} // namespace

RulesDialog::RulesDialog(Document& document, QWidget* parent)
    : QDialog(parent)
    , m_document(&document)
    , m_model(document.boardRules(), boardNameOf(document), document.plan().rules)
    , m_view(new QTableView(this))
    , m_effect(new QLabel(this))
    , m_remove(addButton(tr("&Remove"), &RulesDialog::removeRule))
    , m_reset(addButton(tr("Rese&t to the Board's"), &RulesDialog::reset))
{
    setWindowTitle(tr("Alignment Rules of %1").arg(document.name()));
    build();
    connect(&m_model, &RulesModel::edited, this, &RulesDialog::refresh);
    connect(m_view->selectionModel(), &QItemSelectionModel::currentChanged, this, &RulesDialog::enableButtons);
    m_view->setCurrentIndex(m_model.index(0, RulesModel::Alignment));
    refresh();
}

QPushButton* RulesDialog::addButton(const QString& text, void (RulesDialog::*run)())
{
    auto* button = new QPushButton(text, this);
    button->setAutoDefault(false);
    connect(button, &QPushButton::clicked, this, run);
    return button;
}

void RulesDialog::build()
{
    m_view->setModel(&m_model);
    m_view->setItemDelegate(new TypedDelegate(m_view));
    m_view->setAccessibleName(tr("Alignment rules"));
    m_view->setShowGrid(false);
    m_view->setTabKeyNavigation(false); // from an editor Tab leads to the next cell, from the table out of it
    m_view->setSelectionMode(QAbstractItemView::SingleSelection);
    m_view->verticalHeader()->hide();
    m_view->verticalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_view->setEditTriggers(QAbstractItemView::DoubleClicked | QAbstractItemView::EditKeyPressed
                            | QAbstractItemView::AnyKeyPressed);
    m_view->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_view->horizontalHeader()->setHighlightSections(false);
    m_view->horizontalHeader()->setSectionResizeMode(RulesModel::Extension, QHeaderView::ResizeToContents);
    m_view->horizontalHeader()->setStretchLastSection(true);
    const auto columns = fontMetrics().averageCharWidth();
    m_view->setMinimumSize(60 * columns, 12 * fontMetrics().lineSpacing());
    auto* removing = new QShortcut(QKeySequence::Delete, m_view);
    removing->setContext(Qt::WidgetShortcut);
    connect(removing, &QShortcut::activated, this, &RulesDialog::removeRule);
    m_effect->setWordWrap(true);
    m_effect->setTextFormat(Qt::PlainText);
    m_effect->setAccessibleName(tr("What the rules do"));
    m_effect->setMinimumHeight(3 * fontMetrics().lineSpacing()); // so that the rows do not move while one types
    m_effect->setAlignment(Qt::AlignTop | Qt::AlignLeft);

    auto* edits = new QHBoxLayout;
    edits->addWidget(addButton(tr("&Add"), &RulesDialog::addRule));
    edits->addWidget(m_remove);
    edits->addStretch(1);
    edits->addWidget(m_reset);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
    m_ok = buttons->button(QDialogButtonBox::Ok);
    connect(buttons, &QDialogButtonBox::accepted, this, &RulesDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &RulesDialog::reject);
    auto* explanation = new QLabel(
        tr("Files begin at a multiple of so many bytes, by the last part of their names. An alignment that "
           "was set for a file, or that an image was found with, stays as it is."),
        this);
    explanation->setWordWrap(true);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(explanation);
    layout->addWidget(m_view, 1);
    layout->addLayout(edits);
    layout->addWidget(m_effect);
    layout->addWidget(buttons);
}

void RulesDialog::addRule()
{
    const auto index = m_model.index(m_model.add(), RulesModel::Extension);
    m_view->setCurrentIndex(index);
    m_view->edit(index);
}

void RulesDialog::removeRule()
{
    if (const auto row = m_view->currentIndex().row(); m_model.canRemove(row)) {
        m_model.remove(row);
    }
}

void RulesDialog::reset()
{
    m_model.setRules(m_model.boardRules());
    m_view->setCurrentIndex(m_model.index(0, RulesModel::Alignment));
}

void RulesDialog::enableButtons()
{
    m_remove->setEnabled(m_model.canRemove(m_view->currentIndex().row()));
    m_reset->setEnabled(m_model.rules() != m_model.boardRules());
}

void RulesDialog::refresh()
{
    const auto rules = m_model.rules();
    m_ok->setEnabled(rules.has_value());
    m_effect->setText(rules ? effectOf(*rules) : m_model.problem());
    enableButtons();
}

QString RulesDialog::effect() const
{
    return m_effect->text();
}

QString RulesDialog::effectOf(const tree::AlignmentRules& rules) const
{
    if (!m_document) {
        return {};
    }
    const auto& now = m_document->plan();
    const auto then = m_document->planWith(tree::RuleChanges::between(m_model.boardRules(), rules));
    int changed = 0;
    for (std::size_t i = 0; i < now.flat.entries.size(); ++i) {
        changed += now.flat.entries[i].alignment == then.flat.entries[i].alignment ? 0 : 1;
    }
    const auto files = changed == 0 ? tr("No file is aligned otherwise than now.")
                                    : tr("%n file(s) are aligned otherwise than now.", nullptr, changed);
    // Folders follow the largest rule, even one that no file falls under.
    return changed == 0 && then.layout.totalSize() == now.layout.totalSize()
        ? files
        : tr("%1 Padding: %2 bytes, now %3. Image: %4 bytes, now %5.")
              .arg(files, exactSize(then.layout.padding()), exactSize(now.layout.padding()),
                   exactSize(then.layout.totalSize()), exactSize(now.layout.totalSize()));
}

void RulesDialog::accept()
{
    const auto rules = m_model.rules();
    if (!rules) {
        return;
    }
    if (m_document) {
        m_document->setRuleChanges(tree::RuleChanges::between(m_model.boardRules(), *rules));
    }
    QDialog::accept();
}

} // namespace romsmith::ui
