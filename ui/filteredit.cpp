// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/filteredit.h"

#include "ui/document.h"
#include "ui/romtreeview.h"

#include <QKeyEvent>

#include <algorithm>

namespace romsmith::ui {

FilterEdit::FilterEdit(const Document& document, RomTreeView& tree, QWidget* parent)
    : QLineEdit(parent)
    , m_document(document)
    , m_tree(tree)
{
    setPlaceholderText(tr("Filter names; * and ? are wildcards"));
    setAccessibleName(tr("Filter"));
    setClearButtonEnabled(true);
    connect(this, &QLineEdit::textChanged, this, &FilterEdit::filter);
}

void FilterEdit::begin()
{
    setFocus(Qt::ShortcutFocusReason);
    selectAll();
}

void FilterEdit::reveal(const std::vector<tree::Node*>& nodes)
{
    const auto isHidden
        = [this](const tree::Node* node) { return m_document.holds(node) && !m_tree.viewIndex(*node).isValid(); };
    if (std::ranges::any_of(nodes, isHidden)) {
        clear();
    }
}

/// Escape takes the filter back and leads to the tree; Return and Down lead to the first row that was looked for.
void FilterEdit::keyPressEvent(QKeyEvent* event)
{
    switch (event->key()) {
    case Qt::Key_Escape:
        clear();
        m_tree.setFocus();
        break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Down:
        m_tree.goToFirstMatch();
        m_tree.setFocus();
        break;
    default:
        QLineEdit::keyPressEvent(event);
    }
}

void FilterEdit::filter(const QString& text)
{
    const bool wasFiltered = !m_tree.proxy().filterRegularExpression().pattern().isEmpty();
    if (!wasFiltered && !text.isEmpty()) {
        m_expandedBefore.clear();
        tree::forEachInside(m_document.tree().root(), [this](const tree::Node& node) {
            if (node.isFolder() && m_tree.isExpanded(m_tree.viewIndex(node))) {
                m_expandedBefore.push_back(&node);
            }
        });
    }
    m_tree.setFilter(text);
    if (!text.isEmpty()) {
        m_tree.expandAll();
        return;
    }
    m_tree.collapseAll();
    for (const auto* node : m_expandedBefore) {
        if (m_document.holds(node)) {
            m_tree.expand(m_tree.viewIndex(*node));
        }
    }
    if (const auto* node = m_tree.currentNode()) {
        m_tree.scrollTo(m_tree.viewIndex(*node));
    }
}

} // namespace romsmith::ui
