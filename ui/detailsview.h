// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/document.h"
#include "ui/facts.h"
#include "ui/latest.h"

#include <QWidget>

#include <optional>

class QLabel;
class QPushButton;

namespace romsmith::ui {

class FactsView;

/// Everything that is known about a node, as a form. Checksums and what else needs all bytes come from the background.
class DetailsView final : public QWidget
{
    Q_OBJECT

public:
    explicit DetailsView(QWidget* parent = nullptr);
    ~DetailsView() override;

    /// Shows @p node of @p document, both of which live only as long as the call; null for nothing.
    void showNode(const Document* document, const tree::Node* node);

    [[nodiscard]] QString shownText() const;
    [[nodiscard]] bool isBusy() const { return m_reading.isRunning(); }

Q_SIGNALS:
    void shown(); ///< what came from the background is shown

private:
    void read(const romfs::Entry& entry);
    void display();
    [[nodiscard]] std::vector<FactGroup> contentGroups() const;

    QLabel* m_message;
    FactsView* m_facts;
    QPushButton* m_copyAll;
    std::optional<romfs::Content> m_content; ///< what m_read is about
    std::string m_name;
    std::optional<Result<ContentFacts>> m_read;
    std::vector<FactGroup> m_places;
    build::Target m_target;
    Latest m_reading{this};
};

} // namespace romsmith::ui
