// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QPointer>

#include <functional>

namespace romsmith::ui {

class DocumentTabs;
class DocumentView;
class Saving;
struct Questions;

/// Closes documents together with what is open from inside them; changes that are not saved are not lost unasked.
class Closing final : public QObject
{
    Q_OBJECT

public:
    Closing(DocumentTabs& tabs, Saving& saving, Questions& questions);

    /// True if all are closed already. Otherwise @p closedLater is called when they are, unless a save fails or is
    /// cancelled.
    bool close(const QList<DocumentView*>& views, const std::function<void()>& closedLater = {});

Q_SIGNALS:
    void closed(const QStringList& paths); ///< of those that are files

private:
    using Views = QList<QPointer<DocumentView>>;

    bool saveAndClose(const Views& views, const std::function<void()>& closedLater);
    void closeNow(const Views& views);

    DocumentTabs& m_tabs;
    Saving& m_saving;
    Questions& m_questions;
};

} // namespace romsmith::ui
