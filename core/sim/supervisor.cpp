// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sim/supervisor.h"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <format>
#include <limits>
#include <system_error>

namespace romsmith::sim {
namespace {

auto fromNow(Clock::time_point now, std::uint64_t milliseconds)
{
    return now + std::chrono::milliseconds(milliseconds);
}

} // namespace

Supervisor::Supervisor(Settings settings, SharedStateFile state, std::optional<ControlSocket> control)
    : m_settings(std::move(settings))
    , m_state(std::move(state))
    , m_control(std::move(control))
    , m_interpreter(m_settings.command)
    , m_exchange(m_interpreter, m_state)
{
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) == 0) {
        m_wakeRead = FileDescriptor(ends[0]);
        m_wakeWrite = FileDescriptor(ends[1]);
    }
}

Supervisor::~Supervisor()
{
    if (m_terminal) {
        removeAlias();
    }
}

void Supervisor::wake() const
{
    static_cast<void>(::write(m_wakeWrite.get(), "", 1)); // full: it wakes anyway
}

void Supervisor::run(const std::function<void(Result<void>)>& ready, const std::function<bool()>& awoken)
{
    m_ready = ready;
    m_now = Clock::now();
    setFaults(m_settings.faults, [](std::string_view) { return true; });
    if (auto done = plugIn(); !done) {
        m_ready(std::move(done));
        return;
    }
    while (awoken()) {
        step();
    }
}

// --- power

Result<void> Supervisor::plugIn()
{
    auto terminal = PseudoTerminal::open();
    if (!terminal) {
        return std::unexpected(std::move(terminal).error());
    }
    m_state->mode = 0;
    m_state->interruptChar = neverInterrupts;
    m_state->rawOutput = 0;
    m_state->powerOn = 1;
    if (auto done = makeAlias(terminal->path()).and_then([this] { return m_interpreter.powerOn(); }); !done) {
        return done;
    }
    m_terminal = std::move(*terminal);
    m_replugAt.reset();
    m_inBootloader = false;
    ++m_starts;
    return {};
}

void Supervisor::unplug()
{
    m_interpreter.stop();
    m_exchange.clear();
    if (!m_terminal) {
        return;
    }
    removeAlias();
    m_terminal.reset();
    if (std::exchange(m_isAnnounced, false)) {
        m_settings.portChanged({});
    }
    if (const auto after = m_exchange.faults().replugAfter; after > 0) {
        m_replugAt = fromNow(m_now, after);
    }
}

void Supervisor::reboot()
{
    unplug();
    static_cast<void>(plugIn()); // if that fails, it stays unplugged
}

Result<void> Supervisor::makeAlias(const std::string& port) const
{
    if (m_settings.alias.empty()) {
        return {};
    }
    std::error_code error;
    if (std::filesystem::is_symlink(m_settings.alias, error)) {
        removeAlias(); // left by one that was killed
    }
    std::filesystem::create_symlink(port, m_settings.alias, error);
    if (error) {
        return fail(ErrorCode::CannotWrite,
                    std::format("The link {} cannot be made: {}.", m_settings.alias.string(), error.message()));
    }
    return {};
}

void Supervisor::removeAlias() const
{
    std::error_code error; // it may be gone already
    if (std::filesystem::is_symlink(m_settings.alias, error)) {
        std::filesystem::remove(m_settings.alias, error);
    }
}

void Supervisor::interpreterEnded()
{
    while (m_exchange.readFromCam(m_now)) { } // what it said last
    m_state->rawOutput = 0;
    m_state->interruptChar = neverInterrupts;
    const auto ending = static_cast<Ending>(m_state->ending.exchange(static_cast<std::uint32_t>(Ending::Crash)));
    if (!m_interpreter.isReady()) {
        unplug();
        m_replugAt.reset(); // it would fail again
        tellReady();
    } else if (ending == Ending::SoftReset) {
        m_state->powerOn = 0;
        ++m_starts;
        if (!m_interpreter.restart()) {
            unplug();
        }
    } else if (ending == Ending::Bootloader) {
        unplug();
        m_inBootloader = true;
        if (m_settings.bootloaderEntered) {
            m_settings.bootloaderEntered();
        }
    } else {
        reboot();
    }
}

