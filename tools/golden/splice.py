#!/usr/bin/env python3
"""Golden files for Tests/ConceptsTests/Rivals: SpLiCE's weights by its released code, EZPC's contributions.

    git clone https://github.com/AI4LIFE-GROUP/SpLiCE R && git -C R checkout 9a498102ce7c
    python -m venv V && V/bin/pip install torch==2.13.0 numpy==2.4.6 scikit-learn==1.9.1
    V/bin/python tools/golden/splice.py --released R

writes Tests/ConceptsTests/Golden/rivals/{sparse,maps}.json. The released class centres, decomposes (scikit-learn's Lasso) and puts
together again; its dictionary is centred as its loader does it, which is said again here, since the loader wants a vocabulary and a
CLIP. EZPC's products are said again from docs/rivals.md §7. Seeds are fixed, so a second run gives the same files.
"""

import argparse
import importlib.util
import json
import pathlib
import sys

import numpy as np
import torch

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "Tests/ConceptsTests/Golden/rivals"


def released(folder):
    """SPLICE, without running the package's __init__, which wants a CLIP."""
    package = pathlib.Path(folder) / "splice"
    spec = importlib.util.spec_from_file_location("splice", package / "__init__.py", submodule_search_locations=[str(package)])
    sys.modules["splice"] = importlib.util.module_from_spec(spec)
    return importlib.import_module("splice.model").SPLICE


def unit(x):
    return torch.nn.functional.normalize(x, dim=1)


def floats(random, rows, columns):
    return np.float32(random.normal(size=(rows, columns)))


def sparse(SPLICE, number, descriptors, width, penalty, alike=0.0):
    random = np.random.default_rng(number)
    common = random.normal(size=width)
    texts = np.float32(floats(random, descriptors, width) + 2 * common)
    if alike:
        texts[descriptors // 2 :] = np.float32(texts[: descriptors - descriptors // 2] + alike * floats(random, descriptors - descriptors // 2, width))
    images = np.float32(floats(random, 9, width) + 3 * random.normal(size=width))
    dictionary = unit(torch.tensor(texts, dtype=torch.float64))
    dictionary = unit(dictionary - dictionary.mean(0))
    embeddings = torch.tensor(images, dtype=torch.float64)
    mean = unit(embeddings).mean(0)
    model = SPLICE(mean, dictionary, solver="skl", l1_penalty=penalty, return_weights=True, device="cpu")
    weights = model.encode_image(embeddings)
    cosines = (model.recompose_image(weights) * unit(embeddings)).sum(1)
    return {"descriptors": texts.ravel().tolist(), "images": images.ravel().tolist(), "width": width, "penalty": penalty,
            "weights": weights.tolist(), "cosines": cosines.tolist()}


def concept_map(number, descriptors, classes, width):
    random = np.random.default_rng(number)
    texts, names, images = floats(random, descriptors, width), floats(random, classes, width), floats(random, 3, width)
    rows, targets, seen = (unit(torch.tensor(x, dtype=torch.float64)) for x in (texts, names, images))
    contributions = (seen @ rows.T)[:, None, :] * (targets @ rows.T)[None]
    return {"descriptors": texts.ravel().tolist(), "classes": names.ravel().tolist(), "images": images.ravel().tolist(), "width": width,
            "contributions": contributions.tolist(), "scores": (seen @ rows.T @ rows @ targets.T).tolist()}


def write(name, cases):
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{name}.json"
    path.write_text("[\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "\n]\n")
    print(f"{path.name}: {len(cases)} cases, {path.stat().st_size} bytes")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--released", required=True, help="checkout of AI4LIFE-GROUP/SpLiCE")
    SPLICE = released(parser.parse_args().released)
    write("sparse", [sparse(SPLICE, 0, 20, 8, 0.05), sparse(SPLICE, 1, 40, 12, 0.15), sparse(SPLICE, 2, 30, 16, 0.01, alike=0.3),
                     sparse(SPLICE, 3, 12, 6, 1.95)])
    write("maps", [concept_map(4, 9, 3, 5), concept_map(5, 4, 6, 8)])


if __name__ == "__main__":
    main()
