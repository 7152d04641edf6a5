"""Writes what torch.save makes of small state dicts, and the tensors that torch.load gets out of it again.

    python tools/golden/checkpoints.py Tests/InferenceTests/Golden/checkpoints

Needs torch 2.13.0, open_clip_torch 3.3.0, numpy and safetensors 0.8.0. `read/NAME.pt` has its tensors in `read/NAME.safetensors`, as
open_clip's load_state_dict finds them (contiguous, F64 rounded as a model's parameters would take it). `refused/NAME.pt` are files
that PyTorch itself writes and that hold more than a state dict, or are in another form. `classifiers` are layers as the paper publishes
its class classifiers, and one with a bias. `model` is an open_clip model of the hub's
layout with pickled weights, and the same weights as safetensors.
"""

import argparse
import io
import json
import pathlib
import pickle
import sys
import tarfile
import warnings
import zipfile

import numpy
import open_clip
import torch
from open_clip.factory import load_state_dict
from safetensors.torch import save_file
from torch import nn

assert torch.__version__.split("+")[0] == "2.13.0" and open_clip.__version__ == "3.3.0"


def trained():
    """A layer after two steps, with what its optimiser remembers."""
    torch.manual_seed(3)
    layer = nn.Sequential(nn.Linear(5, 4), nn.BatchNorm1d(4))
    optimizer = torch.optim.AdamW(layer.parameters(), lr=0.01)
    for _ in range(2):
        layer(torch.randn(6, 5)).square().sum().backward()
        optimizer.step()
    return layer, optimizer


def wrapped(weights):
    return {f"module.{name}": tensor for name, tensor in weights.items()}


def read_cases():
    layer, optimizer = trained()
    weights = layer.state_dict()
    base = torch.arange(60, dtype=torch.float32).reshape(3, 4, 5)
    views = {
        "transposed": base.permute(2, 0, 1), "inside": base[1:, 1:3, 2], "every_other": base[:, ::2], "whole": base,
        "scalar": base[2, 3, 4], "expanded": torch.tensor([[7.0], [8.0]]).expand(2, 6), "none": torch.zeros(0, 3),
        "row": base[0, 0], "kept": torch.arange(77).expand(1, -1),
    }
    kinds = {str(kind)[6:]: (torch.arange(6) - (0 if kind in (torch.uint8, torch.bool) else 3)).to(kind).reshape(2, 3)
             for kind in (torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16,
                          torch.int8, torch.uint8, torch.bool)}
    kinds["rounded"] = torch.tensor([1 / 3, 1e-50, -2.5], dtype=torch.float64).flip(0)
    tied = nn.Linear(3, 3, bias=False).weight
    yield "plain", weights, {}
    yield "dictionary", dict(weights), {}
    yield "wrapped", wrapped(weights), {}
    yield "trained", {"epoch": 31, "name": "a run", "state_dict": wrapped(weights), "optimizer": optimizer.state_dict(),
                      "scaler": {"scale": 65536.0, "growth_interval": 2000, "_growth_tracker": -7, "large": 1 << 40}}, {}
    yield "views", views, {}
    yield "kinds", kinds, {}
    yield "parameters", {"one": tied, "other": tied, "buffer": nn.Parameter(tied.detach().half(), requires_grad=False)}, {}
    yield "names", {"é “quoted”\\": torch.ones(1), "": torch.zeros(1), "x" * 300: torch.ones(2)}, {}
    for number in (3, 4, 5):
        yield f"protocol-{number}", {"state_dict": weights, "epoch": 70000}, {"pickle_protocol": number}


class Odd(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(2, 2))

    def forward(self, x):
        return x @ self.weight


