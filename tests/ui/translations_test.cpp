// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/helpers.h"
#include "ui/factsview.h"
#include "ui/translations.h"

#include <QDirIterator>
#include <QRegularExpression>

using namespace romsmith;
using namespace Qt::StringLiterals;

class TranslationsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void countsHaveTheirPlural();
    void everyCountInTheSourcesHasOne();
};

void TranslationsTest::countsHaveTheirPlural()
{
    ui::installTranslations();
    QCOMPARE(ui::FactsView::tr("%n file(s)", nullptr, 1), u"1 file"_s);
    QCOMPARE(ui::FactsView::tr("%n file(s)", nullptr, 2), u"2 files"_s);
}

void TranslationsTest::everyCountInTheSourcesHasOne()
{
    const QDir project(QStringLiteral(ROMSMITH_PROJECT_DIR));
    const auto catalog
        = QString::fromUtf8(test::readFile(project.filePath(u"resources/translations/romsmith_en.ts"_s)));
    QVERIFY2(!catalog.contains("unfinished"_L1), "fill in what the target update_translations found");
    const QRegularExpression count(uR"re(\btr\(\s*"((?:[^"\\]|\\.)*%n(?:[^"\\]|\\.)*)")re"_s);
    QDirIterator sources(project.filePath(u"ui"_s), {u"*.cpp"_s});
    int found = 0;
    while (sources.hasNext()) {
        const auto code = QString::fromUtf8(test::readFile(sources.next()));
        for (const auto& match : count.globalMatch(code)) {
            const auto text = match.captured(1).replace("\\\\"_L1, "\\"_L1).toHtmlEscaped();
            QVERIFY2(catalog.contains(u"<source>"_s % text % u"</source>"_s), qPrintable(text));
            ++found;
        }
    }
    QVERIFY(found > 10);
}

QTEST_MAIN(TranslationsTest)
#include "translations_test.moc"
