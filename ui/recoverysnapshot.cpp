// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/recoverysnapshot.h"

#include "core/sources/qtbytes.h"
#include "ui/text.h"

#include <QCborArray>
#include <QCborMap>
#include <QCborStreamWriter>
#include <QCryptographicHash>

#include <algorithm>

namespace romsmith::ui {

using namespace Qt::StringLiterals;

namespace {

const QString blobsPrefix = QStringLiteral("blobs-");
constexpr int formatVersion = 1;

QByteArray hashOf(QByteArrayView bytes)
{
    return QCryptographicHash::hash(bytes, QCryptographicHash::Sha256);
}

/// Calls @p visit with every content of a snapshot.
template <typename Visit> void forEachContent(const RecoverySnapshot& snapshot, Visit&& visit)
{
    for (const auto& item : snapshot.items) {
        visit(item.state.content);
        if (item.state.extra) {
            visit(item.state.extra->before);
            visit(item.state.extra->after);
        }
    }
}

/// Writes the tree of a snapshot, piece by piece: ten thousand entries as a document in memory would take longer to
/// make and to destroy than the edit that is to be kept.
class TreeWriter
{
public:
    explicit TreeWriter(const RecoveryBlobs& blobs)
        : m_blobs(blobs)
    { }

    QByteArray write(const RecoverySnapshot& snapshot)
    {
        m_cbor.startMap();
        add("version"_L1, formatVersion);
        add("blobs"_L1, m_blobs.fileName());
        add("path"_L1, snapshot.path);
        add("name"_L1, snapshot.name);
        add("target"_L1, text(snapshot.target));
        add("style"_L1, static_cast<int>(snapshot.style));
        add("compile"_L1, snapshot.python.compile);
        add("optimization"_L1, static_cast<int>(snapshot.python.optimization));
        addRules(snapshot.ruleChanges);
        addLink(snapshot.link.get());
        m_cbor.append("items"_L1);
        m_cbor.startArray(snapshot.items.size());
        for (const auto& item : snapshot.items) {
            addItem(item);
        }
        m_cbor.endArray();
        m_cbor.endMap();
        return std::move(m_bytes);
    }

private:
    void add(QLatin1StringView key, const auto& value)
    {
        m_cbor.append(key);
        m_cbor.append(value);
    }

    /// The alignment for each extension, 0 for none; for all others it has no name.
    void addRules(const tree::RuleChanges& changes)
    {
        m_cbor.append("rules"_L1);
        m_cbor.startMap();
        for (const auto& [extension, alignment] : changes.byExtension) {
            m_cbor.append(text(extension));
            m_cbor.append(static_cast<qint64>(alignment.value_or(0)));
        }
        if (changes.otherwise) {
            m_cbor.append(QString());
            m_cbor.append(static_cast<qint64>(*changes.otherwise));
        }
        m_cbor.endMap();
    }

    void addItem(const RecoverySnapshot::Item& item)
    {
        const auto& state = item.state;
        m_cbor.startMap();
        add("type"_L1, static_cast<int>(item.type));
        add("defect"_L1, static_cast<int>(item.defect));
        add("end"_L1, static_cast<qint64>(item.subtreeEnd));
        addBytes("name"_L1, state.name);
        add("found"_L1, static_cast<qint64>(state.foundAlignment));
        addContent("content"_L1, state.content);
        if (state.alignmentOverride) {
            add("alignment"_L1, static_cast<qint64>(*state.alignmentOverride));
        }
        if (state.compile) {
            add("compile"_L1, *state.compile);
        }
        addLink(state.link.get());
        if (state.extra) {
            addContent("before"_L1, state.extra->before);
            addContent("after"_L1, state.extra->after);
        }
        m_cbor.endMap();
    }

    void addLink(const tree::SourceLink* link)
    {
        if (!link) {
            return;
        }
        m_cbor.append("link"_L1);
        m_cbor.startMap();
        addBytes("path"_L1, link->path.string());
        addBytes("problem"_L1, link->problem);
        add("size"_L1, static_cast<qint64>(link->size));
        add("modified"_L1, static_cast<qint64>(link->modified.time_since_epoch().count()));
        addList("includes"_L1, link->includes);
        addList("excludes"_L1, link->excludes);
        addList("contents"_L1, link->contents);
        m_cbor.endMap();
    }

    void addBytes(QLatin1StringView key, const std::string& bytes)
    {
        m_cbor.append(key);
        m_cbor.appendByteString(bytes.data(), static_cast<qsizetype>(bytes.size()));
    }

    void addList(QLatin1StringView key, const std::vector<std::string>& list)
    {
        m_cbor.append(key);
        m_cbor.startArray(list.size());
        for (const auto& bytes : list) {
            m_cbor.appendByteString(bytes.data(), static_cast<qsizetype>(bytes.size()));
        }
        m_cbor.endArray();
    }

