// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/device/devicelist.h"

#include "ui/icons.h"
#include "ui/text.h"

#include <algorithm>

namespace romsmith::ui {
namespace {

QString partitionText(const device::PartitionFacts& partition)
{
    if (partition.shape == device::Shape::None) {
        return text(partition.problem);
    }
    const auto size = roundSize(partition.size);
    if (!partition.hasImage()) {
        return DeviceList::tr("%1, no image").arg(size);
    }
    return DeviceList::tr("%1 of %2").arg(roundSize(partition.used()), size);
}

} // namespace

QString KnownDevice::key() const
{
    if (isVirtual) { // another port each time
        return QStringLiteral("virtual ") % text(port.board ? port.board->id : port.product);
    }
    return port.serial.empty() ? text(port.path.string()) : text(port.serial);
}

QString KnownDevice::name() const
{
    if (said) {
        return said->name;
    }
    if (port.board) {
        return text(port.board->name);
    }
    return port.product.empty() ? DeviceList::tr("Unknown device") : text(port.product);
}

const boards::Board* KnownDevice::board() const
{
    return said ? said->board : port.board;
}

std::optional<std::uint64_t> KnownDevice::partitionSize(std::uint32_t index) const
{
    if (said) {
        const auto* partition = said->facts.partition(index);
        return partition && partition->shape != device::Shape::None ? std::optional(partition->size) : std::nullopt;
    }
    const auto* known = board() ? board()->partition(index) : nullptr;
    return known ? known->size : std::nullopt;
}

QString KnownDevice::imageIn(std::uint32_t partition) const
{
    const auto image = images.find(partition);
    return image == images.end() ? QString() : image->second;
}

// --- what is plugged in

void DeviceList::setPorts(const std::vector<PluggedPort>& ports)
{
    replace(ports, false);
}

void DeviceList::setVirtual(const std::optional<device::Port>& port)
{
    replace(port ? std::vector{PluggedPort{.port = *port}} : std::vector<PluggedPort>(), true);
}

void DeviceList::replace(std::vector<PluggedPort> ports, bool areVirtual)
{
    for (auto at = m_devices.size(); at-- > 0;) {
        const auto& device = m_devices[at];
        if (device.isVirtual != areVirtual) {
            continue;
        }
        const auto same = std::ranges::find(ports, device.port, &PluggedPort::port);
        if (same == ports.end()) {
            removeAt(at);
            continue;
        }
        if (device.mayBeOpened != same->mayBeOpened) {
            change(at, [&](KnownDevice& known) { known.mayBeOpened = same->mayBeOpened; });
        }
        ports.erase(same);
    }
    for (auto& port : ports) {
        add(std::move(port), areVirtual);
    }
}

void DeviceList::add(PluggedPort port, bool isVirtual)
{
    KnownDevice device{.port = std::move(port.port), .mayBeOpened = port.mayBeOpened, .isVirtual = isVirtual};
    const auto key = device.key();
    if (const auto before = m_remembered.find(key); before != m_remembered.end()) {
        device.said = before->second.said;
        device.images = before->second.images;
    }
    const auto row = static_cast<int>(m_devices.size());
    beginInsertRows({}, row, row);
    m_rows.push_back(rowsOf(device));
    m_devices.push_back(std::move(device));
    m_ids.push_back(m_nextId++);
    endInsertRows();
    Q_EMIT appeared(key);
}

void DeviceList::removeAt(std::size_t at)
{
    const auto offset = static_cast<std::ptrdiff_t>(at);
    const auto device = m_devices[at];
    if (!device.port.serial.empty()) { // behind the same port another one may be next time
        m_remembered[device.key()] = device;
    }
    beginRemoveRows({}, static_cast<int>(at), static_cast<int>(at));
    m_devices.erase(m_devices.begin() + offset);
    m_rows.erase(m_rows.begin() + offset);
    m_ids.erase(m_ids.begin() + offset);
    endRemoveRows();
    Q_EMIT vanished(device.key(), device.name());
}

const KnownDevice* DeviceList::find(const QString& key) const
{
    const auto at = placeOf(key);
    return at ? &m_devices[*at] : nullptr;
}

std::optional<std::size_t> DeviceList::placeOf(const QString& key) const
{
    const auto found = std::ranges::find(m_devices, key, &KnownDevice::key);
    return found == m_devices.end() ? std::nullopt : std::optional(static_cast<std::size_t>(found - m_devices.begin()));
}

std::optional<std::size_t> DeviceList::placeOfId(quintptr id) const
{
    const auto found = std::ranges::find(m_ids, id);
    return found == m_ids.end() ? std::nullopt : std::optional(static_cast<std::size_t>(found - m_ids.begin()));
}

// --- what is known of it

void DeviceList::setSaid(const QString& key, DeviceFacts said)
{
    const auto at = placeOf(key);
    if (!at) {
        return;
    }
    change(*at, [&](KnownDevice& device) {
        // A name stays with an image as long as its first bytes, with its length, are the same.
        std::erase_if(device.images, [&](const auto& image) {
            const auto* before = device.said ? device.said->facts.partition(image.first) : nullptr;
            const auto* now = said.facts.partition(image.first);
            return !before || !now || before->head != now->head;
        });
        device.said = std::move(said);
    });
}

void DeviceList::setImage(const QString& key, std::uint32_t partition, std::vector<std::byte> head, const QString& name)
{
    const auto at = placeOf(key);
    if (!at) {
        return;
    }
    change(*at, [&](KnownDevice& device) {
        auto* said = device.said ? &*device.said : nullptr;
        const auto found = said ? std::ranges::find(said->facts.partitions, partition, &device::PartitionFacts::index)
                                : std::vector<device::PartitionFacts>::iterator();
        if (!said || found == said->facts.partitions.end()) {
            return;
        }
        constexpr std::size_t mostHead = 16;
        head.resize(std::min(head.size(), mostHead));
        found->head = std::move(head);
        device.images.erase(partition);
        if (found->hasImage() && !name.isEmpty()) {
            device.images[partition] = name;
        }
    });
}

/// The rows of a device are few: all of them are told to have changed.
void DeviceList::change(std::size_t at, const std::function<void(KnownDevice&)>& edit)
{
    auto& device = m_devices[at];
    edit(device);
    auto rows = rowsOf(device);
    const auto top = index(static_cast<int>(at), Name);
    const auto before = static_cast<int>(m_rows[at].size());
    const auto after = static_cast<int>(rows.size());
    if (after > before) {
        beginInsertRows(top, before, after - 1);
        m_rows[at].insert(m_rows[at].end(), rows.begin() + before, rows.end());
        endInsertRows();
    } else if (after < before) {
        beginRemoveRows(top, after, before - 1);
        m_rows[at].resize(rows.size());
        endRemoveRows();
    }
    m_rows[at] = std::move(rows);
    Q_EMIT dataChanged(top, top.siblingAtColumn(Value));
    if (after > 0) {
        Q_EMIT dataChanged(index(0, Name, top), index(after - 1, Value, top));
    }
    Q_EMIT updated(device.key());
}

std::vector<DeviceList::Row> DeviceList::rowsOf(const KnownDevice& device)
{
    std::vector<Row> rows{{.name = tr("Port"), .value = text(device.port.path.string()), .icon = {}}};
    if (!device.mayBeOpened) {
        rows.push_back({.name = tr("Permission"), .value = tr("you may not open it"), .icon = QStringLiteral("error")});
    }
    if (!device.port.serial.empty()) {
        rows.push_back({.name = tr("Serial"), .value = text(device.port.serial), .icon = {}});
    }
    const auto partition = [&rows](std::uint32_t index, const QString& value) {
        rows.push_back({.name = QStringLiteral("ROMFS%1").arg(index),
                        .value = value,
                        .icon = QStringLiteral("romfs"),
                        .partition = index});
    };
    if (!device.said) {
        rows.push_back({.name = tr("Firmware"), .value = tr("not asked yet"), .icon = {}});
        for (const auto& known : device.port.board ? device.port.board->partitions : std::vector<boards::Partition>()) {
            partition(known.index, known.size ? roundSize(*known.size) : tr("not asked yet"));
        }
        return rows;
    }
    const auto& facts = device.said->facts;
    rows.push_back({.name = tr("Firmware"),
                    .value = facts.firmware.empty() ? tr("MicroPython %1").arg(shownName(facts.version))
                                                    : shownName(facts.firmware),
                    .icon = {}});
    if (facts.partitions.empty()) {
        rows.push_back({.name = tr("ROMFS"), .value = tr("no partitions"), .icon = {}});
    }
    for (const auto& found : facts.partitions) {
        partition(found.index, partitionText(found));
        if (const auto image = device.imageIn(found.index); !image.isEmpty()) {
            rows.push_back({.name = tr("Image"), .value = image, .icon = {}, .partition = found.index});
        }
    }
    return rows;
}

// --- the model

const KnownDevice* DeviceList::deviceAt(const QModelIndex& index) const
{
    const auto top = index.internalId() == 0 ? index : index.parent();
    return top.isValid() ? &m_devices[static_cast<std::size_t>(top.row())] : nullptr;
}

std::optional<std::uint32_t> DeviceList::partitionAt(const QModelIndex& index) const
{
    const auto at = index.isValid() ? placeOfId(index.internalId()) : std::nullopt;
    return at ? m_rows[*at][static_cast<std::size_t>(index.row())].partition : std::nullopt;
}

QModelIndex DeviceList::indexOf(const QString& key) const
{
    const auto at = placeOf(key);
    return at ? index(static_cast<int>(*at), Name) : QModelIndex();
}

QModelIndex DeviceList::index(int row, int column, const QModelIndex& parent) const
{
    if (!hasIndex(row, column, parent)) {
        return {};
    }
    return createIndex(row, column, parent.isValid() ? m_ids[static_cast<std::size_t>(parent.row())] : quintptr(0));
}

QModelIndex DeviceList::parent(const QModelIndex& index) const
{
    const auto at = index.isValid() ? placeOfId(index.internalId()) : std::nullopt;
    return at ? createIndex(static_cast<int>(*at), Name, quintptr(0)) : QModelIndex();
}

int DeviceList::rowCount(const QModelIndex& parent) const
{
    if (!parent.isValid()) {
        return static_cast<int>(m_devices.size());
    }
    const bool isDevice = parent.internalId() == 0 && parent.column() == Name;
    return isDevice ? static_cast<int>(m_rows[static_cast<std::size_t>(parent.row())].size()) : 0;
}

int DeviceList::columnCount(const QModelIndex&) const
{
    return ColumnCount;
}

QVariant DeviceList::data(const QModelIndex& index, int role) const
{
    if (!index.isValid()) {
        return {};
    }
    if (index.internalId() == 0) {
        return deviceData(m_devices[static_cast<std::size_t>(index.row())], index.column(), role);
    }
    const auto at = placeOfId(index.internalId());
    return at ? rowData(m_devices[*at], m_rows[*at][static_cast<std::size_t>(index.row())], index.column(), role)
              : QVariant();
}

QVariant DeviceList::deviceData(const KnownDevice& device, int column, int role) const
{
    const auto value = device.isVirtual ? tr("virtual") : QString();
    switch (role) {
    case Qt::DisplayRole:
        return column == Name ? device.name() : value;
    case Qt::DecorationRole:
        return column == Name ? icon(QStringLiteral("chip")) : QVariant();
    case Qt::ToolTipRole:
        return toolTipOf(text(device.port.name()));
    case Qt::AccessibleTextRole:
        return column == Value ? value : device.isVirtual ? tr("%1, virtual").arg(device.name()) : device.name();
    default:
        return {};
    }
}

QVariant DeviceList::rowData(const KnownDevice& device, const Row& row, int column, int role)
{
    switch (role) {
    case Qt::DisplayRole:
        return column == Name ? row.name : row.value;
    case Qt::DecorationRole:
        return column == Name && !row.icon.isEmpty() ? icon(row.icon) : QVariant();
    case Qt::ToolTipRole:
        return toolTipOf(tr("%1: %2").arg(row.name, row.value));
    case Qt::AccessibleTextRole:
        return column == Name ? tr("%1, %2: %3").arg(device.name(), row.name, row.value) : row.value;
    default:
        return {};
    }
}

QVariant DeviceList::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    return section == Name ? tr("Device") : tr("What is known");
}

} // namespace romsmith::ui
