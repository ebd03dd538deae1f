// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/tree/node.h"

#include <QLineEdit>

#include <vector>

namespace romsmith::ui {

class Document;
class RomTreeView;

/// Filters a document's tree by names. When it is empty again, the folders are open that were open before.
class FilterEdit final : public QLineEdit
{
    Q_OBJECT

public:
    FilterEdit(const Document& document, RomTreeView& tree, QWidget* parent = nullptr);

    void begin(); ///< takes the focus, for another filter than what is in it
    void reveal(const std::vector<tree::Node*>& nodes); ///< clears itself if it hides one of them

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    void filter(const QString& text);

    const Document& m_document;
    RomTreeView& m_tree;
    std::vector<const tree::Node*> m_expandedBefore;
};

} // namespace romsmith::ui
