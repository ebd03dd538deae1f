// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/error.h"

#include <atomic>
#include <cstdint>
#include <filesystem>

namespace romsmith::sim {

/// What the supervisor and MicroPython both see at any time: variables of the firmware that the reception of a byte
/// depends on, and faults. The order of the fields is that of resources/sim/shared.py.
struct SharedState
{
    using Field = std::atomic<std::uint32_t>;

    Field interruptChar; ///< the byte that interrupts what runs; neverInterrupts: none does
    Field mode; ///< of the REPL, which a soft reset keeps: 0 friendly, 1 raw
    Field ending; ///< why the interpreter ended
    Field rawOutput; ///< so many bytes in front of the output queue are no text; raised only while that is empty
    Field powerOn; ///< this start is not a soft reset
    Field faults; ///< bits
    Field writes; ///< calls that programmed, since power-on
    Field erases; ///< units, since power-on
    Field failWriteAt; ///< the value of writes at which it fails; 0: never
    Field failEraseAt; ///< the same for erases
    Field eraseTime; ///< µs for each unit
    Field busyTime; ///< ms for which the first script after power-on does not hear Ctrl-C
    Field executions; ///< scripts that were started
};
static_assert(std::atomic<std::uint32_t>::is_always_lock_free && sizeof(SharedState) == 13 * sizeof(std::uint32_t));

constexpr std::uint32_t neverInterrupts = 0xFFFFFFFF;

enum class Ending : std::uint32_t { Crash, SoftReset, HardReset, Bootloader };

/// The state in a file that both processes map.
class SharedStateFile
{
public:
    static Result<SharedStateFile> create(const std::filesystem::path& path);

    SharedStateFile(SharedStateFile&& other) noexcept;
    SharedStateFile& operator=(SharedStateFile&& other) noexcept;
    ~SharedStateFile();

    SharedState* operator->() const { return m_state; }

private:
    explicit SharedStateFile(SharedState* state)
        : m_state(state)
    { }

    SharedState* m_state;
};

} // namespace romsmith::sim
