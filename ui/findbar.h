// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/inspect/search.h"
#include "ui/latest.h"

#include <QWidget>

#include <optional>

class QComboBox;
class QLabel;
class QLineEdit;

namespace romsmith::ui {

/// Searches bytes, written as hexadecimal numbers or as text, in the background. What cannot be numbers, or is in
/// quotes, is text by itself.
class FindBar final : public QWidget
{
    Q_OBJECT

public:
    explicit FindBar(QWidget* parent = nullptr);

    /// What is searched from now on; a search that is shown is made again.
    void setContent(const romfs::Content& content);

    /// Shows the bar and takes the focus.
    void open();

    /// The next match at or behind @p position, or the last one in front of it; both begin again at the other end.
    void findNext(std::uint64_t position);
    void findPrevious(std::uint64_t position);

    [[nodiscard]] QString status() const;

Q_SIGNALS:
    void matchesChanged(const std::vector<std::uint64_t>& offsets, std::uint64_t length);
    void found(std::uint64_t offset, std::uint64_t length);
    void nextRequested();
    void previousRequested();
    void closed();

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    void build();
    void search();
    void adaptKind();
    void clear(const QString& status);
    void report(Result<inspect::Matches> matches);
    void goTo(std::size_t index);
    [[nodiscard]] Result<std::vector<std::byte>> pattern() const;
    [[nodiscard]] QString withReason(const QString& status) const;

    QComboBox* m_kind;
    QLineEdit* m_edit;
    QLabel* m_status;
    bool m_isAdapted = false; ///< text only because what was typed cannot be bytes
    romfs::Content m_content;
    inspect::Matches m_matches;
    std::uint64_t m_length = 0;
    bool m_goesToFirst = false; ///< as soon as the running search is done
    std::uint64_t m_origin = 0; ///< where that looks from
    Latest m_search{this};
};

} // namespace romsmith::ui
