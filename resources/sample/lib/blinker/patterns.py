# SPDX-License-Identifier: CC0-1.0
"""Patterns are lists of (on, off) pairs, counted in units of time."""

from micropython import const

_DOT = const(1)
_DASH = const(3)
_LETTER_GAP = const(3)
_WORD_GAP = const(7)

_CODE = {
    "A": ".-", "B": "-...", "C": "-.-.", "D": "-..", "E": ".", "F": "..-.", "G": "--.", "H": "....", "I": "..",
    "J": ".---", "K": "-.-", "L": ".-..", "M": "--", "N": "-.", "O": "---", "P": ".--.", "Q": "--.-", "R": ".-.",
    "S": "...", "T": "-", "U": "..-", "V": "...-", "W": ".--", "X": "-..-", "Y": "-.--", "Z": "--..",
    "0": "-----", "1": ".----", "2": "..---", "3": "...--", "4": "....-", "5": ".....", "6": "-....", "7": "--...",
    "8": "---..", "9": "----.",
}


def pulses(count, on=1, off=1):
    return [(on, off)] * count


def morse(text):
    """Morse code. Characters that have none are left out."""
    pattern = []
    for word in text.upper().split():
        for letter in word:
            for sign in _CODE.get(letter, ""):
                pattern.append((_DOT if sign == "." else _DASH, 1))
            _stretch(pattern, _LETTER_GAP)
        _stretch(pattern, _WORD_GAP)
    return pattern


def _stretch(pattern, gap):
    """Makes the last pause at least that long."""
    if pattern:
        on, off = pattern[-1]
        pattern[-1] = (on, max(off, gap))
