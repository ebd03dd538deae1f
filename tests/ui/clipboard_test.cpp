// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/editingwindow.h"
#include "ui/nodemimedata.h"

#include <QClipboard>
#include <QUrl>

using namespace romsmith;
using namespace Qt::StringLiterals;
using test::EditingWindow;
using ui::NodeMimeData;

/// Rows on their way through the clipboard, and out to other programs as files.
class ClipboardTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { qputenv("TMPDIR", QFile::encodeName(m_temp.path())); }
    void init()
    {
        QSettings().clear();
        QGuiApplication::clipboard()->clear();
    }
    void copiedRowsAreThereTwice();
    void cutRowsComeBackElsewhere();
    void whatIsPastedIsWhatWasCopiedThen();
    void pastingWhereTheNameIsTakenAsks();
    void pastingWhereItWasCopiedMakesASecondOne();
    void pastingWhatIsThereAlreadySaysSo();
    void rowsGoFromTabToTab();
    void rowsOutliveTheTabTheyCameFrom();
    void filesFromTheFileManagerArePasted();
    void pastingNothingDoesNothing();
    void filesAreWrittenWhenAskedForOnly();
    void foldersAndOddNamesBecomeFilesToo();
    void textOfFilesIsAnUriList();
    void filesGoWhenSomethingElseIsCopied();
    void whatWasDroppedStays();
    void tooMuchIsNotOffered_data();
    void tooMuchIsNotOffered();

private:
    test::Folder m_temp; ///< with nothing of other programs in it

    static QStringList exported(const QMimeData& mime)
    {
        QStringList paths;
        for (const auto& url : mime.urls()) {
            paths.append(url.toLocalFile());
        }
        return paths;
    }
};

void ClipboardTest::copiedRowsAreThereTwice()
{
    EditingWindow window;
    window.click(window.at("main.py"));
    window.press(Qt::Key_C, Qt::ControlModifier);
    window.click(window.at("lib"));
    window.press(Qt::Key_V, Qt::ControlModifier);
    QCOMPARE(test::textAt(window.document(), "lib/main.py"), u"main"_s);
    QCOMPARE(test::textAt(window.document(), "main.py"), u"main"_s);
    QCOMPARE(window.document().undoStack().count(), 1);
    QCOMPARE(window.tree().currentNode(), &window.at("lib/main.py"));
    window.press(Qt::Key_Z, Qt::ControlModifier);
    QVERIFY(!window.document().tree().find("lib/main.py"));
}

void ClipboardTest::cutRowsComeBackElsewhere()
{
    EditingWindow window;
    window.click(window.at("main.py"));
    window.click(window.at("model.tflite"), Qt::ControlModifier);
    window.press(Qt::Key_X, Qt::ControlModifier);
    QCOMPARE(window.outline(), u"lib/ lib/a.py lib/deep/ lib/deep/x.bin"_s);
    window.click(window.at("lib"));
    window.press(Qt::Key_V, Qt::ControlModifier);
    QCOMPARE(window.outline(), u"lib/ lib/a.py lib/deep/ lib/deep/x.bin lib/main.py lib/model.tflite"_s);
    QCOMPARE(test::textAt(window.document(), "lib/model.tflite"), u"m"_s);
    QCOMPARE(window.document().undoStack().count(), 2);
}

void ClipboardTest::whatIsPastedIsWhatWasCopiedThen()
{
    EditingWindow window;
    auto& document = window.document();
    test::must(document.perform(document.tree().setAlignment(std::array{&window.at("main.py")}, 512), u"x"_s));
    window.click(window.at("main.py"));
    window.press(Qt::Key_C, Qt::ControlModifier);
    test::must(document.perform(document.tree().replaceContent(window.at("main.py"), test::content("new")), u"x"_s));
    window.click(window.at("lib"));
    window.press(Qt::Key_V, Qt::ControlModifier);
    QCOMPARE(test::textAt(document, "lib/main.py"), u"main"_s);
    QCOMPARE(window.at("lib/main.py").state().alignmentOverride.value_or(0), 512U);
}

void ClipboardTest::pastingWhereTheNameIsTakenAsks()
{
    EditingWindow window({{"main.py", "main"}, {"lib/main.py", "other"}});
    window.click(window.at("main.py"));
    window.press(Qt::Key_C, Qt::ControlModifier);
    window.click(window.at("lib"));
    window.currentView()->editor().askAboutClashes = [](std::span<const tree::Clash>) { return std::nullopt; };
    window.press(Qt::Key_V, Qt::ControlModifier);
    QCOMPARE(window.document().undoStack().count(), 0);
    window.currentView()->editor().askAboutClashes
        = [](std::span<const tree::Clash>) { return std::optional(tree::ClashPolicy::KeepBoth); };
    window.press(Qt::Key_V, Qt::ControlModifier);
    QCOMPARE(test::textAt(window.document(), "lib/main_2.py"), u"main"_s);
}

