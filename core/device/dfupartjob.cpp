// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/device/backup.h"
#include "core/device/dfuparts.h"

#include <algorithm>
#include <format>
#include <ranges>

namespace romsmith::device {
namespace {

/// Writes one part and proves it.
class PartJob
{
public:
    PartJob(const Caught& caught, const DfuPart& part, const DfuOptions& options, const ProgressSink& progress,
            DeployReport& report)
        : m_caught(caught)
        , m_host(*caught.host)
        , m_part(part)
        , m_options(options)
        , m_progress(progress)
        , m_report(report)
    { }

    Result<void> run()
    {
        tell(Phase::Checking);
        auto stretch = find();
        if (!stretch) {
            return std::unexpected(std::move(stretch).error());
        }
        m_stretch = std::move(*stretch);
        auto memory = DfuMemory::select(m_host, m_stretch);
        if (!memory) {
            return std::unexpected(std::move(memory).error());
        }
        m_memory = &*memory;
        pad();
        auto done = memory->checkSize().and_then([this] { return backUp(); }).and_then([this] { return write(); });
        m_memory = nullptr;
        return done;
    }

private:
    void tell(Phase phase, std::uint64_t done = 0, std::uint64_t total = 0)
    {
        count(phase);
        if (m_progress) {
            m_progress({.phase = phase, .done = done, .total = total, .part = m_part.name});
        }
    }
    void count(Phase phase)
    {
        if (m_report.phases.empty() || m_report.phases.back().phase != phase) {
            m_phaseBegin = m_host.now();
            m_phaseSent = m_host.sent();
            m_report.phases.push_back({.phase = phase});
        }
        auto& cost = m_report.phases.back();
        cost.time = std::chrono::duration_cast<Milliseconds>(m_host.now() - m_phaseBegin);
        cost.sent = m_host.sent() - m_phaseSent;
    }
    DfuCount counting(Phase phase, std::uint64_t before = 0, std::uint64_t total = 0)
    {
        return
            [=, this](std::uint64_t done, std::uint64_t all) { tell(phase, before + done, total > 0 ? total : all); };
    }
    romfs::Bytes content() const { return m_part.content.bytes(); }

    /// By the name of the alternate setting, never by its number: numbers have moved.
    Result<DfuStretch> find() const
    {
        const auto* board = m_caught.device.board;
        const auto stretches = dfuStretches(m_host, board);
        const auto found = std::ranges::find_if(stretches, [&](const DfuStretch& stretch) {
            return stretch.known && stretch.known->name == m_part.alternate;
        });
        if (found == stretches.end()) {
            return fail(ErrorCode::NotFound, missing());
        }
        const bool isErase = m_part.role == boards::Role::Filesystem;
        if (const auto why = whyNotWritten(*found, m_part.role == boards::Role::TableOfContents);
            !why.empty() && !isErase) {
            return fail(ErrorCode::InvalidArgument, why);
        }
        auto range = m_part.address ? dfuRange(*found, *m_part.address, m_part.size) : Result<DfuStretch>(*found);
        if (range && range->size && content().size() > *range->size) {
            return fail(ErrorCode::TooLarge,
                        std::format("{} has {} bytes, {} of {} holds {}. Nothing was written.", m_part.name,
                                    content().size(), range->name, m_host.name(), *range->size));
        }
        return range;
    }

    std::string missing() const
    {
        std::string names;
        for (const auto& alternate : m_host.alternates()) {
            names += (names.empty() ? "" : ", ") + alternate.name;
        }
        const auto next = m_part.role == boards::Role::Romfs
            ? std::format(
                  "Its bootloader is {}, from before ROMFS: update it with OpenMV IDE (bootloader.bin of firmware "
                  "4.7 or later), or flash the image over the raw REPL.",
                  m_caught.device.versionText())
            : std::string("Is this the right board?");
        return std::format("{} has no {}; it has {}. {}", m_host.name(), m_part.alternate, names, next);
    }

    /// Memory that is programmed in units takes the rest of the last one from whatever was in a buffer.
    void pad()
    {
        const auto unit = std::max<std::uint64_t>(m_stretch.programUnit, 4);
        auto size = (content().size() + unit - 1) / unit * unit;
        size = m_stretch.size ? std::min(size, *m_stretch.size) : size;
        m_padded.assign(content().begin(), content().end());
        m_padded.resize(std::max<std::size_t>(size, m_padded.size()), std::byte{0xFF});
    }

    // --- before anything is changed

    /// What is there is read once, for the backup and to compare.
    Result<void> readOld(std::uint64_t end, Phase phase)
    {
        if (m_old.size() >= end) {
            return {};
        }
        const auto begin = m_old.size() / m_memory->blockSize() * m_memory->blockSize();
        return m_memory->read(begin, end, counting(phase, begin, end))
            .transform([&](const std::vector<std::byte>& more) {
                m_old.resize(begin);
                m_old.insert(m_old.end(), more.begin(), more.end());
            });
    }

