"""Trains a CLIP from nothing on drawn creatures and writes the model directory. By itself it makes the demo's model:

    python train.py --output ../../share/demo/model --cache /tmp/entente-world

`zoo.py` makes the others. Needs the pip packages torch, open_clip_torch, numpy, scipy, pillow, regex, safetensors.
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
import clip
import dataset
from batches import Batches
from clip import MEAN, STD, normalised, short_texts
from configurations import CONTEXT, DEMO
from regions import PatchTokens, affinity_loss, choose, cover, with_background
from schedule import Schedule
from worlds import PLAIN


def vocabulary_texts(world, phrases):
    texts = list(phrases) * 3 + world.unique_descriptors() * 3
    for templates in (captions.CLASS_TEMPLATES, captions.PART_TEMPLATES, captions.BOTH_TEMPLATES):
        texts += [template.replace("{}", "") for template in templates] * 20
    return texts + [f"a photo of a {name}." for name in world.names] * 5


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


class Trainer:
    def __init__(self, model, world, data, tokenize, schedule):
        self.model, self.world, self.data, self.tokenize, self.schedule = model, world, with_background(data), tokenize, schedule
        model = model.to(memory_format=torch.channels_last)  # convolutions run twice as fast
        with torch.no_grad():
            model.logit_scale.fill_(math.log(schedule.scale))
        decayed = [p for p in model.parameters() if p.ndim >= 2]
        others = [p for p in model.parameters() if p.ndim < 2]
        groups = [{"params": decayed, "weight_decay": 0.1}, {"params": others, "weight_decay": 0.0}]
        self.optimizer = torch.optim.AdamW(groups, lr=schedule.rate, betas=(0.9, 0.98))
        self.scheduler = torch.optim.lr_scheduler.LambdaLR(self.optimizer, schedule.factor)
        self.batches = Batches(self.data, schedule.seed, schedule.circled, schedule.batch)
        self.patches = self.watched()

    def run(self, checkpoint=lambda model: None):
        started, last = time.time(), (self.schedule.stop or self.schedule.steps) - 1
        self.model.train()
        for step in range(last + 1):
            said = self.step()
            if step % 20 == 0 or step == last:
                print(f"step {step:5d}  {said}  {time.time() - started:.0f} s", flush=True)
            if step % 100 == 99:
                checkpoint(self.model)
        self.model.eval()

    def step(self):
        batch, model = self.batches.draw(), self.model
        # Half precision and plain attention: on a CPU the backward pass of the fused attention takes twice as long.
        with torch.autocast("cpu", torch.bfloat16), sdpa_kernel(SDPBackend.MATH):
            images = [model.encode_image(self.normalised(batch.pixels))]
            shown = cover(batch.owner, self.patches.patch(batch.pixels.shape[-1]))
            said, truths, weights = self.captions(batch, shown)
            if self.patches.embeds:
                images.append((weights[:, :, None] * self.patches.embedded(model.visual)).sum(1))
            texts = self.embedded(self.tokenize([text for some in said for text in some.texts]))
        texts = unit(texts).split([len(some.texts) for some in said])
        images = [unit(rows) for rows in images]
        masks = [tuple(torch.from_numpy(mask) for mask in truth) for truth in truths]
        loss = sum(self.loss(a, b, true.float(), ignored) for a, b, (true, ignored) in zip(images, texts, masks))
        affinity = affinity_loss(self.patches.latest, shown)
        self.update(loss + self.schedule.affinity * affinity)
        hits = ", ".join(f"{nearest_true(a, b, *masks):.2f}" for a, b, masks in zip(images, texts, masks))
        return f"loss {loss.item():.3f}  nearest caption true {hits}  affinity {affinity.item():.3f}  scale {model.logit_scale.exp().item():.1f}"

    # What another kind of model has otherwise.

    def normalised(self, pixels):
        return normalised(pixels)

    def embedded(self, ids):
        return short_texts(self.model, ids)

    def loss(self, images, texts, true, ignored):
        return loss_of(images, texts, self.model.logit_scale.exp(), true, ignored)

    def watched(self):
        return PatchTokens(self.model)

    def captions(self, batch, shown):
        """Two captions for each picture, and one for a region of it where patches can be embedded."""
        data = self.data
        part_of, label = data["part_of"][batch.rows], data["label"][batch.rows]

        def say(part_of, asked, each):
            return captions.sample(part_of, label, asked, self.world.names, data["phrases"], data["exact"], self.batches.rng, each, self.schedule.named)

        said = [say(part_of, batch.circled, 2)]
        if self.schedule.every_class:
            said[0] = captions.with_every_class(said[0], self.world.names, self.batches.rng)
        truths = [said[0].truth(part_of, label, batch.circled)]
        if not self.patches.embeds:
            return said, truths, None
        weights, region, region_part_of = choose(shown, part_of, self.batches.rng)
        said.append(say(region_part_of, region, 1))
        truths.append(said[1].truth(region_part_of, label, region))
        return said, truths, weights

    def update(self, loss):
        self.optimizer.zero_grad(set_to_none=True)
        with sdpa_kernel(SDPBackend.MATH):
            loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.scheduler.step()
        with torch.no_grad():
            self.model.logit_scale.clamp_(0, math.log(100))


def unit(rows):
    return torch.nn.functional.normalize(rows.float(), dim=-1)


def nearest_true(images, texts, true, ignored):
    nearest = (images @ texts.T).masked_fill(ignored, -2).argmax(1)
    return true[torch.arange(len(true)), nearest].float().mean().item()


def save(model, config, folder):
    preprocess = {"mean": list(MEAN), "std": list(STD), "interpolation": "bicubic", "resize_mode": "squash"}
    text = json.dumps({"model_cfg": config, "preprocess_cfg": preprocess}, indent=2)
    Path(folder, "open_clip_config.json").write_text(text + "\n")
    weights = {name: stored(value) for name, value in model.state_dict().items()}
    save_file(weights, str(Path(folder, "open_clip_model.safetensors")), metadata={"format": "pt"})


def stored(value):
    """Half precision, but for whole numbers such as a batch norm's count."""
    value = value.detach()
    return (value.half() if value.is_floating_point() else value).contiguous()


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
    data = dataset.load(PLAIN, PLAIN.training, options.pictures, options.cache, hybrids=options.hybrids, processes=options.threads)
    folder = Path(options.output)
    folder.mkdir(parents=True, exist_ok=True)
    if options.start:
        for name in ("vocab.json", "merges.txt"):
            Path(folder, name).write_bytes(Path(options.start, name).read_bytes())
        model, config = clip.load(options.start)
    else:
        size = bpe.write(bpe.learn(vocabulary_texts(PLAIN, data["phrases"].tolist()), most=900), folder)
        model, config = clip.fresh(DEMO, size)
    tokenize = bpe.tokenizer(folder, CONTEXT, options.cache)
    print(f"{len(data['label'])} pictures, {len(data['phrases'])} phrases, vocabulary {config['text_cfg']['vocab_size']}", flush=True)
    schedule = Schedule(
        steps=options.steps, rate=options.rate, circled=options.circled, affinity=options.affinity, stop=options.stop, seed=options.seed
    )
    Trainer(model, PLAIN, data, tokenize, schedule).run(lambda model: save(model, config, folder))
    save(model, config, folder)


if __name__ == "__main__":
    main()
