"""Compares entente with open_clip at full size, on random weights: every configuration that open_clip names and entente takes.

    swift build -c release --product entente
    python tools/parity/full_size.py [--layers N] [--results FILE] [ARCHITECTURE...]

Of each architecture, smallest first, a model directory of the hub's layout is written to a temporary folder, with weights of
open_clip's own initialisation whose norms, biases and layer scales are moved away from their neutral values, and the preprocessing that the
library has for its first published weights. Entente encodes pictures and texts from the files. Its pixel values are compared with those of the
library's own transform, its ids with those of the library's tokenizer; of both open_clip makes embeddings, and of a vision encoder the last block's
tokens and keys, which are compared by cosine and by the largest difference as a share of the largest magnitude; the bounds are 0.99999 and
1e-4, and 1e-5 for pixel values. With --layers N both encoders keep their widths and have N layers; without it, two beyond 1.5 thousand million
parameters and all elsewhere. A vision encoder whose layers a name of timm's fixes, or that is a convolutional network, keeps its own. What entente
refuses is listed with its sentence. Exits with 1 if a bound is missed.

With --results what is done is a line of FILE, and is not done again; a run that was stopped goes on behind it, and the table at the end is of
the whole file. There a configuration counts with the deepest of its runs. ENTENTE names the program, and FULL_SIZE_THREADS how many threads both
sides take (1). Families whose own tokenizers can't be had take the small ones of the golden files, whose components are theirs.
Needs torch, open_clip_torch, timm, transformers, pillow and safetensors; 16 GiB of memory for the largest, and 8 GiB of room for temporary files.
"""

import argparse
import gc
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import numpy
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

try:
    import open_clip
except RuntimeError:
    # The torchvision build may lack its compiled operators, which open_clip only needs to be declared.
    library = torch.library.Library("torchvision", "DEF")
    library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    import open_clip

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("ENTENTE", ROOT / ".build/release/entente")
THREADS = int(os.environ.get("FULL_SIZE_THREADS", "1"))
MOST = 1.5e9  # parameters at full depth
FULL = "full depth"
# Folders of golden tokenizers, by what a configuration names.
TOKENIZERS = {"SigLIP2": "siglip2", "SigLIP": "siglip", "bert": "bert", "xlm-v": "xlm", "mt5": "siglip"}
TEXTS = ["a photo of a tench.", "a spotted body", "fins!", "", "a very long text " * 40]


def enlivened(model, generator):
    """The model's weights, with everything that starts out neutral changed so that leaving it out would show."""
    weights = {}
    for name, tensor in model.state_dict().items():
        if tensor.is_floating_point() and tensor.ndim == 1:
            noise = torch.from_numpy(generator.standard_normal(tuple(tensor.shape)).astype(numpy.float32))
            if name.endswith("running_var"):
                tensor = torch.exp(0.2 * noise)
            elif name.endswith("running_mean"):
                tensor = 0.1 * noise
            elif name.endswith("gamma"):
                tensor = 0.2 + 0.05 * noise
            elif name.endswith("weight"):
                # A residual network would grow without end if every block kept a gain of 1.
                tensor = (0.4 if ".bn3." in name else 1) + 0.1 * noise
            elif name.endswith("bias"):
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


def write_tokenizer(folder, text_cfg):
    """The vocabulary beside the model, and what open_clip makes of texts with it."""
    named = text_cfg.get("hf_tokenizer_name")
    if not named:
        write_vocabulary(folder)
        return lambda texts: open_clip.tokenize(texts, context_length=text_cfg.get("context_length", 77))
    golden = ROOT / "Tests/InferenceTests/Golden/tokenizers" / next(own for part, own in TOKENIZERS.items() if part in named)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(golden / name, folder)
    arguments = {"clean": "whitespace"} | text_cfg.get("tokenizer_kwargs", {})
    return open_clip.tokenizer.HFTokenizer(str(folder), context_length=text_cfg["context_length"], **arguments)


