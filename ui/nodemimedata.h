// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/document.h"

#include <QMimeData>
#include <QPointer>
#include <QUrl>

#include <memory>
#include <vector>

namespace romsmith::ui {

/// Nodes on their way through a drag or the clipboard. Other programs see files: these are written to a private folder
/// when, and only when, somebody asks for them; unless there are too many bytes in them.
class NodeMimeData final : public QMimeData
{
    Q_OBJECT

public:
    enum class Way : std::uint8_t { Clipboard, Drag };

    /// The most bytes that other programs are offered. Clipboard managers ask for whatever is copied, at once, and the
    /// window waits while it is written; what is dropped is wanted.
    static constexpr std::uint64_t mostForClipboard = 64ULL * 1024 * 1024;
    static constexpr std::uint64_t mostForDrag = 1024ULL * 1024 * 1024;

    /// @p nodes must not contain each other.
    NodeMimeData(Document& document, std::vector<tree::Node*> nodes, Way way = Way::Clipboard);
    ~NodeMimeData() override;

    [[nodiscard]] Document* document() const { return m_document; }

    /// The nodes themselves, as far as they are still in the document.
    [[nodiscard]] std::vector<tree::Node*> liveNodes() const;

    /// Copies as they were when the drag or the copy began; they share content.
    [[nodiscard]] std::vector<std::unique_ptr<tree::Node>> copies() const;

    [[nodiscard]] QStringList formats() const override;
    [[nodiscard]] bool hasFormat(const QString& mimeType) const override;

protected:
    [[nodiscard]] QVariant retrieveData(const QString& mimeType, QMetaType type) const override;

private:
    void writeFiles() const;
    [[nodiscard]] bool areFilesOffered() const;

    QPointer<Document> m_document;
    std::vector<tree::Node*> m_nodes;
    std::unique_ptr<tree::Node> m_copies; ///< a folder that holds them
    Way m_way;
    mutable QString m_folder; ///< with the files, once they have been asked for
    mutable QStringList m_files;
};

/// The files of this computer among what was dropped or pasted.
[[nodiscard]] QStringList localPaths(const QList<QUrl>& urls);

} // namespace romsmith::ui
