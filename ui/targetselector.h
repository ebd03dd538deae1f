// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/build/target.h"

#include <QComboBox>

#include <vector>

namespace romsmith::ui {

/// Chooses the board and the partition that an image is for.
class TargetSelector final : public QComboBox
{
    Q_OBJECT

public:
    explicit TargetSelector(QWidget* parent = nullptr);

    [[nodiscard]] const build::Target& target() const;
    void setTarget(const build::Target& target); ///< does not tell anybody

Q_SIGNALS:
    void chosen(const romsmith::build::Target& target);

private:
    std::vector<build::Target> m_targets;
};

} // namespace romsmith::ui
