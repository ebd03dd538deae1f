// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sim/virtualcam.h"

#include "core/sim/flashfile.h"
#include "core/sim/supervisor.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QStandardPaths>
#include <QTemporaryDir>

#include <array>
#include <chrono>
#include <deque>
#include <format>
#include <future>
#include <mutex>
#include <thread>

namespace romsmith::sim {
namespace {

/// It takes a few hundredths of a second.
constexpr std::chrono::seconds patience{30};

/// A cam's RAM for Python; enough for what a host sends in one piece.
constexpr auto heapSize = "heapsize=16M";

constexpr std::array scripts{"virtual_cam.py", "flash.py", "repl.py", "shared.py"};

Result<std::string> findMicroPython(const std::string& asked)
{
    const auto name = asked.empty() ? QStringLiteral("micropython") : QString::fromStdString(asked);
    const auto found = QStandardPaths::findExecutable(name);
    if (found.isEmpty()) {
        return fail(ErrorCode::NotFound,
                    std::format("A virtual cam runs a real MicroPython, and {} was not found: install the package "
                                "micropython.",
                                name.toStdString()));
    }
    return found.toStdString();
}

Result<void> write(const QString& path, const QByteArray& bytes)
{
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.flush()) {
        return fail(ErrorCode::CannotWrite,
                    std::format("{} cannot be written: {}.", path.toStdString(), file.errorString().toStdString()));
    }
    return {};
}

/// Twelve bytes as an STM32 has them: the same for the same board and flash file.
QJsonArray uniqueIdOf(const VirtualCamOptions& options)
{
    constexpr qsizetype length = 12;
    const auto text = options.board.id + '\n' + options.flash.string();
    QJsonArray id;
    for (const char byte : QCryptographicHash::hash(text, QCryptographicHash::Sha256).first(length)) {
        id.append(static_cast<unsigned char>(byte));
    }
    return id;
}

std::filesystem::path toPath(const QString& text)
{
    return text.toStdString();
}

} // namespace

class VirtualCam::Impl
{
public:
    static Result<std::unique_ptr<Impl>> start(VirtualCamOptions options)
    {
        std::unique_ptr<Impl> cam(new Impl(std::move(options)));
        if (auto done = cam->prepare().and_then([&cam] { return cam->run(); }); !done) {
            return std::unexpected(std::move(done).error());
        }
        return cam;
    }

    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    ~Impl()
    {
        if (m_dfu) {
            m_options.bus->remove(m_dfu); // then nobody posts tasks any more
        }
        if (m_thread.joinable()) {
            m_thread.request_stop();
            m_supervisor->wake();
            m_thread.join();
        }
    }

    std::string port() const
    {
        const std::scoped_lock lock(m_mutex);
        return m_port;
    }

    const std::string& usbPath() const { return m_options.usbPath; }

    Result<void> setBootloader(const QJsonObject& faults)
    {
        if (!m_dfu) {
            return fail(ErrorCode::InvalidArgument, "This virtual cam is on no USB, so it has no bootloader.");
        }
        Result<void> done;
        m_options.bus->change([&](Time) {
            done = withDfuFaults(m_dfu->faults(), faults).transform([this](const DfuFaults& changed) {
                m_dfu->setFaults(changed);
            });
        });
        return done;
    }

    QJsonObject command(const QJsonObject& command)
    {
        std::packaged_task<QJsonObject()> task([this, command] { return m_supervisor->handle(command); });
        auto answer = task.get_future();
        {
            const std::scoped_lock lock(m_mutex);
            m_tasks.push_back(std::move(task));
        }
        m_supervisor->wake();
        return answer.get();
    }

private:
    explicit Impl(VirtualCamOptions options)
        : m_options(std::move(options))
        , m_folder(QDir::temp().filePath(QStringLiteral("romsmith-cam")))
    { }

    Result<void> prepare()
    {
        auto micropython = findMicroPython(m_options.micropython);
        if (!micropython) {
            return std::unexpected(std::move(micropython).error());
        }
        const auto flashPath = m_options.flash.empty() ? toPath(inFolder("flash")) : m_options.flash;
        auto flash = openFlashFile(flashPath, flashFileSize(m_options.board), partitionsSize(m_options.board));
        if (!flash) {
            return std::unexpected(std::move(flash).error());
        }
        m_flash = std::move(*flash);
        if (auto done = writeFolder(flashPath).and_then([&] { return makeBootloader(flashPath); }); !done) {
            return done;
        }
        return makeSupervisor(*micropython);
    }

    /// The other face, on the same flash.
    Result<void> makeBootloader(const std::filesystem::path& flashPath)
    {
        if (!m_options.bus) {
            return {};
        }
        auto cells = CamFlash::open(flashPath, m_options.board);
        if (!cells) {
            return std::unexpected(std::move(cells).error());
        }
        std::string uniqueId;
        for (const auto byte : uniqueIdOf(m_options)) {
            uniqueId += std::format("{:02x}", byte.toInt());
        }
        m_dfu = std::make_shared<DfuCam>(DfuCam::Options{.board = m_options.board,
                                                         .path = m_options.usbPath,
                                                         .uniqueId = std::move(uniqueId),
                                                         .startFirmware = [this] { plugInSoon(); }},
                                         std::move(*cells));
        m_options.bus->add(m_dfu);
        return {};
    }

