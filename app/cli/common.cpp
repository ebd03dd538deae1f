// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/common.h"

#include "core/boards/boardtable.h"
#include "core/romfs/names.h"
#include "core/sources/imagefile.h"
#include "core/sources/wholefile.h"

#include <QJsonDocument>

#include <charconv>
#include <cstdio>
#include <format>
#include <iostream>

namespace romsmith::cli {
namespace {

/// The explicit compact style is the reference writer's, which aligns nothing: say which models that leaves unaligned.
void noteUnalignedModels(const tree::FlatTree& flat, const romfs::Layout& layout)
{
    const auto needed = tree::AlignmentRules::openMv();
    const auto parents = romfs::parentsOf(flat.entries);
    for (std::uint32_t i = 0; i < flat.entries.size(); ++i) {
        const auto& entry = flat.entries[i];
        if (entry.type == romfs::EntryType::File && romfs::isModelName(entry.name) && entry.alignment == 1
            && romfs::naturalAlignment(layout[i].contentOffset) < needed.of(entry.name)) {
            note(std::format(
                "warning: {} is not aligned and will fail at the first inference; add --board or --align {}={}",
                romfs::printable(romfs::pathOf(flat.entries, parents, i)), romfs::extensionOf(entry.name),
                needed.of(entry.name)));
        }
    }
}

std::string partitionsOf(const boards::Board& board)
{
    std::string names;
    for (const auto& partition : board.partitions) {
        names += std::format("{}{}", names.empty() ? "" : ", ", partition.index);
    }
    return names.empty() ? "none" : names;
}

} // namespace

int exitCodeFor(ErrorCode code)
{
    switch (code) {
    case ErrorCode::CannotWrite:
        return OutputError;
    case ErrorCode::InvalidArgument:
    case ErrorCode::InvalidName:
    case ErrorCode::AlreadyExists:
        return Usage;
    case ErrorCode::NotRomfs:
    case ErrorCode::NotFound:
    case ErrorCode::TooLarge:
    case ErrorCode::CannotRead:
    case ErrorCode::Changed:
        return InputError;
    case ErrorCode::TimedOut:
    case ErrorCode::Disconnected:
    case ErrorCode::Busy:
    case ErrorCode::AccessDenied:
    case ErrorCode::DeviceFailed:
    case ErrorCode::Mismatch:
        return DeviceError;
    case ErrorCode::NotVerified:
        return VerificationFailed;
    case ErrorCode::Cancelled:
        return Cancelled;
    }
    return InputError;
}

int report(const Error& error)
{
    note("error: " + error.message);
    return exitCodeFor(error.code);
}

Failure usualFailure(Error error)
{
    const int code = exitCodeFor(error.code);
    return {.error = std::move(error), .exitCode = code};
}

int reportFailure(const Error& error, bool json)
{
    return reportFailure(usualFailure(error), json);
}

int reportFailure(const Failure& failure, bool json)
{
    if (json && failure.exitCode != Usage) {
        printJson({{QStringLiteral("ok"), false}, {QStringLiteral("error"), jsonString(failure.error.message)}});
    }
    note("error: " + failure.error.message);
    return failure.exitCode;
}

std::string sentenceOf(const romfs::Finding& finding)
{
    const auto path = romfs::printable(finding.path);
    const bool mayBeKept = finding.mend == romfs::Mend::KeepSource && !path.empty();
    return std::format("{}{}{}{}", path, path.empty() ? "" : ": ", finding.message,
                       mayBeKept ? std::format(" --keep {} does.", path) : std::string());
}

bool noteFindings(const std::vector<romfs::Finding>& findings)
{
    bool hasError = false;
    for (const auto& finding : findings) {
        hasError |= finding.severity == romfs::Severity::Error;
        if (finding.severity != romfs::Severity::Info) {
            note(std::format("{}: {}", romfs::severityName(finding.severity), sentenceOf(finding)));
        }
    }
    return hasError;
}

int reportUsage(const std::string& message)
{
    return report({.code = ErrorCode::InvalidArgument, .message = message});
}

void note(const std::string& message)
{
    std::cerr << "romsmith-cli: " << message << '\n';
}

void printJson(const QJsonObject& object)
{
    std::cout << QJsonDocument(object).toJson(QJsonDocument::Indented).toStdString();
}

void TargetOptions::addTo(CLI::App& command)
{
    command.add_option("--board", board, "Board that the image is for: its firmware's target name, e.g. OPENMV_N6")
        ->type_name("ID");
    command.add_option("--partition", partition, "ROMFS partition of the board (default: 0, or that of a recipe)")
        ->type_name("N");
}

Result<build::Target> TargetOptions::target() const
{
    if (board.empty()) {
        return build::Target();
    }
    if (const auto& problem = boards::BoardTable::userFileProblem()) {
        note("warning: " + problem->message);
    }
    const auto& table = boards::BoardTable::known();
    const auto* found = table.find(board);
    if (!found) {
        std::string known;
        for (const auto& candidate : table.boards()) {
            known += (known.empty() ? "" : ", ") + candidate.id;
        }
        return fail(ErrorCode::InvalidArgument,
                    std::format("There is no board \"{}\". Known boards: {}.", board, known));
    }
    const auto index = partition.value_or(0);
    if (!found->partition(index)) {
        return fail(ErrorCode::InvalidArgument,
                    std::format("{} has no ROMFS partition {}; it has {}.", found->name, index, partitionsOf(*found)));
    }
    return build::Target(*found, index);
}

void LayoutArguments::addTo(CLI::App& command)
{
    target.addTo(command);
    static const std::map<std::string, romfs::Style> styles{{"openmv", romfs::Style::OpenMv},
                                                            {"compact", romfs::Style::Compact}};
    command
        .add_option_function<std::string>(
            "--layout", [this](const std::string& name) { style = styles.at(name); },
            "openmv: padded headers and folders, as OpenMV's builders write (default for new images); compact: as "
            "mpremote "
            "writes, nothing aligned unless --board or --align is given")
        ->check(CLI::IsMember(styles))
        ->type_name("openmv|compact");
    command
        .add_option("--align", align, "Align files with this extension to N bytes, e.g. tflite=32; may be given often")
        ->type_name("EXT=N")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->allow_extra_args(false);
    command.add_option("--max-size", maxSize, "Refuse to write an image of more bytes; K and M are understood")
        ->transform(CLI::AsSizeValue(false))
        ->type_name("N");
}

Result<build::Options> LayoutArguments::options(romfs::Style usualStyle) const
{
    const auto found = target.target();
    if (!found) {
        return std::unexpected(found.error());
    }
    build::Options options{
        .target = *found, .style = style.value_or(usualStyle), .python = {.compile = false}, .maxSize = maxSize};
    const bool asReferenceWriter = style == romfs::Style::Compact && !found->board();
    auto rules = asReferenceWriter ? tree::AlignmentRules::none() : options.alignmentRules();
    for (const auto& argument : align) {
        const auto equals = argument.find('=');
        const auto extension
            = argument.substr(argument.starts_with('.') ? 1 : 0, equals - (argument.starts_with('.') ? 1 : 0));
        std::uint32_t alignment = 0;
        const auto* end = argument.data() + argument.size();
        const auto* begin = equals == std::string::npos ? end : argument.data() + equals + 1;
        const auto [parsed, error] = std::from_chars(begin, end, alignment);
        if (error != std::errc() || parsed != end || extension.empty() || !tree::isValidAlignment(alignment)) {
            return fail(ErrorCode::InvalidArgument,
                        std::format("--align {}: expected an extension and a power of two up to {}, as in tflite=32.",
                                    argument, romfs::maxAlignment));
        }
        rules.set(romfs::foldCase(extension), alignment);
    }
    options.rules = std::move(rules);
    return options;
}

int writeResult(const build::Plan& plan, const std::string& output, romfs::Bytes trailing)
{
    const bool hasError = noteFindings(plan.findings);
    if (plan.obstacle()) {
        note("nothing was written");
        return Findings;
    }
    const auto& entries = plan.flat.entries;
    noteUnalignedModels(plan.flat, plan.layout);
    const auto written = output == "-" ? sources::writeImage(stdout, entries, plan.layout, trailing)
                                       : sources::saveImage(output, entries, plan.layout, trailing);
    if (!written) {
        return report(written.error());
    }
    return hasError ? Findings : Done;
}

void noteSkipped(const std::vector<sources::Skipped>& skipped)
{
    for (const auto& [path, reason] : skipped) {
        note(std::format("left out {}: {}", sources::shown(path), reason));
    }
}

void noteBrokenParts(const romfs::Image& image, const std::string& path)
{
    const bool broken = std::ranges::any_of(
        image.entries, [](const romfs::Entry& entry) { return entry.defect != romfs::Defect::None; });
    if (broken || image.source->isTruncated()) {
        note(std::format("warning: parts of the image are broken and left out; see romsmith-cli check {}",
                         romfs::printable(path)));
    }
}

Result<void> save(const std::string& path, romfs::Bytes bytes)
{
    if (path == "-") {
        const bool isWritten
            = std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size() && std::fflush(stdout) == 0;
        return isWritten ? Result<void>() : fail(ErrorCode::CannotWrite, "Standard output cannot be written.");
    }
    return sources::writeWhole(path, [bytes](QIODevice& file) -> Result<void> {
        const auto size = static_cast<qint64>(bytes.size());
        if (file.write(reinterpret_cast<const char*>(bytes.data()), size) != size) {
            return fail(ErrorCode::CannotWrite, file.errorString().toStdString());
        }
        return {};
    });
}

void putText(QJsonObject& object, QLatin1StringView key, const std::string& text)
{
    if (!text.empty()) {
        object[key] = jsonString(text);
    }
}

QString jsonString(const std::string& bytes)
{
    return QString::fromStdString(romfs::isUtf8(bytes) ? bytes : romfs::printable(bytes));
}

} // namespace romsmith::cli
