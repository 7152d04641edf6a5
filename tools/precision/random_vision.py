"""Writes a model directory of a full-size vision transformer with random weights and the texts of a model of the zoo.

Weights are drawn as open_clip draws them for an untrained model: uniform within the bounds of PyTorch's own layers, class token, positions and
projection normal by 1 / sqrt(width). Needs numpy.
"""

import json
import pathlib
import shutil

import numpy
import tensor_file


def tensors(vision, width_out, generator):
    """Name and values of everything below `visual.`."""
    width, layers, patch = vision["width"], vision["layers"], vision["patch_size"]
    rows = (vision["image_size"] // patch) ** 2 + 1
    hidden = int(width * vision.get("mlp_ratio", 4))

    def uniform(bound, *shape):
        return generator.uniform(-bound, bound, shape).astype("<f4")

    def normal(*shape):
        return (generator.standard_normal(shape) * width**-0.5).astype("<f4")

    yield "class_embedding", normal(width)
    yield "positional_embedding", normal(rows, width)
    yield "proj", normal(width, width_out)
    yield "conv1.weight", uniform((3 * patch * patch) ** -0.5, width, 3, patch, patch)

    def norm(name):
        yield f"{name}.weight", numpy.ones(width, "<f4")
        yield f"{name}.bias", numpy.zeros(width, "<f4")

    yield from norm("ln_pre")
    yield from norm("ln_post")
    for layer in range(layers):
        block = f"transformer.resblocks.{layer}"
        yield from norm(f"{block}.ln_1")
        yield from norm(f"{block}.ln_2")
        yield f"{block}.attn.in_proj_weight", uniform((6 / (4 * width)) ** 0.5, 3 * width, width)
        yield f"{block}.attn.in_proj_bias", numpy.zeros(3 * width, "<f4")
        yield f"{block}.attn.out_proj.weight", uniform(width**-0.5, width, width)
        yield f"{block}.attn.out_proj.bias", numpy.zeros(width, "<f4")
        yield f"{block}.mlp.c_fc.weight", uniform(width**-0.5, hidden, width)
        yield f"{block}.mlp.c_fc.bias", uniform(width**-0.5, hidden)
        yield f"{block}.mlp.c_proj.weight", uniform(hidden**-0.5, width, hidden)
        yield f"{block}.mlp.c_proj.bias", uniform(hidden**-0.5, width)


def write(architecture, texts, folder, seed=1):
    """Writes into `folder` what open_clip would: the vision tower of an architecture's file, everything else of the directory `texts`."""
    vision = json.loads(pathlib.Path(architecture).read_text())["vision_cfg"]
    if not isinstance(vision.get("layers"), int) or "patch_size" not in vision or not isinstance(vision["image_size"], int):
        raise SystemExit(f"{architecture} is no plain vision transformer; take one such as ViT-B-16")
    texts, folder = pathlib.Path(texts), pathlib.Path(folder)
    configuration = json.loads((texts / "open_clip_config.json").read_text())
    configuration["model_cfg"]["vision_cfg"] = vision
    (folder / "open_clip_config.json").write_text(json.dumps(configuration))
    for name in ("merges.txt", "vocab.json"):
        shutil.copy(texts / name, folder / name)
    entries = [entry for entry in tensor_file.read(texts / "open_clip_model.safetensors") if not entry[0].startswith("visual.")]
    generator = numpy.random.default_rng(seed)
    for name, values in tensors(vision, configuration["model_cfg"]["embed_dim"], generator):
        entries.append((f"visual.{name}", "F32", values.shape, values.tobytes()))
    tensor_file.write(folder / "open_clip_model.safetensors", entries)
