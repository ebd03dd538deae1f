// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/comparetext.h"

#include "core/inspect/bytetext.h"
#include "core/inspect/decodedtext.h"
#include "core/inspect/kind.h"
#include "core/tree/linediff.h"
#include "ui/text.h"

#include <QCoreApplication>

#include <algorithm>

namespace romsmith::ui {
namespace {

using Line = MarkedText::Line;
using Lines = std::vector<Line>;
using Mark = MarkedText::Mark;

constexpr std::uint64_t rowSize = 8; // two columns of 16 would be wider than most docks and tabs

struct Texts
{
    Q_DECLARE_TR_FUNCTIONS(romsmith::ui::CompareText)
};

Line heading(const QString& text)
{
    return {.text = text, .spans = {{.start = 0, .length = static_cast<int>(text.size()), .mark = Mark::Heading}}};
}

/// Offsets of the rows that hold a byte that differs.
std::vector<std::uint64_t> rowsWith(const tree::ContentDifference& difference, std::size_t maxRows)
{
    std::vector<std::uint64_t> rows;
    for (const auto& range : difference.ranges) {
        auto row = range.offset / rowSize * rowSize;
        if (!rows.empty() && row <= rows.back()) {
            row = rows.back() + rowSize;
        }
        for (; row < range.offset + range.size; row += rowSize) {
            if (rows.size() == maxRows) {
                return rows;
            }
            rows.push_back(row);
        }
    }
    return rows;
}

Result<std::vector<std::byte>> readRow(const romfs::Content& content, std::uint64_t offset)
{
    std::vector<std::byte> bytes(std::min(rowSize, content.size() - std::min(offset, content.size())));
    return content.read(std::min(offset, content.size()), bytes).transform([&] { return std::move(bytes); });
}

/// Appends one side's bytes to a row; marks those that differ from the other side's.
void addColumn(Line& line, romfs::Bytes bytes, romfs::Bytes other, Mark mark)
{
    const auto begin = static_cast<int>(line.text.size());
    QString characters;
    for (std::size_t i = 0; i < rowSize; ++i) {
        const bool there = i < bytes.size();
        line.text += there ? QStringLiteral("%1 ").arg(std::to_integer<unsigned>(bytes[i]), 2, 16, QLatin1Char('0'))
                           : QStringLiteral("   ");
        characters += there ? QLatin1Char(inspect::shownCharacter(bytes[i])) : QLatin1Char(' ');
        if (there && (i >= other.size() || bytes[i] != other[i])) {
            const auto index = static_cast<int>(i);
            line.spans.push_back({.start = begin + 3 * index, .length = 2, .mark = mark});
            line.spans.push_back(
                {.start = begin + 3 * static_cast<int>(rowSize) + 1 + index, .length = 1, .mark = mark});
        }
    }
    line.text += QLatin1Char(' ') % characters;
}

Line rowOf(std::uint64_t offset, romfs::Bytes a, romfs::Bytes b)
{
    Line line{.text = hexOffset(offset, 6) % QStringLiteral("  "), .spans = {}};
    addColumn(line, a, b, Mark::RemovedPart);
    line.text += QStringLiteral("   ");
    addColumn(line, b, a, Mark::AddedPart);
    return line;
}

Line columnTitles()
{
    constexpr auto columnWidth = static_cast<int>(3 * rowSize + 1 + rowSize);
    return heading(
        QStringLiteral("%1%2   %3").arg(QString(), -10).arg(Texts::tr("A"), -columnWidth).arg(Texts::tr("B")));
}

Line textLine(const tree::LineChange& change)
{
    using Kind = tree::LineChange::Kind;
    switch (change.kind) {
    case Kind::Gap:
        return heading(Texts::tr("@@ line %1 in A, %2 in B @@").arg(change.lineA).arg(change.lineB));
    case Kind::Context:
        return {.text = QStringLiteral("  ") % text(change.text), .spans = {}};
    case Kind::Removed:
    case Kind::Added:
        break;
    }
    const bool added = change.kind == Kind::Added;
    Line line{.text = (added ? QStringLiteral("+ ") : QStringLiteral("- ")) % text(change.text), .spans = {}};
    line.spans.push_back(
        {.start = 0, .length = static_cast<int>(line.text.size()), .mark = added ? Mark::Added : Mark::Removed});
    return line;
}

Result<std::vector<std::byte>> readStart(const romfs::Content& content, std::size_t size)
{
    std::vector<std::byte> bytes(std::min<std::uint64_t>(content.size(), size));
    return content.read(0, bytes).transform([&] { return std::move(bytes); });
}

Lines linesOf(const inspect::DecodedText& a, const inspect::DecodedText& b)
{
    Lines lines;
    for (const auto& change : tree::lineChanges(a.utf8, b.utf8)) {
        lines.push_back(textLine(change));
        const bool isCut = change.kind == tree::LineChange::Kind::Removed ? a.isCut : b.isCut;
        if (change.endsFile && !isCut && change.kind != tree::LineChange::Kind::Context) {
            lines.push_back(heading(Texts::tr("  (no line break at the end)")));
        }
    }
    if (lines.empty()) {
        lines.push_back(heading(Texts::tr("The lines read the same, but their bytes are not. See Bytes.")));
    }
    if (a.isCut || b.isCut) {
        lines.push_back(heading(Texts::tr("Only the beginning of the files was compared as text.")));
    }
    return lines;
}

} // namespace

Result<Lines> byteRows(const romfs::Content& a, const romfs::Content& b, const tree::ContentDifference& difference,
                       std::size_t maxRows)
{
    Lines lines{columnTitles()};
    const auto rows = rowsWith(difference, maxRows);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto rowA = readRow(a, rows[i]);
        const auto rowB = rowA ? readRow(b, rows[i]) : rowA;
        if (!rowB) {
            return std::unexpected(rowB.error());
        }
        if (i != 0 && rows[i] != rows[i - 1] + rowSize) {
            lines.push_back(heading(QStringLiteral("⋯")));
        }
        lines.push_back(rowOf(rows[i], *rowA, *rowB));
    }
    const auto& ranges = difference.ranges;
    const bool rowsMissing = !rows.empty() && ranges.back().offset + ranges.back().size > rows.back() + rowSize;
    if (rowsMissing || difference.isCut()) {
        lines.push_back(heading(Texts::tr("More bytes differ; only the first rows are shown.")));
    }
    return lines;
}

Result<std::optional<Lines>> textRows(const romfs::Content& a, const romfs::Content& b)
{
    const inspect::TextLimits limits;
    const auto startA = readStart(a, limits.bytes + 1); // one more, so that what is cut is known to be
    const auto startB = startA ? readStart(b, limits.bytes + 1) : startA;
    if (!startB) {
        return std::unexpected(startB.error());
    }
    if (!inspect::looksLikeText(*startA) || !inspect::looksLikeText(*startB)) {
        return std::optional<Lines>();
    }
    return linesOf(inspect::decodeText(*startA, limits), inspect::decodeText(*startB, limits));
}

} // namespace romsmith::ui
