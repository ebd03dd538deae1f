// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/ui/windowhelpers.h"
#include "ui/findingsmodel.h"
#include "ui/problemsview.h"
#include "ui/romtreeview.h"

namespace romsmith::test {

/// A window with one new image that is saved nowhere and counts as unchanged.
class EditingWindow : public UserWindow
{
public:
    explicit EditingWindow(std::initializer_list<std::pair<std::string_view, std::string_view>> files
                           = {{"main.py", "main"}, {"lib/a.py", "a"}, {"lib/deep/x.bin", "x"}, {"model.tflite", "m"}})
    {
        newDocument();
        fill(document(), files);
        currentView()->editor().askAboutClashes = [](std::span<const tree::Clash> clashes) {
            QTest::qFail(qPrintable(QStringLiteral("asked about ") % pathsOf(clashes).join(u' ')), __FILE__, __LINE__);
            return std::nullopt;
        };
        currentView()->importer().askAboutArchive = [](const QString& name, const auto&, const auto&) {
            QTest::qFail(qPrintable(QStringLiteral("asked about ") % name), __FILE__, __LINE__);
            return ui::ArchiveAnswer();
        };
        tree().clearSelection();
        tree().setCurrentIndex({});
        QCoreApplication::processEvents();
        static_cast<void>(QTest::qWaitFor([this] { return jobs().isIdle(); }, patience)); // compiling
    }

    tree::Node& at(std::string_view path) { return test::at(document(), path); }
    QString outline() { return test::outlineOf(document()); }

    QStringList visibleNames() const
    {
        QStringList names;
        for (auto index = tree().indexAt({1, 1}); index.isValid(); index = tree().indexBelow(index)) {
            names.append(index.data().toString());
        }
        return names;
    }
};

} // namespace romsmith::test
