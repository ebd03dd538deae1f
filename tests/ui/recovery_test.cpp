// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/gestures.h"
#include "tests/ui/windowhelpers.h"

#include <QCborMap>
#include <QDateTime>
#include <QDirIterator>
#include <QProcess>
#include <QScopeGuard>
#include <QSignalSpy>
#include <QTimeZone>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <random>

using namespace romsmith;
using namespace Qt::StringLiterals;
using test::UserWindow;
using ui::AbandonedJournal;
using ui::RecoveryJournal;

namespace {

constexpr auto childArgument = "--edit-until-killed";

QStringList journals(const QDir& base = RecoveryJournal::defaultBase())
{
    return base.entryList(QDir::Dirs | QDir::NoDotAndDotDot);
}

qint64 sizeOf(const QDir& folder)
{
    qint64 size = 0;
    QDirIterator it(folder.path(), QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
    while (it.hasNext()) {
        size += it.nextFileInfo().size();
    }
    return size;
}

void addFile(ui::Document& document, std::string name, test::Blob bytes)
{
    test::must(document.perform(
        document.tree().add(document.tree().root(),
                            test::list(tree::Node::file(std::move(name), test::content(std::move(bytes)))),
                            tree::ClashPolicy::Replace),
        u"add"_s));
}

std::unique_ptr<ui::Document> documentNamed(const QString& name)
{
    if (name == "OpenMV"_L1) {
        return test::documentOf(test::openMvImage(), u"/somewhere/openmv.img"_s);
    }
    if (name == "compact"_L1) {
        return test::documentOf(test::compactImage());
    }
    if (name == "hand-made"_L1) {
        return test::documentOf(test::handMadeImage());
    }
    return std::make_unique<ui::Document>();
}

void edit(ui::Document& document, const QString& what)
{
    if (what == "add"_L1) {
        document.setTarget(build::Target::fromKey("OPENMV_N6/0"));
        addFile(document, "large.bin", test::pattern(300'000));
        addFile(document, "model.tflite", test::pattern(5000, 3));
        test::must(document.perform(document.tree().setAlignment(std::array{&test::at(document, "large.bin")}, 4096),
                                    u"align"_s));
    } else if (what == "folder"_L1) {
        test::must(document.perform(document.tree().newFolder(document.tree().root(), "only"), u"folder"_s));
    } else if (what == "empty"_L1) {
        test::must(document.perform(document.tree().remove(std::vector(document.plan().flat.nodes)), u"remove"_s));
    } else if (what == "layout"_L1) {
        document.setStyle(document.style() == romfs::Style::OpenMv ? romfs::Style::Compact : romfs::Style::OpenMv);
    } else {
        test::RandomHands hands(11);
        for (int i = 0; i < 100 || !document.isModified(); ++i) {
            hands.moveOnce(document);
        }
    }
}

/// Keeps the thread that writes a document's journal busy while it lives.
class BusyWriter
{
public:
    explicit BusyWriter(ui::Document& document)
        : m_journal(document.journal())
    {
        m_journal.writer().start([this] { m_released.acquire(); });
    }

    ~BusyWriter()
    {
        m_released.release();
        m_journal.waitForWritten();
    }

    BusyWriter(const BusyWriter&) = delete;
    BusyWriter& operator=(const BusyWriter&) = delete;

private:
    RecoveryJournal& m_journal;
    QSemaphore m_released;
};

/// What would come back if the process ended now; @p document is the only one in it.
ui::RecoverySnapshot afterTheEndOf(ui::Document& document)
{
    document.journal().waitForWritten();
    const test::Folder base;
    for (const auto& journal : journals()) {
        const QDir live(RecoveryJournal::defaultBase().filePath(journal));
        for (const auto& name : live.entryList(QDir::Files)) {
            if (!name.startsWith("lock"_L1)) {
                base.write(journal % u'/' % name, test::readFile(live.filePath(name)));
            }
        }
    }
    return std::move(AbandonedJournal::findAll(QDir(base.path())).readable.at(0).snapshot);
}

void setModified(const QString& path, const QDateTime& time)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadWrite) || !file.setFileTime(time, QFileDevice::FileModificationTime)) {
        throw std::runtime_error("cannot set the time of " + path.toStdString());
    }
}

using Files = QList<std::pair<QString, QByteArray>>; ///< names and contents

/// As if it had been made in another century.
void makeOld(const QString& folder)
{
    std::filesystem::last_write_time(
        ui::toPath(folder),
        std::chrono::clock_cast<std::chrono::file_clock>(std::chrono::sys_days(std::chrono::January / 1 / 1999)));
}

/// What the child does: it edits, says what it would have saved, and waits for its end.
int editUntilKilled(const QStringList& arguments)
{
    const auto document = documentNamed(arguments.at(0));
    if (arguments.at(1) == "recover"_L1) {
        ui::MainWindow window;
        window.recoverDocuments();
        std::printf("ready\n");
        std::fflush(stdout);
        return QCoreApplication::exec();
    }
    edit(*document, arguments.at(1));
    QFile result(arguments.at(2));
    if (!document->journal().waitForWritten() || !result.open(QIODevice::WriteOnly)) {
        return 1;
    }
    result.write(test::bytesOf(*document));
    result.close();
    std::printf("ready\n");
    std::fflush(stdout);
    return QCoreApplication::exec();
}

/// Another process of this program that is editing.
class Child
{
public:
    Child(const QString& document, const QString& what)
    {
        m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_process.start(QCoreApplication::applicationFilePath(),
                        {QString::fromLatin1(childArgument), document, what, m_folder.path(u"result"_s)});
        while (!m_process.canReadLine()) {
            if (!m_process.waitForReadyRead(static_cast<int>(std::chrono::milliseconds(test::patience).count()))) {
                throw std::runtime_error("the child did not get ready");
            }
        }
    }

