// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/detailsview.h"

#include "ui/factsview.h"
#include "ui/icons.h"
#include "ui/text.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include <iterator>

namespace romsmith::ui {

DetailsView::DetailsView(QWidget* parent)
    : QWidget(parent)
    , m_message(new QLabel(tr("Select a file to see its details."), this))
    , m_facts(new FactsView(this))
    , m_copyAll(new QPushButton(icon(QStringLiteral("duplicate")), tr("&Copy All"), this))
{
    m_message->setWordWrap(true);
    m_facts->setAccessibleName(tr("Details of the selected file"));
    m_copyAll->setToolTip(tr("Copy all details as text"));
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(m_message);
    layout->addWidget(m_facts, 1);
    layout->addWidget(m_copyAll, 0, Qt::AlignLeft);
    connect(m_copyAll, &QPushButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(shownText()); });
    showNode(nullptr, nullptr);
}

DetailsView::~DetailsView() = default;

void DetailsView::showNode(const Document* document, const tree::Node* node)
{
    const bool isShown = document && node;
    m_message->setHidden(isShown);
    m_facts->setVisible(isShown);
    m_copyAll->setVisible(isShown);
    if (!isShown) {
        m_reading.cancel();
        m_content.reset();
        m_read.reset();
        m_places.clear();
        display();
        return;
    }
    m_target = document->target();
    m_places = placeFacts(*document, *node);
    if (node->isFolder()) {
        m_reading.cancel();
        m_content.reset();
        m_read.reset();
    } else if (const auto& entry = *document->plan().entry(*node);
               !m_content || !m_content->isSameAs(entry.content) || m_name != entry.name) {
        read(entry);
    }
    display();
}

void DetailsView::read(const romfs::Entry& entry)
{
    m_content = entry.content;
    m_name = entry.name;
    m_read.reset();
    m_reading.run([content = *m_content,
                   name = m_name](const std::stop_token& stop) { return readContentFacts(content, name, stop); },
                  [this](Result<ContentFacts> facts) {
                      m_read = std::move(facts);
                      display();
                      Q_EMIT shown();
                  });
}

void DetailsView::display()
{
    auto groups = m_places;
    std::ranges::move(contentGroups(), std::back_inserter(groups));
    m_facts->setGroups(std::move(groups));
}

std::vector<FactGroup> DetailsView::contentGroups() const
{
    if (!m_content) {
        return {};
    }
    const auto waiting = tr("being computed…");
    if (!m_read) {
        return {{.title = tr("Checksums"),
                 .facts = {{QStringLiteral("CRC32"), waiting}, {QStringLiteral("SHA-256"), waiting}}}};
    }
    if (!*m_read) {
        return {{.title = tr("Content"), .facts = {{tr("Cannot be read"), text(m_read->error().message)}}}};
    }
    const auto& facts = **m_read;
    auto groups = digestFacts(*facts.digest);
    groups.front().facts.insert(groups.front().facts.begin(), {tr("Kind"), kindText(facts.kind)});
    groups.front().title = tr("Content");
    std::vector<FactGroup> more;
    if (facts.mpy) {
        more = *facts.mpy ? mpyFacts(**facts.mpy, m_target)
                          : std::vector<FactGroup>{{.title = tr("MicroPython code"),
                                                    .facts = {{tr("Broken"), text(facts.mpy->error().message)}}}};
    } else if (facts.model) {
        more = *facts.model ? modelFacts(**facts.model)
                            : std::vector<FactGroup>{{.title = tr("Model"),
                                                      .facts = {{tr("Broken"), text(facts.model->error().message)}}}};
    }
    std::ranges::move(more, std::back_inserter(groups));
    return groups;
}

QString DetailsView::shownText() const
{
    return toPlainText(m_facts->groups());
}

} // namespace romsmith::ui
