// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/boards/board.h"
#include "ui/device/firmwareplan.h"

#include <QDialog>

#include <functional>

class QCheckBox;
class QLabel;
class QPushButton;
class QTreeWidget;

namespace romsmith::ui {

/// What the dialog about firmware has to know.
struct FirmwareFacts
{
    const boards::Board* board = nullptr;
    QString cam; ///< "OpenMV N6 (/dev/ttyACM0), serial number 1234"
    QString document; ///< the image in front; empty: none
    QString againstDocument; ///< why it cannot be written; empty: it can
    QStringList paths = {}; ///< to begin with
    std::optional<std::uint32_t> partition = {}; ///< see FirmwareWish
    std::function<QStringList()> choose; ///< asks for files
    /// Builds the image in front and gives it to the function.
    std::function<void(std::function<void(Result<FirmwareWish::Image>)>)> build;
};

/// Chooses what a bootloader is to write, checks it, and names it all: the one question before it is done.
class FirmwareDialog final : public QDialog
{
    Q_OBJECT

public:
    explicit FirmwareDialog(FirmwareFacts facts, QWidget* parent = nullptr);

    [[nodiscard]] const FirmwarePlan& plan() const { return m_plan; } ///< after exec()
    [[nodiscard]] QString text() const; ///< all that it says of what is written
    [[nodiscard]] QString problem() const; ///< why nothing can be written; empty: it can

    [[nodiscard]] QPushButton& chooseButton() const { return *m_choose; }
    [[nodiscard]] QPushButton& flashButton() const { return *m_flash; }
    [[nodiscard]] QCheckBox& documentBox() const { return *m_document; }
    [[nodiscard]] QCheckBox& bundleBox() const { return *m_bundle; }
    [[nodiscard]] QCheckBox& eraseBox() const { return *m_erase; }

private:
    void choose();
    void takeDocument(bool isWanted);
    void check(); ///< in the background
    void showPlan(Result<FirmwarePlan> plan);
    void showProblem(const QString& problem);

    FirmwareFacts m_facts;
    FirmwareWish m_wish;
    FirmwarePlan m_plan;
    int m_number = 0; ///< of the check: an old one is not heard
    QLabel* m_files;
    QPushButton* m_choose;
    QCheckBox* m_document;
    QCheckBox* m_bundle;
    QCheckBox* m_erase;
    QTreeWidget* m_table;
    QLabel* m_problem;
    QPushButton* m_flash;
};

} // namespace romsmith::ui
