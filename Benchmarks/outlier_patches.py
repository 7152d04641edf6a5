#!/usr/bin/env python3
"""Patches whose tokens are far longer than the others', as large models have them, and whether they become the foreground.

    python Benchmarks/outlier_patches.py [--entente .build/release/entente] [--models siglip-s12 vit-s12] [--pictures-per-class 4]

Prints two Markdown tables over held-out pictures of the zoo. The first is of the features as they are: how long the longest rows are, and how
often a long row and any other is foreground, by `entente encode` and `entente analyze`. The second plants what a model of this size may not have:
one or three patches a picture, at places of their own, become ten times as long as the median and point in one direction in all pictures; or
are ten times as long as they were. Its foreground is worked out here, by docs/method.md §5 (svd, sign, connected pieces), and the first line says in
how many pictures the same sums give entente's own. Needs numpy, scipy, pillow and safetensors; some minutes of one core a model.
"""

import argparse
import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image
from safetensors.numpy import load_file
from scipy import ndimage

ROOT = Path(__file__).resolve().parents[1]
ZOO = ROOT / "share/zoo"
LONG = 2  # times the picture's median
PLANTED = 10
ANALYSIS = """\
name: outliers
model: {zoo}/models/{model}
classes: {zoo}/classes.json
descriptors: {zoo}/descriptors.json
method: {{image: official, features: {features}, foreground: {{crf: false}}, parts: {{by: [kmeans]}}, prompting: {{mode: single_pass}}, language: {{count: 16}}}}
"""


def pictures(each):
    return [path for place in sorted((ZOO / "heldout").iterdir()) for path in sorted(place.iterdir())[:each]]


def encoded(entente, model, paths, folder):
    """The last block's tokens and keys, [n, patches, d]."""
    target = folder / "features.safetensors"
    command = [entente, "encode", "--model", ZOO / "models" / model, "--output", target, "--include", "patch_tokens,patch_keys", *paths]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    found = load_file(target)
    return {"tokens": found["patch_tokens"], "keys": found["patch_keys"]}


def analysed(entente, model, features, paths, folder):
    """entente's own foreground, [n, patches]."""
    analysis = folder / "analysis.yaml"
    analysis.write_text(ANALYSIS.format(zoo=ZOO, model=model, features=features))
    ended = subprocess.run([entente, "analyze", "--analysis", analysis, "--json", *paths], check=True, capture_output=True, text=True)
    reports = [json.loads(line) for line in ended.stdout.splitlines()]
    parts = [part for report in reports for part in report["part_methods"].values()]
    return np.array([part["foreground"] for part in parts]).reshape(len(paths), -1).astype(bool)


def shows_object(path, side):
    """Of which patches the object covers more than half, [patches]."""
    mask = np.array(Image.open(ZOO / "masks" / path.relative_to(ZOO / "heldout").with_suffix(".png"))) > 0
    size = side * 24
    shown = np.array(Image.fromarray(mask).resize((size, size), Image.NEAREST))
    return shown.reshape(side, 24, side, 24).mean((1, 3)).ravel() > 0.5


def foreground(rows):
    """docs/method.md §5 of one picture: second column of U, the rarer sign, the largest piece and a second one of five patches or more."""
    score = np.linalg.svd(rows / np.linalg.norm(rows, axis=1, keepdims=True), full_matrices=False)[0][:, 1]
    score[np.abs(score) < 1e-9 * np.abs(score).max()] = 0
    if score[np.argmax(np.abs(score) >= np.abs(score).max() - 1e-9)] < 0:
        score = -score
    if 0.5 < (score > 0).mean() < 1:
        score = -score
    side = int(len(score) ** 0.5)
    pieces, count = ndimage.label((score > 0).reshape(side, side), np.ones((3, 3)))
    if count == 0:
        return np.arange(len(score)) == score.argmax()
    sizes = np.bincount(pieces.ravel())[1:]
    order = np.argsort(-sizes, kind="stable")
    kept = [order[0] + 1] + [number + 1 for number in order[1:2] if sizes[number] >= 5]
    return np.isin(pieces, kept).ravel()


def overlap(found, shown):
    """Mean over the pictures of intersection over union."""
    return ((found & shown).sum(1) / np.maximum((found | shown).sum(1), 1)).mean()


def share(part, whole):
    return f"{part.sum() / whole.sum():.1%}" if whole.any() else "none"


def measured(model, features, rows, found, shown):
    """A line of the first table."""
    lengths = np.linalg.norm(rows, axis=2)
    ratio = lengths / np.median(lengths, axis=1, keepdims=True)
    long = ratio > LONG
    longest = np.arange(rows.shape[1])[None] == ratio.argmax(1)[:, None]
    side = int(rows.shape[1] ** 0.5)
    edge = np.broadcast_to(np.pad(np.zeros((side - 2, side - 2), bool), 1, constant_values=True).ravel(), long.shape)
    cells = [model, features, f"{ratio.max():.2f}", f"{long.sum()} of {long.size}", share(found & long, long), share(found & ~long, ~long)]
    cells += [share(found & longest, longest), share(edge & longest, longest), share(shown & longest, longest), f"{overlap(found, shown):.2f}"]
    return "| " + " | ".join(cells) + " |"


def planted(rows, count, generator, alike):
    """(rows with `count` outliers a picture, which they are)."""
    changed, places = rows.copy(), np.zeros(rows.shape[:2], bool)
    direction = generator.standard_normal(rows.shape[2])
    direction /= np.linalg.norm(direction)
    for picture, place in zip(changed, places):
        chosen = generator.choice(len(picture), count, replace=False)
        place[chosen] = True
        length = PLANTED * np.median(np.linalg.norm(picture, axis=1))
        picture[chosen] = length * direction if alike else PLANTED * picture[chosen]
    return changed, places


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--entente", default=str(ROOT / ".build/release/entente"))
    parser.add_argument("--models", nargs="+", default=["siglip-s12", "vit-s12"])
    parser.add_argument("--pictures-per-class", type=int, default=4)
    options = parser.parse_args()
    paths = pictures(options.pictures_per_class)
    own, others, equal = [], [], []
    with tempfile.TemporaryDirectory() as scratch:
        for model in options.models:
            features = encoded(options.entente, model, paths, Path(scratch))
            side = int(features["tokens"].shape[1] ** 0.5)
            shown = np.array([shows_object(path, side) for path in paths])
            for name, rows in features.items():
                rows = rows.astype(np.float64)
                found = analysed(options.entente, model, name, paths, Path(scratch))
                again = np.array([foreground(picture) for picture in rows])
                equal.append(f"{model} {name} {(again == found).all(1).sum()} of {len(paths)}")
                own.append(measured(model, name, rows, found, shown))
                for alike, count in ((False, 3), (True, 1), (True, 3)):
                    changed, places = planted(rows, count, np.random.default_rng(1), alike)
                    after = np.array([foreground(picture) for picture in changed])
                    said = "one direction" if alike else "their own direction"
                    cells = [model, name, str(count), said, share(after & places, places), f"{overlap(again, shown):.2f}", f"{overlap(after, shown):.2f}"]
                    others.append("| " + " | ".join(cells) + " |")
    print(f"{len(paths)} pictures; the same foreground here as entente's: {', '.join(equal)}\n")
    print(f"| model | features | longest row, medians | rows beyond {LONG} | foreground of these | of the others | of each picture's longest | at the border | on the object | object IoU |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    print("\n".join(own))
    print("\n| model | features | planted a picture | in | of them foreground | object IoU before | after |")
    print("|---|---|---|---|---|---|---|")
    print("\n".join(others))


if __name__ == "__main__":
    main()
