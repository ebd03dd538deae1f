// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointer>
#include <QTabWidget>

namespace romsmith::ui {

class DocumentView;

/// The tabs of the window: documents, and comparisons between them.
class DocumentTabs final : public QTabWidget
{
    Q_OBJECT

public:
    explicit DocumentTabs(QWidget* parent = nullptr);

    [[nodiscard]] DocumentView* currentView() const; ///< null if the current tab has no document
    [[nodiscard]] QList<DocumentView*> views() const;
    [[nodiscard]] DocumentView* viewOf(const QString& path) const; ///< null if the file is not open

    /// Together with what is open from inside them, the innermost first.
    [[nodiscard]] QList<QPointer<DocumentView>> withNested(const QList<DocumentView*>& outer) const;

    void updateTitles();
};

} // namespace romsmith::ui
