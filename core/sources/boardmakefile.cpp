// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/boardmakefile.h"

#include "core/romfs/names.h"
#include "core/sources/filter.h"
#include "core/sources/frozen.h"

#include <algorithm>
#include <array>
#include <format>

namespace romsmith::sources {
namespace {

namespace fs = std::filesystem;

struct FrozenFolder
{
    std::string path; ///< as it is written
    bool isConditional = false;
};

bool startsAny(std::string_view line, std::initializer_list<std::string_view> words)
{
    return std::ranges::any_of(words, [&](std::string_view word) { return line.starts_with(word); });
}

/// Lines as make sees them: joined where one ends in a backslash, without comments.
std::vector<std::string> makeLines(std::string_view text)
{
    std::vector<std::string> lines;
    bool continues = false;
    while (!text.empty()) {
        auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        line = line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
        const bool goesOn = line.ends_with('\\');
        line = goesOn ? line.substr(0, line.size() - 1) : line;
        if (!continues) {
            lines.emplace_back();
        }
        lines.back() += ' ';
        lines.back() += line;
        continues = goesOn;
    }
    for (auto& line : lines) {
        line.erase(std::min(line.find('#'), line.size()));
        line.erase(0, std::min(line.find_first_not_of(" \t"), line.size()));
    }
    return lines;
}

/// The folders that FROZEN_MPY_DIRS is set to by "=", ":=", "?=" and "+=".
std::vector<FrozenFolder> frozenFolders(std::string_view makefile)
{
    std::vector<FrozenFolder> folders;
    int conditions = 0;
    for (const auto& line : makeLines(makefile)) {
        conditions += startsAny(line, {"ifeq", "ifneq", "ifdef", "ifndef"}) ? 1 : 0;
        conditions -= line.starts_with("endif") && conditions > 0 ? 1 : 0;
        std::string_view rest = line;
        constexpr std::string_view name = "FROZEN_MPY_DIRS";
        if (!rest.starts_with(name)) {
            continue;
        }
        rest.remove_prefix(name.size());
        const auto equals = rest.find('=');
        const auto before = rest.substr(0, equals);
        if (equals == std::string_view::npos || before.find_first_not_of(" \t:?+") != std::string_view::npos) {
            continue; // a variable that only begins so
        }
        if (!before.contains('+') && !before.contains('?') && conditions == 0) {
            folders.clear();
        }
        rest.remove_prefix(equals + 1);
        while (true) {
            rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
            if (rest.empty()) {
                break;
            }
            const auto word = rest.substr(0, rest.find_first_of(" \t"));
            folders.push_back({.path = std::string(word), .isConditional = conditions > 0});
            rest.remove_prefix(word.size());
        }
    }
    return folders;
}

/// $(NAME) or ${NAME} replaced by the folders of these names.
Result<fs::path> expanded(const fs::path& makefile, const std::string& path, const FirmwareFolders& folders)
{
    std::string result;
    for (std::size_t at = 0; at < path.size();) {
        const bool isVariable = path[at] == '$' && at + 1 < path.size() && (path[at + 1] == '(' || path[at + 1] == '{');
        if (!isVariable) {
            result += path[at++];
            continue;
        }
        const auto end = path.find(path[at + 1] == '(' ? ')' : '}', at);
        const auto name = path.substr(at + 2, end == std::string::npos ? end : end - at - 2);
        const auto folder = folders.find(name);
        if (end == std::string::npos || folder == folders.end()) {
            return fail(ErrorCode::NotFound,
                        std::format("\"{}\" freezes \"{}\", and $({}) is not known: neither was it set nor does the "
                                    "tree around the file tell it.",
                                    shown(makefile), romfs::printable(path), romfs::printable(name)));
        }
        result += folder->second.string();
        at = end + 1;
    }
    return fs::absolute(makefile).parent_path() / result;
}

/// What CircuitPython's build takes of a library: Python without its setup, examples and tests.
class LibraryFiles
{
public:
    explicit LibraryFiles(std::vector<FrozenFile>& files)
        : m_files(files)
    { }

    Result<void> addFolder(const fs::path& folder, const std::string& below, std::size_t depth)
    {
        std::error_code error;
        std::vector<fs::path> paths;
        for (fs::directory_iterator it(folder, error); !error && it != fs::directory_iterator(); it.increment(error)) {
            paths.push_back(it->path());
        }
        if (error) {
            return fail(ErrorCode::CannotRead,
                        std::format("\"{}\" cannot be read: {}.", shown(folder), describe(error)));
        }
        std::ranges::sort(paths);
        for (const auto& path : paths) {
            const auto name = path.filename().string();
            const bool isLink = fs::is_symlink(fs::symlink_status(path, error)); // could lead in circles
            if (fs::is_directory(path, error) && !isLink && depth < romfs::maxDepth && isPartOfLibrary(name, depth)) {
                if (auto done = addFolder(path, below + name + "/", depth + 1); !done) {
                    return done;
                }
            } else if (name.ends_with(".py") && name != "setup.py" && name != "conf.py"
                       && m_files.size() <= mostFrozenFiles) {
                m_files.push_back({.target = below + name, .source = path});
            }
        }
        return {};
    }

private:
    static bool isPartOfLibrary(std::string_view name, std::size_t depth)
    {
        static constexpr std::array<std::string_view, 4> others{"docs", "examples", "tests", "utils"};
        return !isJunk(name) && !name.starts_with('.') && (depth > 0 || !std::ranges::contains(others, name));
    }

    std::vector<FrozenFile>& m_files;
};

} // namespace

bool isBoardMakefile(const fs::path& path)
{
    std::error_code error;
    return path.filename() == "mpconfigboard.mk" && fs::is_regular_file(path, error);
}

Result<LoadedArchive> loadBoardMakefile(const fs::path& path, const FirmwareFolders& folders,
                                        const std::stop_token& stop)
{
    const auto text = loadFile(path, Loading::Snapshot);
    if (!text) {
        return std::unexpected(text.error());
    }
    const auto known = firmwareFolders(path, folders);
    std::vector<FrozenFile> files;
    std::vector<Skipped> remarks;
    for (const auto& [written, isConditional] : frozenFolders(romfs::asText(text->bytes()))) {
        const auto folder = expanded(path, written, known);
        if (!folder) {
            return std::unexpected(folder.error());
        }
        if (auto done = LibraryFiles(files).addFolder(folder->lexically_normal(), {}, 0); !done) {
            return std::unexpected(done.error());
        }
        if (isConditional) {
            remarks.push_back({.path = written, .reason = "it is frozen under a condition, which was not looked at"});
        }
    }
    if (files.empty()) {
        return nothingFrozen(path);
    }
    auto loaded = loadFrozen(files, stop);
    if (loaded) {
        std::ranges::move(remarks, std::back_inserter(loaded->remarks));
    }
    return loaded;
}

} // namespace romsmith::sources
