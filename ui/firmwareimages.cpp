// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/firmwareimages.h"

#include "core/boards/boardtable.h"
#include "core/romfs/reader.h"
#include "ui/document.h"
#include "ui/documentview.h"
#include "ui/jobs.h"
#include "ui/noticebar.h"
#include "ui/opening.h"
#include "ui/skipped.h"
#include "ui/text.h"

#include <QFileInfo>
#include <QInputDialog>
#include <QWidget>

namespace romsmith::ui {
namespace {

QString fileName(const QString& path)
{
    return QFileInfo(path).fileName();
}

/// What it is called in a list of boards.
QString nameOf(const sources::BundleBoard& board)
{
    return board.board ? text(board.board->name) % QStringLiteral(" (%1)").arg(text(board.id)) : shownName(board.id);
}

bool hasImages(const sources::BundleBoard& board)
{
    return std::ranges::any_of(board.files, [](const sources::BundleFile& file) { return file.partition.has_value(); });
}

build::Target targetOf(const std::string& board, std::uint32_t partition)
{
    const auto* known = boards::BoardTable::known().find(board);
    return known && known->partition(partition) ? build::Target(*known, partition) : build::Target();
}

} // namespace

FirmwareImages::FirmwareImages(Opening& opening, Jobs& jobs, QWidget& window)
    : m_opening(opening)
    , m_jobs(jobs)
{
    choose = [&window](const QString& title, const QString& text, const QStringList& items) {
        bool accepted = false;
        const auto item = QInputDialog::getItem(&window, title, text, items, 0, false, &accepted);
        return accepted ? static_cast<int>(items.indexOf(item)) : -1;
    };
}

bool FirmwareImages::mayBe(const QString& path)
{
    return fileName(path) == QLatin1String("romfs_config.json") || path.endsWith(QLatin1String(".zip"));
}

FirmwareImages::Found FirmwareImages::look(const QString& path, const std::stop_token& stop)
{
    if (sources::isRomfsConfig(toPath(path))) {
        return sources::loadRomfsConfig(toPath(path), {}, stop);
    }
    auto bundle = sources::Bundle::open(toPath(path), stop);
    const bool isOther = !bundle && bundle.error().code != ErrorCode::Cancelled;
    return isOther ? Found() : Found(std::move(bundle));
}

void FirmwareImages::open(const QStringList& paths)
{
    if (paths.size() == 1 && mayBe(paths.front())) {
        openImagesOf(paths.front());
    } else {
        m_opening.open(paths);
    }
}

void FirmwareImages::openImagesOf(const QString& path)
{
    m_jobs.run(
        this, tr("Reading %1").arg(fileName(path)), [path](const std::stop_token& stop) { return look(path, stop); },
        [this, path](Found found) {
            if (auto* bundle = std::get_if<Result<sources::Bundle>>(&found)) {
                *bundle ? chooseBoard(path, std::move(**bundle)) : show(bundle->error());
            } else if (auto* config = std::get_if<Result<sources::RomfsConfig>>(&found)) {
                *config ? choosePartition(path, std::move(**config)) : show(config->error());
            } else {
                m_opening.open({path});
            }
        });
}

void FirmwareImages::chooseBoard(const QString& path, sources::Bundle bundle)
{
    std::vector<sources::BundleBoard> boards;
    if (const auto& in = bundle.boards(); in.size() == 1 && in.front().id.empty()) { // which one, the user knows
        for (const auto& board : boards::BoardTable::known().boards()) {
            if (auto found = bundle.find(board.id); found && !board.partitions.empty()) {
                boards.push_back(std::move(*found));
            }
        }
    } else {
        std::ranges::copy_if(in, std::back_inserter(boards), hasImages);
    }
    if (boards.empty()) {
        m_opening.open({path});
        return;
    }
    QStringList names;
    std::ranges::transform(boards, std::back_inserter(names), nameOf);
    const auto chosen = boards.size() == 1
        ? 0
        : choose(tr("Firmware Bundle"), tr("Open the ROMFS images of %1 for:").arg(fileName(path)), names);
    if (chosen >= 0) {
        openImages(path, std::move(bundle), boards[static_cast<std::size_t>(chosen)]);
    }
}

void FirmwareImages::openImages(const QString& path, sources::Bundle bundle, const sources::BundleBoard& board)
{
    m_jobs.run(
        this, tr("Reading %1").arg(fileName(path)),
        [bundle = std::move(bundle), board](const std::stop_token& stop) {
            std::vector<NewImage> images;
            for (const auto& file : board.files) {
                if (file.partition) {
                    images.push_back({.name = shownName(board.id) % u' ' % shownName(file.name),
                                      .target = targetOf(board.id, *file.partition),
                                      .image = bundle.read(file, stop).and_then(romfs::read)});
                }
            }
            return images;
        },
        [this, path, board](std::vector<NewImage> images) {
            DocumentView* last = nullptr;
            for (auto& [name, target, image] : images) {
                if (!image) {
                    show(image.error());
                    continue;
                }
                auto document = std::make_unique<Document>(std::move(*image), QString());
                document->setUntitledName(name);
                last = &m_opening.add(std::move(document));
                last->document().setTarget(target);
            }
            if (last) {
                offerFirmware(path, board, *last);
            }
        });
}

void FirmwareImages::offerFirmware(const QString& path, const sources::BundleBoard& board, DocumentView& view)
{
    QStringList names;
    for (const auto& file : board.files) {
        if (file.role == boards::Role::Firmware && file.release) {
            names.append(shownName(file.name));
        }
    }
    if (!names.isEmpty()) {
        view.noticeBar().show(romfs::Severity::Info,
                              tr("%1 also has the firmware: %2").arg(fileName(path), names.join(u", ")),
                              {{.text = tr("Flash Firmware…"), .run = [this, path] { Q_EMIT firmwareWanted(path); }}});
    }
}

void FirmwareImages::choosePartition(const QString& path, sources::RomfsConfig config)
{
    QStringList items{tr("All of them")};
    for (const auto& partition : config.partitions) {
        const auto target = targetOf(config.board, partition.index);
        items.append(target.board() ? text(target.name()) : tr("Partition %1").arg(partition.index));
    }
    const auto chosen = config.partitions.size() == 1
        ? 0
        : choose(tr("Images of a Firmware"), tr("Make images by %1 for:").arg(fileName(path)), items);
    for (std::size_t i = 0; i < config.partitions.size(); ++i) {
        if (chosen == 0 || chosen == static_cast<int>(i) + 1) {
            openPartition(path, config, config.partitions[i]);
        }
    }
}

void FirmwareImages::openPartition(const QString& path, const sources::RomfsConfig& config,
                                   sources::ConfigPartition& partition)
{
    auto& nodes = partition.content.nodes;
    const auto& skipped = partition.content.skipped;
    auto& view = m_opening.newDocument();
    auto& document = view.document();
    document.setUntitledName(shownName(config.board) % (config.board.empty() ? QString() : QStringLiteral(" "))
                             % QStringLiteral("romfs%1.img").arg(partition.index));
    document.setTarget(targetOf(config.board, partition.index));
    const auto done
        = document.perform(document.tree().add(document.tree().root(), std::move(nodes), tree::ClashPolicy::Refuse),
                           tr("Import %1").arg(fileName(path)));
    if (!done) {
        view.noticeBar().show(done.error());
    } else if (!skipped.empty()) {
        view.noticeBar().show(romfs::Severity::Warning, tr("Left out: %1").arg(summaryOf(skipped)));
    }
}

void FirmwareImages::show(const Error& error)
{
    if (error.code != ErrorCode::Cancelled) {
        m_opening.newDocument().noticeBar().show(error);
    }
}

} // namespace romsmith::ui
