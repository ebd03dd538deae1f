// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/romfsconfig.h"

#include "core/boards/boardtable.h"
#include "core/romfs/layout.h"
#include "core/romfs/names.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>

#include <algorithm>
#include <format>

namespace romsmith::sources {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t mostPartitions = 16;
constexpr std::size_t mostFiles = 10'000;

class ConfigLoader
{
public:
    ConfigLoader(const fs::path& path, const FirmwareFolders& folders, const std::stop_token& stop)
        : m_path(path)
        , m_folders(folders)
        , m_stop(stop)
    { }

    Result<RomfsConfig> load()
    {
        const auto text = loadFile(m_path, Loading::Snapshot);
        if (!text) {
            return std::unexpected(text.error());
        }
        QJsonParseError broken;
        const auto document = QJsonDocument::fromJson(QByteArrayView(text->bytes()).toByteArray(), &broken);
        if (broken.error != QJsonParseError::NoError || !document.isObject()) {
            return wrong(
                broken.error == QJsonParseError::NoError
                    ? std::string("an object with a key for each partition was expected")
                    : std::format("it is not JSON: {} at byte {}", broken.errorString().toStdString(), broken.offset));
        }
        RomfsConfig config;
        config.board = boardOfRomfsConfig(m_path);
        const auto partitions = document.object();
        for (auto it = partitions.begin(); it != partitions.end(); ++it) {
            auto partition = loadPartition(it.key(), it.value());
            if (!partition) {
                return std::unexpected(partition.error());
            }
            config.partitions.push_back(std::move(*partition));
        }
        std::ranges::sort(config.partitions, {}, &ConfigPartition::index);
        return config.partitions.empty() ? wrong("it has no partition") : Result<RomfsConfig>(std::move(config));
    }

private:
    std::unexpected<Error> wrong(std::string_view what) const
    {
        return fail(ErrorCode::CannotRead,
                    std::format("\"{}\" is not a romfs_config.json that can be used: {}.", shown(m_path), what));
    }

    Result<ConfigPartition> loadPartition(const QString& key, const QJsonValue& value)
    {
        ConfigPartition partition;
        bool isNumber = false;
        partition.index = key.toUInt(&isNumber);
        const auto name = std::format("partition \"{}\"", romfs::printable(key.toStdString()));
        if (!isNumber || partition.index >= mostPartitions || !value.isObject()) {
            return wrong(std::format("{}: a number below {} and an object were expected", name, mostPartitions));
        }
        const auto object = value.toObject();
        if (const auto size = object.value(QLatin1String("size")); !size.isUndefined()) {
            bool isSize = false;
            partition.size = size.isString() ? size.toString().toULongLong(&isSize, 0)
                                             : static_cast<std::uint64_t>(size.toInteger(0));
            if (size.isString() ? !isSize : *partition.size == 0) {
                return wrong(name + ": its size was expected as text such as \"0x20000\"");
            }
        }
        const auto entries = object.value(QLatin1String("entries"));
        if (!entries.isArray()) {
            return wrong(name + ": a list of entries was expected");
        }
        for (const auto& entry : entries.toArray()) {
            if (auto added = addEntry(partition.content, entry.toObject()); !added) {
                return std::unexpected(added.error());
            }
        }
        return partition;
    }

    Result<void> addEntry(Loaded& content, const QJsonObject& entry)
    {
        const auto written = entry.value(QLatin1String("path")).toString().toStdString();
        if (!entry.value(QLatin1String("enabled")).toBool(true)) {
            return {};
        }
        if (written.empty()) {
            return wrong("an entry has no path");
        }
        const auto alignment = entry.value(QLatin1String("alignment")).toInteger(0);
        if (alignment != 0
            && (alignment < 0 || alignment > romfs::maxAlignment
                || !tree::isValidAlignment(static_cast<std::uint32_t>(alignment)))) {
            return wrong(std::format("\"{}\": its alignment was expected to be a power of two up to {}",
                                     romfs::printable(written), romfs::maxAlignment));
        }
        auto files = filesOf(written);
        if (!files) {
            return std::unexpected(files.error());
        }
        const bool isModel = entry.value(QLatin1String("type")).toString() == QLatin1String("tflite");
        const bool isCascade = entry.value(QLatin1String("type")).toString() == QLatin1String("haar");
        for (const auto& file : *files) {
            if (isCascade && file.extension() == ".xml") {
                content.skipped.push_back({.path = file,
                                           .reason = "the firmware's build converts cascades from XML, and Romsmith "
                                                     "does not; add the .cascade file"});
                continue;
            }
            if (auto added = addFile(content, file, static_cast<std::uint32_t>(alignment)); !added) {
                return added;
            }
            std::error_code error;
            if (const auto labels = fs::path(file).replace_extension(".txt");
                isModel && fs::is_regular_file(labels, error)) {
                if (auto added = addFile(content, labels, 0); !added) {
                    return added;
                }
            }
        }
        return {};
    }

