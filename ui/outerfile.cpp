// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/outerfile.h"

#include "core/romfs/writer.h"
#include "ui/document.h"
#include "ui/text.h"

#include <algorithm>

namespace romsmith::ui {

OuterFile::OuterFile(Document& nested, Document& outer, tree::Node& file)
    : m_nested(nested)
    , m_outer(&outer)
    , m_file(&file)
    , m_name(file.name())
    , m_contents{file.content()}
{
    nested.setNestedName(QStringLiteral("%1 › %2").arg(outer.name(), shownName(file.path())));
    connect(&outer, &Document::planChanged, this, &OuterFile::watch);
}

bool OuterFile::isKnown(const romfs::Content& content) const
{
    return std::ranges::any_of(m_contents, [&](const romfs::Content& known) { return known.isSameAs(content); });
}

/// An undo in the outer image can take back what was saved into it.
void OuterFile::watch()
{
    const auto* file = node();
    if (m_nested.isNested() && !m_nested.isModified() && (!file || !file->content().isSameAs(m_contents.back()))) {
        m_nested.markUnsaved();
    }
}

tree::Node* OuterFile::node() const
{
    if (!m_outer || !m_outer->holds(m_file) || !m_file->isFile()) {
        return nullptr;
    }
    // A node that is gone may have left its address to another one.
    return m_file->name() == m_name || isKnown(m_file->content()) ? m_file : nullptr;
}

Result<void> OuterFile::save()
{
    auto* file = node();
    if (!file) {
        return fail(ErrorCode::NotFound,
                    tr("The image that this one was in is closed, or the file was removed from it. Use Save As to keep "
                       "this one.")
                        .toStdString());
    }
    if (!isKnown(file->content())) {
        m_contents.push_back(file->content()); // saving once more replaces it
        return fail(ErrorCode::Changed,
                    tr("\"%1\" has been replaced in the outer image meanwhile. Save again to replace it with this one; "
                       "that can be undone there.")
                        .arg(shownName(file->name()))
                        .toStdString());
    }
    const auto& plan = m_nested.plan();
    auto bytes = romfs::write(plan.flat.entries, plan.layout);
    if (!bytes) {
        return std::unexpected(bytes.error());
    }
    m_name = file->name();
    m_contents.push_back(romfs::Content::own(std::move(*bytes)));
    return m_outer
        ->perform(m_outer->tree().replaceContent(*file, m_contents.back()),
                  tr("Change inside \"%1\"").arg(shownName(m_name)))
        .transform([this] { m_nested.markSavedIntoOuter(); });
}

} // namespace romsmith::ui
