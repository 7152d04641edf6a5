"""The zoo's recipes: which models there are and how each is trained."""

from dataclasses import dataclass

from configurations import transformer
from schedule import Schedule

PICTURES, HYBRIDS = 12000, 0.2
TEXT_LAYERS = 2


@dataclass
class Recipe:
    vision: dict  # open_clip's vision_cfg
    schedule: Schedule
    pictures: int = PICTURES
    noise: float = 0.0  # share of pictures that are described as another one is
    sigmoid: bool = False  # SigLIP's pool, texts and loss instead of CLIP's
    start: str | None = None  # the model whose blocks a sigmoid one begins with

    @property
    def side(self):
        return self.vision["image_size"]


def _vit(width=128, layers=4, patch=12):
    return transformer(width, layers, patch)


def _schedule(steps=1200, affinity=10.0):
    return Schedule(steps, rate=1.5e-3, batch=64, circled=0.25, scale=30.0, every_class=True, affinity=affinity)


ZOO = {
    "vit-s12": Recipe(_vit(), _schedule()),
    "vit-s16": Recipe(_vit(patch=16), _schedule()),
    "vit-m12": Recipe(_vit(width=192, layers=6), _schedule()),
    "vit-t12": Recipe(_vit(width=64, layers=2), _schedule()),
    "vit-s12-few": Recipe(_vit(), _schedule(), pictures=240),
    "vit-s12-noisy": Recipe(_vit(), _schedule(), noise=0.5),
    "siglip-s12": Recipe(_vit(), _schedule(300, affinity=100.0), sigmoid=True, start="vit-s12"),
    "resnet": Recipe({"image_size": 160, "layers": [1, 1, 1, 1], "width": 16}, _schedule()),
}
