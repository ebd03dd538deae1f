// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/document.h"

#include <QMimeData>
#include <QPointer>

#include <memory>
#include <vector>

namespace romsmith::ui {

/// Nodes on their way through a drag or the clipboard. Other programs see files: these are written to a private folder
/// when, and only when, somebody asks for them.
class NodeMimeData final : public QMimeData
{
    Q_OBJECT

public:
    /// @p nodes must not contain each other.
    NodeMimeData(Document& document, std::vector<tree::Node*> nodes);

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
    [[nodiscard]] QStringList writeFiles() const;

    QPointer<Document> m_document;
    std::vector<tree::Node*> m_nodes;
    std::unique_ptr<tree::Node> m_copies; ///< a folder that holds them
    mutable QStringList m_files; ///< once they have been asked for
};

} // namespace romsmith::ui
