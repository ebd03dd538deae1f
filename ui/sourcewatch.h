// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recipe/refresh.h"
#include "ui/latest.h"

#include <QObject>

#include <vector>

namespace romsmith::ui {

class Document;
class Jobs;
class NoticeBar;

/// Looks whether the files that a document was put together from are still as they were read, and reads them again when
/// asked to.
class SourceWatch final : public QObject
{
    Q_OBJECT

public:
    SourceWatch(Document& document, NoticeBar& notice, Jobs& jobs);

    void check(); ///< in the background; the document's findings say what has changed

    /// Brings nodes, and all inside them, up to date with the disk: one step that can be undone.
    void refresh(const std::vector<tree::Node*>& nodes);

private:
    [[nodiscard]] std::vector<sources::Skipped> leftOut() const;
    void apply(std::vector<recipe::Reread> reread);

    Document& m_document;
    NoticeBar& m_notice;
    Jobs& m_jobs;
    Latest m_checking{this};
};

} // namespace romsmith::ui