def repacked(data, change=lambda name, body: body, **how):
    """The same entries in an archive that Python writes."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w", **how) as other:
        for name in source.namelist():
            with other.open(name, "w", force_zip64=how.get("compression") is None) as entry:
                entry.write(change(name, source.read(name)))
    return target.getvalue()


def saved(value, **how):
    buffer = io.BytesIO()
    torch.save(value, buffer, **how)
    return buffer.getvalue()


def refused_cases():
    layer, _ = trained()
    weights = layer.state_dict()
    yield "whole-module", saved(nn.Linear(2, 2))
    yield "before-1.6", saved(weights, _use_new_zipfile_serialization=False)
    yield "float8", saved({"a": torch.ones(2).to(torch.float8_e4m3fn)})
    yield "numpy", saved({"state_dict": weights, "loss": numpy.float64(0.5)})
    yield "arguments", saved({"state_dict": weights, "args": argparse.Namespace(lr=0.1)})
    yield "sparse", saved({"a": torch.eye(3).to_sparse()})
    yield "tensor", saved(torch.ones(3))
    yield "other-keys", saved({"epoch": 3, "model": weights})
    yield "empty", saved({})
    yield "compressed", repacked(saved(weights), compression=zipfile.ZIP_DEFLATED)
    yield "big-endian", repacked(saved(weights), lambda name, body: b"big" if name.endswith("byteorder") else body)
    yield "bare-pickle", pickle.dumps({"a": 1}, 2)
    script = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.jit.save(torch.jit.script(Odd()), script)
    yield "script", script.getvalue()
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("storages"))
    yield "tar", tar.getvalue()


def rounded(tensor):
    return (tensor.float() if tensor.dtype == torch.float64 else tensor).detach().clone().contiguous()


def write_expected(path):
    # PyTorch's own careful reader stops at protocol 3; these files are ours.
    tensors = load_state_dict(path, weights_only=False)
    save_file({key: rounded(tensor) for key, tensor in tensors.items()}, path.with_suffix(".safetensors"))


def write_model(folder):
    folder.mkdir(parents=True, exist_ok=True)
    config = {"embed_dim": 16, "vision_cfg": {"image_size": 32, "layers": 2, "width": 32, "patch_size": 8, "head_width": 16},
              "text_cfg": {"context_length": 12, "vocab_size": 60, "width": 24, "heads": 3, "layers": 1}}
    preprocess = {"mean": [0.48145466, 0.4578275, 0.40821073], "std": [0.26862954, 0.26130258, 0.27577711],
                  "interpolation": "bicubic", "resize_mode": "shortest"}
    (folder / "open_clip_config.json").write_text(json.dumps({"model_cfg": config, "preprocess_cfg": preprocess}, indent=2) + "\n")
    torch.manual_seed(11)
    model = open_clip.CLIP(**config)
    weights = {name: torch.randn_like(tensor) * 0.3 if tensor.is_floating_point() else tensor
               for name, tensor in model.state_dict().items()}
    half = {name: tensor.half() if tensor.dim() > 1 else tensor for name, tensor in weights.items()}
    torch.save({"epoch": 32, "name": "small", "state_dict": wrapped(half)}, folder / "open_clip_pytorch_model.bin")
    save_file({name: tensor.contiguous() for name, tensor in load_state_dict(folder / "open_clip_pytorch_model.bin").items()},
              folder / "expected.safetensors")


def write_classifiers(folder):
    torch.manual_seed(5)
    layer = nn.Linear(4, 3, bias=False)
    for name, value in {"linear": layer.state_dict(), "half": layer.half().state_dict(), "biased": nn.Linear(4, 3).state_dict()}.items():
        (folder / f"{name}.pth").write_bytes(saved(value))
    save_file(torch.load(folder / "linear.pth", weights_only=True), folder / "linear.safetensors")


def main(root):
    for name in ("read", "refused", "classifiers"):
        (root / name).mkdir(parents=True, exist_ok=True)
    for name, value, how in read_cases():
        path = root / "read" / f"{name}.pt"
        path.write_bytes(saved(value, **how))
        write_expected(path)
    # What an archive beyond 4 GiB has.
    path = root / "read/wide.pt"
    path.write_bytes(repacked((root / "read/trained.pt").read_bytes()))
    write_expected(path)
    for name, data in refused_cases():
        (root / "refused" / f"{name}.pt").write_bytes(data)
    write_classifiers(root / "classifiers")
    write_model(root / "model")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
