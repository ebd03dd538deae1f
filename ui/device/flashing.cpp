// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/device/flashing.h"

#include "core/romfs/writer.h"
#include "core/sources/disk.h"
#include "ui/device/devicejobs.h"
#include "ui/device/devicework.h"
#include "ui/device/dfurun.h"
#include "ui/questions.h"
#include "ui/text.h"

#include <QSettings>

#include <algorithm>

namespace romsmith::ui {
namespace {

const QString silentKey = QStringLiteral("flashWithoutAsking");

int countOf(const build::Plan& plan, std::string_view code)
{
    return static_cast<int>(std::ranges::count(plan.findings, code, &romfs::Finding::code));
}

/// That are no obstacle, if the user wants it so.
QStringList errorsOf(const build::Plan& plan)
{
    constexpr qsizetype most = 5;
    QStringList errors;
    for (const auto& finding : plan.findings) {
        if (finding.severity == romfs::Severity::Error) {
            const auto message = text(finding.message);
            errors.append(finding.path.empty() ? message
                                               : Flashing::tr("%1: %2").arg(shownName(finding.path), message));
        }
    }
    if (errors.size() > most) {
        const auto left = static_cast<int>(errors.size() - most);
        errors.resize(most);
        errors.append(Flashing::tr("and %n more", nullptr, left));
    }
    return errors;
}

QString tooLarge(std::uint64_t size, std::uint64_t room, const QString& partition)
{
    const auto difference = size - room;
    return Flashing::tr("image is %1 larger than %2")
        .arg(difference < 1024 ? Flashing::tr("%1 bytes").arg(exactSize(difference)) : roundSize(difference),
             partition);
}

std::uint32_t partitionOf(const Document& document)
{
    const auto* partition = document.target().partition();
    return partition ? partition->index : 0;
}

QString partitionName(std::uint32_t index)
{
    return QStringLiteral("ROMFS%1").arg(index);
}

DfuWish imageWish(const QString& name, std::uint32_t partition, std::function<Result<romfs::Content>()> image,
                  bool force)
{
    return {.name = name,
            .target = partitionName(partition),
            .partition = partition,
            .files =
                [partition, image = std::move(image)](const std::stop_token&) {
                    return image().transform([partition](romfs::Content content) {
                        device::FlashFiles files;
                        files.images.emplace(partition, std::move(content));
                        return files;
                    });
                },
            .force = force};
}

bool isForAnother(const boards::Board* wanted, const boards::Board* found)
{
    return wanted && found && wanted->id != found->id;
}

} // namespace

QString againstFlashing(const Document* document, const KnownDevice* device, qsizetype count)
{
    if (count == 0) {
        return Flashing::tr("no cam connected");
    }
    if (!device) {
        return Flashing::tr("choose one of %n cam(s)", nullptr, static_cast<int>(count));
    }
    if (!device->mayBeOpened) {
        return Flashing::tr("you may not open %1").arg(text(device->port.path.string()));
    }
    if (!document) {
        return Flashing::tr("no image is open");
    }
    if (document->isNested()) {
        return Flashing::tr("this image is inside another one");
    }
    if (isForAnother(document->target().board(), device->board())) {
        return Flashing::tr("image is for %1, the cam is %2")
            .arg(text(document->target().board()->name), text(device->board()->name));
    }
    const auto partition = partitionOf(*document);
    if (auto against = againstTransport(viaOf(device->key()), *device, partition); !against.isEmpty()) {
        return against;
    }
    const auto& plan = document->plan();
    if (const auto files = countOf(plan, "not-compiled"); files > 0) {
        return Flashing::tr("%n Python file(s) cannot be compiled", nullptr, files);
    }
    if (const auto files = countOf(plan, build::missingSource); files > 0) {
        return Flashing::tr("%n file(s) cannot be read", nullptr, files);
    }
    const auto room = device->partitionSize(partition);
    const auto size = plan.layout.totalSize();
    return room && size > *room ? tooLarge(size, *room, partitionName(partition)) : QString();
}

Flashing::Flashing(DeviceList& list, DeviceJobs& jobs, FlashRunner& runner, Questions& questions,
                   FlashRunner::BusOf busOf)
    : m_list(list)
    , m_jobs(jobs)
    , m_runner(runner)
    , m_questions(questions)
    , m_busOf(std::move(busOf))
{ }

void Flashing::setPreparing(bool isPreparing)
{
    m_isPreparing = isPreparing;
    Q_EMIT changed();
}

// --- what is asked no more

bool Flashing::asksFirst(const QString& key) const
{
    return !m_silentNow.contains(key) && !QSettings().value(silentKey).toStringList().contains(key);
}

void Flashing::setAsksFirst(const QString& key, bool asks)
{
    const auto* device = m_list.find(key);
    auto silent = QSettings().value(silentKey).toStringList();
    silent.removeAll(key);
    m_silentNow.remove(key);
    if (!asks && device && key == text(device->port.serial)) {
        silent.append(key);
    } else if (!asks) {
        m_silentNow.insert(key); // behind the same port another one may be tomorrow
    }
    QSettings().setValue(silentKey, silent);
    Q_EMIT changed();
}

// --- documents

void Flashing::flash(Document& document, const QString& key, bool isSure)
{
    setPreparing(true);
    // One that is closed tells nobody that it will never be complete.
    connect(&document, &QObject::destroyed, this, &Flashing::stopPreparing, Qt::UniqueConnection);
    flashBuilt(document, key, isSure, {});
}

/// When everything is compiled, for the board as it is then.
void Flashing::flashBuilt(Document& document, const QString& key, bool isSure, std::optional<Via> confirmed)
{
    document.whenComplete(this,
                          [this, document = QPointer(&document), key, isSure, confirmed](const Result<void>& complete) {
                              const auto* device = m_list.find(key);
                              const auto against = !complete ? text(complete.error().message)
                                  : document                 ? againstFlashing(document, device, m_list.rowCount())
                                                             : QString();
                              if (!document || !against.isEmpty()) {
                                  setPreparing(false);
                                  if (document) {
                                      m_runner.refuse(tr("%1 was not flashed: %2.").arg(document->name(), against));
                                  }
                                  return;
                              }
                              if (confirmed) {
                                  write(*document, key, false, *confirmed);
                                  return;
                              }
                              const auto* board = document->target().board();
                              const auto errors = errorsOf(document->plan());
                              look({.key = key,
                                    .name = document->name(),
                                    .partition = partitionOf(*document),
                                    .size = document->plan().layout.totalSize(),
                                    .board = board,
                                    .isDocument = true,
                                    .errors = errors,
                                    .mayBeSilent = isSure && board && errors.isEmpty(),
                                    .go = [this, document, key, isSure, force = !errors.isEmpty()](Via via) {
                                        if (!document) {
                                            setPreparing(false);
                                            return;
                                        }
                                        const auto* cam = m_list.find(key);
                                        const auto* camBoard = cam ? cam->board() : nullptr;
                                        if (!document->target().board() && camBoard && camBoard->partition(0)) {
                                            document->setTarget(build::Target(*camBoard, 0)); // which compiles for it
                                            flashBuilt(*document, key, isSure, via);
                                        } else {
                                            write(*document, key, force, via);
                                        }
                                    }});
                          });
}

void Flashing::write(const Document& document, const QString& key, bool force, Via via)
{
    setPreparing(false);
    const auto* device = m_list.find(key);
    if (!device || m_jobs.isBusy()) {
        m_runner.refuse(tr("%1 was not flashed: the cam is no longer there.").arg(document.name()));
        return;
    }
    const auto image = [snapshot = document.image()]() -> Result<romfs::Content> {
        return romfs::write(snapshot.entries, snapshot.layout).transform([](std::vector<std::byte> bytes) {
            return romfs::Content::own(std::move(bytes));
        });
    };
    const auto partition = partitionOf(document);
    if (via == Via::Dfu) {
        m_runner.run(dfuFlash(*device, m_busOf(*device), imageWish(document.name(), partition, image, force)));
        return;
    }
    m_runner.run(replFlash(*device, document.name(), image,
                           {.partition = partition, .board = document.target().board(), .force = force}));
}

// --- backups

void Flashing::restore(const device::Backup& backup, const QString& key, std::uint32_t partition)
{
    setPreparing(true);
    const auto name = text(backup.path.filename().string());
    look({.key = key,
          .name = name,
          .partition = partition,
          .size = backup.size,
          .go = [this, backup, key, partition](Via via) { restoreNow(backup, key, partition, via); }});
}

void Flashing::restoreNow(const device::Backup& backup, const QString& key, std::uint32_t partition, Via via)
{
    setPreparing(false);
    const auto name = text(backup.path.filename().string());
    const auto* device = m_list.find(key);
    if (!device || m_jobs.isBusy()) {
        m_runner.refuse(tr("%1 was not flashed: the cam is no longer there.").arg(name));
        return;
    }
    const auto image = [path = backup.path] { return sources::loadFile(path, sources::Loading::Snapshot); };
    if (via == Via::Dfu) {
        m_runner.run(dfuFlash(*device, m_busOf(*device), imageWish(name, partition, image, true)));
    } else {
        m_runner.run(replFlash(*device, name, image, {.partition = partition, .force = true}));
    }
}

// --- the device and the user

void Flashing::look(Wish wish)
{
    const auto* device = m_list.find(wish.key);
    if (!device || m_jobs.isBusy()) {
        setPreparing(false);
        return;
    }
    if (wish.mayBeSilent && !asksFirst(wish.key)) {
        wish.go(transportFor(viaOf(wish.key), *device, wish.partition).via);
        return;
    }
    if (device->bootloader) { // it says all that it can without being asked
        ask(wish);
        return;
    }
    const auto key = wish.key;
    m_jobs.run(
        key, tr("Looking at %1").arg(device->fullName()),
        [port = device->port](const device::ProgressSink&, const std::stop_token& stop) { return lookAt(port, stop); },
        [this, wish = std::move(wish)](Result<DeviceFacts> said) { looked(wish, std::move(said)); });
}

void Flashing::looked(Wish wish, Result<DeviceFacts> said)
{
    const auto* device = m_list.find(wish.key);
    if (said) {
        m_list.setSaid(wish.key, std::move(*said));
    } else {
        // A script that does not let go of the REPL does not keep a cam from its bootloader.
        const auto code = said.error().code;
        wish.isDeviceSilent = code == ErrorCode::TimedOut || code == ErrorCode::DeviceFailed;
        const bool canGoOn = wish.isDeviceSilent && device
            && transportFor(viaOf(wish.key), *device, wish.partition, true).via == Via::Dfu;
        if (!canGoOn) {
            setPreparing(false);
            if (code != ErrorCode::Cancelled) {
                Q_EMIT failed(said.error());
            }
            return;
        }
    }
    // From the event loop: the job has to be over while the question stands.
    QMetaObject::invokeMethod(this, [this, wish] { ask(wish); }, Qt::QueuedConnection);
}

QString Flashing::mismatch(const Wish& wish, const KnownDevice& device, Via via)
{
    if (isForAnother(wish.board, device.board())) {
        return tr("%1 is made for %2, and %3 is another board. Choose the cam's board as the target, or connect the "
                  "right cam.")
            .arg(wish.name, text(wish.board->name), device.fullName());
    }
    if (auto against = againstTransport(via, device, wish.partition); !against.isEmpty()) {
        return tr("%1 was not flashed: %2.").arg(wish.name, against);
    }
    const auto* known = device.board() ? device.board()->partition(wish.partition) : nullptr;
    const auto room = via == Via::Dfu ? (known ? known->size : std::nullopt) : device.partitionSize(wish.partition);
    if (!room) {
        return tr("%1 has no partition %2 that can be written over the REPL.")
            .arg(device.fullName(), partitionName(wish.partition));
    }
    return wish.size > *room
        ? tr("%1 was not flashed: %2.").arg(wish.name, tooLarge(wish.size, *room, partitionName(wish.partition)))
        : QString();
}

void Flashing::ask(const Wish& wish)
{
    const auto* device = m_list.find(wish.key);
    const auto transport
        = device ? transportFor(viaOf(wish.key), *device, wish.partition, wish.isDeviceSilent) : Transport();
    const auto against
        = device ? mismatch(wish, *device, transport.via) : tr("The cam was unplugged. Nothing was changed.");
    if (!against.isEmpty()) {
        setPreparing(false);
        m_runner.refuse(against);
        return;
    }
    const auto* partition = device->said ? device->said->facts.partition(wish.partition) : nullptr;
    const auto* board = device->board();
    const auto* known = board ? board->partition(wish.partition) : nullptr;
    const bool getsTarget = wish.isDocument && !wish.board && known;
    const auto answer = m_questions.askBeforeFlash(
        {.image = wish.name,
         .imageSize = wish.size,
         .cam = device->name(),
         .port = device->bootloader && device->isVirtual ? tr("USB %1").arg(text(device->port.usbPath))
                                                         : text(device->port.path.string()),
         .serial = text(device->port.serial),
         .partition = partitionName(wish.partition),
         .partitionSize = partition ? partition->size
             : known                ? known->size.value_or(0)
                                    : 0,
         .usedNow = partition ? partition->used() : 0,
         .nameNow = device->imageIn(wish.partition),
         .isThereKnown = partition && !wish.isDeviceSilent,
         .isDfu = transport.via == Via::Dfu,
         .reason = transport.reason,
         .newTarget = getsTarget ? text(build::Target(*board, wish.partition).name()) : QString(),
         .errors = wish.errors,
         .canBeRemembered = true});
    if (!answer.flash) {
        setPreparing(false);
        return;
    }
    if (answer.neverAskAgain) {
        setAsksFirst(wish.key, false);
    }
    wish.go(transport.via);
}

} // namespace romsmith::ui
