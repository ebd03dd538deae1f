// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// Plugs virtual cams in their bootloaders into an emulated sysfs and usbfs, where every program sees them that is
// started with libumockdev-preload and UMOCKDEV_DIR. Takes JSON objects, one in a line, from standard input, and
// answers each with what DfuCam::report() gives: {"do": "plug" | "unplug" | "enter" | "firmware"}, {"set": {faults}},
// {}.
#include "core/boards/boardtable.h"
#include "core/sim/dfucam.h"

#include <QJsonDocument>

#include <linux/usbdevice_fs.h>
#include <sys/ioctl.h>
#include <umockdev.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <deque>
#include <format>
#include <iostream>
#include <memory>

namespace romsmith::sim {
namespace {

using namespace std::chrono_literals;

constexpr auto hub = "/devices/pci0000:00/0000:00:14.0/usb3";

Time now()
{
    return std::chrono::steady_clock::now();
}

std::string hexadecimal(romfs::Bytes bytes)
{
    std::string text;
    for (const auto byte : bytes) {
        text += std::format("{:02X}", std::to_integer<unsigned>(byte));
    }
    return text;
}

/// One device on the emulated bus: what usbfs does for it. The transfer that is under way is reaped when the cam has
/// answered, in the cam's own time.
class Usbfs
{
public:
    explicit Usbfs(DfuCam& cam)
        : m_cam(cam)
        , m_session(cam.session())
    { }

    /// Always handled; false means that the program gets ENOTTY.
    bool handle(UMockdevIoctlClient* client)
    {
        const auto request = umockdev_ioctl_client_get_request(client);
        auto* argument = umockdev_ioctl_client_get_arg(client);
        switch (request) {
        case USBDEVFS_GET_CAPABILITIES: {
            g_autoptr(UMockdevIoctlData) data = umockdev_ioctl_data_resolve(argument, 0, sizeof(__u32), nullptr);
            __u32 capabilities = USBDEVFS_CAP_BULK_CONTINUATION | USBDEVFS_CAP_NO_PACKET_SIZE_LIM
                | USBDEVFS_CAP_REAP_AFTER_DISCONNECT | USBDEVFS_CAP_ZERO_PACKET;
            put(data, 0, &capabilities, sizeof capabilities);
            return complete(client, 0);
        }
        case USBDEVFS_GETDRIVER:
        case USBDEVFS_IOCTL: // to detach the driver of an interface
            return complete(client, ENODATA);
        case USBDEVFS_SETCONFIGURATION:
        case USBDEVFS_CLAIMINTERFACE:
        case USBDEVFS_RELEASEINTERFACE:
            return complete(client, isThere() ? 0 : ENODEV);
        case USBDEVFS_SETINTERFACE:
            return select(client, argument);
        case USBDEVFS_RESET:
            if (isThere()) {
                m_cam.busReset(now());
            }
            return complete(client, isThere() ? 0 : ENODEV);
        case USBDEVFS_SUBMITURB:
            return submit(client, argument);
        case USBDEVFS_DISCARDURB:
            return discard(client, argument);
        case USBDEVFS_REAPURB:
        case USBDEVFS_REAPURBNDELAY:
            return reap(client, argument);
        default:
            return complete(client, ENOTTY);
        }
    }

private:
    struct Transfer
    {
        UMockdevIoctlData* urb;
        UMockdevIoctlData* buffer;
        gulong address;
        int status = 0; ///< of the URB
        std::vector<std::byte> reply = {};
        std::size_t length = 0; ///< that was transferred
        std::optional<Time> doneAt = {}; ///< none: the cam is silent
        std::optional<Time> silentUntil = {};
        bool isDiscarded = false;
    };

    static void sleepUntil(Time at)
    {
        if (const auto left = std::chrono::duration_cast<Microseconds>(at - now()); left > 0us) {
            ::usleep(static_cast<useconds_t>(left.count()));
        }
    }

    static int errorOf(DfuCam::Reply::Kind kind)
    {
        return kind == DfuCam::Reply::Kind::Done ? 0 : kind == DfuCam::Reply::Kind::Stalled ? EPIPE : ENODEV;
    }

    static bool complete(UMockdevIoctlClient* client, int error)
    {
        umockdev_ioctl_client_complete(client, error == 0 ? 0 : -1, error);
        return true;
    }

