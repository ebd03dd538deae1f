# SPDX-License-Identifier: CC0-1.0
"""Blinks patterns with anything that can be switched on and off."""

from .patterns import morse, pulses
from .timing import Ticker


class Blinker:
    """The switch is called with True for light and False for dark."""

    def __init__(self, switch, unit_ms=120):
        self._switch = switch
        self._unit_ms = unit_ms

    def play(self, pattern):
        ticker = Ticker(self._unit_ms)
        for on, off in pattern:
            self._switch(True)
            ticker.wait(on)
            self._switch(False)
            ticker.wait(off)
