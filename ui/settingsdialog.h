// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sources/compiler.h"
#include "ui/latest.h"

#include <QDialog>

class QLabel;
class QLineEdit;
class QTreeWidget;

namespace romsmith::ui {

/// What holds for all documents. Nothing is changed until it is accepted.
class SettingsDialog final : public QDialog
{
    Q_OBJECT

public:
    explicit SettingsDialog(QWidget* parent = nullptr);

    void accept() override;

    [[nodiscard]] QLineEdit& compilerEdit() const { return *m_compiler; }
    [[nodiscard]] QTreeWidget& compilerList() const { return *m_compilers; }
    [[nodiscard]] QLabel& compilerVerdict() const { return *m_verdict; } ///< which one is used, or why none

Q_SIGNALS:
    void compilerChanged();

private:
    void build();
    void look(); ///< for compilers
    void show(const std::vector<sources::CompilerCandidate>& candidates);

    QLineEdit* m_compiler;
    QTreeWidget* m_compilers;
    QLabel* m_verdict;
    Latest m_looking{this};
};

} // namespace romsmith::ui
