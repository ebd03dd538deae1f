// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/exporter.h"

#include "core/sources/exportarchive.h"
#include "core/sources/exportmanifest.h"
#include "ui/document.h"
#include "ui/jobs.h"
#include "ui/noticebar.h"
#include "ui/skipped.h"
#include "ui/text.h"

#include <QFileInfo>

#include <array>

namespace romsmith::ui {
namespace {

/// The node of @p copy that stands where @p node stands in its own tree.
const tree::Node& samePlace(const tree::Node& copy, const tree::Node& node)
{
    return node.parent() ? *samePlace(copy, *node.parent()).children()[node.row()] : copy;
}

} // namespace

Exporter::Exporter(const Document& document, NoticeBar& notice, Jobs& jobs)
    : m_document(document)
    , m_notice(notice)
    , m_jobs(jobs)
{ }

void Exporter::extract(const std::vector<const tree::Node*>& nodes, const QString& folder)
{
    // A copy is written; it shares the content.
    const std::shared_ptr<const tree::Node> copy = m_document.tree().root().copy();
    std::vector<const tree::Node*> copies;
    for (const auto* node : nodes) {
        copies.push_back(&samePlace(*copy, *node));
    }
    m_jobs.run(
        this, tr("Extracting to %1").arg(folder),
        [copy, copies, target = toPath(folder)](const std::stop_token& stop) {
            return sources::extract(copies, target, {}, stop);
        },
        [this, folder](const Result<sources::Extracted>& extracted) { report(extracted, folder); });
}

void Exporter::exportArchive(const QString& path)
{
    const auto format = sources::archiveFormatOf(toPath(path));
    if (!format) {
        m_notice.show(romfs::Severity::Error,
                      tr("%1 is neither .zip nor .tar.gz; the ending says which is meant.").arg(path));
        return;
    }
    const std::shared_ptr<const tree::Node> copy = m_document.tree().root().copy();
    m_jobs.run(
        this, tr("Exporting %1").arg(QFileInfo(path).fileName()),
        [copy, format = *format, target = toPath(path)](const std::stop_token& stop) {
            return sources::exportArchive(std::array{copy.get()}, target, format, stop);
        },
        [this, path](const Result<sources::Extracted>& exported) { report(exported, path); });
}

void Exporter::exportManifest(const QString& folder)
{
    const std::shared_ptr<const tree::Node> copy = m_document.tree().root().copy();
    m_jobs.run(
        this, tr("Exporting to %1").arg(folder),
        [copy, target = toPath(folder)](const std::stop_token& stop) {
            return sources::exportManifest(*copy, target, {}, stop);
        },
        [this, folder](const Result<sources::Extracted>& exported) { report(exported, folder); });
}

void Exporter::report(const Result<sources::Extracted>& extracted, const QString& to)
{
    if (!extracted) {
        m_notice.show(extracted.error());
        return;
    }
    const auto leftOut
        = extracted->skipped.empty() ? QString() : tr(" Left out: %1").arg(summaryOf(extracted->skipped));
    m_notice.show(romfs::Severity::Info,
                  tr("%n file(s), %1 bytes, written to %2.", nullptr, static_cast<int>(extracted->files))
                          .arg(exactSize(extracted->bytes), to)
                      % leftOut);
}

} // namespace romsmith::ui
