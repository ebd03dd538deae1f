// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspector.h"

#include "ui/detailsview.h"
#include "ui/hexpanel.h"
#include "ui/previewview.h"

namespace romsmith::ui {

Inspector::Inspector(QWidget* parent)
    : QTabWidget(parent)
    , m_preview(new PreviewView(this))
    , m_hex(new HexPanel(this))
    , m_details(new DetailsView(this))
{
    setAccessibleName(tr("Inspector"));
    setDocumentMode(true);
    addTab(m_preview, tr("Preview"));
    addTab(m_hex, tr("Hex"));
    addTab(m_details, tr("Details"));
    connect(this, &QTabWidget::currentChanged, this, &Inspector::refresh);
}

Inspector::~Inspector() = default;

void Inspector::show(Document* document, tree::Node* node, const QString& summary)
{
    m_summary = summary;
    if (m_document != document) {
        if (m_document) {
            disconnect(m_document, nullptr, this, nullptr);
        }
        m_document = document;
        if (document) {
            // Another target is another plan, too.
            connect(document, &Document::planChanged, this, [this] {
                m_hex->forgetImage();
                refresh();
            });
            connect(document, &QObject::destroyed, this, [this] { show(nullptr, nullptr); });
        }
    }
    m_node = node;
    refresh();
}

void Inspector::refresh()
{
    // A node that left the tree may come back by an undo, but may also be freed; whoever selects it again tells.
    if (!m_document || !m_document->holds(m_node)) {
        m_node = nullptr;
    }
    if (!isVisible()) {
        return;
    }
    if (currentWidget() == m_preview) {
        m_preview->showNode(m_document, m_node, m_summary);
    } else if (currentWidget() == m_hex) {
        m_hex->showNode(m_document, m_node);
    } else {
        m_details->showNode(m_document, m_node);
    }
}

void Inspector::showEvent(QShowEvent* event)
{
    QTabWidget::showEvent(event);
    refresh();
}

} // namespace romsmith::ui