void Supervisor::announce()
{
    if (!std::exchange(m_isAnnounced, true)) {
        m_settings.portChanged(m_settings.alias.empty() ? m_terminal->path() : m_settings.alias.string());
    }
}

void Supervisor::tellReady()
{
    const auto tell = std::exchange(m_ready, nullptr);
    if (!tell) {
        return;
    }
    if (m_interpreter.isReady()) {
        tell({});
        return;
    }
    const auto said = QString::fromStdString(m_interpreter.reported()).trimmed().toStdString();
    tell(fail(ErrorCode::CannotRead,
              std::format("{} cannot act as a cam: {}", m_settings.command.front(),
                          said.empty() ? "it ended without a word; it must be MicroPython's unix port, 1.25 or later."
                                       : said)));
}

// --- the loop

std::vector<pollfd> Supervisor::descriptors()
{
    std::vector<pollfd> polled{{.fd = m_wakeRead.get(), .events = POLLIN, .revents = 0}};
    const auto wanted
        = [](bool input, bool output) { return static_cast<short>((input ? POLLIN : 0) | (output ? POLLOUT : 0)); };
    if (m_terminal) {
        polled.push_back(
            {.fd = m_terminal->descriptor(),
             .events = wanted(m_exchange.hasRoom(Direction::ToCam), m_exchange.hasArrived(Direction::ToHost, m_now)),
             .revents = 0});
        polled.push_back(
            {.fd = m_interpreter.descriptor(),
             .events = wanted(m_exchange.hasRoom(Direction::ToHost), m_exchange.hasArrived(Direction::ToCam, m_now)),
             .revents = 0});
        polled.push_back({.fd = m_terminal->closings(), .events = POLLIN, .revents = 0});
    }
    if (m_interpreter.isRunning()) {
        polled.push_back({.fd = m_interpreter.reportDescriptor(), .events = POLLIN, .revents = 0});
    }
    if (m_control) {
        m_control->addTo(polled);
    }
    return polled;
}

int Supervisor::timeout() const
{
    constexpr int unlimited = -1;
    std::optional<Clock::time_point> next;
    for (const auto& at : {m_exchange.nextDue(m_now), m_replugAt, m_rebootAt}) {
        next = at && next ? std::min(at, next) : at ? at : next;
    }
    if (!next) {
        return unlimited;
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*next - m_now).count();
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, std::numeric_limits<int>::max()));
}

void Supervisor::step()
{
    auto polled = descriptors();
    ::poll(polled.data(), polled.size(), timeout());
    m_now = Clock::now();
    const auto isReady = [&polled](int descriptor, int events) {
        return std::ranges::any_of(
            polled, [=](const pollfd& one) { return one.fd == descriptor && (one.revents & events) != 0; });
    };
    if (isReady(m_wakeRead.get(), POLLIN)) {
        std::array<char, 64> rest{};
        static_cast<void>(::read(m_wakeRead.get(), rest.data(), rest.size()));
    }
    if (m_terminal) {
        if (isReady(m_terminal->closings(), POLLIN)) {
            m_terminal->allowOthers();
        }
        if (isReady(m_terminal->descriptor(), POLLIN)) {
            m_exchange.readFromHost(m_terminal->descriptor(), m_now);
        }
        m_exchange.deliverToCam(m_now);
        if (isReady(m_interpreter.descriptor(), POLLIN)) {
            m_exchange.readFromCam(m_now);
        }
        m_exchange.deliverToHost(m_terminal->descriptor(), m_now);
    }
    if (m_interpreter.isRunning() && isReady(m_interpreter.reportDescriptor(), POLLIN | POLLHUP)) {
        if (!m_interpreter.readReport()) {
            interpreterEnded();
        } else if (m_interpreter.isReady()) {
            announce();
            tellReady();
        }
    }
    doWhatIsDue();
    if (m_control) {
        m_control->serve(polled, [this](const QJsonObject& command) { return handle(command); });
    }
}