    ~Child() { kill(); }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    void kill()
    {
        m_process.kill(); // SIGKILL: nothing is cleaned up
        m_process.waitForFinished(-1);
    }

    [[nodiscard]] QByteArray result() const { return test::readFile(m_folder.path(u"result"_s)); }

private:
    test::Folder m_folder;
    QProcess m_process;
};

} // namespace

class RecoveryTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void whatIsUnsavedIsWrittenDownPrivately();
    void nothingIsWrittenOfWhatIsUnchanged();
    void savingUndoingAndClosingRemoveTheJournal();
    void aKilledProcessLosesNothing_data();
    void aKilledProcessLosesNothing();
    void rulesOfOnesOwnComeBack();
    void aLiveJournalIsNotOffered();
    void whatCameBackIsSafeAtOnce();
    void recoveredDocumentsAreShownAndCanBeSaved();
    void whatCameBackIsInFrontOfWhatIsOnlyOpenedAgain();
    void recoveredChangesCanBeDiscarded();
    void damagedJournalsNeverCrash();
    void damagedContentIsReportedAndNotInvented();
    void manyLargeEditsTakeBoundedRoom();
    void whatCannotBeWrittenIsSaid();
    void theNewestStateIsNeverWrittenToAJournalThatIsGone();
    void namesOfDocumentsWithoutAFileComeBack_data();
    void namesOfDocumentsWithoutAFileComeBack();
    void choicesAboutCompilingComeBack();
    void journalsThatCannotBeReadAreSetAside_data();
    void journalsThatCannotBeReadAreSetAside();
    void onlyTheNewestUnreadableJournalsAreKept();
    void journalsThatAreJustBegunAreLeftAlone();
    void theWindowSaysWhereUnreadableJournalsAre();
    void aJournalThatFailsIsReportedOnceUntilItWorks();
};

void RecoveryTest::init()
{
    QSettings().clear();
    RecoveryJournal::defaultBase().removeRecursively();
}

void RecoveryTest::whatIsUnsavedIsWrittenDownPrivately()
{
    ui::Document document;
    addFile(document, "secret.txt", test::text("secret"));
    QVERIFY(document.journal().waitForWritten());
    QCOMPARE(journals().size(), 1);
    const QDir folder(RecoveryJournal::defaultBase().filePath(journals().first()));
    const auto others = QFile::ReadGroup | QFile::WriteGroup | QFile::ExeGroup | QFile::ReadOther | QFile::WriteOther
        | QFile::ExeOther;
    QCOMPARE(QFileInfo(folder.path()).permissions() & others, QFile::Permissions());
    const auto files = folder.entryInfoList(QDir::Files | QDir::Hidden);
    QVERIFY(files.size() >= 2);
    for (const auto& file : files) {
        if (!file.fileName().startsWith("lock"_L1)) { // holds a process id only
            QVERIFY2((file.permissions() & others) == QFile::Permissions(), qPrintable(file.fileName()));
        }
    }
}

