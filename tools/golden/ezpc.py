#!/usr/bin/env python3
"""Golden file for Tests/ConceptsTests/Rivals: EZPC's map as its released code trains it.

    git clone https://github.com/oonat/ezpc R && git -C R checkout bdf53788d46d
    python -m venv V && V/bin/pip install torch==2.13.0 numpy==2.4.6
    V/bin/python tools/golden/ezpc.py --released R

writes Tests/ConceptsTests/Golden/rivals/trained_maps.json. Losses, gradients (autograd's), steps and the map that is kept are those of the
released model.py and train.py, in double precision; only utils.py, which wants data sets and a CLIP, is left out. Seeds are fixed, so a
second run gives the same file.
"""

import argparse
import contextlib
import importlib
import io
import json
import pathlib
import sys
import types

import numpy as np
import torch

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "Tests/ConceptsTests/Golden/rivals"
UNUSED = ["set_seed", "load_backbone", "backbone_to_name", "load_dataset_config", "load_train_embeddings", "get_text_embs", "plot_loss"]


def released(folder):
    sys.path.insert(0, folder)
    sys.modules["utils"] = types.SimpleNamespace(DATASET_CHOICES=[], **{name: None for name in UNUSED})
    return importlib.import_module("model").EZPC, importlib.import_module("train").optimize_param


def unit(x):
    """Of length 1, rounded as the program rounds."""
    x = torch.tensor(x, dtype=torch.float64)
    return (x / x.norm(dim=1, keepdim=True)).float().double()


def made(EZPC, optimize, number, descriptors, classes, width, pictures, weight, rate, epochs=50):
    random = np.random.default_rng(number)
    texts, names, images = (np.float32(random.normal(size=(n, width))) for n in (descriptors, classes, pictures))
    rows, targets, seen = unit(texts), unit(names), unit(images)
    model = EZPC(rows, weight)
    model(seen, targets)[2].backward()
    gradient = model.A.grad.T.ravel().tolist()
    model = EZPC(rows, weight)
    with contextlib.redirect_stdout(io.StringIO()):
        best, _, _, losses = optimize(model, [seen], targets, epochs, rate, "cpu")
    return {"descriptors": texts.ravel().tolist(), "classes": names.ravel().tolist(), "images": images.ravel().tolist(), "width": width,
            "weight": weight, "rate": rate, "epochs": epochs, "gradient": gradient, "losses": losses,
            "trained": model.A.detach().T.ravel().tolist(), "best": best.T.ravel().tolist()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--released", required=True, help="checkout of oonat/ezpc")
    EZPC, optimize = released(parser.parse_args().released)
    # The last one's rate is too high to settle, so that what is kept is not what it ends with.
    cases = [made(EZPC, optimize, 0, 9, 4, 6, 20, 1.0, 0.01), made(EZPC, optimize, 1, 5, 3, 8, 11, 5.0, 0.01),
             made(EZPC, optimize, 2, 12, 6, 5, 7, 40.0, 0.5)]
    path = FOLDER / "trained_maps.json"
    path.write_text("[\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "\n]\n")
    print(f"{path.name}: {len(cases)} cases, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
