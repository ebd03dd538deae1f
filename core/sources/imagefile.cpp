// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/imagefile.h"

#include "core/sources/disk.h"
#include "core/sources/qtbytes.h"
#include "core/sources/wholefile.h"

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
    return writeWhole(path, [&](QIODevice& file) {
        DeviceSink sink(file);
        return romfs::write(entries, layout, sink).and_then([&] { return sink.write(trailing); });
    });
}

Result<void> writeImage(std::FILE* stream, std::span<const romfs::Entry> entries, const romfs::Layout& layout,
                        romfs::Bytes trailing)
{
    StreamSink sink(stream);
    auto written = romfs::write(entries, layout, sink).and_then([&] { return sink.write(trailing); });
    if (written && std::fflush(stream) != 0) {
        written = fail(ErrorCode::CannotWrite, describe({errno, std::generic_category()}));
    }
    return written.transform_error([](Error error) {
        if (error.code == ErrorCode::CannotWrite) {
            error.message = std::format("Standard output could not be written: {}.", error.message);
        }
        return error;
    });
}

} // namespace romsmith::sources
