// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

namespace romsmith::ui {

class DocumentTabs;
class DocumentView;
class Session;
struct Questions;

/// Where documents are saved to: asks for a file if need be, and never lets two of them have the same one.
class Saving final : public QObject
{
    Q_OBJECT

public:
    Saving(DocumentTabs& tabs, Session& session, Questions& questions);

    void save(DocumentView& view); ///< to where it came from
    void saveAs(DocumentView& view);
    void saveCopy(DocumentView& view);
    [[nodiscard]] QString pathToSaveAs(DocumentView& view); ///< empty when there is none

private:
    DocumentTabs& m_tabs;
    Session& m_session;
    Questions& m_questions;
};

} // namespace romsmith::ui
