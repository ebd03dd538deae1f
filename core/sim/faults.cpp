// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sim/faults.h"

#include <QJsonDocument>

#include <algorithm>
#include <array>
#include <format>

namespace romsmith::sim {
namespace {

constexpr std::array options{
    FaultOption{"unplug-after", &Faults::unplugAfter, "BYTES", "Be unplugged after so many bytes, both directions"},
    FaultOption{"replug-after", &Faults::replugAfter, "MS", "Be plugged in again so long after being unplugged"},
    FaultOption{"reboot-after", &Faults::rebootAfter, "BYTES", "Reboot after so many bytes, both directions"},
    FaultOption{"reboot-after-ms", &Faults::rebootAfterTime, "MS", "Reboot after so long"},
    FaultOption{"latency", &Faults::latency, "MS", "Delay each time that the direction changes"},
    FaultOption{"bandwidth", &Faults::bandwidth, "BYTES/S", "Speed of the line in each direction"},
    FaultOption{"garbage-every", &Faults::garbageEvery, "BYTES", "Change one byte of so many"},
    FaultOption{"input-buffer", &Faults::inputBuffer, "BYTES", "Lose what does not fit into a buffer of this size"},
    FaultOption{"fail-write", &Faults::failWrite, "N", "Let the N-th write to flash return -5, half done"},
    FaultOption{"fail-erase", &Faults::failErase, "N", "Let the erasing of the N-th unit return -5"},
    FaultOption{"erase-ms", &Faults::eraseTime, "MS", "Time for erasing one unit"},
    FaultOption{"busy-ms", &Faults::busyTime, "MS", "Run a script at power-on that hears Ctrl-C only after so long"},
    FaultOption{"no-raw-paste", &Faults::noRawPaste, "", "Know raw-paste mode, and refuse it"},
    FaultOption{"old-repl", &Faults::oldRepl, "", "Do not know raw-paste mode"},
    FaultOption{"no-base64", &Faults::noBase64, "", "Have no base64 in binascii"},
    FaultOption{"no-deflate", &Faults::noDeflate, "", "Have no module deflate"},
    FaultOption{"no-hashlib", &Faults::noHashlib, "", "Have no module hashlib"},
};

/// Exact in JSON's numbers.
constexpr double largestValue = 9007199254740992.0;

bool isCount(const QJsonValue& value)
{
    const double number = value.toDouble(-1);
    return value.isBool() || (number >= 0 && number <= largestValue);
}

} // namespace

std::span<const FaultOption> faultOptions()
{
    return options;
}

Result<Faults> withFaults(Faults faults, const QJsonObject& changes)
{
    for (auto it = changes.begin(); it != changes.end(); ++it) {
        const auto name = it.key().toStdString();
        const auto option = std::ranges::find(options, name, &FaultOption::name);
        if (option == options.end()) {
            return fail(
                ErrorCode::InvalidArgument,
                std::format("\"{}\" is no fault of a virtual cam; romsmith-cli virtual-cam --help lists them.", name));
        }
        if (!isCount(it.value())) {
            return fail(
                ErrorCode::InvalidArgument,
                std::format(
                    "{} must be a number from 0, not {}.", name,
                    QJsonDocument(QJsonObject{{it.key(), it.value()}}).toJson(QJsonDocument::Compact).toStdString()));
        }
        faults.*(option->member) = it.value().isBool() ? Faults::Value{it.value().toBool()}
                                                       : static_cast<Faults::Value>(it.value().toDouble());
    }
    return faults;
}

std::uint32_t firmwareFaults(const Faults& faults)
{
    std::uint32_t bits = 0;
    std::uint32_t bit = 1;
    for (const auto value : {faults.noBase64, faults.noDeflate, faults.noHashlib, faults.noRawPaste, faults.oldRepl}) {
        bits |= value != 0 ? bit : 0;
        bit <<= 1U;
    }
    return bits;
}

} // namespace romsmith::sim