void RecoveryTest::nothingIsWrittenOfWhatIsUnchanged()
{
    ui::Document fresh;
    const auto opened = test::documentOf(test::openMvImage(), u"/somewhere/app.img"_s);
    opened->setTarget(build::Target::fromKey("OPENMV_N6/0"));
    fresh.journal().waitForWritten();
    opened->journal().waitForWritten();
    QVERIFY(journals().isEmpty());
}

void RecoveryTest::savingUndoingAndClosingRemoveTheJournal()
{
    auto document = std::make_unique<ui::Document>();
    auto edited = [&, edits = 0]() mutable {
        addFile(*document, std::to_string(++edits), test::text("x"));
        document->journal().waitForWritten();
        return journals().size() == 1;
    };
    QVERIFY(edited());
    document->markSaved(u"/somewhere/app.img"_s, document->revision());
    document->journal().waitForWritten();
    QVERIFY(journals().isEmpty());
    QVERIFY(edited());
    document->undoStack().undo();
    document->journal().waitForWritten();
    QVERIFY(journals().isEmpty());
    QVERIFY(edited());
    document.reset();
    QVERIFY(journals().isEmpty());
}

void RecoveryTest::aKilledProcessLosesNothing_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("what");
    for (const auto name : {"new"_L1, "OpenMV"_L1, "compact"_L1, "hand-made"_L1}) {
        for (const auto what : {"add"_L1, "folder"_L1, "layout"_L1, "random"_L1}) {
            QTest::addRow("%s, %s", name.data(), what.data()) << QString(name) << QString(what);
        }
    }
    QTest::newRow("OpenMV, empty") << u"OpenMV"_s << u"empty"_s;
}

void RecoveryTest::aKilledProcessLosesNothing()
{
    QFETCH(const QString, name);
    QFETCH(const QString, what);
    Child child(name, what);
    child.kill();
    auto abandoned = AbandonedJournal::findAll().readable;
    QCOMPARE(abandoned.size(), 1U);
    QCOMPARE(abandoned.front().snapshot.lostContents, 0);
    const ui::Document recovered(std::move(abandoned.front().snapshot));
    QCOMPARE(test::bytesOf(recovered), child.result());
    QVERIFY(recovered.isModified());
    QVERIFY(recovered.isRecovered());
    QCOMPARE(recovered.path(), documentNamed(name)->path());
    QCOMPARE(recovered.target().key(), std::string(what == "add"_L1 ? "OPENMV_N6/0" : ""));
}

void RecoveryTest::rulesOfOnesOwnComeBack()
{
    ui::Document document;
    addFile(document, "sound.wav", test::text("RIFF"));
    tree::RuleChanges changes;
    changes.byExtension = {{"wav", 512}, {"bin", std::nullopt}};
    changes.otherwise = 8;
    document.setRuleChanges(changes);
    const ui::Document recovered(afterTheEndOf(document));
    QCOMPARE(recovered.ruleChanges(), changes);
    QCOMPARE(test::bytesOf(recovered), test::bytesOf(document));
}

void RecoveryTest::aLiveJournalIsNotOffered()
{
    ui::Document document;
    addFile(document, "a", test::text("x"));
    document.journal().waitForWritten();
    Child child(u"new"_s, u"add"_s);
    QCOMPARE(journals().size(), 2);
    QVERIFY(AbandonedJournal::findAll().readable.empty());
    child.kill();
    auto abandoned = AbandonedJournal::findAll().readable;
    QCOMPARE(abandoned.size(), 1U);
    QVERIFY2(AbandonedJournal::findAll().readable.empty(), "somebody has it already");
    abandoned.clear();
    QCOMPARE(AbandonedJournal::findAll().readable.size(), 1U);
}

