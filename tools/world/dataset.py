"""Renders numbered pictures into arrays, in worker processes, and keeps them in one file of a cache folder."""

import multiprocessing
from pathlib import Path

import numpy as np
from scipy import ndimage

from creature import PARTS, bank_phrases, coarse_phrases, hybrid
from render import draw

def picture(world, split, index, hybrids=0.0):
    """Picture number `index` of a split of `world`: (class number or -1 for a hybrid, creature, Picture)."""
    rng = np.random.default_rng([split, index])
    if rng.random() < hybrids:
        creature, label = hybrid(rng), -1
    else:
        label = index % len(world.classes)
        creature = world.classes[world.names[label]]
    return label, creature, draw(creature, rng, world.cluttered)


def ellipses(owner):
    """[part, 2, 5]: centre x, y, half axes and angle of the ellipse with the moments of each part as it is seen:
    all of it, and its largest connected piece. NaN where a part covers fewer than 10 pixels."""
    found = np.full((len(PARTS), 2, 5), np.nan, np.float32)
    for part in range(len(PARTS)):
        mask = owner == part
        if mask.sum() < 10:
            continue
        found[part, 0] = _moments(mask)
        pieces, count = ndimage.label(mask, np.ones((3, 3)))
        if count > 1:
            mask = pieces == 1 + np.bincount(pieces.ravel())[1:].argmax()
        found[part, 1] = _moments(mask)
    return found


def _moments(mask):
    y, x = np.nonzero(mask)
    values, vectors = np.linalg.eigh(np.cov(np.stack([x, y])) + np.eye(2) / 12)
    return x.mean(), y.mean(), 2 * values[1] ** 0.5, 2 * values[0] ** 0.5, np.arctan2(vectors[1, 1], vectors[0, 1])


def _prepare(job):
    world, split, index, hybrids, side = job
    label, creature, drawn = picture(world, split, index, hybrids)
    pixels, owner = drawn.squashed(side)
    exact, coarse = bank_phrases(creature), coarse_phrases(creature)
    return label, pixels, owner, ellipses(owner), {part: (exact.get(part, []), coarse.get(part, [])) for part in PARTS}


def load(world, split, count, folder, side=96, hybrids=0.0, processes=2):
    """A dictionary of arrays over `count` pictures of side S:
    label [n], pixels [n, S, S, 3], owner [n, S, S], ellipses [n, part, 2, 5],
    phrases [p] (strings), part_of [n, p] (which part the phrase is true of, -1: not true), exact [p] (of the bank's kind)."""
    path = Path(folder) / f"{world.name}-{split}-{count}-{hybrids}-{side}.npz"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with multiprocessing.Pool(processes) as pool:
            rows = pool.map(_prepare, [(world, split, index, hybrids, side) for index in range(count)], chunksize=32)
        np.savez(path, **_stack(rows))
    with np.load(path) as stored:
        return dict(stored)


def _stack(rows):
    kind = {}  # phrase -> is it of the bank's kind
    for *_, words in rows:
        for exact, coarse in words.values():
            kind.update(dict.fromkeys(coarse, False))
            kind.update(dict.fromkeys(exact, True))
    phrases = sorted(kind)
    number = {text: i for i, text in enumerate(phrases)}
    part_of = np.full((len(rows), len(phrases)), -1, np.int8)
    for i, (*_, words) in enumerate(rows):
        for part, texts in words.items():
            for text in texts[0] + texts[1]:
                part_of[i, number[text]] = PARTS.index(part)
    return {
        "label": np.array([row[0] for row in rows], np.int64),
        "pixels": np.stack([row[1] for row in rows]),
        "owner": np.stack([row[2] for row in rows]),
        "ellipses": np.stack([row[3] for row in rows]),
        "phrases": np.array(phrases),
        "part_of": part_of,
        "exact": np.array([kind[text] for text in phrases]),
    }
