// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/device/firmwaredialog.h"
#include "ui/device/flashrunner.h"
#include "ui/document.h"

#include <QObject>
#include <QPointer>

namespace romsmith::ui {

class DeviceJobs;
struct Questions;

/// From files to a cam that runs with them: finds out which board it is, asks once, and hands on what is to be done.
class FirmwareFlashing final : public QObject
{
    Q_OBJECT

public:
    FirmwareFlashing(QWidget& window, DeviceList& list, DeviceJobs& jobs, FlashRunner& runner, Questions& questions,
                     FlashRunner::BusOf busOf);

    /// @p document is the one in front, or nullptr. @p partition is for images whose names do not say it. @p paths are
    /// chosen to begin with.
    void flash(Document* document, const QString& key, std::optional<std::uint32_t> partition,
               const QStringList& paths = {});

Q_SIGNALS:
    void failed(const romsmith::Error& error);

private:
    void ask(const QPointer<Document>& document, const QString& key, std::optional<std::uint32_t> partition,
             const QStringList& paths);
    void build(const QPointer<Document>& document, const boards::Board& board,
               const std::function<void(Result<FirmwareWish::Image>)>& then);
    [[nodiscard]] static QString against(const Document& document, const boards::Board& board);

    QWidget& m_window;
    DeviceList& m_list;
    DeviceJobs& m_jobs;
    FlashRunner& m_runner;
    Questions& m_questions;
    FlashRunner::BusOf m_busOf;
};

} // namespace romsmith::ui