void ClipboardTest::pastingWhereItWasCopiedMakesASecondOne()
{
    EditingWindow window;
    window.click(window.at("main.py"));
    window.press(Qt::Key_C, Qt::ControlModifier);
    window.press(Qt::Key_V, Qt::ControlModifier);
    QCOMPARE(test::textAt(window.document(), "main_2.py"), u"main"_s);
}

void ClipboardTest::pastingWhatIsThereAlreadySaysSo()
{
    EditingWindow window;
    window.click(window.at("main.py"));
    window.press(Qt::Key_C, Qt::ControlModifier);
    window.press(Qt::Key_N, Qt::ControlModifier);
    window.press(Qt::Key_V, Qt::ControlModifier);
    window.press(Qt::Key_V, Qt::ControlModifier);
    QCOMPARE(window.outline(), u"main.py"_s);
    QVERIFY(window.notice().text().contains("already"_L1));
}

void ClipboardTest::rowsGoFromTabToTab()
{
    EditingWindow window;
    window.click(window.at("lib"));
    window.press(Qt::Key_C, Qt::ControlModifier);
    window.press(Qt::Key_N, Qt::ControlModifier);
    window.press(Qt::Key_V, Qt::ControlModifier);
    QCOMPARE(window.outline(), u"lib/ lib/a.py lib/deep/ lib/deep/x.bin"_s);
    QCOMPARE(test::textAt(window.document(), "lib/deep/x.bin"), u"x"_s);
}

void ClipboardTest::rowsOutliveTheTabTheyCameFrom()
{
    EditingWindow window;
    window.click(window.at("lib"));
    window.press(Qt::Key_C, Qt::ControlModifier);
    window.press(Qt::Key_W, Qt::ControlModifier);
    QCOMPARE(window.documentCount(), 0);
    window.press(Qt::Key_N, Qt::ControlModifier);
    window.press(Qt::Key_V, Qt::ControlModifier);
    QCOMPARE(test::textAt(window.document(), "lib/deep/x.bin"), u"x"_s);
}

void ClipboardTest::filesFromTheFileManagerArePasted()
{
    const test::Folder folder;
    auto* mime = new QMimeData;
    mime->setUrls({QUrl::fromLocalFile(folder.write(u"a.txt"_s, "a")), QUrl(u"https://example.org/b.txt"_s)});
    QGuiApplication::clipboard()->setMimeData(mime);
    EditingWindow window;
    window.click(window.at("lib"));
    window.press(Qt::Key_V, Qt::ControlModifier);
    ROMSMITH_TRY(window.document().tree().find("lib/a.txt"));
    QCOMPARE(window.document().undoStack().count(), 1);
}

void ClipboardTest::pastingNothingDoesNothing()
{
    EditingWindow window;
    window.press(Qt::Key_V, Qt::ControlModifier);
    QGuiApplication::clipboard()->setText(u"text"_s);
    window.press(Qt::Key_V, Qt::ControlModifier);
    window.press(Qt::Key_C, Qt::ControlModifier); // nothing is selected
    QCOMPARE(QGuiApplication::clipboard()->text(), u"text"_s);
    QCOMPARE(window.document().undoStack().count(), 0);
    QVERIFY(window.jobs().isIdle());
}

void ClipboardTest::filesAreWrittenWhenAskedForOnly()
{
    const auto document = test::documentOf(test::openMvImage());
    const auto exportsIn = [] { return QDir::temp().entryList(QDir::Dirs | QDir::NoDotAndDotDot); };
    const auto before = exportsIn();
    const NodeMimeData mime(*document, {&test::at(*document, "lib"), &test::at(*document, "boot.py")});
    QVERIFY(mime.hasUrls());
    QVERIFY(mime.hasFormat(u"text/uri-list"_s));
    QCOMPARE(mime.copies().size(), 2U);
    QCOMPARE(exportsIn(), before);

    const auto files = exported(mime);
    QCOMPARE(files.size(), 2);
    QCOMPARE(test::readFile(files.at(0) % u"/deep/x.bin"_s), test::toQt(test::pattern(300)));
    QCOMPARE(test::readFile(files.at(0) % u"/a.py"_s), "A = 1\n");
    QCOMPARE(QFileInfo(files.at(1)).fileName(), u"boot.py"_s);
    QCOMPARE(test::readFile(files.at(1)), "print('boot')\n");
    QCOMPARE(exported(mime), files); // not once more
}

