// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QApplication>
#include <QDir>
#include <QFontDatabase>
#include <QImage>
#include <QPalette>
#include <QStyle>
#include <QStyleFactory>
#include <QStyleHints>

#include <algorithm>
#include <set>

/// Pictures of the window, in one style on every computer.
namespace romsmith::test {

inline void useCommonStyle()
{
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    if (QFontDatabase::families().contains(QStringLiteral("DejaVu Sans"))) {
        QApplication::setFont(QFont(QStringLiteral("DejaVu Sans"), 9));
    }
}

/// As most desktops' dark schemes.
inline QPalette darkPalette()
{
    QPalette palette(QColor(0x31, 0x36, 0x3b), QColor(0x2a, 0x2e, 0x32));
    palette.setColor(QPalette::Base, QColor(0x1b, 0x1e, 0x20));
    palette.setColor(QPalette::AlternateBase, QColor(0x23, 0x26, 0x29));
    palette.setColor(QPalette::Highlight, QColor(0x3d, 0xae, 0xe9));
    palette.setColor(QPalette::HighlightedText, QColor(0xfc, 0xfc, 0xfc));
    for (const auto role : {QPalette::Text, QPalette::WindowText, QPalette::ButtonText, QPalette::ToolTipText}) {
        palette.setColor(role, QColor(0xfc, 0xfc, 0xfc));
        palette.setColor(QPalette::Disabled, role, QColor(0x7f, 0x84, 0x88));
    }
    palette.setColor(QPalette::PlaceholderText, QColor(0xa1, 0xa9, 0xb1));
    return palette;
}

inline void useColors(bool isDark)
{
    QApplication::styleHints()->setColorScheme(isDark ? Qt::ColorScheme::Dark : Qt::ColorScheme::Light);
    QApplication::setPalette(isDark ? darkPalette() : QApplication::style()->standardPalette());
}

/// In ROMSMITH_SCREENSHOT_DIR, or where the test is built.
inline bool keepPicture(const QImage& picture, const QString& name)
{
    const auto folder
        = qEnvironmentVariable("ROMSMITH_SCREENSHOT_DIR", QStringLiteral(ROMSMITH_SCREENSHOT_DEFAULT_DIR));
    return QDir().mkpath(folder) && picture.save(folder % u'/' % name);
}

inline qsizetype colorsIn(const QImage& image)
{
    std::set<QRgb> colors;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            colors.insert(image.pixel(x, y));
        }
    }
    return static_cast<qsizetype>(colors.size());
}

/// The largest difference in lightness inside a part of a picture: what is drawn there can be seen.
inline int contrastIn(const QImage& image, const QRect& rect)
{
    int darkest = 255;
    int lightest = 0;
    for (int y = rect.top(); y <= rect.bottom(); ++y) {
        for (int x = rect.left(); x <= rect.right(); ++x) {
            const auto gray = qGray(image.pixel(x, y));
            darkest = std::min(darkest, gray);
            lightest = std::max(lightest, gray);
        }
    }
    return lightest - darkest;
}

} // namespace romsmith::test
