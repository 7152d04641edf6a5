"""Models made, loaded and run, by open_clip without torchvision's compiled operators."""

import json
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file

try:
    import torchvision  # noqa: F401
except RuntimeError:
    # A torchvision built for another torch: only its Python code is used here, so two declarations are enough.
    _library = torch.library.Library("torchvision", "DEF")
    for _name in ("nms", "qnms"):
        _library.define(_name + "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")

from open_clip.model import CLIP

MEAN = (0.48145466, 0.4578275, 0.40821073)
STD = (0.26862954, 0.26130258, 0.27577711)


def fresh(config, vocabulary_size):
    """A model with random weights, and its configuration with the vocabulary's size."""
    config = config | {"text_cfg": config["text_cfg"] | {"vocab_size": vocabulary_size}}
    return CLIP(config["embed_dim"], config["vision_cfg"], config["text_cfg"]), config


def load(folder):
    """The model of a directory, in single precision. Every weight has to be there and no other."""
    config = json.loads(Path(folder, "open_clip_config.json").read_text())["model_cfg"]
    model = CLIP(config["embed_dim"], config["vision_cfg"], config["text_cfg"])
    weights = load_file(str(Path(folder, "open_clip_model.safetensors")))
    model.load_state_dict({name: value.float() for name, value in weights.items()}, strict=True)
    return model.eval(), config


def short_texts(model, ids):
    """encode_text without the padding, which costs as much as the words: rows [n, c] in two halves by length.
    Attention is causal, so that what comes after the end token changes nothing."""
    length = ids.argmax(1) + 1
    order = length.argsort(stable=True)
    pooled = []
    for rows in order.chunk(2):
        some = ids[rows, : int(length[rows].max())]
        x = model.token_embedding(some) + model.positional_embedding[: some.shape[1]]
        x = model.transformer(x, attn_mask=model.attn_mask[: some.shape[1], : some.shape[1]])
        x = model.ln_final(x)[torch.arange(len(some)), some.argmax(1)]
        pooled.append(x @ model.text_projection)
    return torch.cat(pooled)[order.argsort()]


def normalised(pixels):
    """[n, 3, S, S] in 0…255 to the model's input."""
    mean, std = (torch.tensor(values)[None, :, None, None] for values in (MEAN, STD))
    return (pixels / 255 - mean) / std


def squashed(image, side):
    """A PIL image at side×side without regard to the aspect ratio, [3, S, S] in 0…255."""
    resized = image.convert("RGB").resize((side, side), Image.BILINEAR)
    return torch.from_numpy(np.array(resized)).permute(2, 0, 1).float()
