// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/manifestrun.h"

#include "core/romfs/names.h"
#include "core/sources/sandbox.h"

#include <QDeadlineTimer>
#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>

#include <format>

#ifdef Q_OS_UNIX
#include <csignal>
#endif

namespace romsmith::sources {
namespace {

constexpr qsizetype longestAnswer = 16 * 1024 * 1024; ///< bytes
constexpr qsizetype longestOutput = 1024 * 1024; ///< bytes
constexpr qint64 mostMemory = 1024LL * 1024 * 1024; ///< bytes of address space
constexpr qsizetype longestSentence = 2000; ///< characters of what a manifest says of itself

QString toQString(const std::filesystem::path& path)
{
    return QString::fromStdString(path.string());
}

/// The process of a manifest, and what it says.
class ManifestProcess
{
public:
    ManifestProcess(std::string manifest, std::chrono::milliseconds patience, const std::stop_token& stop)
        : m_manifest(std::move(manifest))
        , m_patience(patience)
        , m_stop(stop)
        , m_folder(QDir::temp().filePath(QStringLiteral("romsmith-manifest")))
    { }

    ~ManifestProcess() { end(); }

    ManifestProcess(const ManifestProcess&) = delete;
    ManifestProcess& operator=(const ManifestProcess&) = delete;

    /// The lines that it wrote as its answer.
    Result<QByteArray> run(const QByteArray& request)
    {
        if (auto started = start(); !started) {
            return std::unexpected(started.error());
        }
        m_process.write(request);
        m_process.closeWriteChannel();
        const QDeadlineTimer deadline(m_patience);
        while (m_process.state() != QProcess::NotRunning) {
            constexpr int slice = 20; // ms
            m_process.waitForFinished(slice);
            if (auto going = collect(deadline); !going) {
                return std::unexpected(going.error());
            }
        }
        if (m_answer.isEmpty()) {
            return problem(
                m_process.exitStatus() == QProcess::CrashExit
                    ? std::string("its process crashed")
                    : std::format("its process ended with exit code {} and without an answer", m_process.exitCode()));
        }
        return m_answer;
    }

    const QByteArray& printed() const { return m_printed; }

    std::unexpected<Error> problem(std::string_view what) const
    {
        const auto said = m_printed.trimmed();
        return fail(ErrorCode::CannotRead,
                    std::format("\"{}\" cannot be imported: {}.{} Nothing was added; mend the manifest, or add what it "
                                "freezes as a folder.",
                                m_manifest, what,
                                said.isEmpty()
                                    ? std::string()
                                    : std::format(" It printed \"{}\".", romfs::printable(shortened(said)))));
    }

    static std::string shortened(const QByteArray& text)
    {
        constexpr qsizetype longest = 200;
        const auto whole = QString::fromUtf8(text.left(longestOutput)).trimmed();
        return (whole.size() <= longest ? whole : whole.first(longest) + u'…').toStdString();
    }

private:
    Result<void> start()
    {
        const auto python = QStandardPaths::findExecutable(QStringLiteral("python3"));
        if (python.isEmpty()) {
            return fail(ErrorCode::NotFound,
                        std::format("\"{}\" cannot be run: there is no python3 on PATH. Install Python.", m_manifest));
        }
        const auto script = m_folder.filePath(QStringLiteral("run.py"));
        if (!QFile::copy(QStringLiteral(":/romsmith/manifest/run.py"), script)) {
            return fail(ErrorCode::CannotWrite, std::format("\"{}\" cannot be written.", script.toStdString()));
        }
        auto command = sandbox();
        command << python << QStringLiteral("-I") << QStringLiteral("-B") << QStringLiteral("-X")
                << QStringLiteral("utf8") << script;
        const auto program = command.takeFirst();
        QProcessEnvironment environment;
        environment.insert(QStringLiteral("PATH"), qEnvironmentVariable("PATH"));
        m_process.setProcessEnvironment(environment);
        m_process.setWorkingDirectory(m_folder.path());
#ifdef Q_OS_UNIX
        m_process.setUnixProcessParameters(QProcess::UnixProcessFlag::CreateNewSession);
#endif
        m_process.start(program, command);
        if (!m_process.waitForStarted()) {
            return fail(
                ErrorCode::NotFound,
                std::format("{} cannot be started: {}.", program.toStdString(), m_process.errorString().toStdString()));
        }
        m_id = m_process.processId();
        return {};
    }

