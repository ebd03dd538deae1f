// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session.h"

#include "ui/text.h"

#include <QFileInfo>

namespace romsmith::ui {
namespace {

constexpr int mostRecentFiles = 10;
const QString openKey = QStringLiteral("session");
const QString recentKey = QStringLiteral("recentFiles");
const QString targetKey = QStringLiteral("target");
const QString targetsKey = QStringLiteral("targets"); ///< by the paths of images

build::Target toTarget(const QVariant& key)
{
    return build::Target::fromKey(key.toString().toStdString());
}

} // namespace

QStringList Session::openFiles() const
{
    return m_settings.value(openKey).toStringList();
}

void Session::setOpenFiles(const QStringList& paths)
{
    m_settings.setValue(openKey, paths);
}

QStringList Session::recentFiles() const
{
    return m_settings.value(recentKey).toStringList();
}

void Session::addRecent(const QString& path)
{
    auto recent = recentFiles();
    const auto absolute = QFileInfo(path).absoluteFilePath();
    recent.removeAll(absolute);
    recent.prepend(absolute);
    m_settings.setValue(recentKey, recent.mid(0, mostRecentFiles));
    Q_EMIT recentChanged();
}

void Session::clearRecent()
{
    m_settings.remove(recentKey);
    Q_EMIT recentChanged();
}

void Session::addClosed(const QStringList& paths)
{
    m_closed.append(paths);
}

build::Target Session::lastTarget() const
{
    return toTarget(m_settings.value(targetKey));
}

void Session::setLastTarget(const build::Target& target)
{
    m_settings.setValue(targetKey, text(target.key()));
}

std::optional<build::Target> Session::targetOf(const QString& path) const
{
    const auto remembered = m_settings.value(targetsKey).toMap().value(path);
    return remembered.isValid() ? std::optional(toTarget(remembered)) : std::nullopt;
}

void Session::setTargetOf(const QString& path, const build::Target& target)
{
    auto targets = m_settings.value(targetsKey).toMap();
    targets.insert(path, text(target.key()));
    const auto recent = recentFiles();
    for (auto known = targets.begin(); known != targets.end();) { // what is no longer recent is forgotten
        known = known.key() == path || recent.contains(known.key()) ? std::next(known) : targets.erase(known);
    }
    m_settings.setValue(targetsKey, targets);
}

} // namespace romsmith::ui