    static void put(UMockdevIoctlData* data, std::size_t offset, const void* bytes, std::size_t size)
    {
        std::vector<guint8> copy(size);
        std::memcpy(copy.data(), bytes, size);
        umockdev_ioctl_data_update(data, offset, copy.data(), static_cast<gint>(size));
    }

    bool isThere()
    {
        m_cam.advance(now());
        return m_cam.isPresent() && m_cam.session() == m_session;
    }

    bool select(UMockdevIoctlClient* client, UMockdevIoctlData* argument)
    {
        g_autoptr(UMockdevIoctlData) data
            = umockdev_ioctl_data_resolve(argument, 0, sizeof(usbdevfs_setinterface), nullptr);
        if (!isThere()) {
            return complete(client, ENODEV);
        }
        usbdevfs_setinterface wanted{};
        std::memcpy(&wanted, data->data, sizeof wanted);
        const auto reply = m_cam.select(static_cast<std::uint8_t>(wanted.altsetting), now());
        return complete(client, errorOf(reply.kind));
    }

    bool submit(UMockdevIoctlClient* client, UMockdevIoctlData* argument)
    {
        auto* urb = umockdev_ioctl_data_resolve(argument, 0, sizeof(usbdevfs_urb), nullptr);
        usbdevfs_urb fields{};
        std::memcpy(&fields, urb->data, sizeof fields);
        auto* buffer = umockdev_ioctl_data_resolve(urb, offsetof(usbdevfs_urb, buffer),
                                                   static_cast<gsize>(fields.buffer_length), nullptr);
        m_transfers.push_back({.urb = urb, .buffer = buffer, .address = urb->client_addr});
        attempt(m_transfers.back());
        return complete(client, 0);
    }

    /// Gives the request to the cam as soon as it listens.
    void attempt(Transfer& transfer)
    {
        constexpr std::size_t setupSize = 8;
        if (!isThere()) {
            transfer.status = -ENODEV;
            transfer.doneAt = now();
            return;
        }
        transfer.silentUntil = m_cam.silentUntil(now());
        if (transfer.silentUntil) {
            return;
        }
        const auto all
            = std::as_bytes(std::span(transfer.buffer->data, static_cast<std::size_t>(transfer.buffer->data_len)));
        const auto byte = [&](std::size_t i) { return std::to_integer<unsigned>(all[i]); };
        const auto word = [&](std::size_t i) { return static_cast<std::uint16_t>(byte(i) | byte(i + 1) << 8U); };
        const device::ControlSetup setup{.type = static_cast<std::uint8_t>(byte(0)),
                                         .request = static_cast<std::uint8_t>(byte(1)),
                                         .value = word(2),
                                         .index = word(4)};
        const bool isIn = (setup.type & 0x80U) != 0;
        const std::size_t length = std::min<std::size_t>(word(6), all.size() - setupSize);
        auto reply = m_cam.control(setup, isIn ? romfs::Bytes() : all.subspan(setupSize, length), length, now());
        transfer.status = -errorOf(reply.kind);
        transfer.length = isIn ? reply.bytes.size() : length;
        transfer.reply = std::move(reply.bytes);
        transfer.doneAt = now() + reply.takes;
    }

    bool discard(UMockdevIoctlClient* client, UMockdevIoctlData* argument)
    {
        gulong address = 0;
        std::memcpy(&address, argument->data, sizeof address);
        for (auto& transfer : m_transfers) {
            if (transfer.address == address && !transfer.isDiscarded) {
                transfer.isDiscarded = true;
                transfer.status = -ENOENT;
                transfer.length = 0;
                transfer.reply.clear();
                transfer.doneAt = now();
                return complete(client, 0);
            }
        }
        return complete(client, EINVAL);
    }

