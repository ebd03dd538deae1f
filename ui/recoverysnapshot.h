// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/build/python.h"
#include "core/romfs/reader.h"
#include "core/tree/alignmentrules.h"
#include "core/tree/node.h"

#include <QDir>

#include <map>
#include <memory>
#include <optional>

namespace romsmith::ui {

/// What a document was when it was last written down.
struct RecoverySnapshot
{
    struct Item
    {
        romfs::EntryType type;
        romfs::Defect defect;
        std::uint32_t subtreeEnd; ///< as in romfs::Entry
        tree::NodeState state;
    };

    QString path; ///< of the document's file; empty if it has none
    QString name; ///< what it is called as long as it has no file
    std::string target; ///< build::Target::key
    romfs::Style style = romfs::Style::OpenMv;
    build::PythonOptions python;
    tree::RuleChanges ruleChanges;
    std::shared_ptr<const tree::SourceLink> link = {}; ///< of the whole tree
    std::vector<Item> items = {};
    int lostContents = 0; ///< that could not be read back
};

/// Contents in one file that is only appended to, until too much of it is not needed any more.
class RecoveryBlobs
{
public:
    struct Blob
    {
        romfs::Content content; ///< kept, so that its address stays its own
        qint64 offset;
        QByteArray hash; ///< SHA-256: what is read back is checked
        bool isNeeded;
    };

    explicit RecoveryBlobs(const QDir& folder)
        : m_folder(folder)
    { }

    /// Forgets what is not needed for @p snapshot, and makes sure that all the rest is on disk.
    [[nodiscard]] bool store(const RecoverySnapshot& snapshot);
    [[nodiscard]] const Blob* find(const romfs::Content& content) const;
    [[nodiscard]] QString fileName() const; ///< changes when the file is written anew
    void removeOldFiles() const;

private:
    using Key = std::pair<const std::byte*, std::size_t>;
    static Key keyOf(const romfs::Content& content) { return {content.bytes().data(), content.bytes().size()}; }

    [[nodiscard]] bool append(const romfs::Content& content);
    [[nodiscard]] bool compact();

    QDir m_folder;
    std::map<Key, Blob> m_blobs;
    qint64 m_size = 0;
    int m_generation = 0;
};

/// The snapshot as bytes, which refer to @p blobs for contents.
[[nodiscard]] QByteArray toBytes(const RecoverySnapshot& snapshot, const RecoveryBlobs& blobs);

/// What toBytes() gave, which is in @p file now; nothing if it cannot be understood.
[[nodiscard]] std::optional<RecoverySnapshot> readSnapshot(const QString& file);

/// The tree that a snapshot's items describe.
[[nodiscard]] std::unique_ptr<tree::Node> rootOf(std::vector<RecoverySnapshot::Item> items);

/// For whoever runs the program, and nobody else.
inline constexpr auto ownerOnly = QFile::ReadOwner | QFile::WriteOwner;

} // namespace romsmith::ui
