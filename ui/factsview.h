// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QTextEdit>

#include <vector>

namespace romsmith::ui {

struct Fact
{
    QString name;
    QString value;

    bool operator==(const Fact&) const = default;
};

struct FactGroup
{
    QString title;
    std::vector<Fact> facts;

    bool operator==(const FactGroup&) const = default;
};

/// "Path: lib/x.py", one to a line, with the titles between.
[[nodiscard]] QString toPlainText(const std::vector<FactGroup>& groups);

/// Facts as a form of names and values. Everything can be selected and copied; nothing in it is taken for markup.
class FactsView final : public QTextEdit
{
    Q_OBJECT

public:
    explicit FactsView(QWidget* parent = nullptr);

    /// Does nothing if that is what is shown, so that a selection survives.
    void setGroups(std::vector<FactGroup> groups);
    [[nodiscard]] const std::vector<FactGroup>& groups() const { return m_groups; }

protected:
    void changeEvent(QEvent* event) override;

private:
    void rebuild();

    std::vector<FactGroup> m_groups;
};

} // namespace romsmith::ui
