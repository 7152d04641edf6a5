"""Writes a CLIP model's directory once more with outliers planted in its vision transformer, which change nothing in 32-bit floats.

The norms in front of attention and perceptron make some values 2^EXPONENT times as large, and the weights behind them take that back: of
powers of two, so that fp32 comes to the same bits. Needs numpy.

    python3 tools/precision/outliers.py share/zoo/models/vit-s12 FOLDER [--channels 8] [--exponent 6] [--seed 1]
"""

import argparse
import pathlib
import shutil

import numpy
import tensor_file

NAME = "open_clip_model.safetensors"


def plant(model, folder, channels=8, exponent=6, seed=1):
    model, folder = pathlib.Path(model), pathlib.Path(folder)
    for file in model.iterdir():
        if file.name != NAME:
            shutil.copy(file, folder / file.name)
    entries = []
    generator = numpy.random.default_rng(seed)
    places = {}
    for name, dtype, shape, data in sorted(tensor_file.read(model / NAME)):
        if name.startswith("visual.transformer.resblocks."):
            values = numpy.frombuffer(data, {"F32": "<f4", "F16": "<f2"}[dtype]).astype("<f4").reshape(shape)
            block = name.split(".")[3]
            for norm, layer in (("ln_1", "attn.in_proj_weight"), ("ln_2", "mlp.c_fc.weight")):
                if f".{norm}." not in name and not name.endswith(layer):
                    continue
                chosen = places.setdefault((block, norm), generator.choice(shape[-1], channels, replace=False))
                values[..., chosen] *= numpy.float32(2.0 ** (exponent if f".{norm}." in name else -exponent))
            dtype, data = "F32", values.tobytes()
        entries.append((name, dtype, shape, data))
    if not places:
        raise SystemExit(f"{model} is no CLIP vision transformer of open_clip's naming; take one such as vit-s12")
    tensor_file.write(folder / NAME, entries)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--channels", type=int, default=8)
    parser.add_argument("--exponent", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    plant(arguments.model, arguments.folder, arguments.channels, arguments.exponent, arguments.seed)


if __name__ == "__main__":
    main()
