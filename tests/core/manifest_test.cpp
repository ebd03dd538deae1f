// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/boardmakefile.h"
#include "core/sources/manifest.h"
#include "tests/core/tempfolder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

using namespace romsmith;
using namespace romsmith::test;
using namespace std::chrono_literals;
using sources::LoadedArchive;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

/// "lib/ lib/a.py", with "=text" behind what is kept as source.
std::string listing(const std::vector<std::unique_ptr<tree::Node>>& nodes, const std::string& above = {})
{
    std::string all;
    for (const auto& node : nodes) {
        const auto path = above + node->name();
        all += (all.empty() ? "" : " ") + path + (node->isFolder() ? "/" : "");
        all += node->state().compile == false ? "=text" : "";
        if (node->isFolder() && !node->children().empty()) {
            std::vector<std::unique_ptr<tree::Node>> inside;
            for (const auto& child : node->children()) {
                inside.push_back(child->copy());
            }
            all += " " + listing(inside, path + "/");
        }
    }
    return all;
}

std::vector<std::string> lines(const std::vector<sources::Skipped>& all)
{
    std::vector<std::string> result;
    for (const auto& [path, reason] : all) {
        result.push_back(path.string() + ": " + reason);
    }
    return result;
}

/// A folder with some Python in it and a manifest.
class Manifest : public testing::Test
{
protected:
    Manifest()
    {
        m_folder.write("src/one.py", "one = 1\n");
        m_folder.write("src/two.py", "two = 2\n");
        m_folder.write("src/pkg/__init__.py", "");
        m_folder.write("src/pkg/deep/leaf.py", "leaf = 3\n");
        m_folder.write("src/pkg/data.txt", "no module");
        m_folder.write("src/done.mpy", "M\x06");
    }

    Result<LoadedArchive> run(std::string_view manifest, const sources::ManifestOptions& options = {})
    {
        return sources::loadManifest(m_folder.write("manifest.py", manifest), options);
    }

    std::string frozen(std::string_view manifest) { return listing(must(run(manifest)).nodes); }

    std::string problem(std::string_view manifest, const sources::ManifestOptions& options = {})
    {
        return messageOf(run(manifest, options));
    }

    TempFolder m_folder;
};

} // namespace

// What is frozen ------------------------------------------------------------------------------------------------------

TEST_F(Manifest, FreezesModulesAndPackages)
{
    EXPECT_EQ(frozen("package('pkg', base_path='src')\nmodule('one.py', base_path='src')"),
              "lib/ lib/pkg/ lib/pkg/__init__.py lib/pkg/deep/ lib/pkg/deep/leaf.py lib/one.py");
    EXPECT_EQ(frozen("package('pkg', files=['deep/leaf.py'], base_path='src')"),
              "lib/ lib/pkg/ lib/pkg/deep/ lib/pkg/deep/leaf.py");
}

TEST_F(Manifest, FreezesFilesListsAndFolders)
{
    EXPECT_EQ(frozen("freeze('src', 'one.py')"), "lib/ lib/one.py");
    EXPECT_EQ(frozen("freeze('src', ('two.py', 'one.py'))"), "lib/ lib/two.py lib/one.py");
    EXPECT_EQ(frozen("freeze('src', 'pkg/deep')"), "lib/ lib/pkg/ lib/pkg/deep/ lib/pkg/deep/leaf.py");
    EXPECT_EQ(frozen("freeze('src/')"),
              "lib/ lib/done.mpy lib/one.py lib/two.py lib/pkg/ lib/pkg/__init__.py lib/pkg/deep/ "
              "lib/pkg/deep/leaf.py");
    EXPECT_EQ(frozen("freeze_as_mpy('src', 'one.py', opt=0)"), "lib/ lib/one.py");
}

TEST_F(Manifest, KeepsBytecodeAsBytecodeAndTextAsText)
{
    EXPECT_EQ(frozen("freeze_mpy('src', 'done.mpy')"), "lib/ lib/done.mpy");
    EXPECT_EQ(frozen("freeze_mpy('src')"), "lib/ lib/done.mpy");
    EXPECT_EQ(frozen("freeze_as_str('src/pkg/deep')"), "lib/ lib/leaf.py=text");
}

