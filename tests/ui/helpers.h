// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/core/helpers.h"
#include "ui/document.h"
#include "ui/text.h"

#include <QCoreApplication>
#include <QDeadlineTimer>
#include <QDir>
#include <QFile>
#include <QLocale>
#include <QTemporaryDir>
#include <QTest>

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

/// What the tests of the window share.
namespace romsmith::test {

/// How long something may take before it counts as not happening: sanitizers and a busy machine are slow.
inline constexpr std::chrono::seconds patience{20};

/// Settings, state and caches of whoever runs the tests stay as they are. Made before main(), so before QApplication.
class PrivateHome
{
public:
    PrivateHome()
    {
        if (qEnvironmentVariableIsEmpty(given)) {
            m_folder.emplace(QDir::temp().filePath(QStringLiteral("romsmith-test")));
        }
        const auto home = m_folder ? m_folder->path() : qEnvironmentVariable(given);
        const auto set = [&](const char* variable, const QString& folder) {
            const auto path = home % QLatin1Char('/') % folder;
            QDir().mkpath(path);
            qputenv(variable, QFile::encodeName(path));
        };
        set("HOME", QStringLiteral("home"));
        set("XDG_CONFIG_HOME", QStringLiteral("config"));
        set("XDG_DATA_HOME", QStringLiteral("data"));
        set("XDG_STATE_HOME", QStringLiteral("state"));
        set("XDG_CACHE_HOME", QStringLiteral("cache"));
        qputenv(given, QFile::encodeName(home)); // processes that the test starts share it
        if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) {
            qputenv("QT_QPA_PLATFORM", "offscreen");
        }
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
        QCoreApplication::setOrganizationName(QStringLiteral("romsmith-test"));
        QCoreApplication::setApplicationName(QStringLiteral("romsmith-test"));
    }

private:
    static constexpr auto given = "ROMSMITH_TEST_HOME";

    std::optional<QTemporaryDir> m_folder;
};

inline const PrivateHome privateHome;

/// A folder for one test's files.
class Folder
{
public:
    Folder()
        : m_folder(QDir::temp().filePath(QStringLiteral("romsmith-test")))
    { }

    [[nodiscard]] QString path() const { return m_folder.path(); }
    [[nodiscard]] QString path(const QString& name) const { return m_folder.filePath(name); }

    /// Writes a file and the folders that it is in; gives its path.
    QString write(const QString& name, QByteArrayView bytes) const
    {
        const auto path = m_folder.filePath(name);
        QDir().mkpath(QFileInfo(path).path());
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes.data(), bytes.size()) != bytes.size()) {
            throw std::runtime_error("cannot write " + path.toStdString());
        }
        return path;
    }

private:
    QTemporaryDir m_folder;
};

inline QByteArray readFile(const QString& path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        throw std::runtime_error("cannot read " + path.toStdString());
    }
    return file.readAll();
}

inline QByteArray toQt(romfs::Bytes bytes)
{
    return {reinterpret_cast<const char*>(bytes.data()), static_cast<qsizetype>(bytes.size())};
}

inline Blob fromQt(const QByteArray& bytes)
{
    return text(std::string_view(bytes.data(), static_cast<std::size_t>(bytes.size())));
}

// Images --------------------------------------------------------------------------------------------------------------

inline Entries sampleEntries()
{
    Entries entries;
    entries.file("boot.py", "print('boot')\n", 4);
    entries.open("lib")
        .file("a.py", "A = 1\n", 4)
        .open("deep")
        .file("x.bin", content(pattern(300)), 16)
        .close()
        .close();
    entries.file("model.tflite", content(pattern(1000, 7)), 16).open("empty").close();
    return entries;
}

inline QByteArray openMvImage()
{
    return toQt(written(sampleEntries(), openMv()));
}

inline QByteArray compactImage()
{
    return toQt(written(sampleEntries(), compact()));
}

