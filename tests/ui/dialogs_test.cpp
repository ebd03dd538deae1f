// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/editingwindow.h"
#include "ui/clashdialog.h"
#include "ui/rulesdialog.h"

#include <QAbstractItemModelTester>
#include <QDialogButtonBox>
#include <QLabel>
#include <QLineEdit>
#include <QTableView>
#include <QTreeWidget>

using namespace romsmith;
using namespace Qt::StringLiterals;
using test::EditingWindow;
using test::UserWindow;
using ui::RulesModel;

namespace {

QString cell(const RulesModel& model, int row, int column)
{
    return model.index(row, column).data().toString();
}

/// A window whose rules dialog is open.
struct RulesWindow : EditingWindow
{
    using EditingWindow::EditingWindow;

    ui::RulesDialog& openRules()
    {
        action(u"alignmentRulesAction"_s)->trigger();
        auto* dialog = findChild<ui::RulesDialog*>();
        if (!dialog) {
            throw std::runtime_error("there is no dialog");
        }
        dialog->activateWindow();
        static_cast<void>(QTest::qWaitFor([&] { return QApplication::activeWindow() == dialog; }, test::patience));
        return *dialog;
    }
};

QPushButton& buttonOf(const QDialog& dialog, const QString& text)
{
    for (auto* button : dialog.findChildren<QPushButton*>()) {
        if (button->text().remove(u'&') == text) {
            return *button;
        }
    }
    throw std::runtime_error("no button " + text.toStdString());
}

} // namespace

/// Small dialogs that come before an edit.
class DialogsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QSettings().clear(); }
    void rulesAreThoseOfTheBoardAtFirst();
    void rulesSayWhatIsWrongWhileOneTypes_data();
    void rulesSayWhatIsWrongWhileOneTypes();
    void theRulesModelIsSound();
    void changedRulesAreOneStep();
    void rulesOfOnesOwnSurviveAnotherBoard();
    void theEffectOfRulesIsShownBefore();
    void typedRulesAreTakenAndEscapeBringsThemBack();
    void removedAndResetRules();
    void tooltipsAndDetailsNameYourRule();
    void clashesSayWhatIsThereAndWhatComes();
    void theClashQuestionIsAnsweredByItsButtons_data();
    void theClashQuestionIsAnsweredByItsButtons();
    void manyClashesAreAList();
};

void DialogsTest::rulesAreThoseOfTheBoardAtFirst()
{
    RulesWindow window;
    window.chooseTarget(u"OpenMV N6"_s);
    auto& dialog = window.openRules();
    const auto& model = dialog.model();
    QCOMPARE(model.rules(), window.document().boardRules());
    for (int row = 0; row < model.rowCount(); ++row) {
        QCOMPARE(cell(model, row, RulesModel::Origin), u"OpenMV N6"_s);
        QVERIFY(!(model.index(row, RulesModel::Extension).flags() & Qt::ItemIsEditable));
        QVERIFY(model.index(row, RulesModel::Alignment).flags() & Qt::ItemIsEditable);
    }
    QCOMPARE(cell(model, model.rowCount() - 1, RulesModel::Extension), u"all other files"_s);
    dialog.accept();
    QCOMPARE(window.document().undoStack().count(), 0); // nothing was changed
}

void DialogsTest::rulesSayWhatIsWrongWhileOneTypes_data()
{
    QTest::addColumn<QString>("extension");
    QTest::addColumn<QString>("alignment");
    QTest::addColumn<QString>("problem");
    QTest::newRow("right") << u"wav"_s << u"512"_s << QString();
    QTest::newRow("with a dot, in capitals") << u".WAV"_s << u" 512 "_s << QString();
    QTest::newRow("as a pattern") << u"*.wav"_s << u"512"_s << QString();
    QTest::newRow("no extension") << QString() << u"512"_s << u"Type the extension"_s;
    QTest::newRow("a whole name") << u"a.wav"_s << u"512"_s << u"is not an extension"_s;
    QTest::newRow("one that is there") << u"TFLite"_s << u"512"_s << u"There is a rule for \"tflite\" already"_s;
    QTest::newRow("no power of two") << u"wav"_s << u"48"_s << u"\"48\" is not an alignment"_s;
    QTest::newRow("nothing") << u"wav"_s << u"0"_s << u"is not an alignment"_s;
    QTest::newRow("words") << u"wav"_s << u"many"_s << u"is not an alignment"_s;
    QTest::newRow("too large") << u"wav"_s << u"131072"_s << u"from 1 to 65536"_s;
    QTest::newRow("negative") << u"wav"_s << u"-4"_s << u"is not an alignment"_s;
}

