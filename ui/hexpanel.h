// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/document.h"
#include "ui/hexbytes.h"
#include "ui/latest.h"

#include <QPointer>
#include <QWidget>

#include <optional>

class QComboBox;
class QLabel;
class QLineEdit;
class QToolButton;

namespace romsmith::ui {

class FindBar;
class HexView;

/// Which bytes are shown.
enum class HexScope : std::uint8_t {
    Content, ///< of the file alone
    Record, ///< with the headers that it has in the image, and of a folder with all that is inside
    Image, ///< the whole image, at the file's place
};

/// From where offsets are counted.
enum class HexOrigin : std::uint8_t {
    Shown, ///< the first byte that is shown
    Image,
    Board, ///< the address at which the chosen board maps the image
};

/// The hexadecimal view with what belongs to it: which bytes, how offsets count, search and going to an offset.
class HexPanel final : public QWidget
{
    Q_OBJECT

public:
    explicit HexPanel(QWidget* parent = nullptr);
    ~HexPanel() override;

    /// Shows @p node of @p document, both of which live only as long as the call; null for nothing.
    void showNode(const Document* document, const tree::Node* node);

    /// To be called when the image may have changed, before showNode().
    void forgetImage() { m_hasImage = false; }

    [[nodiscard]] HexView& view() const { return *m_view; }
    [[nodiscard]] FindBar& findBar() const { return *m_find; }
    void setScope(HexScope scope);
    void setOrigin(HexOrigin origin);
    [[nodiscard]] QString status() const;
    [[nodiscard]] bool isBusy() const { return m_loading.isRunning(); }

    /// Shows the whole image with the byte at @p offset selected.
    void goToImageOffset(std::uint64_t offset);

    /// Goes to what is written as 0x1f0, 1f0h or 496, counted as the offsets that are shown.
    void goTo(const QString& offset);

protected:
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    /// All that is needed of a node; it may be gone when the bytes are ready.
    struct Subject
    {
        romfs::EntryType type = romfs::EntryType::File;
        QString name;
        romfs::Content content;
        romfs::Placement placement;
        std::uint32_t index = 0;
        std::uint64_t boardAddress = 0;
        QString boardName;
    };

    void showNothing();
    void build();
    void connectTools();
    void reload(const Document& document);
    void loadContent();
    void loadRecords(const Document& document);
    void display(Result<HexBytes> shown);
    void announceLoading();
    void goToSubject(); ///< if that is still to be done
    void updateOrigins();
    void updateBase();
    void updateStatus();
    void openFind();
    void showMenu(QPoint point);
    [[nodiscard]] HexScope scope() const; ///< that is in force: a folder has no content of its own
    [[nodiscard]] HexOrigin origin() const;
    [[nodiscard]] QString caretText() const;

    QComboBox* m_scopes;
    QComboBox* m_origins;
    QLineEdit* m_goTo;
    QToolButton* m_openFind;
    HexView* m_view;
    FindBar* m_find;
    QLabel* m_status;
    QString m_notice; ///< stands in place of the status until something else is selected
    QPointer<const Document> m_document;
    const tree::Node* m_node = nullptr; ///< to be compared only
    std::optional<Subject> m_subject;
    HexBytes m_shown;
    std::optional<HexScope> m_shownScope;
    bool m_hasImage = false; ///< the whole image is shown and up to date
    std::optional<std::uint64_t> m_wantedOffset; ///< in the image; in place of the subject
    bool m_goesToSubject = false; ///< as soon as its bytes are there
    Latest m_loading{this};
};

} // namespace romsmith::ui
