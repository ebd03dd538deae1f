// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/romfsconfig.h"
#include "tests/core/tempfolder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace romsmith;
using namespace romsmith::test;
using testing::HasSubstr;

namespace {

/// A checkout of a firmware with some models in it.
class RomfsConfigTest : public testing::Test
{
protected:
    RomfsConfigTest()
    {
        m_folder.write("scripts/libraries/pid.py", "");
        m_folder.write("lib/models/person.tflite", "person");
        m_folder.write("lib/models/person.txt", "labels");
        m_folder.write("lib/models/yolo.tflite", "yolo");
        m_folder.write("lib/haar/eye.xml", "<xml>");
        m_folder.write("lib/haar/face.cascade", "face");
        m_folder.write("build/x.bin", "built");
    }

    Result<sources::RomfsConfig> load(std::string_view json, const sources::FirmwareFolders& set = {})
    {
        return sources::loadRomfsConfig(m_folder.write("boards/OPENMV_AE3/romfs_config.json", json), set);
    }

    std::string problem(std::string_view json) { return messageOf(load(json)); }

    static std::string listing(const sources::ConfigPartition& partition)
    {
        std::string all;
        for (const auto& node : partition.content.nodes) {
            const auto& wanted = node->state().alignmentOverride;
            all += (all.empty() ? "" : " ") + node->name() + (wanted ? "@" + std::to_string(*wanted) : "");
        }
        return all;
    }

    TempFolder m_folder;
};

} // namespace

TEST_F(RomfsConfigTest, GivesTheFilesOfEachPartition)
{
    auto config = must(load(R"({
        "1": {"size": "0x00100000", "entries": [{"type": "data", "path": "{TOP}/lib/haar/face.cascade"}]},
        "0": {"size": "0x01800000", "entries": [
            {"type": "tflite", "path": "{TOP}/lib/models/yolo.tflite", "alignment": 16, "optimize": "Size"},
            {"type": "tflite", "path": "{TOP}/lib/models/p*.tflite", "alignment": 32},
            {"type": "haar", "path": "{TOP}/lib/haar/eye.xml", "stages": 0},
            {"type": "data", "path": "{TOP}/nowhere", "enabled": false}]}})"));
    EXPECT_EQ(config.board, "OPENMV_AE3");
    ASSERT_EQ(config.partitions.size(), 2U);
    EXPECT_EQ(listing(config.partitions[0]), "yolo.tflite@16 person.tflite@32 person.txt");
    EXPECT_EQ(config.partitions[0].size, 0x01800000U);
    EXPECT_THAT(config.partitions[0].content.skipped.at(0).reason, HasSubstr("converts cascades"));
    EXPECT_EQ(listing(config.partitions[1]), "face.cascade");
    EXPECT_EQ(config.partition(1)->index, 1U);
    EXPECT_EQ(config.partition(2), nullptr);
}

TEST_F(RomfsConfigTest, TakesFoldersThatAreSet)
{
    constexpr auto json = R"({"0": {"entries": [{"path": "{BUILD}/x.bin"}]}})";
    EXPECT_THAT(problem(json), HasSubstr("{BUILD} is not known"));
    EXPECT_EQ(listing(must(load(json, {{"BUILD", m_folder / "build"}})).partitions[0]), "x.bin");
}

TEST_F(RomfsConfigTest, SaysWhatIsWrong)
{
    EXPECT_THAT(problem("{"), HasSubstr("it is not JSON"));
    EXPECT_THAT(problem("[]"), HasSubstr("a key for each partition"));
    EXPECT_THAT(problem("{}"), HasSubstr("it has no partition"));
    EXPECT_THAT(problem(R"({"x": {"entries": []}})"), HasSubstr("partition \"x\": a number below 16"));
    EXPECT_THAT(problem(R"({"99": {"entries": []}})"), HasSubstr("a number below 16"));
    EXPECT_THAT(problem(R"({"0": 5})"), HasSubstr("an object"));
    EXPECT_THAT(problem(R"({"0": {}})"), HasSubstr("a list of entries"));
    EXPECT_THAT(problem(R"({"0": {"size": "big", "entries": []}})"), HasSubstr("its size"));
    EXPECT_THAT(problem(R"({"0": {"entries": [5]}})"), HasSubstr("no path"));
    EXPECT_THAT(problem(R"({"0": {"entries": [{"path": "{TOP}/lib/models/yolo.tflite", "alignment": 3}]}})"),
                HasSubstr("power of two"));
    EXPECT_THAT(problem(R"({"0": {"entries": [{"path": "{TOP}/lib/*.nothing"}]}})"), HasSubstr("no such file"));
    EXPECT_THAT(problem(R"({"0": {"entries": [{"path": "/dev/zero"}]}})"), HasSubstr("no such file"));
}

TEST_F(RomfsConfigTest, KnowsItsName)
{
    EXPECT_TRUE(sources::isRomfsConfig(m_folder.write("x/romfs_config.json", "{}")));
    EXPECT_FALSE(sources::isRomfsConfig(m_folder.write("x/config.json", "{}")));
    EXPECT_FALSE(sources::isRomfsConfig(m_folder / "romfs_config.json"));
}
