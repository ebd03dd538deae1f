// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace romsmith::ui {

/// What a dock holds. The user gives a dock its size; what changes inside never lays out the window anew, which takes
/// Qt several milliseconds.
class DockBody final : public QWidget
{
public:
    explicit DockBody(QWidget* content, QWidget* parent = nullptr)
        : QWidget(parent)
        , m_content(content)
    {
        content->setParent(this);
        setAutoFillBackground(true); // what is opaque does not paint the dock's title again
        setFocusProxy(content);
    }

    [[nodiscard]] QSize sizeHint() const override { return m_content->sizeHint(); }
    [[nodiscard]] QSize minimumSizeHint() const override { return m_content->minimumSizeHint(); }

protected:
    void resizeEvent(QResizeEvent*) override { m_content->resize(size()); }

private:
    QWidget* m_content;
};

} // namespace romsmith::ui
