// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/device/dfujob.h"

#include "core/device/backup.h"
#include "core/device/firmware.h"
#include "core/device/imagecheck.h"
#include "core/inspect/digest.h"
#include "core/romfs/record.h"
#include "core/sources/bundle.h"

#include <algorithm>
#include <format>
#include <ranges>

namespace romsmith::device {
namespace {

using namespace std::chrono_literals;

/// An application comes up in two seconds; a large FAT that is checked first takes longer.
constexpr Milliseconds firmwarePatience = 20s;

/// A stretch of memory, and what is to be in it.
struct Part
{
    std::string name; ///< "ROMFS0", "FIRMWARE"
    boards::Role role = boards::Role::Other;
    std::string alternate; ///< as the table has it
    std::optional<std::uint64_t> address = {}; ///< of ST's extension
    std::optional<std::uint64_t> size = {}; ///< of the stretch, bytes; none: what the alternate setting has
    romfs::Content content;
    std::vector<romfs::Finding> findings = {};
    std::string sha256 = {};
};

std::string hashOf(const romfs::Content& content)
{
    const auto digest = inspect::digest(content);
    return digest ? digest->sha256 : std::string();
}

/// Only with ST's extension addresses matter; the table has them for others, too.
std::optional<std::uint64_t> addressFor(const boards::Board& board, std::optional<std::uint64_t> address)
{
    return board.bootloader.kind == boards::BootloaderKind::DfuSe ? address : std::nullopt;
}

Result<Part> imagePart(const boards::Board& board, std::uint32_t index, const romfs::Content& image, bool force)
{
    const auto name = std::format("ROMFS{}", index);
    const auto where = std::format("{} of {}", name, board.name);
    auto checked = checkImage(image, board, index, where, force);
    if (!checked) {
        return std::unexpected(std::move(checked).error());
    }
    const auto* partition = board.partition(index);
    if (partition->alternateSetting.empty()) {
        return fail(ErrorCode::InvalidArgument,
                    std::format("{} is not reached by its bootloader; flash it over the raw REPL.", where));
    }
    return Part{.name = name,
                .role = boards::Role::Romfs,
                .alternate = partition->alternateSetting,
                .address = addressFor(board, partition->address),
                .size = partition->size,
                .content = std::move(checked->content),
                .findings = std::move(checked->findings),
                .sha256 = std::move(checked->sha256)};
}

Result<Part> firmwarePart(const boards::Board& board, const FlashFiles::Firmware& firmware)
{
    auto bytes = firmware.content.readAll();
    if (!bytes) {
        return std::unexpected(std::move(bytes).error());
    }
    const auto file = identifyFirmware(board, firmware.name, *bytes);
    if (!file) {
        return std::unexpected(file.error());
    }
    const auto range = firmwareRange(board, **file);
    const auto size = range ? std::optional(range->end - range->start) : std::nullopt;
    if (size && bytes->size() > *size) {
        return fail(ErrorCode::TooLarge,
                    std::format("\"{}\" has {} bytes, there is room for {} in {}. Nothing was written.", firmware.name,
                                bytes->size(), *size, board.name));
    }
    auto content = romfs::Content::own(std::move(*bytes));
    auto hash = hashOf(content);
    const bool isNamed = board.bootloader.kind == boards::BootloaderKind::OpenMvDfu;
    return Part{.name = isNamed ? (*file)->alternateSetting : std::string("Firmware"),
                .role = boards::Role::Firmware,
                .alternate = (*file)->alternateSetting,
                .address = addressFor(board, (*file)->address),
                .size = size,
                .content = std::move(content),
                .sha256 = std::move(hash)};
}

Result<std::vector<Part>> partsOf(const boards::Board& board, const FlashFiles& files, bool force)
{
    const auto kind = board.bootloader.kind;
    if (kind != boards::BootloaderKind::OpenMvDfu && kind != boards::BootloaderKind::DfuSe) {
        return fail(ErrorCode::InvalidArgument,
                    std::format("The bootloader of {} does not speak DFU. Its image can be flashed over the raw REPL.",
                                board.name));
    }
    std::vector<Part> parts;
    const auto add = [&](Result<Part> part) -> Result<void> {
        if (!part) {
            return std::unexpected(std::move(part).error());
        }
        if (std::ranges::contains(parts, part->name, &Part::name)) {
            return fail(ErrorCode::InvalidArgument, std::format("Two files are for {} of {}.", part->name, board.name));
        }
        parts.push_back(std::move(*part));
        return {};
    };
    for (const auto& [index, image] : files.images) {
        if (auto added = add(imagePart(board, index, image, force)); !added) {
            return std::unexpected(std::move(added).error());
        }
    }
    for (const auto& firmware : files.firmware) {
        if (auto added = add(firmwarePart(board, firmware)); !added) {
            return std::unexpected(std::move(added).error());
        }
    }
    for (const auto& area : files.eraseFilesystem ? board.filesystemErase : std::vector<boards::FilesystemErase>()) {
        parts.push_back({.name = std::format("file system in {}", area.alternateSetting),
                         .role = boards::Role::Filesystem,
                         .alternate = area.alternateSetting,
                         .address = addressFor(board, area.address),
                         .content = romfs::Content::own(std::vector<std::byte>(area.size))});
    }
    return parts;
}

/// Writes one part and proves it.
class PartJob
{
public:
    PartJob(const Caught& caught, const Part& part, const DfuOptions& options, const ProgressSink& progress,
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
    void tell(Phase phase, std::uint64_t done = 0, std::uint64_t total = 0) const
    {
        if (m_progress) {
            m_progress({.phase = phase, .done = done, .total = total, .part = m_part.name});
        }
    }
    DfuCount counting(Phase phase, std::uint64_t before = 0, std::uint64_t total = 0) const
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
        if (const auto why = whyNotWritten(*found); !why.empty() && !isErase) {
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
        const BackupFolder folder(m_options.backupFolder.empty() ? BackupFolder::defaultPath()
                                                                 : m_options.backupFolder);
        auto backup = folder.add(m_caught.device.board->id, m_part.name, romfs::Bytes(m_old).first(facts.used()));
        if (!backup) {
            return fail(backup.error().code,
                        backup.error().message + " Nothing was changed; --no-backup writes without.");
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
    const Part& m_part;
    const DfuOptions& m_options;
    const ProgressSink& m_progress;
    DeployReport& m_report;
    DfuStretch m_stretch;
    DfuMemory* m_memory = nullptr; ///< while it runs
    std::vector<std::byte> m_padded;
    std::vector<std::byte> m_old; ///< what was there, as far as it was read
};

bool isComplete(FlashState state)
{
    return state == FlashState::Verified || state == FlashState::Equal || state == FlashState::NotVerified;
}

/// What could only be known of the cam that was caught.
Result<const boards::Board*> boardOf(const Caught& caught)
{
    if (!caught.device.board) {
        return fail(
            ErrorCode::InvalidArgument,
            std::format("{} is the chip's own loader, which does not tell what board it is on. It is for writing a "
                        "bootloader: see the board's page.",
                        caught.device.name()));
    }
    return caught.device.board;
}

} // namespace

Result<FlashFiles> filesOf(const sources::Bundle& bundle, const boards::Board& board, const std::stop_token& stop)
{
    const auto found = bundle.find(board.id);
    if (!found) {
        return std::unexpected(found.error());
    }
    FlashFiles files;
    for (const auto& file : found->files) {
        const bool isImage = file.partition && board.partition(*file.partition);
        if (!isImage && (file.role != boards::Role::Firmware || !file.release)) {
            continue;
        }
        auto content = bundle.read(file, stop);
        if (!content) {
            return std::unexpected(std::move(content).error());
        }
        if (isImage) {
            files.images.emplace(*file.partition, std::move(*content));
        } else {
            files.firmware.push_back({.name = file.name, .content = std::move(*content)});
        }
    }
    if (files.isEmpty()) {
        return fail(ErrorCode::NotFound,
                    std::format("The bundle has neither an image nor firmware for {}.", board.name));
    }
    return files;
}

Result<void> checkFiles(const boards::Board& board, const FlashFiles& files, bool force)
{
    return partsOf(board, files, force).transform([](const std::vector<Part>&) { });
}

FlashState DfuReport::state() const
{
    if (parts.empty()) {
        return FlashState::Unchanged;
    }
    const auto failed = std::ranges::find_if(parts, [](const DeployReport& part) { return part.error.has_value(); });
    if (failed != parts.end()) {
        return failed->state;
    }
    const auto equal = [](const DeployReport& part) { return part.state == FlashState::Equal; };
    const auto changed = std::ranges::find_if_not(parts, equal);
    return changed == parts.end() ? FlashState::Equal : changed->state;
}

std::string DfuReport::sentence() const
{
    std::string text;
    if (error) {
        text = error->message;
        for (const auto& part : parts) {
            text += std::format(" {}: {}.", part.partition, stateName(part.state));
        }
        return text + " " + std::string(nextStep(state()));
    }
    for (const auto& part : parts) {
        text += (text.empty() ? "" : "; ") + part.sentence();
    }
    return text;
}

DfuReport flashOverDfu(UsbBus& bus, Caught caught, const FlashFiles& files, const DfuOptions& options,
                       const ProgressSink& progress, const std::stop_token& stop)
{
    const auto begin = bus.now();
    DfuReport report{.device = caught.device.name()};
    const auto finish = [&](Result<void> done) {
        if (!done && !report.error) {
            report.error = std::move(done).error();
        }
        report.time = std::chrono::duration_cast<Milliseconds>(bus.now() - begin);
        return std::move(report);
    };
    const auto parts
        = boardOf(caught).and_then([&](const boards::Board* board) { return partsOf(*board, files, options.force); });
    if (!parts) {
        return finish(std::unexpected(parts.error()));
    }
    for (const auto& part : *parts) {
        report.parts.push_back({.device = report.device,
                                .partition = part.name,
                                .findings = part.findings,
                                .size = part.content.size(),
                                .sha256 = part.sha256});
    }
    caught.host->setStop(stop);
    for (std::size_t i = 0; i < parts->size(); ++i) {
        auto& partReport = report.parts[i];
        const auto partBegin = bus.now();
        const auto sentBefore = caught.host->sent();
        auto done = PartJob(caught, (*parts)[i], options, progress, partReport).run();
        partReport.sent = caught.host->sent() - sentBefore;
        partReport.time = std::chrono::duration_cast<Milliseconds>(bus.now() - partBegin);
        report.sent += partReport.sent;
        if (!done) {
            partReport.error = done.error();
            report.error = std::move(done).error();
            break;
        }
    }
    const bool isWritten
        = std::ranges::all_of(report.parts, [](const DeployReport& part) { return isComplete(part.state); });
    // A cam that goes away when everything is written has done what it was to do, if its firmware shows up.
    const bool isGone = report.error && report.error->code == ErrorCode::Disconnected && isWritten;
    if ((report.error && !isGone) || !options.leave) {
        return finish({});
    }
    if (progress) {
        progress({.phase = Phase::Restarting});
    }
    const auto device = caught.device;
    const auto started = isGone ? waitForFirmware(bus, device, firmwarePatience, stop)
                                : leaveBootloader(bus, std::move(caught), firmwarePatience, stop);
    if (!started) {
        return finish(isGone ? std::unexpected(*report.error) : std::unexpected(started.error()));
    }
    report.error.reset();
    for (auto& part : report.parts) {
        part.error.reset();
        part.state = part.state == FlashState::Verified ? FlashState::Started : part.state;
    }
    return finish({});
}

// --- reading

namespace {

Result<DfuStretch> stretchNamed(const Caught& caught, std::string_view name)
{
    const auto* board = caught.device.board;
    auto stretches = dfuStretches(*caught.host, board);
    if (const auto found = std::ranges::find(stretches, name, &DfuStretch::name); found != stretches.end()) {
        return *found;
    }
    const auto byKnown = [&](std::string_view known) {
        return std::ranges::find_if(stretches,
                                    [&](const DfuStretch& each) { return each.known && each.known->name == known; });
    };
    for (const auto& partition : board ? board->partitions : std::vector<boards::Partition>()) {
        const auto found = byKnown(partition.alternateSetting);
        if (name == std::format("ROMFS{}", partition.index) && found != stretches.end() && partition.address) {
            return dfuRange(*found, *partition.address, partition.size);
        }
    }
    if (const auto found = byKnown(name); found != stretches.end()) {
        return *found;
    }
    std::string names;
    for (const auto& stretch : stretches) {
        names += (names.empty() ? "" : ", ") + stretch.name;
    }
    return fail(ErrorCode::NotFound, std::format("{} has no {}; it has {}.", caught.host->name(), name, names));
}

} // namespace

Result<romfs::Content> readOverDfu(const Caught& caught, std::string_view name, bool whole, const DfuCount& count,
                                   const std::stop_token& stop)
{
    auto& host = *caught.host;
    host.setStop(stop);
    const auto stretch = stretchNamed(caught, name);
    if (!stretch) {
        return std::unexpected(stretch.error());
    }
    if (!stretch->readable || !stretch->size) {
        return fail(ErrorCode::InvalidArgument, std::format("{} of {} cannot be read.", stretch->name, host.name()));
    }
    auto memory = DfuMemory::select(host, *stretch);
    if (!memory) {
        return std::unexpected(std::move(memory).error());
    }
    const DfuCount tell = [&count](std::uint64_t done, std::uint64_t total) {
        if (count) {
            count(done, total);
        }
    };
    auto length = *stretch->size;
    if (!whole) {
        constexpr std::uint64_t headSize = 16;
        PartitionFacts facts;
        facts.size = length;
        auto head = memory->read(0, std::min(headSize, length), [](auto, auto) { });
        if (!head) {
            return std::unexpected(std::move(head).error());
        }
        facts.head = std::move(*head);
        if (!facts.hasImage()) {
            return fail(ErrorCode::NotFound,
                        std::format("There is no image in {} of {}; --whole reads what is there.", name, host.name()));
        }
        length = facts.used();
    }
    auto bytes = memory->read(0, length, tell);
    if (!bytes) {
        return std::unexpected(std::move(bytes).error());
    }
    static_cast<void>(host.becomeIdle()); // what was read is read
    return romfs::Content::own(std::move(*bytes));
}

} // namespace romsmith::device
