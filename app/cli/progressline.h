// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <format>
#include <iostream>
#include <string>
#include <string_view>

namespace romsmith::cli {

/// Progress on stderr: a bar on a terminal, elsewhere a line for each step.
class ProgressLine
{
public:
    ~ProgressLine() { end(); }

    void show(std::string_view step, std::uint64_t done, std::uint64_t total)
    {
        const bool isNew = step != m_step;
        if (isNew) {
            end();
            m_step = step;
            m_begin = Clock::now();
        }
        const auto now = Clock::now();
        const bool isDue = isNew || done == total || now - m_shown > std::chrono::milliseconds(100);
        if (!m_isTerminal) {
            if (isNew) {
                std::cerr << "romsmith-cli: " << step << "\n";
            }
        } else if (isDue) {
            m_shown = now;
            std::cerr << '\r' << line(done, total) << "\x1b[K" << std::flush;
        }
    }

    void end()
    {
        if (m_isTerminal && !m_step.empty()) {
            std::cerr << '\n';
        }
        m_step.clear();
    }

private:
    using Clock = std::chrono::steady_clock;

    std::string line(std::uint64_t done, std::uint64_t total) const
    {
        if (total == 0) {
            return std::format("{:<12}", m_step);
        }
        constexpr std::uint64_t width = 30;
        const auto filled = static_cast<std::size_t>(done * width / total);
        const auto seconds = std::chrono::duration<double>(Clock::now() - m_begin).count();
        const auto speed = seconds > 0 ? static_cast<double>(done) / seconds / 1000 : 0;
        return std::format("{:<12}[{}{}] {:3} %  {:.0f} kB/s", m_step, std::string(filled, '#'),
                           std::string(width - filled, ' '), done * 100 / total, speed);
    }

    bool m_isTerminal = ::isatty(STDERR_FILENO) == 1 && qEnvironmentVariable("TERM") != QLatin1StringView("dumb");
    std::string m_step;
    Clock::time_point m_begin;
    Clock::time_point m_shown;
};

} // namespace romsmith::cli
