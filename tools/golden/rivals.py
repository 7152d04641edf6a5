#!/usr/bin/env python3
"""Golden files for Tests/ConceptsTests/Rivals: trained heads that explain.

    python -m venv V && V/bin/pip install torch==2.13.0 numpy==2.4.6
    V/bin/python tools/golden/rivals.py

writes Tests/ConceptsTests/Golden/rivals/heads.json. Gradients are autograd's, steps torch.optim.Adam's, rates CosineAnnealingLR's, in
double precision. The heads themselves nobody has released: they are said again here from docs/rivals.md in the paper's own form,
queries times values over q, and apart from the Swift sources, which never make the product over q. Noise is SplitMix64's, said
again too. Seeds are fixed, so a second run gives the same file.
"""

import json
import math
import pathlib

import numpy as np
import torch
from torch.nn import functional

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "Tests/ConceptsTests/Golden/rivals"
MASK = (1 << 64) - 1
START, ORDER, NOISE = 0, 1, 2


class SplitMix64:
    def __init__(self, seed):
        self.state = seed & MASK

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    def below(self, bound):
        return (self.next() * bound) >> 64

    def uniform(self):
        return ((self.next() >> 11) + 0.5) * 2.0**-53

    def gumbel(self):
        return -math.log(-math.log(self.uniform()))


def generator(seed, purpose, first, second=0):
    state = SplitMix64(seed).next() ^ purpose
    for number in (first, second):
        state = SplitMix64(state).next() ^ number
    return SplitMix64(state)


def tensors(case):
    q, e, d, concepts, classes = case["width"], case["text_width"], case["patch_width"], case["concepts"], case["classes"]
    if case["method"] == "feature_maps":
        return [((concepts, d), d), ((concepts,), d)]
    return [((q, e), e), ((q,), e), ((q, d), d), ((q,), d), ((q,), q), ((1,), q), ((classes, concepts), concepts)]


def start(case):
    made = []
    for number, (shape, fan) in enumerate(tensors(case)):
        draw = generator(case["seed"], START, number)
        values = [(2 * draw.uniform() - 1) / math.sqrt(fan) for _ in range(math.prod(shape))]
        made.append(torch.tensor(values, dtype=torch.float64).reshape(shape).requires_grad_())
    return made


def order(case, epoch):
    draw = generator(case["seed"], ORDER, epoch)
    places = list(range(case["pictures"]))
    for place in range(len(places)):
        other = place + draw.below(len(places) - place)
        places[place], places[other] = places[other], places[place]
    return places


def assignment(logits, method, temperature, draw):
    """[D, n]: what of each patch each concept has."""
    if method == "mm_cbm":
        return logits.softmax(1)
    noise = torch.tensor([draw.gumbel() if draw else 0.0 for _ in range(logits.numel())], dtype=torch.float64).reshape(logits.shape)
    soft = ((logits + noise) / temperature).softmax(0)
    hard = functional.one_hot(soft.argmax(0), len(soft)).T.double()
    return hard - soft.detach() + soft


def bottleneck(case, weights, texts, features, draw=None):
    """Scores of the classes, presence of the concepts, and the assignment."""
    to_query, query_bias, to_value, value_bias, read_out, bias, classifier = weights
    queries = texts @ to_query.T + query_bias
    values = features @ to_value.T + value_bias
    shares = assignment(queries @ values.T, case["method"], case["temperature"], draw)
    presence = torch.sigmoid((shares @ values) @ read_out + bias)
    return classifier @ presence, presence, shares


def kept(case, draw):
    height, width = case["grid"]
    side = min(case["block"], height, width)
    rows, columns = height - side + 1, width - side + 1
    chance = case["drop"] * height * width / (side * side * rows * columns)
    mask = np.ones((height, width), bool)
    for row in range(rows):
        for column in range(columns):
            if draw.uniform() < chance:
                mask[row : row + side, column : column + side] = False
    return torch.tensor(mask.ravel() if mask.any() else np.ones(height * width, bool))


def loss(case, weights, texts, targets, features, label, draw):
    if case["method"] == "feature_maps":
        scores = weights[0] @ features[kept(case, draw)].mean(0) + weights[1]
        return functional.binary_cross_entropy_with_logits(scores, targets[label])
    return functional.cross_entropy(bottleneck(case, weights, texts, features, draw)[0][None], torch.tensor([label]))


def flat(weights):
    return torch.cat([w.detach().ravel() for w in weights]).tolist()


