// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/build/target.h"

#include <QObject>
#include <QSettings>
#include <QStringList>

#include <optional>

namespace romsmith::ui {

/// What is remembered about files: most of it from one start of the program to the next.
class Session final : public QObject
{
    Q_OBJECT

public:
    [[nodiscard]] QStringList openFiles() const; ///< when the program ended last
    void setOpenFiles(const QStringList& paths);

    [[nodiscard]] QStringList recentFiles() const; ///< the newest first
    void addRecent(const QString& path);
    void clearRecent();

    void addClosed(const QStringList& paths); ///< since the program was started
    [[nodiscard]] bool hasClosed() const { return !m_closed.isEmpty(); }
    [[nodiscard]] QString takeClosed() { return m_closed.takeLast(); } ///< the newest one

    [[nodiscard]] build::Target lastTarget() const; ///< that was chosen, for whichever image
    void setLastTarget(const build::Target& target);
    [[nodiscard]] std::optional<build::Target> targetOf(const QString& path) const;
    void setTargetOf(const QString& path, const build::Target& target);

Q_SIGNALS:
    void recentChanged();

private:
    QSettings m_settings;
    QStringList m_closed;
};

} // namespace romsmith::ui