void DialogsTest::rulesSayWhatIsWrongWhileOneTypes()
{
    QFETCH(const QString, extension);
    QFETCH(const QString, alignment);
    QFETCH(const QString, problem);
    RulesWindow window;
    auto& dialog = window.openRules();
    auto& model = dialog.model();
    const auto row = model.add();
    model.setData(model.index(row, RulesModel::Extension), extension);
    model.setData(model.index(row, RulesModel::Alignment), alignment);
    const auto& ok = *dialog.findChild<QDialogButtonBox*>()->button(QDialogButtonBox::Ok);
    if (problem.isEmpty()) {
        QCOMPARE(model.problem(), QString());
        QVERIFY(ok.isEnabled());
        QCOMPARE(model.rules()->ruleFor("x.wav"), std::optional(512U));
    } else {
        QVERIFY2(dialog.effect().contains(problem), qPrintable(dialog.effect()));
        QVERIFY(!ok.isEnabled());
        QVERIFY(!model.rules());
    }
    dialog.reject();
}

void DialogsTest::theRulesModelIsSound()
{
    RulesModel model(tree::AlignmentRules::openMv(), u"a board"_s, tree::AlignmentRules::openMv());
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    const auto row = model.add();
    model.setData(model.index(row, RulesModel::Extension), u"wav"_s);
    model.remove(0);
    QVERIFY(model.canRemove(0));
    QVERIFY(!model.canRemove(model.rowCount() - 1));
    model.setRules(tree::AlignmentRules::none());
    QCOMPARE(model.rowCount(), 1);
}

void DialogsTest::changedRulesAreOneStep()
{
    RulesWindow window({{"sound.wav", "RIFF"}, {"model.tflite", "m"}, {"a.txt", "a"}});
    auto& dialog = window.openRules();
    auto& model = dialog.model();
    const auto row = model.add();
    model.setData(model.index(row, RulesModel::Extension), u"wav"_s);
    model.setData(model.index(row, RulesModel::Alignment), u"512"_s);
    dialog.accept();
    auto& document = window.document();
    QCOMPARE(document.undoStack().count(), 1);
    QCOMPARE(document.undoStack().undoText(), u"Change the alignment rules"_s);
    QVERIFY(document.isModified());
    QCOMPARE(document.plan().placement(window.at("sound.wav"))->contentOffset % 512, 0U);
    document.undoStack().undo();
    QCOMPARE(document.plan().rules, document.boardRules());
    document.undoStack().redo();
    QCOMPARE(document.plan().rules.of("x.wav"), 512U);
}

void DialogsTest::rulesOfOnesOwnSurviveAnotherBoard()
{
    RulesWindow window;
    window.chooseTarget(u"OpenMV N6"_s);
    const auto models = window.document().plan().rules.of("x.tflite");
    auto& dialog = window.openRules();
    const auto row = dialog.model().add();
    dialog.model().setData(dialog.model().index(row, RulesModel::Extension), u"wav"_s);
    dialog.accept();
    window.chooseTarget(u"OpenMV Cam H7 Plus"_s);
    const auto& rules = window.document().plan().rules;
    QCOMPARE(rules.of("x.wav"), 16U);
    QVERIFY(rules.of("x.tflite") != models); // that is the other board's
}

