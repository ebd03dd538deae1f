// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/device/backup.h"
#include "ui/device/devicelist.h"
#include "ui/device/flashquestion.h"
#include "ui/device/flashrunner.h"
#include "ui/device/transport.h"
#include "ui/document.h"

#include <QObject>
#include <QPointer>
#include <QSet>

#include <functional>

namespace romsmith::ui {

class DeviceJobs;
struct Questions;

/// Why a document cannot be written to a device now, for behind "Flash: "; empty if it can. @p device is nullptr if
/// none of @p count is chosen.
[[nodiscard]] QString againstFlashing(const Document* document, const KnownDevice* device, qsizetype count);

/// From a document, or a backup, to something that is written: builds the image as a save would, looks at the device,
/// asks once, and hands it on.
class Flashing final : public QObject
{
    Q_OBJECT

public:
    Flashing(DeviceList& list, DeviceJobs& jobs, FlashRunner& runner, Questions& questions, FlashRunner::BusOf busOf);

    /// @p isSure: it is the device that the user chose, so what was said about not asking holds.
    void flash(Document& document, const QString& key, bool isSure);
    /// Asks in any case.
    void restore(const device::Backup& backup, const QString& key, std::uint32_t partition);

    [[nodiscard]] bool asksFirst(const QString& key) const;
    void setAsksFirst(const QString& key, bool asks);

    /// Compiling what is to be flashed, or the question stands.
    [[nodiscard]] bool isPreparing() const { return m_isPreparing; }

Q_SIGNALS:
    void changed();
    void failed(const romsmith::Error& error); ///< the device could not be asked

private:
    /// What is to be written, before anybody was asked.
    struct Wish
    {
        QString key;
        QString name; ///< of the image
        std::uint32_t partition = 0;
        std::uint64_t size = 0; ///< bytes
        const boards::Board* board = nullptr; ///< that it is for
        bool isDocument = false; ///< which gets the cam's board if it has none
        QStringList errors = {};
        bool mayBeSilent = false; ///< there need be no question
        bool isDeviceSilent = false; ///< its REPL does not answer
        std::function<void(Via via)> go;
    };

    /// @p confirmed is the way that the user agreed to; none: is to be asked for.
    void flashBuilt(Document& document, const QString& key, bool isSure, std::optional<Via> confirmed);
    void write(const Document& document, const QString& key, bool force, Via via);
    void restoreNow(const device::Backup& backup, const QString& key, std::uint32_t partition, Via via);
    void look(Wish wish);
    void looked(Wish wish, Result<DeviceFacts> said);
    void ask(const Wish& wish);
    [[nodiscard]] static QString mismatch(const Wish& wish, const KnownDevice& device, Via via);
    void setPreparing(bool isPreparing);
    void stopPreparing() { setPreparing(false); }

    DeviceList& m_list;
    DeviceJobs& m_jobs;
    FlashRunner& m_runner;
    Questions& m_questions;
    FlashRunner::BusOf m_busOf;
    QSet<QString> m_silentNow; ///< devices that are asked about no more until the program ends
    bool m_isPreparing = false;
};

} // namespace romsmith::ui
