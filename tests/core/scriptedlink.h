// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/device/seriallink.h"

#include <cstring>
#include <deque>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

namespace romsmith::test {

/// What a device says when it has heard these bytes. What stands in the way of them is skipped.
struct Line
{
    std::string heard;
    std::string said;
};

/// A device that follows a script, and can be pulled out after so many bytes in both directions.
class ScriptedLink final : public device::SerialLink
{
public:
    explicit ScriptedLink(std::deque<Line> script, std::size_t lives = std::numeric_limits<std::size_t>::max())
        : m_script(std::move(script))
        , m_lives(lives)
    { }

    Result<std::size_t> read(std::span<std::byte> into, device::Deadline deadline) override
    {
        if (m_lives == 0) {
            return fail(ErrorCode::Disconnected, {});
        }
        if (m_said.empty()) {
            std::this_thread::sleep_until(deadline);
            return fail(ErrorCode::TimedOut, {});
        }
        const auto count = std::min({into.size(), m_said.size(), m_lives});
        std::memcpy(into.data(), m_said.data(), count);
        m_said.erase(0, count);
        m_lives -= count;
        return count;
    }

    Result<std::size_t> write(romfs::Bytes bytes, device::Deadline) override
    {
        if (m_lives == 0) {
            return fail(ErrorCode::Disconnected, {});
        }
        const auto count = std::min(bytes.size(), m_lives);
        m_lives -= count;
        m_heard += romfs::asText(bytes.first(count));
        while (!m_script.empty()) {
            const auto at = m_heard.find(m_script.front().heard);
            if (at == std::string::npos) {
                break;
            }
            m_heard.erase(0, at + m_script.front().heard.size());
            m_said += m_script.front().said;
            m_script.pop_front();
        }
        return count;
    }

    void close() override { m_lives = 0; }

    void setLives(std::size_t lives) { m_lives = lives; }

private:
    std::deque<Line> m_script;
    std::size_t m_lives;
    std::string m_heard;
    std::string m_said;
};

} // namespace romsmith::test
