// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What is known about boards before one is plugged in. The facts are data, in resources/boards.json; the keys, the
/// units and where the numbers come from are described in resources/boards.md. Sizes are bytes, times milliseconds,
/// texts UTF-8. The device is still asked at run time, and believed over the table.
namespace romsmith::boards {

struct UsbId
{
    std::uint16_t vendor = 0;
    std::uint16_t product = 0;

    /// Reads "37C5:1206": four hexadecimal digits, a colon, four hexadecimal digits.
    static std::optional<UsbId> fromString(std::string_view text);
    std::string toString() const;

    auto operator<=>(const UsbId&) const = default;
};

enum class UsbSpeed : std::uint8_t { Unknown, Full, High };

/// How a USB serial number comes about. It says whether a camera can be recognised across its two modes.
enum class SerialSource : std::uint8_t {
    Unknown,
    UniqueId, ///< hexadecimal machine.unique_id()
    UniqueIdReversed, ///< hexadecimal machine.unique_id(), last byte first
    UniqueIdMixed, ///< calculated from machine.unique_id() with loss
    Unrelated, ///< cannot be derived from machine.unique_id()
};

struct UsbIdentity
{
    std::vector<UsbId> application;
    /// Ids of older or other firmware for the same board. 1209:ABD1 is shared by every early OpenMV cam.
    std::vector<UsbId> applicationLegacy;
    std::vector<UsbId> bootloader;
    UsbSpeed applicationSpeed = UsbSpeed::Unknown;
    UsbSpeed bootloaderSpeed = UsbSpeed::Unknown;
    SerialSource applicationSerial = SerialSource::Unknown;
    SerialSource bootloaderSerial = SerialSource::Unknown;
};

/// What a running firmware says about itself.
struct RuntimeIdentity
{
    std::vector<std::string> machines; ///< sys.implementation._machine up to " with "
    std::vector<std::string> archStrings; ///< OpenMV debug protocol, without the "[TYPE:uid]" that follows it
    std::string boardType; ///< TYPE in that bracket; several boards share one
};

/// Arguments for mpy-cross.
struct MpyTarget
{
    std::string march; ///< -march
    std::uint8_t smallIntBits = 31; ///< -msmall-int-bits
};

/// A processor for neural networks that wants models compiled for it.
enum class Npu : std::uint8_t {
    None,
    NeuralArt, ///< ST's; a model is what stedgeai makes of it, whatever its name ends in
    EthosU, ///< Arm's; a model is a .tflite file that Vela has put an operator of its own into
};

/// Wanted alignment of file content by extension: lower case, without the dot. Powers of two.
/// What is written here stands for a board whose profile has no rules of its own.
struct AlignmentByExtension
{
    std::uint32_t standard = 4;
    std::map<std::string, std::uint32_t, std::less<>> byExtension = {{"bin", 16}, {"lite", 16}, {"tflite", 16}};

    std::uint32_t largest() const;
};

enum class RomObject : std::uint8_t { MemoryView, BlockDevice };

/// How vfs.rom_ioctl presents a partition.
struct RomIoctl
{
    std::uint32_t id = 0; ///< second argument of ops 2 to 6
    RomObject object = RomObject::MemoryView; ///< what op 2 returns
    bool writable = true; ///< false: cannot be written from the running firmware at all
    std::optional<std::uint32_t> minimumWrite; ///< what op 3 returns
    std::optional<std::uint32_t> chunkMultiple; ///< offsets and lengths of op 4 are safe as multiples of this
};

struct Partition
{
    std::uint32_t index = 0;
    std::string label; ///< for the user, where the number alone does not say enough
    std::string fileName; ///< in the vendor's release archive
    std::optional<std::uint64_t> size; ///< none: unlimited
    std::optional<std::uint64_t> address; ///< where the content is mapped
    std::optional<std::uint64_t> flashOffset; ///< from the start of an external chip
    std::optional<std::uint32_t> eraseUnit; ///< of rom_ioctl op 3; none: needs no erase, or not known
    std::uint32_t readBackTailGuard = 0; ///< a bulk read through the memory map must stop this short of the end
    std::optional<RomIoctl> romIoctl;
    std::string alternateSetting; ///< name of the bootloader's alternate setting for it; empty: none
    std::vector<std::string> factoryFiles; ///< what the vendor's own image holds
    std::vector<std::string> notes;