void RecoveryTest::whatCameBackIsSafeAtOnce()
{
    Child first(u"OpenMV"_s, u"add"_s);
    first.kill();
    const auto wanted = first.result();
    Child second(u"new"_s, u"recover"_s);
    QVERIFY(AbandonedJournal::findAll().readable.empty());
    second.kill();
    const auto abandoned = AbandonedJournal::findAll().readable;
    QCOMPARE(abandoned.size(), 1U);
    const ui::Document recovered(abandoned.front().snapshot);
    QCOMPARE(test::bytesOf(recovered), wanted);
}

void RecoveryTest::recoveredDocumentsAreShownAndCanBeSaved()
{
    Child one(u"new"_s, u"add"_s);
    Child two(u"OpenMV"_s, u"add"_s);
    one.kill();
    two.kill();
    const test::Folder folder;
    UserWindow window;
    window.recoverDocuments();
    QCOMPARE(window.documentCount(), 2);
    for (int i = 0; i < 2; ++i) {
        window.tabs().setCurrentIndex(i);
        QVERIFY(window.tabTitle().contains("recovered"_L1) && window.tabTitle().endsWith(u'*'));
        QVERIFY(window.notice().isVisible());
        QVERIFY(window.notice().text().contains(window.document().name()));
        const auto bytes = test::bytesOf(window.document());
        QVERIFY(bytes == one.result() || bytes == two.result());
        const auto path = folder.path(u"%1.img"_s.arg(i));
        window.questions().askForSavePath = [&](const QString&) { return path; };
        window.press(Qt::Key_S, Qt::ControlModifier | Qt::ShiftModifier);
        ROMSMITH_TRY(!window.document().isModified());
        QCOMPARE(test::readFile(path), bytes);
        QVERIFY(!window.tabTitle().contains("recovered"_L1));
        window.document().journal().waitForWritten();
    }
    QVERIFY(journals().isEmpty());
}

void RecoveryTest::whatCameBackIsInFrontOfWhatIsOnlyOpenedAgain()
{
    const test::Folder folder;
    const auto path = folder.write(u"other.img"_s, test::openMvImage());
    {
        UserWindow window;
        window.open({path});
        ROMSMITH_TRY(window.documentCount() == 1);
        window.close();
    }
    Child child(u"new"_s, u"add"_s);
    child.kill();
    UserWindow window;
    window.recoverDocuments();
    window.restoreSession();
    ROMSMITH_TRY(window.documentCount() == 2 && window.jobs().isIdle());
    QVERIFY(window.document().isRecovered());
    QVERIFY(window.notice().isVisible());
}

void RecoveryTest::recoveredChangesCanBeDiscarded()
{
    Child child(u"new"_s, u"add"_s);
    child.kill();
    UserWindow window;
    window.recoverDocuments();
    QCOMPARE(window.documentCount(), 1);
    window.clickNotice(u"Discard Them"_s);
    QCOMPARE(window.documentCount(), 0);
    QVERIFY(journals().isEmpty());
    window.recoverDocuments();
    QCOMPARE(window.documentCount(), 0);
}

void RecoveryTest::damagedJournalsNeverCrash()
{
    ui::Document document;
    test::RandomHands hands(5);
    for (int i = 0; i < 60; ++i) {
        hands.moveOnce(document);
    }
    addFile(document, "a.tflite", test::pattern(2000));
    QVERIFY(document.journal().waitForWritten());
    const QDir live(RecoveryJournal::defaultBase().filePath(journals().first()));
    QStringList names;
    for (const auto& name : live.entryList(QDir::Files)) {
        if (!name.startsWith("lock"_L1)) {
            names.append(name);
        }
    }
    std::minstd_rand random(1);
    const auto below = [&](qsizetype end) { return static_cast<qsizetype>(random()) % std::max<qsizetype>(end, 1); };
    for (int i = 0; i < 300; ++i) {
        const test::Folder base;
        const auto& damaged = names.at(below(names.size()));
        for (const auto& name : std::as_const(names)) {
            auto bytes = test::readFile(live.filePath(name));
            if (name == damaged) {
                switch (i % 3) {
                case 0:
                    bytes.truncate(below(bytes.size()));
                    break;
                case 1:
                    bytes[below(bytes.size())] = static_cast<char>(random());
                    break;
                default:
                    for (int k = 0; k < 20; ++k) {
                        bytes[below(bytes.size())] = static_cast<char>(random());
                    }
                }
            }
            base.write(u"journal/"_s % name, bytes);
        }
        auto found = AbandonedJournal::findAll(QDir(base.path()));
        QCOMPARE(found.readable.size() + static_cast<std::size_t>(found.unreadable.size()), 1U);
        for (auto& abandoned : found.readable) {
            const ui::Document recovered(std::move(abandoned.snapshot));
            const auto& plan = recovered.plan();
            static_cast<void>(romfs::write(plan.flat.entries, plan.layout)); // may be refused
        }
    }
}

