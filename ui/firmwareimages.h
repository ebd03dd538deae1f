// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/build/target.h"
#include "core/sources/bundle.h"
#include "core/sources/romfsconfig.h"

#include <QObject>
#include <QString>

#include <functional>
#include <variant>

class QWidget;

namespace romsmith::ui {

class DocumentView;
class Jobs;
class Opening;

/// Opens what OpenMV's firmware comes with: the ROMFS images of a bundle, and what a romfs_config.json makes images of.
/// Each becomes a document of its own, for its board and partition.
class FirmwareImages final : public QObject
{
    Q_OBJECT

public:
    /// @p window is what questions are about.
    FirmwareImages(Opening& opening, Jobs& jobs, QWidget& window);

    /// True for a file that may be such a thing by its name; openImagesOf() looks into it.
    [[nodiscard]] static bool mayBe(const QString& path);

    void openImagesOf(const QString& path);

    /// The same for a single file that is such a thing; everything else is opened as it always is.
    void open(const QStringList& paths);

    /// Asks for one of several; -1: none. Tests put their own answers here.
    std::function<int(const QString& title, const QString& text, const QStringList& items)> choose;

Q_SIGNALS:
    void firmwareWanted(const QString& bundle); ///< to be flashed

private:
    struct NewImage
    {
        QString name;
        build::Target target;
        Result<romfs::Image> image;
    };

    using Found = std::variant<std::monostate, Result<sources::Bundle>, Result<sources::RomfsConfig>>;

    [[nodiscard]] static Found look(const QString& path, const std::stop_token& stop);
    void chooseBoard(const QString& path, sources::Bundle bundle);
    void openImages(const QString& path, sources::Bundle bundle, const sources::BundleBoard& board);
    void offerFirmware(const QString& path, const sources::BundleBoard& board, DocumentView& view);
    void choosePartition(const QString& path, sources::RomfsConfig config);
    void openPartition(const QString& path, const sources::RomfsConfig& config, sources::ConfigPartition& partition);
    void show(const Error& error);

    Opening& m_opening;
    Jobs& m_jobs;
};

} // namespace romsmith::ui
