# SPDX-License-Identifier: CC0-1.0
"""Waiting without drift."""

import time


class Ticker:
    """Counts from when it was made, so that the time spent between two waits does not add up."""

    def __init__(self, unit_ms):
        self._unit_ms = unit_ms
        self._due = time.ticks_ms()

    def wait(self, units):
        self._due = time.ticks_add(self._due, units * self._unit_ms)
        left = time.ticks_diff(self._due, time.ticks_ms())
        if left > 0:
            time.sleep_ms(left)
