// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/bundle.h"
#include "core/sources/exportarchive.h"
#include "tests/core/tempfolder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

using namespace romsmith;
using namespace romsmith::test;
using boards::Role;
using sources::Bundle;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

/// A zip with these files, whose content is their path.
std::filesystem::path zip(const TempFolder& folder, std::string_view name,
                          std::initializer_list<std::string_view> paths)
{
    const auto root = tree::Node::folder({});
    for (const auto path : paths) {
        const auto slash = path.find('/');
        auto* parent = root.get();
        if (slash != std::string_view::npos) {
            const auto top = std::string(path.substr(0, slash));
            auto* there = parent->child(top);
            parent = there ? there : &parent->append(tree::Node::folder(top));
        }
        parent->append(tree::Node::file(std::string(path.substr(slash + 1)), content(path)));
    }
    must(sources::exportArchive(std::array{static_cast<const tree::Node*>(root.get())}, folder / name,
                                sources::ArchiveFormat::Zip));
    return folder / name;
}

std::vector<std::string> idsOf(const Bundle& bundle)
{
    std::vector<std::string> ids;
    for (const auto& board : bundle.boards()) {
        ids.push_back(board.id);
    }
    return ids;
}

} // namespace

TEST(Bundle, KnowsAFolderForEachBoard)
{
    const TempFolder folder;
    const auto bundle = must(
        Bundle::open(zip(folder, "firmware_v5.zip",
                         {"OPENMV_N6/firmware.bin", "OPENMV_N6/bootloader.bin", "OPENMV_N6/openmv.bin",
                          "OPENMV_N6/romfs0.img", "OPENMV_N6/firmware.elf", "OPENMV_AE3/firmware_M55_HP.bin",
                          "OPENMV_AE3/firmware_M55_HE.bin", "OPENMV_AE3/firmware.toc", "OPENMV_AE3/romfs0.img",
                          "OPENMV_AE3/romfs1.img", "CYW4343/cyw4343.bin", "NEW_BOARD/firmware.bin", "README.md"})));
    EXPECT_THAT(idsOf(bundle), ElementsAre("NEW_BOARD", "OPENMV_AE3", "OPENMV_N6"));

    const auto n6 = must(bundle.find("n6"));
    EXPECT_EQ(n6.file("firmware.bin")->role, Role::Firmware);
    EXPECT_TRUE(n6.file("firmware.bin")->release);
    EXPECT_EQ(n6.file("romfs0.img")->role, Role::Romfs);
    EXPECT_EQ(n6.file("romfs0.img")->partition, 0U);
    EXPECT_EQ(n6.file("bootloader.bin")->role, Role::Bootloader);
    EXPECT_EQ(n6.file("openmv.bin")->role, Role::WholeChip);
    for (const auto* name : {"bootloader.bin", "openmv.bin", "firmware.elf"}) {
        EXPECT_FALSE(n6.file(name)->release) << name;
    }
    EXPECT_EQ(textOf(must(bundle.read(*n6.file("romfs0.img")))), "OPENMV_N6/romfs0.img");

    const auto ae3 = must(bundle.find("OPENMV_AE3"));
    EXPECT_EQ(ae3.file("firmware_M55_HP.bin")->release->alternateSetting, "HP");
    EXPECT_EQ(ae3.file("firmware_M55_HE.bin")->release->alternateSetting, "HE");
    EXPECT_EQ(ae3.file("firmware.toc")->role, Role::TableOfContents);
    EXPECT_FALSE(ae3.file("firmware.toc")->release);
    EXPECT_EQ(ae3.file("romfs1.img")->partition, 1U);

    EXPECT_EQ(must(bundle.find("new_board")).board, nullptr);
    EXPECT_THAT(messageOf(bundle.find("OPENMV4")), HasSubstr("it is for NEW_BOARD, OPENMV_AE3, OPENMV_N6"));
}

TEST(Bundle, KnowsTheFilesOfOneBoard)
{
    const TempFolder folder;
    const auto named = must(Bundle::open(zip(folder, "firmware_OPENMV4.zip", {"firmware.bin", "romfs0.img"})));
    EXPECT_THAT(idsOf(named), ElementsAre("OPENMV4"));
    const auto unnamed = must(Bundle::open(zip(folder, "download.zip", {"firmware.bin", "romfs0.img"})));
    EXPECT_THAT(idsOf(unnamed), ElementsAre(""));
    EXPECT_EQ(must(unnamed.find("OPENMV4")).file("firmware.bin")->release->alternateSetting, "FIRMWARE");
    EXPECT_THAT(messageOf(unnamed.find("nonsense")), HasSubstr("a board that it does not name"));
}

TEST(Bundle, IsNotEveryArchive)
{
    const TempFolder folder;
    EXPECT_THAT(messageOf(Bundle::open(zip(folder, "a.zip", {"main.py", "lib/x.py"}))), HasSubstr("not a bundle"));
    EXPECT_THAT(messageOf(Bundle::open(folder.write("b.zip", "no zip"))), HasSubstr("not a bundle"));
    EXPECT_THAT(messageOf(Bundle::open(folder / "missing.zip")), HasSubstr("no such file"));
    const auto bytes = TempFolder::contentOf(zip(folder, "c.zip", {"OPENMV4/firmware.bin", "OPENMV4/romfs0.img"}));
    EXPECT_FALSE(Bundle::open(folder.write("cut.zip", bytes.substr(0, bytes.size() / 2))));
}

TEST(Bundle, SaysWhatIsDamaged)
{
    const TempFolder folder;
    auto bytes = TempFolder::contentOf(zip(folder, "whole.zip", {"OPENMV4/firmware.bin"}));
    constexpr std::string_view name = "OPENMV4/firmware.bin";
    const auto nameAt = bytes.find(name); // behind it: what the two bytes before it give the length of, and the content
    const auto extra = static_cast<unsigned char>(bytes.at(nameAt - 2));
    bytes.at(nameAt + name.size() + extra + 2) ^= 0x55;
    const auto bundle = must(Bundle::open(folder.write("damaged.zip", bytes)));
    EXPECT_THAT(messageOf(bundle.read(bundle.boards()[0].files[0])), HasSubstr("firmware.bin cannot be read from"));
}
