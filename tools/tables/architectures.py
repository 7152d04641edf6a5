#!/usr/bin/env python3
"""Writes share/architectures: open_clip's configurations of the architectures that the product knows by name; and
share/preprocessing.json: how pictures are prepared for those whose published weights, as open_clip names them, all agree on something
else than its defaults.

    python tools/tables/architectures.py [NAME...]

Needs open_clip_torch 3.3.0. Without a name it writes anew what is there. A configuration that the product refuses is no use there:
a test reads them all.
"""

import json
import pathlib
import sys

import torch

try:
    import open_clip
except RuntimeError:
    # The torchvision build may lack its compiled operators, which open_clip only needs to be declared.
    library = torch.library.Library("torchvision", "DEF")
    library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    import open_clip

assert open_clip.__version__ == "3.3.0"
SHARE = pathlib.Path(__file__).resolve().parents[2] / "share"
FOLDER = SHARE / "architectures"
DEFAULTS = {"mean": list(open_clip.OPENAI_DATASET_MEAN), "std": list(open_clip.OPENAI_DATASET_STD), "interpolation": "bicubic", "resize_mode": "shortest"}


def preprocessing(name):
    """What all published weights of a name agree on; nothing if that is the default, or if they don't."""
    found = []
    for tag in open_clip.list_pretrained_tags_by_model(name):
        published = open_clip.get_pretrained_cfg(name, tag)
        found.append({key: list(value) if isinstance(value, tuple) else value for key, value in published.items() if key in DEFAULTS})
    agreed = found[0] if found and all(other == found[0] for other in found) else DEFAULTS
    return None if agreed == DEFAULTS else agreed


def main(names):
    names = names or sorted(path.stem for path in FOLDER.glob("*.json"))
    for name in names:
        (FOLDER / f"{name}.json").write_text(json.dumps(open_clip.get_model_config(name), indent=2) + "\n")
    every = {path.stem: preprocessing(path.stem) for path in sorted(FOLDER.glob("*.json"))}
    rows = [f'  "{name}": {json.dumps(found)}' for name, found in every.items() if found]
    (SHARE / "preprocessing.json").write_text("{\n" + ",\n".join(rows) + "\n}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
