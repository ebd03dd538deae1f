// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/icons.h"

#include "core/romfs/names.h"
#include "core/romfs/record.h"

#include <QFile>
#include <QGuiApplication>
#include <QIconEngine>
#include <QPainter>
#include <QPalette>
#include <QPixmapCache>
#include <QSvgRenderer>

#include <map>

namespace romsmith::ui {
namespace {

/// Draws an SVG with `currentColor` replaced by the palette's text colour at the time of painting.
class PaletteIconEngine final : public QIconEngine
{
public:
    explicit PaletteIconEngine(QString name)
        : m_name(std::move(name))
    { }

    QIconEngine* clone() const override { return new PaletteIconEngine(m_name); }

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State state) override
    {
        painter->drawPixmap(rect, scaledPixmap(rect.size(), mode, state, painter->device()->devicePixelRatioF()));
    }

    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override
    {
        return scaledPixmap(size, mode, state, 1.0);
    }

    QPixmap scaledPixmap(const QSize& size, QIcon::Mode mode, QIcon::State, qreal scale) override
    {
        const auto color = colorFor(mode).name();
        const QString key = m_name % color % QString::number(size.width()) % QLatin1Char('x')
            % QString::number(size.height()) % QLatin1Char('@') % QString::number(scale);
        QPixmap pixmap;
        if (QPixmapCache::find(key, &pixmap)) {
            return pixmap;
        }
        QFile file(QStringLiteral(":/romsmith/icons/%1.svg").arg(m_name));
        if (!file.open(QIODevice::ReadOnly)) {
            return pixmap;
        }
        auto svg = file.readAll();
        svg.replace("currentColor", color.toLatin1());
        pixmap = QPixmap(size * scale);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        QSvgRenderer(svg).render(&painter);
        painter.end();
        pixmap.setDevicePixelRatio(scale);
        QPixmapCache::insert(key, pixmap);
        return pixmap;
    }

private:
    static QColor colorFor(QIcon::Mode mode)
    {
        const auto palette = QGuiApplication::palette();
        switch (mode) {
        case QIcon::Disabled:
            return palette.color(QPalette::Disabled, QPalette::WindowText);
        case QIcon::Selected:
            return palette.color(QPalette::Active, QPalette::HighlightedText);
        case QIcon::Normal:
        case QIcon::Active:
            return palette.color(QPalette::Active, QPalette::WindowText);
        }
        return {};
    }

    QString m_name;
};

QString nameFor(romfs::EntryType type, romfs::Defect defect, const std::string& name, const romfs::Content& content)
{
    if (type == romfs::EntryType::Directory) {
        return QStringLiteral("folder");
    }
    if (type == romfs::EntryType::Raw) {
        return defect == romfs::Defect::None ? QStringLiteral("records") : QStringLiteral("error");
    }
    if (romfs::hasMagic(content.bytes())) {
        return QStringLiteral("romfs");
    }
    static const std::map<std::string, QString, std::less<>> byExtension{
        {"py", QStringLiteral("python")},   {"mpy", QStringLiteral("bytecode")}, {"tflite", QStringLiteral("model")},
        {"lite", QStringLiteral("model")},  {"onnx", QStringLiteral("model")},   {"cascade", QStringLiteral("model")},
        {"jpg", QStringLiteral("picture")}, {"jpeg", QStringLiteral("picture")}, {"png", QStringLiteral("picture")},
        {"bmp", QStringLiteral("picture")}, {"pgm", QStringLiteral("picture")},  {"ppm", QStringLiteral("picture")},
        {"gif", QStringLiteral("picture")}, {"json", QStringLiteral("data")},    {"toml", QStringLiteral("data")},
        {"txt", QStringLiteral("text")},    {"md", QStringLiteral("text")},      {"csv", QStringLiteral("text")},
        {"html", QStringLiteral("text")},   {"ini", QStringLiteral("text")},     {"cfg", QStringLiteral("text")},
    };
    const auto found = byExtension.find(romfs::extensionOf(name));
    return found == byExtension.end() ? QStringLiteral("file") : found->second;
}

} // namespace

QIcon icon(const QString& name)
{
    static std::map<QString, QIcon> icons;
    auto& cached = icons[name];
    if (cached.isNull()) {
        cached = QIcon(new PaletteIconEngine(name));
    }
    return cached;
}

QIcon iconFor(const tree::Node& node)
{
    return icon(nameFor(node.type(), node.defect(), node.name(), node.content()));
}

QIcon iconFor(const romfs::Entry& entry)
{
    return icon(nameFor(entry.type, entry.defect, entry.name, entry.content));
}

QIcon iconFor(romfs::Severity severity)
{
    switch (severity) {
    case romfs::Severity::Error:
        return icon(QStringLiteral("error"));
    case romfs::Severity::Warning:
        return icon(QStringLiteral("warning"));
    case romfs::Severity::Info:
        return icon(QStringLiteral("info"));
    }
    return {};
}

} // namespace romsmith::ui
