// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/nodemimedata.h"
#include "ui/romtreeview.h"

#include <QDragEnterEvent>
#include <QDropEvent>
#include <QMimeData>

namespace romsmith::test {

/// A drag over a tree, as the platform reports it.
class Drag
{
public:
    Drag(ui::RomTreeView& view, QMimeData& mime, Qt::KeyboardModifiers modifiers = {})
        : m_view(view)
        , m_mime(mime)
        , m_modifiers(modifiers)
    { }

    [[nodiscard]] QPoint on(const tree::Node& node) const { return rowOf(node).center(); }
    [[nodiscard]] QPoint above(const tree::Node& node) const { return rowOf(node).topLeft() + QPoint(30, 1); }
    [[nodiscard]] QPoint below(const tree::Node& node) const { return rowOf(node).bottomLeft() + QPoint(30, -1); }
    [[nodiscard]] QPoint nowhere() const { return m_view.viewport()->rect().bottomLeft() + QPoint(30, -5); }

    /// True if it could be dropped there.
    bool moveTo(const QPoint& position)
    {
        if (!m_isInside) {
            QDragEnterEvent enter(position, possible, &m_mime, Qt::LeftButton, m_modifiers);
            QCoreApplication::sendEvent(m_view.viewport(), &enter);
            m_isInside = true;
            if (!enter.isAccepted()) {
                return false;
            }
        }
        QDragMoveEvent move(position, possible, &m_mime, Qt::LeftButton, m_modifiers);
        QCoreApplication::sendEvent(m_view.viewport(), &move);
        m_action = move.dropAction();
        return move.isAccepted();
    }

    /// True if it was taken.
    bool drop(const QPoint& position)
    {
        if (!moveTo(position)) {
            leave(); // the platform sends no drop then
            return false;
        }
        QDropEvent drop(position, possible, &m_mime, Qt::LeftButton, m_modifiers);
        QCoreApplication::sendEvent(m_view.viewport(), &drop);
        m_isInside = false;
        m_action = drop.dropAction();
        return drop.isAccepted();
    }

    void leave()
    {
        QDragLeaveEvent event;
        QCoreApplication::sendEvent(m_view.viewport(), &event);
        m_isInside = false;
    }

    [[nodiscard]] Qt::DropAction action() const { return m_action; }

private:
    static constexpr auto possible = Qt::CopyAction | Qt::MoveAction | Qt::LinkAction;

    [[nodiscard]] QRect rowOf(const tree::Node& node) const { return m_view.visualRect(m_view.viewIndex(node)); }

    ui::RomTreeView& m_view;
    QMimeData& m_mime;
    Qt::KeyboardModifiers m_modifiers;
    bool m_isInside = false;
    Qt::DropAction m_action = Qt::IgnoreAction;
};

} // namespace romsmith::test
