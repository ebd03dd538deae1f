// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/device/libusbbus.h"

#include "core/device/portholder.h"
#include "core/romfs/names.h"

#include <libusb.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <filesystem>
#include <format>
#include <fstream>
#include <map>
#include <set>
#include <thread>

namespace romsmith::device {
namespace {

using namespace std::chrono_literals;

/// Where nothing is told of what is plugged in, one looks so often.
constexpr Milliseconds pollStep = 10ms;

struct ContextDeleter
{
    void operator()(libusb_context* context) const { libusb_exit(context); }
};
using Context = std::shared_ptr<libusb_context>;

struct DeviceDeleter
{
    void operator()(libusb_device* device) const { libusb_unref_device(device); }
};
using DevicePointer = std::shared_ptr<libusb_device>;

Error errorFor(int code)
{
    switch (code) {
    case LIBUSB_ERROR_TIMEOUT:
        return {.code = ErrorCode::TimedOut, .message = {}};
    case LIBUSB_ERROR_NO_DEVICE:
    case LIBUSB_ERROR_NOT_FOUND: // after a reset: it is another device now
        return {.code = ErrorCode::Disconnected, .message = {}};
    case LIBUSB_ERROR_PIPE:
        return {.code = ErrorCode::DeviceFailed, .message = {}};
    case LIBUSB_ERROR_ACCESS:
        return {.code = ErrorCode::AccessDenied, .message = {}};
    case LIBUSB_ERROR_BUSY:
        return {.code = ErrorCode::Busy, .message = {}};
    case LIBUSB_ERROR_NO_MEM: // what the kernel has for transfers is used up by others
    default:
        return {.code = ErrorCode::CannotRead, .message = {}};
    }
}

std::unexpected<Error> failed(int code, const std::string& what)
{
    auto error = errorFor(code);
    error.message = std::format("{}: {}.", what, libusb_strerror(code));
    return std::unexpected(std::move(error));
}

/// "3-1.2"; empty for a root hub.
std::string pathOf(libusb_device* device)
{
    std::array<std::uint8_t, 7> ports{};
    const int count = libusb_get_port_numbers(device, ports.data(), static_cast<int>(ports.size()));
    std::string path;
    for (int i = 0; i < count; ++i) {
        path += std::format("{}{}", i == 0 ? std::format("{}-", libusb_get_bus_number(device)) : ".",
                            ports.at(static_cast<std::size_t>(i)));
    }
    return path;
}

std::string nodeOf(libusb_device* device)
{
    return std::format("/dev/bus/usb/{:03}/{:03}", libusb_get_bus_number(device), libusb_get_device_address(device));
}

const std::filesystem::path& sysfs()
{
    static const std::filesystem::path folder("/sys/bus/usb/devices");
    return folder;
}

/// What the system has read of a device already, without being allowed to open it.
std::string stringOf(const std::string& path, const char* name)
{
    constexpr std::size_t longest = 200;
    std::string line;
    std::getline(std::ifstream(sysfs() / path / name), line);
    return romfs::printable(line.substr(0, longest));
}

/// Changes with what is plugged in.
std::set<std::string> namesOnBus()
{
    std::set<std::string> names;
    std::error_code error;
    for (auto entry = std::filesystem::directory_iterator(sysfs(), error);
         !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
        auto name = entry->path().filename().string();
        if (!name.contains(':')) {
            std::string address;
            std::getline(std::ifstream(entry->path() / "devnum"), address);
            names.insert(std::move(name) + " " + address);
        }
    }
    return names;
}

class LibusbLink final : public UsbLink
{
public:
    LibusbLink(Context context, DevicePointer device, libusb_device_handle* handle, UsbDevice facts)
        : m_context(std::move(context))
        , m_device(std::move(device))
        , m_handle(handle)
        , m_facts(std::move(facts))
    { }
    ~LibusbLink() override
    {
        for (const auto interface : m_claimed) {
            libusb_release_interface(m_handle, interface);
        }
        libusb_close(m_handle);
    }

    const UsbDevice& device() const override { return m_facts; }

