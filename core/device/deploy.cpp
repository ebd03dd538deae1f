// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/device/deploy.h"

#include "core/device/backup.h"
#include "core/device/imagecheck.h"
#include "core/device/transfer.h"
#include "core/romfs/names.h"

#include <algorithm>
#include <charconv>
#include <format>
#include <ranges>
#include <set>

namespace romsmith::device {
namespace {

using namespace std::chrono_literals;

constexpr Milliseconds patience = 15s;
constexpr Milliseconds tidyPatience = 700ms;
/// One call erases everything on firmware without op 6: 24 ms were measured for 4 KiB, so three times that, and the
/// usual.
constexpr std::uint64_t eraseStep = 4096;
constexpr Milliseconds patienceForStep = 75ms;

/// A write inside an STM32H7 is of 32 bytes, of an octal flash of 2 at least, and all others' units divide this.
constexpr std::uint64_t leastUnit = 32;

class Deploy
{
public:
    Deploy(Device& device, const romfs::Content& image, const DeployOptions& options, const ProgressSink& progress)
        : m_device(device)
        , m_image(image)
        , m_options(options)
        , m_progress(progress)
        , m_sentBefore(device.wire().sent())
    { }

    DeployReport run()
    {
        m_report.device = m_device.name();
        m_report.partition = std::format("ROMFS{}", m_options.partition);
        auto done = check().and_then([this] { return isThere(); }).and_then([this](bool isThere) {
            return isThere ? Result<void>() : write();
        });
        if (!done) {
            m_report.error = std::move(done).error();
        }
        leave();
        endPhase();
        m_report.sent = m_device.wire().sent() - m_sentBefore;
        m_report.time = std::chrono::duration_cast<Milliseconds>(Clock::now() - m_begin);
        return std::move(m_report);
    }

private:
    /// Its program was interrupted, and goes on where it can.
    void leave()
    {
        if (m_report.error && m_report.error->code == ErrorCode::Disconnected) {
            return;
        }
        const bool isCancelled = m_report.error && m_report.error->code == ErrorCode::Cancelled;
        if (!m_report.error || (m_report.state == FlashState::Unchanged && !isCancelled)) {
            // What is in flash is known already, whatever main.py does.
            static_cast<void>(m_device.repl().leaveAndRestart());
        } else {
            m_device.leave();
        }
    }

    Result<void> write()
    {
        return backUp()
            .and_then([this] { return makeReady(); })
            .and_then([this] { return erase(); })
            .and_then([this] { return program(); })
            .and_then([this] { return m_options.verify ? verify() : Result<void>(); })
            .and_then([this] { return restart(); });
    }

    Result<void> goOn() const
    {
        if (m_device.wire().isStopped()) {
            return fail(ErrorCode::Cancelled, std::format("{}: cancelled.", m_device.name()));
        }
        return {};
    }

    void tell(Phase phase, std::uint64_t done = 0, std::uint64_t total = 0)
    {
        if (m_report.phases.empty() || m_report.phases.back().phase != phase) {
            endPhase();
            m_report.phases.push_back({.phase = phase});
        }
        if (m_progress) {
            m_progress({.phase = phase, .done = done, .total = total});
        }
    }
    void endPhase()
    {
        if (!m_report.phases.empty()) {
            auto& last = m_report.phases.back();
            last.time = std::chrono::duration_cast<Milliseconds>(Clock::now() - m_phaseBegin);
            last.sent = m_device.wire().sent() - m_phaseSentBefore;
        }
        m_phaseBegin = Clock::now();
        m_phaseSentBefore = m_device.wire().sent();
    }
    auto counting(Phase phase)
    {
        return [this, phase](std::uint64_t done, std::uint64_t total) { tell(phase, done, total); };
    }

    // --- before anything is changed

    Result<void> check()
    {
        tell(Phase::Checking);
        auto partition = m_device.partition(m_options.partition);
        if (!partition) {
            return std::unexpected(std::move(partition).error());
        }
        m_partition = std::move(*partition);
        if (m_options.board && m_device.board() && m_options.board->id != m_device.board()->id) {
            return std::unexpected(anotherBoard(m_device.name(), *m_options.board));
        }
        if (m_partition.shape == Shape::View && isReadOnly()) {
            return fail(
                ErrorCode::DeviceFailed,
                std::format("{} of {} cannot be written from its firmware.", m_report.partition, m_device.name()));
        }
        return takeImage();
    }

