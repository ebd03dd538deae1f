// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sources/extract.h"

#include <QObject>

#include <vector>

namespace romsmith::ui {

class Document;
class Jobs;
class NoticeBar;

/// Writes what is in a document to folders and archives of this computer, in the background; editing goes on meanwhile.
class Exporter final : public QObject
{
    Q_OBJECT

public:
    Exporter(const Document& document, NoticeBar& notice, Jobs& jobs);

    void extract(const std::vector<const tree::Node*>& nodes, const QString& folder);

    /// Writes what is in the image, Python as source, to a zip or tar.gz that has the same bytes whenever it is made.
    void exportArchive(const QString& path);

    /// Writes the Python files, as source, and a manifest.py by which a firmware freezes them.
    void exportManifest(const QString& folder);

private:
    void report(const Result<sources::Extracted>& extracted, const QString& to);

    const Document& m_document;
    NoticeBar& m_notice;
    Jobs& m_jobs;
};

} // namespace romsmith::ui