    /// Largest power of two that divides the address. Alignment inside an image beyond it is lost on the board.
    std::optional<std::uint64_t> baseAlignment() const;
};

/// What a stretch of flash is used for.
enum class Role : std::uint8_t {
    Other,
    Bootloader,
    Firmware,
    Filesystem,
    UnusedFilesystem, ///< called FILESYSTEM by the bootloader, not used by the firmware
    Romfs,
    WholeChip, ///< overlaps other partitions
    TableOfContents,
    Recovery,
    Radio, ///< firmware of the Wi-Fi or Bluetooth chip
};

enum class Memory : std::uint8_t { None, Internal, Mram, Qspi, Ospi, Xspi };

struct SectorRun
{
    std::uint32_t count = 0;
    std::uint32_t size = 0;
    bool writable = true;
};

/// One alternate setting of a DFU interface. Numbers moved between firmware generations: look it up by name.
struct AlternateSetting
{
    std::uint8_t number = 0;
    std::string name; ///< USB string; empty with nameIsPrefix: any
    bool nameIsPrefix = false; ///< name is only how the string starts; a DfuSe memory map follows it
    Role role = Role::Other;
    Memory memory = Memory::None;
    std::optional<std::uint64_t> start; ///< address in internal flash and MRAM, else offset in the chip; DfuSe: address
    std::optional<std::uint64_t> size;
    std::optional<std::uint64_t> mappedAddress;
    bool readable = false;
    bool writable = false;
    bool mustStartAtBlockZero = false; ///< write protection is lifted only by block 0
    std::vector<SectorRun> sectors; ///< the bootloader's erase units in order; empty: needs no erase, or not known
    std::optional<std::uint32_t> programUnit; ///< pad a download to a multiple of it
    std::string description;
    std::string danger; ///< not empty: why it must not be offered for writing

    bool matches(std::string_view usbString) const;
};

/// A named range of flash that is addressed, rather than selected by an alternate setting of its own.
struct Region
{
    std::string name;
    Role role = Role::Other;
    std::uint64_t address = 0;
    std::optional<std::uint64_t> size;
    std::string alternateSetting; ///< through which it is reached; empty: none
};

enum class BootloaderKind : std::uint8_t {
    None, ///< no bootloader, as on an emulated board
    OpenMvDfu, ///< DFU 1.1, address = partition start + block number x transfer size
    DfuSe, ///< ST's extension: address pointer commands, data blocks start at 2
    NxpHid, ///< NXP MCU bootloader over HID
    Other, ///< one that cannot write ROMFS
};

enum class EntryWay : std::uint8_t {
    Reset, ///< any reset or replug opens a window
    MachineBootloader, ///< machine.bootloader()
    Protocol5Boot, ///< SYS_BOOT of debug protocol 5
    Protocol4ResetToBootloader, ///< opcode 0x0E of debug protocol 4
    Touch1200, ///< 1200 baud on the serial port
    Touch1200Firmware4, ///< the same, with firmware 4.x only
    DoubleTapReset,
};

enum class ExitWay : std::uint8_t { Detach, BusReset, Unplug, DfuSeLeave, ResetCommand };

/// From the DFU functional descriptor and from how the bootloader counts.
struct DfuFacts
{
    std::uint16_t version = 0; ///< bcdDFUVersion
    std::uint8_t attributes = 0; ///< bmAttributes: 1 download, 2 upload, 4 manifestation tolerant, 8 will detach
    std::uint32_t detachTimeout = 0;
    std::uint32_t transferSize = 0;
    std::uint16_t firstBlock = 0;
    std::uint32_t uploadTail = 0; ///< bytes after the end of a complete upload that are not flash content
};

/// NXP MCU bootloader.
struct HidFacts
{
    std::uint32_t currentVersion = 0; ///< answer to get-property 1
    std::uint32_t eraseUnit = 0;
    std::uint32_t commandTimeout = 0;
};

/// How long the bootloader waits for a host before it starts the firmware.
struct EntryWindow
{
    bool everyReset = false;
    std::optional<std::uint32_t> configurationWait; ///< for the host to configure it
    std::optional<std::uint32_t> idle; ///< once configured, until the first transfer
};

/// What the firmware leaves behind so that the next start stays in the bootloader.
struct ForcedEntry
{
    std::string location; ///< RAM address or register
    std::uint32_t value = 0;
};

struct Bootloader
{
    BootloaderKind kind = BootloaderKind::None;
    std::string product; ///< USB string
    std::string manufacturer; ///< USB string
    std::optional<DfuFacts> dfu; ///< present for OpenMvDfu and DfuSe
    std::optional<HidFacts> hid; ///< present for NxpHid
    std::optional<EntryWindow> window;
    std::vector<EntryWay> entry;
    std::optional<ForcedEntry> forcedEntry;
    std::vector<ExitWay> exit;
    std::vector<AlternateSetting> alternateSettings;
    std::vector<Region> regions;
    std::vector<std::string> notes;

