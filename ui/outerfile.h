// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/error.h"
#include "core/romfs/content.h"
#include "core/tree/node.h"

#include <QObject>
#include <QPointer>

#include <string>
#include <vector>

namespace romsmith::ui {

class Document;

/// The file of another image that a nested document is the content of: saving the document is an edit of that image.
class OuterFile final : public QObject
{
    Q_OBJECT

public:
    OuterFile(Document& nested, Document& outer, tree::Node& file);

    [[nodiscard]] tree::Node* node() const; ///< null when it is not in the outer image any more

    /// To be called when the nested document's plan is complete. Fails once with ErrorCode::Changed when the file was
    /// replaced meanwhile; saving again replaces it.
    [[nodiscard]] Result<void> save();

private:
    void watch();
    [[nodiscard]] bool isKnown(const romfs::Content& content) const;

    Document& m_nested;
    QPointer<Document> m_outer;
    tree::Node* m_file; ///< may be gone: see node()
    std::string m_name; ///< as it was when this was opened or saved last
    std::vector<romfs::Content> m_contents; ///< what the nested document knows to have been there, the newest last
};

} // namespace romsmith::ui