void DialogsTest::theEffectOfRulesIsShownBefore()
{
    RulesWindow window({{"a.txt", "a"}, {"b.txt", "b"}, {"model.tflite", "m"}});
    auto& dialog = window.openRules();
    auto& model = dialog.model();
    QVERIFY2(dialog.effect().startsWith(u"No file is aligned otherwise"_s), qPrintable(dialog.effect()));
    const auto row = model.add();
    model.setData(model.index(row, RulesModel::Extension), u"txt"_s);
    model.setData(model.index(row, RulesModel::Alignment), u"256"_s);
    QVERIFY2(dialog.effect().startsWith(u"2 file(s) are aligned otherwise"_s), qPrintable(dialog.effect()));
    const auto promised = dialog.effect();
    dialog.accept();
    const auto padding = ui::exactSize(window.document().plan().layout.padding());
    QVERIFY2(promised.contains(u"Padding: "_s % padding % u" bytes"_s), qPrintable(promised % padding));
}

void DialogsTest::typedRulesAreTakenAndEscapeBringsThemBack()
{
    RulesWindow window;
    auto& dialog = window.openRules();
    auto& model = dialog.model();
    QTest::mouseClick(&buttonOf(dialog, u"Add"_s), Qt::LeftButton);
    const auto row = model.rowCount() - 2;
    window.type(u"wa"_s);
    QCOMPARE(cell(model, row, RulesModel::Extension), u"wa"_s);
    QCOMPARE(model.problem(), QString());
    window.press(Qt::Key_Escape);
    QCOMPARE(cell(model, row, RulesModel::Extension), QString());
    window.press(Qt::Key_F2);
    window.type(u"wav"_s);
    window.press(Qt::Key_Tab); // to the alignment of the same rule
    window.type(u"512"_s);
    window.press(Qt::Key_Return);
    QCOMPARE(cell(model, row, RulesModel::Extension), u"wav"_s);
    QCOMPARE(cell(model, row, RulesModel::Alignment), u"512"_s);
    QVERIFY(dialog.isVisible()); // Escape was for the editor
    dialog.view().setCurrentIndex(model.index(0, RulesModel::Alignment));
    dialog.view().setFocus();
    window.press(Qt::Key_F2);
    window.type(u"48"_s);
    QVERIFY(model.problem().contains(u"48"_s) || model.problem().startsWith(u"Type"_s));
    window.press(Qt::Key_Return);
    QVERIFY(dialog.isVisible());
    dialog.reject();
}

void DialogsTest::removedAndResetRules()
{
    RulesWindow window;
    auto& dialog = window.openRules();
    auto& model = dialog.model();
    const auto board = model.boardRules();
    const auto reset = &buttonOf(dialog, u"Reset to the Board's"_s);
    QVERIFY(!reset->isEnabled());
    dialog.view().setCurrentIndex(model.index(0, RulesModel::Alignment));
    dialog.view().setFocus();
    window.press(Qt::Key_Delete);
    QCOMPARE(model.rules()->byExtension().size(), board.byExtension().size() - 1);
    QVERIFY(reset->isEnabled());
    model.setData(model.index(0, RulesModel::Alignment), u"64"_s);
    QCOMPARE(cell(model, 0, RulesModel::Origin), u"Yours (OpenMV's boards: 16)"_s);
    reset->click();
    QCOMPARE(model.rules(), board);
    dialog.view().setCurrentIndex(model.index(model.rowCount() - 1, RulesModel::Alignment));
    QVERIFY(!buttonOf(dialog, u"Remove"_s).isEnabled());
    dialog.reject();
}

void DialogsTest::tooltipsAndDetailsNameYourRule()
{
    RulesWindow window({{"sound.wav", "RIFF"}});
    tree::RuleChanges changes;
    changes.byExtension.emplace("wav", 64);
    window.document().setRuleChanges(changes);
    const auto& file = window.at("sound.wav");
    const auto tip = window.tree().viewIndex(file, ui::RomTreeModel::Aligned).data(Qt::ToolTipRole).toString();
    QVERIFY2(tip.endsWith(u"Your rule for .wav files is 64."_s), qPrintable(tip));
}

