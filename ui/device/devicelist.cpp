// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/device/devicelist.h"

#include "ui/icons.h"
#include "ui/text.h"

#include <algorithm>

namespace romsmith::ui {
QString KnownDevice::key() const
{
    if (!keyOfCam.isEmpty()) {
        return keyOfCam;
    }
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
    if (bootloader) {
        return DeviceList::tr("STM32");
    }
    return port.product.empty() ? DeviceList::tr("Unknown device") : text(port.product);
}

QString KnownDevice::fullName() const
{
    return text(bootloader ? bootloader->device.name() : port.name());
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
        if (device.bootloader || device.isVirtual != areVirtual) {
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
    // Some boards give all of their kind the same serial number; the other one is still plugged in.
    if (const auto other = placeOf(device.key()); other && !m_devices[*other].bootloader) {
        device.keyOfCam = text(device.port.path.string());
    }
    const auto key = device.key();
    if (const auto before = m_remembered.find(key); before != m_remembered.end()) {
        device.said = before->second.said;
        device.images = before->second.images;
    }
    if (auto writtenTo = m_writtenTo.extract(key)) {
        device.said.reset(); // of another firmware, perhaps
        device.images = std::move(writtenTo.mapped().images);
        device.written = std::move(writtenTo.mapped().written);
    }
    insert(std::move(device));
}

void DeviceList::insert(KnownDevice device)
{
    const auto key = device.key();
    if (const auto other = placeOf(key)) { // it is here now, whatever was not seen to go
        removeAt(*other);
    }
    if (!device.port.usbPath.empty() && !device.bootloader) {
        m_lastAt[device.port.usbPath] = device;
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
    if (!device.port.usbPath.empty() && !device.bootloader) {
        m_lastAt[device.port.usbPath] = device; // with what it has said since
    }
    if (device.key() == text(device.port.serial)
        && !device.bootloader) { // behind the same port another one may be next time
        m_remembered[device.key()] = device;
    }
    beginRemoveRows({}, static_cast<int>(at), static_cast<int>(at));
    m_devices.erase(m_devices.begin() + offset);
    m_rows.erase(m_rows.begin() + offset);
    m_ids.erase(m_ids.begin() + offset);
    endRemoveRows();
    Q_EMIT vanished(device.key(), device.name());
}

void DeviceList::setBootloaders(const std::vector<SeenBootloader>& seen, bool areVirtual)
{
    const auto sessionOf = [](const SeenBootloader& each) { return each.device.usb.session; };
    for (auto at = m_devices.size(); at-- > 0;) {
        const auto& device = m_devices[at];
        if (!device.bootloader || device.isVirtual != areVirtual) {
            continue;
        }
        const auto same = std::ranges::find(seen, sessionOf(*device.bootloader), sessionOf);
        if (same == seen.end()) {
            removeAt(at);
        } else {
            change(at, [&](KnownDevice& known) {
                known.bootloader = *same;
                known.mayBeOpened = !same->problem || same->problem->code != ErrorCode::AccessDenied;
            });
        }
    }
    for (const auto& each : seen) {
        const bool isKnown = std::ranges::any_of(m_devices, [&](const KnownDevice& device) {
            return device.bootloader && device.isVirtual == areVirtual
                && sessionOf(*device.bootloader) == sessionOf(each);
        });
        if (!isKnown) {
            add(each, areVirtual);
        }
    }
}

namespace {

/// By the board, and by the serial number where that of the bootloader follows from what the firmware has said.
bool maybeSame(const KnownDevice& running, const device::BootloaderDevice& bootloader)
{
    const auto* board = running.board();
    if (board && bootloader.board && board->id != bootloader.board->id) {
        return false;
    }
    const auto serial
        = board && running.said ? device::bootloaderSerial(*board, running.said->facts.uniqueId) : std::string();
    return serial.empty() || bootloader.usb.serial.empty() || serial == bootloader.usb.serial;
}

} // namespace

void DeviceList::add(const SeenBootloader& seen, bool isVirtual)
{
    const auto& usb = seen.device.usb;
    KnownDevice device{.port = {.path = usb.node.empty() ? usb.path : usb.node,
                                .usb = usb.id,
                                .serial = usb.serial,
                                .product = usb.product,
                                .manufacturer = usb.manufacturer,
                                .usbPath = usb.path,
                                .board = seen.device.board},
                       .mayBeOpened = !seen.problem || seen.problem->code != ErrorCode::AccessDenied,
                       .isVirtual = isVirtual,
                       .bootloader = seen};
    const auto last = m_lastAt.find(usb.path);
    if (last != m_lastAt.end() && last->second.isVirtual == isVirtual && maybeSame(last->second, seen.device)) {
        device.keyOfCam = last->second.key();
    }
    insert(std::move(device));
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
            const auto written = device.written.find(image.first);
            const bool isWritten = now && written != device.written.end() && written->second == now->used();
            return !isWritten && (!before || !now || before->head != now->head);
        });
        device.written.clear();
        device.said = std::move(said);
    });
}

void DeviceList::setImage(const QString& key, std::uint32_t partition, std::vector<std::byte> head, const QString& name)
{
    const auto at = placeOf(key);
    constexpr std::size_t mostHead = 16;
    head.resize(std::min(head.size(), mostHead));
    const auto note = [&](KnownDevice& device) {
        device.images.erase(partition);
        const auto used
            = device::PartitionFacts{.size = std::numeric_limits<std::uint64_t>::max(), .head = head}.used();
        device.written[partition] = used;
        if (used > 0 && !name.isEmpty()) {
            device.images[partition] = name;
        }
    };
    if (!at || m_devices[*at].bootloader) {
        note(m_writtenTo[key]);
        return;
    }
    change(*at, [&](KnownDevice& device) {
        if (!device.said) {
            note(device);
            return;
        }
        const auto found = std::ranges::find(device.said->facts.partitions, partition, &device::PartitionFacts::index);
        if (found == device.said->facts.partitions.end()) {
            return;
        }
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

const device::DfuStretch* DeviceList::partAt(const QModelIndex& index) const
{
    const auto at = index.isValid() ? placeOfId(index.internalId()) : std::nullopt;
    const auto part = at ? m_rows[*at][static_cast<std::size_t>(index.row())].part : std::nullopt;
    const auto* bootloader = at && m_devices[*at].bootloader ? &*m_devices[*at].bootloader : nullptr;
    return part && bootloader && *part < bootloader->parts.size() ? &bootloader->parts[*part] : nullptr;
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
    const auto value = device.bootloader ? (device.isVirtual ? tr("virtual, bootloader") : tr("in its bootloader"))
        : device.isVirtual               ? tr("virtual")
                                         : QString();
    switch (role) {
    case Qt::DisplayRole:
        return column == Name ? device.name() : value;
    case Qt::DecorationRole:
        return column == Name ? icon(QStringLiteral("chip")) : QVariant();
    case Qt::ToolTipRole:
        return toolTipOf(device.fullName());
    case Qt::AccessibleTextRole:
        return column == Value || value.isEmpty() ? (column == Value ? value : device.name())
                                                  : tr("%1, %2").arg(device.name(), value);
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
        return toolTipOf(row.help.isEmpty() ? tr("%1: %2").arg(row.name, row.value)
                                            : tr("%1: %2. %3").arg(row.name, row.value, row.help));
    case Qt::AccessibleTextRole:
        return column == Name    ? tr("%1, %2: %3").arg(device.name(), row.name, row.value)
            : row.help.isEmpty() ? row.value
                                 : tr("%1. %2").arg(row.value, row.help);
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
