// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/document.h"

#include <QPointer>
#include <QTabWidget>

namespace romsmith::ui {

class DetailsView;
class HexPanel;
class PreviewView;

/// Looks at one file, folder or piece of records: what is in it, its bytes, and all that is known about it. Follows the
/// document's plan and target; only the tab that can be seen does any work.
class Inspector final : public QTabWidget
{
    Q_OBJECT

public:
    explicit Inspector(QWidget* parent = nullptr);
    ~Inspector() override;

    /// Null for nothing, or for several at once, which a summary can be of.
    void show(Document* document, tree::Node* node, const QString& summary = {});

    [[nodiscard]] PreviewView& preview() const { return *m_preview; }
    [[nodiscard]] HexPanel& hex() const { return *m_hex; }
    [[nodiscard]] DetailsView& details() const { return *m_details; }

protected:
    void showEvent(QShowEvent* event) override;

private:
    void refresh();

    PreviewView* m_preview;
    HexPanel* m_hex;
    DetailsView* m_details;
    QString m_summary; ///< shown when there is no node
    QPointer<Document> m_document;
    tree::Node* m_node = nullptr; ///< to be used only while it is in the plan
};

} // namespace romsmith::ui
