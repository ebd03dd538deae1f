// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/romfs/entry.h"
#include "core/tree/alignmentrules.h"
#include "core/tree/sourcelink.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace romsmith::tree {

/// Why a file wants the alignment that it wants.
enum class AlignmentReason : std::uint8_t {
    Rule, ///< a rule for its extension
    Default, ///< no rule applies
    Override, ///< the user said so
    Nested, ///< it is an image itself, whose files keep their alignment only as far as it has one
    Found, ///< the image that it was read from had padded it so
};

struct WantedAlignment
{
    std::uint32_t value;
    AlignmentReason reason;
};

/// What an edit can change of a node without moving it.
struct NodeState
{
    std::string name;
    romfs::Content content = {}; ///< files; Raw: records with their headers
    std::shared_ptr<const romfs::ExtraRecords> extra = {};
    std::optional<std::uint32_t> alignmentOverride = {};
    std::uint32_t foundAlignment = 1;
    std::optional<bool> compile = {}; ///< Python files, and folders for those inside: compiled or kept as source
    std::shared_ptr<const SourceLink> link = {}; ///< none for what is in the image alone
    std::optional<romfs::Origin> origin = {}; ///< set as long as the node is as it was read
};

/// A file, a folder, or records that are neither. A node's address is its identity: it stays the same through edits,
/// undo and redo.
class Node
{
public:
    Node(romfs::EntryType type, NodeState state, romfs::Defect defect = romfs::Defect::None)
        : m_type(type)
        , m_defect(defect)
        , m_state(std::move(state))
    { }

    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;
    ~Node() = default;

    [[nodiscard]] static std::unique_ptr<Node> file(std::string name, romfs::Content content);
    [[nodiscard]] static std::unique_ptr<Node> folder(std::string name);

    [[nodiscard]] romfs::EntryType type() const { return m_type; }
    [[nodiscard]] bool isFolder() const { return m_type == romfs::EntryType::Directory; }
    [[nodiscard]] bool isFile() const { return m_type == romfs::EntryType::File; }
    [[nodiscard]] bool isRaw() const { return m_type == romfs::EntryType::Raw; }
    [[nodiscard]] romfs::Defect defect() const { return m_defect; }

    [[nodiscard]] const std::string& name() const { return m_state.name; }
    [[nodiscard]] const romfs::Content& content() const { return m_state.content; }
    [[nodiscard]] const NodeState& state() const { return m_state; }

    [[nodiscard]] Node* parent() const { return m_parent; }
    [[nodiscard]] std::size_t row() const { return m_row; } ///< among the children of the parent
    [[nodiscard]] std::span<const std::unique_ptr<Node>> children() const { return m_children; }
    [[nodiscard]] Node* child(std::string_view name) const; ///< the file or folder of that name, or null
    [[nodiscard]] bool isInside(const Node& ancestor) const; ///< true for the node itself, too

    /// "lib/pkg/x.py"; empty for the root.
    [[nodiscard]] std::string path() const;

    [[nodiscard]] WantedAlignment wantedAlignment(const AlignmentRules& rules) const;

    /// For nodes that are not being edited yet.
    Node& append(std::unique_ptr<Node> child);
    void setName(std::string name) { m_state.name = std::move(name); }
    void setLink(std::shared_ptr<const SourceLink> link) { m_state.link = std::move(link); }
    [[nodiscard]] std::vector<std::unique_ptr<Node>> takeChildren();
    void forgetOrigin(); ///< of everything inside, too

    /// A copy with everything inside, sharing content; not as it was read any more.
    [[nodiscard]] std::unique_ptr<Node> copy() const;

private:
    friend class RomTree;

    void renumber(std::size_t from);

    romfs::EntryType m_type;
    romfs::Defect m_defect;
    NodeState m_state;
    Node* m_parent = nullptr;
    std::size_t m_row = 0;
    std::vector<std::unique_ptr<Node>> m_children;
};

/// "pkg/x.py" for a file in a folder below @p folder; folders have a slash at the end.
[[nodiscard]] std::string pathInside(const Node& node, const Node& folder);

/// Calls @p visit(const Node&) for everything inside @p node in the order of the image, @p node itself not included.
template <typename Visit> void forEachInside(const Node& node, Visit&& visit)
{
    for (const auto& child : node.children()) {
        visit(*child);
        forEachInside(*child, visit);
    }
}

} // namespace romsmith::tree
