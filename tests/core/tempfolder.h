// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/core/helpers.h"

#include <QTemporaryDir>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace romsmith::test {

/// A folder of its own for each test, gone when the test is.
class TempFolder
{
public:
    TempFolder()
        : m_path(std::filesystem::canonical(m_folder.path().toStdString()))
    {
        m_folder.setAutoRemove(false); // Qt cannot remove files whose names are not UTF-8
    }

    ~TempFolder()
    {
        std::error_code ignored;
        std::filesystem::remove_all(m_path, ignored);
    }

    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;

    const std::filesystem::path& path() const { return m_path; }
    std::filesystem::path operator/(std::string_view name) const { return m_path / name; }

    std::filesystem::path write(std::string_view name, std::string_view content) const
    {
        const auto path = m_path / name;
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path, std::ios::binary) << content;
        return path;
    }

    std::filesystem::path folder(std::string_view name) const
    {
        std::filesystem::create_directories(m_path / name);
        return m_path / name;
    }

    std::filesystem::path link(std::string_view name, const std::filesystem::path& target) const
    {
        std::filesystem::create_symlink(target, m_path / name);
        return m_path / name;
    }

    std::string read(std::string_view name) const { return contentOf(m_path / name); }

    /// Everything below the folder, or below one in it: "a.txt lib/ lib/x.py".
    std::string listing(std::string_view below = {}) const
    {
        const auto top = below.empty() ? m_path : m_path / below;
        std::vector<std::string> names;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(top)) {
            names.push_back(entry.path().lexically_relative(top).string() + (entry.is_directory() ? "/" : ""));
        }
        std::ranges::sort(names);
        std::string all;
        for (const auto& name : names) {
            all += (all.empty() ? "" : " ") + name;
        }
        return all;
    }

    static std::string contentOf(const std::filesystem::path& path)
    {
        std::ifstream file(path, std::ios::binary);
        if (!file) {
            throw std::runtime_error(path.string() + " cannot be read");
        }
        std::string content(std::filesystem::file_size(path), '\0');
        file.read(content.data(), static_cast<std::streamsize>(content.size()));
        return content;
    }

private:
    QTemporaryDir m_folder;
    std::filesystem::path m_path;
};

} // namespace romsmith::test