    bool reap(UMockdevIoctlClient* client, UMockdevIoctlData* argument)
    {
        if (m_transfers.empty()) {
            return complete(client, isThere() ? EAGAIN : ENODEV);
        }
        auto& transfer = m_transfers.front();
        // The file is always ready, so a program would ask all the time; time-outs are seconds, and need not be exact.
        constexpr auto rest = 10ms;
        const auto until = now() + rest;
        if (!transfer.doneAt) {
            sleepUntil(std::min(transfer.silentUntil.value_or(now()), until));
            attempt(transfer);
        }
        if (transfer.doneAt) {
            sleepUntil(std::min(*transfer.doneAt, until));
        }
        if (!transfer.doneAt || *transfer.doneAt > now()) {
            return complete(client, EAGAIN);
        }
        const int status = transfer.status;
        const int length = static_cast<int>(transfer.length);
        if (!transfer.reply.empty()) {
            put(transfer.buffer, 8, transfer.reply.data(), transfer.reply.size());
        }
        put(transfer.urb, offsetof(usbdevfs_urb, status), &status, sizeof status);
        put(transfer.urb, offsetof(usbdevfs_urb, actual_length), &length, sizeof length);
        g_autoptr(UMockdevIoctlData) pointer = umockdev_ioctl_data_resolve(argument, 0, sizeof(void*), nullptr);
        umockdev_ioctl_data_set_ptr(pointer, 0, transfer.urb);
        m_transfers.pop_front();
        return complete(client, 0);
    }

    DfuCam& m_cam;
    std::uint64_t m_session;
    std::deque<Transfer> m_transfers;
};

class Testbed
{
public:
    explicit Testbed(std::unique_ptr<DfuCam> cam)
        : m_testbed(umockdev_testbed_new())
        , m_cam(std::move(cam))
    {
        add(std::format(
            "P: {}\nN: bus/usb/003/001\nE: DEVTYPE=usb_device\nE: SUBSYSTEM=usb\nE: BUSNUM=003\nE: DEVNUM=001\n"
            "E: DEVNAME=/dev/bus/usb/003/001\nA: busnum=3\\n\nA: devnum=1\\n\nA: speed=480\\n\n"
            "A: bConfigurationValue=1\\n\n"
            "H: descriptors=12010002090001406B1D020005060302010109021900010100E0000904000001090000000705810304000C\n",
            hub));
    }

    void run()
    {
        g_autoptr(GMainLoop) loop = g_main_loop_new(nullptr, FALSE);
        m_loop = loop;
        g_autoptr(GIOChannel) input = g_io_channel_unix_new(STDIN_FILENO);
        g_io_add_watch(
            input, static_cast<GIOCondition>(G_IO_IN | G_IO_HUP),
            [](GIOChannel*, GIOCondition, gpointer self) -> gboolean { return static_cast<Testbed*>(self)->read(); },
            this);
        constexpr unsigned step = 2; // ms
        g_timeout_add(step, [](gpointer self) -> gboolean { return static_cast<Testbed*>(self)->follow(); }, this);
        std::cout << "{\"dir\": \"" << umockdev_testbed_get_root_dir(m_testbed) << "\"}" << std::endl;
        g_main_loop_run(loop);
    }

private:
    void add(const std::string& text)
    {
        g_autoptr(GError) error = nullptr;
        if (umockdev_testbed_add_from_string(m_testbed, text.c_str(), &error) == FALSE) {
            g_error("%s", error->message);
        }
    }

    /// The bus shows what the cam does.
    gboolean follow()
    {
        m_cam->advance(now());
        if (m_cam->session() != m_session) {
            unplug();
            m_session = m_cam->session();
            if (m_cam->isPresent()) {
                plug();
            }
        }
        return TRUE;
    }

    void unplug()
    {
        if (m_device.empty()) {
            return;
        }
        // Its usbfs stays and answers ENODEV: who opens the node just now would be killed by umockdev when nobody
        // answers.
        umockdev_testbed_uevent(m_testbed, m_device.c_str(), "remove");
        umockdev_testbed_remove_device(m_testbed, m_device.c_str());
        m_device.clear();
    }

