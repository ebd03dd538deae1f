// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/build/python.h"
#include "core/build/target.h"
#include "core/romfs/finding.h"
#include "core/tree/romtree.h"

#include <string>
#include <unordered_map>
#include <vector>

/// What is well-formed and still will not work on the device, or not as its user thinks.
namespace romsmith::build {

/// What models are made for, read once for each content.
class ModelFacts
{
public:
    enum class Kind : std::uint8_t { Other, Tflite, TfliteForEthosU, NeuralArt, Broken };

    struct Facts
    {
        romfs::Content content; ///< kept, so that its identity stays its own
        Kind kind = Kind::Other;
        std::string problem; ///< of a broken one: a sentence
    };

    [[nodiscard]] const Facts& of(const romfs::Content& content, std::string_view name);

private:
    std::unordered_map<const void*, Facts> m_known;
};

/// In no particular order. @p flat is as the image will be: what is compiled stands in the place of its source.
[[nodiscard]] std::vector<romfs::Finding> advise(const tree::FlatTree& flat, const romfs::Layout& layout,
                                                 const tree::AlignmentRules& rules, const PythonOptions& python,
                                                 const Target& target, ModelFacts& models);

} // namespace romsmith::build
