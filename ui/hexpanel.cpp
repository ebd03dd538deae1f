// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/hexpanel.h"

#include "core/inspect/bytetext.h"
#include "ui/findbar.h"
#include "ui/hexview.h"
#include "ui/icons.h"
#include "ui/text.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QStandardItemModel>
#include <QToolButton>

#include <algorithm>
#include <limits>

namespace romsmith::ui {
namespace {

void setItemEnabled(QComboBox& box, int index, bool enabled)
{
    qobject_cast<QStandardItemModel*>(box.model())->item(index)->setEnabled(enabled);
}

bool isFind(const QKeyEvent& key)
{
    return key.matches(QKeySequence::Find);
}

bool isFindAgain(const QKeyEvent& key)
{
    return key.key() == Qt::Key_F3;
}

bool isGoTo(const QKeyEvent& key)
{
    return key.key() == Qt::Key_G && key.modifiers() == Qt::ControlModifier;
}

} // namespace

HexPanel::HexPanel(QWidget* parent)
    : QWidget(parent)
    , m_scopes(new QComboBox(this))
    , m_origins(new QComboBox(this))
    , m_goTo(new QLineEdit(this))
    , m_openFind(new QToolButton(this))
    , m_view(new HexView(this))
    , m_find(new FindBar(this))
    , m_status(new QLabel(this))
{
    build();
    connectTools();
    showNode(nullptr, nullptr);
}

HexPanel::~HexPanel() = default;

void HexPanel::build()
{
    setAccessibleName(tr("Bytes of the selected file"));
    m_scopes->addItems({tr("Content"), tr("Record"), tr("Whole image")});
    m_scopes->setAccessibleName(tr("Which bytes are shown"));
    m_scopes->setToolTip(
        tr("Content: the bytes of the file. Record: with the headers that it has in the image, which are underlined. "
           "Whole image: everything, at the place of the file"));
    m_origins->addItems({tr("From the start"), tr("In the image"), {}});
    m_origins->setAccessibleName(tr("From where offsets are counted"));
    m_origins->setToolTip(tr("How the offsets on the left are counted"));
    for (auto* box : {m_scopes, m_origins}) {
        box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        box->setMinimumContentsLength(6);
        box->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    }
    m_goTo->setPlaceholderText(tr("Go to"));
    m_goTo->setAccessibleName(tr("Go to offset"));
    m_goTo->setToolTip(tr("Go to an offset, written as 0x1f0, 1f0h or 496 (Ctrl+G)"));
    m_status->setTextFormat(Qt::PlainText);
    m_status->setWordWrap(true);
    m_status->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_status->setMinimumHeight(2
                               * m_status->fontMetrics().lineSpacing()); // so that the bytes do not move with the caret
    m_status->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_view->setContextMenuPolicy(Qt::CustomContextMenu);

    m_openFind->setIcon(icon(QStringLiteral("search")));
    m_openFind->setAutoRaise(true);
    m_openFind->setToolTip(tr("Find bytes or text (Ctrl+F)"));
    m_openFind->setAccessibleName(tr("Find bytes or text"));

    auto* tools = new QHBoxLayout;
    tools->addWidget(m_scopes, 3);
    tools->addWidget(m_origins, 3);
    tools->addWidget(m_goTo, 2);
    tools->addWidget(m_openFind);
    auto* layout = new QVBoxLayout(this);
    layout->addLayout(tools);
    layout->addWidget(m_find);
    layout->addWidget(m_view, 1);
    layout->addWidget(m_status);
}

void HexPanel::connectTools()
{
    connect(m_scopes, &QComboBox::activated, this, [this] {
        m_goesToSubject = true;
        if (m_document) {
            reload(*m_document);
        }
    });
    connect(m_openFind, &QToolButton::clicked, this, &HexPanel::openFind);
    connect(m_origins, &QComboBox::activated, this, &HexPanel::updateBase);
    connect(m_goTo, &QLineEdit::returnPressed, this, [this] { goTo(m_goTo->text()); });
    connect(m_view, &HexView::selectionChanged, this, [this] {
        m_notice.clear();
        updateStatus();
    });
    connect(m_view, &HexView::noticed, this, [this](const QString& text) {
        m_notice = text;
        updateStatus();
    });
    connect(m_view, &QWidget::customContextMenuRequested, this, &HexPanel::showMenu);
    connect(m_find, &FindBar::matchesChanged, m_view, &HexView::setMatches);
    connect(m_find, &FindBar::found, this, [this](std::uint64_t offset, std::uint64_t length) {
        m_view->select({.begin = offset, .end = offset + length});
    });
    connect(m_find, &FindBar::nextRequested, this, [this] {
        const auto selected = m_view->selection();
        m_find->findNext(selected.size() > 0 ? selected.begin + 1 : selected.begin);
    });
    connect(m_find, &FindBar::previousRequested, this, [this] { m_find->findPrevious(m_view->selection().begin); });
    connect(m_find, &FindBar::closed, m_view, [this] { m_view->setFocus(); });
}

void HexPanel::showNode(const Document* document, const tree::Node* node)
{
    const auto* placement = document && node ? document->plan().placement(*node) : nullptr;
    if (!placement) {
        showNothing();
        return;
    }
    const bool isSame = m_document == document && m_node == node;
    const bool hasSameContent = isSame && m_subject && m_subject->content.isSameAs(document->plan().contentOf(*node));
    m_goesToSubject = m_goesToSubject || !isSame;
    const bool isSameDocument = m_document == document;
    m_document = document;
    m_node = node;
    const auto& target = document->target();
    m_subject = Subject{.type = node->type(),
                        .name = shownName(document->plan().entry(*node)->name),
                        .content = document->plan().contentOf(*node),
                        .placement = *placement,
                        .boardAddress = target.address(),
                        .boardName = target.board() ? text(target.board()->name) : QString()};
    updateOrigins();
    if (isSameDocument && m_hasImage && scope() == HexScope::Image) {
        updateBase();
        goToSubject();
    } else if (hasSameContent && m_shownScope == HexScope::Content && scope() == HexScope::Content) {
        m_shown.offset = m_subject->placement.contentOffset;
        updateBase();
    } else {
        reload(*document);
    }
}

void HexPanel::showNothing()
{
    m_loading.cancel();
    m_document = nullptr;
    m_node = nullptr;
    m_subject.reset();
    display(HexBytes{});
    m_shownScope.reset();
    updateOrigins();
    updateStatus();
}

HexScope HexPanel::scope() const
{
    const auto chosen = static_cast<HexScope>(m_scopes->currentIndex());
    const bool isFolder = m_subject && m_subject->type == romfs::EntryType::Directory;
    return chosen == HexScope::Content && isFolder ? HexScope::Record : chosen;
}

HexOrigin HexPanel::origin() const
{
    const auto chosen = static_cast<HexOrigin>(m_origins->currentIndex());
    return chosen == HexOrigin::Board && (!m_subject || m_subject->boardAddress == 0) ? HexOrigin::Image : chosen;
}

void HexPanel::setScope(HexScope scope)
{
    m_scopes->setCurrentIndex(static_cast<int>(scope));
    Q_EMIT m_scopes->activated(static_cast<int>(scope));
}

void HexPanel::setOrigin(HexOrigin origin)
{
    m_origins->setCurrentIndex(static_cast<int>(origin));
    updateBase();
}

void HexPanel::reload(const Document& document)
{
    if (!m_subject) {
        return;
    }
    m_loading.cancel();
    m_hasImage = false;
    if (scope() == HexScope::Content) {
        loadContent();
    } else {
        loadRecords(document);
    }
}

void HexPanel::loadContent()
{
    HexBytes shown{.content = m_subject->content,
                   .image = nullptr,
                   .offset = m_subject->placement.contentOffset,
                   .name = m_subject->name,
                   .entries = nullptr};
    if (shown.content.isInMemory()) {
        display(std::move(shown));
        return;
    }
    announceLoading();
    m_loading.run([shown = std::move(shown)](const std::stop_token&) mutable { return std::move(shown).inMemory(); },
                  [this](Result<HexBytes> result) { display(std::move(result)); });
}

void HexPanel::loadRecords(const Document& document)
{
    const auto& plan = document.plan();
    const auto found = plan.find(m_node);
    if (!found) {
        return;
    }
    m_subject->index = *found;
    const bool isSmall = scope() == HexScope::Record && m_subject->type != romfs::EntryType::Directory;
    if (isSmall && m_subject->content.isInMemory()) {
        display(romfs::ImageBytes::ofRecord(plan.flat.entries, plan.layout, m_subject->index)
                    .and_then([this](const auto& image) { return HexBytes::of(image, m_subject->name); }));
        return;
    }
    auto entries = std::make_shared<const std::vector<romfs::Entry>>(plan.flat.entries);
    announceLoading();
    m_loading.run(
        [entries, layout = plan.layout, scope = scope(), index = m_subject->index](const std::stop_token&) {
            auto image = scope == HexScope::Image ? romfs::ImageBytes::ofImage(*entries, layout)
                                                  : romfs::ImageBytes::ofRecord(*entries, layout, index);
            return image.and_then([&](const auto& bytes) { return HexBytes::of(bytes, {}, entries); });
        },
        [this](Result<HexBytes> result) { display(std::move(result)); });
}

/// The bytes of another file must not stand under this one's name; an edit of the same file replaces them when it can.
void HexPanel::announceLoading()
{
    if (m_goesToSubject) {
        m_shown = {};
        m_shownScope.reset();
        m_view->setContent({});
        m_notice = tr("Reading…");
        updateStatus();
    }
}

void HexPanel::display(Result<HexBytes> shown)
{
    m_shown = shown ? std::move(*shown) : HexBytes{};
    m_shownScope = scope();
    m_hasImage = shown.has_value() && m_subject && m_shownScope == HexScope::Image;
    m_view->setContent(m_shown.content);
    m_view->setMarks(m_shown.headers());
    m_find->setContent(m_shown.content);
    updateBase();
    goToSubject();
    m_notice = shown ? QString() : text(shown.error().message);
    updateStatus();
}

void HexPanel::goToSubject()
{
    if (!m_goesToSubject || !m_subject) {
        return;
    }
    m_goesToSubject = false;
    if (const auto offset = std::exchange(m_wantedOffset, {}); offset && m_shownScope == HexScope::Image) {
        m_view->select({.begin = *offset, .end = *offset + 1});
    } else if (m_shownScope == HexScope::Image) {
        m_view->select({.begin = m_subject->placement.recordOffset, .end = m_subject->placement.recordEnd});
    } else {
        m_view->moveTo(0);
    }
}

void HexPanel::updateOrigins()
{
    constexpr auto board = static_cast<int>(HexOrigin::Board);
    const bool isKnown = m_subject && m_subject->boardAddress != 0;
    if (isKnown) {
        m_origins->setItemText(board, tr("On %1").arg(m_subject->boardName));
    } else if (m_subject && !m_subject->boardName.isEmpty()) {
        m_origins->setItemText(board, tr("On %1 (address not known)").arg(m_subject->boardName));
    } else {
        m_origins->setItemText(board, tr("On the board (none is chosen)"));
    }
    setItemEnabled(*m_origins, board, isKnown);
    setItemEnabled(*m_scopes, static_cast<int>(HexScope::Content),
                   !m_subject || m_subject->type != romfs::EntryType::Directory);
    for (auto* tool : {static_cast<QWidget*>(m_scopes), static_cast<QWidget*>(m_origins), static_cast<QWidget*>(m_goTo),
                       static_cast<QWidget*>(m_openFind)}) {
        tool->setEnabled(m_subject.has_value());
    }
}

void HexPanel::updateBase()
{
    switch (origin()) {
    case HexOrigin::Shown:
        m_view->setBase(0);
        break;
    case HexOrigin::Image:
        m_view->setBase(m_shown.offset);
        break;
    case HexOrigin::Board:
        m_view->setBase(m_subject->boardAddress + m_shown.offset);
        break;
    }
    updateStatus();
}

QString HexPanel::caretText() const
{
    const auto selected = m_view->selection();
    const auto shownOffset = [this](std::uint64_t offset) { return hexOffset(m_view->base() + offset); };
    const auto place = m_shown.placeAt(selected.begin);
    QString text;
    if (selected.size() > 0) {
        text = tr("%1 to %2: %n byte(s) selected", nullptr,
                  static_cast<int>(std::min<std::uint64_t>(selected.size(), std::numeric_limits<int>::max())))
                   .arg(shownOffset(selected.begin), shownOffset(selected.end - 1));
    } else if (std::byte byte{}; m_view->content().read(selected.begin, {&byte, 1})) {
        const auto value = std::to_integer<unsigned>(byte);
        text = tr("%1: byte %2, decimal %3").arg(shownOffset(selected.begin), hexOffset(value, 2)).arg(value);
    } else {
        text = tr("%1: end").arg(shownOffset(selected.begin));
    }
    return place.isEmpty() ? text : QStringLiteral("%1 · %2").arg(text, place);
}

void HexPanel::updateStatus()
{
    if (!m_notice.isEmpty()) {
        m_status->setText(m_notice);
    } else if (!m_subject) {
        m_status->setText(tr("Select a file to look at its bytes."));
    } else if (m_shown.content.isEmpty()) {
        m_status->setText(tr("There are no bytes: the file is empty."));
    } else {
        m_status->setText(caretText());
    }
    m_view->setAccessibleDescription(m_status->text());
}

QString HexPanel::status() const
{
    return m_status->text();
}

void HexPanel::goTo(const QString& offset)
{
    const auto size = m_view->content().size();
    const auto wanted = inspect::parseOffset(offset.trimmed().toStdString());
    if (!wanted) {
        m_notice = tr("\"%1\" is not an offset; write 0x1f0, 1f0h or 496.").arg(offset);
        updateStatus();
    } else if (*wanted < m_view->base() || *wanted - m_view->base() > size) {
        m_notice = tr("%1 is not shown here: offsets go from %2 to %3.")
                       .arg(hexOffset(*wanted), hexOffset(m_view->base()), hexOffset(m_view->base() + size));
        updateStatus();
    } else {
        m_view->moveTo(*wanted - m_view->base());
        m_view->setFocus();
    }
}

void HexPanel::goToImageOffset(std::uint64_t offset)
{
    m_wantedOffset = offset;
    m_goesToSubject = true;
    setScope(HexScope::Image);
    if (m_hasImage) {
        goToSubject();
    }
}

void HexPanel::openFind()
{
    m_find->open();
}

void HexPanel::showMenu(QPoint point)
{
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    m_view->addActions(*menu);
    menu->addSeparator();
    menu->addAction(tr("&Find…"), this, &HexPanel::openFind)->setShortcut(QKeySequence::Find);
    menu->addAction(tr("&Go to Offset…"), m_goTo, [this] { m_goTo->setFocus(); })
        ->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_G));
    menu->popup(m_view->viewport()->mapToGlobal(point));
}

bool HexPanel::event(QEvent* event)
{
    // The window has other uses for some of these; here they belong to the bytes.
    if (event->type() == QEvent::ShortcutOverride) {
        const auto& key = *static_cast<QKeyEvent*>(event);
        if (isFind(key) || isFindAgain(key) || isGoTo(key)) {
            event->accept();
            return true;
        }
    }
    return QWidget::event(event);
}

void HexPanel::keyPressEvent(QKeyEvent* event)
{
    if (isFind(*event) || (isFindAgain(*event) && m_find->isHidden())) {
        openFind();
    } else if (isFindAgain(*event)) {
        const bool back = event->modifiers().testFlag(Qt::ShiftModifier);
        Q_EMIT(back ? m_find->previousRequested() : m_find->nextRequested());
    } else if (isGoTo(*event)) {
        m_goTo->setFocus();
        m_goTo->selectAll();
    } else {
        QWidget::keyPressEvent(event);
    }
}

} // namespace romsmith::ui
