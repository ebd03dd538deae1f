// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/error.h"
#include "core/sim/filedescriptor.h"

#include <QByteArray>
#include <QJsonObject>

#include <poll.h>

#include <filesystem>
#include <functional>
#include <span>
#include <vector>

namespace romsmith::sim {

/// A Unix domain socket that takes JSON objects, one in a line, and answers each with one. Only for the user whose it
/// is.
class ControlSocket
{
public:
    static Result<ControlSocket> listen(const std::filesystem::path& path);

    ControlSocket(ControlSocket&&) = default;
    ControlSocket& operator=(ControlSocket&&) = delete;
    ~ControlSocket();

    void addTo(std::vector<pollfd>& polled) const;

    using Handler = std::function<QJsonObject(const QJsonObject&)>;
    void serve(std::span<const pollfd> polled, const Handler& handler);

private:
    struct Client
    {
        FileDescriptor socket;
        QByteArray input;
    };

    ControlSocket(FileDescriptor socket, std::filesystem::path path)
        : m_socket(std::move(socket))
        , m_path(std::move(path))
    { }

    static bool serve(Client& client, const Handler& handler);

    FileDescriptor m_socket;
    std::filesystem::path m_path;
    std::vector<Client> m_clients;
};

} // namespace romsmith::sim
