"""What texts that a picture does not show cost the mask of the text that it shows, against the zoo's own masks.

    python Benchmarks/dense_masks.py [--entente PATH] [--model vit-s12] [--pictures-per-class 4] [-- OPTIONS OF dense]

For every method one text is there, the picture's class, and 0, 1, 5 and 20 are not: classes of other families, drawn by a seed, the same for
all methods. Prints a table of mean mask IoU with a 95 % interval from resampling classes. Needs Pillow and numpy.
"""

import argparse
import json
import pathlib
import subprocess
import tempfile

import numpy
from PIL import Image

ROOT = pathlib.Path(__file__).resolve().parents[1]
ZOO = ROOT / "share/zoo"
METHODS = ["raw", "maskclip", "clip-surgery", "sclip", "naclip", "clearclip", "resclip", "sc-clip", "cliptrase"]


def phrase(name):
    return f"a photo of a {name.replace('-', ' ')}."


def texts(name, names, absent):
    generator = numpy.random.default_rng(names.index(name))
    others = [n for n in names if n.split("-")[1] != name.split("-")[1]]
    return [phrase(n) for n in generator.permutation(others)[:absent]] + [phrase(name)]


def overlaps(options, method, name, names, absent, scratch):
    """IoU of the class's mask in each of its pictures."""
    pictures = [ZOO / "heldout" / name / f"{n:03}.jpg" for n in range(options.pictures_per_class)]
    asked = texts(name, names, absent)
    (scratch / "texts.json").write_text(json.dumps(asked))
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        subprocess.run(
            [options.entente, "dense", "--model", ZOO / "models" / options.model, "--method", method, "--json-file", scratch / "texts.json",
             "--output", scratch / "out.safetensors", "--artifacts", folder, *options.more, *pictures], check=True)
        found = []
        for summary in pathlib.Path(folder).glob("*.json"):
            said = json.loads(summary.read_text())
            mask = numpy.asarray(Image.open(pathlib.Path(folder) / said["labels"]["file"])) == said["texts"][-1]["label"]
            path = pathlib.Path(said["image"])
            truth = numpy.asarray(Image.open(ZOO / "masks" / name / (path.stem + ".png")).convert("L")) > 0
            found.append((mask & truth).sum() / max((mask | truth).sum(), 1))
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--entente", default=str(ROOT / ".build/release/entente"))
    parser.add_argument("--model", default="vit-s12")
    parser.add_argument("--methods", nargs="+", default=METHODS)
    parser.add_argument("--absent", type=int, nargs="+", default=[0, 1, 5, 20])
    parser.add_argument("--pictures-per-class", type=int, default=4)
    parser.add_argument("--every", type=int, default=1, help="take every so manieth class")
    parser.add_argument("more", nargs="*", help="options of dense, behind --")
    options = parser.parse_args()
    names = sorted(p.name for p in (ZOO / "heldout").iterdir())
    shown = names[::options.every]
    print("| method | " + " | ".join(f"{n} absent" for n in options.absent) + " |")
    print("|---|" + "---|" * len(options.absent))
    with tempfile.TemporaryDirectory() as scratch:
        for method in options.methods:
            cells = []
            for absent in options.absent:
                found = numpy.array([overlaps(options, method, name, names, absent, pathlib.Path(scratch)) for name in shown])
                picks = numpy.random.default_rng(0).integers(0, len(found), (2000, len(found)))
                low, high = numpy.percentile(found[picks].mean((1, 2)), [2.5, 97.5])
                cells.append(f"{found.mean():.3f} [{low:.3f}, {high:.3f}]")
            print(f"| {method} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
