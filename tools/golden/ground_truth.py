#!/usr/bin/env python3
"""Golden files for the scores against ground truth and for correlations, from scikit-learn, SciPy and numpy.

    python tools/golden/ground_truth.py

writes Tests/ConceptsTests/Golden/concepts/{ground_truth,correlations}.json. Needs numpy, scipy and scikit-learn. Seeds are
fixed, so a second run gives the same files.
"""

import base64
import json
import pathlib

import numpy as np
import scipy.stats
from sklearn.metrics import adjusted_rand_score
from sklearn.metrics.cluster import contingency_matrix

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "Tests/ConceptsTests/Golden/concepts"


def write(name, cases):
    path = FOLDER / f"{name}.json"
    path.write_text("[\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "\n]\n")
    print(f"{path.name}: {len(cases)} cases, {path.stat().st_size} bytes")


def blobs(rng, height, width, count):
    """A mask of parts 1…count around random middles, 0 far from all of them."""
    y, x = np.mgrid[:height, :width]
    middles = rng.uniform(0.2, 0.8, (count, 2)) * (height, width)
    distance = np.stack([np.hypot((y - a) / height, (x - b) / width) for a, b in middles])
    return np.where(distance.min(0) < rng.uniform(0.12, 0.35), distance.argmin(0) + 1, 0)


def majority(mask, height, width):
    """Naively: every pixel votes in the patch that it lies in; of equals the smallest."""
    votes = np.zeros((height, width, mask.max() + 1), int)
    for y in range(height):
        for x in range(width):
            rows = slice(y * mask.shape[0] // height, (y + 1) * mask.shape[0] // height)
            columns = slice(x * mask.shape[1] // width, (x + 1) * mask.shape[1] // width)
            votes[y, x] = np.bincount(mask[rows, columns].ravel(), minlength=mask.max() + 1)
    return votes.argmax(2)


def painted(box, height, width, scale):
    """A box (left, top, right, bottom as shares) on a fine canvas, for overlaps by counting."""
    canvas = np.zeros((scale * height, scale * width), bool)
    left, top, right, bottom = (int(round(value)) for value in np.array(box) * ([scale * width, scale * height] * 2))
    canvas[top:bottom, left:right] = True
    return canvas


def truths():
    rng = np.random.default_rng(5)
    for number in range(40):
        height, width = (int(side) for side in rng.integers(24, 60, 2))
        grid = [(7, 7), (4, 9), (12, 12), (5, 5)][number % 4]
        mask = blobs(rng, height, width, int(rng.integers(1, 6)))
        if not mask.any():
            continue
        found = blobs(rng, *grid, int(rng.integers(1, 5))) - 1
        if number % 3 == 0:
            found = majority(mask, *grid) - 1
        if number == 9:
            found[:] = -1
        rows, columns = np.nonzero(mask)
        box = [int(columns.min()), int(rows.min()), int(columns.max()), int(rows.max())]
        overlap = chance = 0.0
        if (found >= 0).any():
            r, c = np.nonzero(found >= 0)
            ours = (c.min() / grid[1], r.min() / grid[0], (c.max() + 1) / grid[1], (r.max() + 1) / grid[0])
            theirs = (box[0] / width, box[1] / height, (box[2] + 1) / width, (box[3] + 1) / height)
            # On a canvas where both kinds of edge fall between pixels the count is exact.
            h, w = height * grid[0], width * grid[1]
            a, b = painted(ours, h, w, 1), painted(theirs, h, w, 1)
            overlap = (a & b).sum() / (a | b).sum()
            # The same box wherever it fits.
            across, down = int(c.max() - c.min()) + 1, int(r.max() - r.min()) + 1
            elsewhere = [
                painted((x / grid[1], y / grid[0], (x + across) / grid[1], (y + down) / grid[0]), h, w, 1)
                for y in range(grid[0] - down + 1) for x in range(grid[1] - across + 1)
            ]
            chance = np.mean([2 * (a & b).sum() > (a | b).sum() for a in elsewhere])
        shown = majority(mask, *grid)
        either, both = (found >= 0) | (shown > 0), (found >= 0) & (shown > 0)
        table = contingency_matrix(found[both], shown[both]) if both.any() else np.zeros((1, 1))
        bank = 30
        true = sorted(int(i) for i in rng.choice(bank, 8, replace=False))
        vision = [int(i) for i in rng.choice(bank, int(rng.integers(0, 12)), replace=False)]
        mutual = vision[::2]
        yield {
            "width": width, "height": height, "mask": base64.b64encode(mask.astype(np.uint8).tobytes()).decode(),
            "box": box, "grid": grid, "found": found.ravel().tolist(), "bank": bank, "true": true, "vision": vision,
            "mutual": mutual, "boxOverlap": float(overlap), "boxChance": float(chance),
            "foregroundOverlap": float(both.sum() / max(1, either.sum())),
            "purity": float(table.max(1).sum() / both.sum()) if both.any() else None,
            "adjustedRandIndex": float(adjusted_rand_score(found[both], shown[both])) if both.sum() > 1 else None,
            "mutualTrue": len(set(mutual) & set(true)), "visionTrue": len(set(vision) & set(true)),
        }


def correlations():
    rng = np.random.default_rng(6)
    for count in (2, 3, 5, 8, 13, 40):
        for kind in range(3):
            x = rng.normal(size=count)
            y = [rng.normal(size=count), x + 0.5 * rng.normal(size=count), np.round(rng.normal(size=count))][kind]
            if len(set(y)) < 2:
                y[0] += 1
            yield {
                "x": x.tolist(), "y": y.tolist(), "pearson": float(scipy.stats.pearsonr(x, y)[0]),
                "spearman": float(scipy.stats.spearmanr(x, y)[0]),
            }


if __name__ == "__main__":
    write("ground_truth", list(truths()))
    write("correlations", list(correlations()))
