// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/romfs/checker.h"

#include "core/romfs/names.h"

#include <algorithm>
#include <format>
#include <iterator>
#include <memory_resource>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

namespace romsmith::romfs {
namespace {

/// Names that differ by case alone are one.
struct FoldedHash
{
    std::size_t operator()(std::string_view name) const { return hashFolded(name); }
};

struct FoldedEqual
{
    bool operator()(std::string_view a, std::string_view b) const { return isSameFolded(a, b); }
};

struct DefectText
{
    Severity severity;
    std::string_view code;
    std::string_view message;
};

DefectText describe(Defect defect)
{
    switch (defect) {
    case Defect::None:
        break;
    case Defect::UnusedKind:
        return {Severity::Error, "unused-kind",
                "A record of kind 0, which is never valid. The device stops here: what follows in this folder can be "
                "neither "
                "listed nor opened."};
    case Defect::BrokenVaruint:
        return {Severity::Error, "broken-varuint",
                "A number runs past the end of its folder, as in erased or cut-off flash. The device stops here: what "
                "follows "
                "can be neither listed nor opened."};
    case Defect::ValueTooLarge:
        return {Severity::Error, "value-too-large",
                "A number of 4 GiB or more. The device computes in 32 bits without a check: it may jump backwards and "
                "never "
                "return from os.stat()."};
    case Defect::RecordOverrun:
        return {Severity::Error, "record-overrun",
                "A record is longer than what encloses it. The device does not check this and reads whatever follows "
                "in memory."};
    case Defect::NameOverrun:
        return {
            Severity::Error, "name-overrun",
            "A name is longer than its record. The device lists a name made of the bytes that follow, or stops with "
            "UnicodeError."};
    case Defect::NoContent:
        return {Severity::Error, "no-content",
                "A file without content. The device answers ENOENT for it, and os.listdir() stops at it: files after "
                "it are not "
                "listed."};
    case Defect::FileCorrupt:
        return {Severity::Error, "file-corrupt",
                "A broken record stands before the file's content. The device cannot open the file, and os.listdir() "
                "stops at it."};
    case Defect::DataOverrun:
        return {Severity::Error, "data-overrun",
                "The file's content is longer than the file. The device does not check this: reading it returns memory "
                "from "
                "beyond the image."};
    case Defect::PointerOutOfRange:
        return {Severity::Error, "pointer-out-of-range",
                "The file's content is said to be outside the image. The device does not check this: reading it "
                "returns foreign "
                "memory or crashes with a bus fault."};
    case Defect::TooDeep:
        return {Severity::Error, "too-deep",
                "Folders are nested more than 1,000 deep. Romsmith does not look further; the device may run out of "
                "stack."};
    }
    return {Severity::Info, "other-records",
            "Records that are neither files nor folders. The device skips them; they are kept."};
}

/// Gathers findings, up to a limit that keeps a hostile image from filling the memory with messages.
class Checker
{
public:
    Checker(std::span<const Entry> entries, const Layout& layout, const CheckTarget& target)
        : m_entries(entries)
        , m_layout(layout)
        , m_target(target)
        , m_parents(parentsOf(entries))
    { }

    std::vector<Finding> run()
    {
        checkDirectory(0, static_cast<std::uint32_t>(m_entries.size()));
        for (std::uint32_t i = 0; i < m_entries.size() && !isFull(); ++i) {
            checkEntry(i);
            if (m_entries[i].type == EntryType::Directory) {
                checkDirectory(i + 1, m_entries[i].subtreeEnd);
            }
        }
        std::ranges::stable_sort(m_findings, {}, &Finding::offset);
        auto findings = std::exchange(m_findings, {});
        checkWhole();
        if (findings.size() + m_findings.size() > maxFindings) {
            findings.resize(maxFindings - m_findings.size() - 1);
            addWhole(
                Severity::Warning, "more",
                std::format("There is more to find than these {} findings; mend them and check again.", maxFindings),
                0);
        }
        std::ranges::move(m_findings, std::back_inserter(findings));
        return findings;
    }

private:
    bool isFull() const { return m_findings.size() > maxFindings; }

    void add(std::uint32_t index, Severity severity, std::string_view code, std::string message, Mend mend = Mend::None)
    {
        if (isFull()) {
            return;
        }
        m_findings.push_back({.severity = severity,
                              .code = code,
                              .entry = index,
                              .path = pathOf(m_entries, m_parents, index),
                              .offset = m_layout[index].recordOffset,
                              .message = std::move(message),
                              .mend = mend});
    }

    void addWhole(Severity severity, std::string_view code, std::string message, std::uint64_t offset)
    {
        m_findings.push_back({.severity = severity,
                              .code = code,
                              .entry = noParent,
                              .path = {},
                              .offset = offset,
                              .message = std::move(message),
                              .mend = Mend::None});
    }

    void checkEntry(std::uint32_t index)
    {
        const auto& entry = m_entries[index];
        if (entry.type == EntryType::Raw) {
            const auto text = describe(entry.defect);
            add(index, text.severity, text.code, std::string(text.message),
                entry.defect == Defect::None ? Mend::None : Mend::Remove);
            return;
        }
        for (auto& problem : checkName(entry.name)) {
            add(index, problem.severity, problem.code, std::move(problem.reason), Mend::Rename);
        }
        if (entry.type == EntryType::File) {
            checkAlignment(index);
            checkEncoding(index);
        }
    }

