#!/usr/bin/env python3
"""Writes share/architectures: open_clip's configurations of the architectures that the product knows by name.

    python tools/tables/architectures.py [NAME...]

Needs open_clip_torch 3.3.0. Without a name it writes anew what is there. A configuration that the product refuses is no use there:
a test reads them all.
"""

import json
import pathlib
import sys

import open_clip

assert open_clip.__version__ == "3.3.0"
FOLDER = pathlib.Path(__file__).resolve().parents[2] / "share/architectures"


def main(names):
    for name in names or sorted(path.stem for path in FOLDER.glob("*.json")):
        (FOLDER / f"{name}.json").write_text(json.dumps(open_clip.get_model_config(name), indent=2) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
