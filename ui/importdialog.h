// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sources/archive.h"
#include "core/tree/romtree.h"

#include <QDialog>

class QCheckBox;
class QComboBox;
class QLabel;
class QPushButton;
class QTreeWidget;
class QTreeWidgetItem;

namespace romsmith::ui {

/// What is to be done with an archive that was dropped.
struct ArchiveAnswer
{
    enum class Way : std::uint8_t { AddContent, AddAsFile, Nothing };

    Way way = Way::Nothing;
    bool stripTop = false; ///< the content of the one folder that wraps everything
    tree::ClashPolicy policy = tree::ClashPolicy::Refuse;
};

/// Shows what an archive would bring before anything happens: what is new, what replaces what, what is left out and
/// why.
class ImportDialog final : public QDialog
{
    Q_OBJECT

public:
    /// @p archive and @p into outlive the dialog.
    ImportDialog(const QString& name, const sources::LoadedArchive& archive, const tree::Node& into,
                 QWidget* parent = nullptr);

    [[nodiscard]] ArchiveAnswer answer() const;

    [[nodiscard]] QTreeWidget& list() const { return *m_list; }
    [[nodiscard]] QLabel& summary() const { return *m_summary; }
    [[nodiscard]] QCheckBox& stripTop() const { return *m_stripTop; }
    [[nodiscard]] QComboBox& policies() const { return *m_policies; }
    [[nodiscard]] QPushButton& addContent() const { return *m_addContent; }
    [[nodiscard]] QPushButton& addAsFile() const { return *m_addAsFile; }

private:
    struct Counts
    {
        int added = 0;
        int replaced = 0;
        int same = 0;
        int listed = 0;
        std::uint64_t bytes = 0; ///< of what is added or replaces
    };

    void build(const QString& name);
    void refresh();
    void listNode(const tree::Node& node, const tree::Node* there, QTreeWidgetItem* parent, Counts& counts);
    void listSkipped(const QString& title, const std::vector<sources::Skipped>& skipped);

    const sources::LoadedArchive& m_archive;
    const tree::Node& m_into;
    QTreeWidget* m_list;
    QLabel* m_summary;
    QCheckBox* m_stripTop;
    QLabel* m_policyLabel;
    QComboBox* m_policies;
    QPushButton* m_addContent;
    QPushButton* m_addAsFile;
    ArchiveAnswer::Way m_way = ArchiveAnswer::Way::Nothing;
};

/// The nodes that an answer asks for.
[[nodiscard]] std::vector<std::unique_ptr<tree::Node>> takeNodes(sources::LoadedArchive& archive, bool stripTop);

} // namespace romsmith::ui
