// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/inspect/digest.h"
#include "core/romfs/entry.h"
#include "ui/latest.h"

#include <QTimer>

#include <map>
#include <span>
#include <vector>

namespace romsmith::ui {

/// Checksums of contents: computed in the background for whoever asks, then known. What was asked for last comes first,
/// because that is what is being looked at.
class Digests final : public QObject
{
    Q_OBJECT

public:
    explicit Digests(QObject* parent = nullptr);

    /// Null until it is computed, which asking for it brings about. An error says why it cannot be.
    [[nodiscard]] const Result<inspect::Digest>* find(const romfs::Content& content);

    [[nodiscard]] bool isBusy() const { return !m_wanted.empty(); }
    [[nodiscard]] std::size_t knownCount() const { return m_known.size(); }
    void cancel();

    /// Forgets what nobody uses any more, if that is most of what is known: what is known keeps its content alive.
    void forgetUnused(std::span<const romfs::Entry> used);

Q_SIGNALS:
    void computed(); ///< some of what was asked for

private:
    /// Of handles of the same bytes, as long as one of them lives.
    using Key = std::pair<const void*, std::uint64_t>;

    struct Wanted
    {
        romfs::Content content;
        std::uint64_t order; ///< the newest has the highest
    };

    struct Known
    {
        romfs::Content content;
        Result<inspect::Digest> digest;
    };

    [[nodiscard]] static Key keyOf(const romfs::Content& content) { return {content.identity(), content.size()}; }
    [[nodiscard]] static std::vector<Known> computeSome(const std::vector<Wanted>& wanted, const std::stop_token& stop);
    [[nodiscard]] std::vector<Wanted> newest() const;
    void compute();
    void add(std::vector<Known> computed);

    std::map<Key, Known> m_known;
    std::map<Key, Wanted> m_wanted;
    std::uint64_t m_order = 0;
    QTimer m_soon; ///< so that all that is asked for at once is computed together
    Latest m_computing{this};
};

} // namespace romsmith::ui
