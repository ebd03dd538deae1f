// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/romfs/writer.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string_view>
#include <vector>

namespace romsmith::fuzz {

/// Ends the run if something is not as it must be; the fuzzer keeps the input.
inline void require(bool condition, std::string_view what)
{
    if (!condition) {
        std::fprintf(stderr, "Not so: %.*s\n", static_cast<int>(what.size()), what.data());
        std::abort();
    }
}

/// Pointers and alignments can make much of few bytes; more than this is planned, but not written.
inline constexpr std::uint64_t mostBytes = 8UL * 1024 * 1024;

inline bool sameContent(const romfs::Content& a, const romfs::Content& b)
{
    return std::ranges::equal(a.bytes(), b.bytes());
}

inline void requireSame(std::span<const romfs::Entry> expected, std::span<const romfs::Entry> found)
{
    require(found.size() == expected.size(), "as many entries are read as were written");
    for (std::size_t i = 0; i < expected.size(); ++i) {
        require(found[i].type == expected[i].type, "an entry keeps its type");
        require(found[i].defect == expected[i].defect, "an entry keeps its defect");
        require(found[i].name == expected[i].name, "an entry keeps its name");
        require(found[i].subtreeEnd == expected[i].subtreeEnd, "an entry keeps its place");
        require(sameContent(found[i].content, expected[i].content), "an entry keeps its content");
        require((found[i].extra != nullptr) == (expected[i].extra != nullptr),
                "a file keeps the records around its content");
        if (expected[i].extra) {
            require(sameContent(found[i].extra->before, expected[i].extra->before),
                    "a file keeps the records before its content");
            require(sameContent(found[i].extra->after, expected[i].extra->after),
                    "a file keeps the records behind its content");
        }
    }
}

} // namespace romsmith::fuzz
