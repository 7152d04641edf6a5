"""The colours that have names in this world.

Every colour is shaded and lit when drawn, so neighbours on the wheel are kept apart.
Pure red (255, 0, 0) is left to the circles that point at a part: nothing in a picture is drawn with it.
"""

COLOURS = {
    "red": (196, 48, 52),
    "orange": (238, 138, 40),
    "yellow": (246, 212, 62),
    "green": (84, 158, 72),
    "blue": (56, 104, 200),
    "purple": (132, 76, 174),
    "pink": (244, 150, 184),
    "brown": (132, 86, 52),
    "white": (246, 244, 238),
    "black": (44, 44, 52),
    "turquoise": (64, 198, 196),
}


def mix(first, second, share):
    """`first` moved towards `second` by `share` (0…1)."""
    return tuple(a + (b - a) * share for a, b in zip(first, second))


def darker(colour, share):
    return mix(colour, (12, 10, 20), share)


def lighter(colour, share):
    return mix(colour, (255, 255, 255), share)


def contrasting(colour):
    """A pattern colour that is seen on `colour`: light on dark, dark on light."""
    brightness = 0.3 * colour[0] + 0.59 * colour[1] + 0.11 * colour[2]
    return lighter(colour, 0.62) if brightness < 115 else darker(colour, 0.55)
