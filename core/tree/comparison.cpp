// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tree/comparison.h"

#include "core/romfs/names.h"

#include <format>

namespace romsmith::tree {
namespace {

/// Folders with a slash at the end.
std::string named(const std::string& path, const DiffItem& item)
{
    return (path.empty() ? "(records)" : romfs::printable(path)) + (item.isFolder() ? "/" : "");
}

std::uint64_t offsetIn(const ImageSnapshot& image, std::uint32_t index)
{
    return image.layout[index].contentOffset;
}

/// "64/16": actual / wanted, as ls prints it.
std::string alignedIn(const ImageSnapshot& image, std::uint32_t index)
{
    return std::format("{}/{}", romfs::naturalAlignment(offsetIn(image, index)), image.entries[index].alignment);
}

/// How the content of a file that changed did.
std::string changeOf(const Comparison& comparison, const DiffItem& item)
{
    const auto sizeA = comparison.a.entries[item.a].content.size();
    const auto sizeB = comparison.b.entries[item.b].content.size();
    return std::format("{} {}, first at {:#x}{}", item.content.bytes,
                       item.content.bytes == 1 ? "byte differs" : "bytes differ", item.content.first().value_or(0),
                       sizeA == sizeB ? "" : std::format(", size {} -> {}", sizeA, sizeB));
}

std::string lineFor(const Comparison& comparison, const DiffItem& item)
{
    const auto path = named(comparison.pathOf(item), item);
    switch (item.change) {
    case Change::Same:
        return {};
    case Change::Added:
        return "+ " + path;
    case Change::Removed:
        return "- " + path;
    case Change::Changed:
        return std::format("M {}  {}", path, changeOf(comparison, item));
    case Change::Moved:
    case Change::Renamed:
        return std::format("> {} -> {}", named(comparison.oldPathOf(item), item), path);
    case Change::Realigned:
        return std::format("~ {}  {:#x} -> {:#x} (aligned {} -> {})", path, offsetIn(comparison.a, item.a),
                           offsetIn(comparison.b, item.b), alignedIn(comparison.a, item.a),
                           alignedIn(comparison.b, item.b));
    }
    return {};
}

std::string summaryOf(const Comparison& comparison)
{
    const auto& counts = comparison.diff.counts;
    std::string summary;
    for (const auto change : {Change::Added, Change::Removed, Change::Changed, Change::Moved, Change::Renamed,
                              Change::Realigned, Change::Same}) {
        if (const auto count = counts.of(change); count != 0) {
            summary += std::format("{}{} {}", summary.empty() ? "" : ", ", count, changeName(change));
        }
    }
    if (const auto shifted = comparison.diff.shifted; shifted != 0) {
        summary += std::format(" ({} at another offset)", shifted);
    }
    const auto sizeA = comparison.a.layout.totalSize();
    const auto sizeB = comparison.b.layout.totalSize();
    summary += sizeA == sizeB ? std::string() : std::format("; {} -> {} bytes", sizeA, sizeB);
    const auto layoutA = layoutName(comparison.a);
    const auto layoutB = layoutName(comparison.b);
    return summary + (layoutA == layoutB ? std::string() : std::format("; layout {} -> {}", layoutA, layoutB));
}

} // namespace

const romfs::Entry& Comparison::entryOf(const DiffItem& item) const
{
    return item.inB() ? b.entries[item.b] : a.entries[item.a];
}

std::string Comparison::pathOf(const DiffItem& item) const
{
    return item.inB() ? romfs::pathOf(b.entries, parentsB, item.b) : oldPathOf(item);
}

std::string Comparison::oldPathOf(const DiffItem& item) const
{
    return romfs::pathOf(a.entries, parentsA, item.a);
}

Result<Comparison> Comparison::of(ImageSnapshot a, ImageSnapshot b, const std::stop_token& stop)
{
    return compare(a, b, stop).transform([&](Diff diff) {
        auto parentsA = romfs::parentsOf(a.entries);
        auto parentsB = romfs::parentsOf(b.entries);
        return Comparison{.a = std::move(a),
                          .b = std::move(b),
                          .diff = std::move(diff),
                          .parentsA = std::move(parentsA),
                          .parentsB = std::move(parentsB)};
    });
}

std::string report(const Comparison& comparison)
{
    const auto& diff = comparison.diff;
    std::string lines;
    for (const auto& item : diff.items) {
        if (item.change != Change::Same) {
            lines += lineFor(comparison, item) + '\n';
        }
    }
    if (!diff.isEqual()) {
        return lines + summaryOf(comparison) + '\n';
    }
    if (diff.shifted != 0) {
        return std::format("same content, laid out differently: {}\n", summaryOf(comparison));
    }
    if (!diff.identicalBytes) {
        return "same content, encoded differently\n";
    }
    return diff.identicalTrailing ? std::string()
                                  : std::format("same image, followed by other bytes ({} and {})\n",
                                                comparison.a.trailing().size(), comparison.b.trailing().size());
}

std::string_view layoutName(const ImageSnapshot& image)
{
    return image.layout.style() == romfs::Style::OpenMv ? "openmv" : "compact";
}

} // namespace romsmith::tree
