# SPDX-License-Identifier: CC0-1.0
"""Greets in Morse code and shows what came with it.

A board does not start programs from /rom by itself. Put two lines into main.py on its drive:

    import app
    app.run()
"""

import json

from blinker import Blinker, morse

HERE = __file__[: __file__.rfind("/") + 1]  # "/rom/", or nothing


def load_settings():
    with open(HERE + "config.json") as file:
        return json.load(file)


def load_labels(path):
    with open(HERE + path) as file:
        return [line.strip() for line in file if line.strip()]


def load_model(path):
    """The model, used in place where the firmware can; None where there is no machine learning."""
    try:
        import ml
    except ImportError:
        return None
    return ml.Model(HERE + path)


def find_switch():
    """The blue LED of a camera, or a line of text."""
    try:
        from machine import LED
    except ImportError:
        return lambda on: print("#" if on else ".", end="")
    led = LED("LED_BLUE")
    return lambda on: led.on() if on else led.off()


def run():
    settings = load_settings()
    labels = load_labels(settings["labels"])
    model = load_model(settings["model"])
    print("labels:", ", ".join(labels))
    print("model:", model if model else "this firmware has no ml module")
    Blinker(find_switch(), settings["unit_ms"]).play(morse(settings["greeting"]))
    print()


if __name__ == "__main__":
    run()