void ClipboardTest::foldersAndOddNamesBecomeFilesToo()
{
    const auto document = test::documentOf(test::handMadeImage());
    std::vector<tree::Node*> all;
    for (const auto& child : document->tree().root().children()) {
        all.push_back(child.get());
    }
    const NodeMimeData mime(*document, all);
    const auto files = exported(mime);
    QVERIFY(!files.isEmpty());
    for (const auto& path : files) {
        QVERIFY2(QFileInfo::exists(path), qPrintable(path));
    }
    // Nobody else can look into the folder that they are in.
    const QFileInfo base(QFileInfo(QFileInfo(files.first()).path()).path());
    QCOMPARE(base.permissions() & (QFile::ReadOther | QFile::ExeOther | QFile::ReadGroup | QFile::ExeGroup),
             QFile::Permissions());
}

void ClipboardTest::textOfFilesIsAnUriList()
{
    auto document = std::make_unique<ui::Document>();
    test::fill(*document, {{"a b.txt", "x"}});
    const NodeMimeData mime(*document, {&test::at(*document, "a b.txt")});
    const auto list = mime.data(u"text/uri-list"_s);
    QVERIFY2(list.startsWith("file:///") && list.endsWith("/a%20b.txt\r\n"), list.constData());
    QVERIFY(!mime.hasFormat(u"text/html"_s));
    document.reset();
    QVERIFY(mime.liveNodes().empty());
    QCOMPARE(mime.copies().size(), 1U);
}

void ClipboardTest::filesGoWhenSomethingElseIsCopied()
{
    EditingWindow window;
    auto& clipboard = *QGuiApplication::clipboard();
    window.click(window.at("lib"));
    window.press(Qt::Key_C, Qt::ControlModifier);
    const auto files = exported(*clipboard.mimeData());
    QCOMPARE(files.size(), 1);
    QCOMPARE(test::readFile(files.first() % u"/deep/x.bin"_s), "x");
    clipboard.setText(u"text"_s);
    QVERIFY(!QFile::exists(QFileInfo(files.first()).path()));
}

void ClipboardTest::whatWasDroppedStays()
{
    const auto document = test::documentOf(test::openMvImage());
    auto mime
        = std::make_unique<NodeMimeData>(*document, std::vector{&test::at(*document, "lib")}, NodeMimeData::Way::Drag);
    const auto files = exported(*mime);
    QCOMPARE(files.size(), 1);
    mime.reset();
    QCOMPARE(test::readFile(files.first() % u"/a.py"_s), "A = 1\n");
}

void ClipboardTest::tooMuchIsNotOffered_data()
{
    QTest::addColumn<NodeMimeData::Way>("way");
    QTest::addColumn<quint64>("most");
    QTest::newRow("clipboard") << NodeMimeData::Way::Clipboard << quint64{NodeMimeData::mostForClipboard};
    QTest::newRow("drag") << NodeMimeData::Way::Drag << quint64{NodeMimeData::mostForDrag};
}

void ClipboardTest::tooMuchIsNotOffered()
{
    QFETCH(const NodeMimeData::Way, way);
    QFETCH(const quint64, most);
    ui::Document document;
    test::fill(document, {{"large/a.bin", ""}, {"b.bin", ""}});
    auto& inside = test::at(document, "large/a.bin");
    auto& beside = test::at(document, "b.bin");
    const std::vector nodes{&test::at(document, "large"), &beside};
    test::must(document.perform(document.tree().replaceContent(inside, test::huge(most - 1)), u"x"_s));
    test::must(document.perform(document.tree().replaceContent(beside, test::content("1")), u"x"_s));
    QVERIFY(NodeMimeData(document, nodes, way).hasUrls());

    test::must(document.perform(document.tree().replaceContent(beside, test::content("12")), u"x"_s));
    const NodeMimeData tooMuch(document, nodes, way);
    const auto exports = [] { return QDir::temp().entryList(QDir::Dirs | QDir::NoDotAndDotDot); };
    const auto before = exports();
    QVERIFY(!tooMuch.hasUrls());
    QVERIFY(!tooMuch.formats().contains(u"text/uri-list"_s));
    QVERIFY(tooMuch.urls().isEmpty());
    QVERIFY(tooMuch.data(u"text/uri-list"_s).isEmpty());
    QCOMPARE(exports(), before);
    QCOMPARE(tooMuch.copies().size(), 2U); // this program itself takes any amount
}

QTEST_MAIN(ClipboardTest)
#include "clipboard_test.moc"
