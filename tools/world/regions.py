"""Patches speak for the part they show. Trained on whole pictures alone, the last block's patch tokens of a small model
have little structure, so two things are asked of them: for a region of the picture, the mean of its patches' embeddings is
held against captions as a whole picture is; and tokens are to be as alike as what their patches show."""

import numpy as np
import torch

from creature import PARTS

BACKGROUND = len(PARTS)  # a region of its own, with a phrase of its own
BACKGROUND_PHRASE = "the background"
SAME, CREATURE, APART = 0.95, 0.7, 0.4  # cosines of tokens: the same part (or scene), two parts, a part and the scene
LEAST = 0.3  # a part counts as seen when it covers this share of some patch


class PatchTokens:
    """What a vision tower knew of each patch during the latest forward pass: `latest` [b, patches, width], from a transformer's
    last block (without the class token) or a convolutional network's last map."""

    def __init__(self, model):
        visual = model.visual
        self.embeds = hasattr(visual, "transformer")  # else no single patch can be embedded as a picture is
        if self.embeds:
            visual.transformer.register_forward_hook(lambda module, inputs, output: self.keep(output[:, 1:]))
        else:
            last = visual.layer4 if hasattr(visual, "layer4") else visual.trunk.stages
            last.register_forward_hook(lambda module, inputs, output: self.keep(output.flatten(2).transpose(1, 2)))

    def keep(self, tokens):
        self.latest = tokens

    def embedded(self, visual):
        """Patches as the class token would be embedded, [b, patches, e]."""
        return visual.ln_post(self.latest) @ visual.proj

    def patch(self, side):
        """Pixels a side of a patch in a picture of `side`."""
        return side // int(self.latest.shape[1] ** 0.5)


def with_background(data):
    """`data` with one more phrase, true of no part."""
    count = len(data["label"])
    return data | {
        "phrases": np.append(data["phrases"], BACKGROUND_PHRASE),
        "part_of": np.concatenate([data["part_of"], np.full((count, 1), -1, np.int8)], 1),
        "exact": np.append(data["exact"], True),
    }


def cover(owner, patch):
    """Which share of each patch a part covers, the background last: [b, region, patches]."""
    planes = torch.stack([owner == part for part in (*range(len(PARTS)), -1)], 1).float()
    return torch.nn.functional.avg_pool2d(planes, patch).flatten(2)


def affinity_loss(tokens, cover):
    """How far the cosines of `tokens` [b, patches, d] are from those wanted, mean square."""
    shown = cover.argmax(1)
    scene = shown == BACKGROUND
    wanted = torch.where(scene[:, :, None] == scene[:, None], CREATURE, APART)
    wanted = torch.where(shown[:, :, None] == shown[:, None], SAME, wanted)
    rows = torch.nn.functional.normalize(tokens.float(), dim=-1)
    return (rows @ rows.transpose(1, 2) - wanted).square().mean()


def choose(cover, part_of, rng, background=0.25):
    """One region for each picture: (weights [b, patches], region [b], part_of [b, p] in which the background is true
    where it was chosen)."""
    part_of = part_of.copy()
    region = np.full(len(cover), BACKGROUND)
    for i, row in enumerate(cover.amax(2).numpy()):
        seen = [part for part in np.unique(part_of[i]) if part >= 0 and row[part] >= LEAST]
        if seen and rng.random() >= background:
            region[i] = rng.choice(seen)
        else:
            part_of[i, -1] = BACKGROUND
    weights = cover[torch.arange(len(cover)), torch.from_numpy(region)] ** 2
    return weights / weights.sum(1, keepdim=True).clamp_min(1e-6), region, part_of
