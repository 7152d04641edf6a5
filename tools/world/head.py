"""The head of a creature and what sits on it or hangs from it. Offsets are in half-widths and half-heights of the head."""

import numpy as np

from palette import COLOURS, darker
from shapes import curve, edge, ellipse, rounded, stroke


class Head:
    """The part of anatomy's builder that is about the head."""

    def place_head(self):
        shape = self.creature.head[0]
        self.radius = 0.5 * (1 + self.wobble(0.08))
        corner = edge(self.body, -38)
        reach = (0.42, -0.95) if self.creature.neck == "long" else (0.22, -0.2)
        self.head = corner + reach + np.array([self.wobble(0.08), self.wobble(0.08)])
        x, y, r = *self.head, self.radius
        self.head_outline = {
            "round": lambda: ellipse(x, y, r, r),
            "square": lambda: ellipse(x, y, 0.95 * r, 0.9 * r, power=7),
            "pointed": lambda: rounded([(x - 0.95 * r, y - 0.95 * r), (x - 0.95 * r, y + 0.95 * r), (x + 1.75 * r, y + 0.3 * r)], 3),
            "flat": lambda: ellipse(x, y, 1.3 * r, 0.66 * r),
        }[shape]()
        self.half = (self.head_outline.max(0) - self.head_outline.min(0)) / 2
        self.middle = (self.head_outline.max(0) + self.head_outline.min(0)) / 2

    def on_head(self, x, y):
        """A point at (x, y) in half-widths and half-heights of the head from its middle."""
        return self.middle + self.half * (x, y)

    def topper(self):
        if not self.creature.topper:
            return
        kind, colour = self.creature.topper[0], COLOURS[self.creature.topper[1]]
        draw = lambda outline, shade=colour: self.add("topper", outline, shade)
        top = [self.on_head(-0.5, -0.66), self.on_head(0.35, -0.72)]
        if self.creature.head[0] == "pointed":
            top = [self.on_head(-0.75, -0.6), self.on_head(-0.15, -0.35)]
        sway = self.wobble(0.06)
        for side, base in zip((-1, 1), top):
            if kind == "horns":
                draw(stroke(curve([base, base + (0.16 * side, -0.3), base + (0.02 * side + sway, -0.68)]), 0.25, 0.06))
            elif kind == "antennae":
                tip = base + (0.3 * side + sway, -0.8)
                draw(stroke(curve([base, base + (0.05 * side, -0.45), tip]), 0.075))
                draw(ellipse(*tip, 0.14, 0.14))
            elif kind == "round":
                draw(ellipse(base[0] + 0.14 * side, base[1] - 0.12, 0.31, 0.31))
                self.add("topper", ellipse(base[0] + 0.14 * side, base[1] - 0.1, 0.16, 0.16), darker(colour, 0.25))
            elif kind == "pointed":
                draw([base + (-0.22, 0.12), base + (0.14 * side + sway, -0.7), base + (0.24, 0.12)])
            elif kind == "floppy":
                out = self.on_head(0.85 * side, -0.6)
                draw(ellipse(out[0] + 0.16 * side, out[1] + 0.32, 0.19, 0.52, angle=-0.35 * side))
            elif kind == "antlers":
                tip = base + (0.3 * side + sway, -0.75)
                draw(stroke([base, base + (0.08 * side, -0.35), tip], 0.11))
                draw(stroke([base + (0.12 * side, -0.42), base + (-0.16 * side, -0.74)], 0.1))
                draw(stroke([base + (0.1 * side, -0.34), base + (0.46 * side, -0.48)], 0.1))
        if kind == "crest":
            for step in np.linspace(-0.95, 0.5, 5):
                base = self.on_head(step, -0.55 if abs(step) > 0.6 else -0.75)
                draw([base + (-0.17, 0.2), base + (-0.12 + 0.12 * step + sway, -0.5), base + (0.17, 0.2)])
        elif kind == "unicorn":
            base = self.on_head(0.1, -0.72) if self.creature.head[0] != "pointed" else self.on_head(-0.3, -0.4)
            draw([base + (-0.17, 0.1), base + (0.2 + sway, -0.95), base + (0.17, 0.1)])

    def eyes(self):
        kind, colour = self.creature.eyes[0], COLOURS[self.creature.eyes[1]]
        gaze = np.array([self.wobble(0.04) + 0.03, self.wobble(0.03)])
        spread, level = (-0.32, 0.4), -0.12
        if self.creature.head[0] == "pointed":
            spread, level = (-0.68, -0.12), -0.08
        centres = [self.on_head(x, level) for x in spread]
        size = 0.22
        if kind == "single":
            centres, size = [self.on_head(-0.4 if self.creature.head[0] == "pointed" else 0.05, level)], 0.33
        elif kind == "stalked":
            bases = centres
            centres = [base + (0.26 * side, -0.62 - self.half[1]) for side, base in zip((-1, 1), bases)]
            for base, centre in zip(bases, centres):
                self.add("eyes", stroke([base, centre], 0.12), colour)
        for centre in centres:
            # The coloured part is large, so that its colour survives in a small picture.
            self.add("eyes", ellipse(*centre, size, size), colour if kind == "stalked" else (250, 250, 246))
            if kind != "stalked":
                self.add("eyes", ellipse(*(centre + gaze), size * 0.76, size * 0.76), colour)
            else:
                self.add("eyes", ellipse(*centre, size * 0.66, size * 0.66), (250, 250, 246))
            self.add("eyes", ellipse(*(centre + gaze * 1.3), size * 0.36, size * 0.36), (22, 20, 26))
            if kind == "sleepy":
                lid = ellipse(*centre, size * 1.12, size * 1.12)
                lid[:, 1] = np.minimum(lid[:, 1], centre[1] - 0.02)
                self.add("eyes", lid, darker(COLOURS[self.creature.head[1]], 0.3))

    def mouth(self):
        x, y = self.on_head(0.72, 0.3)
        if self.creature.head[0] == "pointed":
            x, y = self.on_head(0.6, 0.3)
        if not self.creature.mouth:
            self.add("head", stroke(curve([(x - 0.4, y + 0.02), (x - 0.18, y + 0.1), (x + 0.04, y)]), 0.05), (40, 30, 36))
            return
        kind, colour = self.creature.mouth[0], COLOURS[self.creature.mouth[1]]
        draw = lambda outline, shade=colour: self.add("mouth", outline, shade)
        if kind == "beak":
            draw([(x - 0.12, y - 0.22), (x + 0.72, y + 0.04), (x - 0.12, y + 0.08)])
            draw([(x - 0.12, y + 0.06), (x + 0.5, y + 0.07), (x - 0.1, y + 0.24)], darker(colour, 0.22))
        elif kind == "trunk":
            bend = self.wobble(0.12)
            draw(stroke(curve([(x - 0.1, y - 0.05), (x + 0.36, y + 0.18), (x + 0.36 + bend, y + 0.75), (x + 0.68 + bend, y + 0.98)]), 0.32, 0.2))
        elif kind == "snout":
            draw(ellipse(x + 0.12, y + 0.02, 0.32, 0.25))
            for side in (-0.1, 0.1):
                draw(ellipse(x + 0.16 + side, y - 0.02, 0.045, 0.07), darker(colour, 0.6))
        elif kind == "tusks":
            for shift in (-0.36, 0.06):
                draw(stroke(curve([(x + shift - 0.05, y), (x + shift + 0.08, y + 0.34), (x + shift + 0.4, y + 0.4)]), 0.19, 0.05))
        elif kind == "tongue":
            draw(ellipse(x - 0.16, y + 0.03, 0.25, 0.07), (52, 28, 36))
            draw(rounded([(x - 0.3, y), (x - 0.34, y + 0.7), (x + 0.06, y + 0.7), (x, y)], 3))

    def scarf(self):
        colour = COLOURS[self.creature.scarf]
        long = self.creature.neck == "long"
        middle = self.head + (np.array([-0.05, 0.55]) if long else np.array([-0.3, 0.42]))
        self.add("scarf", ellipse(*middle, 0.36 if long else 0.52, 0.17, angle=0.15 if long else 0.55), colour)
        hang = middle + (-0.12, 0.05)
        self.add("scarf", rounded([hang + (-0.14, 0), hang + (0.14, 0), hang + (0.2, 0.62), hang + (-0.2, 0.62)], 1), darker(colour, 0.12))