void RecoveryTest::damagedContentIsReportedAndNotInvented()
{
    {
        Child child(u"new"_s, u"add"_s);
        child.kill();
    }
    const QDir journal(RecoveryJournal::defaultBase().filePath(journals().first()));
    for (const auto& info : journal.entryInfoList({u"blobs*"_s})) {
        QFile blobs(info.filePath());
        QVERIFY(blobs.open(QIODevice::ReadWrite) && blobs.seek(100) && blobs.write("damage") == 6);
    }
    UserWindow window;
    window.recoverDocuments();
    QCOMPARE(window.documentCount(), 1);
    QVERIFY2(window.notice().text().contains("damaged"_L1), qPrintable(window.notice().text()));
    QVERIFY(test::at(window.document(), "large.bin").content().isEmpty());
    QCOMPARE(test::toQt(test::at(window.document(), "model.tflite").content().bytes()),
             test::toQt(test::pattern(5000, 3)));
}

void RecoveryTest::manyLargeEditsTakeBoundedRoom()
{
    constexpr std::size_t size = 1024 * 1024;
    ui::Document document;
    addFile(document, "large.bin", test::pattern(size));
    qint64 largest = 0;
    for (unsigned i = 0; i < 200; ++i) {
        test::must(document.perform(
            document.tree().replaceContent(test::at(document, "large.bin"), test::content(test::filled(size, i))),
            u"replace"_s));
        if (i % 10 == 0) {
            QVERIFY(document.journal().waitForWritten());
        }
        largest = std::max(largest, sizeOf(RecoveryJournal::defaultBase()));
    }
    QVERIFY(document.journal().waitForWritten());
    largest = std::max(largest, sizeOf(RecoveryJournal::defaultBase()));
    // Two images and a MiB of slack; while it is written anew, the newest in the old file and in the new one, too.
    QVERIFY2(largest < 5 * static_cast<qint64>(size) + 64 * 1024, qPrintable(QString::number(largest)));
}

void RecoveryTest::whatCannotBeWrittenIsSaid()
{
    const test::Folder folder;
    const auto notAFolder = folder.write(u"file"_s, "x");
    RecoveryJournal journal{QDir(notAFolder)};
    ui::Document document;
    addFile(document, "a", test::text("x"));
    journal.write(document.snapshot());
    QVERIFY(!journal.waitForWritten());
    QCOMPARE(test::readFile(notAFolder), "x");
}

void RecoveryTest::theNewestStateIsNeverWrittenToAJournalThatIsGone()
{
    ui::Document document;
    {
        const BusyWriter busy(document);
        addFile(document, "a", test::text("x"));
        document.undoStack().undo();
        document.undoStack().redo();
    }
    QCOMPARE(journals().size(), 1);
    QCOMPARE(test::bytesOf(ui::Document(afterTheEndOf(document))), test::bytesOf(document));
}

void RecoveryTest::namesOfDocumentsWithoutAFileComeBack_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("nested");
    QTest::newRow("new") << QString() << QString();
    QTest::newRow("nested") << QString() << u"app.img › lib/inner.img"_s;
    QTest::newRow("with a file") << u"/somewhere/app.img"_s << QString();
}

