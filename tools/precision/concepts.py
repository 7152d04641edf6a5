#!/usr/bin/env python3
"""Measures what narrowing a vision encoder costs in concepts, over the zoo's held-out pictures, and prints docs/precision.md's table.

    swift build -c release --product entente
    python3 tools/precision/concepts.py [--entente PROGRAM] [--every N] [--pictures FOLDER] [MODEL ...]
    python3 tools/precision/concepts.py --full-size ViT-B-16 --every 14

Runs `entente analyze --json` with share/zoo/MODEL.yaml as it is and with `method.precision` bf16 and int8, on every N-th picture of each
class, and compares picture by picture and part method by part method. Needs nothing but Python and the program.

With --full-size the model is a vision transformer of share/architectures with random weights (random_vision.py, which needs numpy), beside the
texts of vit-s12. Such weights have none of the outliers that training makes, and tell pictures apart by little.

With --pictures others than the held-out ones, a folder a class: choices are made on training pictures (tools/world/write_training.py).

With --calibration FOLDER, of training pictures, int8 is measured once more, fitted to the model by them. With --outliers EXPONENT the models
have outliers of 2^EXPONENT planted (outliers.py, which needs numpy): in fp32 they are the same.

concepts, mutual   mean Jaccard index of the sets (two empty sets are alike)
Spearman           of the pictures' AUC, released / membership, the lower of the part methods
AUC                change of the mean AUC, released / membership, of the part method with the larger one, in percent
top-1              share of pictures that are predicted alike; right: the accuracies before and after
"""

import argparse
import json
import os
import pathlib
import re
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
ZOO = ROOT / "share/zoo"
MODELS = ["vit-t12", "vit-s12", "vit-s12-few", "vit-s12-noisy", "vit-s16", "vit-m12", "siglip-s12", "resnet"]
# Whose texts a model of full size is given.
TEXTS = "vit-s12"


def analyze(program, model, precision, pictures, weights=None, calibration=None):
    """The report of each picture, by its path; of the analysis of a model of the zoo, with another directory of weights if one is given."""
    text = (ZOO / f"{model}.yaml").read_text()
    for key in ("model", "classes", "descriptors"):
        text = re.sub(rf"(?m)^({key}): (.*)$", lambda found: f"{found[1]}: {ZOO / found[2]}", text)
    if weights:
        text = re.sub(r"(?m)^model: .*$", f"model: {weights}", text)
    if precision != "fp32":
        assert text.count("\nmethod:\n") == 1
        text = text.replace("\nmethod:\n", f"\nmethod:\n  precision: {precision}\n")
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(text)
        file.flush()
        command = [program, "analyze", "--json", "--analysis", file.name]
        command += ["--calibration", str(calibration)] if calibration else []
        command += map(str, pictures)
        environment = {**os.environ, "ENTENTE_SHARE": str(ROOT / "share")}
        out = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment).stdout
    reports = [json.loads(line) for line in out.splitlines()]
    return {report["image"]: report for report in reports}


def jaccard(a, b):
    return len(a & b) / len(a | b) if a | b else 1.0


def ranks(values):
    order = sorted(range(len(values)), key=values.__getitem__)
    out = [0.0] * len(values)
    first = 0
    while first < len(order):
        end = first
        while end < len(order) and values[order[end]] == values[order[first]]:
            end += 1
        for place in order[first:end]:
            out[place] = (first + end - 1) / 2
        first = end
    return out


def spearman(a, b):
    a, b = ranks(a), ranks(b)
    mean = (len(a) - 1) / 2
    covariance = sum((x - mean) * (y - mean) for x, y in zip(a, b))
    return covariance / (sum((x - mean) ** 2 for x in a) * sum((y - mean) ** 2 for y in b)) ** 0.5


