// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFontMetricsF>
#include <QRect>

#include <cstdint>

namespace romsmith::ui {

/// Where the columns and rows of a hex view are. All in pixels from the top left corner of an unscrolled view.
class HexGeometry
{
public:
    /// Bytes after which the hexadecimal numbers leave a gap.
    static constexpr int group = 8;

    HexGeometry() = default;

    /// For @p size bytes of which the first is shown as @p base, in a view that is @p width wide.
    HexGeometry(const QFontMetricsF& font, std::uint64_t base, std::uint64_t size, int width);

    [[nodiscard]] int bytesPerRow() const { return m_bytesPerRow; }
    [[nodiscard]] int rowHeight() const { return m_rowHeight; }
    [[nodiscard]] int headHeight() const { return m_rowHeight + 4; }
    [[nodiscard]] int width() const { return m_width; }
    [[nodiscard]] int offsetDigits() const { return m_offsetDigits; }
    [[nodiscard]] std::uint64_t rowCount() const { return m_rowCount; }

    [[nodiscard]] std::uint64_t rowOf(std::uint64_t offset) const { return (offset + m_lead) / perRow(); }
    [[nodiscard]] int columnOf(std::uint64_t offset) const { return static_cast<int>((offset + m_lead) % perRow()); }

    /// Byte in a cell; clamped to 0 before the first byte.
    [[nodiscard]] std::uint64_t offsetAt(std::uint64_t row, int column) const;

    /// The offset that is written in front of a row.
    [[nodiscard]] std::uint64_t labelOf(std::uint64_t row) const { return m_base - m_lead + row * perRow(); }

    /// The two cells of a byte, the upper edge at @p top.
    [[nodiscard]] QRect hexCell(int column, int top) const;
    [[nodiscard]] QRect characterCell(int column, int top) const;
    [[nodiscard]] QRect offsetCell(int top) const;

    /// The column whose cell is nearest to @p x.
    [[nodiscard]] int columnAt(int x) const;

private:
    [[nodiscard]] std::uint64_t perRow() const { return static_cast<std::uint64_t>(m_bytesPerRow); }
    [[nodiscard]] int charactersIn(int bytesPerRow) const;
    [[nodiscard]] int x(int character) const;
    [[nodiscard]] int hexCharacter(int column) const;

    qreal m_characterWidth = 1;
    int m_rowHeight = 1;
    int m_bytesPerRow = 16;
    int m_offsetDigits = 8;
    int m_width = 0;
    std::uint64_t m_base = 0;
    std::uint64_t m_lead = 0; ///< empty cells in front of the first byte
    std::uint64_t m_rowCount = 1;
};

} // namespace romsmith::ui
