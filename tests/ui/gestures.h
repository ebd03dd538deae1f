// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/core/editscript.h"
#include "tests/ui/helpers.h"

#include <array>
#include <functional>
#include <random>
#include <span>
#include <vector>

/// Everything that hands can do to a document.
namespace romsmith::test {

inline std::vector<tree::Node*> nodesOf(const ui::Document& document, romfs::EntryType type)
{
    std::vector<tree::Node*> nodes;
    for (auto* node : document.plan().flat.nodes) {
        if (node->type() == type) {
            nodes.push_back(node);
        }
    }
    return nodes;
}

inline std::vector<tree::Node*> filesOf(const ui::Document& document)
{
    return nodesOf(document, romfs::EntryType::File);
}

inline tree::Node& firstFile(const ui::Document& document)
{
    return *filesOf(document).at(0);
}

inline tree::Node& lastFile(const ui::Document& document)
{
    return *filesOf(document).back();
}

inline tree::Node& firstFolder(const ui::Document& document)
{
    return *nodesOf(document, romfs::EntryType::Directory).at(0);
}

struct Gesture
{
    const char* name;
    std::function<Result<void>(ui::Document&)> make;
};

/// One of each; every one of them changes an image that has files, and a folder with at least two things in it.
inline std::vector<Gesture> allGestures()
{
    const auto perform = [](ui::Document& document, Result<tree::Edit> edit) {
        return document.perform(std::move(edit), QStringLiteral("gesture"));
    };
    using tree::ClashPolicy;
    return {
        {"add a file",
         [=](ui::Document& d) {
             return perform(d, d.tree().add(d.tree().root(), list(file("new.txt", "new")), ClashPolicy::Refuse));
         }},
        {"add a folder full of files",
         [=](ui::Document& d) {
             auto folder = tree::Node::folder("pkg");
             folder->append(file("a.py", "a"));
             folder->append(tree::Node::folder("sub")).append(file("m.tflite", "model"));
             return perform(d, d.tree().add(firstFolder(d), list(std::move(folder)), ClashPolicy::Refuse));
         }},
        {"add what replaces",
         [=](ui::Document& d) {
             auto& old = firstFile(d);
             return perform(d, d.tree().add(*old.parent(), list(file(old.name(), "other")), ClashPolicy::Replace));
         }},
        {"add what is there and keep both",
         [=](ui::Document& d) {
             auto& old = firstFile(d);
             return perform(d, d.tree().add(*old.parent(), list(file(old.name(), "other")), ClashPolicy::KeepBoth));
         }},
        {"new folder", [=](ui::Document& d) { return perform(d, d.tree().newFolder(firstFolder(d), "new")); }},
        {"rename a file", [=](ui::Document& d) { return perform(d, d.tree().rename(firstFile(d), "renamed.tflite")); }},
        {"rename a folder", [=](ui::Document& d) { return perform(d, d.tree().rename(firstFolder(d), "renamed")); }},
        {"replace content",
         [=](ui::Document& d) { return perform(d, d.tree().replaceContent(lastFile(d), content("replaced"))); }},
        {"remove a file", [=](ui::Document& d) { return perform(d, d.tree().remove(std::array{&firstFile(d)})); }},
        {"remove a folder", [=](ui::Document& d) { return perform(d, d.tree().remove(std::array{&firstFolder(d)})); }},
        {"remove everything",
         [=](ui::Document& d) { return perform(d, d.tree().remove(std::vector(d.plan().flat.nodes))); }},
        {"move into a folder",
         [=](ui::Document& d) {
             return perform(d, d.tree().move(std::array{&firstFile(d)}, firstFolder(d), 0, ClashPolicy::KeepBoth));
         }},
        {"move to the top of the image",
         [=](ui::Document& d) {
             return perform(d, d.tree().move(std::array{&lastFile(d)}, d.tree().root(), 0, ClashPolicy::KeepBoth));
         }},
        {"reorder in a folder",
         [=](ui::Document& d) {
             auto& last = *firstFolder(d).children().back();
             return perform(d, d.tree().move(std::array{&last}, firstFolder(d), 0, ClashPolicy::Refuse));
         }},
        {"align one",
         [=](ui::Document& d) { return perform(d, d.tree().setAlignment(std::array{&lastFile(d)}, 256)); }},
        {"align many", [=](ui::Document& d) { return perform(d, d.tree().setAlignment(filesOf(d), 512)); }},
        {"other layout",
         [](ui::Document& d) -> Result<void> {
             d.setStyle(d.style() == romfs::Style::OpenMv ? romfs::Style::Compact : romfs::Style::OpenMv);
             return {};
         }},
        {"lay out anew", [=](ui::Document& d) { return perform(d, d.tree().layOutAnew()); }},
    };
}

/// Gestures, undo and redo as they come, the same for the same seed.
class RandomHands
{
public:
    explicit RandomHands(unsigned seed)
        : m_random(seed)
    { }

    void moveOnce(ui::Document& document)
    {
        std::array<std::uint8_t, 64> bytes;
        for (auto& byte : bytes) {
            byte = static_cast<std::uint8_t>(m_random());
        }
        switch (m_random() % 12) {
        case 0:
            document.undoStack().undo();
            break;
        case 1:
            document.undoStack().redo();
            break;
        case 2:
            document.setStyle(m_random() % 2 == 0 ? romfs::Style::OpenMv : romfs::Style::Compact);
            break;
        case 3:
            // As a click into the history does.
            document.undoStack().setIndex(std::max(document.undoStack().count() - static_cast<int>(m_random() % 6), 0));
            break;
        default:
            Script script(bytes);
            // About half of what is asked for is refused, which is as good a test.
            static_cast<void>(document.perform(nextEdit(document.tree(), script), QStringLiteral("gesture")));
        }
    }

private:
    std::minstd_rand m_random;
};

/// A row for every gesture with every document.
inline void addGestureRows(std::span<const QLatin1StringView> documentNames)
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<std::size_t>("gesture");
    const auto gestures = allGestures();
    for (const auto name : documentNames) {
        for (std::size_t i = 0; i < gestures.size(); ++i) {
            QTest::addRow("%s: %s", name.data(), gestures[i].name) << QString(name) << i;
        }
    }
}

} // namespace romsmith::test
