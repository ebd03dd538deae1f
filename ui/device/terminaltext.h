// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>
#include <QStringDecoder>
#include <QStringList>

#include <cstdint>

namespace romsmith::ui {

/// What a device says at its prompt, as lines: carriage returns, backspaces and the few escape sequences with which
/// MicroPython's line editor writes over the line (shared/readline). All other sequences are left out.
class TerminalText
{
public:
    void feed(QByteArrayView bytes);

    [[nodiscard]] const QString& line() const { return m_line; } ///< the last one, which may still change
    [[nodiscard]] QStringList takeLines() { return std::exchange(m_lines, {}); } ///< those that are complete

private:
    enum class State : std::uint8_t { Text, Escape, Sequence };

    void put(QChar character);
    void control(QChar last);

    static constexpr qsizetype longestLine = 4096; ///< a longer one is broken

    QStringDecoder m_decoder{QStringDecoder::Utf8};
    State m_state = State::Text;
    QString m_parameter; ///< of an escape sequence
    QString m_line;
    qsizetype m_column = 0;
    QStringList m_lines;
};

} // namespace romsmith::ui
