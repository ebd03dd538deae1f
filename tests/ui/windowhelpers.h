// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/ui/helpers.h"
#include "ui/capacitybar.h"
#include "ui/device/devicetools.h"
#include "ui/filteredit.h"
#include "ui/mainwindow.h"
#include "ui/noticebar.h"
#include "ui/problemsview.h"
#include "ui/targetselector.h"

#include <QAction>
#include <QApplication>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSemaphore>
#include <QSettings>
#include <QTabBar>
#include <QTabWidget>
#include <QThreadPool>
#include <QTimer>
#include <QToolButton>

#include <functional>

/// What a user does with the main window.
namespace romsmith::test {

/// Keeps all threads of the pool busy while it lives, so that what runs in the background waits.
class BusyThreads
{
public:
    BusyThreads()
    {
        for (int i = 0; i < m_count; ++i) {
            QThreadPool::globalInstance()->start([this] { m_released.acquire(); });
        }
    }

    BusyThreads(const BusyThreads&) = delete;
    BusyThreads& operator=(const BusyThreads&) = delete;
    ~BusyThreads()
    {
        m_released.release(m_count);
        QThreadPool::globalInstance()->waitForDone();
    }

private:
    int m_count = QThreadPool::globalInstance()->maxThreadCount();
    QSemaphore m_released;
};

/// A shown window of somebody who has never used the program before. Questions that a test does not expect fail it.
class UserWindow : public ui::MainWindow
{
public:
    UserWindow()
    {
        questions().askAboutUnsaved = [](const QStringList& documents) {
            QTest::qFail(qPrintable(QStringLiteral("asked about unsaved ") % documents.join(u' ')), __FILE__, __LINE__);
            return ui::Unsaved::Discard;
        };
        questions().askForSavePath = [](const QString&) {
            QTest::qFail("asked where to save", __FILE__, __LINE__);
            return QString();
        };
        devices().watch().start([] { return std::vector<ui::PluggedPort>(); }); // not the computer's
        devices().setUsb({});
        show();
        static_cast<void>(QTest::qWaitForWindowActive(this));
    }

    [[nodiscard]] QTabWidget& tabs() const { return *findChild<QTabWidget*>(QStringLiteral("documentTabs")); }
    [[nodiscard]] QString tabTitle() const { return tabs().tabText(tabs().currentIndex()); }
    [[nodiscard]] ui::Document& document() const { return currentView()->document(); }
    [[nodiscard]] ui::RomTreeView& tree() const { return currentView()->treeView(); }
    [[nodiscard]] ui::NoticeBar& notice() const { return currentView()->noticeBar(); }
    [[nodiscard]] ui::NoticeBar& fileNotice() const { return currentView()->fileNoticeBar(); }

    /// A key as it comes from the keyboard: to whatever has the focus.
    void press(Qt::Key key, Qt::KeyboardModifiers modifiers = {})
    {
        auto* focus = QApplication::focusWidget();
        QTest::keyClick(focus ? focus : this, key, modifiers);
        QCoreApplication::processEvents(); // editors hand over what was typed a moment later
    }

    void type(const QString& characters)
    {
        for (const auto character : characters) {
            QTest::sendKeyEvent(QTest::Click, QApplication::focusWidget(), Qt::Key_unknown, character, {});
        }
    }

    /// Clicks the middle of a row's cell.
    void click(const tree::Node& node, Qt::KeyboardModifiers modifiers = {}, int column = ui::RomTreeModel::Name)
    {
        const auto index = tree().viewIndex(node, column);
        tree().scrollTo(index);
        QTest::mouseClick(tree().viewport(), Qt::LeftButton, modifiers, tree().visualRect(index).center());
    }

    /// The button of that name on a notice of the current document.
    void clickNotice(const QString& text)
    {
        for (auto* button : notice().findChildren<QPushButton*>() + fileNotice().findChildren<QPushButton*>()) {
            if (button->text() == text && button->isVisible()) {
                QTest::mouseClick(button, Qt::LeftButton);
                return;
            }
        }
        QTest::qFail(qPrintable(QStringLiteral("no button ") % text), __FILE__, __LINE__);
    }

    void chooseTarget(const QString& text)
    {
        auto* selector = findChild<ui::TargetSelector*>();
        selector->setFocus();
        selector->setCurrentIndex(selector->findText(text, Qt::MatchStartsWith));
        Q_EMIT selector->activated(selector->currentIndex());
    }

    /// The row of the first problem of a kind; -1 if there is none.
    [[nodiscard]] int problemWith(std::string_view code)
    {
        const auto& findings = problems().findings();
        for (int row = 0; row < findings.rowCount(); ++row) {
            if (findings.findingAt(row).code == code) {
                return row;
            }
        }
        return -1;
    }

    void openAndWait(const QString& path)
    {
        open({path});
        ROMSMITH_TRY(currentView() && currentView()->document().path() == path);
    }
};

/// Of what is there already.
inline QStringList pathsOf(std::span<const tree::Clash> clashes)
{
    QStringList paths;
    for (const auto& clash : clashes) {
        paths.append(ui::shownName(clash.present->path()));
    }
    return paths;
}

/// Calls @p act once a menu is open.
inline void whenMenuOpens(const std::function<void(QMenu&)>& act)
{
    auto* timer = new QTimer(qApp);
    QObject::connect(timer, &QTimer::timeout, timer, [timer, act] {
        if (auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget())) {
            timer->stop();
            timer->deleteLater();
            act(*menu);
        }
    });
    timer->start(5);
}

/// Calls @p act once a dialog is open.
template <typename Dialog> void whenDialogOpens(const std::function<void(Dialog&)>& act)
{
    auto* timer = new QTimer(qApp);
    QObject::connect(timer, &QTimer::timeout, timer, [timer, act] {
        if (auto* dialog = qobject_cast<Dialog*>(QApplication::activeModalWidget()); dialog && dialog->isVisible()) {
            timer->stop();
            timer->deleteLater();
            act(*dialog);
        }
    });
    timer->start(5);
}

} // namespace romsmith::test
