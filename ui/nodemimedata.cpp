// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/nodemimedata.h"

#include "core/sources/extract.h"
#include "ui/text.h"

#include <QTemporaryDir>

#include <filesystem>
#include <system_error>

namespace romsmith::ui {
namespace {

const QString nodesType = QStringLiteral("application/x-romsmith-nodes");
const QString filesType = QStringLiteral("text/uri-list");

/// Qt cannot remove files whose names are not UTF-8; an image may hold any.
void removeFolder(const QString& folder)
{
    std::error_code error;
    std::filesystem::remove_all(toPath(folder), error);
}

struct ExportBase
{
    ExportBase() = default;
    ExportBase(const ExportBase&) = delete;
    ExportBase& operator=(const ExportBase&) = delete;
    ~ExportBase() { removeFolder(folder.path()); }

    QTemporaryDir folder;
};

/// What is in it lives until the program ends at the latest.
QString newExportFolder()
{
    static const ExportBase base;
    static int count = 0;
    return base.folder.isValid() ? base.folder.filePath(QString::number(++count)) : QString();
}

} // namespace

NodeMimeData::NodeMimeData(Document& document, std::vector<tree::Node*> nodes, Way way)
    : m_document(&document)
    , m_nodes(std::move(nodes))
    , m_copies(tree::Node::folder({}))
    , m_way(way)
{
    for (const auto* node : m_nodes) {
        m_copies->append(node->copy());
    }
}

NodeMimeData::~NodeMimeData()
{
    // Who was dropped something may copy it when the drag has long ended.
    if (m_way == Way::Clipboard && !m_folder.isEmpty()) {
        removeFolder(m_folder);
    }
}

std::vector<tree::Node*> NodeMimeData::liveNodes() const
{
    std::vector<tree::Node*> live;
    if (m_document) {
        for (auto* node : m_nodes) {
            if (m_document->holds(node)) {
                live.push_back(node);
            }
        }
    }
    return live;
}

std::vector<std::unique_ptr<tree::Node>> NodeMimeData::copies() const
{
    return m_copies->copy()->takeChildren();
}

QStringList NodeMimeData::formats() const
{
    return areFilesOffered() ? QStringList{nodesType, filesType} : QStringList{nodesType};
}

bool NodeMimeData::areFilesOffered() const
{
    std::uint64_t size = 0;
    tree::forEachInside(*m_copies, [&](const tree::Node& node) { size += node.isFile() ? node.content().size() : 0; });
    return size <= (m_way == Way::Drag ? mostForDrag : mostForClipboard);
}

bool NodeMimeData::hasFormat(const QString& mimeType) const
{
    return formats().contains(mimeType);
}

QVariant NodeMimeData::retrieveData(const QString& mimeType, QMetaType type) const
{
    if (mimeType != filesType || !areFilesOffered()) {
        return QMimeData::retrieveData(mimeType, type);
    }
    if (m_folder.isEmpty()) {
        writeFiles();
    }
    QVariantList urls;
    QByteArray lines;
    for (const auto& file : std::as_const(m_files)) {
        const auto url = QUrl::fromLocalFile(file);
        urls.append(url);
        lines += url.toEncoded() + "\r\n";
    }
    return type.id() == QMetaType::QByteArray ? QVariant(lines) : QVariant(urls);
}

void NodeMimeData::writeFiles() const
{
    m_folder = newExportFolder();
    const std::array<const tree::Node*, 1> nodes{m_copies.get()};
    if (m_folder.isEmpty() || !sources::extract(nodes, toPath(m_folder), {})) {
        return;
    }
    for (const auto& child : m_copies->children()) {
        if (!child->isRaw() && romfs::isUtf8(child->name())) { // what is not cannot be said in a URL of Qt's
            m_files.append(m_folder % QLatin1Char('/') % QString::fromStdString(child->name()));
        }
    }
}

QStringList localPaths(const QList<QUrl>& urls)
{
    QStringList paths;
    for (const auto& url : urls) {
        if (url.isLocalFile()) {
            paths.append(url.toLocalFile());
        }
    }
    return paths;
}

} // namespace romsmith::ui
