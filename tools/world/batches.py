"""Training batches: pictures mirrored, moved and lit a little differently each time, some of them pointing at a part."""

from dataclasses import dataclass

import numpy as np
import torch

import circles

SHIFT = 4  # pixels a picture is moved at most


@dataclass
class Batch:
    pixels: torch.Tensor  # [b, 3, S, S] in 0…255
    owner: torch.Tensor  # [b, S, S]: the part seen at each pixel, -1 for the scene
    circled: np.ndarray  # [b]: the part the picture points at, -1 for none
    rows: np.ndarray  # [b]: numbers of the pictures


class Batches:
    def __init__(self, data, seed, circled, size):
        self.data, self.size = data, size
        self.share = circled  # of the pictures that point at a part
        self.rng = np.random.default_rng(seed)
        self.generator = torch.Generator().manual_seed(seed)
        self.queue = np.empty(0, int)

    def rows(self):
        if len(self.queue) < self.size:
            self.queue = self.rng.permutation(len(self.data["label"]))
        rows, self.queue = self.queue[: self.size], self.queue[self.size :]
        return rows

    def draw(self):
        rows, rng, size = self.rows(), self.rng, self.size
        pixels = torch.from_numpy(self.data["pixels"][rows]).permute(0, 3, 1, 2).float()
        ellipses = self.data["ellipses"][rows].copy()
        side = pixels.shape[-1]
        mirrored = rng.random(size) < 0.5
        owner = torch.from_numpy(self.data["owner"][rows].astype(np.float32))[:, None]
        pixels = torch.cat([pixels, owner], 1)  # moved together
        pixels[mirrored] = pixels[mirrored].flip(-1)
        ellipses[mirrored, ..., 0] = side - 1 - ellipses[mirrored, ..., 0]
        ellipses[mirrored, ..., 4] *= -1
        padded = torch.nn.functional.pad(pixels, (SHIFT,) * 4, mode="replicate")
        for i, (dx, dy) in enumerate(rng.integers(0, 2 * SHIFT + 1, (size, 2))):
            pixels[i] = padded[i, :, dy : dy + side, dx : dx + side]
            ellipses[i, ..., :2] += (SHIFT - dx, SHIFT - dy)
        pixels, owner = pixels[:, :3], pixels[:, 3].to(torch.int8)
        pixels = (pixels * torch.from_numpy(rng.uniform(0.92, 1.08, (size, 1, 1, 1)).astype(np.float32))).clamp(0, 255)

        circled = np.full(size, -1)
        chosen = np.zeros((size, 5), np.float32)
        for i in np.flatnonzero(rng.random(size) < self.share):
            spoken = np.unique(self.data["part_of"][rows[i]])
            seen = [part for part in spoken if part >= 0 and not np.isnan(ellipses[i, part, 0, 0])]
            if not seen:  # a caption of another picture may name none of this one's parts
                continue
            circled[i] = rng.choice(seen)
            chosen[i] = ellipses[i, circled[i], rng.integers(2)]
        some = np.flatnonzero(circled >= 0)
        loose = circles.loosened(torch.from_numpy(chosen[some]), self.generator)
        variant = torch.from_numpy(rng.integers(0, 3, len(some)))
        thickness = torch.from_numpy(rng.choice([1.0, 1.0, 2.0], len(some)).astype(np.float32))
        pixels[some] = circles.circle(pixels[some], loose, variant, thickness)
        return Batch(pixels, owner, circled, rows)
