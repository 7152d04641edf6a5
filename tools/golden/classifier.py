"""Writes a classifier of the demo's model as the paper publishes its own: the state dict of a linear layer, by torch.save.

    python tools/golden/classifier.py Tests/IntegrationTests/Golden/classifier/turned.pth

Needs torch 2.13.0, open_clip_torch 3.3.0, safetensors, regex and pillow. A row is open_clip's embedding of "a photo of a NAME.", of the class
behind the row's own (the first class's is the last row), and of length 3: so the file predicts the class before the one that the
template predicts, with the same cosine.
"""

import json
import pathlib
import sys
import tempfile

import torch

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools/world"))

import clip  # noqa: E402 - before open_clip, see there
import open_clip  # noqa: E402

import bpe  # noqa: E402

assert torch.__version__.split("+")[0] == "2.13.0" and open_clip.__version__ == "3.3.0"

if __name__ == "__main__":
    demo = ROOT / "share/demo"
    names = [entry["name"] for entry in json.loads((demo / "classes.json").read_text())]
    model, config = clip.load(demo / "model")
    with tempfile.TemporaryDirectory() as scratch, torch.no_grad():
        tokenize = bpe.tokenizer(demo / "model", config["text_cfg"]["context_length"], scratch)
        rows = model.encode_text(tokenize([f"a photo of a {name}." for name in names]), normalize=True)
    layer = torch.nn.Linear(rows.shape[1], len(rows), bias=False)
    layer.load_state_dict({"weight": 3 * rows.roll(-1, 0)})
    path = pathlib.Path(sys.argv[1])
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(layer.state_dict(), path)
