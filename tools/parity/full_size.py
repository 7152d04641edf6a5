"""Compares entente with open_clip at full size, on random weights, for every architecture of the paper.

    swift build -c release --product entente
    python tools/parity/full_size.py [ARCHITECTURE...]

For each architecture a model directory of the hub's layout is written to a temporary folder, with weights of open_clip's own
initialisation whose norms, biases and layer scales are moved away from their neutral values. Entente encodes pictures and
texts from the files; open_clip encodes the pixel values and token ids that entente reports. Rows are compared by cosine, and
by the largest difference as a share of the largest magnitude; the bounds are 0.99999 and 1e-4. Exits with 1 if any is missed.
Needs torch, open_clip_torch, timm, pillow and safetensors, and 8 GiB of memory for the largest.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import numpy
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

# The torchvision build may lack its compiled operators, which open_clip only needs to be declared.
library = torch.library.Library("torchvision", "DEF")
library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
import open_clip  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = ROOT / ".build/release/entente"
ARCHITECTURES = [
    "ViT-B-32", "ViT-B-32-quickgelu", "ViT-B-16", "ViT-B-16-quickgelu", "ViT-L-14-quickgelu", "ViT-L-14-336-quickgelu",
    "ViT-H-14", "RN50-quickgelu", "RN101-quickgelu", "RN50x4-quickgelu", "RN50x16-quickgelu", "RN50x64-quickgelu",
    "convnext_base", "convnext_base_w", "convnext_large_d",
]
TEXTS = ["a photo of a tench.", "a spotted body", "fins!", "", "a very long text " * 40]


def enlivened(model, generator):
    """The model's weights, with everything that starts out neutral changed so that leaving it out would show."""
    weights = {}
    for name, tensor in model.state_dict().items():
        noise = torch.from_numpy(generator.standard_normal(tuple(tensor.shape)).astype(numpy.float32))
        if not tensor.is_floating_point():
            pass
        elif name.endswith("running_var"):
            tensor = torch.exp(0.2 * noise)
        elif name.endswith("running_mean"):
            tensor = 0.1 * noise
        elif name.endswith("gamma"):
            tensor = 0.2 + 0.05 * noise
        elif tensor.ndim == 1 and name.endswith("weight"):
            # A residual network would grow without end if every block kept a gain of 1.
            tensor = (0.4 if ".bn3." in name else 1) + 0.1 * noise
        elif tensor.ndim == 1 and name.endswith("bias"):
            tensor = 0.1 * noise
        weights[name] = tensor.contiguous()
    return weights


def pictures(folder, generator):
    """Blobs of colour with noise, of several shapes."""
    paths = []
    for number, (width, height) in enumerate([(500, 375), (224, 224), (333, 700)]):
        coarse = Image.fromarray(generator.integers(0, 256, (7, 5, 3), dtype=numpy.uint8))
        smooth = numpy.asarray(coarse.resize((width, height), Image.BICUBIC)).astype(int)
        noisy = numpy.clip(smooth + generator.integers(-20, 21, smooth.shape), 0, 255).astype(numpy.uint8)
        paths.append(folder / f"{number}.png")
        Image.fromarray(noisy).save(paths[-1])
    return paths


def write_vocabulary(folder):
    tokenizer = open_clip.tokenizer.SimpleTokenizer()
    # The hub's name for what open_clip calls otherwise.
    hub = {"<start_of_text>": "<|startoftext|>", "<end_of_text>": "<|endoftext|>"}
    (folder / "vocab.json").write_text(json.dumps({hub.get(word, word): number for word, number in tokenizer.encoder.items()}))
    merges = sorted(tokenizer.bpe_ranks, key=tokenizer.bpe_ranks.get)
    (folder / "merges.txt").write_text("#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in merges), encoding="utf-8")


def agreement(actual, expected):
    actual, expected = actual.double().flatten(0, -2), expected.double().flatten(0, -2)
    cosine = torch.nn.functional.cosine_similarity(actual, expected).min().item()
    return cosine, ((actual - expected).abs().max() / expected.abs().max()).item()


def check(name, folder):
    torch.manual_seed(1)
    generator = numpy.random.default_rng(1)
    configuration = json.loads((ROOT / "share/architectures" / f"{name}.json").read_text())
    model = open_clip.create_model(name, precision="fp32").eval()
    weights = enlivened(model, generator)
    model.load_state_dict(weights)
    save_file(weights, folder / "open_clip_model.safetensors")
    del weights
    (folder / "open_clip_config.json").write_text(json.dumps({"model_cfg": configuration, "preprocess_cfg": {}}))
    write_vocabulary(folder)
    (folder / "texts.json").write_text(json.dumps(TEXTS))
    seen = {}
    visual = model.visual
    last_map = getattr(visual, "layer4", None) or getattr(getattr(visual, "trunk", None), "stages", None)
    if last_map:
        last_map.register_forward_hook(lambda module, inputs, output: seen.__setitem__("patch_tokens", output.flatten(2).transpose(1, 2)))
    else:
        block = visual.transformer.resblocks[-1]

        def read_keys(module, inputs, output):
            width = output.shape[-1]
            seen["patch_keys"] = (output @ block.attn.in_proj_weight[width:2 * width].T)[:, 1:]

        block.ln_1.register_forward_hook(read_keys)
        block.register_forward_hook(lambda module, inputs, output: seen.__setitem__("patch_tokens", output[:, 1:]))
    included = ["pixel_values", "patch_tokens"] + ([] if last_map else ["patch_keys"])
    paths = [str(path) for path in pictures(folder, generator)]
    subprocess.run([PROGRAM, "encode", "--model", folder, "--output", folder / "images.st", "--include", ",".join(included), *paths], check=True)
    subprocess.run([PROGRAM, "encode-text", "--model", folder, "--json-file", folder / "texts.json", "--output", folder / "texts.st"], check=True)
    images, texts = load_file(folder / "images.st"), load_file(folder / "texts.st")
    with torch.inference_mode():
        expected = {"image_embeddings": model.encode_image(images["pixel_values"]), "text_embeddings": model.encode_text(texts["token_ids"].long())} | seen
    good = torch.equal(texts["token_ids"].long(), open_clip.tokenize(TEXTS))
    if not good:
        print(f"{name}: token ids differ")
    for key, value in expected.items():
        cosine, difference = agreement((texts if key in texts else images)[key], value)
        near = cosine >= 0.99999 and difference <= 1e-4
        good = good and near
        print(f"{name:24} {key:16} {str(tuple(value.shape)):18} cosine {cosine:.8f}  difference {difference:.1e}{'' if near else '  TOO FAR'}", flush=True)
    return good


if __name__ == "__main__":
    results = []
    for architecture in sys.argv[1:] or ARCHITECTURES:
        with tempfile.TemporaryDirectory() as scratch:
            results.append(check(architecture, pathlib.Path(scratch)))
    sys.exit(0 if all(results) else 1)
