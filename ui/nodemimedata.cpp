// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/nodemimedata.h"

#include "core/sources/extract.h"
#include "ui/text.h"

#include <QTemporaryDir>
#include <QUrl>

#include <filesystem>
#include <system_error>

namespace romsmith::ui {
namespace {

const QString nodesType = QStringLiteral("application/x-romsmith-nodes");
const QString filesType = QStringLiteral("text/uri-list");

/// Qt cannot remove files whose names are not UTF-8; an image may hold any.
struct ExportBase
{
    ExportBase() = default;
    ExportBase(const ExportBase&) = delete;
    ExportBase& operator=(const ExportBase&) = delete;
    ~ExportBase()
    {
        std::error_code error;
        std::filesystem::remove_all(toPath(folder.path()), error);
    }

    QTemporaryDir folder;
};

/// Files for other programs live until this one ends: the receiver may copy them late.
QString newExportFolder()
{
    static const ExportBase base;
    static int count = 0;
    return base.folder.isValid() ? base.folder.filePath(QString::number(++count)) : QString();
}

} // namespace

NodeMimeData::NodeMimeData(Document& document, std::vector<tree::Node*> nodes)
    : m_document(&document)
    , m_nodes(std::move(nodes))
    , m_copies(tree::Node::folder({}))
{
    for (const auto* node : m_nodes) {
        m_copies->append(node->copy());
    }
}

std::vector<tree::Node*> NodeMimeData::liveNodes() const
{
    std::vector<tree::Node*> live;
    if (m_document) {
        for (auto* node : m_nodes) {
            if (m_document->plan().indexOf.contains(node)) {
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
    return {nodesType, filesType};
}

bool NodeMimeData::hasFormat(const QString& mimeType) const
{
    return formats().contains(mimeType);
}

QVariant NodeMimeData::retrieveData(const QString& mimeType, QMetaType type) const
{
    if (mimeType != filesType) {
        return QMimeData::retrieveData(mimeType, type);
    }
    if (m_files.isEmpty()) {
        m_files = writeFiles();
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

QStringList NodeMimeData::writeFiles() const
{
    const auto folder = newExportFolder();
    QStringList files;
    if (folder.isEmpty() || !sources::extract(std::array<const tree::Node*, 1>{m_copies.get()}, toPath(folder), {})) {
        return files;
    }
    for (const auto& child : m_copies->children()) {
        if (!child->isRaw() && romfs::isUtf8(child->name())) { // what is not cannot be said in a URL of Qt's
            files.append(folder % QLatin1Char('/') % QString::fromStdString(child->name()));
        }
    }
    return files;
}

} // namespace romsmith::ui