def watched(visual, seen):
    """Whether the encoder has keys; what its last block ends with, and they, go to `seen`."""
    trunk = getattr(visual, "trunk", None)
    last_map = getattr(visual, "layer4", None) or getattr(trunk, "stages", None)
    if last_map:
        last_map.register_forward_hook(lambda module, inputs, output: seen.__setitem__("patch_tokens", output.flatten(2).transpose(1, 2)))
        return False
    if trunk is not None:
        block, prefix = trunk.blocks[-1], trunk.num_prefix_tokens
        norm, apart = block.norm1, getattr(block.attn, "k_proj", None) is not None
        weights = (lambda: block.attn.k_proj.weight) if apart else (lambda: block.attn.qkv.weight.chunk(3)[1])
    else:
        block, prefix = visual.transformer.resblocks[-1], 1
        norm, weights = block.ln_1, lambda: block.attn.in_proj_weight.chunk(3)[1]

    def keys(rows):
        return (rows @ weights().T)[:, prefix:]

    # Weights are looked up when they are used: they come back from the file behind this.
    norm.register_forward_hook(lambda module, inputs, output: seen.__setitem__("patch_keys", keys(output)))
    block.register_forward_hook(lambda module, inputs, output: seen.__setitem__("patch_tokens", output[:, prefix:]))
    return True


def agreement(actual, expected):
    actual, expected = actual.double().flatten(0, -2), expected.double().flatten(0, -2)
    cosine = torch.nn.functional.cosine_similarity(actual, expected).min().item()
    return cosine, ((actual - expected).abs().max() / expected.abs().max()).item()


def preprocessing(name):
    """What the library does to pictures for the first published weights of the name; its defaults where there are none."""
    for tag in open_clip.list_pretrained_tags_by_model(name):
        published = open_clip.get_pretrained_cfg(name, tag)
        return {key: published[key] for key in ("mean", "std", "interpolation", "resize_mode") if key in published}
    return {}


def described(name, folder):
    """Writes the configuration and an empty file of weights; the sentence with which entente refuses it, if it does."""
    configuration = {"model_cfg": open_clip.get_model_config(name), "preprocess_cfg": preprocessing(name)}
    (folder / "open_clip_config.json").write_text(json.dumps(configuration))
    save_file({}, folder / "open_clip_model.safetensors")
    ended = subprocess.run([PROGRAM, "models", "inspect", folder], capture_output=True, text=True)
    return ended.stderr.strip().split("open_clip_config.json: ")[-1] if ended.returncode else None


def skeleton(configuration):
    arguments = json.loads(json.dumps(configuration))
    has_own_text = arguments.pop("custom_text", False)
    if "multimodal_cfg" in arguments:
        return open_clip.CoCa(**arguments)
    return (open_clip.CustomTextCLIP if has_own_text else open_clip.CLIP)(**arguments)


def parameters(configuration):
    with torch.device("meta"):
        return sum(value.numel() for value in skeleton(configuration).parameters())


def fitted(configuration, layers):
    """The configuration with so many layers an encoder, two where it is too large, and how it was cut."""
    layers = layers or (2 if parameters(configuration) > MOST else None)
    if not layers:
        return configuration, FULL
    cut = json.loads(json.dumps(configuration))
    cut["text_cfg"]["layers"] = layers
    if "multimodal_cfg" in cut:
        # Nothing of the decoder is compared.
        cut["multimodal_cfg"]["layers"] = 1
    if "timm_model_name" in cut["vision_cfg"] or isinstance(cut["vision_cfg"].get("layers"), list):
        return cut, f"{layers} layers of text"
    cut["vision_cfg"]["layers"] = layers
    return cut, f"{layers} layers"


def program(*arguments):
    subprocess.run([PROGRAM, *arguments], check=True, env=os.environ | {"OPENBLAS_NUM_THREADS": str(THREADS)})


