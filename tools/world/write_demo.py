"""Writes everything of the demo but the model: classes, descriptor bank, analysis, held-out pictures.

    python write_demo.py --output ../../share/demo

Needs the pip packages numpy, scipy and pillow.
"""

import argparse
import json
from pathlib import Path

from PIL import Image

import dataset
from bestiary import NAMES, bank, identifier, unique_descriptors

PER_CLASS = 10

ANALYSIS = """\
name: demo
model: model
classes: classes.json
templates: ["a photo of a {{}}."]
descriptors: descriptors.json
descriptor_template: "a photo showing {{}}"
method:
  decomposition: image
  image: squash
  features: tokens
  foreground: {{by: svd, threshold: sign, crf: false}}
  parts: {{by: [kmeans], count: 5, seed: 0}}
  prompting: {{thickness: 1, blur: 11}}
  retrieval: {{candidates: {candidates}, per_part: 3, relevance: mean_minus, offset: 0.02, transport: {{lambda: 1, iterations: 1000}}}}
  language: {{class: predicted, count: {language}}}
"""


def write_json(path, value):
    """One entry a line, so that changes can be read."""
    entries = [json.dumps(entry) for entry in value] if isinstance(value, list) else [f"{json.dumps(key)}: {json.dumps(item)}" for key, item in value.items()]
    left, right = "[]" if isinstance(value, list) else "{}"
    path.write_text(left + "\n  " + ",\n  ".join(entries) + "\n" + right + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--output", required=True)
    folder = Path(parser.parse_args().output)
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / "classes.json", [{"id": identifier(name), "name": name} for name in NAMES])
    write_json(folder / "descriptors.json", {identifier(name): texts for name, texts in bank().items()})
    size = len(unique_descriptors())
    (folder / "analysis.yaml").write_text(ANALYSIS.format(candidates=round(size / 4), language=min(20, size // 8)))
    for index in range(PER_CLASS * len(NAMES)):
        label, _, drawn = dataset.picture(dataset.HELD_OUT, index)
        path = folder / "heldout" / identifier(NAMES[label]) / f"{index // len(NAMES):03d}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(drawn.pixels).save(path, quality=88, optimize=True)


if __name__ == "__main__":
    main()
