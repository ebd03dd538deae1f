// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/device/transfer.h"
#include "core/inspect/digest.h"
#include "tests/core/scriptedcam.h"

#include <gmock/gmock.h>

#include <random>

namespace romsmith::device {
namespace {

using namespace std::string_literals;
using namespace std::chrono_literals;
using test::Script;
using test::scriptedCam;
using testing::HasSubstr;

const auto ignored = [](std::uint64_t, std::uint64_t) { };

test::Blob randomBytes(std::size_t size)
{
    std::minstd_rand random(size);
    test::Blob bytes(size);
    std::ranges::generate(bytes, [&] { return static_cast<std::byte>(random() >> 8U); });
    return bytes;
}

std::string adler(std::string_view text)
{
    return std::format("{:08x}", checksum(romfs::asBytes(text), false));
}

// --- chunks

TEST(ChunkTest, IsAHeadThatCanBeCheckedAndAPayload)
{
    const auto content = test::text("\x01\x02\x03 ROM");
    const auto chunk = encodeChunk(0x1234, content, {});
    EXPECT_EQ(chunk.substr(0, 21), "r00001234000007000007");
    EXPECT_EQ(chunk.substr(21, 8), std::format("{:08x}", checksum(content, true)));
    EXPECT_EQ(chunk.substr(chunkHead), romfs::asText(content));
    unsigned sum = 0;
    for (const char c : chunk.substr(0, 29)) {
        sum += static_cast<unsigned char>(c);
    }
    EXPECT_EQ(chunk.substr(29, 2), std::format("{:02x}", sum & 0xffU));
}

TEST(ChunkTest, IsPackedWhereThatIsSmaller)
{
    const auto text = test::filled(1000, 'x');
    const auto packed = encodeChunk(0, text, {.deflate = true});
    EXPECT_EQ(packed.front(), 'z');
    EXPECT_LT(packed.size(), 100U);
    EXPECT_EQ(encodeChunk(0, text, {}).front(), 'r');
    const auto noise = randomBytes(1000);
    EXPECT_EQ(encodeChunk(0, noise, {.deflate = true}).front(), 'r');
}

TEST(ChunkTest, HasNoPayloadWhereNothingButErasedBytesGo)
{
    for (const bool deflate : {false, true}) {
        EXPECT_EQ(encodeChunk(0, test::filled(5000, 0xff), {.deflate = deflate}).size(), chunkHead);
    }
}

TEST(ChunkTest, GoesAsTextWhereALineCarriesNothingElse)
{
    const auto noise = randomBytes(300);
    for (const auto encoding : {Encoding::Hexadecimal, Encoding::Base64}) {
        const auto text = encodeChunk(0, noise, {.encoding = encoding}).substr(chunkHead);
        EXPECT_EQ(text.find_first_not_of("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+/="),
                  std::string::npos);
        EXPECT_EQ(test::must(fromText(text, encoding)), noise);
    }
}

TEST(ChunkTest, HasAnyOfTwoChecksums)
{
    EXPECT_EQ(std::format("{:08x}", checksum(romfs::asBytes("123456789"), true)), "cbf43926");
    EXPECT_EQ(adler("Wikipedia"), "11e60398");
}

TEST(ChunkTest, TextThatIsNoneIsAnError)
{
    EXPECT_FALSE(fromText("????", Encoding::Base64));
}

TEST(ChunkTest, IsSmallEnoughForTheMemoryOfTheDevice)
{
    Features features;
    PartitionFacts flash{.shape = Shape::View, .size = 1 << 20};
    PartitionFacts blocks{.shape = Shape::Block, .size = 1 << 20, .block = 4096};
    for (const auto& [memory, chunk, ofBlocks] :
         {std::tuple<std::uint64_t, std::size_t, std::size_t>{0, 512, 4096}, // it will fail, and say so
          {16 * 1024, 2048, 4096},
          {24 * 1024, 4096, 4096},
          {200 * 1024, 32768, 8192},
          {1 << 30, 65536, 8192}}) {
        features.memory = memory;
        EXPECT_EQ(chunkSize(features, flash), chunk) << memory;
        EXPECT_EQ(chunkSize(features, blocks), ofBlocks) << memory;
    }
}

// --- to the device

const auto listening = test::running(", 0)\n", "R");
const auto image = randomBytes(3000);
constexpr std::size_t half = 1500;
constexpr std::size_t quarter = half + 512; ///< of what is behind it, by the smallest chunk
const ImageWriter::Settings withFlowControl{
    .encoding = Encoding::Binary, .deflate = false, .flowControl = true, .largest = 16384};

std::string chunkAt(std::size_t begin, std::size_t end, bool overflows = false)
{
    return encodeChunk(begin, romfs::Bytes(image).subspan(begin, end - begin), {.overflows = overflows});
}

/// Begin, two chunks, end.
Result<void> writeImage(Device& device, const ImageWriter::Settings& settings = withFlowControl,
                        const std::stop_token& stop = {})
{
    device.setStop(stop);
    ImageWriter writer(device, device.facts().partitions.front(), image, settings);
    const auto done = writer.start()
                          .and_then([&] { return writer.write(half, image.size(), ignored); })
                          .and_then([&] { return writer.write(0, half, ignored); })
                          .and_then([&] { return writer.stop(); });
    if (!done) {
        writer.abandon();
    }
    return done;
}

const Script wholeImage = listening
    + Script{{chunkAt(half, image.size()), "k"}, {chunkAt(0, half), "k"}, {encodeCommand('e'), "\x04\x04>"}};

TEST(ImageWriterTest, SendsChunksAndEnds)
{
    EXPECT_EQ(test::messageOf(writeImage(*scriptedCam(wholeImage))), "");
}

TEST(ImageWriterTest, SendsWhatArrivedSpoiltAgainInHalves)
{
    const auto cam = scriptedCam(listening
                                 + Script{{chunkAt(half, image.size()), "c"},
                                          {chunkAt(half, quarter), ""},
                                          {chunkAt(quarter, image.size()), "ck"},
                                          {chunkAt(half, quarter), "k"},
                                          {chunkAt(0, half), "k"},
                                          {encodeCommand('e'), "\x04\x04>"}});
    EXPECT_EQ(test::messageOf(writeImage(*cam)), "");
}

TEST(ImageWriterTest, GivesUpOnALineThatSpoilsEverything)
{
    auto script = listening + Script{{chunkAt(half, image.size()), "c"}};
    for (int attempt = 0; attempt < 5; ++attempt) {
        script = script + Script{{chunkAt(half, quarter), ""}, {chunkAt(quarter, image.size()), "cc"}};
    }
    const auto cam = scriptedCam(script + Script{{encodeCommand('e'), "\x04\x04>"}});
    EXPECT_THAT(test::messageOf(writeImage(*cam)), HasSubstr("512 bytes at 1500 arrived spoilt 5 times"));
}

TEST(ImageWriterTest, SaysWhyTheDeviceCouldNotProgram)
{
    const auto cam = scriptedCam(listening + Script{{chunkAt(half, image.size()), "xOSError(5,)\r\n\x04\x04>"}});
    EXPECT_THAT(test::messageOf(writeImage(*cam)),
                HasSubstr("could not program 1500 bytes at 0x5dc: OSError(5,). Retry."));
}

TEST(ImageWriterTest, SaysWhyTheDeviceDoesNotListen)
{
    const std::vector<std::pair<std::string, std::string>> answers{
        {"\x04Traceback\r\nMemoryError: memory allocation failed, allocating 16384 bytes\r\n\x04>",
         "MemoryError: memory allocation failed"},
        {"\x04\x04>", "does not listen for an image"},
        {"?", "answered \"?\" when an image was to be sent"}};
    for (const auto& [said, words] : answers) {
        EXPECT_THAT(test::messageOf(writeImage(*scriptedCam(test::running(", 0)\n", said)))), HasSubstr(words));
    }
}

TEST(ImageWriterTest, DoesNotTrustAnAnswer)
{
    const auto cam
        = scriptedCam(listening + Script{{chunkAt(half, image.size()), "!"}, {encodeCommand('e'), "\x04\x04>"}});
    EXPECT_THAT(test::messageOf(writeImage(*cam)), HasSubstr("answered \"!\" to the chunk at 1500"));
}

TEST(ImageWriterTest, WaitsForTheWindowsOfADeviceThatOverflows)
{
    // 16 KiB of window make 32 KiB of input, of which the writer takes half at a time: one window for each chunk.
    const auto head = [](const std::string& chunk) { return chunk.substr(0, chunkHead); };
    const auto payload = [](const std::string& chunk) { return chunk.substr(chunkHead); };
    const auto last = chunkAt(half, image.size(), true);
    const auto first = chunkAt(0, half, true);
    const auto cam = scriptedCam(listening
                                 + Script{{head(last), ""},
                                          {payload(last), ".k"},
                                          {head(first), ""},
                                          {payload(first), ".k"},
                                          {encodeCommand('e'), "\x04\x04>"}});
    auto settings = withFlowControl;
    settings.flowControl = false;
    EXPECT_EQ(test::messageOf(writeImage(*cam, settings)), "");
}

TEST(ImageWriterTest, StopsInTheMiddleOfAChunkThatIsRefused)
{
    auto settings = withFlowControl;
    settings.flowControl = false;
    const std::vector<std::pair<std::string, std::string>> answers{
        {"xValueError('chunk out of range',)\r\n\x04\x04>", "ValueError('chunk out of range',)"},
        {"?", "answered \"?\" in the middle of a chunk"}};
    for (const auto& [said, words] : answers) {
        const auto cam = scriptedCam(
            listening + Script{{chunkAt(half, image.size(), true), said}, {encodeCommand('e'), "\x04\x04>"}});
        EXPECT_THAT(test::messageOf(writeImage(*cam, settings)), HasSubstr(words));
    }
}

TEST(ImageWriterTest, FindsOutWhetherTheInputOverflows)
{
    const auto large = randomBytes(10000);
    const auto probing = [&](const std::string& held, bool overflows) {
        const auto chunk = encodeChunk(0, romfs::Bytes(large).first(2048), {.overflows = overflows});
        const auto cam = scriptedCam(listening
                                     + Script{{encodeCommand('p'), "P"},
                                              {std::string(2048, 'U'), held},
                                              {chunk, overflows ? ".k" : "k"},
                                              {encodeCommand('e'), "\x04\x04>"}});
        ImageWriter writer(*cam, cam->facts().partitions.front(), large, {.deflate = false, .largest = 16384});
        return test::messageOf(writer.start().and_then([&] { return writer.write(0, 2048, ignored); }).and_then([&] {
            return writer.stop();
        }));
    };
    EXPECT_EQ(probing("0800", false), "");
    EXPECT_EQ(probing("0100", true), "");
    EXPECT_EQ(probing("what", true), "");
}

TEST(ImageWriterTest, NoticesThatItIsUnpluggedAtEveryByte)
{
    bool isDone = false;
    for (std::size_t lives = 0; lives < 20000 && !isDone; lives += 7) {
        const auto done = writeImage(*scriptedCam(wholeImage, test::scriptedFacts, lives));
        isDone = done.has_value();
        if (!done) {
            ASSERT_EQ(done.error().code, ErrorCode::Disconnected) << lives << ": " << done.error().message;
        }
    }
    EXPECT_TRUE(isDone);
}

TEST(ImageWriterTest, ACancelLeavesTheDeviceAtItsPrompt)
{
    std::stop_source stop;
    auto script = listening + Script{{chunkAt(half, image.size()), "k"}};
    script.push_back({encodeCommand('e'), "\x04\x04>"});
    const auto cam = scriptedCam(script + test::printing("1 + 1", "2"));
    ImageWriter writer(*cam, cam->facts().partitions.front(), image, withFlowControl);
    cam->setStop(stop.get_token());
    const auto done = writer.start().and_then([&] {
        return writer.write(half, image.size(), [&](auto written, auto) {
            if (written > 0) {
                stop.request_stop();
            }
        });
    });
    ASSERT_TRUE(done);
    EXPECT_EQ(writer.write(0, half, ignored).error().code, ErrorCode::Cancelled);
    writer.abandon();
    cam->setStop({});
    EXPECT_EQ(test::must(cam->repl().exec("1 + 1")), "2");
}

TEST(ImageWriterTest, AsksForRoomWhenNobodyDid)
{
    auto settings = withFlowControl;
    settings.largest = 0;
    const auto cam = scriptedCam(test::printing("print(_rs_room(_rs, 16384))\n", "8192\r\n")
                                 + test::running("_rs_receive(_rs, 8192, 16368, 0)\n", "R")
                                 + Script(wholeImage.begin() + 2, wholeImage.end()));
    EXPECT_EQ(test::messageOf(writeImage(*cam, settings)), "");
}

TEST(MakeRoomTest, BelievesNoSizeThatWasNotAskedFor)
{
    const auto room = [](const std::string& out, const std::string& error = {}) {
        const auto cam = scriptedCam(test::printing("print(_rs_room(_rs, 16384))\n", out, error));
        return makeRoom(*cam, cam->facts().partitions.front());
    };
    EXPECT_EQ(test::must(room("512\r\n")), 512U);
    for (const std::string out : {"0\r\n", "16385\r\n", "-1\r\n", "much\r\n", ""}) {
        EXPECT_THAT(test::messageOf(room(out)), HasSubstr("has room for a chunk of"));
    }
    EXPECT_TRUE(isOutOfMemory(room("", "MemoryError: memory allocation failed\r\n").error()));
}

// --- from the device

std::string sentChunk(std::size_t begin, std::size_t end, Encoding encoding = Encoding::Binary)
{
    const auto bytes = romfs::Bytes(image).subspan(begin, end - begin);
    const auto payload = toText(bytes, encoding);
    auto head = std::format("{:06x}{:08x}", payload.size(), checksum(bytes, true));
    unsigned sum = 0;
    for (const char c : head) {
        sum += static_cast<unsigned char>(c);
    }
    return head + std::format("{:02x}", sum & 0xffU) + payload;
}

const auto selecting = test::printing("_rs = _Rs(0)\n", "");
const auto ended = "\x04\x04>"s;

Result<std::vector<std::byte>> readImage(Script script, const std::string& facts = test::scriptedFacts)
{
    const auto cam = scriptedCam(selecting + std::move(script), facts);
    return readBytes(*cam, cam->facts().partitions.front(), 0, image.size(), ignored);
}

TEST(ReadBytesTest, GivesWhatIsThere)
{
    EXPECT_EQ(test::must(readImage(test::running(", 16384, 0)\n", sentChunk(0, 3000) + ended))), image);
}

TEST(ReadBytesTest, TakesTextWhereTheLineCarriesNothingElse)
{
    auto facts = test::scriptedFacts;
    facts.replace(facts.find("output\t1"), 8, "output\t0");
    EXPECT_EQ(
        test::must(readImage(test::running(", 16384, 4)\n", sentChunk(0, 3000, Encoding::Base64) + ended), facts)),
        image);
    facts.replace(facts.find("base64\t1"), 8, "base64\t0");
    EXPECT_EQ(
        test::must(readImage(test::running(", 16384, 2)\n", sentChunk(0, 3000, Encoding::Hexadecimal) + ended), facts)),
        image);
}

TEST(ReadBytesTest, AsksAgainForWhatCameSpoilt)
{
    auto facts = test::scriptedFacts; // chunks of 2 KiB
    facts.replace(facts.find("memory\t60000"), 12, "memory\t18000");
    auto spoilt = sentChunk(2048, 3000);
    spoilt.back() = static_cast<char>(spoilt.back() ^ 1);
    const auto script = test::running("_rs_send(_rs, 0, 3000, 2048, 0)\n", sentChunk(0, 2048) + spoilt + ended)
        + test::running("_rs_send(_rs, 2048, 3000, 2048, 0)\n", sentChunk(2048, 3000) + ended);
    EXPECT_EQ(test::must(readImage(script, facts)), image);
}

TEST(ReadBytesTest, GivesUpOnALineThatSpoilsEverything)
{
    auto spoilt = sentChunk(0, 3000);
    spoilt.back() = static_cast<char>(spoilt.back() ^ 1);
    Script script;
    for (int i = 0; i < 6; ++i) {
        script = script + test::running(", 16384, 0)\n", spoilt + ended);
    }
    EXPECT_THAT(test::messageOf(readImage(script)), HasSubstr("the bytes at 0 came spoilt 5 times"));
}

TEST(ReadBytesTest, DoesNotTrustWhatItReads)
{
    auto longer = sentChunk(0, 3000);
    longer.replace(0, 6, "fffff0");
    auto spoiltHead = sentChunk(0, 3000);
    spoiltHead[14] = spoiltHead[14] == '0' ? '1' : '0';
    const std::vector<std::pair<std::string, std::string>> answers{
        {longer, "sent something else than the bytes at 0: \"fffff0"},
        {spoiltHead, "sent something else than the bytes at 0"},
        {"\x04Traceback (most recent call last):\r\nMemoryError: no room\r\n\x04>", "MemoryError: no room"},
        {"\x04 and no more to say\x04>", "and no more to say"}};
    for (const auto& [said, words] : answers) {
        EXPECT_THAT(test::messageOf(readImage(test::running(", 16384, 0)\n", said))), HasSubstr(words));
    }
}

TEST(ReadBytesTest, ReadsNothingBeyondThePartition)
{
    const auto cam = scriptedCam({});
    const auto& partition = cam->facts().partitions.front();
    EXPECT_EQ(readBytes(*cam, partition, 0, 4097, ignored).error().code, ErrorCode::InvalidArgument);
    EXPECT_EQ(readBytes(*cam, partition, 2, 1, ignored).error().code, ErrorCode::InvalidArgument);
}

TEST(ReadBytesTest, NoticesThatItIsUnpluggedAtEveryByte)
{
    const auto script = selecting + test::running(", 16384, 0)\n", sentChunk(0, 3000) + ended);
    bool isDone = false;
    for (std::size_t lives = 0; lives < 20000 && !isDone; lives += 7) {
        const auto cam = scriptedCam(script, test::scriptedFacts, lives);
        const auto done = readBytes(*cam, cam->facts().partitions.front(), 0, image.size(), ignored);
        isDone = done.has_value();
        if (!done) {
            ASSERT_EQ(done.error().code, ErrorCode::Disconnected) << lives << ": " << done.error().message;
        }
    }
    EXPECT_TRUE(isDone);
}

TEST(HashOnDeviceTest, GivesTheDigits)
{
    const std::string digits(64, 'a');
    const auto cam = scriptedCam(selecting + test::printing("_rs_hash(_rs, 3000, 16384)\n", ".=" + digits + "\r\n"));
    std::uint64_t counted = 0;
    EXPECT_EQ(test::must(hashOnDevice(*cam, cam->facts().partitions.front(), 3000,
                                      [&](std::uint64_t done, std::uint64_t) { counted = done; })),
              digits);
    EXPECT_EQ(counted, 3000U);
}

TEST(HashOnDeviceTest, IsBoundedAndNeverBelievedWithoutAnEnd)
{
    const auto hash = [](const std::string& out, const std::string& error) {
        const auto cam = scriptedCam(selecting + test::printing("_rs_hash(_rs, 3000, 16384)\n", out, error));
        return hashOnDevice(*cam, cam->facts().partitions.front(), 3000, ignored);
    };
    EXPECT_EQ(test::must(hash("=" + std::string(1000, 'b'), "")), std::string(64, 'b'));
    EXPECT_EQ(test::must(hash("", "")), "");
    EXPECT_THAT(test::messageOf(hash(".", "MemoryError: \r\n")), HasSubstr("MemoryError"));
}

// --- what it is

TEST(DeviceTest, SaysWhatItIs)
{
    const auto cam = scriptedCam({});
    EXPECT_EQ(cam->name(), "Scripted (port)");
    EXPECT_EQ(cam->board(), nullptr);
    EXPECT_EQ(test::must(cam->partition(0)).size, 4096U);
    EXPECT_THAT(test::messageOf(cam->partition(1)),
                HasSubstr("Scripted (port) has no ROMFS partition 1; it has ROMFS0."));
}

TEST(DeviceTest, NamesWhatItDoesNotHave)
{
    const auto partition = [](const std::string& facts) { return scriptedCam({}, facts)->partition(0); };
    EXPECT_THAT(test::messageOf(partition("machine\tOld\r\nversion\t1.24.0\r\nrom\t0\r\n")),
                HasSubstr("Old (port) has no vfs.rom_ioctl: its firmware (MicroPython 1.24.0) cannot write ROMFS"));
    EXPECT_THAT(test::messageOf(partition("rom\t1\r\npartition\t0\tnone\tOSError(22,)\r\n")),
                HasSubstr("The device (port) does not give out ROMFS0: OSError(22,)"));
}

TEST(DeviceTest, IsAskedAgainAfterAResetWhenItsMemoryIsFull)
{
    const auto prompt = Script{{"\r\x03", "\r\n>>> "}, {"\r\x01", test::rawBanner}};
    const auto full = test::printing("return 0\n", "", "MemoryError: memory allocation failed\r\n");
    const Script reset{{"\x04", "OK\r\nMPY: soft reboot\r\n" + test::rawBanner}};
    const auto connect = [](const Script& script) {
        return Device::connect(std::make_unique<test::ScriptedLink>(script), {.path = "port"});
    };
    const auto answering = test::connecting();
    EXPECT_EQ(test::messageOf(connect(prompt + full + reset + Script(answering.begin() + 2, answering.end()))), "");
    EXPECT_THAT(test::messageOf(connect(prompt + full + reset + full)), HasSubstr("MemoryError"));
}

TEST(DeviceTest, IsNotOpenedWhenWhatItSaysMakesNoSense)
{
    const auto connect = [](const Script& script) {
        return Device::connect(std::make_unique<test::ScriptedLink>(script), {.path = "port"});
    };
    EXPECT_THAT(test::messageOf(connect(test::connecting("partition\t0\tview\tmany\t0\t0\t0\t\r\n"))),
                HasSubstr("describes a partition in a way that makes no sense"));
    const auto prompt = Script{{"\r\x03", "\r\n>>> "}, {"\r\x01", test::rawBanner}} + test::printing("return 0\n", "");
    EXPECT_THAT(test::messageOf(
                    connect(prompt + test::printing("del _rs_query\n", "", "ImportError: no module named 'vfs'\r\n"))),
                HasSubstr("ImportError: no module named 'vfs'"));
}

} // namespace
} // namespace romsmith::device
