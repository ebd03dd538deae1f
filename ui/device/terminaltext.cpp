// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/device/terminaltext.h"

#include <algorithm>

namespace romsmith::ui {

void TerminalText::feed(QByteArrayView bytes)
{
    const QString decoded = m_decoder.decode(bytes);
    for (const auto character : decoded) {
        switch (m_state) {
        case State::Text:
            put(character);
            break;
        case State::Escape:
            m_state = character == u'[' ? State::Sequence : State::Text;
            m_parameter.clear();
            break;
        case State::Sequence:
            if (character >= u'@' && character <= u'~') {
                control(character);
                m_state = State::Text;
            } else if (m_parameter.size() < 8) {
                m_parameter += character;
            }
            break;
        }
    }
}

void TerminalText::put(QChar character)
{
    switch (character.unicode()) {
    case u'\r':
        m_column = 0;
        return;
    case u'\b':
        m_column = std::max<qsizetype>(0, m_column - 1);
        return;
    case u'\x1b':
        m_state = State::Escape;
        return;
    case u'\n':
        m_lines.append(std::exchange(m_line, {}));
        m_column = 0;
        return;
    case u'\t':
        character = u' ';
        break;
    default:
        if (character < u' ') {
            return;
        }
    }
    if (m_column < m_line.size()) {
        m_line[m_column] = character;
    } else {
        m_line += character;
    }
    if (++m_column >= longestLine) {
        put(u'\n');
    }
}

void TerminalText::control(QChar last)
{
    const auto count = std::max(1, m_parameter.toInt());
    switch (last.unicode()) {
    case u'D':
        m_column = std::max<qsizetype>(0, m_column - count);
        break;
    case u'C':
        m_column = std::min(m_line.size(), m_column + count);
        break;
    case u'K':
        m_line.truncate(m_column);
        break;
    default:
        break;
    }
}

} // namespace romsmith::ui