def made(method, number, **others):
    case = {
        "method": method, "concepts": 11, "text_width": 6, "patch_width": 7, "classes": 4, "width": 5, "grid": [3, 4], "pictures": 20,
        "batch": 8, "epochs": 17, "rate": 0.01, "final_rate": 0.001, "temperature": 0.7, "block": 2, "drop": 0.3, "seed": 41 + number,
    } | others
    random = np.random.default_rng(number)
    patches = case["grid"][0] * case["grid"][1]
    texts = np.float32(random.normal(size=(case["concepts"], case["text_width"])))
    texts = np.float32(texts / np.linalg.norm(texts.astype(float), axis=1, keepdims=True))
    labels = [int(x) for x in random.integers(0, case["classes"], case["pictures"])]
    centres = random.normal(size=(case["classes"], patches, case["patch_width"]))
    features = np.float32(2 * (centres[labels] + 0.5 * random.normal(size=(case["pictures"], patches, case["patch_width"]))))
    owned = [sorted(int(x) for x in random.choice(case["concepts"], 3, replace=False)) for _ in range(case["classes"])]
    targets = torch.zeros(case["classes"], case["concepts"], dtype=torch.float64)
    for row, some in enumerate(owned):
        targets[row, some] = 1
    # As the program has them: of length 1 by its own rounding.
    unit = torch.tensor(texts, dtype=torch.float64)
    unit = (unit / unit.norm(dim=1, keepdim=True)).float().double()
    pictures = torch.tensor(features, dtype=torch.float64)

    weights = start(case)
    case["start"] = flat(weights)
    per_epoch = math.ceil(case["pictures"] / case["batch"])
    steps = case["epochs"] * per_epoch
    adam = torch.optim.Adam(weights, lr=case["rate"])
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(adam, steps, case["final_rate"])
    losses = []
    for step in range(50):
        some = order(case, step // per_epoch)[step % per_epoch * case["batch"] :][: case["batch"]]
        adam.zero_grad()
        value = torch.stack(
            [loss(case, weights, unit, targets, pictures[i], labels[i], generator(case["seed"], NOISE, step, place)) for place, i in enumerate(some)]
        ).mean()
        value.backward()
        if step == 0:
            case["gradient"] = torch.cat([w.grad.ravel() for w in weights]).tolist()
        adam.step()
        schedule.step()
        losses.append(value.item())
    case |= {"steps": steps, "losses": losses, "trained": flat(weights), "texts": texts.ravel().tolist(), "labels": labels,
             "features": features.ravel().tolist(), "targets": owned}
    case["explained"] = [explained(case, weights, unit, pictures[i], label) for i in range(4) for label in range(case["classes"])]
    return case


@torch.no_grad()
def explained(case, weights, texts, features, label, count=3):
    """Of the most important concepts: descriptor, importance and patches."""
    patches = len(features)
    if case["method"] == "feature_maps":
        norms = features.norm(dim=0)
        regions = []
        for channel in norms.argsort(descending=True, stable=True)[:count].tolist():
            column = features[:, channel]
            scaled = (column - column.min()) / (column.max() - column.min())
            active = scaled >= 0.9
            scores = weights[0] @ features[active].mean(0) + weights[1]
            regions.append((int(scores.argmax()), norms[channel].item(), active))
    else:
        _, presence, shares = bottleneck(case, weights, texts, features)
        contributions = weights[-1][label] * presence
        seen = shares > 1 / patches if case["method"] == "mm_cbm" else shares > 0.5
        some = [int(c) for c in contributions.argsort(descending=True, stable=True) if seen[c].any()][:count]
        regions = [(c, contributions[c].item(), seen[c]) for c in some]
    return {"label": label, "descriptors": [r[0] for r in regions], "importances": [r[1] for r in regions],
            "patches": [[i for i in range(patches) if r[2][i]] for r in regions]}


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    cases = [
        made("mm_cbm", 0), made("mm_cbm", 1, pictures=9, batch=16, epochs=60, grid=[1, 5]),
        made("mm_protosim", 2), made("mm_protosim", 3, temperature=1.5, width=3, classes=2),
        made("feature_maps", 4), made("feature_maps", 5, block=5, drop=0.6, grid=[2, 3]),
    ]
    path = FOLDER / "heads.json"
    path.write_text("[\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "\n]\n")
    print(f"{path.name}: {len(cases)} cases, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
