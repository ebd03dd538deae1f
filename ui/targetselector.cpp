// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/targetselector.h"

#include "core/boards/boardtable.h"
#include "ui/text.h"

#include <algorithm>

namespace romsmith::ui {

TargetSelector::TargetSelector(QWidget* parent)
    : QComboBox(parent)
{
    setAccessibleName(tr("Target board and partition"));
    constexpr int shortest = 12; // characters: stays in sight in a narrow window
    setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    setMinimumContentsLength(shortest);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setToolTip(tr("The board and the partition that the image is for: size, alignment and addresses follow from it"));
    m_targets.emplace_back();
    addItem(tr("Any board"));
    for (const auto& board : boards::BoardTable::known().boards()) {
        for (const auto& partition : board.partitions) {
            if (!partition.size) {
                continue; // "any board" again
            }
            m_targets.emplace_back(board, partition.index);
            const auto label = partition.label.empty() ? QString() : QStringLiteral(" (%1)").arg(text(partition.label));
            addItem(QStringLiteral("%1 · ROMFS%2%3 · %4")
                        .arg(text(board.name))
                        .arg(partition.index)
                        .arg(label, roundSize(*partition.size)));
        }
    }
    connect(this, &QComboBox::activated, this, [this] { Q_EMIT chosen(target()); });
}

const build::Target& TargetSelector::target() const
{
    return m_targets[static_cast<std::size_t>(std::max(currentIndex(), 0))];
}

void TargetSelector::setTarget(const build::Target& target)
{
    const auto found = std::ranges::find_if(
        m_targets, [key = target.key()](const build::Target& candidate) { return candidate.key() == key; });
    setCurrentIndex(found == m_targets.end() ? 0 : static_cast<int>(found - m_targets.begin()));
}

} // namespace romsmith::ui
