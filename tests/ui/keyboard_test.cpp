// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/editingwindow.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractSpinBox>
#include <QComboBox>
#include <QDockWidget>
#include <QLabel>
#include <QMenuBar>
#include <QPlainTextEdit>

#include <set>

using namespace romsmith;
using namespace Qt::StringLiterals;
using test::EditingWindow;
using test::UserWindow;

namespace {

/// What a screen reader would say of a control.
QString spokenName(const QWidget& widget)
{
    if (!widget.accessibleName().isEmpty()) {
        return widget.accessibleName();
    }
    if (const auto* button = qobject_cast<const QAbstractButton*>(&widget); button && !button->text().isEmpty()) {
        return button->text();
    }
    for (const auto* label : widget.window()->findChildren<QLabel*>()) {
        if (label->buddy() == &widget) {
            return label->text();
        }
    }
    return widget.toolTip();
}

bool isControl(const QWidget& widget)
{
    return qobject_cast<const QAbstractButton*>(&widget) || qobject_cast<const QLineEdit*>(&widget)
        || qobject_cast<const QComboBox*>(&widget) || qobject_cast<const QAbstractItemView*>(&widget)
        || qobject_cast<const QTabWidget*>(&widget) || qobject_cast<const QAbstractSpinBox*>(&widget)
        || qobject_cast<const QPlainTextEdit*>(&widget);
}

/// Controls that are parts of another one, which has the name.
bool isPart(const QWidget& widget)
{
    const auto* parent = widget.parentWidget();
    const auto name = widget.objectName();
    return name.startsWith("qt_"_L1) || qobject_cast<const QComboBox*>(parent)
        || qobject_cast<const QAbstractSpinBox*>(parent) || qobject_cast<const QAbstractItemView*>(parent)
        || qobject_cast<const QLineEdit*>(parent) || qobject_cast<const QTabBar*>(parent)
        || widget.inherits("QComboBoxListView") || widget.inherits("QHeaderView")
        || widget.inherits("QDockWidgetTitleButton") || widget.inherits("QTableCornerButton")
        || widget.inherits("QToolBarExtension");
}

} // namespace

/// The keyboard alone, and what those hear who do not see the window.
class KeyboardTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QSettings().clear(); }
    void theKeyboardAloneMakesAnImage();
    void theKeyboardReachesEveryMenu();
    void tabLeavesNoControlBehind();
    void everyControlHasAName();
    void everyActionHasTextAndShortcutsAreUnique();
    void keysWorkInSortedAndFilteredTrees();
};