    Result<void> backUp()
    {
        if (m_part.role != boards::Role::Romfs || !m_options.backup || !m_stretch.readable) {
            return {};
        }
        tell(Phase::BackingUp);
        PartitionFacts facts;
        facts.size = m_stretch.size.value_or(0);
        constexpr std::uint64_t headSize = 16;
        auto head = readOld(std::min(m_memory->blockSize(), facts.size), Phase::BackingUp);
        if (!head) {
            return head;
        }
        facts.head.assign(m_old.begin(),
                          m_old.begin() + static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(headSize, m_old.size())));
        if (!facts.hasImage()) {
            return {};
        }
        if (auto read = readOld(facts.used(), Phase::BackingUp); !read) {
            return read;
        }
        if (std::ranges::equal(romfs::Bytes(m_old).first(facts.used()), content())) {
            m_report.state = FlashState::Equal;
            return m_host.becomeIdle();
        }
        const BackupFolder folder(m_options.backupFolder.empty() ? BackupFolder::defaultPath()
                                                                 : m_options.backupFolder);
        auto backup = folder.add(m_caught.device.board->id, m_part.name, romfs::Bytes(m_old).first(facts.used()));
        if (!backup) {
            return fail(backup.error().code,
                        backup.error().message + " Nothing was changed. Mend that, or flash without a backup.");
        }
        m_report.backup = backup->path;
        return {};
    }

    // --- changes

    struct Range
    {
        std::uint64_t begin = 0;
        std::uint64_t end = 0;
    };

    Result<void> write()
    {
        if (m_report.state == FlashState::Equal) {
            return {};
        }
        if (!m_options.update || !m_stretch.takesAnyOrder() || !m_stretch.readable) {
            return writeAll();
        }
        tell(Phase::Comparing);
        if (auto read = readOld(content().size(), Phase::Comparing); !read) {
            return read;
        }
        const auto ranges = differences();
        if (ranges.empty()) {
            m_report.state = FlashState::Equal;
            return m_host.becomeIdle();
        }
        auto written = writeRanges(ranges);
        // What was not expected of this memory happened: all of it, in order, is what its maker's tools do.
        return !written && written.error().code == ErrorCode::NotVerified ? writeAll() : written;
    }

    Result<void> writeAll() { return writeRanges({{.begin = 0, .end = m_padded.size()}}); }

    /// Whole erase units, neighbours together.
    std::vector<Range> differences() const
    {
        std::vector<Range> ranges;
        std::uint64_t begin = 0;
        for (const auto unit : m_stretch.units) {
            const auto compared = std::min<std::uint64_t>(unit, content().size());
            if (compared <= begin) {
                break;
            }
            const auto part = std::span(content()).subspan(begin, compared - begin);
            if (!std::ranges::equal(part, romfs::Bytes(m_old).subspan(begin, compared - begin))) {
                const auto end = std::min<std::uint64_t>(unit, m_padded.size());
                if (!ranges.empty() && ranges.back().end == begin) {
                    ranges.back().end = end;
                } else {
                    ranges.push_back({.begin = begin, .end = end});
                }
            }
            begin = unit;
        }
        return ranges;
    }

    Result<void> writeRanges(const std::vector<Range>& ranges)
    {
        std::uint64_t total = 0;
        for (const auto& range : ranges) {
            total += range.end - range.begin;
        }
        std::uint64_t done = 0;
        tell(Phase::Writing, 0, total);
        for (const auto& range : ranges) {
            const auto bytes = romfs::Bytes(m_padded).subspan(range.begin, range.end - range.begin);
            auto written = m_memory->write(range.begin, bytes, [&](std::uint64_t now, std::uint64_t) {
                m_report.state = FlashState::PartlyReplaced;
                tell(Phase::Writing, done + now, total);
            });
            if (!written) {
                // A block that was refused or lost may have erased something.
                if (written.error().code != ErrorCode::Cancelled) {
                    m_report.state = FlashState::PartlyReplaced;
                }
                static_cast<void>(m_host.becomeIdle());
                return written;
            }
            done += bytes.size();
        }
        m_report.state = FlashState::NotVerified;
        m_report.sent = m_host.sent();
        return m_memory->finish().and_then([&] { return m_options.verify ? verify(ranges, total) : Result<void>(); });
    }

    Result<void> verify(const std::vector<Range>& ranges, std::uint64_t total)
    {
        if (!m_stretch.readable) {
            return {};
        }
        tell(Phase::Verifying, 0, total);
        std::uint64_t done = 0;
        for (const auto& range : ranges) {
            const auto end = std::min<std::uint64_t>(range.end, content().size());
            const auto there = m_memory->read(range.begin, end, counting(Phase::Verifying, done, total));
            if (!there) {
                return std::unexpected(there.error());
            }
            const auto wanted = content().subspan(range.begin, end - range.begin);
            const auto [found, meant] = std::ranges::mismatch(*there, wanted);
            if (meant != wanted.end()) {
                m_report.state = FlashState::Different;
                return fail(
                    ErrorCode::NotVerified,
                    std::format("{} does not hold what was written to {}: the first byte that differs is at {}.",
                                m_host.name(), m_part.name,
                                range.begin + static_cast<std::uint64_t>(found - there->begin())));
            }
            done += range.end - range.begin;
        }
        m_report.state = FlashState::Verified;
        return m_host.becomeIdle();
    }

    const Caught& m_caught;
    DfuHost& m_host;
    const DfuPart& m_part;
    const DfuOptions& m_options;
    const ProgressSink& m_progress;
    DeployReport& m_report;
    DfuStretch m_stretch;
    DfuMemory* m_memory = nullptr; ///< while it runs
    std::vector<std::byte> m_padded;
    Clock::time_point m_phaseBegin;
    std::uint64_t m_phaseSent = 0; ///< DfuHost::sent() at that time
    std::vector<std::byte> m_old; ///< what was there, as far as it was read
};

} // namespace

Result<void> writePart(const Caught& caught, const DfuPart& part, const DfuOptions& options,
                       const ProgressSink& progress, DeployReport& report)
{
    return PartJob(caught, part, options, progress, report).run();
}

} // namespace romsmith::device
