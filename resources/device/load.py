# SPDX-FileCopyrightText: Romsmith contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# Code for firmware without raw-paste mode: a dot for each 64 characters that were read, since more than two times as many
# may not fit into its input. Is itself as short.
def _rs_load(n, c):
    import sys

    s = ""
    while len(s) < n:
        s += sys.stdin.read(min(64, n - len(s)))
        print(end=".")
    if sum(s.encode()) != c:
        raise OSError("spoilt")
    return s
