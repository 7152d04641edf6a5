"""Writes everything of the demo but the model: classes, descriptor bank, analysis, held-out pictures.

    python write_demo.py --output ../../share/demo

Needs the pip packages numpy, scipy and pillow.
"""

import argparse
from pathlib import Path

import files
from worlds import PLAIN

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
  foreground: {{by: svd, threshold: sign, crf: true}}
  parts: {{by: [pca, kmeans], count: 5, seed: 0}}
  prompting: {{thickness: 1, blur: 11}}
  retrieval: {{candidates: {candidates}, per_part: 3, relevance: mean_minus, offset: 0.02, transport: {{lambda: 1, iterations: 1000}}}}
  language: {{class: predicted, count: {language}}}
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--output", required=True)
    folder = Path(parser.parse_args().output)
    files.write_words(PLAIN, folder)
    size = len(PLAIN.unique_descriptors())
    (folder / "analysis.yaml").write_text(ANALYSIS.format(candidates=round(size / 4), language=min(20, size // 8)))
    for _ in files.write_pictures(PLAIN, folder / "heldout", PER_CLASS):
        pass


if __name__ == "__main__":
    main()