    Result<std::vector<UsbSetting>> settings() override
    {
        libusb_config_descriptor* configuration = nullptr;
        if (const int code = libusb_get_active_config_descriptor(m_device.get(), &configuration); code != 0) {
            return failedTransfer(code);
        }
        std::vector<UsbSetting> settings;
        for (const auto& interface : std::span(configuration->interface, configuration->bNumInterfaces)) {
            for (const auto& setting :
                 std::span(interface.altsetting, static_cast<std::size_t>(std::max(0, interface.num_altsetting)))) {
                const auto extra = std::as_bytes(
                    std::span(setting.extra, static_cast<std::size_t>(std::max(0, setting.extra_length))));
                settings.push_back({.interface = setting.bInterfaceNumber,
                                    .number = setting.bAlternateSetting,
                                    .deviceClass = setting.bInterfaceClass,
                                    .subclass = setting.bInterfaceSubClass,
                                    .protocol = setting.bInterfaceProtocol,
                                    .nameIndex = setting.iInterface,
                                    .extra = {extra.begin(), extra.end()}});
            }
        }
        libusb_free_config_descriptor(configuration);
        return settings;
    }

    Result<std::string> string(std::uint8_t index) override
    {
        std::array<unsigned char, 255> text{};
        const int length
            = libusb_get_string_descriptor_ascii(m_handle, index, text.data(), static_cast<int>(text.size()));
        if (length < 0) {
            return failedTransfer(length);
        }
        return std::string(romfs::asText(std::as_bytes(std::span(text))).substr(0, static_cast<std::size_t>(length)));
    }

    Result<void> claim(std::uint8_t interface) override
    {
        libusb_set_auto_detach_kernel_driver(m_handle, 1); // not every system has it, nor needs it
        if (const int code = libusb_claim_interface(m_handle, interface); code != 0) {
            return failed(code, std::format("{} cannot be used, another program may have it", m_facts.node));
        }
        m_claimed.push_back(interface);
        return {};
    }

    Result<void> select(std::uint8_t interface, std::uint8_t alternate) override
    {
        const int code = libusb_set_interface_alt_setting(m_handle, interface, alternate);
        return code == 0 ? Result<void>() : std::unexpected(errorFor(code));
    }

    Result<std::size_t> controlIn(const ControlSetup& setup, std::span<std::byte> into, Milliseconds timeout) override
    {
        return control(setup, into.data(), into.size(), timeout);
    }

    Result<std::size_t> controlOut(const ControlSetup& setup, romfs::Bytes bytes, Milliseconds timeout) override
    {
        // libusb takes both directions by the same pointer; what goes out is not written to.
        return control(setup, const_cast<std::byte*>(bytes.data()), bytes.size(), timeout);
    }

    Result<void> reset() override
    {
        const int code = libusb_reset_device(m_handle);
        return code == 0 ? Result<void>() : std::unexpected(errorFor(code));
    }

    void pause(Milliseconds length) override { std::this_thread::sleep_for(length); }
    Clock::time_point now() const override { return Clock::now(); }

private:
    static std::unexpected<Error> failedTransfer(int code) { return std::unexpected(errorFor(code)); }

    Result<std::size_t> control(const ControlSetup& setup, std::byte* bytes, std::size_t size, Milliseconds timeout)
    {
        const int count = libusb_control_transfer(
            m_handle, setup.type, setup.request, setup.value, setup.index, reinterpret_cast<unsigned char*>(bytes),
            static_cast<std::uint16_t>(size), static_cast<unsigned>(timeout.count()));
        if (count < 0) {
            return failedTransfer(count);
        }
        return static_cast<std::size_t>(count);
    }

    Context m_context;
    DevicePointer m_device;
    libusb_device_handle* m_handle;
    UsbDevice m_facts;
    std::vector<std::uint8_t> m_claimed;
};

class LibusbBus final : public UsbBus
{
public:
    static Result<std::unique_ptr<UsbBus>> open()
    {
        std::unique_ptr<LibusbBus> bus(new LibusbBus);
        if (auto done = bus->start(); !done) {
            return std::unexpected(std::move(done).error());
        }
        return bus;
    }

    ~LibusbBus() override { stop(); }

    std::vector<UsbDevice> devices() override
    {
        m_isNews = false;
        if (!m_isTold) {
            m_names = namesOnBus();
        }
        libusb_device** list = nullptr;
        const auto count = libusb_get_device_list(m_context.get(), &list);
        std::map<std::uint64_t, DevicePointer> present;
        std::vector<UsbDevice> devices;
        for (ssize_t i = 0; i < count; ++i) {
            DevicePointer device(libusb_ref_device(list[i]), DeviceDeleter());
            if (auto facts = describe(device.get())) {
                present.emplace(facts->session, device);
                devices.push_back(std::move(*facts));
            }
        }
        if (list) {
            libusb_free_device_list(list, 1);
        }
        m_present = std::move(present);
        return devices;
    }

