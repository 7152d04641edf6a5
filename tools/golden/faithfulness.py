#!/usr/bin/env python3
"""Golden files for Tests/ConceptsTests/Faithfulness: importance, pictures with regions blurred, curves and areas.

    python -m venv V && V/bin/pip install numpy==2.2.6 opencv-python-headless==4.12.0.88
    V/bin/python tools/golden/faithfulness.py

writes Tests/ConceptsTests/Golden/faithfulness/*.json. Pictures are blurred by OpenCV, with (size, size), 0. Everything else is
said again here from docs/method.md, in double precision and apart from the Swift sources: no library has it, and the paper's
code has none of it. A small linear map of 4×4 mean colours stands for the vision encoder, so that the answers follow from the
pictures. Seeds are fixed, so a second run gives the same files.
"""

import base64
import hashlib
import json
import pathlib

import cv2
import numpy as np

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "Tests/ConceptsTests/Golden/faithfulness"
MASK64 = (1 << 64) - 1
CELLS = 4


def write(name, cases):
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{name}.json"
    path.write_text("[\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "\n]\n")
    print(f"{path.name}: {len(cases)} cases, {path.stat().st_size} bytes")


def b64(values):
    return base64.b64encode(bytes(values)).decode()


def unit(x):
    x = np.asarray(x, float)
    norm = np.linalg.norm(x, axis=-1, keepdims=True)
    return np.divide(x, norm, out=np.zeros_like(x), where=norm > 0)


def floats(array):
    """As single precision has them, which is what the program is given."""
    return np.asarray(array, np.float32).astype(float)


# Importance ------------------------------------------------------------------------------------------------------


def sinkhorn(scores, iterations=3000):
    p = np.exp(scores)
    if len(p) == 1:
        return p / p.sum()
    for _ in range(iterations):
        p = p / p.sum(1, keepdims=True) * (p.shape[1] / p.shape[0])
        p = p / p.sum(0, keepdims=True)
    return p


def importances(rng, parts, bank, transport):
    e = 12
    image = floats(rng.normal(size=e))
    pictures = floats(rng.normal(size=(parts, 3, e)) + image)
    classes = floats(rng.normal(size=(3, e)))
    table = floats(rng.normal(size=(bank, e)) + image)
    bare = floats(rng.normal(size=(bank, e)) + image)
    part = unit(pictures).mean(1)
    relevance = unit(bare) @ unit(image)
    logits = part @ unit(table).T
    if bank == 0:
        picks = [None] * parts
    elif transport:
        # All descriptors are candidates here, and none is filtered away.
        picks = [int(np.argmax(row)) for row in sinkhorn(2.5 * logits)]
    else:
        picks = [int(np.argmax(row)) for row in logits]
    likeness = unit(part) @ unit(image)
    values = [float(likeness[i] * (1 if picks[i] is None else relevance[picks[i]])) for i in range(parts)]
    return {
        "width": e, "transport": transport, "image": image.tolist(), "classes": classes.ravel().tolist(),
        "parts": pictures.reshape(parts, -1).tolist(), "bank": table.ravel().tolist(), "bare": bare.ravel().tolist(),
        "picks": picks, "values": values,
        "order": sorted(range(parts), key=lambda i: (-values[i], i)),
    }


# Randomness ------------------------------------------------------------------------------------------------------


class SplitMix64:
    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK64
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK64
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK64
        return z ^ (z >> 31)

    def below(self, bound):
        return (self.next() * bound) >> 64


def generator(seed, content, explainer, null, draw):
    message = seed.to_bytes(8, "big", signed=True) + content + explainer.encode() + b"\0" + null.encode() + b"\0"
    return SplitMix64(int.from_bytes(hashlib.sha256(message + draw.to_bytes(8, "big")).digest()[:8], "big"))


def shuffled(count, random):
    order = list(range(count))
    for place in range(count):
        other = place + random.below(count - place)
        order[place], order[other] = order[other], order[place]
    return order


