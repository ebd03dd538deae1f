// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/build/plan.h"
#include "core/error.h"
#include "core/sources/disk.h"
#include "core/tree/romtree.h"

#include <QJsonObject>

#include <CLI/CLI.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace romsmith::cli {

/// Documented in the manual; scripts rely on them.
enum ExitCode : int {
    Done = 0,
    Findings = 1, ///< findings of severity error, or a comparison that differs
    Usage = 2,
    InputError = 3,
    OutputError = 4,
    DeviceError = 5,
    VerificationFailed = 6,
    Cancelled = 7,
};

[[nodiscard]] int exitCodeFor(ErrorCode code);

/// An error whose exit code depends on what was being done.
struct Failure
{
    Error error;
    int exitCode;
};
[[nodiscard]] Failure usualFailure(Error error);
template <typename T> using Outcome = std::expected<T, Failure>;

/// Prints the error on stderr and gives the exit code for it.
[[nodiscard]] int report(const Error& error);
[[nodiscard]] int reportUsage(const std::string& message);
void note(const std::string& message); ///< on stderr

void printJson(const QJsonObject& object);

/// Says what went wrong, with --json as the one object, too, and gives the exit code. Wrong usage is told in words
/// alone.
[[nodiscard]] int reportFailure(const Error& error, bool json);
[[nodiscard]] int reportFailure(const Failure& failure, bool json);

/// --board and --partition.
struct TargetOptions
{
    std::string board;
    std::optional<std::uint32_t> partition; ///< none: 0, or what the sources say

    void addTo(CLI::App& command);
    [[nodiscard]] Result<build::Target> target() const;
};

/// --board, --partition, --layout, --align and --max-size, for commands that write an image.
struct LayoutArguments
{
    TargetOptions target;
    std::optional<romfs::Style> style;
    std::vector<std::string> align;
    std::optional<std::uint64_t> maxSize;

    void addTo(CLI::App& command);

    /// Asking for the compact style without a board means the reference writer's bytes, so nothing is aligned then
    /// unless --align says so.
    [[nodiscard]] Result<build::Options> options(romfs::Style usualStyle) const;
};

/// Prints the findings and writes the image to a file, or to standard output for "-"; gives the exit code. An image
/// that is larger than its target, or a Python file of which cannot be compiled, is not written.
[[nodiscard]] int writeResult(const build::Plan& plan, const std::string& output, romfs::Bytes trailing = {});

/// With its path, and the option that mends it.
[[nodiscard]] std::string sentenceOf(const romfs::Finding& finding);
/// Findings go to stderr, but for mere information; true if one of them is an error.
bool noteFindings(const std::vector<romfs::Finding>& findings);

void noteSkipped(const std::vector<sources::Skipped>& skipped);

/// Says that there is more in the image than can be listed and extracted.
void noteBrokenParts(const romfs::Image& image, const std::string& path);

/// Bytes to a file, or to standard output for "-".
[[nodiscard]] Result<void> save(const std::string& path, romfs::Bytes bytes);

/// What is not known is left out.
void putText(QJsonObject& object, QLatin1StringView key, const std::string& text);

/// Names in an image are bytes; JSON is UTF-8.
[[nodiscard]] QString jsonString(const std::string& bytes);

void addBoardsCommand(CLI::App& app, int& exitCode);
void addBuildCommand(CLI::App& app, int& exitCode);
void addBundleCommand(CLI::App& app, int& exitCode);
void addEditCommand(CLI::App& app, int& exitCode);
void addExtractCommand(CLI::App& app, int& exitCode);
void addCatCommand(CLI::App& app, int& exitCode);
void addListCommand(CLI::App& app, int& exitCode);
void addCheckCommand(CLI::App& app, int& exitCode);
void addDiffCommand(CLI::App& app, int& exitCode);
void addRecordsCommand(CLI::App& app, int& exitCode);
void addBootCommand(CLI::App& app, int& exitCode);
void addDevicesCommand(CLI::App& app, int& exitCode);
void addDfuCommand(CLI::App& app, int& exitCode);
void addQueryCommand(CLI::App& app, int& exitCode);
void addReadCommand(CLI::App& app, int& exitCode);
void addBackupsCommand(CLI::App& app, int& exitCode);
void addFlashCommand(CLI::App& app, int& exitCode);
void addVirtualCamCommand(CLI::App& app, int& exitCode);

} // namespace romsmith::cli
