// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/previewview.h"

#include "ui/facts.h"
#include "ui/factsview.h"
#include "ui/icons.h"
#include "ui/pictureview.h"
#include "ui/text.h"
#include "ui/textpage.h"

#include <QCheckBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QImageReader>
#include <QLabel>
#include <QStackedWidget>
#include <QTimerEvent>
#include <QTreeWidget>

#include <algorithm>

namespace romsmith::ui {
namespace {

enum ListColumn : std::uint8_t { Name, Size, Offset, ListColumnCount };
constexpr int iconSize = 16;

} // namespace

PreviewView::PreviewView(QWidget* parent)
    : QWidget(parent)
    , m_title(new QLabel(this))
    , m_headline(new QLabel(this))
    , m_noticeIcon(new QLabel(this))
    , m_notice(new QLabel(this))
    , m_raw(new QCheckBox(this))
    , m_pages(new QStackedWidget(this))
    , m_emptyPage(new QWidget(this))
    , m_textPage(new TextPage(this))
    , m_picturePage(new PictureView(this))
    , m_listPage(new QTreeWidget(this))
    , m_factsPage(new FactsView(this))
{
    constexpr int mebibytes = 128;
    QImageReader::setAllocationLimit(mebibytes);
    build();
    showNode(nullptr, nullptr);
}

PreviewView::~PreviewView() = default;

void PreviewView::build()
{
    m_raw->setText(tr("As it is in the &file"));
    for (auto* label : {m_title, m_headline, m_notice}) {
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    }
    auto bold = m_title->font();
    bold.setBold(true);
    m_title->setFont(bold);
    m_textPage->setAccessibleName(tr("Text of the file"));
    m_factsPage->setAccessibleName(tr("Facts about the file"));
    m_listPage->setAccessibleName(tr("Entries"));
    m_listPage->setHeaderLabels({tr("Name"), tr("Size"), tr("Offset")});
    m_listPage->setRootIsDecorated(false);
    m_listPage->setUniformRowHeights(true);
    m_listPage->setAlternatingRowColors(true);
    m_listPage->header()->setStretchLastSection(false);
    m_listPage->header()->setSectionResizeMode(Name, QHeaderView::Stretch);
    for (const auto column : {Size, Offset}) {
        m_listPage->header()->setSectionResizeMode(column, QHeaderView::ResizeToContents);
        m_listPage->headerItem()->setTextAlignment(column, Qt::AlignRight | Qt::AlignVCenter);
    }
    for (auto* page : {m_emptyPage, static_cast<QWidget*>(m_textPage), static_cast<QWidget*>(m_picturePage),
                       static_cast<QWidget*>(m_listPage), static_cast<QWidget*>(m_factsPage)}) {
        m_pages->addWidget(page);
    }
    auto* notice = new QHBoxLayout;
    notice->addWidget(m_noticeIcon, 0, Qt::AlignTop);
    notice->addWidget(m_notice, 1);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(m_title);
    layout->addWidget(m_headline);
    layout->addLayout(notice);
    layout->addWidget(m_raw);
    layout->addWidget(m_pages, 1);
    connect(m_raw, &QCheckBox::toggled, this, &PreviewView::showRawOrPretty);
    connect(m_picturePage, &PictureView::scaleChanged, this, &PreviewView::displayHeader);
}

void PreviewView::showNode(const Document* document, const tree::Node* node, const QString& summary)
{
    if (!document || !node) {
        cancelMaking();
        m_request.reset();
        m_nextTitle.clear();
        setMessage(summary.isEmpty() ? tr("Select a file to look at it.") : summary);
        return;
    }
    m_target = document->target();
    m_nextTitle = shownName(node->path());
    if (node->isFolder()) {
        displayFolder(*document, *node);
        return;
    }
    PreviewRequest request{
        .type = node->type(), .name = node->name(), .content = node->content(), .palette = palette()};
    const bool isSame = m_request && m_request->type == request.type && m_request->name == request.name
        && m_request->content.isSameAs(request.content);
    m_request = std::move(request);
    if (!isSame) {
        make();
    } else if (!isMaking()) {
        m_title->setText(m_nextTitle);
        displayHeader();
    }
}

void PreviewView::goToLine(int line)
{
    if (isMaking()) {
        m_wantedLine = line;
    } else {
        m_textPage->goToLine(line);
    }
}

void PreviewView::make()
{
    m_wantedLine = 0;
    // What was shown until now stays a moment, under its own name; only what takes long is announced. Rows that are
    // only passed by, and edits, need not wait for a preview.
    constexpr int patience = 150;
    constexpr int delay = 30;
    m_making.cancel();
    m_patience.start(patience, this);
    m_delay.start(delay, this);
}

void PreviewView::cancelMaking()
{
    m_delay.stop();
    m_making.cancel();
}

void PreviewView::displayFolder(const Document& document, const tree::Node& folder)
{
    cancelMaking();
    m_request.reset();
    const auto& plan = document.plan();
    const auto children = folder.children();
    ListPreview list{.entries = {}, .count = children.size()};
    for (const auto& child : children.first(std::min(children.size(), mostListed))) {
        const auto index = plan.indexOf.value(child.get());
        list.entries.push_back(
            listedEntry(plan.flat.entries[index], shownName(child->name()), plan.layout[index].contentOffset));
    }
    Preview preview;
    preview.headline = list.count == 0 ? tr("Empty folder") : folderText(plan, folder);
    if (list.count > 0) {
        preview.content = std::move(list);
    }
    display(std::move(preview));
}

void PreviewView::setMessage(const QString& headline)
{
    Preview message;
    message.headline = headline;
    display(std::move(message));
}

void PreviewView::display(Preview preview)
{
    m_patience.stop();
    layout()->setEnabled(false); // or each part that is shown or hidden lays out all of them at once
    m_title->setText(m_nextTitle);
    m_preview = std::move(preview);
    const auto* asText = std::get_if<TextPreview>(&m_preview.content);
    m_raw->setVisible(asText && !asText->pretty.text.isEmpty());
    if (asText) {
        showRawOrPretty();
        m_pages->setCurrentWidget(m_textPage);
        m_textPage->goToLine(std::exchange(m_wantedLine, 0));
    } else if (const auto* picture = std::get_if<PicturePreview>(&m_preview.content)) {
        displayPicture(*picture);
    } else if (const auto* list = std::get_if<ListPreview>(&m_preview.content)) {
        displayList(*list);
    } else if (std::holds_alternative<std::monostate>(m_preview.content)) {
        m_pages->setCurrentWidget(m_emptyPage);
    } else {
        m_pages->setCurrentWidget(m_factsPage);
    }
    displayHeader();
    layout()->setEnabled(true);
    layout()->activate();
    Q_EMIT shown();
}

/// The lines on top, and what depends on the chosen board.
void PreviewView::displayHeader()
{
    auto headline = m_preview.headline;
    if (m_request && !m_request->content.isEmpty()) {
        headline = tr("%1, %2").arg(headline, byteCount(m_request->content.size()));
    }
    if (std::holds_alternative<PicturePreview>(m_preview.content)) {
        headline = tr("%1, shown at %2 %").arg(headline).arg(m_picturePage->percent());
    }
    m_headline->setText(headline);
    m_title->setVisible(!m_title->text().isEmpty());
    setNotices();
    if (const auto* header = std::get_if<inspect::MpyHeader>(&m_preview.content)) {
        m_factsPage->setGroups(mpyFacts(*header, m_target));
    } else if (const auto* model = std::get_if<inspect::TfliteModel>(&m_preview.content)) {
        m_factsPage->setGroups(modelFacts(*model));
    }
}

void PreviewView::setNotices()
{
    auto notices = m_preview.problems + m_preview.notices;
    if (const auto* shown = shownVersion()) {
        notices += shown->notices;
    } else if (const auto* list = std::get_if<ListPreview>(&m_preview.content);
               list && list->count > list->entries.size()) {
        notices.append(
            tr("The first %1 of %2 entries are listed.").arg(exactSize(list->entries.size()), exactSize(list->count)));
    }
    const auto severity = m_preview.problems.isEmpty() ? romfs::Severity::Info : romfs::Severity::Warning;
    m_noticeIcon->setPixmap(iconFor(severity).pixmap(iconSize, iconSize));
    m_noticeIcon->setVisible(!notices.isEmpty());
    m_notice->setText(notices.join(QLatin1Char(' ')));
    m_notice->setVisible(!notices.isEmpty());
}

const ShownText* PreviewView::shownVersion() const
{
    const auto* preview = std::get_if<TextPreview>(&m_preview.content);
    if (!preview) {
        return nullptr;
    }
    return preview->pretty.text.isEmpty() || m_raw->isChecked() ? &preview->raw : &preview->pretty;
}

void PreviewView::showRawOrPretty()
{
    if (const auto* shown = shownVersion()) {
        m_textPage->setText(shown->text, shown->formats);
        setNotices();
    }
}

void PreviewView::displayPicture(const PicturePreview& picture)
{
    m_picturePage->setPicture(picture.picture, picture.size);
    m_picturePage->setAccessibleName(m_preview.headline);
    m_pages->setCurrentWidget(m_picturePage);
}

void PreviewView::displayList(const ListPreview& list)
{
    m_listPage->clear();
    QList<QTreeWidgetItem*> items;
    for (const auto& entry : list.entries) {
        auto* item = new QTreeWidgetItem({entry.name, entry.size, entry.offset});
        item->setTextAlignment(Size, Qt::AlignRight | Qt::AlignVCenter);
        item->setTextAlignment(Offset, Qt::AlignRight | Qt::AlignVCenter);
        items.append(item);
    }
    m_listPage->addTopLevelItems(items);
    m_pages->setCurrentWidget(m_listPage);
}

bool PreviewView::isBusy() const
{
    return isMaking() || !m_textPage->isComplete();
}

QString PreviewView::headline() const
{
    return m_headline->text();
}

QString PreviewView::notice() const
{
    return m_notice->text();
}

QString PreviewView::shownText() const
{
    const auto* page = m_pages->currentWidget();
    return page == m_textPage ? m_textPage->toPlainText()
        : page == m_factsPage ? toPlainText(m_factsPage->groups())
                              : QString();
}

void PreviewView::timerEvent(QTimerEvent* event)
{
    if (event->timerId() == m_patience.timerId()) {
        setMessage(tr("Reading…"));
    } else if (event->timerId() == m_delay.timerId()) {
        m_delay.stop();
        m_making.run([request = *m_request](const std::stop_token& stop) { return makePreview(request, stop); },
                     [this](Preview preview) { display(std::move(preview)); });
    } else {
        QWidget::timerEvent(event);
    }
}

void PreviewView::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_request) {
        m_request->palette = palette();
        make(); // the colours of the text follow the palette
    }
}

} // namespace romsmith::ui
