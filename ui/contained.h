// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace romsmith::ui {

/// Gives a widget its place, such as that of a dock, which the user sizes. What changes inside of it, be it the text of
/// a label, never lays out the window anew and paints it all, which takes Qt several milliseconds.
class Contained final : public QWidget
{
public:
    explicit Contained(QWidget* content, QWidget* parent = nullptr)
        : QWidget(parent)
        , m_content(content)
    {
        content->setParent(this);
        setAutoFillBackground(true); // what is opaque does not paint what is around it again
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
