// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFutureWatcher>
#include <QObject>
#include <QtConcurrent/QtConcurrentRun>

#include <memory>
#include <type_traits>
#include <utility>

namespace romsmith::ui {

/// Runs @p work() -> T in a thread of the pool and then @p done(T) in that of @p context, from its event loop and only
/// as long as @p context lives.
template <typename Work, typename DoneCallback> void runInBackground(QObject* context, Work work, DoneCallback done)
{
    // QFuture copies what it hands on, so the result travels behind a pointer. A watcher reports later even what is
    // ready at once; QFuture::then() would call done() before this function returns.
    using Value = std::invoke_result_t<Work>;
    using Shared = std::shared_ptr<Value>;
    auto* watcher = new QFutureWatcher<Shared>(context);
    QObject::connect(watcher, &QFutureWatcherBase::finished, context, [watcher, done = std::move(done)]() mutable {
        watcher->deleteLater();
        done(std::move(*watcher->result()));
    });
    watcher->setFuture(
        QtConcurrent::run([work = std::move(work)]() mutable { return std::make_shared<Value>(work()); }));
}

} // namespace romsmith::ui
