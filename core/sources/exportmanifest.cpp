// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/exportmanifest.h"

#include "core/romfs/names.h"
#include "core/sources/outward.h"

#include <algorithm>
#include <array>
#include <format>
#include <iterator>

namespace romsmith::sources {
namespace {

constexpr std::string_view manifestName = "manifest.py";

bool isSource(const tree::Node& node)
{
    return node.isFile() && node.name().ends_with(".py");
}

bool isBytecode(const tree::Node& node)
{
    return node.isFile() && node.name().ends_with(".mpy");
}

/// What import finds it by: "x" for x.py, x.mpy and the folder x.
std::string_view moduleName(const tree::Node& node)
{
    const std::string_view name = node.name();
    return node.isFolder() ? name : name.substr(0, name.rfind('.'));
}

/// A literal of Python's.
std::string pythonText(std::string_view text)
{
    std::string literal = "\"";
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
            literal += std::format("\\x{:02x}", static_cast<unsigned char>(c));
            continue;
        }
        literal += c == '"' || c == '\\' ? "\\" : "";
        literal += c;
    }
    return literal + '"';
}

class ManifestExport
{
public:
    explicit ManifestExport(const tree::Node& root)
        : m_root(root)
    {
        m_text = "# The Python files of a ROMFS image, for the build of a firmware: make FROZEN_MANIFEST=...\n"
                 "# What the manifest of the board itself freezes is not in here; this adds it:\n"
                 "# include(\"$(BOARD_DIR)/manifest.py\")\n\n";
    }

    std::unique_ptr<tree::Node> run()
    {
        auto top = tree::Node::folder({});
        for (const auto& node : m_root.children()) {
            if (node.get() == lib()) {
                auto copy = tree::Node::folder(node->name());
                for (const auto& module : node->children()) {
                    addModule(*copy, *module, "lib");
                }
                appendFilled(*top, std::move(copy));
            } else {
                addModule(*top, *node, ".");
            }
        }
        top->append(tree::Node::file(std::string(manifestName), romfs::Content::copyOf(romfs::asBytes(m_text))));
        return top;
    }

    std::vector<Skipped> takeSkipped() { return std::move(m_skipped); }

private:
    const tree::Node* lib() const
    {
        const auto* node = m_root.child("lib");
        return node && node->isFolder() ? node : nullptr;
    }

    void skip(const tree::Node& node, std::string_view reason)
    {
        m_skipped.push_back({.path = romfs::printable(node.path()), .reason = std::string(reason)});
    }

    static void appendFilled(tree::Node& parent, std::unique_ptr<tree::Node> folder)
    {
        if (!folder->children().empty()) {
            parent.append(std::move(folder));
        }
    }

    std::string_view whyLeftOut(const tree::Node& node) const
    {
        if (!isSafe(node.name()) || !romfs::isUtf8(node.name()) || node.name().contains("$(")) {
            return badName;
        }
        if (node.parent()->child(node.name()) != &node) {
            return nameTwice;
        }
        if (node.isFolder()) {
            return {};
        }
        if (!isSource(node) && !isBytecode(node)) {
            return "a firmware freezes Python only";
        }
        if (node.parent() == &m_root && node.name() == manifestName) {
            return "the manifest that is written has its name";
        }
        if (isBytecode(node) && node.parent()->child(std::string(moduleName(node)) + ".py")) {
            return "the .py file beside it is what the device imports";
        }
        return {};
    }

    /// The top of the image is searched before lib.
    bool isHidden(const tree::Node& node) const
    {
        return node.parent() == lib() && std::ranges::any_of(m_root.children(), [&](const auto& top) {
                   return top.get() != lib() && (top->isFolder() || isSource(*top) || isBytecode(*top))
                       && moduleName(*top) == moduleName(node);
               });
    }

    void addModule(tree::Node& into, const tree::Node& node, std::string_view base)
    {
        if (node.isRaw()) {
            return;
        }
        if (const auto reason
            = isHidden(node) ? "a module at the top has its name, which the device finds first" : whyLeftOut(node);
            !reason.empty()) {
            skip(node, reason);
            return;
        }
        if (!node.isFolder()) {
            freeze(node, base, node.name());
            into.append(copyOf(node));
            return;
        }
        auto copy = tree::Node::folder(node.name());
        m_packageHasSource = false;
        const auto bytecodeFrom = m_text.size();
        addInside(*copy, node, base, node.name());
        if (m_packageHasSource) {
            m_text.insert(bytecodeFrom, std::format("package({}{})\n", pythonText(node.name()), baseArgument(base)));
        }
        appendFilled(into, std::move(copy));
    }

    void addInside(tree::Node& into, const tree::Node& folder, std::string_view base, const std::string& path)
    {
        for (const auto& node : folder.children()) {
            if (node->isRaw()) {
                continue;
            }
            const auto inner = path + "/" + node->name();
            if (const auto reason = whyLeftOut(*node); !reason.empty()) {
                skip(*node, reason);
            } else if (node->isFolder()) {
                auto copy = tree::Node::folder(node->name());
                addInside(*copy, *node, base, inner);
                appendFilled(into, std::move(copy));
            } else {
                m_packageHasSource |= isSource(*node); // package() takes all of them
                if (isBytecode(*node)) {
                    freeze(*node, base, inner);
                }
                into.append(copyOf(*node));
            }
        }
    }

    void freeze(const tree::Node& node, std::string_view base, std::string_view path)
    {
        m_text += isBytecode(node) ? std::format("freeze_mpy({}, {})\n", pythonText(base), pythonText(path))
                                   : std::format("module({}{})\n", pythonText(path), baseArgument(base));
    }

    static std::string baseArgument(std::string_view base)
    {
        return base == "." ? std::string() : std::format(", base_path={}", pythonText(base));
    }

    static std::unique_ptr<tree::Node> copyOf(const tree::Node& file)
    {
        return tree::Node::file(file.name(), file.content());
    }

    const tree::Node& m_root;
    std::string m_text;
    bool m_packageHasSource = false;
    std::vector<Skipped> m_skipped;
};

} // namespace

Result<Extracted> exportManifest(const tree::Node& root, const std::filesystem::path& directory,
                                 const ExtractOptions& options, const std::stop_token& stop)
{
    ManifestExport manifest(root);
    const auto top = manifest.run();
    auto skipped = manifest.takeSkipped();
    if (top->children().size() == 1) {
        return fail(ErrorCode::NotFound, "There is no Python file in the image that a firmware could freeze.");
    }
    auto extracted = extract(std::array{static_cast<const tree::Node*>(top.get())}, directory, options, stop);
    if (extracted) {
        std::ranges::move(extracted->skipped, std::back_inserter(skipped));
        extracted->skipped = std::move(skipped);
    }
    return extracted;
}

} // namespace romsmith::sources
