// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <cstdint>
#include <optional>

class QLabel;

namespace romsmith::ui {

/// How full the target partition is: content, padding, free, and what a drop under way would add.
class CapacityBar final : public QWidget
{
    Q_OBJECT

public:
    struct Figures
    {
        std::uint64_t total = 0; ///< of the image, bytes
        std::uint64_t padding = 0;
        std::optional<std::uint64_t> capacity; ///< of the partition; none: no limit is known

        bool operator==(const Figures&) const = default;
    };

    explicit CapacityBar(QWidget* parent = nullptr);

    void setFigures(const Figures& figures);

    /// Shows the size that the image would have after a drop; nothing ends the preview.
    void setPreview(std::optional<std::uint64_t> total);

    [[nodiscard]] QString text() const;

private:
    class Strip;

    void refresh();

    Figures m_figures;
    std::optional<std::uint64_t> m_preview;
    Strip* m_strip;
    QLabel* m_warning; ///< its icon
    QLabel* m_label;
};

} // namespace romsmith::ui
