// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/build/target.h"
#include "core/sources/compiler.h"
#include "core/tree/romtree.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Python files on their way into an image: the tree keeps the source, the image gets what the compiler makes of it.
namespace romsmith::build {

/// Of a whole project; files and folders may say otherwise.
struct PythonOptions
{
    bool compile = true;
    std::uint8_t optimization = 0; ///< mpy-cross's -O, 0 to 3

    bool operator==(const PythonOptions&) const = default;
};

/// What becomes of a .py file, and why.
enum class PythonFate : std::uint8_t {
    NoPython, ///< it is no .py file
    Compiled,
    KeptByProject,
    KeptByUser, ///< the file or a folder around it says so
    KeptToStart, ///< boot.py and main.py, which the device looks for by that name alone
    KeptBeside, ///< there is an .mpy of that name already
};

/// True for boot.py and main.py at the top.
[[nodiscard]] bool startsDevice(const tree::Node& node);

[[nodiscard]] PythonFate pythonFate(const tree::Node& node, const PythonOptions& options);

/// A sentence on why a file is kept as source; empty if it is not kept.
[[nodiscard]] std::string_view describe(PythonFate fate);

/// "helpers.mpy" for "helpers.py"
[[nodiscard]] std::string compiledName(std::string_view sourceName);

/// A file of a flat tree that is to be compiled.
struct PythonFile
{
    std::uint32_t entry;
    sources::CompileJob job;
};

/// What follows from the target, too.
[[nodiscard]] sources::CompileOptions compileOptions(const PythonOptions& options, const Target& target);

/// Which entries are to be compiled, in their order.
[[nodiscard]] std::vector<std::uint32_t> entriesToCompile(const tree::FlatTree& flat, const PythonOptions& options);

[[nodiscard]] PythonFile pythonFile(const tree::FlatTree& flat, std::uint32_t entry,
                                    const sources::CompileOptions& options);

/// Puts a compiled file in the place of its source.
void substitute(romfs::Entry& entry, const romfs::Content& mpy);

/// What the checker would say about a file that could not be compiled.
[[nodiscard]] romfs::Finding compileFinding(const PythonFile& file, const sources::CompileError& error,
                                            const romfs::Layout& layout);

} // namespace romsmith::build
