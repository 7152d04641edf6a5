"""Writes everything of the zoo but the models: classes, descriptor bank, one analysis a model, held-out pictures, and what is
true of them (`truth.json`, `masks/`).

    python write_zoo.py --output ../../share/zoo [--each 14]

Needs the pip packages numpy, scipy and pillow.
"""

import argparse
import json
from pathlib import Path

import files
from creature import PARTS
from recipes import ZOO
from worlds import CLUTTERED

ANALYSIS = """\
name: {name}
model: models/{name}
classes: classes.json
templates: ["a photo of a {{}}."]
descriptors: descriptors.json
descriptor_template: "a photo showing {{}}"
method:
  foreground: {{by: svd, threshold: sign, crf: true}}
  parts: {{by: [pca, kmeans], count: 5, seed: 0}}
  prompting: {{thickness: 1, blur: 11}}
  retrieval: {{candidates: {candidates}, per_part: 3}}
  language: {{class: predicted, count: {language}}}
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--output", required=True)
    parser.add_argument("--each", type=int, default=14, help="pictures of every class")
    options = parser.parse_args()
    folder = Path(options.output)
    files.write_words(CLUTTERED, folder)
    size = len(CLUTTERED.unique_descriptors())
    for name in ZOO:
        (folder / f"{name}.yaml").write_text(ANALYSIS.format(name=name, candidates=round(size / 4), language=min(20, size // 8)))
    images = {}
    for name, creature, drawn in files.write_pictures(CLUTTERED, folder / "heldout", options.each, quality=82):
        files.write_mask(folder / "masks" / f"{name}.png", drawn.owner)
        images[f"{name}.jpg"] = files.truth(CLUTTERED, creature, drawn.owner) | {"mask": f"masks/{name}.png"}
    values = {part: files.SHADE * (number + 1) for number, part in enumerate(PARTS)}
    head = json.dumps({"schema": "entente.ground-truth/v1", "parts": values})
    rows = ",\n  ".join(f"{json.dumps(name)}: {json.dumps(entry)}" for name, entry in images.items())
    (folder / "truth.json").write_text(f'{head[:-1]}, "images": {{\n  {rows}\n}}}}\n')


if __name__ == "__main__":
    main()
