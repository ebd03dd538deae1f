// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/document.h"
#include "ui/rulesmodel.h"

#include <QDialog>
#include <QPointer>

class QLabel;
class QPushButton;
class QTableView;

namespace romsmith::ui {

/// How a document's files are aligned by their extensions, with what another rule would do. The document is changed
/// when it is accepted, in one step.
class RulesDialog final : public QDialog
{
    Q_OBJECT

public:
    explicit RulesDialog(Document& document, QWidget* parent = nullptr);

    void accept() override;

    [[nodiscard]] RulesModel& model() { return m_model; }
    [[nodiscard]] QTableView& view() { return *m_view; }
    [[nodiscard]] QString effect() const; ///< or what is wrong

private:
    void build();
    QPushButton* addButton(const QString& text, void (RulesDialog::*run)());
    void addRule();
    void removeRule();
    void reset();
    void refresh();
    void enableButtons();
    [[nodiscard]] QString effectOf(const tree::AlignmentRules& rules) const;

    QPointer<Document> m_document;
    RulesModel m_model;
    QTableView* m_view;
    QLabel* m_effect;
    QPushButton* m_remove;
    QPushButton* m_reset;
    QPushButton* m_ok = nullptr;
};

} // namespace romsmith::ui
