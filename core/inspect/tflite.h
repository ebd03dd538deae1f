// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/error.h"
#include "core/romfs/content.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace romsmith::inspect {

/// How the integers of a tensor stand for real numbers: scale * (value - zeroPoint).
struct Quantisation
{
    double scale = 0;
    std::int64_t zeroPoint = 0;
};

struct ModelTensor
{
    std::string name; ///< UTF-8, or whatever bytes the file holds; at most maxShownName of them
    std::string type; ///< "int8"
    std::vector<std::int32_t> shape;
    std::optional<Quantisation> quantisation; ///< only if one holds for the whole tensor
};

struct ModelGraph
{
    std::string name;
    std::vector<ModelTensor> inputs; ///< the first maxShownTensors
    std::vector<ModelTensor> outputs; ///< the first maxShownTensors
    std::uint64_t inputCount = 0;
    std::uint64_t outputCount = 0;
    std::uint64_t tensorCount = 0;
    std::uint64_t operatorCount = 0;
};

struct ModelOperator
{
    std::string name; ///< "CONV_2D", or the name of a custom one: "ethos-u"
    bool isCustom = false;
    std::uint64_t count = 0; ///< in all graphs
};

/// What a TensorFlow Lite model says about itself.
struct TfliteModel
{
    std::uint32_t schemaVersion = 0;
    std::string description;
    std::vector<ModelGraph> graphs; ///< the first maxShownGraphs
    std::uint64_t graphCount = 0;
    std::vector<ModelOperator> operators; ///< most frequent first; what is beyond maxShownOperators counts as one
    std::uint64_t bufferCount = 0;
    std::uint64_t bufferBytes = 0; ///< weights and other constants

    /// Compiled by Vela: its operators run on an Ethos-U.
    [[nodiscard]] bool isForEthosU() const;
};

inline constexpr std::size_t maxShownName = 256;
inline constexpr std::size_t maxShownTensors = 32;
inline constexpr std::size_t maxShownGraphs = 16;
inline constexpr std::size_t maxShownOperators = 250;

[[nodiscard]] bool looksLikeTflite(romfs::Bytes bytes);

/// Reads a whole model. Nothing in it is believed before it was verified; a broken file is an error.
[[nodiscard]] Result<TfliteModel> readTflite(romfs::Bytes bytes);

} // namespace romsmith::inspect
