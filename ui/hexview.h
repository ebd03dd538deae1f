// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/romfs/content.h"
#include "ui/hexgeometry.h"

#include <QAbstractScrollArea>
#include <QBasicTimer>

#include <cstdint>
#include <vector>

class QMenu;

namespace romsmith::ui {

/// How selected bytes are copied.
enum class ByteFormat : std::uint8_t {
    Hex,
    Text,
    CArray,
    PythonBytes,
};

/// A stretch of bytes, counted from the first one that is shown.
struct ByteRange
{
    std::uint64_t begin = 0;
    std::uint64_t end = 0;

    [[nodiscard]] std::uint64_t size() const { return end - begin; }
    [[nodiscard]] bool contains(std::uint64_t offset) const { return offset >= begin && offset < end; }
    bool operator==(const ByteRange&) const = default;
};

/// Bytes as hexadecimal numbers and as characters. Reads and paints only what can be seen, so size does not matter.
class HexView final : public QAbstractScrollArea
{
    Q_OBJECT

public:
    /// More than this is not copied at once.
    static constexpr std::uint64_t maxCopied = 1024ULL * 1024;

    explicit HexView(QWidget* parent = nullptr);

    /// Reading @p content must be quick: it happens while painting.
    void setContent(romfs::Content content);
    [[nodiscard]] const romfs::Content& content() const { return m_content; }

    /// The offset that the first byte is shown with. Rows begin at multiples of their length, so that alignment can be
    /// seen.
    void setBase(std::uint64_t base);
    [[nodiscard]] std::uint64_t base() const { return m_base; }

    /// Ranges that are underlined, in order and apart from each other.
    void setMarks(std::vector<ByteRange> marks);

    /// What a search found: each offset is the start of @p length bytes; in order.
    void setMatches(std::vector<std::uint64_t> offsets, std::uint64_t length);

    [[nodiscard]] std::uint64_t position() const { return m_position; }
    [[nodiscard]] ByteRange selection() const;

    /// Selects and scrolls so that it can be seen; the caret stands at the end.
    void select(ByteRange range);
    void moveTo(std::uint64_t position);
    void selectAll();
    void copy(ByteFormat format);

    /// Actions for the selection, for a context menu.
    void addActions(QMenu& menu);

    [[nodiscard]] QSize sizeHint() const override;

Q_SIGNALS:
    void selectionChanged();
    void noticed(const QString& text); ///< something that the user should know about what was asked

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void timerEvent(QTimerEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    enum class Selecting : std::uint8_t { No, Yes };

    void relayout();
    void setPosition(std::uint64_t position, Selecting selecting);
    void setCaret(std::uint64_t anchor, std::uint64_t position);
    void dragTo(QPoint point);
    void scrollToPosition();
    void bringIntoSight(ByteRange range);
    [[nodiscard]] std::uint64_t byteAt(QPoint point) const;
    [[nodiscard]] bool moveByKey(const QKeyEvent& event);
    [[nodiscard]] std::vector<std::byte> read(ByteRange range) const;
    [[nodiscard]] ByteRange copyableRange() const;

    void paintColumnHeads(QPainter& painter) const;
    void paintRow(QPainter& painter, std::uint64_t row, romfs::Bytes bytes, std::uint64_t first) const;
    void paintPiece(QPainter& painter, int top, ByteRange range, romfs::Bytes bytes) const;
    void paintMark(QPainter& painter, int top, std::uint64_t offset, std::uint64_t rowEnd) const;
    void paintCaret(QPainter& painter) const;
    [[nodiscard]] bool isMarked(std::uint64_t offset) const;
    [[nodiscard]] ByteRange matchAt(std::uint64_t offset) const; ///< empty if there is none

    romfs::Content m_content;
    std::uint64_t m_base = 0;
    std::vector<ByteRange> m_marks;
    std::vector<std::uint64_t> m_matches;
    std::uint64_t m_matchLength = 0;
    std::uint64_t m_anchor = 0;
    std::uint64_t m_position = 0;
    std::uint64_t m_pressed = 0; ///< the byte on which a drag began
    HexGeometry m_geometry;
    QBasicTimer m_dragTimer;
    QPoint m_dragPoint;
};

} // namespace romsmith::ui