    const boards::Partition* known() const
    {
        return m_device.board() ? m_device.board()->partition(m_options.partition) : nullptr;
    }

    bool isReadOnly() const { return known() && known()->romIoctl && !known()->romIoctl->writable; }

    /// By the rules of the board, in the partition as it really is.
    Result<void> takeImage()
    {
        const auto where = std::format("{} of {}", m_report.partition, m_device.name());
        auto checked
            = checkImage(m_image, known() ? build::Target(*m_device.board(), m_options.partition) : build::Target(),
                         {.partition = {.name = std::format("{} {}", m_device.boardName(), m_report.partition),
                                        .partitionSize = m_partition.size,
                                        .address = m_partition.address},
                          .mpy = m_device.facts().mpy},
                         where);
        if (!checked) {
            return std::unexpected(std::move(checked).error());
        }
        m_report.size = checked->content.size();
        m_report.sha256 = checked->sha256;
        m_report.findings = checked->findings;
        m_checked = std::move(*checked);
        return m_options.force ? Result<void>() : m_checked.worksIn(where);
    }

    /// The first bytes are known; only when they are equal is it worth to have the rest hashed.
    Result<bool> isThere()
    {
        const auto head
            = m_checked.content.bytes().first(std::min<std::size_t>(m_checked.content.size(), m_partition.head.size()));
        if (head.empty() || !std::ranges::equal(head, std::span(m_partition.head).first(head.size()))) {
            return false;
        }
        return isEqual(Phase::Comparing).transform([this](bool equal) {
            m_report.state = equal ? FlashState::Equal : FlashState::Unchanged;
            return equal;
        });
    }

    Result<bool> isEqual(Phase phase)
    {
        tell(phase, 0, m_report.size);
        if (m_device.facts().features.sha256) {
            return hashOnDevice(m_device, m_partition, m_report.size, counting(phase))
                .transform([this](const std::string& hash) { return hash == m_report.sha256; });
        }
        return readBytes(m_device, m_partition, 0, m_report.size, counting(phase))
            .transform([this](const std::vector<std::byte>& bytes) {
                return std::ranges::equal(bytes, m_checked.content.bytes());
            });
    }

    Result<void> backUp()
    {
        if (!m_options.backup || !m_partition.hasImage()) {
            return {};
        }
        tell(Phase::BackingUp, 0, m_partition.used());
        const auto bytes = readBytes(m_device, m_partition, 0, m_partition.used(), counting(Phase::BackingUp));
        if (!bytes) {
            return std::unexpected(bytes.error());
        }
        const BackupFolder folder(m_options.backupFolder.empty() ? BackupFolder::defaultPath()
                                                                 : m_options.backupFolder);
        auto backup
            = folder.add(m_device.board() ? m_device.board()->id : m_device.boardName(), m_report.partition, *bytes);
        if (!backup) {
            return fail(backup.error().code,
                        backup.error().message + " Nothing was changed. Mend that, or flash without a backup.");
        }
        m_report.backup = backup->path;
        return {};
    }

    /// The device has all that it needs before anything is erased; what its program left in memory may have to go.
    Result<void> makeReady()
    {
        const auto prepare = [this] { return unmount().and_then([this] { return makeRoom(m_device, m_partition); }); };
        auto room = prepare();
        if (!room && isOutOfMemory(room.error())) {
            room = m_device.softReset().and_then(prepare);
        }
        if (!room && isOutOfMemory(room.error())) {
            return fail(ErrorCode::DeviceFailed,
                        room.error().message + ". That is too little to be flashed: see that its boot.py takes less.");
        }
        return room.transform([this](std::size_t largest) { m_largestChunk = largest; });
    }

    /// Whatever was imported from there is invalid from now on.
    Result<void> unmount()
    {
        return m_device.select(m_options.partition)
            .and_then([this] {
                return m_device.repl().exec(
                    "import os\ntry:\n os.chdir('/')\n vfs.umount('/rom')\nexcept OSError:\n pass\n");
            })
            .transform([](const std::string&) {});
    }

    // --- from here on there is no image

    /// Where firmware erases ranges, it does so in steps of so many bytes; memory without erase may have units of a
    /// few.
    std::uint64_t stepOfErase() const
    {
        const std::uint64_t unit = m_partition.rangedUnit.value_or(0);
        return unit > 0 ? (std::max(unit, eraseStep) + unit - 1) / unit * unit : 0;
    }