void Supervisor::doWhatIsDue()
{
    const auto isDue = [this](std::optional<Clock::time_point>& at) {
        const bool due = at && *at <= m_now;
        if (due) {
            at.reset();
        }
        return due;
    };
    auto accident = m_exchange.takeAccident();
    if (isDue(m_rebootAt)) {
        accident = Accident::Reboot;
    }
    switch (accident) {
    case Accident::None:
        break;
    case Accident::Unplug:
        unplug();
        break;
    case Accident::Reboot:
        reboot();
        break;
    }
    if (isDue(m_replugAt) && !m_terminal) {
        static_cast<void>(plugIn());
    }
    m_exchange.sendDueInterrupt(m_now);
}

// --- commands

void Supervisor::setFaults(const Faults& faults, const std::function<bool(std::string_view)>& isSet)
{
    m_exchange.setFaults(faults);
    m_state->faults = firmwareFaults(faults);
    m_state->eraseTime = static_cast<std::uint32_t>(faults.eraseTime * 1000);
    m_state->busyTime = static_cast<std::uint32_t>(faults.busyTime);
    const auto nth = [](std::uint64_t fault, std::uint32_t done) {
        return fault == 0 ? 0 : done + static_cast<std::uint32_t>(fault);
    };
    if (isSet("fail-write")) {
        m_state->failWriteAt = nth(faults.failWrite, m_state->writes);
    }
    if (isSet("fail-erase")) {
        m_state->failEraseAt = nth(faults.failErase, m_state->erases);
    }
    if (isSet("reboot-after-ms")) {
        m_rebootAt
            = faults.rebootAfterTime == 0 ? std::optional<Clock::time_point>() : fromNow(m_now, faults.rebootAfterTime);
    }
}

QJsonObject Supervisor::handle(const QJsonObject& command)
{
    if (const auto done = obey(command); !done) {
        return {{QStringLiteral("ok"), false}, {QStringLiteral("error"), QString::fromStdString(done.error().message)}};
    }
    return report();
}

Result<void> Supervisor::obey(const QJsonObject& command)
{
    for (const auto& key : command.keys()) {
        if (key == QLatin1StringView("set")) {
            const auto changes = command[key].toObject();
            const auto faults = withFaults(m_exchange.faults(), changes);
            if (!faults) {
                return std::unexpected(faults.error());
            }
            setFaults(*faults, [&](std::string_view name) { return changes.contains(QLatin1StringView(name)); });
        } else if (key == QLatin1StringView("do")) {
            if (auto done = act(command[key].toString().toStdString()); !done) {
                return done;
            }
        } else if (key == QLatin1StringView("send")) {
            const auto bytes = command[key].toString().toLatin1();
            m_exchange.say(std::span(bytes.constData(), static_cast<std::size_t>(bytes.size())), m_now);
        } else {
            return fail(
                ErrorCode::InvalidArgument,
                std::format("\"{}\" is no command; there are \"set\", \"do\" and \"send\".", key.toStdString()));
        }
    }
    return {};
}

Result<void> Supervisor::act(const std::string& action)
{
    if (action == "unplug") {
        unplug();
    } else if (action == "replug") {
        unplug();
        return plugIn();
    } else if (action == "reboot") {
        reboot();
    } else {
        return fail(ErrorCode::InvalidArgument,
                    std::format("\"{}\" is nothing to do; there are \"unplug\", \"replug\" and \"reboot\".", action));
    }
    return {};
}

QJsonObject Supervisor::report() const
{
    const auto number = [](std::uint64_t value) { return static_cast<qint64>(value); };
    return {
        {QStringLiteral("ok"), true},
        {QStringLiteral("port"), QString::fromStdString(m_terminal ? m_terminal->path() : std::string())},
        {QStringLiteral("plugged"), m_terminal.has_value()},
        {QStringLiteral("bootloader"), m_inBootloader},
        {QStringLiteral("toCam"), number(m_exchange.counts().toCam)},
        {QStringLiteral("toHost"), number(m_exchange.counts().toHost)},
        {QStringLiteral("lost"), number(m_exchange.counts().lost)},
        {QStringLiteral("writes"), number(m_state->writes)},
        {QStringLiteral("erases"), number(m_state->erases)},
        {QStringLiteral("starts"), number(m_starts)},
    };
}

} // namespace romsmith::sim
