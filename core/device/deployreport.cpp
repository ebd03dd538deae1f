// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/device/deploy.h"

#include <array>
#include <format>

namespace romsmith::device {
namespace {

std::string grouped(std::uint64_t number)
{
    auto digits = std::to_string(number);
    for (auto i = static_cast<std::ptrdiff_t>(digits.size()) - 3; i > 0; i -= 3) {
        digits.insert(static_cast<std::size_t>(i), ",");
    }
    return digits;
}

} // namespace

std::string_view phaseName(Phase phase)
{
    static constexpr std::array<std::string_view, 10> names{
        "Checking",
        "Entering the bootloader",
        "Waiting for the bootloader",
        "Comparing",
        "Backing up",
        "Erasing",
        "Writing",
        "Verifying",
        "Restarting",
        "Back",
    };
    return names.at(static_cast<std::size_t>(phase));
}

std::string_view stateName(FlashState state)
{
    static constexpr std::array<std::string_view, 11> names{
        "nothing was changed",
        "equal already, nothing was changed",
        "erased, no image",
        "partly written, no image",
        "written, not verified",
        "written, different when read back",
        "written and verified, not seen mounted",
        "written, verified and mounted",
        "partly written, the rest is as it was or erased",
        "written and verified, not seen to start",
        "written and verified, the cam has started",
    };
    return names.at(static_cast<std::size_t>(state));
}

std::string_view nextStep(FlashState state)
{
    switch (state) {
    case FlashState::Unchanged:
        return "The cam works as before; retry when the cause is mended.";
    case FlashState::Erased:
    case FlashState::PartlyWritten:
        return "The cam runs without ROMFS until an image is written; retry.";
    case FlashState::NotVerified:
        return "Retry: an image that is there already is only verified.";
    case FlashState::Different:
        return "Do not use what is there; retry.";
    case FlashState::NotMounted:
        return "Reset the cam and look into /rom.";
    case FlashState::PartlyReplaced:
        return "Retry before the cam is used: what is there does not belong together.";
    case FlashState::Verified:
        return "Unplug the cam and plug it in again; if it does not start, write its firmware.";
    case FlashState::Equal:
    case FlashState::Done:
    case FlashState::Started:
        break;
    }
    return "";
}

Error anotherBoard(const std::string& device, const boards::Board& wanted)
{
    return {.code = ErrorCode::Mismatch,
            .message = std::format("{} is no {}, for which the image is made. Choose the right cam or the right board.",
                                   device, wanted.name)};
}

std::string explain(const Error& error, const std::string& states, std::string_view next)
{
    if (error.message.contains("etry")) { // once is enough
        next = next.substr(0, next.find("; retry"));
    }
    const auto end = [](std::string_view sentence) { return sentence.empty() || sentence.ends_with('.') ? "" : "."; };
    return std::format("{}{} {} {}{}", error.message, end(error.message), states, next, end(next));
}

std::string DeployReport::sentence() const
{
    const auto where = std::format("{} of {}", partition, device);
    const auto seconds = static_cast<double>(time.count()) / 1000;
    if (error) {
        return explain(*error, std::format("{}: {}.", partition, stateName(state)), nextStep(state));
    }
    const auto bytes = grouped(size);
    switch (state) {
    case FlashState::Equal:
        return std::format("{} bytes are in {} already, compared and equal; nothing was written, {:.1f} s", bytes,
                           where, seconds);
    case FlashState::Done:
    case FlashState::Verified:
    case FlashState::Started:
        return std::format("{} bytes written to {}, read back and equal, {:.1f} s", bytes, where, seconds);
    default:
        return std::format("{} bytes written to {}, not verified, {:.1f} s", bytes, where, seconds);
    }
}

} // namespace romsmith::device
