// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/devices.h"
#include "app/cli/stopsignals.h"
#include "app/cli/waytocam.h"
#include "core/device/dfujob.h"
#include "core/sources/bundle.h"
#include "core/sources/imagefile.h"

#include <QJsonArray>

#include <filesystem>
#include <format>
#include <iostream>

namespace romsmith::cli {
namespace {

/// What is written, and what has been said about the image in it.
struct FilesToFlash
{
    device::FlashFiles files;
    std::vector<romfs::Finding> said;
};

Outcome<FilesToFlash> filesFor(const FlashArguments& arguments, const boards::Board& board, const std::stop_token& stop)
{
    FilesToFlash job;
    auto& files = job.files;
    if (!arguments.bundle.empty()) {
        auto bundled = sources::Bundle::open(arguments.bundle, stop).and_then([&](const sources::Bundle& bundle) {
            return device::filesOf(bundle, board, stop);
        });
        if (!bundled) {
            return std::unexpected(usualFailure(bundled.error()));
        }
        files = std::move(*bundled);
    }
    for (const auto& path : arguments.firmware) {
        auto content = sources::loadFile(path, sources::Loading::Snapshot);
        if (!content) {
            return std::unexpected(usualFailure(content.error()));
        }
        files.firmware.push_back(
            {.name = std::filesystem::path(path).filename().string(), .content = std::move(*content)});
    }
    if (!arguments.from.sources.empty()) {
        auto image = imageFor(arguments, &board);
        if (!image) {
            return std::unexpected(std::move(image).error());
        }
        if (files.images.contains(arguments.partition())) {
            note(std::format("{} takes the place of the bundle's image for ROMFS{}",
                             sources::shown(arguments.from.sources.front()), arguments.partition()));
        }
        files.images.insert_or_assign(arguments.partition(), std::move(image->content));
        job.said = std::move(image->said);
    }
    if (!arguments.expertToc.empty()) {
        auto table = sources::loadFile(arguments.expertToc, sources::Loading::Snapshot);
        if (!table) {
            return std::unexpected(usualFailure(table.error()));
        }
        files.tableOfContents = std::move(*table);
    }
    files.eraseFilesystem = arguments.eraseFilesystem;
    if (const auto checked = device::checkFiles(board, files, arguments.force); !checked) {
        return std::unexpected(Failure{.error = checked.error(), .exitCode = exitCodeOf(checked.error())});
    }
    return job;
}

QJsonObject jsonOf(const device::DfuReport& report)
{
    QJsonArray parts;
    std::uint64_t size = 0;
    QString backup;
    for (const auto& part : report.parts) {
        parts.append(cli::jsonOf(part));
        size += part.size;
        backup = backup.isEmpty() ? jsonString(part.backup.string()) : backup;
    }
    QJsonObject object{{QStringLiteral("ok"), !report.error},
                       {QStringLiteral("via"), QStringLiteral("dfu")},
                       {QStringLiteral("device"), jsonString(report.device)},
                       {QStringLiteral("state"), jsonString(std::string(device::stateName(report.state())))},
                       {QStringLiteral("size"), static_cast<qint64>(size)},
                       {QStringLiteral("sent"), static_cast<qint64>(report.sent)},
                       {QStringLiteral("seconds"), static_cast<double>(report.time.count()) / 1000},
                       {QStringLiteral("parts"), parts},
                       {QStringLiteral("result"), jsonString(report.sentence())}};
    if (!report.parts.empty()) {
        object[QStringLiteral("partition")] = jsonString(report.parts.front().partition);
        putText(object, QLatin1StringView("sha256"), report.parts.front().sha256);
    }
    if (!backup.isEmpty()) {
        object[QStringLiteral("backup")] = backup;
    }
    if (report.error) {
        object[QStringLiteral("error")] = jsonString(report.error->message);
        object[QStringLiteral("next")] = jsonString(report.next());
    }
    return object;
}

int show(const device::DfuReport& report, const std::vector<romfs::Finding>& said, bool json)
{
    for (const auto& part : report.parts) {
        noteFacts(part, said);
    }
    if (json) {
        printJson(jsonOf(report));
    }
    if (report.error) {
        note("error: " + report.sentence());
    } else if (!json) {
        std::cout << report.sentence() << '\n';
    }
    return exitCodeOf(report.error);
}

} // namespace

int flashOverDfu(const FlashArguments& arguments)
{
    const auto* board = arguments.board();
    const StopSignals signals;
    auto way = WayToCam::open(arguments.device, board, arguments.wait, signals.token());
    if (!way) {
        return reportFailure(way.error(), arguments.json);
    }
    // Files that do not fit are refused before the cam is reset, if it is known which board it is.
    std::optional<Outcome<FilesToFlash>> files;
    if (way->board()) {
        files = filesFor(arguments, *way->board(), signals.token());
        if (!*files) {
            way->giveUp();
            return reportFailure(files->error(), arguments.json);
        }
    }
    ProgressLine line;
    const auto progress = showIn(line);
    auto caught = way->enter(progress, signals.token());
    if (!caught) {
        line.end();
        return reportFailure(caught.error(), arguments.json);
    }
    if (board && caught->device.board && caught->device.board->id != board->id) {
        line.end();
        return reportFailure(device::anotherBoard(caught->device.name(), *board), arguments.json);
    }
    if (!files && caught->device.board) {
        files = filesFor(arguments, *caught->device.board, signals.token());
        if (!*files) {
            line.end();
            return reportFailure(files->error(), arguments.json);
        }
    }
    const auto report
        = device::flashOverDfu(way->bus(), std::move(*caught), files ? (*files)->files : device::FlashFiles(),
                               {.update = arguments.update,
                                .verify = !arguments.noVerify,
                                .backup = !arguments.noBackup,
                                .force = arguments.force},
                               progress, signals.token());
    line.end();
    return show(report, files ? (*files)->said : std::vector<romfs::Finding>(), arguments.json);
}

int readOverDfu(const DfuReadArguments& arguments)
{
    const StopSignals signals;
    auto way = WayToCam::open(arguments.device, nullptr, arguments.wait, signals.token());
    if (!way) {
        return reportFailure(way.error(), arguments.json);
    }
    ProgressLine line;
    const auto caught = way->enter(showIn(line), signals.token());
    if (!caught) {
        line.end();
        return reportFailure(caught.error(), arguments.json);
    }
    const auto content = device::readOverDfu(
        *caught, arguments.alternate, arguments.whole || !arguments.alternate.starts_with("ROMFS"),
        [&line](std::uint64_t done, std::uint64_t total) { line.show("Reading", done, total); }, signals.token());
    line.end();
    if (!content) {
        return reportFailure(content.error(), arguments.json);
    }
    if (auto saved = save(arguments.output, content->bytes()); !saved) {
        return reportFailure(saved.error(), arguments.json);
    }
    if (arguments.json) {
        printJson({{QStringLiteral("ok"), true},
                   {QStringLiteral("device"), jsonString(caught->device.name())},
                   {QStringLiteral("partition"), jsonString(arguments.alternate)},
                   {QStringLiteral("size"), static_cast<qint64>(content->size())},
                   {QStringLiteral("output"), jsonString(arguments.output)}});
    } else {
        note(std::format("{} bytes read from {} of {}", content->size(), arguments.alternate, caught->device.name()));
    }
    return Done;
}

} // namespace romsmith::cli
