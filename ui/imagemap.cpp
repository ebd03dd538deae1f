// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/imagemap.h"

#include "ui/maplegend.h"
#include "ui/mapstrip.h"
#include "ui/mapstyle.h"
#include "ui/text.h"

#include <QAccessible>
#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>

namespace romsmith::ui {

ImageMap::ImageMap(QWidget* parent)
    : QWidget(parent)
    , m_strip(new MapStrip(this))
    , m_legend(new MapLegend(this))
    , m_status(new QLabel(this))
{
    build();
    m_strip->toolTipFor = [this](std::size_t segment) { return describe(segment, QStringLiteral("\n")); };
    m_strip->labelFor = [this](std::uint32_t entry) { return shownName(m_document->plan().flat.entries[entry].name); };
    connect(m_strip, &MapStrip::hovered, this, &ImageMap::updateStatus);
    connect(m_strip, &MapStrip::zoomChanged, this, &ImageMap::updateButtons);
    connect(m_strip, &MapStrip::stepped, this, [this](std::uint32_t entry) {
        setCurrent(entry);
        announce(entry);
    });
    connect(m_strip, &MapStrip::activated, this, [this](std::uint32_t entry) {
        setCurrent(entry);
        Q_EMIT nodeActivated(*m_current);
    });
    reload();
}

void ImageMap::build()
{
    m_strip->setAccessibleName(tr("Image map"));
    m_status->setTextFormat(Qt::PlainText);
    m_status->setAccessibleName(tr("What is pointed at on the image map"));
    m_status->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    auto* line = new QHBoxLayout;
    line->addWidget(m_status, 1);
    m_zoomOut = addButton(QStringLiteral("−"), tr("Zoom out"), &MapStrip::zoomOut);
    m_zoomToFit = addButton(tr("Fit"), tr("Show the whole image"), &MapStrip::zoomToFit);
    m_zoomIn = addButton(QStringLiteral("+"), tr("Zoom in"), &MapStrip::zoomIn);
    for (auto* button : {m_zoomOut, m_zoomToFit, m_zoomIn}) {
        line->addWidget(button);
    }
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(4, 4, 4, 4);
    layout->addWidget(m_strip, 1);
    layout->addWidget(m_legend);
    layout->addLayout(line);
    setFocusProxy(m_strip);
}

QToolButton* ImageMap::addButton(const QString& text, const QString& name, void (MapStrip::*run)())
{
    auto* button = new QToolButton(this);
    button->setText(text);
    button->setToolTip(name);
    button->setAccessibleName(name);
    button->setAutoRaise(true);
    connect(button, &QToolButton::clicked, m_strip, run);
    return button;
}

void ImageMap::setDocument(Document* document)
{
    if (m_document) {
        disconnect(m_document, nullptr, this, nullptr);
    }
    m_document = document;
    m_current = nullptr;
    if (document) {
        connect(document, &Document::planChanged, this, &ImageMap::reload);
        connect(document, &QObject::destroyed, this, &ImageMap::reload);
    }
    reload();
}

void ImageMap::highlight(const tree::Node* node)
{
    const auto entry = m_document ? m_document->plan().find(node) : std::nullopt;
    m_current = entry ? node : nullptr;
    m_strip->setCurrent(entry);
    updateStatus();
}

void ImageMap::setCurrent(std::uint32_t entry)
{
    m_current = m_document->plan().flat.nodes[entry];
    updateStatus();
}

void ImageMap::reload()
{
    if (m_document) {
        const auto& plan = m_document->plan();
        const auto current = plan.find(m_current);
        m_current = current ? m_current : nullptr; // what is gone may leave its address to something else
        m_strip->setSegments(MapSegments(plan.flat.entries, plan.layout), m_document->target().size(), current);
    } else {
        m_current = nullptr;
        m_strip->setSegments({}, {}, {});
    }
    updateLegend();
    updateStatus();
    updateButtons();
    m_strip->setAccessibleDescription(summary());
}

void ImageMap::updateLegend()
{
    std::vector<MapLegend::Item> items;
    const auto add = [&](MapKind kind, std::uint64_t bytes) {
        if (bytes != 0) {
            items.push_back({.kind = kind, .text = tr("%1 %2").arg(mapKindName(kind), roundSize(bytes))});
        }
    };
    const auto& segments = m_strip->segments();
    for (const auto kind : {MapKind::Model, MapKind::Python, MapKind::Text, MapKind::OtherContent, MapKind::Padding,
                            MapKind::Records, MapKind::FileHeader, MapKind::FolderHeader, MapKind::ImageHeader}) {
        add(kind, segments.bytesOf(kind));
    }
    add(MapKind::Free, m_strip->freeBytes());
    const auto capacity = m_document ? m_document->target().size() : std::nullopt;
    add(MapKind::Beyond, capacity ? segments.bytesBeyond(*capacity) : 0);
    m_legend->setItems(std::move(items));
}

QString ImageMap::summary() const
{
    if (!m_document) {
        return tr("No image");
    }
    const auto& segments = m_strip->segments();
    const auto files = std::ranges::count(m_document->plan().flat.entries, romfs::EntryType::File, &romfs::Entry::type);
    QString text = (files == 1 ? tr("1 file") : tr("%1 files").arg(files)) % QStringLiteral(", ")
        % tr("%1 of content, %2 bytes of padding")
              .arg(roundSize(segments.contentBytes()), exactSize(segments.bytesOf(MapKind::Padding)));
    if (const auto capacity = m_document->target().size()) {
        const auto beyond = segments.bytesBeyond(*capacity);
        text += QStringLiteral(", ")
            % (beyond != 0 ? tr("%1 bytes too large").arg(exactSize(beyond))
                           : tr("%1 free").arg(roundSize(m_strip->freeBytes())));
    }
    return text;
}

QString ImageMap::statusText() const
{
    return m_status->text();
}

void ImageMap::updateStatus(std::optional<std::size_t> hovered)
{
    if (hovered) {
        m_status->setText(describe(*hovered, QStringLiteral(" · ")));
    } else if (const auto current = m_strip->current()) {
        m_status->setText(describeEntry(*current));
    } else {
        m_status->setText(summary());
    }
    m_status->setToolTip(m_status->text());
}

void ImageMap::updateButtons()
{
    m_zoomOut->setEnabled(m_strip->canZoomOut());
    m_zoomToFit->setEnabled(m_strip->canZoomOut());
    m_zoomIn->setEnabled(m_strip->canZoomIn());
}

void ImageMap::announce(std::uint32_t entry)
{
    if (QAccessible::isActive()) {
        QAccessibleAnnouncementEvent event(m_strip, describeEntry(entry));
        QAccessible::updateAccessibility(&event);
    }
}

QString ImageMap::nameOf(std::uint32_t entry) const
{
    if (entry == romfs::noParent) {
        return tr("(the image)");
    }
    const auto& node = *m_document->plan().flat.nodes[entry];
    const auto path = shownName(node.path());
    if (node.isRaw() && node.name().empty()) {
        return path.isEmpty() || path.endsWith(QLatin1Char('/')) ? path % tr("(records)") : path;
    }
    return node.isFolder() ? path % QLatin1Char('/') : path;
}

namespace {

QString rangeText(std::uint64_t begin, std::uint64_t end)
{
    return ImageMap::tr("%1 to %2, %3 bytes").arg(hexOffset(begin), hexOffset(end - 1), exactSize(end - begin));
}

QString describeKind(MapKind kind)
{
    switch (kind) {
    case MapKind::ImageHeader:
        return ImageMap::tr("header of the image");
    case MapKind::FolderHeader:
        return ImageMap::tr("header of the folder");
    case MapKind::FileHeader:
        return ImageMap::tr("header of the file");
    case MapKind::Model:
        return ImageMap::tr("content, model");
    case MapKind::Python:
        return ImageMap::tr("content, Python");
    case MapKind::Text:
        return ImageMap::tr("content, text");
    case MapKind::OtherContent:
        return ImageMap::tr("content");
    case MapKind::Padding:
        return ImageMap::tr("padding that aligns the content");
    case MapKind::Records:
        return ImageMap::tr("other records");
    case MapKind::Free:
    case MapKind::Beyond:
        break;
    }
    return {};
}

} // namespace

QString ImageMap::describe(std::size_t segment, const QString& separator) const
{
    const auto& segments = m_strip->segments();
    if (segment >= segments.all().size()) {
        return tr("Free: %1 (%2 bytes)").arg(roundSize(m_strip->freeBytes()), exactSize(m_strip->freeBytes()));
    }
    const auto& found = segments.all()[segment];
    return nameOf(found.entry) % separator % describeKind(found.kind) % separator % rangeText(found.begin, found.end);
}

QString ImageMap::describeEntry(std::uint32_t entry) const
{
    const auto range = m_strip->segments().rangeOf(entry);
    return range.end > range.begin ? nameOf(entry) % QStringLiteral(" · ") % rangeText(range.begin, range.end)
                                   : nameOf(entry);
}

} // namespace romsmith::ui
