// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/tree/diff.h"

namespace romsmith::tree {

/// Two images and what became of the first one's entries in the second one.
struct Comparison
{
    ImageSnapshot a;
    ImageSnapshot b;
    Diff diff;
    std::vector<std::uint32_t> parentsA;
    std::vector<std::uint32_t> parentsB;

    /// Of the image that the item is in; of B if it is in both.
    [[nodiscard]] const romfs::Entry& entryOf(const DiffItem& item) const;
    [[nodiscard]] std::string pathOf(const DiffItem& item) const;
    [[nodiscard]] std::string oldPathOf(const DiffItem& item) const; ///< in A

    [[nodiscard]] static Result<Comparison> of(ImageSnapshot a, ImageSnapshot b, const std::stop_token& stop = {});
};

/// What is different, a line for each entry and one that sums it up; empty for images with the same bytes in their
/// files. For people, in English.
[[nodiscard]] std::string report(const Comparison& comparison);

/// "openmv" or "compact": stable, for machines.
[[nodiscard]] std::string_view layoutName(const ImageSnapshot& image);

} // namespace romsmith::tree
