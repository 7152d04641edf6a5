"""Pictures that point: a pure red ellipse around one part, and optionally the rest in grey or out of focus.

Web-trained CLIP models have met circled pictures; a model trained from scratch has to be shown some."""

import torch
from torch.nn.functional import conv2d, pad

PLAIN, GREY, BLUR = 0, 1, 2


def circle(pixels, ellipse, variant, thickness):
    """`pixels` [n, 3, S, S] in 0…255, `ellipse` [n, 5] (centre x, y, half axes, angle), `variant` and `thickness` [n]."""
    side = pixels.shape[-1]
    grid = torch.arange(side, dtype=torch.float32)
    x = grid[None, None, :] - ellipse[:, 0, None, None]
    y = grid[None, :, None] - ellipse[:, 1, None, None]
    a, b, angle = (ellipse[:, i, None, None] for i in (2, 3, 4))
    u = (x * angle.cos() + y * angle.sin()) / a
    v = (-x * angle.sin() + y * angle.cos()) / b
    level = (u * u + v * v).sqrt()
    slope = ((u / a) ** 2 + (v / b) ** 2).sqrt() / level.clamp_min(1e-6)
    distance = (level - 1) / slope.clamp_min(1e-6)  # from the outline, in pixels, to first order
    line = distance.abs() <= thickness[:, None, None] / 2
    outside = (level > 1)[:, None]
    picked = variant[:, None, None, None]
    result = torch.where(outside & (picked == GREY), grey(pixels), pixels)
    result = torch.where(outside & (picked == BLUR), blurred(pixels), result)
    red = torch.tensor([255.0, 0.0, 0.0])[None, :, None, None]
    return torch.where(line[:, None], red, result)


def grey(pixels):
    weights = torch.tensor([0.299, 0.587, 0.114])[None, :, None, None]
    return (pixels * weights).sum(1, keepdim=True).expand_as(pixels)


def blurred(pixels):
    """Gaussian, 11×11, σ = 2, borders reflected."""
    t = torch.arange(-5.0, 6.0)
    taps = torch.exp(-t * t / 8)
    taps = (taps / taps.sum()).expand(3, 1, 11)
    out = conv2d(pad(pixels, (5, 5, 5, 5), mode="reflect"), taps[:, :, None, :], groups=3)
    return conv2d(out, taps[:, :, :, None], groups=3)


def loosened(ellipse, generator):
    """The part's ellipse as a rough hand would draw it: larger, shifted, turned a little."""
    n = len(ellipse)
    uniform = lambda low, high, *shape: low + (high - low) * torch.rand(*shape, generator=generator)
    out = ellipse.clone()
    out[:, :2] += uniform(-2.0, 2.0, n, 2)
    out[:, 2:4] = (ellipse[:, 2:4] * uniform(0.95, 1.35, n, 2)).clamp_min(3.0)
    out[:, 4] += uniform(-0.15, 0.15, n)
    return out
