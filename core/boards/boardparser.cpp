// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/boards/boardparser.h"

#include <algorithm>
#include <bit>
#include <format>
#include <numeric>

namespace romsmith::boards {

namespace {

using Object = ObjectReader;

constexpr std::uint64_t addressSpace = std::uint64_t{1} << 32;
constexpr std::uint64_t smallestImage = 4;

const Object::Choices<UsbSpeed> usbSpeeds = {{"full", UsbSpeed::Full}, {"high", UsbSpeed::High}};

const Object::Choices<SerialSource> serialSources = {{"uniqueId", SerialSource::UniqueId},
                                                     {"uniqueIdReversed", SerialSource::UniqueIdReversed},
                                                     {"uniqueIdMixed", SerialSource::UniqueIdMixed},
                                                     {"unrelated", SerialSource::Unrelated}};

const Object::Choices<RomObject> romObjects
    = {{"memoryview", RomObject::MemoryView}, {"blockDevice", RomObject::BlockDevice}};

const Object::Choices<Role> roles = {{"other", Role::Other},
                                     {"bootloader", Role::Bootloader},
                                     {"firmware", Role::Firmware},
                                     {"filesystem", Role::Filesystem},
                                     {"unusedFilesystem", Role::UnusedFilesystem},
                                     {"romfs", Role::Romfs},
                                     {"wholeChip", Role::WholeChip},
                                     {"tableOfContents", Role::TableOfContents},
                                     {"recovery", Role::Recovery},
                                     {"radio", Role::Radio}};

const Object::Choices<Memory> memories
    = {{"none", Memory::None}, {"internal", Memory::Internal}, {"mram", Memory::Mram},
       {"qspi", Memory::Qspi}, {"ospi", Memory::Ospi},         {"xspi", Memory::Xspi}};

const Object::Choices<BootloaderKind> bootloaderKinds = {{"none", BootloaderKind::None},
                                                         {"openmvDfu", BootloaderKind::OpenMvDfu},
                                                         {"dfuse", BootloaderKind::DfuSe},
                                                         {"nxpHid", BootloaderKind::NxpHid},
                                                         {"other", BootloaderKind::Other}};

const Object::Choices<EntryWay> entryWays = {{"reset", EntryWay::Reset},
                                             {"machineBootloader", EntryWay::MachineBootloader},
                                             {"protocol5Boot", EntryWay::Protocol5Boot},
                                             {"protocol4ResetToBootloader", EntryWay::Protocol4ResetToBootloader},
                                             {"touch1200", EntryWay::Touch1200},
                                             {"touch1200Firmware4", EntryWay::Touch1200Firmware4},
                                             {"doubleTapReset", EntryWay::DoubleTapReset}};

const Object::Choices<ExitWay> exitWays = {{"detach", ExitWay::Detach},
                                           {"busReset", ExitWay::BusReset},
                                           {"unplug", ExitWay::Unplug},
                                           {"dfuseLeave", ExitWay::DfuSeLeave},
                                           {"resetCommand", ExitWay::ResetCommand}};

const Object::Choices<Npu> npus = {{"neuralArt", Npu::NeuralArt}, {"ethosU", Npu::EthosU}};

/// The native architectures that mpy-cross can write.
const Object::Choices<std::string> marches = {{"x86", "x86"},
                                              {"x64", "x64"},
                                              {"armv6", "armv6"},
                                              {"armv6m", "armv6m"},
                                              {"armv7m", "armv7m"},
                                              {"armv7em", "armv7em"},
                                              {"armv7emsp", "armv7emsp"},
                                              {"armv7emdp", "armv7emdp"},
                                              {"xtensa", "xtensa"},
                                              {"xtensawin", "xtensawin"},
                                              {"rv32imc", "rv32imc"},
                                              {"rv64imc", "rv64imc"}};

std::uint32_t readAlignment(Object& object, std::string_view key)
{
    const auto alignment = object.number(key, 1);
    if (!std::has_single_bit(alignment)) {
        object.report(key, std::format("expected a power of two, found the number {}", alignment));
    }
    return alignment;
}

AlignmentByExtension readAlignments(Object& object)
{
    AlignmentByExtension result;
    result.standard = readAlignment(object, "default");
    result.byExtension.clear();
    object.optionalObject("byExtension", [&](Object& extensions) {
        for (const std::string& extension : extensions.keys()) {
            const bool plain
                = std::ranges::none_of(extension, [](char c) { return c == '.' || (c >= 'A' && c <= 'Z'); });
            if (extension.empty() || !plain) {
                extensions.report(extension, "expected an extension in lower case without a dot");
            }
            result.byExtension.emplace(extension, readAlignment(extensions, extension));
        }
    });
    return result;
}

UsbIdentity readUsb(Object& object)
{
    return {.application = object.optionalUsbIds("application"),
            .applicationLegacy = object.optionalUsbIds("applicationLegacy"),
            .bootloader = object.optionalUsbIds("bootloader"),
            .applicationSpeed = object.optionalChoice("applicationSpeed", usbSpeeds, UsbSpeed::Unknown),
            .bootloaderSpeed = object.optionalChoice("bootloaderSpeed", usbSpeeds, UsbSpeed::Unknown),
            .applicationSerial = object.optionalChoice("applicationSerial", serialSources, SerialSource::Unknown),
            .bootloaderSerial = object.optionalChoice("bootloaderSerial", serialSources, SerialSource::Unknown)};
}

RomIoctl readRomIoctl(Object& object)
{
    return {.id = object.number("id"),
            .object = object.choice("object", romObjects),
            .writable = object.flag("writable"),
            .minimumWrite = object.optionalNumber("minimumWrite", 1),
            .chunkMultiple = object.optionalNumber("chunkMultiple", 1)};
}

Partition readPartition(Object& object)
{
    Partition result;
    result.index = object.number("index");
    result.label = object.optionalText("label");
    result.fileName = object.optionalText("fileName");
    if (result.fileName.empty()) {
        result.fileName = std::format("romfs{}.img", result.index);
    } else if (result.fileName.contains('/')) {
        object.report("fileName", "expected a file name without a folder, found " + result.fileName);
    }
    result.size = object.nullableNumber("size", smallestImage, addressSpace);
    result.address = object.optionalAddress("address");
    result.flashOffset = object.optionalAddress("flashOffset");
    result.eraseUnit = object.optionalNumber("eraseUnit", 1);
    result.readBackTailGuard = object.optionalNumber("readBackTailGuard").value_or(0);
    object.optionalObject("romIoctl", [&](Object& romIoctl) { result.romIoctl = readRomIoctl(romIoctl); });
    result.alternateSetting = object.optionalText("alternateSetting");
    result.factoryFiles = object.optionalTexts("factoryFiles");
    result.notes = object.optionalTexts("notes");

    if (result.size && result.address && *result.size > addressSpace - *result.address) {
        object.report("size",
                      std::format("expected at most {}, which is what is left behind the address, found {}",
                                  addressSpace - *result.address, *result.size));
    }
    if (result.size && result.eraseUnit && *result.size % *result.eraseUnit != 0) {
        object.report("eraseUnit",
                      std::format("expected a divisor of the size {}, found {}", *result.size, *result.eraseUnit));
    }
    if (result.size && result.readBackTailGuard >= *result.size) {
        object.report("readBackTailGuard",
                      std::format("expected less than the size {}, found {}", *result.size, result.readBackTailGuard));
    }
    return result;
}

AlternateSetting readAlternateSetting(Object& object)
{
    AlternateSetting result;
    result.number = object.number<std::uint8_t>("number");
    result.nameIsPrefix = object.optionalFlag("nameIsPrefix", false);
    result.name = result.nameIsPrefix ? object.optionalText("name") : object.text("name");
    result.role = object.choice("role", roles);
    result.memory = object.choice("memory", memories);
    result.start = object.optionalAddress("start");
    result.size = object.optionalNumber<std::uint64_t>("size", 1, addressSpace);
    result.mappedAddress = object.optionalAddress("mappedAddress");
    result.readable = object.flag("readable");
    result.writable = object.flag("writable");
    result.mustStartAtBlockZero = object.optionalFlag("mustStartAtBlockZero", false);
    object.optionalObjects("sectors", [&](Object& run) {
        result.sectors.push_back({.count = run.number("count", 1),
                                  .size = run.number("size", 1),
                                  .writable = run.optionalFlag("writable", true)});
    });
    result.programUnit = object.optionalNumber("programUnit", 1);
    result.description = object.optionalText("description");
    result.danger = object.optionalText("danger");

    const auto total = std::accumulate(
        result.sectors.begin(), result.sectors.end(), std::uint64_t{0},
        [](std::uint64_t sum, const SectorRun& run) { return sum + std::uint64_t{run.count} * run.size; });
    if (!result.sectors.empty() && result.size && total != *result.size) {
        object.report("sectors",
                      std::format("expected {} bytes in all, which is the size, found {}", *result.size, total));
    }
    return result;
}

void readAccess(Object& object, Bootloader& bootloader)
{
    const bool hasDfu = object.optionalObject("dfu", [&](Object& dfu) {
        bootloader.dfu = DfuFacts{.version = dfu.hex<std::uint16_t>("version"),
                                  .attributes = dfu.hex<std::uint8_t>("attributes"),
                                  .detachTimeout = dfu.number("detachTimeout"),
                                  .transferSize = dfu.number("transferSize", 1, 65535),
                                  .firstBlock = dfu.number<std::uint16_t>("firstBlock"),
                                  .uploadTail = dfu.optionalNumber("uploadTail").value_or(0)};
    });
    const bool hasHid = object.optionalObject("hid", [&](Object& hid) {
        bootloader.hid = HidFacts{.currentVersion = hid.hex<std::uint32_t>("currentVersion"),
                                  .eraseUnit = hid.number("eraseUnit", 1),
                                  .commandTimeout = hid.number("commandTimeout", 1)};
    });
    const bool wantsDfu = bootloader.kind == BootloaderKind::OpenMvDfu || bootloader.kind == BootloaderKind::DfuSe;
    const bool wantsHid = bootloader.kind == BootloaderKind::NxpHid;
    if (hasDfu != wantsDfu) {
        object.report("dfu", "expected it for the kinds openmvDfu and dfuse, and for no other");
    }
    if (hasHid != wantsHid) {
        object.report("hid", "expected it for the kind nxpHid, and for no other");
    }
}

Bootloader readBootloader(Object& object)
{
    Bootloader result;
    result.kind = object.choice("kind", bootloaderKinds);
    result.product = object.optionalText("product");
    result.manufacturer = object.optionalText("manufacturer");
    readAccess(object, result);
    object.optionalObject("window", [&](Object& window) {
        result.window = EntryWindow{.everyReset = window.flag("everyReset"),
                                    .configurationWait = window.optionalNumber("configurationWait"),
                                    .idle = window.optionalNumber("idle")};
    });
    result.entry = object.optionalChoices("entry", entryWays);
    object.optionalObject("forcedEntry", [&](Object& forced) {
        result.forcedEntry
            = ForcedEntry{.location = forced.text("location"), .value = forced.hex<std::uint32_t>("value")};
    });
    result.exit = object.optionalChoices("exit", exitWays);
    object.optionalObjects("alternateSettings", [&](Object& setting) {
        result.alternateSettings.push_back(readAlternateSetting(setting));
        const AlternateSetting& last = result.alternateSettings.back();
        if (std::ranges::count(result.alternateSettings, last.number, &AlternateSetting::number) > 1) {
            setting.report("number", std::format("expected another number, {} is used twice", last.number));
        }
        if (std::ranges::count(result.alternateSettings, last.name, &AlternateSetting::name) > 1) {
            setting.report("name", std::format("expected another name, {} is used twice", last.name));
        }
    });
    object.optionalObjects("regions", [&](Object& region) {
        result.regions.push_back({.name = region.text("name"),
                                  .role = region.choice("role", roles),
                                  .address = region.hex("address"),
                                  .size = region.optionalNumber<std::uint64_t>("size", 1, addressSpace),
                                  .alternateSetting = region.optionalText("alternateSetting")});
    });
    result.notes = object.optionalTexts("notes");
    return result;
}

ReleaseFile readReleaseFile(Object& object)
{
    ReleaseFile result{.fileName = object.text("fileName"),
                       .role = object.choice("role", roles),
                       .alternateSetting = object.optionalText("alternateSetting"),
                       .address = object.optionalAddress("address"),
                       .entryRange = {}};
    object.optionalObject("entryRange", [&](Object& range) {
        result.entryRange = AddressRange{.start = range.hex("start"), .end = range.hex("end")};
        if (result.entryRange->start >= result.entryRange->end) {
            range.report("end", "expected an address behind the start");
        }
    });
    return result;
}

FilesystemErase readFilesystemErase(Object& object)
{
    return {.alternateSetting = object.optionalText("alternateSetting"),
            .address = object.optionalAddress("address"),
            .size = object.number("size", 1)};
}

RomFallback readRomFallback(Object& object)
{
    return {.name = object.text("name"),
            .usb = object.optionalUsbIds("usb"),
            .entry = object.optionalText("entry"),
            .use = object.text("use"),
            .notes = object.optionalTexts("notes")};
}

/// Alternate settings are referred to by name; a name that the bootloader's list lacks is a slip of the pen.
void checkReferences(Object& object, const Board& board)
{
    const auto check = [&](std::string_view list, const auto& items) {
        for (std::size_t i = 0; i < items.size(); ++i) {
            const std::string& name = items[i].alternateSetting;
            if (!name.empty() && board.bootloader.alternateSetting(name) == nullptr) {
                object.report(
                    std::format("{}[{}].alternateSetting", list, i),
                    std::format("expected a name from bootloader.alternateSettings, found the text \"{}\"", name));
            }
        }
    };
    check("partitions", board.partitions);
    check("files", board.files);
    check("filesystemErase", board.filesystemErase);
    check("bootloader.regions", board.bootloader.regions);
}

std::string readId(Object& object)
{
    std::string id = object.text("id");
    const bool plain = std::ranges::all_of(id, [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    });
    if (!plain) {
        object.report("id", std::format("expected letters, digits, '_' and '-', found the text \"{}\"", id));
    }
    return id;
}

} // namespace

Board readBoard(Complaint& complaint, const QJsonValue& value, std::size_t position)
{
    complaint.setBoard(std::format("board number {}", position + 1));
    Object object(complaint, value, {});
    Board board;
    board.id = readId(object);
    if (!board.id.empty()) {
        complaint.setBoard("board " + board.id);
    }
    board.name = object.text("name");
    board.aliases = object.optionalTexts("aliases");
    board.vendor = object.optionalText("vendor");
    board.mcu = object.optionalText("mcu");
    board.core = object.optionalText("core");
    board.port = object.optionalText("port");
    object.optionalObject("flash", [&](Object& flash) {
        board.flash = FlashSize{.internal = flash.number<std::uint64_t>("internal", 0, addressSpace),
                                .external = flash.number<std::uint64_t>("external", 0, addressSpace)};
    });
    board.debugBuffer = object.optionalNumber("debugBuffer", 1);
    object.optionalObject("usb", [&](Object& usb) { board.usb = readUsb(usb); });
    object.optionalObject("runtime", [&](Object& runtime) {
        board.runtime = {.machines = runtime.optionalTexts("machines"),
                         .archStrings = runtime.optionalTexts("archStrings"),
                         .boardType = runtime.optionalText("boardType")};
    });
    board.npu = object.optionalChoice("npu", npus, Npu::None);
    object.optionalObject("mpy", [&](Object& mpy) {
        board.mpy = MpyTarget{.march = mpy.choice("march", marches),
                              .smallIntBits = mpy.number<std::uint8_t>("smallIntBits", 2, 63)};
    });
    object.optionalObject("alignment", [&](Object& alignment) { board.alignment = readAlignments(alignment); });
    object.objects("partitions", [&](Object& partition) {
        board.partitions.push_back(readPartition(partition));
        const std::uint32_t index = board.partitions.back().index;
        if (std::ranges::count(board.partitions, index, &Partition::index) > 1) {
            partition.report("index", std::format("expected another number, {} is used twice", index));
        }
    });
    object.optionalObject("bootloader", [&](Object& bootloader) { board.bootloader = readBootloader(bootloader); });
    object.optionalObjects("files", [&](Object& file) { board.files.push_back(readReleaseFile(file)); });
    object.optionalObjects("filesystemErase",
                           [&](Object& erase) { board.filesystemErase.push_back(readFilesystemErase(erase)); });
    object.optionalObjects("romFallbacks",
                           [&](Object& fallback) { board.romFallbacks.push_back(readRomFallback(fallback)); });
    board.notes = object.optionalTexts("notes");
    checkReferences(object, board);
    object.finish();
    return board;
}

} // namespace romsmith::boards
