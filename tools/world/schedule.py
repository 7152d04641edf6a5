"""How long and how hard a model is trained."""

import math
from dataclasses import dataclass


@dataclass
class Schedule:
    """The learning rate rises for 60 steps and falls as a cosine to 2 % of `rate`."""

    steps: int
    rate: float = 1e-3
    circled: float = 0.35  # share of pictures that point at a part
    affinity: float = 10.0  # weight of the patch tokens' likeness
    named: float = 0.3  # share of captions that say a class and nothing else
    every_class: bool = False  # whether each batch holds a caption of every class besides
    scale: float = 1 / 0.07  # what cosines are multiplied by at first
    batch: int = 128
    stop: int | None = None  # ends the schedule early
    seed: int = 1

    def factor(self, step):
        return min(1, (step + 1) / 60) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * step / self.steps)))
