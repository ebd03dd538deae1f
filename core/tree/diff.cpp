// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tree/diff.h"

#include "core/romfs/writer.h"
#include "core/tree/diffmatcher.h"

#include <QCryptographicHash>

#include <algorithm>
#include <numeric>

namespace romsmith::tree {
namespace {

using romfs::EntryType;
using romfs::noParent;

/// Puts the tree of both images together.
class DiffBuilder
{
public:
    DiffBuilder(const ImageSnapshot& a, const ImageSnapshot& b, const EntryMatches& matches,
                const std::stop_token& stop)
        : m_a(a)
        , m_b(b)
        , m_matches(matches)
        , m_stop(stop)
    { }

    Result<Diff> run()
    {
        m_diff.items.reserve(std::max(m_a.entries.size(), m_b.entries.size()));
        if (auto done = addChildren(noParent, noParent, noParent, true, true); !done) {
            return std::unexpected(done.error());
        }
        return std::move(m_diff);
    }

private:
    /// @p a and @p b are the folder in either image; the root if it is noParent and there is one.
    Result<void> addChildren(std::uint32_t a, std::uint32_t b, std::uint32_t parent, bool inA, bool inB)
    {
        std::vector<std::uint32_t> onlyA;
        if (inA) {
            forEachChild(m_a.entries, a, [&](std::uint32_t child) {
                if (m_matches.ofA[child] == noParent) {
                    onlyA.push_back(child);
                }
            });
        }
        auto nextOnlyA = onlyA.begin();
        Result<void> done;
        const auto addOnlyABefore = [&](std::size_t end) {
            for (; done && nextOnlyA != onlyA.end() && *nextOnlyA < end; ++nextOnlyA) {
                done = addItem(*nextOnlyA, noParent, parent);
            }
        };
        if (inB) {
            forEachChild(m_b.entries, b, [&](std::uint32_t child) {
                const auto partner = m_matches.ofB[child];
                if (partner != noParent && !m_matches.movedB[child]) {
                    addOnlyABefore(partner);
                }
                if (done) {
                    done = addItem(partner, child, parent);
                }
            });
        }
        addOnlyABefore(m_a.entries.size());
        return done;
    }

    Result<void> addItem(std::uint32_t a, std::uint32_t b, std::uint32_t parent)
    {
        if (m_stop.stop_requested()) {
            return stopped();
        }
        const auto index = static_cast<std::uint32_t>(m_diff.items.size());
        const auto& entry = b != noParent ? m_b.entries[b] : m_a.entries[a];
        m_diff.items.push_back(
            {.type = entry.type, .a = a, .b = b, .parent = parent, .subtreeEnd = 0, .content = {}, .inside = {}});
        if (auto done = judge(m_diff.items.back()); !done) {
            return done;
        }
        if (entry.type == EntryType::Directory) {
            if (auto done = addChildren(a, b, index, a != noParent, b != noParent); !done) {
                return done;
            }
        }
        auto& item = m_diff.items[index];
        item.subtreeEnd = static_cast<std::uint32_t>(m_diff.items.size());
        if (item.change == Change::Same && !item.isFolder() && offsetInA(item) != offsetInB(item)) {
            ++m_diff.shifted;
        }
        auto& counts = parent == noParent ? m_diff.counts : m_diff.items[parent].inside;
        counts.add(item.inside);
        if (!item.isFolder() || item.change != Change::Same) {
            counts.add(item.change);
        }
        return {};
    }

    Result<void> judge(DiffItem& item) const
    {
        if (!item.inA() || !item.inB()) {
            item.change = item.inA() ? Change::Removed : Change::Added;
        } else if (m_matches.movedB[item.b]) {
            item.change = isInTheSameFolder(item) ? Change::Renamed : Change::Moved;
        } else if (!item.isFolder()) {
            auto difference = differencesBetween(m_a.entries[item.a].content, m_b.entries[item.b].content, m_stop);
            if (!difference) {
                return std::unexpected(difference.error());
            }
            item.content = std::move(*difference);
            item.change = item.content.bytes != 0 ? Change::Changed
                : isRealigned(item)               ? Change::Realigned
                                                  : Change::Same;
        }
        return {};
    }

