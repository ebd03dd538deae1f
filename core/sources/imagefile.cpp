// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/imagefile.h"

#include "core/romfs/names.h"
#include "core/sources/disk.h"
#include "core/sources/qtbytes.h"

#include <QSaveFile>

#include <cerrno>
#include <format>
#include <system_error>

namespace romsmith::sources {
namespace {

class DeviceSink final : public romfs::Sink
{
public:
    explicit DeviceSink(QIODevice& device)
        : m_device(device)
    { }

    Result<void> write(romfs::Bytes bytes) override
    {
        if (!writeAll(m_device, bytes)) {
            return fail(ErrorCode::CannotWrite, m_device.errorString().toStdString());
        }
        return {};
    }

private:
    QIODevice& m_device;
};

class StreamSink final : public romfs::Sink
{
public:
    explicit StreamSink(std::FILE* stream)
        : m_stream(stream)
    { }

    Result<void> write(romfs::Bytes bytes) override
    {
        if (!bytes.empty() && std::fwrite(bytes.data(), 1, bytes.size(), m_stream) != bytes.size()) {
            return fail(ErrorCode::CannotWrite, describe({errno, std::generic_category()}));
        }
        return {};
    }

private:
    std::FILE* m_stream;
};

/// Errors of writing name the target; errors of reading content name their own file.
Error named(Error error, const std::string& target)
{
    if (error.code == ErrorCode::CannotWrite) {
        error.message
            = std::format("\"{}\" could not be written: {}. Nothing was changed there.", target, error.message);
    }
    return error;
}

} // namespace

Result<romfs::Image> openImage(const std::filesystem::path& path)
{
    return loadFile(path, Loading::Snapshot).and_then(&romfs::read).transform_error([&](Error error) {
        if (error.code == ErrorCode::NotRomfs) {
            error.message = std::format("\"{}\": {}", shown(path), error.message);
        }
        return error;
    });
}

Result<void> saveImage(const std::filesystem::path& path, std::span<const romfs::Entry> entries,
                       const romfs::Layout& layout, romfs::Bytes trailing)
{
    const auto target = shown(path);
    std::error_code error;
    if (const auto status = std::filesystem::status(path, error);
        std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
        // Renaming a new file over a device node or a folder would destroy it.
        return std::unexpected(named({ErrorCode::CannotWrite, "it is there and is not a file"}, target));
    }
    if (!romfs::isUtf8(path.string())) {
        return std::unexpected(named({ErrorCode::CannotWrite, "its name is not UTF-8"}, target)); // Qt would change it
    }
    QSaveFile file(QString::fromStdString(path.string()));
    if (!file.open(QIODevice::WriteOnly)) {
        return std::unexpected(named({ErrorCode::CannotWrite, file.errorString().toStdString()}, target));
    }
    DeviceSink sink(file);
    auto written = romfs::write(entries, layout, sink).and_then([&] { return sink.write(trailing); });
    if (!written) {
        return std::unexpected(named(written.error(), target));
    }
    if (!file.commit()) {
        return std::unexpected(named({ErrorCode::CannotWrite, file.errorString().toStdString()}, target));
    }
    return {};
}

Result<void> writeImage(std::FILE* stream, std::span<const romfs::Entry> entries, const romfs::Layout& layout,
                        romfs::Bytes trailing)
{
    StreamSink sink(stream);
    auto written = romfs::write(entries, layout, sink).and_then([&] { return sink.write(trailing); });
    if (written && std::fflush(stream) != 0) {
        written = fail(ErrorCode::CannotWrite, describe({errno, std::generic_category()}));
    }
    return written.transform_error([](Error error) { return named(std::move(error), "standard output"); });
}

} // namespace romsmith::sources