TEST_F(Manifest, IncludesOthersWithOptions)
{
    m_folder.write("other/manifest.py",
                   "options.defaults(small=True)\n"
                   "if options.small: module('a.py')\n"
                   "if options.large: module('b.py')\n"
                   "if options.unknown: module('missing.py')\n");
    m_folder.write("other/a.py", "");
    m_folder.write("other/b.py", "");
    EXPECT_EQ(frozen("include('other')"), "lib/ lib/a.py");
    EXPECT_EQ(frozen("include('other/manifest.py', large=True)"), "lib/ lib/a.py lib/b.py");
    EXPECT_EQ(frozen("include(['other', 'other'], small=False, large=True)\nmodule('one.py', base_path='src')"),
              "lib/ lib/b.py lib/one.py");
    EXPECT_THAT(problem("include('manifest.py')"), HasSubstr("manifest.py\" includes itself"));
}

TEST_F(Manifest, FindsLibraries)
{
    m_folder.write("micropython/py/mpconfig.h", "");
    const auto ml = std::string("micropython/lib/micropython-lib/");
    m_folder.write(ml + "python-stdlib/logging/manifest.py", "metadata(version='0.6.1')\nmodule('logging.py')");
    m_folder.write(ml + "python-stdlib/logging/logging.py", "");
    m_folder.write(ml + "micropython/net/mqtt/manifest.py",
                   "metadata(version='1')\nrequire('logging')\npackage('mqtt')");
    m_folder.write(ml + "micropython/net/mqtt/mqtt/__init__.py", "");
    m_folder.write("mine/tool/manifest.py", "module('tool.py')");
    m_folder.write("mine/tool/tool.py", "");
    const auto board = m_folder.write("micropython/ports/stm32/boards/X/manifest.py",
                                      "require('mqtt')\nadd_library('mine', '$(MPY_DIR)/../mine')\n"
                                      "require('tool', library='mine')\n"
                                      "freeze('$(PORT_DIR)/modules')\nfreeze('$(BOARD_DIR)', 'pins.py')");
    m_folder.write("micropython/ports/stm32/modules/port.py", "");
    m_folder.write("micropython/ports/stm32/boards/X/pins.py", "");
    EXPECT_EQ(listing(must(sources::loadManifest(board, {})).nodes),
              "lib/ lib/logging.py lib/mqtt/ lib/mqtt/__init__.py lib/tool.py lib/port.py lib/pins.py");
    EXPECT_THAT(problem("require('logging')"), HasSubstr("no such library; $(MPY_LIB_DIR)"));
    EXPECT_EQ(listing(must(run("require('logging')", {.folders = {{"MPY_LIB_DIR", m_folder / ml}}})).nodes),
              "lib/ lib/logging.py");
}

TEST_F(Manifest, KnowsTheFoldersOfOpenMv)
{
    m_folder.write("omv/lib/micropython/py/mpconfig.h", "");
    m_folder.write("omv/scripts/libraries/pid.py", "");
    const auto board = m_folder.write("omv/boards/OPENMV4/manifest.py", "freeze (\"$(OMV_LIB_DIR)/\", \"pid.py\")");
    const auto folders = sources::guessFirmwareFolders(board);
    EXPECT_EQ(folders.at("MPY_DIR"), m_folder / "omv/lib/micropython");
    EXPECT_EQ(folders.at("BOARD_DIR"), m_folder / "omv/boards/OPENMV4");
    EXPECT_EQ(listing(must(sources::loadManifest(board, {})).nodes), "lib/ lib/pid.py");
}

TEST_F(Manifest, SaysWhatDeservesALook)
{
    const auto loaded = must(run("print('hello')\nfreeze('src', 'one.py', opt=3)\nfreeze('src', 'two.py', opt=3)\n"
                                 "freeze('src/pkg/deep', 'leaf.py')\nc_module('x')\n"
                                 "module('one.py', base_path='src')\n"));
    EXPECT_THAT(loaded.skipped, IsEmpty());
    EXPECT_THAT(lines(loaded.remarks),
                ElementsAre("one.py: it and 1 others were to be compiled with optimisation level 3; an image has one "
                            "level for all of its files",
                            (m_folder / "manifest.py").string()
                                + ": a C module is part of the firmware and cannot be in an image",
                            "manifest.py: it printed \"hello\""));
}

TEST_F(Manifest, TakesTheFirstOfTwoThatHaveOneName)
{
    m_folder.write("b/one.py", "b");
    const auto loaded = must(run("module('one.py', base_path='src')\nmodule('one.py', base_path='b')"));
    EXPECT_EQ(textOf(loaded.nodes.front()->child("one.py")->content()), "one = 1\n");
    EXPECT_THAT(lines(loaded.remarks), ElementsAre(HasSubstr("frozen more than once")));
}

