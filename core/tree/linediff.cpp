// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tree/linediff.h"

#include <algorithm>
#include <ranges>
#include <unordered_map>

namespace romsmith::tree {
namespace {

using Kind = LineChange::Kind;
using Lines = std::vector<std::string_view>; // with their line breaks, so that a missing one is a difference
using Ids = std::vector<std::size_t>; // equal lines have equal numbers

/// How many lines may be added or removed before the search for the shortest difference is given up: it takes their
/// number times that of the lines, and memory for their square.
constexpr std::ptrdiff_t maxEdits = 1000;

Lines linesOf(std::string_view text)
{
    Lines lines;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size() - 1) + 1;
        lines.push_back(text.substr(0, end));
        text.remove_prefix(end);
    }
    return lines;
}

Ids idsOf(const Lines& lines, std::unordered_map<std::string_view, std::size_t>& known)
{
    Ids ids;
    ids.reserve(lines.size());
    for (const auto line : lines) {
        ids.push_back(known.emplace(line, known.size()).first->second);
    }
    return ids;
}

/// The lines of two texts that differ, marked.
struct Marks
{
    std::vector<bool> removed;
    std::vector<bool> added;
};

/// Finds the shortest difference between two sequences: E. W. Myers, "An O(ND) Difference Algorithm and Its
/// Variations".
class ShortestDifference
{
public:
    ShortestDifference(std::span<const std::size_t> a, std::span<const std::size_t> b)
        : m_a(a)
        , m_b(b)
        , m_furthest(static_cast<std::size_t>(2 * maxEdits + 3))
    { }

    /// Marks what differs, counted from the given lines on; false if there is too much of it.
    bool mark(Marks& marks, std::size_t offset)
    {
        for (std::ptrdiff_t edits = 0; edits <= maxEdits; ++edits) {
            remember(edits);
            if (extend(edits)) {
                trace(marks, offset);
                return true;
            }
        }
        return false;
    }

private:
    std::ptrdiff_t sizeA() const { return std::ssize(m_a); }
    std::ptrdiff_t sizeB() const { return std::ssize(m_b); }
    std::ptrdiff_t& furthest(std::ptrdiff_t diagonal)
    {
        return m_furthest[static_cast<std::size_t>(diagonal + maxEdits + 1)];
    }

    void remember(std::ptrdiff_t edits)
    {
        const auto begin = m_furthest.begin() + (maxEdits + 1 - edits);
        m_history.emplace_back(begin, begin + (2 * edits + 1));
    }

    /// Goes as far as possible with one more edit; true at the end of both.
    bool extend(std::ptrdiff_t edits)
    {
        for (auto diagonal = -edits; diagonal <= edits; diagonal += 2) {
            const bool down
                = diagonal == -edits || (diagonal != edits && furthest(diagonal - 1) < furthest(diagonal + 1));
            auto x = down ? furthest(diagonal + 1) : furthest(diagonal - 1) + 1;
            while (x < sizeA() && x - diagonal < sizeB()
                   && m_a[static_cast<std::size_t>(x)] == m_b[static_cast<std::size_t>(x - diagonal)]) {
                ++x;
            }
            furthest(diagonal) = x;
            if (x >= sizeA() && x - diagonal >= sizeB()) {
                return true;
            }
        }
        return false;
    }

    void trace(Marks& marks, std::size_t offset) const
    {
        auto x = sizeA();
        auto y = sizeB();
        for (auto edits = std::ssize(m_history) - 1; edits > 0; --edits) {
            const auto& before = m_history[static_cast<std::size_t>(edits)];
            const auto at = [&](std::ptrdiff_t diagonal) { return before[static_cast<std::size_t>(diagonal + edits)]; };
            const auto diagonal = x - y;
            const bool down = diagonal == -edits || (diagonal != edits && at(diagonal - 1) < at(diagonal + 1));
            x = down ? at(diagonal + 1) : at(diagonal - 1);
            y = x - (down ? diagonal + 1 : diagonal - 1);
            (down ? marks.added : marks.removed)[offset + static_cast<std::size_t>(down ? y : x)] = true;
        }
    }

