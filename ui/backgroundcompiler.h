// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

namespace romsmith::ui {

class Document;
class Jobs;

/// Compiles a document's Python files in the background, whenever its plan needs that.
class BackgroundCompiler final : public QObject
{
    Q_OBJECT

public:
    BackgroundCompiler(Document& document, Jobs& jobs);

private:
    void compile();

    Document& m_document;
    Jobs& m_jobs;
    bool m_isCompiling = false;
};

} // namespace romsmith::ui
