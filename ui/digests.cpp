// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/digests.h"

#include <algorithm>
#include <chrono>
#include <functional>

namespace romsmith::ui {

Digests::Digests(QObject* parent)
    : QObject(parent)
{
    m_soon.setSingleShot(true);
    m_soon.setInterval(0);
    connect(&m_soon, &QTimer::timeout, this, &Digests::compute);
}

const Result<inspect::Digest>* Digests::find(const romfs::Content& content)
{
    if (const auto known = m_known.find(keyOf(content)); known != m_known.end()) {
        return &known->second.digest;
    }
    m_wanted.insert_or_assign(keyOf(content), Wanted{.content = content, .order = ++m_order});
    if (!m_computing.isRunning() && !m_soon.isActive()) {
        m_soon.start();
    }
    return nullptr;
}

void Digests::cancel()
{
    m_wanted.clear();
    m_soon.stop();
    m_computing.cancel();
}

std::vector<Digests::Wanted> Digests::newest() const
{
    constexpr std::ptrdiff_t most = 256;
    std::vector<Wanted> wanted;
    wanted.reserve(m_wanted.size());
    for (const auto& [key, item] : m_wanted) {
        wanted.push_back(item);
    }
    const auto end = wanted.begin() + std::min(most, std::ssize(wanted));
    std::ranges::partial_sort(wanted, end, std::greater(), &Wanted::order);
    wanted.erase(end, wanted.end());
    return wanted;
}

void Digests::compute()
{
    if (!m_wanted.empty()) {
        m_computing.run([wanted = newest()](const std::stop_token& stop) { return computeSome(wanted, stop); },
                        [this](std::vector<Known> computed) { add(std::move(computed)); });
    }
}

/// At least one, and as many as there is time for until something should be seen of it.
std::vector<Digests::Known> Digests::computeSome(const std::vector<Wanted>& wanted, const std::stop_token& stop)
{
    constexpr std::chrono::milliseconds patience{100};
    const auto end = std::chrono::steady_clock::now() + patience;
    std::vector<Known> computed;
    for (const auto& [content, order] : wanted) {
        computed.push_back({.content = content, .digest = inspect::digest(content, stop)});
        if (stop.stop_requested() || std::chrono::steady_clock::now() > end) {
            break;
        }
    }
    return computed;
}

void Digests::add(std::vector<Known> computed)
{
    for (auto& known : computed) {
        const auto key = keyOf(known.content);
        m_wanted.erase(key);
        m_known.insert_or_assign(key, std::move(known));
    }
    Q_EMIT this->computed();
    if (!m_computing.isRunning()) {
        compute();
    }
}

void Digests::forgetUnused(std::span<const romfs::Entry> used)
{
    constexpr std::size_t slack = 1000;
    if (m_known.size() <= 2 * used.size() + slack) {
        return;
    }
    std::map<Key, Known> kept;
    for (const auto& entry : used) {
        if (auto known = m_known.extract(keyOf(entry.content))) {
            kept.insert(std::move(known));
        }
    }
    m_known = std::move(kept);
}

} // namespace romsmith::ui
