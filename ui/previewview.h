// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/document.h"
#include "ui/latest.h"
#include "ui/preview.h"

#include <QBasicTimer>
#include <QWidget>

#include <optional>

class QCheckBox;
class QLabel;
class QStackedWidget;
class QTreeWidget;

namespace romsmith::ui {

class FactsView;
class PictureView;
class TextPage;

/// What is in a file, in the form that suits it. Decodes in the background; what it shows is never executed or
/// followed.
class PreviewView final : public QWidget
{
    Q_OBJECT

public:
    explicit PreviewView(QWidget* parent = nullptr);
    ~PreviewView() override;

    /// Shows @p node of @p document, both of which live only as long as the call; without one, @p summary of several.
    void showNode(const Document* document, const tree::Node* node, const QString& summary = {});

    /// Goes to a line of the text that is shown, or about to be; from 1.
    void goToLine(int line);

    [[nodiscard]] QString headline() const;
    [[nodiscard]] QString notice() const; ///< empty if there is none
    [[nodiscard]] QString shownText() const; ///< of whatever page is shown
    [[nodiscard]] bool isBusy() const; ///< what is to be shown is not complete yet

Q_SIGNALS:
    void shown(); ///< a preview has come from the background

protected:
    void timerEvent(QTimerEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void build();
    void make();
    void cancelMaking();
    [[nodiscard]] bool isMaking() const { return m_delay.isActive() || m_making.isRunning(); }
    void display(Preview preview);
    void displayFolder(const Document& document, const tree::Node& folder);
    void displayPicture(const PicturePreview& picture);
    void displayList(const ListPreview& list);
    void displayHeader();
    void showRawOrPretty();
    void setNotices();
    [[nodiscard]] const ShownText* shownVersion() const; ///< raw or pretty; null if no text is shown
    void setMessage(const QString& headline);

    QLabel* m_title;
    QLabel* m_headline;
    QLabel* m_noticeIcon;
    QLabel* m_notice;
    QCheckBox* m_raw;
    QStackedWidget* m_pages;
    QWidget* m_emptyPage;
    TextPage* m_textPage;
    PictureView* m_picturePage;
    QTreeWidget* m_listPage;
    FactsView* m_factsPage;
    std::optional<PreviewRequest> m_request; ///< what is shown or being made
    build::Target m_target;
    Preview m_preview;
    int m_wantedLine = 0; ///< of what is being made; 0 for none
    QString m_nextTitle; ///< of what is being made
    QBasicTimer m_patience;
    QBasicTimer m_delay; ///< until the next preview is made
    Latest m_making{this};
};

} // namespace romsmith::ui
