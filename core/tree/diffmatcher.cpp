// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tree/diffmatcher.h"

#include "core/tree/contentdiff.h"

#include <algorithm>
#include <functional>
#include <string_view>
#include <tuple>
#include <unordered_set>

namespace romsmith::tree {
namespace {

using romfs::Entry;
using romfs::EntryType;
using romfs::noParent;
using Entries = std::span<const Entry>;
using Indices = std::vector<std::uint32_t>;

std::uint64_t mixed(std::uint64_t hash, std::uint64_t value)
{
    return (hash ^ (value + 0x9e37'79b9'7f4a'7c15U + (hash << 6U) + (hash >> 2U))) * 0xff51'afd7'ed55'8ccdU;
}

/// What every folder looks like inside without its content being read: types, names, sizes.
struct Shapes
{
    std::vector<std::uint64_t> hash;
    std::vector<std::uint64_t> bytes; ///< of all content inside
};

Shapes shapesOf(Entries entries)
{
    Shapes shapes{.hash = std::vector<std::uint64_t>(entries.size()),
                  .bytes = std::vector<std::uint64_t>(entries.size())};
    const auto parents = romfs::parentsOf(entries);
    for (auto i = static_cast<std::uint32_t>(entries.size()); i-- > 0;) {
        const auto& entry = entries[i];
        shapes.bytes[i] += entry.content.size();
        shapes.hash[i] = mixed(shapes.hash[i], entry.content.size());
        if (const auto parent = parents[i]; parent != noParent) {
            shapes.bytes[parent] += shapes.bytes[i];
            auto& hash = shapes.hash[parent];
            hash = mixed(
                mixed(mixed(hash, static_cast<std::uint64_t>(entry.type)), std::hash<std::string_view>()(entry.name)),
                shapes.hash[i]);
        }
    }
    return shapes;
}

/// An entry that waits for its partner.
struct Candidate
{
    std::uint32_t index = 0;
    std::uint64_t hash = 0; ///< of the content; for folders of their shape
    std::string_view name;
};

/// Calls @p visit(span, span) for each group of candidates of which @p key is the same; sorts both lists.
template <typename Key, typename Visit>
void forEachGroup(std::vector<Candidate>& a, std::vector<Candidate>& b, Key key, Visit visit)
{
    std::ranges::stable_sort(a, {}, key);
    std::ranges::stable_sort(b, {}, key);
    auto left = a.begin();
    auto right = b.begin();
    while (left != a.end() && right != b.end()) {
        const auto smaller = std::min(key(*left), key(*right));
        const auto endOf = [&](auto begin, auto end) {
            return std::find_if(begin, end, [&](const Candidate& candidate) { return key(candidate) != smaller; });
        };
        const auto leftEnd = endOf(left, a.end());
        const auto rightEnd = endOf(right, b.end());
        if (left != leftEnd && right != rightEnd) {
            visit(std::span(left, leftEnd), std::span(right, rightEnd));
        }
        left = leftEnd;
        right = rightEnd;
    }
}

class Matcher
{
public:
    Matcher(Entries a, Entries b, const std::stop_token& stop)
        : m_a(a)
        , m_b(b)
        , m_stop(stop)
        , m_matches{.ofA = Indices(a.size(), noParent),
                    .ofB = Indices(b.size(), noParent),
                    .movedB = std::vector<bool>(b.size())}
    { }

    Result<EntryMatches> run()
    {
        return matchByPath()
            .and_then([this] { return matchMovedFolders(); })
            .and_then([this] { return matchMovedFiles(); })
            .transform([this] { return std::move(m_matches); });
    }

private:
    void pair(std::uint32_t a, std::uint32_t b, bool moved = false)
    {
        m_matches.ofA[a] = b;
        m_matches.ofB[b] = a;
        m_matches.movedB[b] = moved;
    }

    bool isFree(const Candidate& a, const Candidate& b) const
    {
        return m_matches.ofA[a.index] == noParent && m_matches.ofB[b.index] == noParent;
    }

    Result<void> matchByPath()
    {
        std::vector<std::pair<std::uint32_t, std::uint32_t>> folders{{noParent, noParent}};
        while (!folders.empty()) {
            if (m_stop.stop_requested()) {
                return stopped();
            }
            const auto [a, b] = folders.back();
            folders.pop_back();
            if (auto done = matchChildren(a, b); !done) {
                return done;
            }
            forEachChild(m_b, b, [&](std::uint32_t child) {
                if (m_b[child].type == EntryType::Directory && m_matches.ofB[child] != noParent) {
                    folders.emplace_back(m_matches.ofB[child], child);
                }
            });
        }
        return {};
    }

    static std::vector<Candidate> childrenOf(Entries entries, std::uint32_t folder)
    {
        std::vector<Candidate> children;
        forEachChild(entries, folder, [&](std::uint32_t child) {
            children.push_back({.index = child, .hash = 0, .name = entries[child].name});
        });
        return children;
    }

    Result<void> matchChildren(std::uint32_t folderA, std::uint32_t folderB)
    {
        auto a = childrenOf(m_a, folderA);
        auto b = childrenOf(m_b, folderB);
        Result<void> done;
        const auto match = [&](EntryType type, std::span<Candidate> left, std::span<Candidate> right) {
            if (done && type != EntryType::Directory && (left.size() > 1 || right.size() > 1)) {
                done = matchByContent(left, right);
            }
            matchInOrder(left, right);
        };
        for (const auto type : {EntryType::Directory, EntryType::File, EntryType::Raw}) {
            auto ofTypeA = ofType(m_a, a, type);
            auto ofTypeB = ofType(m_b, b, type);
            forEachGroup(ofTypeA, ofTypeB, &nameOf, [&](auto left, auto right) { match(type, left, right); });
        }
        return done;
    }

    static std::vector<Candidate> ofType(Entries entries, std::span<const Candidate> candidates, EntryType type)
    {
        std::vector<Candidate> found;
        std::ranges::copy_if(candidates, std::back_inserter(found),
                             [&](const Candidate& candidate) { return entries[candidate.index].type == type; });
        return found;
    }

    static std::string_view nameOf(const Candidate& candidate) { return candidate.name; }
    static std::uint64_t hashOf(const Candidate& candidate) { return candidate.hash; }

    Result<void> addHashes(Entries entries, std::span<Candidate> candidates) const
    {
        for (auto& candidate : candidates) {
            const auto hash = fingerprint(entries[candidate.index].content, m_stop);
            if (!hash) {
                return std::unexpected(hash.error());
            }
            candidate.hash = *hash;
        }
        return {};
    }

    bool sameContent(const Candidate& a, const Candidate& b) const
    {
        return romfs::sameBytes(m_a[a.index].content, m_b[b.index].content);
    }

    /// Pairs those with equal bytes, in order.
    Result<void> matchByContent(std::span<const Candidate> left, std::span<const Candidate> right)
    {
        std::vector a(left.begin(), left.end());
        std::vector b(right.begin(), right.end());
        if (auto done = addHashes(m_a, a).and_then([&] { return addHashes(m_b, b); }); !done) {
            return done;
        }
        forEachGroup(a, b, &hashOf, [&](auto equalA, auto equalB) {
            for (std::size_t i = 0; i < std::min(equalA.size(), equalB.size()); ++i) {
                if (sameContent(equalA[i], equalB[i])) {
                    pair(equalA[i].index, equalB[i].index);
                }
            }
        });
        return {};
    }

    /// Pairs those that are still free, the first with the first and so on.
    void matchInOrder(std::span<const Candidate> left, std::span<const Candidate> right)
    {
        auto b = right.begin();
        for (const auto& a : left) {
            if (m_matches.ofA[a.index] != noParent) {
                continue;
            }
            b = std::find_if(b, right.end(),
                             [&](const Candidate& candidate) { return m_matches.ofB[candidate.index] == noParent; });
            if (b == right.end()) {
                return;
            }
            pair(a.index, b->index);
        }
    }

    static std::vector<Candidate> freeFolders(Entries entries, const Indices& partners)
    {
        std::vector<Candidate> folders;
        const auto shapes = shapesOf(entries);
        for (std::uint32_t i = 0; i < entries.size(); ++i) {
            // Folders without a byte inside are all alike.
            if (entries[i].type == EntryType::Directory && partners[i] == noParent && shapes.bytes[i] != 0) {
                folders.push_back({.index = i, .hash = shapes.hash[i], .name = entries[i].name});
            }
        }
        return folders;
    }

    /// The first entry of A inside folder @p a that is not the same in folder @p b; the end of @p a if there is none.
    std::uint32_t firstDifferenceInside(std::uint32_t a, std::uint32_t b) const
    {
        const auto end = m_a[a].subtreeEnd;
        if (end - a != m_b[b].subtreeEnd - b) {
            return a;
        }
        const auto isSame = [&](const Entry& left, const Entry& right) {
            return left.type == right.type && left.name == right.name && left.subtreeEnd - a == right.subtreeEnd - b
                && romfs::sameBytes(left.content, right.content);
        };
        auto i = a + 1;
        while (i < end && isSame(m_a[i], m_b[b + (i - a)])) {
            ++i;
        }
        return i;
    }

    void pairWithInside(std::uint32_t a, std::uint32_t b)
    {
        for (std::uint32_t i = 0; i < m_a[a].subtreeEnd - a; ++i) {
            pair(a + i, b + i, true);
        }
    }

    Result<void> matchMovedFolders()
    {
        auto a = freeFolders(m_a, m_matches.ofA);
        auto b = freeFolders(m_b, m_matches.ofB);
        std::vector<std::pair<Candidate, Candidate>> alike;
        forEachGroup(a, b, &hashOf, [&](auto left, auto right) {
            if (left.size() == 1 && right.size() == 1) {
                alike.emplace_back(left.front(), right.front());
            }
        });
        // Outer folders first: what is inside moves with them. A difference inside parts all folders around it, so that
        // it need not be looked for again in each of them.
        std::ranges::sort(alike, {}, [](const auto& candidates) { return candidates.first.index; });
        auto difference = noParent;
        for (const auto& [left, right] : alike) {
            if (m_stop.stop_requested()) {
                return stopped();
            }
            const auto end = m_a[left.index].subtreeEnd;
            if (!isFree(left, right) || (left.index < difference && difference < end)) {
                continue;
            }
            if (const auto found = firstDifferenceInside(left.index, right.index); found != end) {
                difference = found;
            } else {
                pairWithInside(left.index, right.index);
            }
        }
        return {};
    }

    static std::vector<Candidate> freeFiles(Entries entries, const Indices& partners)
    {
        std::vector<Candidate> files;
        for (std::uint32_t i = 0; i < entries.size(); ++i) {
            if (entries[i].type == EntryType::File && partners[i] == noParent && !entries[i].content.isEmpty()) {
                files.push_back({.index = i, .hash = 0, .name = entries[i].name});
            }
        }
        return files;
    }

    /// Leaves only files of a size that the other image has, too: no other needs to be read.
    static void keepSizesOf(Entries others, std::span<const Candidate> otherFiles, Entries entries,
                            std::vector<Candidate>& files)
    {
        std::unordered_set<std::uint64_t> sizes;
        for (const auto& file : otherFiles) {
            sizes.insert(others[file.index].content.size());
        }
        std::erase_if(files,
                      [&](const Candidate& file) { return !sizes.contains(entries[file.index].content.size()); });
    }

    Result<void> matchMovedFiles()
    {
        auto a = freeFiles(m_a, m_matches.ofA);
        auto b = freeFiles(m_b, m_matches.ofB);
        keepSizesOf(m_b, b, m_a, a);
        keepSizesOf(m_a, a, m_b, b);
        if (auto done = addHashes(m_a, a).and_then([&] { return addHashes(m_b, b); }); !done) {
            return done;
        }
        const auto pairUnique = [this](std::span<const Candidate> left, std::span<const Candidate> right) {
            if (left.size() == 1 && right.size() == 1 && sameContent(left.front(), right.front())) {
                pair(left.front().index, right.front().index, true);
            }
        };
        forEachGroup(a, b, [](const Candidate& file) { return std::pair(file.hash, file.name); }, pairUnique);
        std::erase_if(a, [this](const Candidate& file) { return m_matches.ofA[file.index] != noParent; });
        std::erase_if(b, [this](const Candidate& file) { return m_matches.ofB[file.index] != noParent; });
        forEachGroup(a, b, &hashOf, pairUnique);
        return {};
    }

    Entries m_a;
    Entries m_b;
    const std::stop_token& m_stop;
    EntryMatches m_matches;
};

} // namespace

Result<EntryMatches> matchEntries(Entries a, Entries b, const std::stop_token& stop)
{
    return Matcher(a, b, stop).run();
}

} // namespace romsmith::tree