// Manifests that misbehave --------------------------------------------------------------------------------------------

TEST_F(Manifest, ErrorsNameTheLine)
{
    EXPECT_THAT(problem("\n\nraise ValueError('no')"), HasSubstr("line 3: ValueError: no"));
    EXPECT_THAT(problem("x = \n"), HasSubstr("line 1: SyntaxError"));
    EXPECT_THAT(problem("freeze('$(NOWHERE)/x')"), HasSubstr("line 1: $(NOWHERE) is not known"));
    EXPECT_THAT(problem("freeze('nowhere')"), HasSubstr("there is no folder"));
    EXPECT_THAT(problem("module('nowhere.py')"), HasSubstr("there is no file"));
    EXPECT_THAT(problem("package('src', base_path='src')"),
                HasSubstr("base_path is the folder that the package is in"));
    EXPECT_THAT(problem("unknown('x')"), HasSubstr("NameError"));
    EXPECT_THAT(problem("import sys\nsys.exit(1)"), HasSubstr("line 2: it ended itself by sys.exit(1)"));
    EXPECT_THAT(problem("pass"), HasSubstr("freezes nothing"));
    m_folder.write("inner.py", "\n1 / 0");
    EXPECT_THAT(problem("include('inner.py')"), HasSubstr("inner.py\", line 2: ZeroDivisionError"));
}

TEST_F(Manifest, MayOnlyRead)
{
    const auto victim = (m_folder / "victim").string();
    EXPECT_THAT(problem("open('" + victim + "', 'w')"), HasSubstr("may not write files"));
    EXPECT_THAT(problem("import os\nos.mkdir('" + victim + "')"), HasSubstr("may not write files"));
    EXPECT_THAT(problem("import subprocess\nsubprocess.run(['touch', '" + victim + "'])"),
                HasSubstr("may not start programs"));
    EXPECT_THAT(problem("import os\nos.fork()"), HasSubstr("may not start programs"));
    EXPECT_THAT(problem("import socket\nsocket.create_connection(('127.0.0.1', 9))"),
                HasSubstr("may not use the network"));
    EXPECT_FALSE(std::filesystem::exists(victim));
}

TEST_F(Manifest, IsEndedWhenItDoesNotEnd)
{
    const sources::ManifestOptions impatient{.folders = {}, .patience = 700ms};
    EXPECT_THAT(problem("while True: pass", impatient), HasSubstr("did not finish within 0.7 s and was ended"));
    EXPECT_THAT(problem("while True: print('x' * 1000, flush=True)"), HasSubstr("printed more than 1048576 bytes"));
    EXPECT_THAT(problem("x = [0] * 10**10"), HasSubstr("MemoryError"));
}

TEST_F(Manifest, IsEndedWhenNobodyWaitsForIt)
{
    std::stop_source stop;
    const std::jthread later([&stop] {
        std::this_thread::sleep_for(100ms);
        stop.request_stop();
    });
    const auto loaded = sources::loadManifest(m_folder.write("manifest.py", "while True: pass"), {}, stop.get_token());
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code, ErrorCode::Cancelled);
}

TEST_F(Manifest, EndsWithoutAnAnswer)
{
    EXPECT_THAT(problem("print('bye', flush=True)\nimport os\nos._exit(7)"),
                AllOf(HasSubstr("ended with exit code 7 and without an answer"), HasSubstr("It printed \"bye\"")));
    EXPECT_THAT(problem("import os\nos.abort()"), testing::AnyOf(HasSubstr("crashed"), HasSubstr("without an answer")));
}

TEST_F(Manifest, CannotFakeItsAnswerByPrinting)
{
    const auto loaded = must(run("print('{\"files\": [{\"target\": \"x.py\", \"source\": \"/etc/passwd\"}]}')\n"
                                 "module('one.py', base_path='src')"));
    EXPECT_EQ(listing(loaded.nodes), "lib/ lib/one.py");
}

/// Finds the descriptor of the answer, which nothing can keep it from.
constexpr std::string_view writeAnswer = R"(
import os
def answer(text):
    for fd in range(3, 64):
        try:
            os.write(fd, text.encode())
        except OSError:
            pass
    os._exit(0)
)";

