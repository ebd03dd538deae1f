// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/romfs/content.h"
#include "tests/core/helpers.h"

#include <gtest/gtest.h>

namespace romsmith::romfs {
namespace {

using test::content;
using test::pattern;
using test::streamed;
using test::TestSource;
using test::textOf;

TEST(Content, IsEmptyByDefault)
{
    const Content nothing;
    EXPECT_TRUE(nothing.isEmpty());
    EXPECT_TRUE(nothing.isInMemory());
    EXPECT_EQ(nothing.readAll()->size(), 0U);
}

TEST(Content, OfASliceLivesLongerThanTheWhole)
{
    Content slice;
    {
        const auto whole = Content::copyOf(asBytes("keep the middle of this"));
        slice = whole.slice(5, 10);
    }
    EXPECT_EQ(textOf(slice), "the middle");
}

TEST(Content, ViewKeepsItsOwnerAlive)
{
    auto owner = std::make_shared<const std::string>("owned");
    const auto view = Content::view(asBytes(*owner), owner);
    const std::weak_ptr<const std::string> watcher = owner;
    owner.reset();
    EXPECT_FALSE(watcher.expired());
    EXPECT_EQ(textOf(view), "owned");
}

TEST(Content, RefusesToReadPastItsEnd)
{
    const auto four = content("four");
    std::array<std::byte, 2> two{};
    EXPECT_TRUE(four.read(2, two));
    EXPECT_FALSE(four.read(3, two));
    EXPECT_FALSE(four.read(5, std::span<std::byte>()));
    EXPECT_FALSE(four.read(~std::uint64_t{0}, two));
}

TEST(Content, ComesInPiecesWhenItIsNotInMemory)
{
    const auto bytes = pattern(200'000);
    const auto source = std::make_shared<const TestSource>(bytes);
    const auto big = Content::from(source);
    EXPECT_FALSE(big.isInMemory());

    test::Blob gathered;
    std::size_t pieces = 0;
    test::must(big.forEachChunk([&](Bytes chunk) -> Result<void> {
        gathered.insert(gathered.end(), chunk.begin(), chunk.end());
        ++pieces;
        return {};
    }));
    EXPECT_TRUE(gathered == bytes);
    EXPECT_EQ(pieces, 4U);
    EXPECT_LE(source->largestRead, 65'536U);
}

TEST(Content, StopsAtTheFirstPieceThatIsRefused)
{
    int pieces = 0;
    const auto done = streamed(pattern(200'000)).forEachChunk([&](Bytes) -> Result<void> {
        ++pieces;
        return fail(ErrorCode::CannotWrite, "full");
    });
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().message, "full");
    EXPECT_EQ(pieces, 1);
}

TEST(Content, PassesOnThatItsSourceFails)
{
    const auto all = streamed(pattern(200'000), 100'000).readAll();
    ASSERT_FALSE(all);
    EXPECT_EQ(all.error().code, ErrorCode::Changed);
}

TEST(Content, IsComparedByItsBytes)
{
    const auto bytes = pattern(150'000);
    auto other = bytes;
    other.back() ^= std::byte{1};
    EXPECT_TRUE(sameBytes(content(bytes), content(bytes)));
    EXPECT_TRUE(sameBytes(content(bytes), streamed(bytes)));
    EXPECT_TRUE(sameBytes(streamed(bytes), content(bytes)));
    EXPECT_TRUE(sameBytes(streamed(bytes), streamed(bytes)));
    EXPECT_FALSE(sameBytes(content(bytes), content(other)));
    EXPECT_FALSE(sameBytes(content(bytes), streamed(other)));
    EXPECT_FALSE(sameBytes(streamed(other), streamed(bytes)));
    EXPECT_FALSE(sameBytes(content("a"), content("ab")));
    EXPECT_TRUE(sameBytes(Content(), content("")));
}

TEST(Content, ThatCannotBeReadEqualsNothing)
{
    const auto bytes = pattern(1000);
    EXPECT_FALSE(sameBytes(streamed(bytes, 10), content(bytes)));
    EXPECT_FALSE(sameBytes(content(bytes), streamed(bytes, 10)));
}

} // namespace
} // namespace romsmith::romfs