    Result<void> erase()
    {
        const auto step = stepOfErase();
        const auto length = std::min(m_partition.size,
                                     step > 0 ? (m_report.size + step - 1) / step * step
                                              : (m_report.size + leastUnit - 1) / leastUnit * leastUnit);
        tell(Phase::Erasing, 0, step > 0 ? length : 0);
        if (auto wanted = goOn(); !wanted) {
            return wanted;
        }
        m_report.state = FlashState::Erased;
        std::uint64_t done = 0;
        const auto minimum
            = eraseFirst(length, [&] { tell(Phase::Erasing, done = std::min(length, done + step), length); });
        if (!minimum) {
            if (minimum.error().code == ErrorCode::Cancelled && step > 0) {
                static_cast<void>(m_device.repl().interrupt(tidyPatience));
            }
            if (minimum.error().code == ErrorCode::DeviceFailed && isAsBefore()) {
                m_report.state = FlashState::Unchanged;
            }
            return std::unexpected(minimum.error());
        }
        m_unit = std::max(leastUnit, *minimum);
        if (const auto* partition = known(); partition && partition->romIoctl && partition->romIoctl->chunkMultiple) {
            m_unit = std::max<std::uint64_t>(m_unit, *partition->romIoctl->chunkMultiple);
        }
        return {};
    }

    /// Gives the minimum write that op 3 returned.
    Result<std::uint64_t> eraseFirst(std::uint64_t length, const std::function<void()>& stepDone)
    {
        const auto step = stepOfErase();
        const Milliseconds whole = patience + patienceForStep * static_cast<int>(length / eraseStep + 1);
        std::string result;
        bool hasResult = false;
        return m_device.repl()
            .exec(m_device.code("erase") + std::format("_rs_erase(_rs, {}, {})\n", length, step),
                  step > 0 ? patience : whole,
                  [&](char character) {
                      if (hasResult && result.size() < 16) {
                          result += character;
                      } else if (character == '.') {
                          stepDone();
                      }
                      hasResult |= character == '=';
                  })
            .and_then([&] { return minimumIn(result); });
    }

    /// Erasing goes from the front, so an image whose header is left was not touched.
    bool isAsBefore()
    {
        if (!m_partition.hasImage()) {
            return false;
        }
        const auto head = readBytes(m_device, m_partition, 0, m_partition.head.size(), [](auto, auto) { });
        return head && std::ranges::equal(*head, m_partition.head);
    }

    Result<std::uint64_t> minimumIn(std::string_view result) const
    {
        int minimum = 0;
        std::from_chars(result.data(), result.data() + result.size(), minimum);
        constexpr int largest = 1024 * 1024;
        if (minimum <= 0 || minimum > largest) {
            const auto said = lastLine(result);
            return fail(ErrorCode::DeviceFailed,
                        std::format("{} could not erase {}: vfs.rom_ioctl returned {}. Retry; if it stays so, use the "
                                    "bootloader.",
                                    m_device.name(), m_report.partition, said.empty() ? "nothing" : said));
        }
        return static_cast<std::uint64_t>(minimum);
    }

    /// What cannot be relied on must not be mounted: gets rid of the header. False if that failed, too.
    bool takeAway()
    {
        const Wire::Uninterrupted finishing(m_device.wire());
        return eraseFirst(std::max(leastUnit, stepOfErase()), [] { }).has_value();
    }

    Result<void> program()
    {
        const auto padded = std::min(m_partition.size, (m_report.size + m_unit - 1) / m_unit * m_unit);
        std::vector<std::byte> bytes(m_checked.content.bytes().begin(), m_checked.content.bytes().end());
        bytes.resize(padded, std::byte{0xFF});
        tell(Phase::Writing, 0, padded);
        if (auto selected = m_device.select(m_options.partition); !selected) {
            return selected;
        }
        ImageWriter writer(m_device, m_partition, bytes, m_largestChunk);
        const auto done = programWith(writer, padded);
        if (!done) {
            writer.abandon();
            if (m_report.state == FlashState::NotVerified && done.error().code == ErrorCode::DeviceFailed
                && takeAway()) {
                m_report.state = FlashState::PartlyWritten;
            }
        }
        return done;
    }

