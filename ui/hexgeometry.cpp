// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/hexgeometry.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace romsmith::ui {
namespace {

constexpr int wideRow = 16;
constexpr int narrowRow = 8;
constexpr int margin = 4;

/// Digits that offsets up to @p last need; an even number, so that they do not jump about.
int digitsFor(std::uint64_t last)
{
    const auto digits = (std::bit_width(last) + 3) / 4;
    return std::max(4, (digits + 1) / 2 * 2);
}

} // namespace

HexGeometry::HexGeometry(const QFontMetricsF& font, std::uint64_t base, std::uint64_t size, int width)
    : m_characterWidth(font.horizontalAdvance(QLatin1Char('0')))
    , m_rowHeight(static_cast<int>(std::ceil(font.height())) + 1)
    , m_offsetDigits(digitsFor(base + size))
    , m_base(base)
{
    m_bytesPerRow = x(charactersIn(wideRow)) + margin <= width ? wideRow : narrowRow;
    m_width = x(charactersIn(m_bytesPerRow)) + margin;
    m_lead = base % perRow();
    // Behind the last byte there is room for the caret.
    m_rowCount = (m_lead + size) / perRow() + 1;
}

std::uint64_t HexGeometry::offsetAt(std::uint64_t row, int column) const
{
    const auto cell = row * perRow() + static_cast<std::uint64_t>(column);
    return cell < m_lead ? 0 : cell - m_lead;
}

int HexGeometry::hexCharacter(int column) const
{
    return m_offsetDigits + 2 + column * 3 + column / group;
}

int HexGeometry::charactersIn(int bytesPerRow) const
{
    return hexCharacter(bytesPerRow - 1) + 4 + bytesPerRow;
}

int HexGeometry::x(int character) const
{
    return margin + static_cast<int>(std::lround(character * m_characterWidth));
}

QRect HexGeometry::hexCell(int column, int top) const
{
    const auto left = x(hexCharacter(column));
    return {left, top, x(hexCharacter(column) + 2) - left, m_rowHeight};
}

QRect HexGeometry::characterCell(int column, int top) const
{
    const auto character = hexCharacter(m_bytesPerRow - 1) + 4 + column;
    return {x(character), top, x(character + 1) - x(character), m_rowHeight};
}

QRect HexGeometry::offsetCell(int top) const
{
    return {margin, top, x(m_offsetDigits) - margin, m_rowHeight};
}

int HexGeometry::columnAt(int x) const
{
    if (x >= characterCell(0, 0).left()) {
        const auto column = static_cast<int>((x - characterCell(0, 0).left()) / m_characterWidth);
        return std::min(column, m_bytesPerRow - 1);
    }
    int column = 0;
    while (column + 1 < m_bytesPerRow && x >= hexCell(column + 1, 0).left() - static_cast<int>(m_characterWidth / 2)) {
        ++column;
    }
    return column;
}

} // namespace romsmith::ui
