"""Trains the zoo: small models that differ in one thing each from `vit-s12`, all on the cluttered world.

    python zoo.py --output ../../share/zoo/models --cache /tmp/entente-world [--only NAME …]

Needs the pip packages torch, open_clip_torch, timm, numpy, scipy, pillow, regex, safetensors, transformers.
"""

import argparse
import time
from pathlib import Path

import clip
import numpy as np
import torch

import bpe
import dataset
import siglip
import warm
from configurations import CONTEXT, model_config
from recipes import HYBRIDS, PICTURES, TEXT_LAYERS, ZOO
from train import Trainer, save, vocabulary_texts
from worlds import CLUTTERED

VALIDATION = 480


def described(data, recipe, seed):
    """The first `pictures` of `data`; the share `noise` of them carry what is true of another picture. Which do is fixed:
    a caption that is wrong stays wrong, as one from the web would."""
    chosen = {name: value[: recipe.pictures] if name in ("label", "pixels", "owner", "ellipses", "part_of") else value for name, value in data.items()}
    rng = np.random.default_rng(seed)
    wrong = rng.permutation(recipe.pictures)[: round(recipe.noise * recipe.pictures)]
    for name in ("label", "part_of"):
        chosen[name] = chosen[name].copy()
        chosen[name][wrong] = chosen[name][np.roll(wrong, 1)]
    return chosen


@torch.no_grad()
def accuracy(trainer, data, names):
    """Zero-shot top-1 on the pictures of `data`."""
    model, tokenize = trainer.model, trainer.tokenize
    texts = model.encode_text(tokenize([f"a photo of a {name}." for name in names]), normalize=True)
    pixels = torch.from_numpy(data["pixels"]).permute(0, 3, 1, 2).float()
    images = torch.cat([model.encode_image(trainer.normalised(some), normalize=True) for some in pixels.split(64)])
    return ((images @ texts.T).argmax(1).numpy() == data["label"]).mean()


def contrastive(name, recipe, folder, cache, texts):
    """A CLIP: (model, tokenizer, kind of training, what writes it)."""
    size = bpe.write(bpe.learn(texts, most=900), folder)
    model, config = clip.fresh(model_config(recipe.vision, TEXT_LAYERS), size)
    return model, bpe.tokenizer(folder, CONTEXT, Path(cache, name)), Trainer, lambda: save(model, config, folder)


def sigmoid(name, recipe, folder, cache, texts):
    """A SigLIP, as `contrastive`."""
    tokens = siglip.write_vocabulary(siglip.vocabulary(texts, most=1161), folder)
    model = siglip.fresh(recipe.vision, TEXT_LAYERS, tokens, recipe.schedule.scale)
    data = dataset.load(CLUTTERED, CLUTTERED.validation, VALIDATION, cache, recipe.side)
    warm.start(model, folder.parent / recipe.start, torch.from_numpy(data["pixels"][:64]).permute(0, 3, 1, 2).float())
    return model, siglip.tokenizer(folder), siglip.SigmoidTrainer, lambda: siglip.save(model, folder, recipe.side)


def make(name, recipe, folder, cache, texts):
    started = time.time()
    torch.manual_seed(recipe.schedule.seed)
    folder.mkdir(parents=True, exist_ok=True)
    data = dataset.load(CLUTTERED, CLUTTERED.training, PICTURES, cache, recipe.side, HYBRIDS)
    model, tokenize, kind, write = (sigmoid if recipe.sigmoid else contrastive)(name, recipe, folder, cache, texts)
    print(f"{name}: {sum(p.numel() for p in model.parameters()) / 1e6:.2f} million parameters", flush=True)
    trainer = kind(model, CLUTTERED, described(data, recipe, recipe.schedule.seed), tokenize, recipe.schedule)
    trainer.run()
    write()
    validation = dataset.load(CLUTTERED, CLUTTERED.validation, VALIDATION, cache, recipe.side)
    found = accuracy(trainer, validation, CLUTTERED.names)
    print(f"{name}: top-1 on {VALIDATION} validation pictures {found:.1%}, {time.time() - started:.0f} s", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--output", required=True)
    parser.add_argument("--cache", required=True, help="a folder for the rendered pictures (2 GB)")
    parser.add_argument("--only", nargs="+", choices=list(ZOO), default=list(ZOO))
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    first = dataset.load(CLUTTERED, CLUTTERED.training, PICTURES, options.cache, hybrids=HYBRIDS)
    texts = vocabulary_texts(CLUTTERED, first["phrases"].tolist())
    for name in options.only:
        make(name, ZOO[name], Path(options.output, name), options.cache, texts)


if __name__ == "__main__":
    main()