void DialogsTest::clashesSayWhatIsThereAndWhatComes()
{
    const auto root = tree::Node::folder({});
    const auto* present = &root->append(test::file("a.txt", "there"));
    const auto coming = test::file("a.txt", "comes now");
    const auto same = test::file("a.txt", "there");
    const auto folder = tree::Node::folder("a.txt");
    folder->append(test::file("x", "x"));
    const std::array clashes{tree::Clash{.present = present, .coming = coming.get()},
                             tree::Clash{.present = present, .coming = same.get()},
                             tree::Clash{.present = present, .coming = folder.get()}};
    ui::ClashDialog dialog(clashes);
    const auto row = [&](int index) {
        const auto& item = *dialog.list().topLevelItem(index);
        return QStringList{item.text(0), item.text(1), item.text(2), item.text(3)};
    };
    QCOMPARE(row(0), (QStringList{u"a.txt"_s, u"5 byte(s)"_s, u"9 byte(s)"_s, u"different"_s}));
    QCOMPARE(row(1), (QStringList{u"a.txt"_s, u"5 byte(s)"_s, u"5 byte(s)"_s, u"the same"_s}));
    QCOMPARE(row(2), (QStringList{u"a.txt"_s, u"5 byte(s)"_s, u"folder with 1 item(s)"_s, u"not both files"_s}));
}

void DialogsTest::theClashQuestionIsAnsweredByItsButtons_data()
{
    QTest::addColumn<QString>("button");
    QTest::addColumn<QString>("outline");
    QTest::newRow("Replace") << u"Replace"_s << u"a.txt"_s;
    QTest::newRow("Return") << QString() << u"a.txt"_s;
    QTest::newRow("Keep Both") << u"Keep Both"_s << u"a.txt a_2.txt"_s;
    QTest::newRow("Skip") << u"Skip"_s << u"a.txt"_s;
    QTest::newRow("Cancel") << u"Cancel"_s << u"a.txt"_s;
}

void DialogsTest::theClashQuestionIsAnsweredByItsButtons()
{
    QFETCH(const QString, button);
    QFETCH(const QString, outline);
    UserWindow window; // whose questions are real
    window.newDocument();
    test::fill(window.document(), {{"a.txt", "there"}});
    test::whenDialogOpens<ui::ClashDialog>([&](ui::ClashDialog& dialog) {
        QVERIFY(dialog.findChildren<QLabel*>().front()->text().contains(u"\"a.txt\" is there already"_s));
        if (button.isEmpty()) {
            QTest::keyClick(&dialog, Qt::Key_Return);
        } else {
            buttonOf(dialog, button).click();
        }
    });
    window.currentView()->editor().add(test::list(test::file("a.txt", "comes")),
                                       {.folder = &window.document().tree().root(), .row = {}}, u"Add \"%1\""_s,
                                       u"Add %1"_s);
    QCOMPARE(test::outlineOf(window.document()), outline);
    const bool replaced = button.isEmpty() || button == "Replace"_L1;
    QCOMPARE(test::textAt(window.document(), "a.txt"), replaced ? u"comes"_s : u"there"_s);
    window.questions().askAboutUnsaved = [](const QStringList&) { return ui::Unsaved::Discard; };
}

void DialogsTest::manyClashesAreAList()
{
    const auto root = tree::Node::folder({});
    const auto* present = &root->append(test::file("a.txt", "there"));
    const auto coming = test::file("a.txt", "comes");
    const std::vector clashes(6000, tree::Clash{.present = present, .coming = coming.get()});
    ui::ClashDialog dialog(clashes);
    QCOMPARE(dialog.list().topLevelItemCount(), 5001);
    QCOMPARE(dialog.list().topLevelItem(5000)->text(0), u"… and 1000 more"_s);
    QVERIFY(dialog.sizeHint().height() < 700);
}

QTEST_MAIN(DialogsTest)
#include "dialogs_test.moc"
