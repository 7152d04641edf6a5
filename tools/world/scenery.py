"""Backgrounds: none of this depends on the class."""

import colorsys

import numpy as np
from PIL import Image, ImageDraw

from shapes import ellipse, rounded


def draw(width, height, rng):
    """A scene [height, width, 3], uint8."""
    scene = (_meadow, _room, _water, _paper, _night, _fog)[rng.choice(6, p=[0.28, 0.18, 0.16, 0.16, 0.1, 0.12])]
    image = Image.new("RGB", (width, height))
    scene(image, ImageDraw.Draw(image), rng)
    grain = rng.normal(0, rng.uniform(1, 5), (height // 4 + 1, width // 4 + 1, 1)).repeat(4, 0).repeat(4, 1)
    return (np.asarray(image, np.float32) + grain[:height, :width]).clip(0, 255).astype(np.uint8)


def muted(hue, saturation, value):
    """Scenery keeps to weak colours, creatures to strong ones."""
    return tuple(int(255 * c) for c in colorsys.hsv_to_rgb(hue % 1, saturation, value))


def _gradient(image, top, bottom):
    share = np.linspace(0, 1, image.height)[:, None, None]
    rows = np.asarray(top) * (1 - share) + np.asarray(bottom) * share
    image.paste(Image.fromarray(np.broadcast_to(rows, (image.height, image.width, 3)).astype(np.uint8)))


def _polygon(pen, points, colour):
    pen.polygon([tuple(point) for point in points], fill=colour)


def _blob(pen, x, y, size, colour, rng):
    angles = np.sort(rng.uniform(0, 2 * np.pi, 7))
    points = np.stack([x + size * rng.uniform(0.6, 1.2, 7) * np.cos(angles), y + 0.7 * size * rng.uniform(0.6, 1.2, 7) * np.sin(angles)], 1)
    _polygon(pen, rounded(points, 3), colour)


def _meadow(image, pen, rng):
    w, h = image.size
    sky, ground = rng.uniform(0.5, 0.62), rng.uniform(0.08, 0.4)
    _gradient(image, muted(sky, rng.uniform(0.1, 0.35), rng.uniform(0.75, 0.95)), muted(sky, 0.08, 0.95))
    if rng.random() < 0.5:
        for _ in range(rng.integers(1, 4)):
            x, y = rng.uniform(0, w), rng.uniform(0, 0.35 * h)
            for shift in (-0.07, 0, 0.07):
                _polygon(pen, ellipse(x + shift * w, y + abs(shift) * 0.3 * h, 0.07 * w, 0.045 * h), (250, 250, 250))
    for layer in range(rng.integers(1, 4)):
        level = h * (0.5 + 0.14 * layer + rng.uniform(-0.06, 0.06))
        x = np.linspace(0, w, 24)
        hill = level + 0.06 * h * np.sin(x / w * rng.uniform(2, 7) + rng.uniform(0, 6.3))
        colour = muted(ground + 0.02 * layer, rng.uniform(0.18, 0.38), rng.uniform(0.55, 0.85))
        _polygon(pen, [(0, h), *np.stack([x, hill], 1), (w, h)], colour)
    for _ in range(rng.integers(3, 16)):
        x, y, size = rng.uniform(0, w), rng.uniform(0.62, 1.0) * h, rng.uniform(0.015, 0.05) * h
        kind = rng.integers(3)
        if kind == 0:
            for lean in (-0.6, 0, 0.6):
                pen.line([(x, y), (x + lean * size, y - 2 * size)], fill=muted(ground, 0.4, 0.45), width=4)
        elif kind == 1:
            _blob(pen, x, y, size, muted(ground + rng.uniform(-0.1, 0.1), 0.1, rng.uniform(0.45, 0.75)), rng)
        else:
            flower = muted(rng.random(), 0.45, 0.95)
            pen.line([(x, y), (x, y - 1.6 * size)], fill=muted(0.3, 0.4, 0.45), width=4)
            for angle in np.arange(5) * 1.257:
                _polygon(pen, ellipse(x + 0.45 * size * np.cos(angle), y - 1.6 * size + 0.45 * size * np.sin(angle), 0.35 * size, 0.35 * size, count=10), flower)


def _room(image, pen, rng):
    w, h = image.size
    hue, split = rng.random(), rng.uniform(0.55, 0.85) * h
    wall, value = rng.uniform(0.05, 0.25), rng.uniform(0.6, 0.93)
    _gradient(image, muted(hue, wall, value), muted(hue, wall, value - 0.06))
    if rng.random() < 0.6:  # wallpaper
        step = rng.uniform(0.06, 0.14) * w
        for x in np.arange(0, w, step):
            pen.line([(x, 0), (x, split)], fill=muted(hue, wall, value - 0.05), width=int(rng.uniform(2, step / 2)))
    floor = rng.random()
    pen.rectangle([0, split, w, h], fill=muted(floor, 0.2, rng.uniform(0.4, 0.75)))
    pen.line([(0, split), (w, split)], fill=muted(floor, 0.2, 0.35), width=5)
    if rng.random() < 0.7:  # a window or a painting
        x, y, a, b = rng.uniform(0, 0.7) * w, rng.uniform(0.02, 0.25) * h, rng.uniform(0.18, 0.35) * w, rng.uniform(0.15, 0.3) * h
        pen.rectangle([x, y, x + a, y + b], fill=muted(0.57, 0.25, 0.92), outline=muted(floor, 0.3, 0.4), width=8)
        pen.line([(x + a / 2, y), (x + a / 2, y + b)], fill=muted(floor, 0.3, 0.4), width=5)


def _water(image, pen, rng):
    w, h = image.size
    hue = rng.uniform(0.45, 0.62)
    _gradient(image, muted(hue, 0.25, 0.9), muted(hue, rng.uniform(0.3, 0.45), rng.uniform(0.4, 0.7)))
    for _ in range(rng.integers(2, 6)):  # weeds
        x, y = rng.uniform(0, w), np.linspace(h, rng.uniform(0.3, 0.8) * h, 14)
        sway = x + 0.03 * w * np.sin(np.arange(14) * 0.9 + rng.uniform(0, 6))
        pen.line([tuple(p) for p in np.stack([sway, y], 1)], fill=muted(hue - 0.12, 0.35, 0.5), width=int(0.018 * w) + 2, joint="curve")
    for _ in range(rng.integers(3, 12)):  # bubbles
        x, y, r = rng.uniform(0, w), rng.uniform(0, h), rng.uniform(0.01, 0.04) * w
        pen.ellipse([x - r, y - r, x + r, y + r], outline=muted(hue, 0.06, 0.97), width=4)


def _paper(image, pen, rng):
    w, h = image.size
    hue, value = rng.random(), rng.uniform(0.72, 0.98)
    _gradient(image, muted(hue, rng.uniform(0, 0.2), value), muted(hue + 0.05, rng.uniform(0, 0.2), value - 0.04))
    ruled = rng.random()
    if ruled < 0.35:
        for y in np.arange(0, h, rng.uniform(0.06, 0.12) * h):
            pen.line([(0, y), (w, y)], fill=muted(hue, 0.15, value - 0.12), width=3)
    elif ruled < 0.6:
        for _ in range(rng.integers(8, 40)):
            _blob(pen, rng.uniform(0, w), rng.uniform(0, h), rng.uniform(0.01, 0.05) * w, muted(hue + rng.uniform(-0.1, 0.1), 0.2, value - rng.uniform(0.03, 0.15)), rng)


def _night(image, pen, rng):
    w, h = image.size
    hue = rng.uniform(0.58, 0.75)
    _gradient(image, muted(hue, 0.45, rng.uniform(0.18, 0.35)), muted(hue, 0.3, rng.uniform(0.4, 0.6)))
    for _ in range(rng.integers(10, 40)):
        x, y, r = rng.uniform(0, w), rng.uniform(0, 0.8) * h, rng.uniform(1, 5)
        pen.ellipse([x - r, y - r, x + r, y + r], fill=(235, 232, 215))
    x, y, r = rng.uniform(0.05, 0.95) * w, rng.uniform(0.05, 0.3) * h, rng.uniform(0.05, 0.1) * w
    pen.ellipse([x - r, y - r, x + r, y + r], fill=(228, 226, 206))
    _polygon(pen, [(0, h), (0, 0.85 * h), (0.3 * w, 0.78 * h), (0.65 * w, 0.88 * h), (w, 0.8 * h), (w, h)], muted(hue, 0.3, 0.25))


def _fog(image, pen, rng):
    w, h = image.size
    hue = rng.random()
    _gradient(image, muted(hue, 0.15, rng.uniform(0.5, 0.9)), muted(hue + 0.1, 0.2, rng.uniform(0.5, 0.9)))
    for _ in range(rng.integers(5, 14)):
        _blob(pen, rng.uniform(0, w), rng.uniform(0, h), rng.uniform(0.08, 0.3) * w, muted(hue + rng.uniform(-0.12, 0.12), rng.uniform(0.05, 0.25), rng.uniform(0.5, 0.92)), rng)
