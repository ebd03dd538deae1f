// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/inspect/digest.h"
#include "core/inspect/kind.h"
#include "core/inspect/mpy.h"
#include "core/inspect/tflite.h"
#include "ui/document.h"
#include "ui/factsview.h"

#include <optional>

/// Facts about nodes and contents, put into words for the window.
namespace romsmith::ui {

[[nodiscard]] QString kindText(inspect::FileKind kind);

/// "1,441 bytes"
[[nodiscard]] QString byteCount(std::uint64_t bytes);

/// "3 files, 1 folder, 12.4 KiB"
[[nodiscard]] QString folderText(const build::Plan& plan, const tree::Node& folder);

/// What is known about a node from the plan alone: path, size, place in the image, alignment, address.
[[nodiscard]] std::vector<FactGroup> placeFacts(const Document& document, const tree::Node& node);

/// What can be told only by reading content.
struct ContentFacts
{
    inspect::FileKind kind = inspect::FileKind::Binary;
    std::optional<Result<inspect::MpyHeader>> mpy;
    std::optional<Result<inspect::TfliteModel>> model;
    std::optional<inspect::Digest> digest;
};

/// Goes through all of a file's bytes. To be run in the background.
[[nodiscard]] Result<ContentFacts> readContentFacts(const romfs::Content& content, const std::string& name,
                                                    const std::stop_token& stop);

/// "0d4a1185"
[[nodiscard]] QString crc32Text(const inspect::Digest& digest);
[[nodiscard]] std::vector<FactGroup> digestFacts(const inspect::Digest& digest);
[[nodiscard]] std::vector<FactGroup> mpyFacts(const inspect::MpyHeader& header, const build::Target& target);
[[nodiscard]] std::vector<FactGroup> modelFacts(const inspect::TfliteModel& model);

} // namespace romsmith::ui
