// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/diffmodel.h"
#include "ui/markedtext.h"

#include <QWidget>

class QLabel;
class QTabWidget;

namespace romsmith::ui {

/// One difference in detail: what became of the entry, and for a changed file its lines and bytes.
class CompareDetail final : public QWidget
{
    Q_OBJECT

public:
    explicit CompareDetail(QWidget* parent = nullptr);

    void showItem(const Comparison& comparison, const tree::DiffItem& item);
    void clear();

    [[nodiscard]] QString summary() const;
    [[nodiscard]] MarkedText& textPage() { return *m_text; }
    [[nodiscard]] MarkedText& bytesPage() { return *m_bytes; }
    [[nodiscard]] QTabWidget& pages() { return *m_pages; }

private:
    void showContent(const romfs::Content& a, const romfs::Content& b, const tree::ContentDifference& difference);
    void showError(const Error& error);

    QLabel* m_summary;
    QTabWidget* m_pages;
    MarkedText* m_text;
    MarkedText* m_bytes;
};

} // namespace romsmith::ui
