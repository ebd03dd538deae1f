// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inspect/tflite.h"

#include "core/inspect/tfliteschema.h"

#include <algorithm>
#include <format>
#include <map>
#include <utility>

namespace romsmith::inspect {
namespace {

using schema::String;

/// Scalars are read in place, and the verifier only knows how they are aligned inside the bytes.
constexpr std::uintptr_t strictestAlignment = alignof(std::int64_t);

template <typename T> std::uint64_t sizeOf(const T* vector)
{
    return vector ? vector->size() : 0;
}

std::string shortened(const String* string)
{
    return string ? std::string(string->c_str(), std::min<std::size_t>(string->size(), maxShownName)) : std::string();
}

std::optional<Quantisation> quantisationOf(const schema::Tensor& tensor)
{
    const auto* quantization = tensor.quantization();
    if (!quantization || sizeOf(quantization->scale()) != 1) {
        return std::nullopt;
    }
    const auto* zero = quantization->zeroPoint();
    return Quantisation{.scale = static_cast<double>(quantization->scale()->Get(0)),
                        .zeroPoint = sizeOf(zero) > 0 ? zero->Get(0) : 0};
}

ModelTensor tensorAt(const schema::Tables<schema::Tensor>* tensors, std::int32_t index)
{
    if (index < 0 || static_cast<std::uint64_t>(index) >= sizeOf(tensors)) {
        return {.name = std::format("(tensor {}, which does not exist)", index),
                .type = {},
                .shape = {},
                .quantisation = {}};
    }
    const auto& tensor = *tensors->Get(static_cast<flatbuffers::uoffset_t>(index));
    const auto type = schema::tensorTypeName(tensor.type());
    ModelTensor shown{.name = shortened(tensor.name()),
                      .type = type.empty() ? std::format("type {}", tensor.type()) : std::string(type),
                      .shape = {},
                      .quantisation = quantisationOf(tensor)};
    const auto* shape = tensor.shape();
    constexpr std::uint64_t mostDimensions = 16;
    for (flatbuffers::uoffset_t i = 0; i < std::min(sizeOf(shape), mostDimensions); ++i) {
        shown.shape.push_back(shape->Get(i));
    }
    return shown;
}

std::vector<ModelTensor> tensorsOf(const schema::SubGraph& graph, const schema::Vector<std::int32_t>* indexes)
{
    std::vector<ModelTensor> tensors;
    for (flatbuffers::uoffset_t i = 0; i < std::min<std::uint64_t>(sizeOf(indexes), maxShownTensors); ++i) {
        tensors.push_back(tensorAt(graph.tensors(), indexes->Get(i)));
    }
    return tensors;
}

ModelGraph graphOf(const schema::SubGraph& graph)
{
    return {.name = shortened(graph.name()),
            .inputs = tensorsOf(graph, graph.inputs()),
            .outputs = tensorsOf(graph, graph.outputs()),
            .inputCount = sizeOf(graph.inputs()),
            .outputCount = sizeOf(graph.outputs()),
            .tensorCount = sizeOf(graph.tensors()),
            .operatorCount = sizeOf(graph.operators())};
}

ModelOperator operatorAt(const schema::Tables<schema::OperatorCode>* codes, std::uint32_t index)
{
    if (index >= sizeOf(codes)) {
        return {.name = "(operator codes that do not exist)"};
    }
    const auto& code = *codes->Get(index);
    // Writers that know fewer than 128 operators fill in the old field alone.
    const auto builtin = std::max<std::int32_t>(code.deprecatedBuiltinCode(), code.builtinCode());
    if (builtin == schema::customOperator) {
        return {.name = shortened(code.customCode()), .isCustom = true};
    }
    const auto name = schema::operatorName(builtin);
    return {.name = name.empty() ? std::format("builtin operator {}", builtin) : std::string(name)};
}

std::vector<ModelOperator> countOperators(const schema::Model& model)
{
    std::map<std::uint64_t, std::uint64_t> byCode;
    const auto firstBadCode = sizeOf(model.operatorCodes());
    for (flatbuffers::uoffset_t g = 0; g < sizeOf(model.subgraphs()); ++g) {
        const auto* operators = model.subgraphs()->Get(g)->operators();
        for (flatbuffers::uoffset_t i = 0; i < sizeOf(operators); ++i) {
            ++byCode[std::min<std::uint64_t>(operators->Get(i)->opcodeIndex(), firstBadCode)];
        }
    }
    // Several codes may name the same operator in different versions.
    std::map<std::pair<std::string, bool>, std::uint64_t> byName;
    for (const auto& [code, count] : byCode) {
        const auto op = operatorAt(model.operatorCodes(), static_cast<flatbuffers::uoffset_t>(code));
        const bool full = byName.size() >= maxShownOperators;
        byName[full ? std::pair(std::string("(others)"), false) : std::pair(op.name, op.isCustom)] += count;
    }
    std::vector<ModelOperator> all;
    for (const auto& [key, count] : byName) {
        all.push_back({.name = key.first, .isCustom = key.second, .count = count});
    }
    std::ranges::stable_sort(all, std::ranges::greater{}, &ModelOperator::count);
    return all;
}

std::uint64_t bytesIn(const schema::Tables<schema::Buffer>* buffers)
{
    std::uint64_t bytes = 0;
    for (flatbuffers::uoffset_t i = 0; i < sizeOf(buffers); ++i) {
        bytes += sizeOf(buffers->Get(i)->data());
    }
    return bytes;
}

TfliteModel summaryOf(const schema::Model& model)
{
    TfliteModel summary{.schemaVersion = model.version(),
                        .description = shortened(model.description()),
                        .graphs = {},
                        .graphCount = sizeOf(model.subgraphs()),
                        .operators = countOperators(model),
                        .bufferCount = sizeOf(model.buffers()),
                        .bufferBytes = bytesIn(model.buffers())};
    for (flatbuffers::uoffset_t i = 0; i < std::min<std::uint64_t>(summary.graphCount, maxShownGraphs); ++i) {
        summary.graphs.push_back(graphOf(*model.subgraphs()->Get(i)));
    }
    return summary;
}

Result<TfliteModel> readAligned(romfs::Bytes bytes)
{
    const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
    flatbuffers::Verifier verifier(data, bytes.size());
    if (!verifier.VerifyBuffer<schema::Model>(schema::identifier)) {
        return fail(ErrorCode::InvalidArgument,
                    "This TensorFlow Lite model is broken: offsets inside it point to where nothing is. It may have "
                    "been cut short.");
    }
    return summaryOf(*flatbuffers::GetRoot<schema::Model>(data));
}

} // namespace

bool TfliteModel::isForEthosU() const
{
    return std::ranges::any_of(operators, [](const ModelOperator& op) { return op.isCustom && op.name == "ethos-u"; });
}

bool looksLikeTflite(romfs::Bytes bytes)
{
    constexpr std::size_t identifierOffset = 4;
    return bytes.size() >= identifierOffset + 4
        && romfs::asText(bytes.subspan(identifierOffset, 4)) == schema::identifier;
}

Result<TfliteModel> readTflite(romfs::Bytes bytes)
{
    if (!looksLikeTflite(bytes)) {
        return fail(ErrorCode::InvalidArgument,
                    "This is not a TensorFlow Lite model: the mark TFL3 is missing at byte 4.");
    }
    if (bytes.size() >= FLATBUFFERS_MAX_BUFFER_SIZE) {
        return fail(ErrorCode::TooLarge, "This model has 2 GiB or more, which its format cannot express.");
    }
    if (reinterpret_cast<std::uintptr_t>(bytes.data()) % strictestAlignment != 0) {
        return readAligned(std::vector(bytes.begin(), bytes.end()));
    }
    return readAligned(bytes);
}

} // namespace romsmith::inspect