    Result<void> collect(const QDeadlineTimer& deadline)
    {
        m_answer += m_process.readAllStandardOutput();
        m_printed += m_process.readAllStandardError();
        if (m_stop.stop_requested()) {
            return fail(ErrorCode::Cancelled, std::format("Reading \"{}\" was cancelled.", m_manifest));
        }
        if (m_answer.size() > longestAnswer) {
            m_printed.clear();
            return problem(std::format("its answer takes more than {} bytes", longestAnswer));
        }
        if (m_printed.size() > longestOutput) {
            m_printed.clear();
            return problem(std::format("it printed more than {} bytes and was ended", longestOutput));
        }
        if (deadline.hasExpired()) {
            return problem(std::format("it did not finish within {} s and was ended",
                                       std::chrono::duration<double>(m_patience).count()));
        }
        return {};
    }

    /// Of what it started as well: they are a session of their own.
    void end()
    {
#ifdef Q_OS_UNIX
        if (m_id > 0) {
            ::kill(static_cast<pid_t>(-m_id), SIGKILL);
        }
#endif
        if (m_process.state() != QProcess::NotRunning) {
            m_process.kill();
            m_process.waitForFinished();
        }
    }

    std::string m_manifest;
    std::chrono::milliseconds m_patience;
    const std::stop_token& m_stop;
    QTemporaryDir m_folder; ///< for this user only
    QProcess m_process;
    qint64 m_id = 0;
    QByteArray m_answer;
    QByteArray m_printed;
};

QByteArray requestFor(const std::filesystem::path& manifest, const FirmwareFolders& folders)
{
    QJsonObject variables;
    for (const auto& [name, path] : folders) {
        variables[QString::fromStdString(name)] = toQString(std::filesystem::absolute(path));
    }
    const QJsonObject request{{QStringLiteral("manifest"), toQString(manifest)},
                              {QStringLiteral("variables"), variables},
                              {QStringLiteral("mostFiles"), static_cast<qint64>(mostFrozenFiles)},
                              {QStringLiteral("memory"), mostMemory}};
    return QJsonDocument(request).toJson(QJsonDocument::Compact);
}

std::string textOf(const QJsonValue& value)
{
    return value.toString().left(longestSentence).toStdString();
}

ManifestAnswer answerIn(const QJsonObject& object)
{
    ManifestAnswer answer;
    for (const auto& value : object.value(QLatin1String("files")).toArray()) {
        const auto file = value.toObject();
        answer.files.push_back({.target = file.value(QLatin1String("target")).toString().toStdString(),
                                .source = file.value(QLatin1String("source")).toString().toStdString(),
                                .asText = file.value(QLatin1String("asText")).toBool(),
                                .optimization = file.value(QLatin1String("opt")).toInt()});
        if (answer.files.size() > mostFrozenFiles) {
            break; // loadFrozen() says so
        }
    }
    constexpr std::size_t mostRemarks = 1000;
    for (const auto& value : object.value(QLatin1String("remarks")).toArray()) {
        const auto remark = value.toObject();
        answer.remarks.push_back({.path = textOf(remark.value(QLatin1String("path"))),
                                  .reason = romfs::printable(textOf(remark.value(QLatin1String("reason"))))});
        if (answer.remarks.size() == mostRemarks) {
            break;
        }
    }
    return answer;
}

} // namespace

Result<ManifestAnswer> runManifest(const std::filesystem::path& manifest, const FirmwareFolders& folders,
                                   std::chrono::milliseconds patience, const std::stop_token& stop)
{
    const auto path = std::filesystem::absolute(manifest).lexically_normal();
    ManifestProcess process(shown(manifest), patience, stop);
    const auto said = process.run(requestFor(path, folders));
    if (!said) {
        return std::unexpected(said.error());
    }
    QJsonParseError broken;
    const auto document = QJsonDocument::fromJson(*said, &broken);
    if (!document.isObject()) {
        return process.problem("its process answered with something else than the one list that was expected");
    }
    const auto object = document.object();
    if (const auto error = object.value(QLatin1String("error")).toObject(); !error.isEmpty()) {
        const auto line = error.value(QLatin1String("line")).toInt();
        const auto where = textOf(error.value(QLatin1String("file")));
        return process.problem(std::format(
            "{}{}{}", where == path.string() ? std::string() : std::format("in \"{}\", ", romfs::printable(where)),
            line > 0 ? std::format("line {}: ", line) : std::string(),
            romfs::printable(textOf(error.value(QLatin1String("message"))))));
    }
    if (!object.value(QLatin1String("files")).isArray()) {
        return process.problem("its process answered without a list of files");
    }
    auto answer = answerIn(object);
    answer.printed = ManifestProcess::shortened(process.printed());
    return answer;
}

} // namespace romsmith::sources
