// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <clocale>

namespace romsmith::sources {

/// While it lives, this thread's texts are UTF-8 for the C library, which libarchive asks, whatever the user's locale.
class Utf8Locale
{
public:
    Utf8Locale()
        : m_own(newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr))
        , m_before(m_own ? uselocale(m_own) : nullptr)
    { }

    Utf8Locale(const Utf8Locale&) = delete;
    Utf8Locale& operator=(const Utf8Locale&) = delete;
    ~Utf8Locale()
    {
        if (m_own) {
            uselocale(m_before);
            freelocale(m_own);
        }
    }

private:
    locale_t m_own;
    locale_t m_before;
};

} // namespace romsmith::sources