    Result<void> programWith(ImageWriter& writer, std::uint64_t size)
    {
        // The one that makes an image of it is as small as can be.
        const auto first = std::min<std::uint64_t>(size, std::max<std::uint64_t>(m_partition.block, m_unit));
        const auto count = counting(Phase::Writing);
        return writer.start()
            .and_then([&] {
                m_report.state = FlashState::PartlyWritten;
                return writer.write(first, size, count);
            })
            .and_then([&] { return writer.flush(); })
            .and_then([this] { return goOn(); })
            .and_then([&] {
                m_report.state = FlashState::NotVerified;
                return writer.write(0, first, count);
            })
            .and_then([&] { return writer.stop(); });
    }

    // --- proof

    Result<void> verify()
    {
        const auto equal = isEqual(Phase::Verifying);
        if (!equal) {
            return std::unexpected(equal.error());
        }
        if (!*equal) {
            m_report.state = takeAway() ? FlashState::PartlyWritten : FlashState::Different;
            return fail(ErrorCode::NotVerified,
                        std::format("{} does not hold what was written to {}; if that stays so, the flash may be worn "
                                    "out.",
                                    m_device.name(), m_report.partition));
        }
        m_report.state = FlashState::NotMounted;
        return {};
    }

    Result<void> restart()
    {
        tell(Phase::Restarting);
        // Only the first partition is mounted at the start.
        auto seen = m_device.softReset().and_then(
            [this] { return m_options.partition == 0 ? seeMounted() : Result<void>(); });
        if (!seen) {
            return seen;
        }
        if (m_report.state == FlashState::NotMounted) {
            m_report.state = FlashState::Done;
        }
        return {};
    }

    Result<void> seeMounted()
    {
        constexpr std::size_t mostOutput = 4UL * 1024 * 1024;
        const auto listed = m_device.repl().exec("import os\nfor e in os.ilistdir('/rom'):\n "
                                                 "print(''.join('%02x' % b for b in e[0].encode()))\n",
                                                 patience, mostOutput);
        if (!listed) {
            if (listed.error().code != ErrorCode::DeviceFailed) {
                return std::unexpected(listed.error());
            }
            return fail(
                ErrorCode::DeviceFailed,
                std::format("{} did not mount the image at /rom ({}).", m_device.name(), listed.error().message));
        }
        std::set<std::string> names;
        for (const auto line : std::views::split(*listed, '\n')) {
            const auto digits = std::string_view(line).substr(0, std::string_view(line).find('\r'));
            if (const auto name = fromText(digits, Encoding::Hexadecimal); name && !name->empty()) {
                names.insert(std::string(romfs::asText(*name)));
            }
        }
        if (names != m_checked.names && !m_options.force) {
            return fail(ErrorCode::DeviceFailed,
                        std::format("{} lists {} names in /rom, the image has {}; they differ.", m_device.name(),
                                    names.size(), m_checked.names.size()));
        }
        return {};
    }

    Device& m_device;
    const romfs::Content& m_image;
    const DeployOptions& m_options;
    const ProgressSink& m_progress;
    Clock::time_point m_begin = Clock::now();
    std::uint64_t m_sentBefore; ///< bytes
    Clock::time_point m_phaseBegin;
    std::uint64_t m_phaseSentBefore = 0; ///< bytes
    DeployReport m_report;
    PartitionFacts m_partition;
    CheckedImage m_checked;
    std::size_t m_largestChunk = 0; ///< bytes
    std::uint64_t m_unit = leastUnit; ///< bytes; what is programmed are multiples
};

} // namespace

DeployReport deploy(Device& device, const romfs::Content& image, const DeployOptions& options,
                    const ProgressSink& progress, const std::stop_token& stop)
{
    device.setStop(stop);
    return Deploy(device, image, options, progress).run();
}

Result<romfs::Content> readPartition(Device& device, std::uint32_t partition, bool whole,
                                     const std::function<void(std::uint64_t, std::uint64_t)>& count,
                                     const std::stop_token& stop)
{
    device.setStop(stop);
    const auto facts = device.partition(partition);
    if (!facts) {
        return std::unexpected(facts.error());
    }
    if (!whole && !facts->hasImage()) {
        return fail(ErrorCode::NotFound,
                    std::format("There is no image in {} of {}; the whole partition can be read.", facts->name(),
                                device.name()));
    }
    const auto tell = [&count](std::uint64_t done, std::uint64_t total) {
        if (count) {
            count(done, total);
        }
    };
    return readBytes(device, *facts, 0, whole ? facts->size : facts->used(), tell)
        .transform([](std::vector<std::byte> bytes) { return romfs::Content::own(std::move(bytes)); });
}

} // namespace romsmith::device
