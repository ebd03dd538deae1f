// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/firmwaretree.h"

#include <array>

namespace romsmith::sources {
namespace {

namespace fs = std::filesystem;

bool isFolder(const fs::path& path)
{
    std::error_code error;
    return fs::is_directory(path, error);
}

bool isMicroPython(const fs::path& path)
{
    std::error_code error;
    return fs::is_regular_file(path / "py" / "mpconfig.h", error);
}

/// The folder of micropython-lib: a submodule of MicroPython, or a checkout beside it.
fs::path libraryOf(const fs::path& microPython)
{
    for (const auto& path : {microPython / "lib" / "micropython-lib", microPython.parent_path() / "micropython-lib"}) {
        if (isFolder(path / "python-stdlib")) {
            return path;
        }
    }
    return {};
}

class Guess
{
public:
    /// What @p folder, which is or is around the one of the file, says.
    void lookAt(const fs::path& folder, const fs::path& inside)
    {
        static constexpr std::array submodules{"lib/micropython", "src/micropython"}; // of OpenMV, now and before 2024
        if (isMicroPython(folder)) {
            set("MPY_DIR", folder);
            set("TOP", folder);
        }
        for (const auto* submodule : submodules) {
            if (isMicroPython(folder / submodule)) {
                set("MPY_DIR", folder / submodule);
                set("TOP", folder);
            }
        }
        if (isFolder(folder / "scripts" / "libraries")) {
            set("OMV_LIB_DIR", folder / "scripts" / "libraries");
            set("TOP", folder);
        }
        if (isFolder(folder / "python-stdlib") && isFolder(folder / "micropython")) {
            set("MPY_LIB_DIR", folder);
        }
        if (folder.filename() == "boards" && !inside.empty()) {
            set("BOARD_DIR", inside);
        }
        if (folder.filename() == "ports" && !inside.empty()) {
            set("PORT_DIR", inside);
        }
    }

    FirmwareFolders take(const fs::path& folder)
    {
        if (const auto microPython = m_folders.find("MPY_DIR"); microPython != m_folders.end()) {
            if (const auto library = libraryOf(microPython->second); !library.empty()) {
                set("MPY_LIB_DIR", library);
            }
        }
        set("BOARD_DIR", folder);
        return std::move(m_folders);
    }

private:
    void set(const char* name, const fs::path& path) { m_folders.emplace(name, path); } // the innermost one counts

    FirmwareFolders m_folders;
};

} // namespace

FirmwareFolders guessFirmwareFolders(const fs::path& file)
{
    Guess guess;
    const auto folder = fs::absolute(file).lexically_normal().parent_path();
    fs::path inside;
    for (auto around = folder;; around = around.parent_path()) {
        guess.lookAt(around, inside);
        if (around == around.parent_path()) {
            return guess.take(folder);
        }
        inside = around;
    }
}

FirmwareFolders firmwareFolders(const fs::path& file, FirmwareFolders set)
{
    set.merge(guessFirmwareFolders(file));
    return set;
}

} // namespace romsmith::sources
