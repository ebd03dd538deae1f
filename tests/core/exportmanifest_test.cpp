// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/exportmanifest.h"
#include "core/sources/manifest.h"
#include "tests/core/tempfolder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace romsmith;
using namespace romsmith::test;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

namespace {

/// An image with these files and folders around them.
std::unique_ptr<tree::Node> imageOf(std::initializer_list<std::string_view> paths)
{
    auto root = tree::Node::folder({});
    for (auto path : paths) {
        auto* folder = root.get();
        for (auto slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/')) {
            const auto name = std::string(path.substr(0, slash));
            auto* inside = folder->child(name);
            folder = inside ? inside : &folder->append(tree::Node::folder(name));
            path.remove_prefix(slash + 1);
        }
        folder->append(tree::Node::file(std::string(path), content("x = 1\n")));
    }
    return root;
}

/// The lines of a manifest that are not comments.
std::string commandsIn(const std::string& manifest)
{
    const auto end = manifest.find("\n\n");
    return manifest.substr(end + 2);
}

std::vector<std::string> lines(const std::vector<sources::Skipped>& all)
{
    std::vector<std::string> result;
    for (const auto& [path, reason] : all) {
        result.push_back(path.string() + ": " + reason);
    }
    return result;
}

} // namespace

TEST(ExportManifest, FreezesWhatIsAtTheTopAndInLib)
{
    const TempFolder folder;
    const auto image = imageOf({"main.py", "app/__init__.py", "app/deep/leaf.py", "lib/x.py", "lib/pkg/__init__.py",
                                "lib/pkg/fast.mpy", "lib/done.mpy", "only/bytes.mpy"});
    const auto done = must(sources::exportManifest(*image, folder.path() / "out", {}));
    EXPECT_THAT(done.skipped, IsEmpty());
    EXPECT_EQ(commandsIn(folder.read("out/manifest.py")),
              "module(\"main.py\")\n"
              "package(\"app\")\n"
              "module(\"x.py\", base_path=\"lib\")\n"
              "package(\"pkg\", base_path=\"lib\")\n"
              "freeze_mpy(\"lib\", \"pkg/fast.mpy\")\n"
              "freeze_mpy(\"lib\", \"done.mpy\")\n"
              "freeze_mpy(\".\", \"only/bytes.mpy\")\n");
    EXPECT_EQ(folder.listing("out"),
              "app/ app/__init__.py app/deep/ app/deep/leaf.py lib/ lib/done.mpy lib/pkg/ lib/pkg/__init__.py "
              "lib/pkg/fast.mpy lib/x.py main.py manifest.py only/ only/bytes.mpy");
}

TEST(ExportManifest, ComesBackAsTheSameModules)
{
    const TempFolder folder;
    const auto image = imageOf({"main.py", "app/__init__.py", "lib/x.py", "lib/we\"ird.py", "lib/pkg/a.py"});
    must(sources::exportManifest(*image, folder.path() / "out", {}));
    const auto loaded = must(sources::loadManifest(folder.path() / "out" / "manifest.py", {}));
    const auto& lib = *loaded.nodes.front();
    EXPECT_TRUE(lib.child("main.py") && lib.child("app") && lib.child("x.py") && lib.child("pkg")->child("a.py"));
    EXPECT_TRUE(lib.child("we\"ird.py"));
}

TEST(ExportManifest, LeavesOutWhatAFirmwareWouldNotFreezeOrFind)
{
    const TempFolder folder;
    const auto image = imageOf({"manifest.py", "both.py", "both.mpy", "model.tflite", "data/x.txt", "dup.py", "dup.py",
                                "$(X).py", "back\\slash.py", "lib/dup.py", "lib/app/a.py", "app/b.py", "../up.py"});
    const auto done = must(sources::exportManifest(*image, folder.path() / "out", {}));
    EXPECT_THAT(lines(done.skipped),
                UnorderedElementsAre(
                    "manifest.py: the manifest that is written has its name",
                    "both.mpy: the .py file beside it is what the device imports",
                    "model.tflite: a firmware freezes Python only", "data/x.txt: a firmware freezes Python only",
                    "dup.py: the name occurs twice; the device opens the first one, too",
                    "$(X).py: its name cannot be used here", HasSubstr("slash.py: its name cannot be used here"),
                    "lib/dup.py: a module at the top has its name, which the device finds first",
                    "lib/app: a module at the top has its name, which the device finds first",
                    "..: its name cannot be used here"));
    EXPECT_EQ(folder.listing(), "out/ out/app/ out/app/b.py out/both.py out/dup.py out/manifest.py");
}

TEST(ExportManifest, WritesNothingWithoutPython)
{
    const TempFolder folder;
    EXPECT_THAT(messageOf(sources::exportManifest(*imageOf({"a.txt"}), folder.path() / "out", {})),
                HasSubstr("no Python file"));
    EXPECT_EQ(folder.listing(), "");
}
