// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/device/facts.h"
#include "ui/device/bootloaderwatch.h"
#include "ui/device/portwatch.h"

#include <QAbstractItemModel>
#include <QIcon>

#include <map>
#include <optional>
#include <vector>

namespace romsmith::ui {

/// What a device said of itself when it was asked last.
struct DeviceFacts
{
    device::Facts facts = {};
    const boards::Board* board = nullptr; ///< nullptr: not in the table
    QString name = {}; ///< "OpenMV N6"
};

/// A device that is plugged in, and what is known of it.
struct KnownDevice
{
    device::Port port = {};
    bool mayBeOpened = true;
    bool isVirtual = false;
    std::optional<DeviceFacts> said = {}; ///< none: it was not asked, because that interrupts what runs on it
    std::map<std::uint32_t, QString> images = {}; ///< what was written to or read from a partition last, by index
    std::map<std::uint32_t, std::uint64_t> written = {}; ///< bytes of images that it did not speak of since
    std::optional<SeenBootloader> bootloader = {}; ///< it is there now, and has no port; its node is in the path
    QString keyOfCam = {}; ///< instead of what the port says: of the same cam when its firmware runs, or its own

    /// The same when it is plugged in again: the serial number if no other one has it, or else the port.
    [[nodiscard]] QString key() const;
    [[nodiscard]] QString name() const; ///< "OpenMV N6"
    [[nodiscard]] QString fullName() const; ///< "OpenMV N6 (/dev/ttyACM0)"
    [[nodiscard]] const boards::Board* board() const; ///< nullptr: not known
    [[nodiscard]] std::optional<std::uint64_t> partitionSize(std::uint32_t index) const; ///< bytes; none: not known
    [[nodiscard]] QString imageIn(std::uint32_t partition) const; ///< what it is called; empty: not known
};

/// The devices that are plugged in; below each, what is known of it, partitions last.
class DeviceList final : public QAbstractItemModel
{
    Q_OBJECT

public:
    enum Column : std::uint8_t { Name, Value, ColumnCount };

    using QAbstractItemModel::QAbstractItemModel;

    void setPorts(const std::vector<PluggedPort>& ports); ///< those of the computer
    void setVirtual(const std::optional<device::Port>& port);
    /// A cam that goes into its bootloader, and comes back, keeps its key: it is in the same place.
    void setBootloaders(const std::vector<SeenBootloader>& seen, bool areVirtual);

    [[nodiscard]] const KnownDevice* find(const QString& key) const; ///< nullptr if it is not plugged in
    [[nodiscard]] const std::vector<KnownDevice>& devices() const { return m_devices; }
    [[nodiscard]] const KnownDevice* deviceAt(const QModelIndex& index) const;
    [[nodiscard]] std::optional<std::uint32_t> partitionAt(const QModelIndex& index) const;
    /// The part behind an alternate setting of a bootloader; nullptr if the row is none.
    [[nodiscard]] const device::DfuStretch* partAt(const QModelIndex& index) const;
    [[nodiscard]] QModelIndex indexOf(const QString& key) const;

    void setSaid(const QString& key, DeviceFacts said);
    /// What was found or put into a partition: the first bytes of an image, and what it is called. The device need not
    /// be there: it may come back from its bootloader.
    void setImage(const QString& key, std::uint32_t partition, std::vector<std::byte> head, const QString& name);

    [[nodiscard]] QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    [[nodiscard]] QModelIndex parent(const QModelIndex& index) const override;
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

Q_SIGNALS:
    void appeared(const QString& key);
    void vanished(const QString& key, const QString& name);
    void updated(const QString& key); ///< more is known of it

private:
    /// A row below a device.
    struct Row
    {
        QString name;
        QString value;
        QString icon;
        std::optional<std::uint32_t> partition = {};
        std::optional<std::size_t> part = {}; ///< of the bootloader
        QString help = {}; ///< for the tool tip, where the value does not say all
    };

    void replace(std::vector<PluggedPort> ports, bool areVirtual);
    void add(PluggedPort port, bool isVirtual);
    void add(const SeenBootloader& seen, bool isVirtual);
    void insert(KnownDevice device);
    void removeAt(std::size_t at);
    void change(std::size_t at, const std::function<void(KnownDevice&)>& edit);
    [[nodiscard]] std::optional<std::size_t> placeOf(const QString& key) const;
    [[nodiscard]] std::optional<std::size_t> placeOfId(quintptr id) const;
    [[nodiscard]] static std::vector<Row> rowsOf(const KnownDevice& device);
    [[nodiscard]] static std::vector<Row> rowsOfBootloader(const KnownDevice& device);
    [[nodiscard]] QVariant deviceData(const KnownDevice& device, int column, int role) const;
    [[nodiscard]] static QVariant rowData(const KnownDevice& device, const Row& row, int column, int role);

    std::vector<KnownDevice> m_devices;
    std::vector<quintptr> m_ids; ///< of the devices; that of a device's rows is its own, that of a device is 0
    std::vector<std::vector<Row>> m_rows; ///< of the devices
    std::map<QString, KnownDevice> m_remembered; ///< that have a serial number, for when they come back
    std::map<std::string, KnownDevice> m_lastAt; ///< by place on the USB
    std::map<QString, KnownDevice> m_writtenTo; ///< by a bootloader, until their firmware shows up; images alone
    quintptr m_nextId = 1;
};

} // namespace romsmith::ui
