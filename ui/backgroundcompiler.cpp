// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/backgroundcompiler.h"

#include "ui/compilerchoice.h"
#include "ui/document.h"
#include "ui/jobs.h"

#include <algorithm>

namespace romsmith::ui {

BackgroundCompiler::BackgroundCompiler(Document& document, Jobs& jobs)
    : m_document(document)
    , m_jobs(jobs)
{
    connect(&document, &Document::compilingNeeded, this, &BackgroundCompiler::compile);
    if (!document.plan().isComplete()) {
        compile();
    }
}

/// One run at a time; what comes meanwhile is compiled by the next one.
void BackgroundCompiler::compile()
{
    if (std::exchange(m_isCompiling, true)) {
        return;
    }
    using Results = Result<std::vector<sources::Compiled>>;
    std::vector<sources::CompileJob> files;
    std::ranges::transform(m_document.plan().toCompile, std::back_inserter(files), &build::PythonFile::job);
    m_jobs.run(
        this, tr("Compiling %n Python file(s)", nullptr, static_cast<int>(files.size())),
        [files, chosen = chosenCompiler()](const std::stop_token& stop) -> Results {
            const auto compiler = currentCompiler(chosen);
            if (!compiler) {
                return std::unexpected(compiler.error());
            }
            auto results = sources::CompileCache().compile(*compiler, files, stop);
            return stop.stop_requested() ? fail(ErrorCode::Cancelled, {}) : Results(std::move(results));
        },
        [this, files](Results results) {
            m_isCompiling = false;
            if (results) {
                m_document.addCompiled(files, std::move(*results));
            } else if (results.error().code == ErrorCode::Cancelled) {
                m_document.cancelCompiling();
            } else {
                m_document.setCompilerUnavailable(results.error());
            }
        });
}

} // namespace romsmith::ui
