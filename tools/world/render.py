"""Draws a creature in a scene, twice as large as the picture, then reduces it."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

import clutter
import scenery
from anatomy import build
from creature import PARTS
from palette import contrasting, darker

SUPERSAMPLING = 2


@dataclass
class Picture:
    pixels: np.ndarray  # [h, w, 3] uint8
    owner: np.ndarray  # [h, w] int8: index into PARTS of the part seen there, -1 for the scene

    def squashed(self, side):
        """Both at side×side without regard to the aspect ratio, as the product prepares its images."""
        pixels = Image.fromarray(self.pixels).resize((side, side), Image.BILINEAR)
        owner = Image.fromarray((self.owner + 1).astype(np.uint8)).resize((side, side), Image.NEAREST)
        return np.asarray(pixels), np.asarray(owner).astype(np.int8) - 1


def draw(creature, rng, cluttered=False):
    """A picture of `creature`: size, scene, pose, place, light and noise come from `rng`."""
    width, height = (int(side) for side in rng.integers(104, 200, 2))
    width, height = max(width, int(0.72 * height)), max(height, int(0.72 * width))
    canvas = scenery.draw(width * SUPERSAMPLING, height * SUPERSAMPLING, rng).astype(np.float32)
    shapes = build(creature, rng)
    smallest = 0.5 if cluttered else 0.8
    place = _placement(shapes, canvas.shape[1], canvas.shape[0], rng, smallest)
    owner = np.full(canvas.shape[:2], -1, np.int8)
    light = rng.uniform(-0.6, 0.6)
    if cluttered:
        _behind(canvas, owner, place.scale, light, rng)
    for shape in shapes:
        _paint(canvas, owner, shape, place, light, rng)
    if cluttered and rng.random() < 0.6:
        _before(canvas, owner, light, rng)
    canvas = _light(canvas, rng)
    pixels = np.asarray(Image.fromarray(canvas.clip(0, 255).astype(np.uint8)).resize((width, height), Image.BOX))
    noise = rng.normal(0, rng.uniform(0, 5), pixels.shape)
    pixels = (pixels + noise).clip(0, 255).astype(np.uint8)
    return Picture(pixels, owner[SUPERSAMPLING // 2 :: SUPERSAMPLING, SUPERSAMPLING // 2 :: SUPERSAMPLING])


@dataclass
class _Place:
    matrix: np.ndarray  # [2, 2], creature frame to canvas
    shift: np.ndarray  # [2]

    @property
    def scale(self):
        return abs(np.linalg.det(self.matrix)) ** 0.5

    def __call__(self, points):
        return points @ self.matrix.T + self.shift


def _turn(rng, spread):
    """A rotation by an angle of `spread` degrees (its standard deviation), mirrored or not."""
    angle = rng.normal(0, np.radians(spread))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return turn @ np.diag([-1.0, 1.0]) if rng.random() < 0.5 else turn


def _placement(shapes, width, height, rng, smallest):
    """The whole creature inside of the picture, taking between `smallest` and nearly all of its room."""
    turn = _turn(rng, 7)
    points = np.concatenate([shape.outline for shape in shapes]) @ turn.T
    low, high = points.min(0), points.max(0)
    room = np.array([width, height]) - 4
    scale = rng.uniform(smallest, 0.99) * (room / (high - low)).min()
    slack = room - scale * (high - low)
    corner = 2 + slack * rng.uniform(0.05, 0.95, 2)
    return _Place(turn * scale, corner - scale * low)


def _anywhere(shapes, scale, canvas, rng, spread):
    """Somewhere in the picture, also half out of it."""
    turn = _turn(rng, spread)
    middle = (np.concatenate([shape.outline for shape in shapes]) @ turn.T).mean(0)
    return _Place(turn * scale, rng.uniform(0, 1, 2) * (canvas.shape[1], canvas.shape[0]) - scale * middle)


def _behind(canvas, owner, scale, light, rng):
    """Stray parts and perhaps a stranger, smaller than the creature, whose scale is `scale`."""
    things = [(clutter.stray_parts(rng), 90) for _ in range(rng.integers(1, 6))]
    if rng.random() < 0.3:
        things.append((clutter.stranger(rng), 7))
    for shapes, spread in things:
        place = _anywhere(shapes, scale * rng.uniform(0.4, 0.75), canvas, rng, spread)
        for shape in shapes:
            _paint(canvas, owner, shape, place, light, rng, owned=False)


def _before(canvas, owner, light, rng):
    """Things of the scenery in front of the creature, as long as enough of it is seen."""
    rows, columns = np.nonzero(owner >= 0)
    box = np.array([columns.min(), rows.min()]), np.array([columns.max(), rows.max()])
    still = _Place(np.eye(2), np.zeros(2))
    for thing in clutter.in_front(box, rng):
        before = canvas.copy(), owner.copy()
        _paint(canvas, owner, thing, still, light, rng, owned=False)
        if (owner >= 0).sum() < (1 - clutter.COVERED) * len(rows):
            canvas[:], owner[:] = before


def _paint(canvas, owner, shape, place, light, rng, owned=True):
    """Paints `shape`; its pixels belong to its part, or to the scene."""
    points = place(shape.outline)
    border = max(1, int(0.035 * place.scale))
    left, top = np.maximum(points.min(0).astype(int) - border - 1, 0)
    right, bottom = np.minimum(points.max(0).astype(int) + border + 2, (canvas.shape[1], canvas.shape[0]))
    if right <= left or bottom <= top:
        return
    local = [tuple(point) for point in points - (left, top)]
    inside = Image.new("L", (right - left, bottom - top))
    ImageDraw.Draw(inside).polygon(local, fill=1)
    rim = Image.new("L", inside.size)
    ImageDraw.Draw(rim).line(local + local[:2], fill=1, width=border, joint="curve")
    inside, rim = np.asarray(inside, bool), np.asarray(rim, bool)

    rows, columns = np.mgrid[top:bottom, left:right].astype(np.float32)
    down = (rows - top) / max(1, bottom - top) - 0.5
    across = (columns - left) / max(1, right - left) - 0.5
    shade = 1 - 0.22 * (down * np.cos(light) + across * np.sin(light)) * 1.6
    fill = np.broadcast_to(np.asarray(shape.colour, np.float32), (*inside.shape, 3))
    if shape.pattern != "plain":
        back = np.linalg.inv(place.matrix)
        x, y = columns - place.shift[0], rows - place.shift[1]
        marks = _pattern(shape.pattern, back[0, 0] * x + back[0, 1] * y, back[1, 0] * x + back[1, 1] * y, rng)
        fill = np.where(marks[..., None], np.asarray(contrasting(shape.colour), np.float32), fill)
    region = canvas[top:bottom, left:right]
    region[inside] = (fill * shade[..., None])[inside]
    region[rim] = darker(shape.colour, 0.72)
    owner[top:bottom, left:right][inside | rim] = PARTS.index(shape.part) if owned else -1


def _pattern(name, x, y, rng):
    """Where the marks of a pattern are; x and y in the creature's frame, so that it turns and scales with it."""
    x, y = x + rng.uniform(-0.2, 0.2), y + rng.uniform(-0.2, 0.2)
    if name == "spotted":
        step = 0.36
        row = np.floor(y / step)
        u = (x / step + 0.5 * (row % 2)) % 1 - 0.5
        v = (y / step) % 1 - 0.5
        return u * u + v * v < 0.085
    if name == "striped":
        return (x / 0.36) % 1 < 0.45
    if name == "checkered":
        return (np.floor(x / 0.27) + np.floor(y / 0.27)) % 2 == 0
    if name == "zigzag":
        return (y / 0.34 + 0.62 * np.abs((x / 0.5) % 1 * 2 - 1)) % 1 < 0.45
    if name == "ringed":
        return (np.hypot(x, y) / 0.34) % 1 < 0.45
    raise ValueError(name)


def _light(canvas, rng):
    """Brightness, a tint and a fall-off across the picture, too weak to change the name of a colour."""
    height, width = canvas.shape[:2]
    tint = rng.uniform(0.93, 1.05) * (1 + rng.uniform(-0.035, 0.035, 3))
    slope = np.linspace(-1, 1, width)[None] * rng.uniform(-0.06, 0.06) + np.linspace(-1, 1, height)[:, None] * rng.uniform(-0.06, 0.06)
    return canvas * (1 + slope)[..., None].astype(np.float32) * tint.astype(np.float32)
