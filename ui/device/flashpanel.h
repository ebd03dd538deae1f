// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/device/phaseclock.h"

#include <QWidget>

#include <vector>

class QBoxLayout;
class QLabel;
class QPlainTextEdit;
class QProgressBar;
class QPushButton;

namespace romsmith::ui {

/// What is being written to a device, how far it is, and how it ended. Knows nothing of how it is written.
class FlashPanel final : public QWidget
{
    Q_OBJECT

public:
    explicit FlashPanel(QWidget* parent = nullptr);

    void addTop(QWidget& widget); ///< what is chosen before anything is written

    /// Begins anew: @p title is what is written where, @p phases are those that may come, in their order.
    void begin(const QString& title, std::vector<device::Phase> phases);
    void progress(const device::Progress& progress, device::Clock::time_point when);
    enum class Ending : std::uint8_t { Done, Cancelled, Failed };
    void end(Ending ending, const QString& sentence);
    void addToLog(const QString& line);

    /// A reason disables the button and is told next to it.
    void setRetry(bool isOffered, const QString& reasonAgainst = {});
    void setUndo(const QString& reasonAgainst);

    [[nodiscard]] bool isRunning() const { return m_isRunning; }
    [[nodiscard]] QString resultText() const;
    [[nodiscard]] QString phasesText() const;
    [[nodiscard]] QString phasesMarks() const; ///< "✓ Checking   ✗ Writing", as it is seen
    [[nodiscard]] QString figuresText() const; ///< of the phase that is on
    [[nodiscard]] QString logText() const;
    [[nodiscard]] QPushButton& cancelButton() const { return *m_cancel; }
    [[nodiscard]] QPushButton& retryButton() const { return *m_retry; }
    [[nodiscard]] QPushButton& undoButton() const { return *m_undo; }

Q_SIGNALS:
    void cancelRequested();
    void retryRequested();
    void undoRequested();
    void saveLogRequested(const QString& text);

private:
    void build();
    QWidget* makeState();
    void showPhases();
    void notePhaseEnd();
    void updateButtons();

    QBoxLayout* m_top = nullptr;
    QWidget* m_choices = nullptr; ///< on top
    QLabel* m_title;
    QLabel* m_phases;
    QProgressBar* m_bar;
    QLabel* m_figures;
    QLabel* m_resultIcon;
    QLabel* m_result;
    QPushButton* m_cancel;
    QPushButton* m_retry;
    QPushButton* m_undo;
    QPushButton* m_copy;
    QPlainTextEdit* m_log;
    std::vector<device::Phase> m_toCome; ///< all that may
    std::vector<device::Phase> m_seen; ///< the last one is on
    PhaseClock m_clock;
    bool m_offersRetry = false;
    QString m_againstRetry;
    QString m_againstUndo;
    bool m_isRunning = false;
    Ending m_ending = Ending::Done; ///< of the last phase, when it does not run
};

} // namespace romsmith::ui
