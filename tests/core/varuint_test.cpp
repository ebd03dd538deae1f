// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/romfs/varuint.h"
#include "tests/core/helpers.h"

#include <gtest/gtest.h>

#include <array>

namespace romsmith::romfs {
namespace {

using test::filled;
using test::hex;

struct Row
{
    std::uint64_t value;
    std::string_view encoding;
};

constexpr std::array table{
    Row{0, "00"},
    Row{1, "01"},
    Row{127, "7f"},
    Row{128, "81 00"},
    Row{255, "81 7f"},
    Row{16383, "ff 7f"},
    Row{16384, "81 80 00"},
    Row{2097151, "ff ff 7f"},
    Row{2097152, "81 80 80 00"},
    Row{268435455, "ff ff ff 7f"},
    Row{268435456, "81 80 80 80 00"},
    Row{4294967295, "8f ff ff ff 7f"},
    Row{Kind::Filesystem, "d2 cd 31"},
};

TEST(Varuint, DecodesTheMostSignificantGroupFirst)
{
    for (const auto& [value, encoding] : table) {
        const auto decoded = decodeVaruint(hex(encoding));
        ASSERT_TRUE(decoded) << encoding;
        EXPECT_EQ(decoded->value, value) << encoding;
        EXPECT_EQ(decoded->width, hex(encoding).size()) << encoding;
    }
}

TEST(Varuint, KnowsTheShortestWidthOfAValue)
{
    for (const auto& [value, encoding] : table) {
        EXPECT_EQ(varuintWidth(value), hex(encoding).size()) << value;
    }
    EXPECT_EQ(varuintWidth(std::uint64_t{1} << 35U), 6U);
    EXPECT_EQ(varuintWidth(~std::uint64_t{0}), 10U);
}

TEST(Varuint, StopsAtTheLastByteOfTheNumber)
{
    const auto decoded = decodeVaruint(hex("81 00 ff ff"));
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->value, 128U);
    EXPECT_EQ(decoded->width, 2U);
}

TEST(Varuint, TakesAnyNumberOfLeadingFillerBytes)
{
    for (const std::size_t filler : {1UZ, 10UZ, 11UZ, 27UZ, 100'000UZ}) {
        const auto decoded = decodeVaruint(filled(filler, 0x80) + hex("83 bd 50"));
        ASSERT_TRUE(decoded) << filler;
        EXPECT_EQ(decoded->value, 57040U) << filler;
        EXPECT_EQ(decoded->width, filler + 3) << filler;
    }
}

TEST(Varuint, TakesTheWidthsThatOpenMvWrites)
{
    const auto header = decodeVaruint(hex("80 80 80 80 80 80 80 80 80 80 87 ed 14"));
    ASSERT_TRUE(header);
    EXPECT_EQ(header->value, 128660U);
    EXPECT_EQ(header->width, 13U);

    const auto directory = decodeVaruint(filled(28, 0x80) + hex("05"));
    ASSERT_TRUE(directory);
    EXPECT_EQ(directory->value, 5U);
    EXPECT_EQ(directory->width, 29U);
}

TEST(Varuint, TakesTheLargestValueBehindFiller)
{
    const auto decoded = decodeVaruint(filled(50, 0x80) + hex("8f ff ff ff 7f"));
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->value, maxValue);
}

TEST(Varuint, RefusesValuesThatTheDeviceWouldWrap)
{
    for (const auto* encoding :
         {"90 80 80 80 00", "9f ff ff ff 7f", "81 80 80 80 80 00", "8f ff ff ff ff 7f", "81 ff ff ff ff ff ff ff ff 7f",
          "ff ff ff ff ff ff ff ff ff ff ff ff ff ff 00", "82 80 80 80 80 80 80 80 80 80 80 80 01"}) {
        const auto decoded = decodeVaruint(hex(encoding));
        ASSERT_FALSE(decoded) << encoding;
        EXPECT_EQ(decoded.error(), VaruintError::TooLarge) << encoding;
    }
}

TEST(Varuint, DoesNotTakeAWrappedValueForASmallOne)
{
    // 2^64 and 2^32 leave zero in 64 and 32 bits.
    EXPECT_FALSE(decodeVaruint(hex("82 80 80 80 80 80 80 80 80 00")));
    EXPECT_FALSE(decodeVaruint(hex("90 80 80 80 05")));
}

TEST(Varuint, IsTruncatedWithoutALastByte)
{
    for (const auto& bytes : {hex(""), hex("80"), hex("ff"), hex("81 80 80"), filled(1000, 0xff), filled(1000, 0x80)}) {
        const auto decoded = decodeVaruint(bytes);
        ASSERT_FALSE(decoded);
        EXPECT_EQ(decoded.error(), VaruintError::Truncated);
    }
}

} // namespace
} // namespace romsmith::romfs
