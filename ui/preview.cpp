// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/preview.h"

#include "core/inspect/bytetext.h"
#include "core/inspect/decodedtext.h"
#include "core/inspect/prettyjson.h"
#include "core/romfs/checker.h"
#include "core/romfs/record.h"
#include "core/sources/disk.h"
#include "ui/facts.h"
#include "ui/text.h"

#include <QBuffer>
#include <QCoreApplication>
#include <QImageReader>

#include <algorithm>
#include <optional>

namespace romsmith::ui {
namespace {

/// The context of this file's texts.
struct Words
{
    Q_DECLARE_TR_FUNCTIONS(romsmith::ui::Preview)
};

constexpr std::size_t dumpSize = 512;
constexpr std::size_t largestJson = 16UL * 1024 * 1024; ///< a parsed document takes several times as much memory
constexpr int largestPicture = 4096; ///< pixels along an edge that are kept
constexpr qint64 mostPixels = 32'000'000;

ListedEntry listed(QString name, std::uint64_t size, std::uint64_t offset)
{
    return {.name = std::move(name), .size = exactSize(size), .offset = hexOffset(offset)};
}

/// @p size is that of the file; none for a text that was made from it.
QStringList noticesOn(const inspect::DecodedText& decoded, std::optional<std::size_t> size)
{
    QStringList notices;
    if (decoded.isCut && size) {
        notices.append(
            Words::tr("Only the first %1 of %2 are shown.").arg(roundSize(decoded.shownBytes), roundSize(*size)));
    } else if (decoded.isCut) {
        const auto lines = static_cast<int>(std::ranges::count(decoded.utf8, '\n'));
        notices.append(Words::tr("Only the first %n line(s) are shown.", nullptr, lines));
    }
    if (decoded.brokenLines > 0) {
        notices.append(
            Words::tr("%n very long line(s) were broken to be shown.", nullptr, static_cast<int>(decoded.brokenLines)));
    }
    if (decoded.hiddenCharacters > 0) {
        notices.append(Words::tr("%n control or invisible character(s) are shown as \\xNN or \\u{NNNN}.", nullptr,
                                 static_cast<int>(decoded.hiddenCharacters)));
    }
    return notices;
}

/// Makes previews of bytes that are in memory.
class Previewer
{
public:
    Previewer(const PreviewRequest& request, romfs::Bytes bytes, const std::stop_token& stop)
        : m_request(request)
        , m_bytes(bytes)
        , m_stop(stop)
    { }

    Preview make()
    {
        if (m_request.type == romfs::EntryType::Raw) {
            listRecords();
            return std::move(m_preview);
        }
        m_preview.kind = inspect::kindOf(m_bytes, m_request.name);
        m_preview.headline = kindText(m_preview.kind);
        switch (m_preview.kind) {
        case inspect::FileKind::Empty:
            break;
        case inspect::FileKind::Text:
        case inspect::FileKind::Python:
            m_preview.content = TextPreview{.raw = rawText(), .pretty = {}};
            break;
        case inspect::FileKind::Json:
            showJson();
            break;
        case inspect::FileKind::Picture:
            showPicture();
            break;
        case inspect::FileKind::Romfs:
            listImage();
            break;
        case inspect::FileKind::Mpy:
            showParsed(inspect::readMpyHeader(m_bytes));
            break;
        case inspect::FileKind::Tflite:
            showParsed(inspect::readTflite(m_bytes));
            break;
        case inspect::FileKind::NeuralArt:
        case inspect::FileKind::Binary:
            showDump();
            break;
        }
        return std::move(m_preview);
    }

private:
    ShownText rawText()
    {
        const auto decoded = inspect::decodeText(m_bytes);
        if (decoded.badBytes > 0) {
            m_preview.problems.append(
                Words::tr("%n byte(s) are not UTF-8, the first in line %1; they are shown as \\xNN.", nullptr,
                          static_cast<int>(decoded.badBytes))
                    .arg(decoded.badLine));
        }
        return shownText(decoded, m_bytes.size());
    }

    ShownText shownText(const inspect::DecodedText& decoded, std::optional<std::size_t> size) const
    {
        ShownText shown{.text = text(decoded.utf8), .formats = {}, .notices = noticesOn(decoded, size)};
        shown.formats = highlight(shown.text, m_preview.kind, text(m_request.name), m_request.palette, m_stop);
        return shown;
    }

    void showJson()
    {
        TextPreview preview{.raw = rawText(), .pretty = {}};
        if (m_bytes.size() > largestJson) {
            m_preview.notices.append(Words::tr("It is too large to be checked."));
        } else if (const auto pretty = inspect::prettyJson(romfs::asText(m_bytes))) {
            m_preview.headline = Words::tr("JSON, valid");
            preview.pretty = shownText(inspect::decodeText(romfs::asBytes(*pretty)), std::nullopt);
        } else {
            const auto& problem = pretty.error();
            m_preview.headline = Words::tr("JSON, not valid");
            m_preview.problems.append(
                Words::tr("Line %1, column %2: %3").arg(problem.line).arg(problem.column).arg(text(problem.message)));
        }
        m_preview.content = std::move(preview);
    }

    void showDump()
    {
        const auto shown = m_bytes.first(std::min(m_bytes.size(), dumpSize));
        if (shown.size() < m_bytes.size()) {
            m_preview.notices.append(
                Words::tr("These are the first %1 bytes; the Hex tab has them all.").arg(shown.size()));
        }
        m_preview.content = TextPreview{
            .raw = {.text = text(inspect::toDump(shown)), .formats = {}, .notices = {}}, .pretty = {}, .isDump = true};
    }

