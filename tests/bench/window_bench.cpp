// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/manyfiles.h"
#include "tests/ui/helpers.h"
#include "ui/documentview.h"
#include "ui/filteredit.h"
#include "ui/mainwindow.h"
#include "ui/romtreemodel.h"
#include "ui/romtreeview.h"

#include <QApplication>
#include <QDockWidget>
#include <QUndoStack>

#include <benchmark/benchmark.h>

#include <format>

/// One gesture each in a window with an image of 10,000 entries and every dock in sight, until everything has been
/// brought up to date and painted. The processor time is that of the UI thread.
namespace {

using namespace romsmith;

class Window : public ui::MainWindow
{
public:
    Window()
    {
        questions().askAboutUnsaved = [](const QStringList&) { return ui::Unsaved::Discard; };
        newDocument();
        document().setPython({.compile = false});
        test::must(document().perform(document().tree().add(document().tree().root(),
                                                            bench::manyFiles().root().copy()->takeChildren(),
                                                            tree::ClashPolicy::Refuse),
                                      QStringLiteral("Add")));
        haveCompiled();
        showEveryDock();
        resize(1600, 1000);
        show();
        static_cast<void>(QTest::qWaitForWindowActive(this));
        view().treeView().expandAll();
        select();
        settle();
    }

    ui::DocumentView& view() { return *currentView(); }
    ui::Document& document() { return view().document(); }
    tree::Node& file() { return test::at(document(), "package50/module50.tflite"); }
    void select() { view().treeView().select({&file()}); }

    void rename(const QString& name)
    {
        auto& model = *view().treeView().model();
        model.setData(view().treeView().currentIndex().siblingAtColumn(ui::RomTreeModel::Name), name);
        settle();
    }

    /// Until nothing is left to be brought up to date and painted.
    static void settle()
    {
        QCoreApplication::sendPostedEvents();
        QCoreApplication::processEvents();
    }

private:
    /// As if the compiler had run: what is measured is what comes after each gesture.
    void haveCompiled()
    {
        const build::PythonOptions python;
        const auto options = build::compileOptions(python, document().target());
        const auto& flat = document().plan().flat;
        std::vector<sources::CompileJob> jobs;
        for (const auto entry : build::entriesToCompile(flat, python)) {
            jobs.push_back(build::pythonFile(flat, entry, options).job);
        }
        const auto mpy = romfs::Content::copyOf(std::as_bytes(std::span("M\x06\x00\x1f compiled")));
        document().addCompiled(jobs, std::vector<sources::Compiled>(jobs.size(), mpy));
        document().setPython(python);
        if (jobs.empty() || !document().plan().toCompile.empty()) {
            throw std::logic_error("not everything is compiled");
        }
    }

    void showEveryDock()
    {
        const auto docks = findChildren<QDockWidget*>();
        for (auto* dock : docks) {
            removeDockWidget(dock);
        }
        for (auto* dock : docks) {
            addDockWidget(dock->objectName() == QLatin1String("inspectorDock") ? Qt::RightDockWidgetArea
                                                                               : Qt::BottomDockWidgetArea,
                          dock);
            dock->show();
        }
    }
};

void renameFile(benchmark::State& state)
{
    Window window;
    const QStringList names{QStringLiteral("other.tflite"), QStringLiteral("module50.tflite")};
    qsizetype next = 0;
    for (auto _ : state) {
        window.rename(names.at(next));
        next = 1 - next;
    }
}
BENCHMARK(renameFile)->Unit(benchmark::kMillisecond);

void deleteFile(benchmark::State& state)
{
    Window window;
    for (auto _ : state) {
        window.view().editor().deleteSelection();
        Window::settle();
        state.PauseTiming();
        window.document().undoStack().undo();
        window.select();
        Window::settle();
        state.ResumeTiming();
    }
}
BENCHMARK(deleteFile)->Unit(benchmark::kMillisecond);

void pasteFile(benchmark::State& state)
{
    Window window;
    window.view().editor().copy();
    const auto before = window.document().undoStack().count();
    for (auto _ : state) {
        window.view().editor().paste();
        Window::settle();
        state.PauseTiming();
        if (window.document().undoStack().count() != before + 1) {
            state.SkipWithError("nothing was pasted");
            break;
        }
        window.document().undoStack().undo();
        window.select();
        Window::settle();
        state.ResumeTiming();
    }
}
BENCHMARK(pasteFile)->Unit(benchmark::kMillisecond);

void undoDeletedFile(benchmark::State& state)
{
    Window window;
    for (auto _ : state) {
        state.PauseTiming();
        window.view().editor().deleteSelection();
        Window::settle();
        state.ResumeTiming();
        window.document().undoStack().undo();
        Window::settle();
        state.PauseTiming();
        window.select();
        Window::settle();
        state.ResumeTiming();
    }
}
BENCHMARK(undoDeletedFile)->Unit(benchmark::kMillisecond);

/// With all 1,000 models selected, which are scattered over the tree.
void takeFilterBack(benchmark::State& state)
{
    Window window;
    for (auto _ : state) {
        state.PauseTiming();
        window.view().filterEdit().setText(QStringLiteral("*.tflite"));
        window.view().treeView().selectAll();
        Window::settle();
        state.ResumeTiming();
        window.view().filterEdit().clear();
        Window::settle();
    }
}
BENCHMARK(takeFilterBack)->Unit(benchmark::kMillisecond);

void duplicateThousands(benchmark::State& state)
{
    Window window;
    auto& tree = window.document().tree();
    std::vector<std::unique_ptr<tree::Node>> files;
    for (int i = 0; i < 5000; ++i) {
        files.push_back(tree::Node::file(std::format("file{}.bin", i), {}));
    }
    test::must(window.document().perform(tree.add(tree.root(), std::move(files), tree::ClashPolicy::Refuse),
                                         QStringLiteral("Add")));
    const auto originals = window.document().lastSubjects();
    for (auto _ : state) {
        window.view().editor().duplicateSelection();
        Window::settle();
        state.PauseTiming();
        window.document().undoStack().undo();
        window.view().treeView().select(originals);
        Window::settle();
        state.ResumeTiming();
    }
}
BENCHMARK(duplicateThousands)->Unit(benchmark::kMillisecond);

} // namespace

int main(int argc, char** argv)
{
    const QApplication application(argc, argv);
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