    std::span<const std::size_t> m_a;
    std::span<const std::size_t> m_b;
    std::vector<std::ptrdiff_t> m_furthest; ///< of each diagonal
    std::vector<std::vector<std::ptrdiff_t>> m_history; ///< m_furthest before each edit, as far as it can matter
};

Marks marksOf(const Ids& a, const Ids& b)
{
    const auto first = static_cast<std::size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
    const auto restA = std::span(a).subspan(first);
    const auto restB = std::span(b).subspan(first);
    const auto same = std::ranges::mismatch(restA | std::views::reverse, restB | std::views::reverse).in1;
    const auto last = static_cast<std::size_t>(same - (restA | std::views::reverse).begin());
    const auto middleA = restA.first(restA.size() - last);
    const auto middleB = restB.first(restB.size() - last);
    Marks marks{.removed = std::vector<bool>(a.size()), .added = std::vector<bool>(b.size())};
    if (!ShortestDifference(middleA, middleB).mark(marks, first)) {
        std::fill_n(marks.removed.begin() + static_cast<std::ptrdiff_t>(first), middleA.size(), true);
        std::fill_n(marks.added.begin() + static_cast<std::ptrdiff_t>(first), middleB.size(), true);
    }
    return marks;
}

LineChange lineChange(Kind kind, std::string_view line, std::size_t lineA, std::size_t lineB)
{
    const bool broken = line.ends_with('\n');
    return {.kind = kind,
            .lineA = lineA,
            .lineB = lineB,
            .text = line.substr(0, line.size() - (broken ? 1 : 0)),
            .endsFile = !broken};
}

/// Every line of both texts.
std::vector<LineChange> allLines(const Lines& a, const Lines& b, const Marks& marks)
{
    std::vector<LineChange> lines;
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < a.size() || j < b.size()) {
        if (i < a.size() && marks.removed[i]) {
            lines.push_back(lineChange(Kind::Removed, a[i], i + 1, 0));
            ++i;
        } else if (j < b.size() && marks.added[j]) {
            lines.push_back(lineChange(Kind::Added, b[j], 0, j + 1));
            ++j;
        } else {
            lines.push_back(lineChange(Kind::Context, a[i], i + 1, j + 1));
            ++i;
            ++j;
        }
    }
    return lines;
}

/// Leaves out what is the same and not near a change.
std::vector<LineChange> withoutMiddle(const std::vector<LineChange>& lines, std::size_t context)
{
    std::vector<LineChange> kept;
    for (std::size_t i = 0; i < lines.size();) {
        if (lines[i].kind != Kind::Context) {
            kept.push_back(lines[i++]);
            continue;
        }
        const auto end = static_cast<std::size_t>(
            std::ranges::find_if(lines.begin() + static_cast<std::ptrdiff_t>(i), lines.end(),
                                 [](const LineChange& line) { return line.kind != Kind::Context; })
            - lines.begin());
        const auto head = i == 0 ? 0 : std::min(context, end - i);
        const auto tail = end == lines.size() ? 0 : std::min(context, end - i - head);
        std::copy_n(lines.begin() + static_cast<std::ptrdiff_t>(i), head, std::back_inserter(kept));
        if (end - i > head + tail && end != lines.size()) {
            const auto& last = lines[end - tail - 1];
            kept.push_back({.kind = Kind::Gap, .lineA = last.lineA + 1, .lineB = last.lineB + 1, .text = {}});
        }
        std::copy_n(lines.begin() + static_cast<std::ptrdiff_t>(end - tail), tail, std::back_inserter(kept));
        i = end;
    }
    return kept;
}

} // namespace

std::vector<LineChange> lineChanges(std::string_view a, std::string_view b, std::size_t context)
{
    if (a == b) {
        return {};
    }
    const auto linesA = linesOf(a);
    const auto linesB = linesOf(b);
    std::unordered_map<std::string_view, std::size_t> known;
    const auto idsA = idsOf(linesA, known);
    const auto idsB = idsOf(linesB, known);
    return withoutMiddle(allLines(linesA, linesB, marksOf(idsA, idsB)), context);
}

} // namespace romsmith::tree
