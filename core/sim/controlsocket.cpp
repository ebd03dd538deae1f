// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sim/controlsocket.h"

#include <QJsonDocument>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <format>
#include <system_error>

namespace romsmith::sim {
namespace {

constexpr qsizetype longestCommand = 64 * 1024;

bool isReadable(int descriptor, std::span<const pollfd> polled)
{
    return std::ranges::any_of(polled, [descriptor](const pollfd& one) {
        return one.fd == descriptor && (one.revents & (POLLIN | POLLHUP | POLLERR)) != 0;
    });
}

QJsonObject answerTo(const QByteArray& line, const ControlSocket::Handler& handler)
{
    QJsonParseError error;
    const auto command = QJsonDocument::fromJson(line, &error);
    if (!command.isObject()) {
        const QString message = QStringLiteral("A command is one JSON object in a line. ") + error.errorString();
        return {{QStringLiteral("ok"), false}, {QStringLiteral("error"), message}};
    }
    return handler(command.object());
}

} // namespace

Result<ControlSocket> ControlSocket::listen(const std::filesystem::path& path)
{
    const auto cannot = [&path](const std::string& why) {
        return fail(ErrorCode::CannotWrite,
                    std::format("The control socket {} cannot be made: {}.", path.string(), why));
    };
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    const auto name = path.string();
    if (name.size() >= sizeof(address.sun_path)) {
        return cannot(std::format("its path has {} bytes and may have {}", name.size(), sizeof(address.sun_path) - 1));
    }
    std::memcpy(address.sun_path, name.data(), name.size());
    struct stat status = {};
    if (::stat(name.c_str(), &status) == 0 && S_ISSOCK(status.st_mode)) {
        ::unlink(name.c_str()); // left by one that was killed
    }
    FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket.isOpen() || ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0
        || ::chmod(name.c_str(), S_IRUSR | S_IWUSR) != 0 || ::listen(socket.get(), 4) != 0) {
        return cannot(std::generic_category().message(errno));
    }
    return ControlSocket(std::move(socket), path);
}

ControlSocket::~ControlSocket()
{
    if (m_socket.isOpen()) {
        ::unlink(m_path.c_str());
    }
}

void ControlSocket::addTo(std::vector<pollfd>& polled) const
{
    polled.push_back({.fd = m_socket.get(), .events = POLLIN, .revents = 0});
    for (const auto& client : m_clients) {
        polled.push_back({.fd = client.socket.get(), .events = POLLIN, .revents = 0});
    }
}

void ControlSocket::serve(std::span<const pollfd> polled, const Handler& handler)
{
    std::erase_if(m_clients,
                  [&](Client& client) { return isReadable(client.socket.get(), polled) && !serve(client, handler); });
    if (isReadable(m_socket.get(), polled)) {
        FileDescriptor socket(::accept4(m_socket.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (socket.isOpen()) {
            m_clients.push_back({.socket = std::move(socket), .input = {}});
        }
    }
}

bool ControlSocket::serve(Client& client, const Handler& handler)
{
    std::array<char, 4096> buffer{};
    const auto count = ::recv(client.socket.get(), buffer.data(), buffer.size(), 0);
    if (count <= 0) {
        return count < 0 && (errno == EAGAIN || errno == EINTR);
    }
    client.input.append(buffer.data(), count);
    for (qsizetype end = client.input.indexOf('\n'); end >= 0; end = client.input.indexOf('\n')) {
        const QByteArray answer
            = QJsonDocument(answerTo(client.input.first(end), handler)).toJson(QJsonDocument::Compact) + '\n';
        client.input.remove(0, end + 1);
        const auto size = static_cast<std::size_t>(answer.size());
        if (::send(client.socket.get(), answer.constData(), size, MSG_NOSIGNAL) != answer.size()) {
            return false;
        }
    }
    return client.input.size() <= longestCommand;
}

} // namespace romsmith::sim
