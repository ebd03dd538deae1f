// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/device/deploy.h"
#include "core/device/dfumemory.h"
#include "core/error.h"

#include <QWidget>

#include <cstdint>
#include <optional>

class QAction;
class QFrame;
class QLabel;
class QMenu;
class QProgressBar;
class QPushButton;
class QStackedWidget;
class QToolButton;
class QTreeView;

namespace romsmith::ui {

class DeviceList;

/// Shows the devices that are plugged in, or what to plug in, and has buttons for what can be done with the chosen one.
class DevicesPanel final : public QWidget
{
    Q_OBJECT

public:
    explicit DevicesPanel(DeviceList& list, QWidget* parent = nullptr);

    /// Those in front get buttons, and are in the menu of all.
    void setActions(const QList<QAction*>& inFront, QMenu& all);
    void setEmptyAction(QAction& action); ///< for when nothing is plugged in

    [[nodiscard]] QTreeView& view() const { return *m_view; }
    /// The device that is selected; empty for none.
    [[nodiscard]] QString selected() const;
    [[nodiscard]] std::optional<std::uint32_t> selectedPartition() const;
    /// The part of a bootloader that is selected; nullptr for none.
    [[nodiscard]] const device::DfuStretch* selectedPart() const;
    void select(const QString& key); ///< the device; does not tell anybody

    void showWork(const QString& title); ///< empty: there is none
    void showProgress(const device::Progress& progress);
    void showError(const Error& error);
    void clearError();
    [[nodiscard]] QString errorText() const; ///< empty if none is shown
    [[nodiscard]] QString emptyText() const;

    [[nodiscard]] QSize minimumSizeHint() const override; ///< the buttons, shown or not

    /// What gives this user the right to open cams.
    [[nodiscard]] static QString permissionCommand();

Q_SIGNALS:
    void chosen(const QString& key); ///< a device, by the user
    void selectionChanged();
    void cancelRequested();

private:
    void build();
    QWidget* makeEmptyPage();
    QWidget* makeWorkRow();
    void makeError();
    void showMenu(const QPoint& position);
    void currentChanged();
    void showPage();
    void copyRows() const;

    DeviceList& m_list;
    QStackedWidget* m_pages;
    QTreeView* m_view;
    QLabel* m_emptyText;
    QToolButton* m_emptyButton;
    QPushButton* m_emptyCommand;
    QFrame* m_error;
    QLabel* m_errorText;
    QPushButton* m_copyCommand;
    QWidget* m_work;
    QLabel* m_workTitle;
    QProgressBar* m_workBar;
    QWidget* m_buttons;
    QMenu* m_menu = nullptr;
    bool m_isChanging = false; ///< rows come or go, which is no choice of the user's
};

} // namespace romsmith::ui