    Result<void> addFile(Loaded& content, const fs::path& file, std::uint32_t alignment)
    {
        const auto name = file.filename().string();
        if (m_stop.stop_requested()) {
            return fail(ErrorCode::Cancelled, "Cancelled; nothing was added.");
        }
        if (!romfs::isUtf8(name)
            || std::ranges::any_of(content.nodes, [&](const auto& node) { return node->name() == name; })) {
            content.skipped.push_back({.path = file, .reason = "its name is there already, or is not UTF-8"});
            return {};
        }
        auto bytes = loadFile(file, Loading::Snapshot);
        if (!bytes) {
            return std::unexpected(bytes.error());
        }
        m_bytes += bytes->size();
        if (m_bytes > largestSnapshot || content.nodes.size() == mostFiles) {
            return fail(ErrorCode::TooLarge,
                        std::format("\"{}\" names more than any device's ROMFS partition holds.", shown(m_path)));
        }
        tree::NodeState state;
        state.name = name;
        state.content = std::move(*bytes);
        state.alignmentOverride = alignment == 0 ? std::nullopt : std::optional(alignment);
        content.nodes.push_back(std::make_unique<tree::Node>(romfs::EntryType::File, std::move(state)));
        return {};
    }

    /// The file, or those that a pattern matches, sorted.
    Result<std::vector<fs::path>> filesOf(const std::string& written) const
    {
        auto path = expanded(written);
        if (!path) {
            return std::unexpected(path.error());
        }
        std::vector<fs::path> found{path->root_path()};
        for (const auto& part : path->relative_path()) {
            std::vector<fs::path> next;
            for (const auto& folder : found) {
                addMatches(next, folder, part.string());
            }
            found = std::move(next);
        }
        std::error_code error;
        std::erase_if(found, [&](const fs::path& each) { return !fs::is_regular_file(each, error); });
        if (found.empty()) {
            return fail(ErrorCode::NotFound,
                        std::format("\"{}\" names \"{}\", and there is no such file: \"{}\". Fetch the firmware's "
                                    "submodules or build it, or set the folder.",
                                    shown(m_path), romfs::printable(written), shown(*path)));
        }
        return found;
    }

    static void addMatches(std::vector<fs::path>& matches, const fs::path& folder, const std::string& part)
    {
        if (part.find_first_of("*?[") == std::string::npos) {
            matches.push_back(folder / part);
            return;
        }
        const auto pattern = QRegularExpression::fromWildcard(QString::fromStdString(part), Qt::CaseSensitive);
        std::vector<fs::path> found;
        std::error_code error;
        for (fs::directory_iterator it(folder, error); !error && it != fs::directory_iterator(); it.increment(error)) {
            const auto name = it->path().filename().string();
            if (!name.starts_with('.') && pattern.match(QString::fromStdString(name)).hasMatch()) {
                found.push_back(it->path());
            }
        }
        std::ranges::sort(found);
        matches.insert(matches.end(), found.begin(), found.end());
    }

    Result<fs::path> expanded(std::string written) const
    {
        for (const auto* name : {"TOP", "BUILD"}) {
            const auto variable = std::format("{{{}}}", name);
            const auto at = written.find(variable);
            if (at == std::string::npos) {
                continue;
            }
            const auto folder = m_folders.find(name);
            if (folder == m_folders.end()) {
                return fail(ErrorCode::NotFound,
                            std::format("\"{}\" names \"{}\", and {} is not known: neither was it set nor does the "
                                        "tree around the file tell it.",
                                        shown(m_path), romfs::printable(written), variable));
            }
            written.replace(at, variable.size(), folder->second.string());
        }
        return (fs::absolute(m_path).parent_path() / written).lexically_normal();
    }

    const fs::path& m_path;
    const FirmwareFolders& m_folders;
    const std::stop_token& m_stop;
    std::uint64_t m_bytes = 0; ///< of all partitions
};

} // namespace

bool isRomfsConfig(const fs::path& path)
{
    std::error_code error;
    return path.filename() == "romfs_config.json" && fs::is_regular_file(path, error);
}

std::string boardOfRomfsConfig(const fs::path& path)
{
    const auto* board = boards::BoardTable::known().find(fs::absolute(path).parent_path().filename().string());
    return board ? board->id : std::string();
}

ConfigPartition* RomfsConfig::partition(std::uint32_t index)
{
    const auto found = std::ranges::find(partitions, index, &ConfigPartition::index);
    return found == partitions.end() ? nullptr : &*found;
}

Result<RomfsConfig> loadRomfsConfig(const fs::path& path, const FirmwareFolders& set, const std::stop_token& stop)
{
    const auto folders = firmwareFolders(path, set);
    return ConfigLoader(path, folders, stop).load();
}

} // namespace romsmith::sources