TEST_F(Manifest, ItsAnswerIsChecked)
{
    const auto answer
        = [this](std::string_view text) { return run(std::format("{}answer(\"\"\"{}\"\"\")", writeAnswer, text)); };
    EXPECT_THAT(messageOf(answer("nonsense")), HasSubstr("something else than the one list"));
    EXPECT_THAT(messageOf(answer(R"({"files": []} {"files": []})")), HasSubstr("something else than the one list"));
    EXPECT_THAT(messageOf(answer(R"({"files": 5})")), HasSubstr("without a list of files"));
    EXPECT_THAT(messageOf(answer("[" + std::string(5000, '[') + "]")), HasSubstr("something else"));
    const auto source = (m_folder / "src/one.py").string();
    m_folder.link("src/outside.py", "/dev/zero");
    const auto loaded = must(answer(
        R"({"files": [5, {"target": "../up.py", "source": ")" + source + R"("}, {"target": "/abs.py", "source": ")"
        + source + R"("}, {"target": "passwd", "source": "/etc/passwd"}, {"target": "p.py", "source": "/etc/passwd"},
           {"target": "zero.py", "source": ")"
        + (m_folder / "src/outside.py").string() + R"("}, {"target": "dir.py", "source": ")"
        + (m_folder / "src").string() + R"("}, {"target": "ok.py", "source": ")" + source
        + R"("}, {"target": "ok.py/x.py", "source": ")" + source + R"("}]})"));
    EXPECT_EQ(listing(loaded.nodes), "lib/ lib/ok.py");
    EXPECT_EQ(loaded.skipped.size(), 8U);
    EXPECT_THAT(lines(loaded.skipped),
                testing::IsSupersetOf({"../up.py: its path leads out of its folder", "/abs.py: its path is absolute",
                                       "passwd: neither a .py nor a .mpy file", "p.py: neither a .py nor a .mpy file",
                                       "zero.py: it is not a file", "ok.py/x.py: a file has the name of its folder"}));
}

// CircuitPython -------------------------------------------------------------------------------------------------------

TEST(BoardMakefile, GivesTheFrozenFolders)
{
    const TempFolder folder;
    folder.write("py/mpconfig.h", "");
    folder.write("frozen/HID/adafruit_hid/__init__.py", "");
    folder.write("frozen/HID/adafruit_hid/mouse.py", "");
    folder.write("frozen/HID/examples/show.py", "");
    folder.write("frozen/HID/docs/conf.py", "");
    folder.write("frozen/HID/setup.py", "");
    folder.write("frozen/HID/README.rst", "");
    folder.write("frozen/Motor/motor.py", "");
    folder.write("frozen/Not/not.py", "");
    folder.write("frozen/Maybe/maybe.py", "");
    const auto makefile = folder.write("ports/x/boards/y/mpconfigboard.mk",
                                       "USB_PID = 1\n"
                                       "FROZEN_MPY_DIRS += $(TOP)/frozen/HID \\\r\n"
                                       "   ${TOP}/frozen/Motor # $(TOP)/frozen/Not\n"
                                       "# FROZEN_MPY_DIRS += $(TOP)/frozen/Not\n"
                                       "FROZEN_MPY_DIRS_X = $(TOP)/frozen/Not\n"
                                       "ifeq ($(A),1)\n  FROZEN_MPY_DIRS += $(TOP)/frozen/Maybe\nendif\n");
    EXPECT_TRUE(sources::isBoardMakefile(makefile));
    const auto loaded = must(sources::loadBoardMakefile(makefile, {}));
    EXPECT_EQ(
        listing(loaded.nodes),
        "lib/ lib/adafruit_hid/ lib/adafruit_hid/__init__.py lib/adafruit_hid/mouse.py lib/motor.py lib/maybe.py");
    EXPECT_THAT(lines(loaded.remarks), ElementsAre(HasSubstr("under a condition")));
}

TEST(BoardMakefile, SaysWhatIsWrong)
{
    const TempFolder folder;
    const auto message = [&](std::string_view text) {
        return messageOf(sources::loadBoardMakefile(folder.write("mpconfigboard.mk", text), {}));
    };
    EXPECT_THAT(message("USB_PID = 1\n"), HasSubstr("freezes nothing"));
    EXPECT_THAT(message("FROZEN_MPY_DIRS += $(TOP)/x"), HasSubstr("$(TOP) is not known"));
    EXPECT_THAT(message("FROZEN_MPY_DIRS += $(TOP"), HasSubstr("is not known"));
    EXPECT_THAT(message("FROZEN_MPY_DIRS += nowhere"), HasSubstr("nowhere\" cannot be read: no such file"));
    EXPECT_THAT(message("FROZEN_MPY_DIRS = \\"), HasSubstr("freezes nothing"));
}