    void addContent(QLatin1StringView key, const romfs::Content& content)
    {
        m_cbor.append(key);
        const auto* blob = m_blobs.find(content);
        if (!blob) {
            m_cbor.append(nullptr);
            return;
        }
        m_cbor.startArray(3);
        m_cbor.append(blob->offset);
        m_cbor.append(static_cast<qint64>(content.size()));
        m_cbor.append(blob->hash);
        m_cbor.endArray();
    }

    const RecoveryBlobs& m_blobs;
    QByteArray m_bytes;
    QCborStreamWriter m_cbor{&m_bytes};
};

/// A value of an enumeration whose last one is @p last; 0 for what is none.
template <typename Enum> Enum toEnum(const QCborValue& value, Enum last)
{
    const auto number = value.toInteger();
    return number >= 0 && number <= static_cast<qint64>(last) ? static_cast<Enum>(number) : Enum();
}

/// A content that is damaged comes back empty rather than wrong, and is counted.
romfs::Content readBlob(QFile& blobs, const QCborValue& value, int& lost)
{
    const auto reference = value.toArray();
    if (reference.isEmpty()) {
        return {};
    }
    const auto size = reference.at(1).toInteger();
    const auto offset = reference.at(0).toInteger();
    if (blobs.isOpen() && size >= 0 && size <= blobs.size() && offset >= 0 && blobs.seek(offset)) {
        const auto bytes = blobs.read(size);
        if (hashOf(bytes) == reference.at(2).toByteArray()) {
            return sources::toContent(bytes);
        }
    }
    ++lost;
    return {};
}

std::vector<std::string> readList(const QCborValue& value)
{
    std::vector<std::string> list;
    for (const auto& bytes : value.toArray()) {
        list.push_back(bytes.toByteArray().toStdString());
    }
    return list;
}

std::shared_ptr<const tree::SourceLink> readLink(const QCborValue& value)
{
    if (!value.isMap()) {
        return {};
    }
    const auto map = value.toMap();
    using Time = std::filesystem::file_time_type;
    return std::make_shared<const tree::SourceLink>(
        tree::SourceLink{.path = map["path"_L1].toByteArray().toStdString(),
                         .problem = map["problem"_L1].toByteArray().toStdString(),
                         .size = static_cast<std::uint64_t>(map["size"_L1].toInteger()),
                         .modified = Time(Time::duration(map["modified"_L1].toInteger())),
                         .includes = readList(map["includes"_L1]),
                         .excludes = readList(map["excludes"_L1]),
                         .contents = readList(map["contents"_L1])});
}

RecoverySnapshot::Item readItem(const QCborMap& map, QFile& blobs, int& lost)
{
    tree::NodeState state;
    state.name = map[QStringLiteral("name")].toByteArray().toStdString();
    state.content = readBlob(blobs, map[QStringLiteral("content")], lost);
    state.foundAlignment = static_cast<std::uint32_t>(map[QStringLiteral("found")].toInteger(1));
    if (const auto alignment = map[QStringLiteral("alignment")]; alignment.isInteger()) {
        state.alignmentOverride = static_cast<std::uint32_t>(alignment.toInteger());
    }
    if (!tree::isValidAlignment(state.foundAlignment) || !tree::isValidAlignment(state.alignmentOverride.value_or(1))) {
        state.foundAlignment = 1;
        state.alignmentOverride.reset();
    }
    if (const auto compile = map[QStringLiteral("compile")]; compile.isBool()) {
        state.compile = compile.toBool();
    }
    state.link = readLink(map["link"_L1]);
    if (map.contains(QStringLiteral("before"))) {
        state.extra = std::make_shared<const romfs::ExtraRecords>(
            romfs::ExtraRecords{.before = readBlob(blobs, map[QStringLiteral("before")], lost),
                                .after = readBlob(blobs, map[QStringLiteral("after")], lost)});
    }
    return {.type = toEnum(map[QStringLiteral("type")], romfs::EntryType::Raw),
            .defect = toEnum(map[QStringLiteral("defect")], romfs::Defect::TooDeep),
            .subtreeEnd = static_cast<std::uint32_t>(map[QStringLiteral("end")].toInteger()),
            .state = std::move(state)};
}

tree::RuleChanges readRules(const QCborMap& map)
{
    tree::RuleChanges changes;
    for (const auto& [key, value] : map) {
        const auto alignment = value.toInteger();
        const bool isValid = alignment > 0 && tree::isValidAlignment(static_cast<std::uint64_t>(alignment));
        const auto wanted = isValid ? std::optional(static_cast<std::uint32_t>(alignment)) : std::nullopt;
        if (const auto extension = key.toString(); !extension.isEmpty()) {
            changes.byExtension.insert_or_assign(extension.toStdString(), wanted);
        } else {
            changes.otherwise = wanted;
        }
    }
    return changes;
}

} // namespace

QByteArray toBytes(const RecoverySnapshot& snapshot, const RecoveryBlobs& blobs)
{
    return TreeWriter(blobs).write(snapshot);
}

std::optional<RecoverySnapshot> readSnapshot(const QString& path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return {};
    }
    QCborParserError error;
    const auto document = QCborValue::fromCbor(file.readAll(), &error).toMap();
    if (error.error != QCborError::NoError) {
        return {}; // reading what is left of a map reads behind its end
    }
    if (document[QStringLiteral("version")].toInteger() != formatVersion) {
        return {};
    }
    QFile blobs(QFileInfo(path).dir().filePath(document[QStringLiteral("blobs")].toString()));
    if (blobs.exists() && !blobs.open(QIODevice::ReadOnly)) { // not there if nothing has content
        return {};
    }
    RecoverySnapshot snapshot{.path = document[QStringLiteral("path")].toString(),
                              .name = document[QStringLiteral("name")].toString(),
                              .target = document[QStringLiteral("target")].toString().toStdString(),
                              .style = toEnum(document[QStringLiteral("style")], romfs::Style::Compact),
                              .python = {.compile = document[QStringLiteral("compile")].toBool(),
                                         .optimization = static_cast<std::uint8_t>(std::clamp<qint64>(
                                             document[QStringLiteral("optimization")].toInteger(), 0, 3))},
                              .ruleChanges = readRules(document[QStringLiteral("rules")].toMap()),
                              .link = readLink(document["link"_L1]),
                              .items = {}};
    for (const auto& item : document[QStringLiteral("items")].toArray()) {
        snapshot.items.push_back(readItem(item.toMap(), blobs, snapshot.lostContents));
    }
    return snapshot;
}

