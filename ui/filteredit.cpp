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

/// Escape takes the filter back, and then leads back to the tree.
void FilterEdit::keyPressEvent(QKeyEvent* event)
{
    if (event->key() != Qt::Key_Escape) {
        QLineEdit::keyPressEvent(event);
    } else if (text().isEmpty()) {
        m_tree.setFocus();
    } else {
        clear();
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
