// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/compilecache.h"

#include "core/sources/qtbytes.h"

#include <QCryptographicHash>
#include <QFile>
#include <QSaveFile>
#include <QStandardPaths>

#include <algorithm>
#include <map>
#include <system_error>

namespace romsmith::sources {
namespace {

constexpr auto hashing = QCryptographicHash::Sha256;

/// Sizes go in front of texts, so that no two lists of texts look alike.
void add(QCryptographicHash& hash, std::string_view text)
{
    hash.addData(QByteArray(QByteArray::number(static_cast<qulonglong>(text.size())) + ':'));
    hash.addData(text);
}

QString toQt(const std::filesystem::path& path)
{
    return QString::fromStdU16String(path.u16string());
}

/// The result's hash stands in front of it, so that what a disk or another program broke is not used.
std::optional<romfs::Content> readResult(const std::filesystem::path& path)
{
    QFile file(toQt(path));
    if (!file.open(QIODevice::ReadWrite)) {
        return {};
    }
    const auto hash = file.read(QCryptographicHash::hashLength(hashing));
    const auto mpy = file.readAll();
    if (QCryptographicHash::hash(mpy, hashing) != hash) {
        return {};
    }
    std::error_code ignored;
    std::filesystem::last_write_time(path, std::filesystem::file_time_type::clock::now(), ignored);
    return toContent(mpy);
}

void writeResult(const std::filesystem::path& path, romfs::Bytes mpy)
{
    QSaveFile file(toQt(path));
    if (file.open(QIODevice::WriteOnly)) {
        file.write(QCryptographicHash::hash(mpy, hashing));
        static_cast<void>(writeAll(file, mpy) && file.commit());
    }
}

} // namespace

CompileCache::CompileCache()
    : m_folder(QStandardPaths::writableLocation(QStandardPaths::GenericCacheLocation).toStdU16String())
{
    m_folder /= "romsmith/mpy";
}

std::filesystem::path CompileCache::pathOf(const Compiler& compiler, const CompileJob& job) const
{
    QCryptographicHash hash(hashing);
    const auto& info = compiler.info();
    for (const auto& part : info.command) {
        add(hash, part);
    }
    for (const auto& text : {info.version, info.bytecode(), job.name, job.options.arch,
                             std::to_string(job.options.smallIntBits), std::to_string(job.options.optimization)}) {
        add(hash, text);
    }
    const auto done = job.source.forEachChunk([&hash](romfs::Bytes bytes) -> Result<void> {
        hash.addData(bytes);
        return {};
    });
    return done ? m_folder / hash.result().toHex().toStdString() : std::filesystem::path();
}

std::vector<Compiled> CompileCache::compile(const Compiler& compiler, std::span<const CompileJob> jobs,
                                            const std::stop_token& stop) const
{
    std::error_code ignored;
    std::filesystem::create_directories(m_folder, ignored);
    std::filesystem::permissions(m_folder, std::filesystem::perms::owner_all, ignored);

    std::vector<Compiled> results(jobs.size());
    std::vector<std::filesystem::path> paths(jobs.size());
    std::vector<CompileJob> unknown;
    std::vector<std::size_t> places; // of the unknown jobs
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        paths[i] = pathOf(compiler, jobs[i]);
        if (auto known = paths[i].empty() ? std::nullopt : readResult(paths[i])) {
            results[i] = std::move(*known);
        } else {
            unknown.push_back(jobs[i]);
            places.push_back(i);
        }
    }
    auto compiled = compiler.compile(unknown, stop);
    for (std::size_t i = 0; i < compiled.size(); ++i) {
        const auto& path = paths[places[i]];
        if (compiled[i] && !path.empty()) {
            writeResult(path, compiled[i]->bytes());
        }
        results[places[i]] = std::move(compiled[i]);
    }
    if (!unknown.empty()) {
        shrink();
    }
    return results;
}

void CompileCache::shrink(std::uint64_t size) const
{
    std::multimap<std::filesystem::file_time_type, std::filesystem::path> byAge;
    std::uint64_t total = 0;
    std::error_code error;
    for (const auto& file : std::filesystem::directory_iterator(m_folder, error)) {
        std::error_code failed;
        const auto bytes = file.file_size(failed);
        const auto used = file.last_write_time(failed);
        if (!failed) {
            total += bytes;
            byAge.emplace(used, file.path());
        }
    }
    for (auto oldest = byAge.begin(); oldest != byAge.end() && total > size; ++oldest) {
        std::error_code failed;
        total -= std::filesystem::file_size(oldest->second, failed);
        std::filesystem::remove(oldest->second, failed);
    }
}

} // namespace romsmith::sources