void RecoveryTest::namesOfDocumentsWithoutAFileComeBack()
{
    QFETCH(const QString, path);
    QFETCH(const QString, nested);
    const ui::Document another; // so that the name is not that of the first one
    auto document = path.isEmpty() ? std::make_unique<ui::Document>() : test::documentOf(test::openMvImage(), path);
    if (!nested.isEmpty()) {
        document->setNestedName(nested);
    }
    addFile(*document, "a", test::text("x"));
    QVERIFY(document->name() != another.name());
    QCOMPARE(ui::Document(afterTheEndOf(*document)).name(), document->name());
}

void RecoveryTest::choicesAboutCompilingComeBack()
{
    ui::Document document;
    test::fill(document, {{"kept.py", "1"}, {"compiled.py", "2"}, {"lib/as around.py", "3"}});
    const auto choose = [&](std::string_view path, bool compile) {
        test::must(
            document.perform(document.tree().setCompile(std::array{&test::at(document, path)}, compile), u"x"_s));
    };
    choose("kept.py", false);
    choose("compiled.py", true);
    choose("lib", false);
    const ui::Document recovered(afterTheEndOf(document));
    for (const auto* path : {"kept.py", "compiled.py", "lib", "lib/as around.py"}) {
        QVERIFY2(test::at(recovered, path).state().compile == test::at(document, path).state().compile, path);
    }
}

void RecoveryTest::journalsThatCannotBeReadAreSetAside_data()
{
    QTest::addColumn<Files>("files");
    const auto blobs = std::pair(u"blobs-0"_s, "content"_ba);
    const auto tree = [](const QCborMap& map) { return std::pair(u"tree"_s, QCborValue(map).toCbor()); };
    QTest::newRow("of another version") << Files{blobs, tree({{u"version"_s, 1000}, {u"blobs"_s, u"blobs-0"_s}})};
    QTest::newRow("damaged") << Files{blobs, {u"tree"_s, "\xbf\x01"_ba}};
    QTest::newRow("empty") << Files{blobs, {u"tree"_s, {}}};
    QTest::newRow("a tree that cannot be opened") << Files{blobs, {u"tree/folder"_s, {}}};
    QTest::newRow("content that cannot be opened")
        << Files{{u"blobs-0/folder"_s, {}}, tree({{u"version"_s, 1}, {u"blobs"_s, u"blobs-0"_s}})};
}

void RecoveryTest::journalsThatCannotBeReadAreSetAside()
{
    QFETCH(const Files, files);
    const test::Folder base;
    for (const auto& [name, bytes] : files) {
        base.write(u"journal/"_s % name, bytes);
    }
    const auto found = AbandonedJournal::findAll(QDir(base.path()));
    QVERIFY(found.readable.empty());
    QCOMPARE(found.unreadable, QStringList{base.path(u"unreadable/journal"_s)});
    QVERIFY(!QFile::exists(base.path(u"journal"_s)));
    QVERIFY2(AbandonedJournal::findAll(QDir(base.path())).unreadable.isEmpty(), "reported once");
    for (const auto& [name, bytes] : files) {
        QCOMPARE(test::readFile(base.path(u"unreadable/journal/"_s % name)), bytes);
    }
}

void RecoveryTest::onlyTheNewestUnreadableJournalsAreKept()
{
    const test::Folder base;
    const auto day = [](int number) { return QDateTime(QDate(2020, 1, number), QTime(12, 0), QTimeZone::UTC); };
    const auto isKept = [&](int number) { return QFile::exists(base.path(u"unreadable/%1/tree"_s.arg(number))); };
    for (const int number : {4, 2, 7, 1, 3, 6, 5}) {
        setModified(base.write(u"%1/tree"_s.arg(number), "damaged"), day(number));
    }
    auto set = AbandonedJournal::findAll(QDir(base.path())).unreadable;
    set.sort();
    QStringList newest;
    for (int number = 1; number <= 7; ++number) {
        QCOMPARE(isKept(number), number > 2);
        if (isKept(number)) {
            newest.append(base.path(u"unreadable/%1"_s.arg(number)));
        }
    }
    QCOMPARE(set, newest);
    setModified(base.write(u"8/tree"_s, "damaged"), day(8));
    QCOMPARE(AbandonedJournal::findAll(QDir(base.path())).unreadable, QStringList{base.path(u"unreadable/8"_s)});
    QVERIFY(!isKept(3) && isKept(4) && isKept(8));
}

