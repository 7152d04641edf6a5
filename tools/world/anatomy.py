"""From attributes to outlines: a creature becomes an ordered list of shapes, back to front."""

from dataclasses import dataclass

import numpy as np

from head import Head
from palette import COLOURS, darker, lighter
from shapes import curve, edge, ellipse, rounded, stroke


@dataclass
class Shape:
    part: str  # whose pixels these are
    outline: np.ndarray  # [n, 2], the creature's frame
    colour: tuple
    pattern: str = "plain"


def build(creature, rng):
    """The shapes of `creature` in a pose drawn from `rng`."""
    return _Builder(creature, rng).build()


class _Builder(Head):
    def __init__(self, creature, rng):
        self.creature = creature
        self.rng = rng
        self.shapes = []

    def add(self, part, outline, colour, pattern="plain"):
        self.shapes.append(Shape(part, np.asarray(outline, float), colour, pattern))

    def wobble(self, amount):
        return self.rng.uniform(-amount, amount)

    def build(self):
        creature = self.creature
        self.body = _body(creature.body[0]) * (1 + self.wobble(0.06), 1 + self.wobble(0.06))
        self.low, self.high = self.body.min(0), self.body.max(0)
        self.place_head()
        self.tail()
        if creature.back and creature.back[0] != "shell":
            self.back()
        self.legs()
        body_colour = COLOURS[creature.body[2]]
        if creature.neck == "long":
            start = self.body.mean(0) + 0.45 * (edge(self.body, -40) - self.body.mean(0))
            self.add("neck", stroke(curve([start, (start + self.head) / 2 + (0.06, 0.05), self.head]), 0.5, 0.32), body_colour)
        self.add("body", self.body, body_colour, creature.body[1])
        if creature.back and creature.back[0] == "shell":
            self.back()
        if creature.scarf:
            self.scarf()
        self.topper()
        self.add("head", self.head_outline, COLOURS[creature.head[1]])
        self.mouth()
        self.eyes()
        return self.shapes

    # What hangs from the body.

    def legs(self):
        kind, colour = self.creature.legs[0], COLOURS[self.creature.legs[1]]
        width = self.high[0] - self.low[0]
        centre = (self.low[0] + self.high[0]) / 2
        floor = self.high[1]
        draw = lambda outline, shade=colour: self.add("legs", outline, shade)
        at = lambda share: centre + share * width
        if kind in ("short", "long"):
            length, thick = (0.5, 0.27) if kind == "short" else (1.05, 0.17)
            places = (-0.33, -0.13, 0.12, 0.32) if kind == "short" else (-0.16, 0.18)
            for number, share in enumerate(places):
                swing = self.wobble(0.1)
                top, foot = np.array([at(share), floor - 0.35]), np.array([at(share) + swing, floor + length])
                knee = (top + foot) / 2 + (0.1 if kind == "long" else 0.03, 0)
                draw(stroke(curve([top, knee, foot]), thick), colour if number % 2 else darker(colour, 0.18))
                self.foot(foot, kind)
        elif kind == "insect":
            for number, share in enumerate((-0.4, -0.24, -0.08, 0.08, 0.24, 0.4)):
                out = 0.5 * share / 0.4
                top = np.array([at(share * 0.8), floor - 0.35])
                draw(stroke([top, (at(share) + out * 0.8, floor - 0.02 - 0.1 * abs(out)), (at(share) + out + self.wobble(0.05), floor + 0.62)], 0.12, 0.1),
                     colour if number % 2 else darker(colour, 0.18))
        elif kind == "tentacles":
            phase = self.rng.uniform(0, 6.28)
            for number, share in enumerate((-0.38, -0.19, 0.0, 0.19, 0.38)):
                t = np.linspace(0, 1, 14)
                x = at(share * 0.9) + 0.5 * share * t + 0.11 * np.sin(phase + number + 7 * t) * t
                draw(stroke(np.stack([x, floor - 0.3 + 1.15 * t], 1), 0.25, 0.09), colour if number % 2 else darker(colour, 0.16))
        elif kind == "wheels":
            for share in (-0.3, 0.3):
                draw(ellipse(at(share), floor + 0.14, 0.36, 0.36))
                draw(ellipse(at(share), floor + 0.14, 0.2, 0.2), lighter(colour, 0.55))
                draw(ellipse(at(share), floor + 0.14, 0.08, 0.08), darker(colour, 0.5))
        elif kind == "fins":
            for share, lean in ((-0.3, -0.45), (0.24, -0.2)):
                x = at(share)
                draw(rounded([(x - 0.2, floor - 0.4), (x + 0.24, floor - 0.4), (x + 0.1 + lean, floor + 0.55 + self.wobble(0.08)), (x - 0.42 + lean, floor + 0.42)], 2))

    def foot(self, at, kind):
        if not self.creature.feet:
            return
        colour = COLOURS[self.creature.feet[1]]
        x, y = at
        size = 1.0 if kind == "short" else 1.35
        outline = {
            "boots": lambda: rounded([(x - 0.17 * size, y - 0.28 * size), (x + 0.15 * size, y - 0.28 * size), (x + 0.17 * size, y - 0.02),
                                      (x + 0.38 * size, y + 0.02), (x + 0.38 * size, y + 0.17), (x - 0.18 * size, y + 0.17)], 1),
            "webbed": lambda: [(x - 0.1 * size, y - 0.14), (x + 0.1 * size, y - 0.14), (x + 0.42 * size, y + 0.15), (x + 0.2 * size, y + 0.08),
                               (x + 0.1 * size, y + 0.19), (x - 0.05 * size, y + 0.08), (x - 0.2 * size, y + 0.16)],
            "hooves": lambda: ellipse(x, y, 0.19 * size, 0.15 * size, power=6),
        }[self.creature.feet[0]]()
        self.add("feet", outline, colour)

    def tail(self):
        if not self.creature.tail:
            return
        kind, colour = self.creature.tail[0], COLOURS[self.creature.tail[1]]
        draw = lambda outline, shade=colour: self.add("tail", outline, shade)
        lift = self.wobble(0.12)
        root = edge(self.body, 175) + (0.14, 0)
        x, y = root
        if kind == "curled":
            t = np.linspace(0, 1, 40)
            turn, reach = np.pi * (0.5 + 2.9 * t), 0.42 * (1 - 0.75 * t)
            middle = np.array([x - 0.62, y - 0.4 + lift])
            spiral = np.stack([middle[0] - reach * np.cos(turn), middle[1] + reach * np.sin(turn)], 1)
            draw(stroke(np.concatenate([curve([root, (x - 0.35, y + 0.05)], 6), spiral]), 0.2, 0.11))
        elif kind == "bushy":
            for shift in (0.3, 0.58, 0.82):
                draw(ellipse(x - shift, y - 0.5 * shift + lift, 0.36, 0.3, angle=0.5))
        elif kind == "forked":
            tip = np.array([x - 0.5, y - 0.2 + lift])
            draw(stroke([root, tip], 0.24, 0.2))
            for way in ((-0.55, -0.45), (-0.6, 0.25)):
                draw(stroke([tip + (0.05, 0), tip + way], 0.22, 0.06))
        elif kind == "tufted":
            tip = np.array([x - 0.85, y - 0.42 + lift])
            draw(stroke(curve([root, (x - 0.45, y + 0.15), tip]), 0.11))
            draw(ellipse(*tip, 0.25, 0.25))
        elif kind == "fan":
            for angle in np.radians([-62, -36, -10, 16, 42]):
                away = np.array([-np.cos(angle), np.sin(angle) - 0.25])
                draw(ellipse(*(root + 0.55 * away + (0, lift)), 0.52, 0.15, angle=np.arctan2(away[1], away[0])))
        elif kind == "arrow":
            tip = np.array([x - 0.68, y - 0.3 + lift])
            draw(stroke(curve([root, (x - 0.35, y + 0.1), tip]), 0.13))
            draw([tip + (-0.46, -0.28), tip + (0.26, -0.28), tip + (-0.08, 0.36)])

    def back(self):
        kind, colour = self.creature.back[0], COLOURS[self.creature.back[1]]
        draw = lambda outline, shade=colour: self.add("back", outline, shade)
        top = lambda angle: edge(self.body, angle)
        flap = self.wobble(0.15)
        x, y = self.body.mean(0) + 0.62 * (top(-115) - self.body.mean(0))
        if kind == "wings":
            for number, (dx, dy) in enumerate(((-0.95, -0.42), (-0.78, -0.74), (-0.5, -0.95))):
                draw(stroke([(x + 0.15, y), (x + dx, y + dy + flap)], 0.3, 0.34), colour if number % 2 else darker(colour, 0.14))
        elif kind == "bat":
            draw([(x + 0.25, y + 0.05), (x - 0.12, y - 0.98 + flap), (x - 0.42, y - 0.52 + flap), (x - 0.78, y - 0.82 + flap),
                  (x - 0.8, y - 0.32 + flap), (x - 1.12, y - 0.34 + flap), (x - 0.5, y + 0.2)])
        elif kind == "shell":
            centre = (self.low + self.high) / 2
            half = (self.high - self.low) / 2
            dome = ellipse(centre[0] - 0.1 * half[0], centre[1] - 0.2 * half[1], 0.9 * half[0], 1.0 * half[1])
            dome[:, 1] = np.minimum(dome[:, 1], centre[1] - 0.02)
            draw(dome)
            for share in (-0.5, 0.0, 0.5):
                draw(stroke([(centre[0] + (share - 0.1) * half[0], centre[1] - 0.08), (centre[0] + (0.6 * share - 0.1) * half[0], centre[1] - (0.85 - 0.3 * abs(share)) * half[1])], 0.06),
                     darker(colour, 0.4))
        elif kind == "spines":
            for angle in (-165, -143, -121, -99, -77):
                foot = top(angle)
                away = (foot - self.body.mean(0)) / np.linalg.norm(foot - self.body.mean(0))
                across = np.array([-away[1], away[0]])
                draw([foot - 0.15 * away - 0.17 * across, foot + (0.5 + flap / 3) * away, foot - 0.15 * away + 0.17 * across])
        elif kind == "sail":
            left, right, middle = top(-170), top(-70), top(-120)
            draw(rounded([left + (0.15, 0.1), middle + (-0.5, -0.6 + flap), middle + (0.05, -0.85 + flap), right + (0, 0.1)], 2))
        elif kind == "humps":
            for angle in (-135, -88):
                draw(ellipse(*(top(angle) + (0, 0.05)), 0.34, 0.42))


def _body(shape):
    return {
        "round": lambda: ellipse(0, 0, 0.82, 0.8, count=72),
        "long": lambda: ellipse(0, 0, 1.25, 0.55, count=72),
        "tall": lambda: ellipse(0, 0, 0.58, 1.0, count=72),
        "pear-shaped": lambda: rounded([(-0.25, -0.95), (0.35, -0.95), (0.45, -0.2), (0.98, 0.45), (0.8, 0.85), (-0.8, 0.85), (-0.98, 0.45), (-0.4, -0.2)], 3),
        "boxy": lambda: ellipse(0, 0, 0.9, 0.68, power=8, count=96),
        "triangular": lambda: rounded([(-1.25, 0.78), (0.1, -1.15), (1.25, 0.78)], 2),
    }[shape]()