void KeyboardTest::theKeyboardAloneMakesAnImage()
{
    const test::Folder folder;
    const auto model = folder.write(u"net.tflite"_s, "a model");
    const auto image = folder.path(u"app.img"_s);
    UserWindow window;
    window.questions().askForFiles = [&] { return QStringList{model}; };
    window.questions().askForSavePath = [&](const QString&) { return image; };

    window.press(Qt::Key_N, Qt::ControlModifier);
    window.press(Qt::Key_A, Qt::AltModifier);
    ROMSMITH_TRY_COMPARE(test::outlineOf(window.document()), u"net.tflite"_s);
    window.press(Qt::Key_F2);
    auto* editor = qobject_cast<QLineEdit*>(QApplication::focusWidget());
    QVERIFY(editor);
    ROMSMITH_TRY_COMPARE(editor->selectedText(), u"net"_s);
    window.type(u"person"_s);
    window.press(Qt::Key_Return);
    QCOMPARE(test::outlineOf(window.document()), u"person.tflite"_s);
    window.press(Qt::Key_N, Qt::ControlModifier | Qt::ShiftModifier);
    window.type(u"lib"_s);
    window.press(Qt::Key_Return);
    QCOMPARE(test::outlineOf(window.document()), u"person.tflite lib/"_s);
    window.press(Qt::Key_Home);
    window.press(Qt::Key_Delete);
    QCOMPARE(test::outlineOf(window.document()), u"lib/"_s);
    window.press(Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(test::outlineOf(window.document()), u"person.tflite lib/"_s);
    window.press(Qt::Key_S, Qt::ControlModifier);
    ROMSMITH_TRY(!window.document().isModified());
    QCOMPARE(test::outlineOf(*test::documentOf(test::readFile(image))), u"person.tflite lib/"_s);
}

void KeyboardTest::theKeyboardReachesEveryMenu()
{
    EditingWindow window;
    for (const auto* action : window.menuBar()->actions()) {
        const auto key = QKeySequence::mnemonic(action->text());
        QVERIFY2(!key.isEmpty(), qPrintable(action->text()));
        window.press(static_cast<Qt::Key>(key[0].key()), Qt::AltModifier);
        ROMSMITH_TRY_COMPARE(QApplication::activePopupWidget(), action->menu());
        QTest::keyClick(action->menu(), Qt::Key_Escape);
        ROMSMITH_TRY(!QApplication::activePopupWidget());
        window.press(Qt::Key_Escape); // leaves the menu bar, too
        // No two entries of a menu share a mnemonic.
        std::set<QString> mnemonics;
        for (const auto* entry : action->menu()->actions()) {
            const auto mnemonic = QKeySequence::mnemonic(entry->text()).toString();
            const bool isDock = entry->isCheckable();
            if (!mnemonic.isEmpty() && !isDock) {
                QVERIFY2(mnemonics.insert(mnemonic).second, qPrintable(action->text() % u": "_s % entry->text()));
            }
        }
    }
}

void KeyboardTest::tabLeavesNoControlBehind()
{
    EditingWindow window;
    window.tree().setFocus();
    std::set<const QWidget*> reached;
    for (int i = 0; i < 100; ++i) {
        reached.insert(QApplication::focusWidget());
        window.press(Qt::Key_Tab);
    }
    QVERIFY(reached.contains(&window.tree()));
    QVERIFY(reached.contains(&window.currentView()->filterEdit()));
    QVERIFY(reached.contains(&window.problems()));
    QVERIFY(reached.contains(window.findChild<ui::TargetSelector*>()));
}

void KeyboardTest::everyControlHasAName()
{
    const test::Folder folder;
    EditingWindow window;
    window.currentView()->showError(u"a notice"_s);
    for (auto* dock : window.findChildren<QDockWidget*>()) {
        dock->show();
        QVERIFY(!dock->windowTitle().isEmpty());
    }
    // With something of every kind selected, docks show what they have for it.
    for (const auto* path : {"main.py", "model.tflite", "lib"}) {
        window.click(window.at(path));
        QCoreApplication::processEvents();
        QStringList nameless;
        for (const auto* widget : window.findChildren<QWidget*>()) {
            if (isControl(*widget) && !isPart(*widget) && spokenName(*widget).isEmpty()) {
                QStringList chain;
                for (const auto* at = widget; at; at = at->parentWidget()) {
                    chain.prepend(QString::fromLatin1(at->metaObject()->className()) % u'#' % at->objectName());
                }
                nameless.append(chain.join(u" > "_s));
            }
        }
        QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(u'\n')));
    }
}

void KeyboardTest::everyActionHasTextAndShortcutsAreUnique()
{
    EditingWindow window;
    QHash<QKeySequence, QString> owners;
    for (const auto* action : window.findChildren<QAction*>()) {
        if (action->objectName().endsWith("Action"_L1)) {
            QVERIFY2(!action->text().isEmpty(), qPrintable(action->objectName()));
        }
        for (const auto& shortcut : action->shortcuts()) {
            if (action->shortcutContext() == Qt::WindowShortcut && !shortcut.isEmpty()) {
                QVERIFY2(!owners.contains(shortcut),
                         qPrintable(
                             u"%1 and %2 share %3"_s.arg(owners.value(shortcut), action->text(), shortcut.toString())));
                owners.insert(shortcut, action->text());
            }
        }
    }
    QVERIFY(owners.size() > 15);
}

void KeyboardTest::keysWorkInSortedAndFilteredTrees()
{
    EditingWindow window({{"b.py", "1"}, {"a.py", "2"}, {"c.txt", "3"}});
    window.tree().sortByColumn(ui::RomTreeModel::Name, Qt::AscendingOrder);
    window.currentView()->filterEdit().setText(u".py"_s);
    window.tree().setFocus();
    window.press(Qt::Key_Home);
    QCOMPARE(window.tree().currentNode(), &window.at("a.py"));
    window.press(Qt::Key_A, Qt::ControlModifier);
    window.press(Qt::Key_Delete);
    QCOMPARE(window.outline(), u"c.txt"_s);
    window.press(Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(window.outline(), u"b.py a.py c.txt"_s);
    QCOMPARE(window.visibleNames(), QStringList({u"a.py"_s, u"b.py"_s}));
}

QTEST_MAIN(KeyboardTest)
#include "keyboard_test.moc"