def check(name, folder, layers):
    """Rows of the table: what was compared, cosine, difference, and whether both are near enough; and how deep it was."""
    torch.manual_seed(1)
    generator = numpy.random.default_rng(1)
    configuration, depth = fitted(open_clip.get_model_config(name), layers)
    settings = preprocessing(name)
    model = skeleton(configuration).eval()
    count = sum(value.numel() for value in model.parameters())
    save_file(enlivened(model, generator), folder / "open_clip_model.safetensors")
    # While entente runs, the weights are in the file alone; buffers that no file has stay.
    for value in model.parameters():
        value.data = torch.zeros(()).expand(value.shape)
    gc.collect()
    (folder / "open_clip_config.json").write_text(json.dumps({"model_cfg": configuration, "preprocess_cfg": settings}))
    tokenize = write_tokenizer(folder, configuration["text_cfg"])
    (folder / "texts.json").write_text(json.dumps(TEXTS))
    seen = {}
    included = ["pixel_values", "patch_tokens"] + (["patch_keys"] if watched(model.visual, seen) else [])
    paths = pictures(folder, generator)
    program("encode", "--model", folder, "--output", folder / "images.st", "--include", ",".join(included), *paths)
    program("encode-text", "--model", folder, "--json-file", folder / "texts.json", "--output", folder / "texts.st")
    images, texts = load_file(folder / "images.st"), load_file(folder / "texts.st")
    model.load_state_dict(load_file(folder / "open_clip_model.safetensors"), assign=True)
    shown = open_clip.transform.PreprocessCfg(size=configuration["vision_cfg"].get("image_size", 224), **settings)
    transform = open_clip.transform.image_transform_v2(shown, is_train=False)
    pixels = torch.stack([transform(Image.open(path)) for path in paths])
    rows = [("token_ids", 1.0, 0.0, torch.equal(texts["token_ids"].long(), tokenize(TEXTS)))]
    cosine, difference = agreement(images["pixel_values"].flatten(1), pixels.flatten(1))
    rows.append(("pixel_values", cosine, difference, difference <= 1e-5))
    with torch.inference_mode():
        expected = {"image_embeddings": model.encode_image(images["pixel_values"], normalize=False), "text_embeddings": model.encode_text(texts["token_ids"].long(), normalize=False)} | seen
    for key, value in expected.items():
        cosine, difference = agreement((texts if key in texts else images)[key], value)
        rows.append((key, cosine, difference, cosine >= 0.99999 and difference <= 1e-4))
    for key, cosine, difference, near in rows:
        print(f"{name:30} {count / 1e6:7.0f} M  {depth:18}  {key:16}  cosine {cosine:.8f}  difference {difference:.1e}{'' if near else '  TOO FAR'}", flush=True)
    return {"parameters": count, "depth": depth, "rows": rows}


def summary(done):
    """Prints what the file of results holds; of a configuration the deepest run."""
    best, refused = {}, {}
    for entry in done:
        if "refused" in entry:
            refused[entry["name"]] = entry["refused"]
        elif entry["name"] not in best or entry["depth"] == FULL:
            best[entry["name"]] = entry
    compared = sorted(best.values(), key=lambda entry: entry["parameters"])
    print("\n| configuration | M parameters | compared at | largest difference |\n|---|---|---|---|")
    for entry in compared:
        print(f"| {entry['name']} | {entry['parameters'] / 1e6:.0f} | {entry['depth']} | {max(row[2] for row in entry['rows'][1:]):.1e} |")
    for name, sentence in sorted(refused.items()):
        print(f"| {name} | | refused | {sentence} |")
    depths = [entry["depth"] for entry in compared]
    print(f"\n{len(compared)} compared: {', '.join(f'{depths.count(depth)} at {depth}' for depth in sorted(set(depths)))}; {len(refused)} refused")
    for key in ("pixel_values", "image_embeddings", "text_embeddings", "patch_tokens", "patch_keys"):
        found = [(difference, cosine, entry["name"]) for entry in compared for own, cosine, difference, _ in entry["rows"] if own == key]
        if found:
            print(f"worst {key}: difference {max(found)[0]:.1e} ({max(found)[2]}), cosine {min(cosine for _, cosine, _ in found):.8f}")
    missed = sorted({entry["name"] for entry in done if not all(row[3] for row in entry.get("rows", []))})
    print(f"missed a bound: {', '.join(missed) or 'none'}")
    return missed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--layers", type=int)
    parser.add_argument("--results", type=pathlib.Path)
    parser.add_argument("architectures", nargs="*")
    arguments = parser.parse_args()
    torch.set_num_threads(THREADS)
    done = []
    if arguments.results and arguments.results.exists():
        for line in arguments.results.read_text().splitlines():
            try:
                done.append(json.loads(line))
            except json.JSONDecodeError:
                # Cut off where the run before was stopped.
                continue

    def note(entry):
        done.append(entry)
        if arguments.results:
            with arguments.results.open("a") as file:
                file.write(json.dumps(entry) + "\n")

    finished = {entry["name"] for entry in done if "refused" in entry or entry["asked"] == arguments.layers}
    taken = []
    for name in arguments.architectures or open_clip.list_models():
        if name in finished:
            continue
        with tempfile.TemporaryDirectory() as scratch:
            sentence = described(name, pathlib.Path(scratch))
        if sentence:
            note({"name": name, "refused": sentence})
        else:
            taken.append((parameters(fitted(open_clip.get_model_config(name), arguments.layers)[0]), name))
    for _, name in sorted(taken):
        with tempfile.TemporaryDirectory() as scratch:
            note({"name": name, "asked": arguments.layers} | check(name, pathlib.Path(scratch), arguments.layers))
    sys.exit(1 if summary(done) else 0)


if __name__ == "__main__":
    main()