    void checkAlignment(std::uint32_t index)
    {
        const auto& entry = m_entries[index];
        const auto offset = m_layout[index].contentOffset;
        const auto actual = naturalAlignment(m_target.address + offset);
        if (entry.alignment <= 4 || actual >= entry.alignment || entry.content.isEmpty()) {
            return;
        }
        const bool model = isModelName(entry.name);
        const auto where = m_target.address == 0
            ? std::format("offset {:#x}", offset)
            : std::format("address {:#x} (offset {:#x})", m_target.address + offset, offset);
        add(index, model ? Severity::Error : Severity::Warning, "misaligned",
            std::format("The content begins at {}, aligned to {}, but {} wants {}. {}", where, actual,
                        model ? "a model's loader" : "its rule", entry.alignment,
                        model ? "The device uses the model in place without a check: it fails at the first inference."
                              : "Code that uses it in place may fail."),
            Mend::Align);
    }

    void checkEncoding(std::uint32_t index)
    {
        const auto& entry = m_entries[index];
        if (!m_layout.unchangedSource()) {
            return;
        }
        if (entry.origin->throughPointer) {
            add(index, Severity::Info, "pointer",
                "The content is reached through a pointer record. The device reads it; OpenMV's tools drop or misread "
                "such files. "
                "An edited image stores the content in the file.");
        } else if (entry.extra && !entry.extra->before.isEmpty()) {
            add(index, Severity::Info, "records-before-data",
                "Records stand before the file's content. The device skips them; OpenMV's tools show an empty or no "
                "file.");
        }
    }

    /// Looks for names that get into each other's way among the entries of one directory.
    void checkDirectory(std::uint32_t begin, std::uint32_t end)
    {
        std::pmr::monotonic_buffer_resource memory;
        std::pmr::unordered_map<std::string_view, std::uint32_t, FoldedHash, FoldedEqual> names(&memory);
        std::pmr::set<std::string_view> otherSpellings(&memory); // of names that are in the map
        std::pmr::vector<std::uint32_t> compiled(&memory);
        for (auto i = begin; i < end && !isFull(); i = m_entries[i].subtreeEnd) {
            if (m_entries[i].type == EntryType::Raw) {
                continue;
            }
            const std::string_view name = m_entries[i].name;
            const auto [other, isNew] = names.emplace(name, i);
            if (!isNew && (other->first == name || !otherSpellings.insert(name).second)) {
                add(i, Severity::Error, "duplicate-name",
                    "The name occurs twice in this folder. The device opens the first one only; this one cannot be "
                    "reached.",
                    Mend::Remove);
                continue;
            }
            if (!isNew) {
                add(i, Severity::Warning, "case-clash",
                    std::format("The name differs from \"{}\" by case alone. The device tells them apart; Windows and "
                                "macOS do not.",
                                printable(m_entries[other->second].name)),
                    Mend::Rename);
            }
            if (name.ends_with(".mpy")) {
                compiled.push_back(i);
            }
        }
        std::string source;
        for (const auto i : compiled) {
            source.assign(m_entries[i].name, 0, m_entries[i].name.size() - 3).append("py");
            const auto found = names.find(source);
            if (found != names.end() && (found->first == source || otherSpellings.contains(source))) {
                add(i, Severity::Warning, "shadowed-by-source",
                    "A .py of the same name stands beside this .mpy. The device imports the .py; this file is never "
                    "used.",
                    Mend::Remove);
            }
        }
    }

    void checkWhole()
    {
        const auto total = m_layout.totalSize();
        if (m_target.partitionSize && total > *m_target.partitionSize) {
            addWhole(Severity::Error, "too-large",
                     std::format("The image takes {} bytes, {} more than the {} of {}.", total,
                                 total - *m_target.partitionSize, *m_target.partitionSize, m_target.name),
                     *m_target.partitionSize);
        } else if (total > 0xffff'ffff) {
            addWhole(
                Severity::Error, "too-large",
                std::format("The image would take {} bytes, but ROMFS ends at 4 GiB. Remove files from it.", total), 0);
        }
        // OpenMV's builders do not care, so neither does what is laid out as they do.
        if (total % 2 != 0 && m_layout.unchangedSource()) {
            addWhole(Severity::Info, "odd-size",
                     std::format("The image takes an odd number of bytes ({}). The format asks for an even one; no "
                                 "device checks it.",
                                 total),
                     total);
        }
        if (const auto* source = m_layout.unchangedSource()) {
            checkSource(*source);
        }
    }

    void checkSource(const Source& source)
    {
        if (source.isTruncated()) {
            addWhole(
                Severity::Error, "truncated",
                std::format("The image is cut off: its header says that it ends at {} bytes, but only {} are there. "
                            "A device that checks it does not mount it.",
                            source.header.declaredEnd, source.header.end),
                source.header.end);
        }
        const auto trailing = source.trailing();
        if (trailing.empty()) {
            return;
        }
        const bool uniform = std::ranges::all_of(trailing, [&](std::byte b) { return b == trailing.front(); });
        const auto first = std::to_integer<unsigned>(trailing.front());
        addWhole(Severity::Info, "trailing-bytes",
                 std::format("{} bytes follow the end of the image{}. The device ignores them.", trailing.size(),
                             uniform && first == 0xff       ? ", all 0xFF like erased flash"
                                 : uniform && first == 0x00 ? ", all zero"
                                                            : ""),
                 source.header.end);
    }

    std::span<const Entry> m_entries;
    const Layout& m_layout;
    const CheckTarget& m_target;
    std::vector<std::uint32_t> m_parents;
    std::vector<Finding> m_findings;
};

} // namespace

std::vector<Finding> check(std::span<const Entry> entries, const Layout& layout, const CheckTarget& target)
{
    return Checker(entries, layout, target).run();
}

std::string_view severityName(Severity severity)
{
    switch (severity) {
    case Severity::Error:
        return "error";
    case Severity::Warning:
        return "warning";
    case Severity::Info:
        return "info";
    }
    return "info";
}

} // namespace romsmith::romfs
