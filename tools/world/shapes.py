"""Outlines as arrays of points [n, 2] in the creature's own frame: x towards the head, y down, a body about 2 wide."""

import numpy as np


def ellipse(cx, cy, rx, ry, angle=0.0, power=2.0, count=48):
    """An ellipse; `power` above 2 makes it boxy."""
    t = np.linspace(0, 2 * np.pi, count, endpoint=False)
    c, s = np.cos(t), np.sin(t)
    x = rx * np.sign(c) * np.abs(c) ** (2 / power)
    y = ry * np.sign(s) * np.abs(s) ** (2 / power)
    ca, sa = np.cos(angle), np.sin(angle)
    return np.stack([cx + ca * x - sa * y, cy + sa * x + ca * y], 1)


def rounded(points, rounds=3):
    """A polygon with its corners cut `rounds` times (Chaikin)."""
    points = np.asarray(points, float)
    for _ in range(rounds):
        after = np.roll(points, -1, 0)
        points = np.stack([0.75 * points + 0.25 * after, 0.25 * points + 0.75 * after], 1).reshape(-1, 2)
    return points


def curve(points, count=24):
    """A smooth line through `points` (Catmull-Rom)."""
    p = np.asarray(points, float)
    p = np.concatenate([2 * p[:1] - p[1:2], p, 2 * p[-1:] - p[-2:-1]])
    steps = max(2, count // (len(p) - 3))
    out = []
    for a, b, c, d in zip(p, p[1:], p[2:], p[3:]):
        t = np.linspace(0, 1, steps, endpoint=False)[:, None]
        out.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3))
    return np.concatenate(out + [p[-2:-1]])


def stroke(line, start, end=None):
    """A line as a closed outline, `start` thick at its first point and `end` at its last, with round ends."""
    line = np.asarray(line, float)
    end = start if end is None else end
    direction = np.gradient(line, axis=0)
    direction /= np.linalg.norm(direction, axis=1, keepdims=True) + 1e-9
    normal = np.stack([-direction[:, 1], direction[:, 0]], 1)
    half = np.linspace(start, end, len(line))[:, None] / 2
    left, right = line + normal * half, line - normal * half

    def cap(centre, forward, radius):
        base = np.arctan2(forward[1], forward[0])
        t = np.linspace(base + np.pi / 2, base - np.pi / 2, 7)
        return centre + radius * np.stack([np.cos(t), np.sin(t)], 1)

    return np.concatenate([left, cap(line[-1], direction[-1], end / 2), right[::-1], cap(line[0], -direction[0], start / 2)])


def edge(outline, angle):
    """The point of `outline` seen farthest from its middle in direction `angle` (degrees, clockwise from the head)."""
    middle = outline.mean(0)
    away = outline - middle
    turn = np.abs((np.degrees(np.arctan2(away[:, 1], away[:, 0])) - angle + 180) % 360 - 180)
    return outline[turn.argmin()]
