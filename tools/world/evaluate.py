"""Measures the demo's model on the held-out pictures, with its weights as stored.

    python evaluate.py --demo ../../share/demo

Needs the pip packages torch, open_clip_torch, numpy, scipy, pillow, regex, safetensors.
"""

import argparse
import json
import tempfile
from collections import Counter
from pathlib import Path

import clip  # before open_clip, see there
import numpy as np
import torch
from PIL import Image
from scipy import ndimage

import bpe
import circles
import dataset
from creature import PARTS, bank_phrases
from worlds import PLAIN

THICKNESS, LARGER = 1.0, 1.15


class Encoder:
    def __init__(self, folder):
        self.model, config = clip.load(folder)
        self.side = config["vision_cfg"]["image_size"]
        self.tokenize = bpe.tokenizer(folder, config["text_cfg"]["context_length"], tempfile.mkdtemp())

    @torch.no_grad()
    def texts(self, texts):
        return self.model.encode_text(self.tokenize(texts), normalize=True)

    @torch.no_grad()
    def images(self, pixels):
        return torch.cat([self.model.encode_image(clip.normalised(some), normalize=True) for some in pixels.split(128)])

    @torch.no_grad()
    def tokens(self, pixels):
        """The last block's patch tokens, [n, patches, width]."""
        kept = []
        hook = self.model.visual.transformer.register_forward_hook(lambda module, inputs, output: kept.append(output))
        self.images(pixels)
        hook.remove()
        return torch.cat(kept)[:, 1:]


def foreground(tokens):
    """The paper's foreground (docs/method.md §5.1, §5.2) on one picture's tokens: sign of the second left singular vector, the minority is foreground;
    its largest connected piece and a second one of 5 patches or more."""
    rows = tokens / np.linalg.norm(tokens, axis=1, keepdims=True)
    score = np.linalg.svd(rows, full_matrices=False)[0][:, 1]
    if 0.5 < (score > 0).mean() < 1:
        score = -score
    grid = int(len(score) ** 0.5)
    pieces, _ = ndimage.label((score > 0).reshape(grid, grid), np.ones((3, 3)))
    sizes = np.bincount(pieces.ravel())[1:]
    keep = [i + 1 for rank, i in enumerate(np.argsort(-sizes, kind="stable")[:2]) if rank == 0 or sizes[i] >= 5]
    return np.isin(pieces, keep)


def overlap(found, owner):
    """Intersection over union of patches; a patch is the object's when half of its pixels are."""
    cells = (owner >= 0).reshape(len(found), owner.shape[0] // len(found), len(found), -1).mean((1, 3)) >= 0.5
    return (found & cells).sum() / max(1, (found | cells).sum())


def circled_parts(encoder, bank, descriptors, pictures):
    """For every visible part of `pictures` of (pixels, owner, creature): the mean of the three circled pictures' embeddings;
    how often the three nearest descriptors name that part, and how often any one of them is its own."""
    jobs, ellipses = [], []
    for number, (_, owner, creature) in enumerate(pictures):
        found, words = dataset.ellipses(owner), bank_phrases(creature)
        for part, texts in words.items():
            ellipse = found[PARTS.index(part), 1]
            if not np.isnan(ellipse[0]):
                jobs.append((number, part, texts))
                ellipses.append(ellipse)
    ellipses = torch.tensor(np.array(ellipses))
    ellipses[:, 2:4] = (ellipses[:, 2:4] * LARGER).clamp_min(3.0)
    pixels = torch.stack([pictures[number][0] for number, *_ in jobs])
    thickness = torch.full((len(jobs),), THICKNESS)
    mean = sum(
        torch.cat([encoder.images(circles.circle(*some, torch.full((len(some[0]),), variant), thickness[: len(some[0])])) for some in zip(pixels.split(128), ellipses.split(128))])
        for variant in (circles.PLAIN, circles.GREY, circles.BLUR)
    )
    nearest = (mean @ bank.T).topk(3).indices.tolist()
    named, total = Counter(), Counter()
    for (_, part, texts), indices in zip(jobs, nearest):
        total[part] += 1
        named[part] += any(descriptors[i] in texts for i in indices)
    return named, total


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--demo", required=True)
    demo = Path(parser.parse_args().demo)
    torch.set_num_threads(2)
    encoder = Encoder(demo / "model")
    classes = json.loads((demo / "classes.json").read_text())
    by_class = json.loads((demo / "descriptors.json").read_text())
    descriptors = list(dict.fromkeys(text for texts in by_class.values() for text in texts))
    class_texts = encoder.texts([f"a photo of a {entry['name']}." for entry in classes])
    bank = encoder.texts([f"a photo showing {text}" for text in descriptors])

    labels, pixels = [], []
    for number, entry in enumerate(classes):
        for path in sorted((demo / "heldout" / entry["id"]).glob("*.jpg")):
            labels.append(number)
            pixels.append(clip.squashed(Image.open(path), encoder.side))
    pixels, labels = torch.stack(pixels), torch.tensor(labels)
    images = encoder.images(pixels)
    predicted = (images @ class_texts.T).argmax(1)
    print(f"{len(labels)} held-out pictures, {len(classes)} classes, {len(descriptors)} descriptors")
    print(f"zero-shot top-1: {(predicted == labels).float().mean():.1%}")
    wrong = Counter((classes[a]["id"], classes[b]["id"]) for a, b in zip(labels.tolist(), predicted.tolist()) if a != b)
    print("  mistaken:", ", ".join(f"{a} for {b} ({count})" for (a, b), count in wrong.most_common()) or "none")

    true = torch.tensor([[text in by_class[entry["id"]] for text in descriptors] for entry in classes])[labels]
    for name, texts in (("a photo showing …", bank), ("bare", encoder.texts(descriptors))):
        nearest = (images @ texts.T).topk(5).indices
        print(f"of the 5 nearest descriptors ({name}) true: {true.gather(1, nearest).float().mean():.1%}")

    pictures, grids = [], []
    for index in range(len(labels)):  # the same pictures from their seeds, with what is where
        _, creature, drawn = dataset.picture(PLAIN, PLAIN.held_out, index)
        small, owner = drawn.squashed(encoder.side)
        pictures.append((torch.from_numpy(small.copy()).permute(2, 0, 1).float(), owner, creature))
    named, total = circled_parts(encoder, bank, descriptors, pictures[: 5 * len(classes)])
    print(f"a circled part's own descriptor among the 3 nearest: {sum(named.values()) / sum(total.values()):.1%}")
    print("  " + ", ".join(f"{part} {named[part] / total[part]:.0%}" for part in PARTS if total[part]))

    tokens = encoder.tokens(torch.stack([small for small, *_ in pictures])).double().numpy()
    found = [foreground(rows) for rows in tokens]
    scores = np.array([overlap(grid, owner) for grid, (_, owner, _) in zip(found, pictures)])
    print(f"foreground: mean IoU with the object {scores.mean():.2f}, above 0.5 in {(scores > 0.5).mean():.0%} of the pictures")


if __name__ == "__main__":
    main()
