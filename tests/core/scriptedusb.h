// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/device/dfu.h"
#include "tests/core/helpers.h"

#include <deque>
#include <functional>
#include <memory>

namespace romsmith::test {

/// What a scripted device answers to one request.
struct UsbAnswer
{
    std::string request; ///< "DNLOAD 3 4096", "GETSTATUS", "SELECT 1"; what else comes ends the script
    Result<Blob> answer = Blob();
};

/// GETSTATUS.
inline UsbAnswer statusOf(device::DfuState state, unsigned status = 0, unsigned poll = 0)
{
    return {.request = "GETSTATUS",
            .answer = Blob{static_cast<std::byte>(status), static_cast<std::byte>(poll & 0xFFU),
                           static_cast<std::byte>(poll >> 8U & 0xFFU), static_cast<std::byte>(poll >> 16U & 0xFFU),
                           static_cast<std::byte>(state), std::byte{0}}};
}

/// A bootloader that follows a script, and then is unplugged. Its time goes by only by pauses and time-outs.
class ScriptedUsb final : public device::UsbLink
{
public:
    struct Story
    {
        std::deque<UsbAnswer> script;
        std::vector<std::string> unexpected; ///< requests that were not what the script has
        std::chrono::milliseconds paused{0};
        std::vector<device::UsbSetting> settings;
        std::vector<std::string> names;
        Result<void> claimed;
    };

    explicit ScriptedUsb(std::shared_ptr<Story> story)
        : m_story(std::move(story))
    { }

    /// One interface with these alternate settings and this functional descriptor.
    static std::shared_ptr<Story> story(std::vector<std::string> names, std::deque<UsbAnswer> script,
                                        const Blob& function = hex("09 21 07 e803 0010 0101"))
    {
        auto made = std::make_shared<Story>();
        for (std::size_t i = 0; i < names.size(); ++i) {
            made->settings.push_back({.interface = 0,
                                      .number = static_cast<std::uint8_t>(i),
                                      .deviceClass = 0xFE,
                                      .subclass = 1,
                                      .protocol = 2,
                                      .nameIndex = static_cast<std::uint8_t>(4 + i)});
        }
        if (!made->settings.empty()) {
            made->settings.back().extra = function;
        }
        made->names = std::move(names);
        made->script = std::move(script);
        return made;
    }

    const device::UsbDevice& device() const override { return m_device; }
    Result<std::vector<device::UsbSetting>> settings() override { return m_story->settings; }
    Result<std::string> string(std::uint8_t index) override { return m_story->names.at(index - 4U); }
    Result<void> claim(std::uint8_t) override { return m_story->claimed; }
    Result<void> reset() override
    {
        return take("RESET").transform([](const Blob&) { });
    }
    void pause(std::chrono::milliseconds length) override
    {
        m_story->paused += length;
        m_now += length;
    }
    device::Clock::time_point now() const override { return m_now; }

    Result<void> select(std::uint8_t, std::uint8_t alternate) override
    {
        return take(std::format("SELECT {}", alternate)).transform([](const Blob&) { });
    }

    Result<std::size_t> controlIn(const device::ControlSetup& setup, std::span<std::byte> into,
                                  std::chrono::milliseconds timeout) override
    {
        return answer(setup, into.size(), timeout).transform([&](const Blob& bytes) {
            const auto length = std::min(bytes.size(), into.size());
            std::ranges::copy_n(bytes.begin(), static_cast<std::ptrdiff_t>(length), into.begin());
            return length;
        });
    }

    Result<std::size_t> controlOut(const device::ControlSetup& setup, romfs::Bytes bytes,
                                   std::chrono::milliseconds timeout) override
    {
        return answer(setup, bytes.size(), timeout).transform([&](const Blob&) { return bytes.size(); });
    }

private:
    Result<Blob> answer(const device::ControlSetup& setup, std::size_t length, std::chrono::milliseconds timeout)
    {
        static constexpr std::array<std::string_view, 7> names{"DETACH",    "DNLOAD",   "UPLOAD", "GETSTATUS",
                                                               "CLRSTATUS", "GETSTATE", "ABORT"};
        std::string request(names.at(setup.request));
        if (setup.request == 1 || setup.request == 2) {
            request += std::format(" {} {}", setup.value, length);
        }
        auto answered = take(request);
        if (!answered && answered.error().code == ErrorCode::TimedOut) {
            m_now += timeout;
        }
        return answered;
    }

    Result<Blob> take(const std::string& request)
    {
        if (m_story->script.empty()) {
            return fail(ErrorCode::Disconnected, {});
        }
        if (m_story->script.front().request != request) {
            m_story->unexpected.push_back(request + " instead of " + m_story->script.front().request);
            return fail(ErrorCode::Disconnected, {});
        }
        auto answered = std::move(m_story->script.front().answer);
        m_story->script.pop_front();
        return answered;
    }

    std::shared_ptr<Story> m_story;
    device::UsbDevice m_device{.path = "1-1"};
    device::Clock::time_point m_now;
};

} // namespace romsmith::test
