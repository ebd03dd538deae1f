// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

class QMenu;

namespace romsmith::ui {

class CompareView;
class DocumentTabs;
class DocumentView;
class Jobs;
struct Questions;

/// Opens comparisons of a document with its file, with other documents and with other files, each in a tab of its own.
class Comparisons final : public QObject
{
    Q_OBJECT

public:
    Comparisons(DocumentTabs& tabs, Questions& questions, Jobs& jobs);

    void fill(QMenu& menu); ///< with what the current document can be compared with
    void compareWithFile(DocumentView& view, const QString& path);

private:
    void show(CompareView* comparison);

    DocumentTabs& m_tabs;
    Questions& m_questions;
    Jobs& m_jobs;
};

} // namespace romsmith::ui
