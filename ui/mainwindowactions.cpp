// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspector.h"
#include "ui/mainwindow.h"
#include "ui/noticebar.h"
#include "ui/previewview.h"
#include "ui/rulesdialog.h"
#include "ui/savetext.h"
#include "ui/settingsdialog.h"
#include "ui/text.h"

#include <QApplication>
#include <QDockWidget>
#include <QFileInfo>
#include <QMessageBox>
#include <QStatusBar>

namespace romsmith::ui {

void MainWindow::addFilesToCurrent(QStringList paths)
{
    paths.removeAll(QString()); // cancelled
    if (auto* view = currentView()) { // as it is after the question
        view->addFiles(paths);
    }
}

void MainWindow::goToOffset()
{
    bool valid = false;
    const auto answer = m_questions.askForOffset().trimmed();
    const auto offset = answer.toULongLong(&valid, 0);
    if (!currentView()) {
        return;
    }
    if (valid) {
        currentView()->goToOffset(offset);
    } else if (!answer.isEmpty()) {
        currentView()->showError(tr("\"%1\" is not a number; write 0x1f40 or 8000.").arg(answer));
    }
}

void MainWindow::showLine(int line)
{
    m_inspectorDock->show();
    m_inspectorDock->raise();
    m_inspector->setCurrentWidget(&m_inspector->preview());
    m_inspector->preview().goToLine(line);
}

void MainWindow::extractSelection()
{
    const QPointer view(currentView());
    const auto folder = m_questions.askForFolder(tr("Extract to Folder"));
    if (!folder.isEmpty() && view) {
        const auto nodes = view->treeView().selectedNodes();
        view->exporter().extract({nodes.begin(), nodes.end()}, folder);
    }
}

void MainWindow::extractAll()
{
    const QPointer view(currentView());
    const auto folder = m_questions.askForFolder(tr("Extract All to Folder"));
    if (!folder.isEmpty() && view) {
        view->exporter().extract({&view->document().tree().root()}, folder);
    }
}

void MainWindow::showSettings()
{
    auto* dialog = new SettingsDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &SettingsDialog::compilerChanged, this, [this] {
        for (auto* view : m_tabs->views()) {
            view->document().recompile();
        }
    });
    dialog->open();
}

void MainWindow::showAlignmentRules()
{
    auto* dialog = new RulesDialog(currentView()->document(), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
}

void MainWindow::exportArchive()
{
    const QPointer view(currentView());
    const auto base = QFileInfo(view->document().path()).completeBaseName();
    const auto path
        = m_questions.askForArchivePath((base.isEmpty() ? QStringLiteral("romfs0") : base) % QStringLiteral(".zip"));
    if (view && !path.isEmpty()) {
        view->exporter().exportArchive(path);
    }
}

void MainWindow::replaceContent()
{
    const QPointer view(currentView());
    const auto* asked = view->treeView().currentNode();
    const auto path = m_questions.askForReplacement(asked ? shownName(asked->name()) : QString());
    auto* file = view && !path.isEmpty() ? view->treeView().currentNode() : nullptr; // much can happen meanwhile
    if (file && file == asked && file->isFile()) {
        view->importer().replaceContent(*file, path);
    }
}

void MainWindow::logNotices(const NoticeBar& bar, const DocumentView& view)
{
    connect(&bar, &NoticeBar::shown, this, [this, &view](romfs::Severity severity, const QString& notice) {
        m_log.add(severity, tr("%1: %2").arg(view.document().name(), notice));
        if (severity == romfs::Severity::Error) {
            statusBar()->clearMessage(); // what went well before it
        }
    });
}

void MainWindow::saveLog(const QString& text)
{
    const auto path = m_questions.askForReportPath(QStringLiteral("romsmith.log"));
    if (!path.isEmpty()) {
        const auto error = saveText(path, text);
        statusBar()->showMessage(error.isEmpty() ? tr("The log was saved as %1").arg(path)
                                                 : tr("%1 cannot be written: %2").arg(path, error));
    }
}

void MainWindow::showAbout()
{
    QMessageBox::about(this, tr("About Romsmith"),
                       tr("<h3>Romsmith %1</h3><p>Editor for MicroPython ROMFS images.</p><p>GPL-3.0-or-later</p>")
                           .arg(QApplication::applicationVersion()));
}

} // namespace romsmith::ui
