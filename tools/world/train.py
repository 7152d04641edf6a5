"""Trains the demo's CLIP from nothing on drawn creatures and writes the model directory.

    python train.py --output ../../share/demo/model --cache /tmp/entente-world

Needs the pip packages torch, open_clip_torch, numpy, scipy, pillow, regex, safetensors.
"""

import argparse
import json
import math
import time
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch.nn.attention import SDPBackend, sdpa_kernel

import bpe
import captions
import dataset
from batches import Batches
from bestiary import NAMES, unique_descriptors
from clip import CONFIG, MEAN, STD, fresh, load, normalised, short_texts
from regions import PatchTokens, affinity_loss, choose, cover, with_background


def vocabulary_texts(phrases):
    texts = list(phrases) * 3 + unique_descriptors() * 3
    for templates in (captions.CLASS_TEMPLATES, captions.PART_TEMPLATES, captions.BOTH_TEMPLATES):
        texts += [template.replace("{}", "") for template in templates] * 20
    return texts + [f"a photo of a {name}." for name in NAMES] * 5


def loss_of(images, texts, scale, true, ignored):
    """Contrastive in both directions; where several captions are true of a picture they share the target."""
    logits = (scale * images @ texts.T).masked_fill(ignored, -1e4)
    total = 0.0
    for scores, target in ((logits, true), (logits.T, true.T)):
        weight = target.sum(1, keepdim=True)
        share = target / weight.clamp_min(1)
        rows = -(share * scores.log_softmax(1)).sum(1)
        total = total + rows.sum() / (weight > 0).sum().clamp_min(1)
    return total / 2


def train(model, data, tokenize, options, checkpoint):
    model.train()
    decayed = [p for p in model.parameters() if p.ndim >= 2]
    others = [p for p in model.parameters() if p.ndim < 2]
    groups = [{"params": decayed, "weight_decay": 0.1}, {"params": others, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=options.rate, betas=(0.9, 0.98))
    schedule = lambda step: min(1, (step + 1) / 60) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * step / options.steps)))
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, schedule)
    batches, patches, started = Batches(data, options.seed, options.circled), PatchTokens(model), time.time()
    for step in range(options.stop or options.steps):
        batch = batches.draw()
        part_of, label = data["part_of"][batch.rows], data["label"][batch.rows]
        say = lambda part_of, asked, each: captions.sample(part_of, label, asked, NAMES, data["phrases"], data["exact"], batches.rng, each)
        said = [say(part_of, batch.circled, 2)]
        truths = [said[0].truth(part_of, label, batch.circled)]
        shown = cover(batch.owner, model.visual.patch_size[0])
        weights, region, region_part_of = choose(shown, part_of, batches.rng)
        said.append(say(region_part_of, region, 1))
        truths.append(said[1].truth(region_part_of, label, region))
        # Half precision and plain attention: on a CPU the backward pass of the fused attention takes twice as long.
        with torch.autocast("cpu", torch.bfloat16), sdpa_kernel(SDPBackend.MATH):
            images = [model.encode_image(normalised(batch.pixels))]
            images.append((weights[:, :, None] * patches.embedded(model.visual)).sum(1))
            texts = short_texts(model, tokenize([text for some in said for text in some.texts]))
        texts = unit(texts).split([len(some.texts) for some in said])
        images = [unit(rows) for rows in images]
        scale = model.logit_scale.exp()
        masks = [tuple(torch.from_numpy(mask) for mask in truth) for truth in truths]
        loss = sum(loss_of(a, b, scale, true.float(), ignored) for a, b, (true, ignored) in zip(images, texts, masks))
        affinity = affinity_loss(patches.latest[:, 1:], shown)
        loss = loss + options.affinity * affinity
        optimizer.zero_grad(set_to_none=True)
        with sdpa_kernel(SDPBackend.MATH):
            loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        scheduler.step()
        with torch.no_grad():
            model.logit_scale.clamp_(0, math.log(100))
        if step % 20 == 0 or step == options.steps - 1:
            hits = ", ".join(f"{nearest_true(a, b, true, ignored):.2f}" for a, b, (true, ignored) in zip(images, texts, masks))
            print(f"step {step:5d}  loss {loss.item():.3f}  nearest caption true {hits}  affinity {affinity.item():.3f}  scale {scale.item():.1f}  {time.time() - started:.0f} s", flush=True)
        if step % 100 == 99:
            checkpoint(model)


def unit(rows):
    return torch.nn.functional.normalize(rows.float(), dim=-1)


def nearest_true(images, texts, true, ignored):
    nearest = (images @ texts.T).masked_fill(ignored, -2).argmax(1)
    return true[torch.arange(len(true)), nearest].float().mean().item()


def save(model, vocabulary_size, folder):
    config = json.loads(json.dumps(CONFIG))
    config["text_cfg"]["vocab_size"] = vocabulary_size
    preprocess = {"mean": list(MEAN), "std": list(STD), "interpolation": "bicubic", "resize_mode": "squash"}
    text = json.dumps({"model_cfg": config, "preprocess_cfg": preprocess}, indent=2)
    Path(folder, "open_clip_config.json").write_text(text + "\n")
    weights = {name: value.detach().half().contiguous() for name, value in model.state_dict().items()}
    save_file(weights, str(Path(folder, "open_clip_model.safetensors")), metadata={"format": "pt"})


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--output", required=True)
    parser.add_argument("--cache", required=True, help="a folder for the rendered training pictures")
    parser.add_argument("--start", help="a model directory to go on from, with its vocabulary")
    parser.add_argument("--pictures", type=int, default=12000)
    parser.add_argument("--hybrids", type=float, default=0.45, help="share of pictures of no class")
    parser.add_argument("--circled", type=float, default=0.35, help="share of pictures that point at a part")
    parser.add_argument("--steps", type=int, default=700)
    parser.add_argument("--rate", type=float, default=1e-3, help="highest learning rate")
    parser.add_argument("--affinity", type=float, default=10.0, help="weight of the patch tokens' likeness")
    parser.add_argument("--stop", type=int, help="stop after so many steps of the schedule")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()

    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    data = dataset.load(dataset.TRAINING, options.pictures, options.cache, options.hybrids, options.threads)
    folder = Path(options.output)
    folder.mkdir(parents=True, exist_ok=True)
    if options.start:
        for name in ("vocab.json", "merges.txt"):
            Path(folder, name).write_bytes(Path(options.start, name).read_bytes())
        model, config = load(options.start)
        size = config["text_cfg"]["vocab_size"]
    else:
        size = bpe.write(bpe.learn(vocabulary_texts(data["phrases"].tolist()), most=900), folder)
        model = fresh(size)
    tokenize = bpe.tokenizer(folder, CONFIG["text_cfg"]["context_length"], options.cache)
    print(f"{len(data['label'])} pictures, {len(data['phrases'])} phrases, vocabulary {size}", flush=True)
    train(model, with_background(data), tokenize, options, lambda model: save(model, size, folder))
    save(model, size, folder)


if __name__ == "__main__":
    main()