    /// The one with exactly this name in the table.
    const AlternateSetting* alternateSetting(std::string_view name) const;
    /// The one that a USB string descriptor means.
    const AlternateSetting* alternateSettingFor(std::string_view usbString) const;
};

struct AddressRange
{
    std::uint64_t start = 0;
    std::uint64_t end = 0; ///< first address after it

    bool contains(std::uint64_t address) const { return address >= start && address < end; }
};

/// A file of the vendor's release archive and where it goes.
struct ReleaseFile
{
    std::string fileName;
    Role role = Role::Firmware;
    std::string alternateSetting; ///< empty: none
    std::optional<std::uint64_t> address; ///< for DfuSe and NxpHid
    /// The 32-bit word at offset 4 of a plausible firmware lies in here and is odd.
    std::optional<AddressRange> entryRange;
};

/// What to overwrite with zeros so that the firmware makes a new filesystem.
struct FilesystemErase
{
    std::string alternateSetting; ///< empty: none
    std::optional<std::uint64_t> address; ///< for DfuSe and NxpHid
    std::uint32_t size = 0;
};

/// The chip's own loader, for when the bootloader is gone.
struct RomFallback
{
    std::string name;
    std::vector<UsbId> usb;
    std::string entry;
    std::string use;
    std::vector<std::string> notes;
};

struct FlashSize
{
    std::uint64_t internal = 0;
    std::uint64_t external = 0;
};

struct Board
{
    std::string id; ///< target name of the firmware, e.g. OPENMV_N6
    std::string name;
    std::vector<std::string> aliases;
    std::string vendor;
    std::string mcu;
    std::string core;
    std::string port; ///< of MicroPython
    std::optional<FlashSize> flash;
    std::optional<std::uint32_t> debugBuffer; ///< of the OpenMV debug protocol
    UsbIdentity usb;
    RuntimeIdentity runtime;
    Npu npu = Npu::None;
    std::optional<MpyTarget> mpy; ///< none: bytecode only
    AlignmentByExtension alignment;
    std::vector<Partition> partitions; ///< ROMFS partitions; empty: the board is known and has none
    Bootloader bootloader;
    std::vector<ReleaseFile> files; ///< in the order of a full update
    std::vector<FilesystemErase> filesystemErase;
    std::vector<RomFallback> romFallbacks;
    std::vector<std::string> notes;

    const Partition* partition(std::uint32_t index) const;
};

} // namespace romsmith::boards
