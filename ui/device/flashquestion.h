// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>
#include <QString>
#include <QStringList>

#include <cstdint>

class QCheckBox;
class QDialogButtonBox;

namespace romsmith::ui {

/// What somebody has to know before an image is written to a cam.
struct FlashFacts
{
    QString image; ///< "app.img"
    std::uint64_t imageSize = 0; ///< bytes
    QString cam; ///< "OpenMV N6"
    QString port; ///< "/dev/ttyACM0"
    QString serial; ///< empty: it has none
    QString partition; ///< "ROMFS0"
    std::uint64_t partitionSize = 0; ///< bytes
    std::uint64_t usedNow = 0; ///< bytes of the image that is there; 0: none
    QString nameNow; ///< of that image; empty: not known
    bool isThereKnown = true; ///< what is there now; else the two above say nothing
    bool isDfu = false; ///< by the bootloader
    QString reason = {}; ///< why so
    QString newTarget; ///< the document has no board, and gets this one; empty: it has one
    QStringList errors; ///< of the image, which is to be written in spite of them
    bool canBeRemembered = false; ///< that there is no need to ask for this cam
};

struct FlashAnswer
{
    bool flash = false;
    bool neverAskAgain = false; ///< for this cam
};

/// The one question before an image is written.
class FlashQuestion final : public QDialog
{
    Q_OBJECT

public:
    explicit FlashQuestion(const FlashFacts& facts, QWidget* parent = nullptr);

    [[nodiscard]] FlashAnswer answer() const; ///< after exec()
    [[nodiscard]] QString text() const; ///< all that it says
    [[nodiscard]] QCheckBox& never() const { return *m_never; }

private:
    void add(const QString& label, const QString& value);

    QCheckBox* m_never;
    QDialogButtonBox* m_buttons;
    QStringList m_lines;
};

} // namespace romsmith::ui