    bool isInTheSameFolder(const DiffItem& item) const
    {
        const auto folderA = m_parentsA[item.a];
        const auto folderB = m_parentsB[item.b];
        if (folderA == noParent || folderB == noParent) {
            return folderA == folderB;
        }
        return m_matches.ofB[folderB] == folderA && !m_matches.movedB[folderB];
    }

    bool isRealigned(const DiffItem& item) const
    {
        const auto& a = m_a.entries[item.a];
        const auto& b = m_b.entries[item.b];
        // Of what is as it was read, the alignment asked for is a guess from the padding.
        if (!a.origin && !b.origin && a.alignment != b.alignment) {
            return true;
        }
        const auto wanted = std::max(a.alignment, b.alignment);
        return (offsetInA(item) % wanted == 0) != (offsetInB(item) % wanted == 0);
    }

    std::uint64_t offsetInA(const DiffItem& item) const { return m_a.layout[item.a].contentOffset; }
    std::uint64_t offsetInB(const DiffItem& item) const { return m_b.layout[item.b].contentOffset; }

    const ImageSnapshot& m_a;
    const ImageSnapshot& m_b;
    const EntryMatches& m_matches;
    std::vector<std::uint32_t> m_parentsA = romfs::parentsOf(m_a.entries);
    std::vector<std::uint32_t> m_parentsB = romfs::parentsOf(m_b.entries);
    const std::stop_token& m_stop;
    Diff m_diff;
};

/// Images that are not in memory are compared by what they hash to, so that none has to be.
class HashSink final : public romfs::Sink
{
public:
    explicit HashSink(const std::stop_token& stop)
        : m_stop(stop)
    { }

    Result<void> write(romfs::Bytes bytes) override
    {
        if (m_stop.stop_requested()) {
            return stopped();
        }
        m_hash.addData(bytes);
        return {};
    }

    QByteArray result() const { return m_hash.result(); }

private:
    const std::stop_token& m_stop;
    QCryptographicHash m_hash{QCryptographicHash::Sha256};
};

Result<QByteArray> hashOf(const ImageSnapshot& image, const std::stop_token& stop)
{
    HashSink sink(stop);
    return romfs::write(image.entries, image.layout, sink).transform([&] { return sink.result(); });
}

Result<bool> haveIdenticalBytes(const ImageSnapshot& a, const ImageSnapshot& b, const std::stop_token& stop)
{
    if (a.layout.totalSize() != b.layout.totalSize()) {
        return false;
    }
    const auto* sourceA = a.layout.unchangedSource();
    const auto* sourceB = b.layout.unchangedSource();
    if (sourceA && sourceB) {
        return sourceA == sourceB || std::ranges::equal(sourceA->image(), sourceB->image());
    }
    const auto hashA = hashOf(a, stop);
    const auto hashB = hashA ? hashOf(b, stop) : hashA;
    if (!hashB) {
        // Plans too large for ROMFS have no bytes; their trees can be compared all the same.
        return hashB.error().code == ErrorCode::TooLarge ? Result<bool>(false) : std::unexpected(hashB.error());
    }
    return *hashA == *hashB;
}

} // namespace

std::string_view changeName(Change change)
{
    switch (change) {
    case Change::Same:
        return "same";
    case Change::Realigned:
        return "realigned";
    case Change::Renamed:
        return "renamed";
    case Change::Moved:
        return "moved";
    case Change::Changed:
        return "changed";
    case Change::Removed:
        return "removed";
    case Change::Added:
        return "added";
    }
    return "";
}

std::size_t ChangeCounts::differing() const
{
    return std::accumulate(m_counts.begin(), m_counts.end(), std::size_t{0}) - of(Change::Same);
}

void ChangeCounts::add(const ChangeCounts& other)
{
    std::ranges::transform(m_counts, other.m_counts, m_counts.begin(), std::plus());
}

Result<Diff> compare(const ImageSnapshot& a, const ImageSnapshot& b, const std::stop_token& stop)
{
    const auto matches = matchEntries(a.entries, b.entries, stop);
    if (!matches) {
        return std::unexpected(matches.error());
    }
    auto diff = DiffBuilder(a, b, *matches, stop).run();
    if (!diff) {
        return diff;
    }
    const auto identical = haveIdenticalBytes(a, b, stop);
    if (!identical) {
        return std::unexpected(identical.error());
    }
    diff->identicalBytes = *identical;
    diff->identicalTrailing = std::ranges::equal(a.trailing(), b.trailing());
    return diff;
}

} // namespace romsmith::tree