const RecoveryBlobs::Blob* RecoveryBlobs::find(const romfs::Content& content) const
{
    const auto found = m_blobs.find(keyOf(content));
    return found == m_blobs.end() ? nullptr : &found->second;
}

QString RecoveryBlobs::fileName() const
{
    return blobsPrefix + QString::number(m_generation);
}

bool RecoveryBlobs::store(const RecoverySnapshot& snapshot)
{
    for (auto& [key, blob] : m_blobs) {
        blob.isNeeded = false;
    }
    bool stored = true;
    qint64 needed = 0;
    forEachContent(snapshot, [&](const romfs::Content& content) {
        if (content.isEmpty() || !content.isInMemory()) {
            return;
        }
        const auto found = m_blobs.find(keyOf(content));
        if (found == m_blobs.end()) {
            stored = stored && append(content);
        } else {
            found->second.isNeeded = true;
        }
        needed += static_cast<qint64>(content.size());
    });
    constexpr qint64 slack = 1024 * 1024;
    return stored && (m_size <= 2 * needed + slack || compact());
}

bool RecoveryBlobs::append(const romfs::Content& content)
{
    QFile file(m_folder.filePath(fileName()));
    const auto bytes = content.bytes();
    const bool written = file.open(QIODevice::WriteOnly | QIODevice::Append) && file.setPermissions(ownerOnly)
        && file.resize(m_size) && sources::writeAll(file, bytes) && file.flush();
    if (written) {
        m_blobs.insert_or_assign(keyOf(content),
                                 Blob{.content = content, .offset = m_size, .hash = hashOf(bytes), .isNeeded = true});
        m_size += std::ssize(bytes);
    }
    return written;
}

bool RecoveryBlobs::compact()
{
    const auto old = std::exchange(m_blobs, {});
    ++m_generation;
    m_size = 0;
    return std::ranges::all_of(
        old, [this](const auto& item) { return !item.second.isNeeded || append(item.second.content); });
}

void RecoveryBlobs::removeOldFiles() const
{
    for (const auto& name : m_folder.entryList({blobsPrefix + QLatin1Char('*')}, QDir::Files)) {
        if (name != fileName()) {
            QFile::remove(m_folder.filePath(name));
        }
    }
}

std::unique_ptr<tree::Node> rootOf(std::vector<RecoverySnapshot::Item> items)
{
    auto root = tree::Node::folder({});
    std::vector<std::pair<tree::Node*, std::size_t>> open{{root.get(), items.size()}};
    for (std::size_t i = 0; i < items.size(); ++i) {
        while (open.size() > 1 && open.back().second <= i) {
            open.pop_back();
        }
        auto& item = items[i];
        auto& node
            = open.back().first->append(std::make_unique<tree::Node>(item.type, std::move(item.state), item.defect));
        if (node.isFolder()) {
            open.emplace_back(&node, item.subtreeEnd);
        }
    }
    return root;
}

} // namespace romsmith::ui