def moved(masks, random):
    side = masks.shape[1]
    offset = 1 + random.below(side * side - 1)
    return np.roll(masks, (offset // side, offset % side), (1, 2))


# Curves ----------------------------------------------------------------------------------------------------------


def blur(picture, size):
    return cv2.GaussianBlur(picture, (size, size), 0)


def encode(picture, weights):
    side = picture.shape[0] // CELLS
    means = picture.astype(float).reshape(CELLS, side, CELLS, side, 3).mean((1, 3)).ravel() / 255
    return weights @ (means - 0.5)


def digest(picture):
    """As in drawing.py: sum of (byte + 1) * M^(bytes behind it), modulo 2^64, in hex."""
    value = 0
    for byte in np.ascontiguousarray(picture).tobytes():
        value = (value * 6364136223846793005 + byte + 1) & MASK64
    return f"{value:016x}"


def blobs(rng, count, size):
    """Regions that touch and don't overlap, of any size down to a pixel; nothing is known of the rest."""
    owner = np.full((size, size), -1)
    for region in range(count):
        for _ in range(rng.integers(1, 4)):
            y, x, h, w = rng.integers(0, size), rng.integers(0, size), rng.integers(1, size // 2), rng.integers(1, size // 2)
            owner[y:y + h, x:x + w] = region
    return np.array([owner == region for region in range(count)]).reshape(count, size, size)


def walk(rng, size, count, steps, blurs, draws, label, classes, explainer="kmeans"):
    e = 6
    coarse = rng.integers(0, 256, (6, 6, 3))
    picture = cv2.resize(coarse.astype(np.uint8), (size, size), interpolation=cv2.INTER_LINEAR)
    picture = np.clip(picture.astype(int) + rng.integers(-60, 61, picture.shape), 0, 255).astype(np.uint8)
    weights = floats(rng.normal(size=(e, CELLS * CELLS * 3)))
    table = floats(rng.normal(size=(classes, e)))
    masks = blobs(rng, count, size)
    importance = [float(v) for v in rng.permutation(count) / 7]
    if count > 2:
        # Equal ones go by number.
        importance[2] = importance[0]
    content = bytes(rng.integers(0, 256, 32).tolist())
    seed = int(rng.integers(-5, 1000))
    ranked = sorted(range(count), key=lambda i: (-importance[i], i))

    margins = []

    def answer(x):
        cosines = unit(table) @ unit(encode(x, weights))
        if classes > 1:
            best = np.sort(cosines)
            margins.append(best[-1] - best[-2])
        return cosines

    predicted = int(np.argmax(answer(picture)))

    def pictures(order, regions, deleting):
        side = blurs[0] if deleting else blurs[1]
        soft = blur(picture, side)
        for k in range(steps + 1):
            chosen = np.zeros((size, size), bool)
            for region in order[:k]:
                chosen |= regions[region]
            yield np.where((chosen if deleting else ~chosen)[..., None], soft, picture)

    def trial(variant, ways):
        curves = {}
        for name, hits, deleting in [("deletion", "acc_drop", True), ("insertion", "acc_inc", False)]:
            answers = [[answer(x) for x in pictures(order, regions, deleting)] for order, regions in ways]
            scores = np.array([[2.5 * a[predicted] for a in way] for way in answers]).mean(0)
            curves[name] = scores.tolist()
            if label is not None:
                right = np.array([[int(np.argmax(a)) == label for a in way] for way in answers])
                curves[hits] = right.mean(0).tolist()
        areas = {name: float(np.trapezoid(curve)) for name, curve in curves.items()}
        return {"variant": variant, "curves": curves, "areas": areas,
                "means": {name: area / steps for name, area in areas.items()}}

    own = [(ranked, masks)]
    reordered = [(shuffled(count, generator(seed, content, explainer, "random_order", d)), masks) for d in range(draws[0])]
    elsewhere = [(ranked, moved(masks, generator(seed, content, explainer, "random_regions", d))) for d in range(draws[1])]
    trials = [trial(name, ways) for name, ways in
              [("importance", own), ("random_order", reordered), ("random_regions", elsewhere)] if ways]

    stages = [{"mask": b64(np.packbits(m)), "name": n} for n, m in
              [("nearest", blobs(rng, 1, size)[0]), ("component", blobs(rng, 1, size)[0])]]
    soft = blur(picture, blurs[0])
    for stage in stages:
        m = np.unpackbits(np.frombuffer(base64.b64decode(stage["mask"]), np.uint8))[:size * size].reshape(size, size) > 0
        seen = answer(np.where(m[..., None], picture, soft))
        stage["score"] = float(2.5 * seen[predicted])
        stage["predicted"] = int(np.argmax(seen))
    if margins and min(margins) < 1e-4:
        return None
    return {
        "explainer": explainer, "size": size, "picture": b64(picture.tobytes()), "weights": weights.ravel().tolist(),
        "classes": table.ravel().tolist(), "classCount": classes, "masks": [b64(np.packbits(m)) for m in masks],
        "importance": importance, "steps": steps, "blur": blurs[0], "insertionBlur": blurs[1],
        "draws": list(draws), "label": label, "seed": seed, "contentHash": content.hex(), "predicted": predicted,
        "stages": stages, "trials": trials,
        # Of the walk by importance: nothing but the regions' pixels is OpenCV's blur.
        "deletions": [digest(x) for x in pictures(ranked, masks, True)],
        "insertions": [digest(x) for x in pictures(ranked, masks, False)],
    }


def main():
    rng = np.random.default_rng(20)
    write("importances", [
        importances(rng, parts, bank, transport)
        for parts, bank, transport in
        [(5, 40, False), (5, 40, True), (1, 9, False), (1, 9, True), (3, 0, True), (7, 12, True), (4, 5, False)]
    ])
    walks = []
    for size, count, steps, blurs, draws, label, classes in [
        (24, 5, 5, (11, 11), (1, 1), 2, 4), (32, 3, 5, (11, 31), (3, 4), 0, 3), (24, 1, 1, (5, 5), (1, 1), 1, 3),
        (24, 1, 4, (11, 11), (2, 2), None, 3), (24, 0, 3, (11, 11), (1, 1), 0, 2), (24, 4, 4, (3, 101), (0, 2), 0, 1),
        (48, 7, 7, (11, 21), (2, 0), 5, 9), (48, 2, 6, (21, 11), (0, 0), 1, 5),
    ]:
        case = None
        while case is None:
            case = walk(rng, size, count, steps, blurs, draws, label, classes)
        walks.append(case)
    right = {variant for case in walks for trial in case["trials"] for variant in trial["curves"].get("acc_drop", [])}
    assert {0.0, 1.0} <= right, right
    write("walks", walks)


main()