    Result<std::unique_ptr<UsbLink>> open(const UsbDevice& device) override
    {
        const auto found = m_present.find(device.session);
        if (found == m_present.end()) {
            return fail(ErrorCode::Disconnected, std::format("The device at USB {} is gone.", device.path));
        }
        libusb_device_handle* handle = nullptr;
        const int code = libusb_open(found->second.get(), &handle);
        if (code == LIBUSB_ERROR_ACCESS) {
            return fail(
                ErrorCode::AccessDenied,
                std::format("You may not open {} ({}). Install the rules for udev once and plug the cam in again: "
                            "romsmith-cli boards --udev | sudo tee /etc/udev/rules.d/70-romsmith.rules && sudo "
                            "udevadm control --reload",
                            device.node, ownerOf(device.node)));
        }
        if (code != 0) {
            return failed(code, std::format("{} cannot be opened", device.node));
        }
        return std::make_unique<LibusbLink>(m_context, found->second, handle, device);
    }

    void wait(Milliseconds longest) override
    {
        const auto deadline = Clock::now() + longest;
        while (!m_isNews) {
            const auto left = std::chrono::ceil<Milliseconds>(deadline - Clock::now());
            if (left <= 0ms) {
                return;
            }
            // Handled here or not at all: no other thread uses this context.
            const auto slice = std::min(left, pollStep);
            timeval time{.tv_sec = 0, .tv_usec = static_cast<suseconds_t>(slice.count() * 1000)};
            libusb_handle_events_timeout_completed(m_context.get(), &time, nullptr);
            if (!m_isTold && !m_isNews && namesOnBus() != m_names) {
                renew();
                return;
            }
        }
    }

    Clock::time_point now() const override { return Clock::now(); }

private:
    LibusbBus() = default;

    Result<void> start()
    {
        libusb_context* context = nullptr;
        if (const int code = libusb_init(&context); code != 0) {
            return failed(code, "USB cannot be used");
        }
        m_context = Context(context, ContextDeleter());
        if (libusb_has_capability(LIBUSB_CAP_HAS_HOTPLUG) != 0) {
            const int events = LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED | LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT;
            m_hasCallback = libusb_hotplug_register_callback(context, events, 0, LIBUSB_HOTPLUG_MATCH_ANY,
                                                             LIBUSB_HOTPLUG_MATCH_ANY, LIBUSB_HOTPLUG_MATCH_ANY, told,
                                                             this, &m_callback)
                == 0;
        }
        return {};
    }

    void stop()
    {
        if (std::exchange(m_hasCallback, false)) {
            libusb_hotplug_deregister_callback(m_context.get(), m_callback);
        }
    }

    /// libusb lists what it was told of. Where udev does not run, as in a container, only a new context looks itself.
    void renew()
    {
        stop();
        m_present.clear();
        m_context.reset();
        static_cast<void>(start()); // it worked before
    }

    static int told(libusb_context*, libusb_device*, libusb_hotplug_event, void* self)
    {
        auto* bus = static_cast<LibusbBus*>(self);
        bus->m_isNews = true;
        bus->m_isTold = true;
        return 0;
    }

    std::optional<UsbDevice> describe(libusb_device* device)
    {
        libusb_device_descriptor descriptor{};
        auto path = pathOf(device);
        if (path.empty() || libusb_get_device_descriptor(device, &descriptor) != 0) {
            return std::nullopt;
        }
        UsbDevice facts{.id = {.vendor = descriptor.idVendor, .product = descriptor.idProduct},
                        .release = descriptor.bcdDevice,
                        .path = std::move(path)};
        facts.node = nodeOf(device);
        facts.session = std::uint64_t{libusb_get_bus_number(device)} << 32U | libusb_get_device_address(device);
        facts.serial = stringOf(facts.path, "serial");
        facts.product = stringOf(facts.path, "product");
        facts.manufacturer = stringOf(facts.path, "manufacturer");
        return facts;
    }

    Context m_context;
    libusb_hotplug_callback_handle m_callback{};
    bool m_hasCallback = false;
    std::atomic<bool> m_isNews = false;
    bool m_isTold = false; ///< the system tells news, so there is no need to look
    std::set<std::string> m_names;
    std::map<std::uint64_t, DevicePointer> m_present; ///< by session
};

} // namespace

Result<std::unique_ptr<UsbBus>> openUsb()
{
    return LibusbBus::open();
}

} // namespace romsmith::device
