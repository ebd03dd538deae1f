<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en">
<context>
    <name>romsmith::ui::BackgroundCompiler</name>
    <message numerus="yes">
        <source>Compiling %n Python file(s)</source>
        <translation>
            <numerusform>Compiling %n Python file</numerusform>
            <numerusform>Compiling %n Python files</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>romsmith::ui::ClashDialog</name>
    <message numerus="yes">
        <source>folder with %n item(s)</source>
        <translation>
            <numerusform>folder with %n item</numerusform>
            <numerusform>folder with %n items</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n name(s) are there already.</source>
        <translation>
            <numerusform>%n name is there already.</numerusform>
            <numerusform>%n names are there already.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>… and %n more</source>
        <translation>
            <numerusform>… and %n more</numerusform>
            <numerusform>… and %n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>romsmith::ui::DeviceTools</name>
    <message numerus="yes">
        <source>choose one of %n cam(s)</source>
        <translation>
            <numerusform>choose one of %n cam</numerusform>
            <numerusform>choose one of %n cams</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>romsmith::ui::Exporter</name>
    <message numerus="yes">
        <source>%n file(s), %1 bytes, written to %2.</source>
        <translation>
            <numerusform>%n file, %1 bytes, written to %2.</numerusform>
            <numerusform>%n files, %1 bytes, written to %2.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>romsmith::ui::FactsView</name>
    <message numerus="yes">
        <source>%n byte(s)</source>
        <translation>
            <numerusform>%n byte</numerusform>
            <numerusform>%n bytes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s)</source>
        <translation>
            <numerusform>%n file</numerusform>
            <numerusform>%n files</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n folder(s)</source>
        <translation>
            <numerusform>%n folder</numerusform>
            <numerusform>%n folders</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n bit(s)</source>
        <translation>
            <numerusform>%n bit</numerusform>
            <numerusform>%n bits</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 in %n buffer(s)</source>
        <translation>
            <numerusform>%1 in %n buffer</numerusform>
            <numerusform>%1 in %n buffers</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>romsmith::ui::FindBar</name>
    <message numerus="yes">
        <source>%n match(es)</source>
        <translation>
            <numerusform>%n match</numerusform>
            <numerusform>%n matches</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>romsmith::ui::Flashing</name>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>choose one of %n cam(s)</source>
        <translation>
            <numerusform>choose one of %n cam</numerusform>
            <numerusform>choose one of %n cams</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n Python file(s) cannot be compiled</source>
        <translation>
            <numerusform>%n Python file cannot be compiled</numerusform>
            <numerusform>%n Python files cannot be compiled</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) cannot be read</source>
        <translation>
            <numerusform>%n file cannot be read</numerusform>
            <numerusform>%n files cannot be read</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>romsmith::ui::HexPanel</name>
    <message numerus="yes">
        <source>%1 to %2: %n byte(s) selected</source>
        <translation>
            <numerusform>%1 to %2: %n byte selected</numerusform>
            <numerusform>%1 to %2: %n bytes selected</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>romsmith::ui::Importer</name>
    <message numerus="yes">
        <source>Reading %n item(s)</source>
        <translation>
            <numerusform>Reading %n item</numerusform>
            <numerusform>Reading %n items</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Reading %n image(s)</source>
        <translation>
            <numerusform>Reading %n image</numerusform>
            <numerusform>Reading %n images</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n item(s) were not added.</source>
        <translation>
            <numerusform>%n item was not added.</numerusform>
            <numerusform>%n items were not added.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>romsmith::ui::MainWindow</name>
    <message numerus="yes">
        <source> The content of %n file(s) was damaged and is empty now.</source>
        <translation>
            <numerusform> The content of %n file was damaged and is empty now.</numerusform>
            <numerusform> The content of %n files was damaged and is empty now.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n item(s), %1 bytes of the image</source>
        <translation>
            <numerusform>%n item, %1 bytes of the image</numerusform>
            <numerusform>%n items, %1 bytes of the image</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Saved, but %n Python file(s) could not be compiled and went in as source.</source>
        <translation>
            <numerusform>Saved, but a Python file could not be compiled and went in as source.</numerusform>
            <numerusform>Saved, but %n Python files could not be compiled and went in as source.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>romsmith::ui::Preview</name>
    <message numerus="yes">
        <source>Only the first %n line(s) are shown.</source>
        <translation>
            <numerusform>Only the first line is shown.</numerusform>
            <numerusform>Only the first %n lines are shown.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n very long line(s) were broken to be shown.</source>
        <translation>
            <numerusform>%n very long line was broken to be shown.</numerusform>
            <numerusform>%n very long lines were broken to be shown.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n control or invisible character(s) are shown as \xNN or \u{NNNN}.</source>
        <translation>
            <numerusform>%n control or invisible character is shown as \xNN or \u{NNNN}.</numerusform>
            <numerusform>%n control or invisible characters are shown as \xNN or \u{NNNN}.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n byte(s) are not UTF-8, the first in line %1; they are shown as \xNN.</source>
        <translation>
            <numerusform>%n byte is not UTF-8, the first in line %1; it is shown as \xNN.</numerusform>
            <numerusform>%n bytes are not UTF-8, the first in line %1; they are shown as \xNN.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>ROMFS image inside this one, with %n file(s)</source>
        <translation>
            <numerusform>ROMFS image inside this one, with %n file</numerusform>
            <numerusform>ROMFS image inside this one, with %n files</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n problem(s) in it; open it to see them.</source>
        <translation>
            <numerusform>%n problem in it; open it to see it.</numerusform>
            <numerusform>%n problems in it; open it to see them.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>romsmith::ui::ProblemsPanel</name>
    <message numerus="yes">
        <source>%n error(s)</source>
        <translation>
            <numerusform>%n error</numerusform>
            <numerusform>%n errors</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n warning(s)</source>
        <translation>
            <numerusform>%n warning</numerusform>
            <numerusform>%n warnings</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n hint(s)</source>
        <translation>
            <numerusform>%n hint</numerusform>
            <numerusform>%n hints</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>romsmith::ui::RulesDialog</name>
    <message numerus="yes">
        <source>%n file(s) are aligned otherwise than now.</source>
        <translation>
            <numerusform>%n file is aligned otherwise than now.</numerusform>
            <numerusform>%n files are aligned otherwise than now.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>romsmith::ui::SourceWatch</name>
    <message numerus="yes">
        <source>%1 And %n more could not be read.</source>
        <translation>
            <numerusform>%1 And %n more could not be read.</numerusform>
            <numerusform>%1 And %n more could not be read.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>romsmith::ui::TreeEditor</name>
    <message numerus="yes">
        <source>%n item(s) inside that the filter hides went, too. Undo brings all of them back.</source>
        <translation>
            <numerusform>%n item inside that the filter hides went, too. Undo brings all of it back.</numerusform>
            <numerusform>%n items inside that the filter hides went, too. Undo brings all of them back.</numerusform>
        </translation>
    </message>
</context>
</TS>
