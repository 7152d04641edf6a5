"""What makes a picture hard: stray parts and a smaller stranger behind the creature, things of the scenery in front of it.
None of it belongs to the creature, so none of it has an owner."""

import numpy as np

from anatomy import Shape, build
from creature import hybrid
from scenery import muted
from shapes import ellipse, rounded

LOOSE = ("topper", "legs", "feet", "tail", "back", "scarf")  # the parts that lie about by themselves
COVERED = 0.3  # the share of the creature that things in front may hide


def stray_parts(rng):
    """One kind of part of a creature that is not there, as shapes in a frame of their own."""
    shapes = build(hybrid(rng), rng)
    parts = [part for part in LOOSE if any(shape.part == part for shape in shapes)]
    part = parts[rng.integers(len(parts))]
    return [shape for shape in shapes if shape.part == part]


def stranger(rng):
    """A whole creature of no class."""
    return build(hybrid(rng), rng)


def in_front(box, rng):
    """Things between the viewer and the creature, in the canvas's frame; `box` (low, high) is what the creature takes up."""
    low, high = box
    size = high - low
    kinds = (_bush, _post, _leaf)
    return [kinds[rng.integers(3)](low + size * rng.uniform(0.05, 0.95, 2), size.mean(), rng) for _ in range(rng.integers(1, 4))]


def _bush(at, size, rng):
    angles = np.sort(rng.uniform(0, 2 * np.pi, 9))
    reach = rng.uniform(0.1, 0.2) * size * rng.uniform(0.7, 1.2, 9)
    points = np.stack([at[0] + reach * np.cos(angles), at[1] + 0.8 * reach * np.sin(angles)], 1)
    return Shape("", rounded(points, 3), muted(rng.uniform(0.15, 0.4), 0.35, rng.uniform(0.35, 0.7)))


def _post(at, size, rng):
    width, height = rng.uniform(0.03, 0.07) * size, rng.uniform(0.5, 1.0) * size
    lean = rng.uniform(-0.1, 0.1) * size
    x, y = at
    points = [(x - width, y + height / 2), (x - width + lean, y - height / 2), (x + width + lean, y - height / 2), (x + width, y + height / 2)]
    return Shape("", np.array(points), muted(rng.uniform(0.05, 0.12), 0.3, rng.uniform(0.35, 0.6)))


def _leaf(at, size, rng):
    reach = rng.uniform(0.12, 0.25) * size
    return Shape("", ellipse(*at, reach, 0.35 * reach, angle=rng.uniform(0, np.pi)), muted(rng.uniform(0.2, 0.4), 0.4, rng.uniform(0.4, 0.75)))