def compare(before, now):
    images = sorted(before.keys() & now.keys())
    assert len(images) == len(before) == len(now) and images
    result = {"images": len(images)}
    result["top-1"] = sum(before[i]["prediction"]["class"] == now[i]["prediction"]["class"] for i in images) / len(images)
    result["right"] = [sum(pathlib.Path(i).parent.name == r[i]["prediction"]["class"] for i in images) / len(images) for r in (before, now)]
    methods = sorted(before[images[0]]["part_methods"])
    for name, key in (("concepts", "vision_concepts"), ("mutual", "mutual_concepts")):
        pairs = [[{c["descriptor"] for c in r[i]["part_methods"][m][key]} for r in (before, now)] for i in images for m in methods]
        result[name] = sum(jaccard(*pair) for pair in pairs) / len(pairs)
    for estimator in ("released", "membership"):
        correlations, changes = [], []
        for method in methods:
            values = [[r[i]["part_methods"][method]["estimators"][estimator]["auc"] for r in (before, now)] for i in images]
            # Of pictures with nothing to be mutual there is none.
            values = [pair for pair in values if None not in pair]
            a, b = map(list, zip(*values))
            correlations.append(spearman(a, b))
            changes.append(100 * (sum(b) / sum(a) - 1))
        result[f"spearman {estimator}"] = min(correlations)
        result[f"auc {estimator}"] = max(changes, key=abs)
    return result


def print_rows(name, calibration, analyze):
    """The lines of one model; `analyze` gives the reports of a precision, of int8 also with pictures to calibrate by."""
    before = analyze("fp32", None)
    forms = [("bf16", None), ("int8", None)] + ([("int8", calibration)] if calibration else [])
    for precision, told in forms:
        row = compare(before, analyze(precision, told))
        print(
            f"| {name} | {precision}{', calibrated' if told else ''} | {row['images']} | {row['concepts']:.3f} | {row['mutual']:.3f} "
            f"| {row['spearman released']:.4f} / {row['spearman membership']:.4f} "
            f"| {row['auc released']:+.2f} % / {row['auc membership']:+.2f} % | {100 * row['top-1']:.1f} % "
            f"| {100 * row['right'][0]:.1f} → {100 * row['right'][1]:.1f} % |",
            flush=True,
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entente", default=str(ROOT / ".build/release/entente"))
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--pictures", type=pathlib.Path, default=ZOO / "heldout", help="a folder a class")
    parser.add_argument("--full-size", metavar="ARCHITECTURE", help="random weights of a vision transformer in place of the zoo's models")
    parser.add_argument("--calibration", type=pathlib.Path, help="training pictures, a folder a class")
    parser.add_argument("--outliers", type=int, metavar="EXPONENT")
    parser.add_argument("models", nargs="*", default=MODELS)
    arguments = parser.parse_args()
    if arguments.outliers and arguments.full_size:
        parser.error("--outliers are planted in the zoo's models, not in random weights")
    if arguments.outliers:
        arguments.models = [model for model in arguments.models if model.startswith("vit-")]
        if not arguments.models:
            parser.error("--outliers are planted in the zoo's vit- models alone")
    pictures = [p for folder in sorted(arguments.pictures.iterdir()) for p in sorted(folder.iterdir())[:: arguments.every]]
    print("| model | precision | pictures | concepts | mutual | Spearman | AUC | top-1 | right |")
    print("|---|---|---|---|---|---|---|---|---|")
    if arguments.full_size:
        import random_vision

        with tempfile.TemporaryDirectory() as folder:
            random_vision.write(ROOT / "share/architectures" / f"{arguments.full_size}.json", ZOO / "models" / TEXTS, folder)
            print_rows(
                arguments.full_size,
                arguments.calibration,
                lambda precision, told: analyze(arguments.entente, TEXTS, precision, pictures, folder, told),
            )
        return
    for model in arguments.models:
        with tempfile.TemporaryDirectory() as folder:
            if arguments.outliers:
                import outliers

                outliers.plant(ZOO / "models" / model, folder, exponent=arguments.outliers)
            weights = folder if arguments.outliers else None
            print_rows(
                model,
                arguments.calibration,
                lambda precision, told: analyze(arguments.entente, model, precision, pictures, weights, told),
            )


if __name__ == "__main__":
    main()