    template <typename T> void showParsed(Result<T> parsed)
    {
        if (parsed) {
            m_preview.content = std::move(*parsed);
        } else {
            m_preview.problems.append(text(parsed.error().message));
            showDump();
        }
    }

    void showPicture()
    {
        auto bytes = QByteArray::fromRawData(reinterpret_cast<const char*>(m_bytes.data()),
                                             static_cast<qsizetype>(m_bytes.size()));
        QBuffer buffer(&bytes);
        buffer.open(QIODevice::ReadOnly);
        // The format is given, so that no other plugin gets to see the bytes.
        QImageReader reader(&buffer, QByteArray::fromStdString(std::string(inspect::pictureFormat(m_bytes))));
        reader.setAutoDetectImageFormat(false);
        const auto size = reader.size();
        if (qint64{size.width()} * size.height() > mostPixels) {
            m_preview.problems.append(Words::tr("The picture has %1 × %2 pixels, which is too much to be shown.")
                                          .arg(size.width())
                                          .arg(size.height()));
            showDump();
            return;
        }
        if (std::max(size.width(), size.height()) > largestPicture) {
            reader.setScaledSize(size.scaled(largestPicture, largestPicture, Qt::KeepAspectRatio));
        }
        PicturePreview preview{
            .picture = reader.read(), .size = size, .format = QString::fromLatin1(reader.format()).toUpper()};
        if (preview.picture.isNull()) {
            m_preview.problems.append(Words::tr("The picture cannot be shown: %1").arg(reader.errorString()));
            showDump();
            return;
        }
        preview.size = size.isValid() ? size : preview.picture.size();
        m_preview.headline = Words::tr("Picture, %1, %2 × %3 pixels")
                                 .arg(preview.format)
                                 .arg(preview.size.width())
                                 .arg(preview.size.height());
        m_preview.content = std::move(preview);
    }

    void listImage()
    {
        const auto image = romfs::read(romfs::Content::view(m_bytes, nullptr));
        if (!image) {
            m_preview.problems.append(text(image.error().message));
            showDump();
            return;
        }
        const auto& entries = image->entries;
        const auto files = std::ranges::count(entries, romfs::EntryType::File, &romfs::Entry::type);
        m_preview.headline
            = Words::tr("ROMFS image inside this one, with %n file(s)", nullptr, static_cast<int>(files));
        const auto layout = romfs::Layout::plan(
            entries, {.style = image->source->style, .directoryAlignment = 1, .source = image->source});
        const auto problems
            = std::ranges::count_if(romfs::check(entries, layout, {}), [](const romfs::Finding& finding) {
                  return finding.severity != romfs::Severity::Info;
              });
        if (problems > 0) {
            m_preview.problems.append(
                Words::tr("%n problem(s) in it; open it to see them.", nullptr, static_cast<int>(problems)));
        }
        const auto parents = romfs::parentsOf(entries);
        ListPreview list;
        for (std::uint32_t i = 0; i < std::min(entries.size(), mostListed); ++i) {
            list.entries.push_back(
                listedEntry(entries[i], shownName(romfs::pathOf(entries, parents, i)), layout[i].contentOffset));
        }
        list.count = entries.size();
        m_preview.content = std::move(list);
    }

    void listRecords()
    {
        m_preview.kind = inspect::FileKind::Binary;
        m_preview.headline = Words::tr("Records that are neither file nor folder; they are kept as they are");
        ListPreview list;
        std::uint64_t offset = 0;
        while (offset < m_bytes.size() && list.entries.size() < mostListed) {
            const auto record = romfs::readRecord(m_bytes, offset, m_bytes.size());
            if (!record || record->kind == romfs::Kind::Unused) {
                list.entries.push_back(listed(Words::tr("bytes that are no record"), m_bytes.size() - offset, offset));
                break;
            }
            list.entries.push_back(listed(text(romfs::kindName(record->kind)), record->end - record->payload, offset));
            offset = record->end;
        }
        list.count = list.entries.size();
        m_preview.content = std::move(list);
    }

    const PreviewRequest& m_request;
    romfs::Bytes m_bytes;
    const std::stop_token& m_stop;
    Preview m_preview;
};

} // namespace

ListedEntry listedEntry(const romfs::Entry& entry, const QString& path, std::uint64_t offset)
{
    if (entry.type == romfs::EntryType::Directory) {
        return {.name = path % QLatin1Char('/'), .size = {}, .offset = hexOffset(offset)};
    }
    return listed(path.isEmpty() ? Words::tr("(records)") : path, entry.content.size(), offset);
}

Preview makePreview(const PreviewRequest& request, const std::stop_token& stop)
{
    if (request.content.isInMemory()) {
        return Previewer(request, request.content.bytes(), stop).make();
    }
    const bool isHuge = request.content.size() > sources::largestSnapshot;
    const auto bytes = isHuge
        ? fail(ErrorCode::TooLarge, Words::tr("This is too large to be looked at here.").toStdString())
        : request.content.readAll();
    if (!bytes) {
        Preview failed;
        failed.headline = Words::tr("The file cannot be read");
        failed.problems.append(text(bytes.error().message));
        return failed;
    }
    return Previewer(request, *bytes, stop).make();
}

} // namespace romsmith::ui