    void plug()
    {
        const auto facts = m_cam->describe();
        const auto number = ++m_last;
        m_node = std::format("/dev/bus/usb/003/{:03}", number);
        m_device = std::format("/sys{}/{}", hub, facts.path);
        auto descriptors = m_cam->deviceDescriptor();
        const auto configuration = m_cam->configurationDescriptor();
        descriptors.insert(descriptors.end(), configuration.begin(), configuration.end());
        add(std::format("P: {}/{}\nN: bus/usb/003/{:03}\nE: DEVTYPE=usb_device\nE: SUBSYSTEM=usb\nE: BUSNUM=003\n"
                        "E: DEVNUM={:03}\nE: DEVNAME={}\nA: busnum=3\\n\nA: devnum={}\\n\nA: speed=480\\n\n"
                        "A: bConfigurationValue=1\\n\nA: serial={}\\n\nA: product={}\\n\nA: manufacturer={}\\n\n"
                        "A: idVendor={:04x}\\n\nA: idProduct={:04x}\\n\nH: descriptors={}\n",
                        hub, facts.path, number, number, m_node, number, facts.serial, facts.product,
                        facts.manufacturer, facts.id.vendor, facts.id.product, hexadecimal(descriptors)));
        auto& usbfs = *m_plugged.emplace_back(std::make_unique<Usbfs>(*m_cam));
        auto* handler = umockdev_ioctl_base_new();
        g_signal_connect(handler, "handle-ioctl",
                         G_CALLBACK((+[](UMockdevIoctlBase*, UMockdevIoctlClient* client, gpointer self) -> gboolean {
                             return static_cast<Usbfs*>(self)->handle(client) ? TRUE : FALSE;
                         })),
                         &usbfs);
        g_autoptr(GError) error = nullptr;
        if (umockdev_testbed_attach_ioctl(m_testbed, m_node.c_str(), handler, &error) == FALSE) {
            g_error("%s", error->message);
        }
        umockdev_testbed_uevent(m_testbed, m_device.c_str(), "add");
    }

    gboolean read()
    {
        std::array<char, 4096> some{};
        const auto count = ::read(STDIN_FILENO, some.data(), some.size());
        if (count <= 0) {
            g_main_loop_quit(m_loop);
            return FALSE;
        }
        m_input.append(some.data(), static_cast<std::size_t>(count));
        for (auto end = m_input.find('\n'); end != std::string::npos; end = m_input.find('\n')) {
            const auto command = QJsonDocument::fromJson(QByteArray::fromStdString(m_input.substr(0, end))).object();
            m_input.erase(0, end + 1);
            obey(command);
            follow();
            std::cout << QJsonDocument(m_cam->report()).toJson(QJsonDocument::Compact).toStdString() << std::endl;
        }
        return TRUE;
    }

    void obey(const QJsonObject& command)
    {
        if (const auto faults = withDfuFaults(m_cam->faults(), command[QStringLiteral("set")].toObject())) {
            m_cam->setFaults(*faults);
        }
        const auto action = command[QStringLiteral("do")].toString();
        if (action == QLatin1StringView("plug")) {
            m_cam->plugIn(now());
        } else if (action == QLatin1StringView("unplug")) {
            m_cam->unplug(now());
        } else if (action == QLatin1StringView("enter")) {
            m_cam->enterBootloader(now());
        } else if (action == QLatin1StringView("firmware")) {
            m_cam->runFirmware(now());
        }
    }

    UMockdevTestbed* m_testbed;
    std::unique_ptr<DfuCam> m_cam;
    std::vector<std::unique_ptr<Usbfs>> m_plugged; ///< the last one may be there, those before are gone
    std::uint64_t m_session = 0;
    int m_last = 1; ///< device number
    std::string m_node;
    std::string m_device;
    std::string m_input;
    GMainLoop* m_loop = nullptr;
};

} // namespace
} // namespace romsmith::sim

int main(int argc, char* argv[])
{
    using namespace romsmith;
    if (argc != 5) {
        std::cerr << "Usage: umockdev-wrapper usb_testbed BOARD FLASH VERSION UNIQUE_ID\n";
        return 2;
    }
    const auto* board = boards::BoardTable::builtIn().find(argv[1]);
    auto flash = board ? sim::CamFlash::open(argv[2], *board) : fail(ErrorCode::NotFound, "There is no such board.");
    if (!flash) {
        std::cerr << flash.error().message << '\n';
        return 1;
    }
    sim::DfuCam::Options options{.board = *board};
    options.uniqueId = argv[4];
    options.release = static_cast<std::uint16_t>(std::stoul(argv[3], nullptr, 16));
    sim::Testbed(std::make_unique<sim::DfuCam>(std::move(options), std::move(*flash))).run();
    return 0;
}