void RecoveryTest::journalsThatAreJustBegunAreLeftAlone()
{
    const test::Folder base;
    base.write(u"begun/blobs-0"_s, "content");
    base.write(u"old/blobs-0"_s, "content");
    base.write(u"used/blobs-0"_s, "content");
    QLockFile lock(base.path(u"used/lock"_s));
    QVERIFY(lock.tryLock(0));
    makeOld(base.path(u"old"_s));
    makeOld(base.path(u"used"_s));
    const auto found = AbandonedJournal::findAll(QDir(base.path()));
    QVERIFY(found.readable.empty());
    QVERIFY(found.unreadable.isEmpty());
    QCOMPARE(QDir(base.path()).entryList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name),
             QStringList({u"begun"_s, u"used"_s}));
    QCOMPARE(QDir(base.path(u"begun"_s)).entryList(QDir::Files | QDir::Hidden), QStringList{u"blobs-0"_s});
}

void RecoveryTest::theWindowSaysWhereUnreadableJournalsAre()
{
    const QDir base = RecoveryJournal::defaultBase();
    QVERIFY(base.mkpath(u"journal"_s));
    QFile tree(base.filePath(u"journal/tree"_s));
    QVERIFY(tree.open(QIODevice::WriteOnly) && tree.write("damaged") == 7);
    tree.close();
    Child child(u"new"_s, u"add"_s);
    child.kill();
    UserWindow window;
    window.recoverDocuments();
    QVERIFY(window.notice().isVisible());
    QVERIFY2(window.notice().text().contains(base.filePath(u"unreadable/journal"_s)),
             qPrintable(window.notice().text()));
    QCOMPARE(window.documentCount(), 2);
    window.tabs().setCurrentIndex(0);
    QVERIFY2(window.notice().text().contains("they are back"_L1), "the other notice is still there");
    window.questions().askAboutUnsaved = [](const QStringList&) { return ui::Unsaved::Discard; };
}

void RecoveryTest::aJournalThatFailsIsReportedOnceUntilItWorks()
{
    const auto base = RecoveryJournal::defaultBase().path();
    QFile inTheWay(base);
    QVERIFY(QDir().mkpath(QFileInfo(base).path()) && inTheWay.open(QIODevice::WriteOnly));
    const auto remove = qScopeGuard([&] { inTheWay.remove(); });
    ui::Document document;
    const QSignalSpy failed(&document, &ui::Document::journalFailed);
    const auto editAndWait = [&] {
        addFile(document, "a", test::pattern(100, static_cast<unsigned>(document.revision())));
        const bool written = document.journal().waitForWritten();
        QCoreApplication::processEvents();
        return written;
    };
    QVERIFY(!editAndWait());
    QCOMPARE(failed.count(), 1);
    QCOMPARE(failed.first().first().toString(), base);
    QVERIFY(!editAndWait());
    document.undoStack().setIndex(0); // nothing is unsaved for a moment
    QVERIFY(!editAndWait());
    QCOMPARE(failed.count(), 1);

    QVERIFY(inTheWay.remove());
    QVERIFY(editAndWait());
    QCOMPARE(failed.count(), 1);
    QCOMPARE(test::bytesOf(ui::Document(afterTheEndOf(document))), test::bytesOf(document));
    const QDir journal(QDir(base).filePath(journals().first()));
    QVERIFY(journal.mkdir(u"tree.part"_s)); // where the next state is written
    QVERIFY(!editAndWait());
    QVERIFY(!editAndWait());
    QCOMPARE(failed.count(), 2);
    QVERIFY(journal.rmdir(u"tree.part"_s));
    QVERIFY(editAndWait());
    QCOMPARE(test::bytesOf(ui::Document(afterTheEndOf(document))), test::bytesOf(document));
}

int main(int argc, char* argv[])
{
    const QApplication application(argc, argv);
    const auto arguments = QCoreApplication::arguments();
    if (arguments.value(1) == QLatin1String(childArgument)) {
        return editUntilKilled(arguments.mid(2));
    }
    RecoveryTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "recovery_test.moc"