    /// From any thread.
    void plugInSoon()
    {
        const QJsonObject command{{QStringLiteral("do"), QStringLiteral("replug")}};
        const std::scoped_lock lock(m_mutex);
        m_tasks.emplace_back([this, command] { return m_supervisor->handle(command); });
        m_supervisor->wake();
    }

    /// The script, its profile, and the folders that it mounts.
    Result<void> writeFolder(const std::filesystem::path& flash) const
    {
        for (const auto* script : scripts) {
            QFile resource(QStringLiteral(":/romsmith/sim/") + QLatin1StringView(script));
            static_cast<void>(resource.open(QIODevice::ReadOnly)); // it is built in
            if (auto done = write(inFolder(script), resource.readAll()); !done) {
                return done;
            }
        }
        const QDir folder(m_folder.path());
        folder.mkdir(QStringLiteral("files"));
        folder.mkdir(QStringLiteral("absent"));
        auto profile = camProfile(m_options.board, m_options.firmware);
        profile[QStringLiteral("flash")] = QString::fromStdString(std::filesystem::absolute(flash).string());
        profile[QStringLiteral("state")] = inFolder("state");
        profile[QStringLiteral("files")] = inFolder("files");
        profile[QStringLiteral("absent")] = inFolder("absent");
        profile[QStringLiteral("uniqueId")] = uniqueIdOf(m_options);
        return write(inFolder("profile.json"), QJsonDocument(profile).toJson());
    }

    Result<void> makeSupervisor(const std::string& micropython)
    {
        auto state = SharedStateFile::create(toPath(inFolder("state")));
        if (!state) {
            return std::unexpected(std::move(state).error());
        }
        std::optional<ControlSocket> control;
        if (!m_options.control.empty()) {
            auto socket = ControlSocket::listen(m_options.control);
            if (!socket) {
                return std::unexpected(std::move(socket).error());
            }
            control.emplace(std::move(*socket));
        }
        Supervisor::Settings settings{
            .command = {micropython, "-X", heapSize, inFolder("virtual_cam.py").toStdString(),
                        inFolder("profile.json").toStdString()},
            .alias = m_options.alias,
            .faults = m_options.faults,
            .portChanged = [this](const std::string& port) { portChanged(port); },
            .bootloaderEntered =
                [this] {
                    if (m_dfu) {
                        m_options.bus->change([this](Time now) { m_dfu->enterBootloader(now); });
                    }
                },
        };
        m_supervisor = std::make_unique<Supervisor>(std::move(settings), std::move(*state), std::move(control));
        return {};
    }

    Result<void> run()
    {
        auto ready = std::make_shared<std::promise<Result<void>>>();
        auto started = ready->get_future();
        m_thread = std::jthread([this, ready](const std::stop_token& stop) {
            m_supervisor->run([ready](Result<void> result) { ready->set_value(std::move(result)); },
                              [this, &stop] { return doTasks() && !stop.stop_requested(); });
        });
        if (started.wait_for(patience) != std::future_status::ready) {
            return fail(
                ErrorCode::CannotRead,
                std::format("MicroPython did not start within {} s; is the computer very busy?", patience.count()));
        }
        return started.get();
    }

    /// In the cam's thread. Always true.
    bool doTasks()
    {
        std::deque<std::packaged_task<QJsonObject()>> tasks;
        {
            const std::scoped_lock lock(m_mutex);
            tasks.swap(m_tasks);
        }
        for (auto& task : tasks) {
            task();
        }
        return true;
    }

    void portChanged(const std::string& port)
    {
        {
            const std::scoped_lock lock(m_mutex);
            m_port = port;
        }
        if (m_dfu) {
            m_options.bus->change([&](Time now) { port.empty() ? m_dfu->unplug(now) : m_dfu->runFirmware(now); });
        }
        if (m_options.portChanged) {
            m_options.portChanged(port);
        }
    }

    QString inFolder(const char* name) const { return m_folder.filePath(QLatin1StringView(name)); }

    VirtualCamOptions m_options;
    QTemporaryDir m_folder; ///< readable by this user only
    FileDescriptor m_flash; ///< holds the lock
    std::shared_ptr<DfuCam> m_dfu; ///< null: it has no bootloader
    std::unique_ptr<Supervisor> m_supervisor;
    mutable std::mutex m_mutex; ///< for what follows
    std::string m_port;
    std::deque<std::packaged_task<QJsonObject()>> m_tasks;
    std::jthread m_thread; ///< last: ends before the rest
};

VirtualCam::VirtualCam(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl))
{ }

VirtualCam::~VirtualCam() = default;

Result<std::unique_ptr<VirtualCam>> VirtualCam::start(VirtualCamOptions options)
{
    return Impl::start(std::move(options)).transform([](std::unique_ptr<Impl> impl) {
        return std::unique_ptr<VirtualCam>(new VirtualCam(std::move(impl)));
    });
}

std::string VirtualCam::port() const
{
    return m_impl->port();
}

Result<void> VirtualCam::setBootloader(const QJsonObject& faults)
{
    return m_impl->setBootloader(faults);
}

std::string VirtualCam::usbPath() const
{
    return m_impl->usbPath();
}

QJsonObject VirtualCam::command(const QJsonObject& command)
{
    return m_impl->command(command);
}

} // namespace romsmith::sim