/// What no builder writes but a device reads: padding, unknown kinds, a pointer record, records around content, odd
/// names, and bytes behind the image.
inline QByteArray handMadeImage()
{
    const auto shared = record(romfs::Kind::Data, test::text("shared"));
    const auto payload = shared + fileRecord("pointer.txt", record(romfs::Kind::Pointer, varuint(6) + varuint(2)))
        + record(romfs::Kind::Padding, filled(5, 0)) + fileWith("first.txt", "one")
        + record(9, test::text("unknown"), 3)
        + directoryRecord("lib",
                          fileRecord("extra.txt",
                                     record(7, test::text("before")) + record(romfs::Kind::Data, test::text("two"))
                                         + record(8, test::text("after")))
                              + record(romfs::Kind::Padding, filled(3, 1)) + fileWith("bad\xff.txt", "three"));
    return toQt(imageOf(payload + fileWith("end.txt", std::string(80, 'e')), 2) + test::text("behind the image"));
}

inline std::unique_ptr<ui::Document> documentOf(const QByteArray& image, const QString& path = {})
{
    return std::make_unique<ui::Document>(readBlob(fromQt(image)), path);
}

/// What the document would be saved as.
inline QByteArray bytesOf(const ui::Document& document)
{
    const auto& plan = document.plan();
    auto bytes = toQt(must(romfs::write(plan.flat.entries, plan.layout)));
    if (const auto* source = plan.layout.unchangedSource()) {
        bytes += toQt(source->trailing());
    }
    return bytes;
}

// Nodes ---------------------------------------------------------------------------------------------------------------

inline std::unique_ptr<tree::Node> file(std::string name, std::string_view characters)
{
    return tree::Node::file(std::move(name), test::content(characters));
}

inline std::vector<std::unique_ptr<tree::Node>> list(std::unique_ptr<tree::Node> node)
{
    std::vector<std::unique_ptr<tree::Node>> nodes;
    nodes.push_back(std::move(node));
    return nodes;
}

/// The node at a path; a test that asks for one that is not there fails.
inline tree::Node& at(const ui::Document& document, std::string_view path)
{
    auto* node = document.tree().find(path);
    if (!node) {
        throw std::runtime_error("nothing at " + std::string(path));
    }
    return *node;
}

inline QString textAt(const ui::Document& document, std::string_view path)
{
    return ui::text(textOf(at(document, path).content()));
}

/// "lib/ lib/a.py boot.py ?": everything in the order of the image; records without a name are "?".
inline QString outlineOf(const ui::Document& document)
{
    QStringList all;
    tree::forEachInside(document.tree().root(), [&](const tree::Node& node) {
        all.append(node.isRaw() ? QStringLiteral("?")
                                : ui::shownName(node.path()) % (node.isFolder() ? QStringLiteral("/") : QString()));
    });
    return all.join(QLatin1Char(' '));
}

/// Adds files, each with its folders, before a test begins: no step of the undo stack stays behind.
inline void fill(ui::Document& document, std::initializer_list<std::pair<std::string_view, std::string_view>> files)
{
    for (const auto& [path, characters] : files) {
        auto* folder = &document.tree().root();
        auto rest = path;
        for (auto slash = rest.find('/'); slash != std::string_view::npos; slash = rest.find('/')) {
            const auto name = rest.substr(0, slash);
            if (!folder->child(name)) {
                must(document.perform(document.tree().newFolder(*folder, std::string(name)), QStringLiteral("fill")));
            }
            folder = folder->child(name);
            rest.remove_prefix(slash + 1);
        }
        if (!rest.empty()) {
            must(document.perform(
                document.tree().add(*folder, list(file(std::string(rest), characters)), tree::ClashPolicy::Refuse),
                QStringLiteral("fill")));
        }
    }
    document.undoStack().clear();
}

} // namespace romsmith::test

/// Runs until @p condition holds; the test fails if it never does.
#define ROMSMITH_TRY(condition)                                                                                        \
    QVERIFY2(QTest::qWaitFor([&] { return static_cast<bool>(condition); }, QDeadlineTimer(romsmith::test::patience)),  \
             #condition)

/// Runs until @p actual has become @p expected.
#define ROMSMITH_TRY_COMPARE(actual, expected)                                                                         \
    do {                                                                                                               \
        static_cast<void>(                                                                                             \
            QTest::qWaitFor([&] { return (actual) == (expected); }, QDeadlineTimer(romsmith::test::patience)));        \
        QCOMPARE(actual, expected);                                                                                    \
    } while (false)
