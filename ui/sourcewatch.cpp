// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/sourcewatch.h"

#include "ui/document.h"
#include "ui/jobs.h"
#include "ui/noticebar.h"
#include "ui/text.h"

#include <QGuiApplication>

#include <memory>
#include <set>

namespace romsmith::ui {

SourceWatch::SourceWatch(Document& document, NoticeBar& notice, Jobs& jobs)
    : m_document(document)
    , m_notice(notice)
    , m_jobs(jobs)
{
    // Files are edited in other programs: what has changed shows when their user comes back.
    connect(qGuiApp, &QGuiApplication::applicationStateChanged, this, [this](Qt::ApplicationState state) {
        if (state == Qt::ApplicationActive) {
            check();
        }
    });
    QMetaObject::invokeMethod(this, &SourceWatch::check, Qt::QueuedConnection);
}

std::vector<sources::Skipped> SourceWatch::leftOut() const
{
    return m_document.isRecipe() ? recipe::notPartOf(toPath(m_document.path())) : std::vector<sources::Skipped>();
}

void SourceWatch::check()
{
    const auto links = recipe::linksIn(m_document.tree().root());
    if (links.empty()) {
        return;
    }
    m_checking.run(
        [links, leftOut = leftOut()](const std::stop_token& stop) { return recipe::changes(links, leftOut, stop); },
        [this, links](std::map<recipe::Link, tree::SourceChange> changes) {
            m_document.setChanges(links, std::move(changes));
        });
}

void SourceWatch::refresh(const std::vector<tree::Node*>& nodes)
{
    std::vector<std::pair<tree::Node*, recipe::Link>> linked;
    std::set<const tree::Node*> known;
    const auto add = [&](const tree::Node& node) {
        if (const auto& link = node.state().link; link && !link->path.empty() && known.insert(&node).second) {
            linked.emplace_back(const_cast<tree::Node*>(&node), link);
        }
    };
    for (const auto* node : nodes) {
        add(*node);
        tree::forEachInside(*node, add);
    }
    if (linked.empty()) {
        m_notice.show(romfs::Severity::Info, tr("None of this comes from files of this computer."));
        return;
    }
    m_jobs.run(
        this, tr("Reading files again"),
        [linked = std::move(linked), leftOut = leftOut()](const std::stop_token& stop) {
            std::vector<recipe::Reread> reread;
            for (const auto& [node, link] : linked) {
                reread.push_back(recipe::readAgain(node, link, leftOut, stop));
            }
            return reread;
        },
        [this](std::vector<recipe::Reread> reread) { apply(std::move(reread)); });
}

void SourceWatch::apply(std::vector<recipe::Reread> reread)
{
    // What was edited meanwhile is left alone.
    std::erase_if(reread, [this](const recipe::Reread& one) {
        return !m_document.holds(one.node) || one.node->state().link != one.old;
    });
    auto [edit, problems] = recipe::refresh(std::move(reread));
    const bool isUpToDate = edit.isEmpty() && problems.empty();
    const auto done = m_document.perform(std::move(edit), tr("Refresh from the disk"));
    if (!done) {
        m_notice.show(done.error());
    } else if (!problems.empty()) {
        const auto first = text(problems.front());
        m_notice.show(
            romfs::Severity::Warning,
            problems.size() == 1
                ? first
                : tr("%1 And %n more could not be read.", nullptr, static_cast<int>(problems.size()) - 1).arg(first));
    } else if (isUpToDate) {
        m_notice.show(romfs::Severity::Info, tr("Everything is as it is on the disk."));
    }
    check();
}

} // namespace romsmith::ui
