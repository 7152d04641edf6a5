"""Writes the golden models of the encoder tests and what open_clip makes of them in fp32.

    python tools/golden/encoder.py Tests/InferenceTests/Golden/encoder [NAME...]

Each folder is a model directory with seeded random weights, already rounded to the dtype it is stored in, and
`expected.safetensors`: the inputs (pixel_values [B,3,S,S], token_ids [N,context]) and open_clip's outputs
(image_embeddings [B,e], patch_tokens and, of transformers, patch_keys [B,n,d], text_embeddings [N,e]).
"""

import json
import math
import pathlib
import sys

import numpy
import torch
from safetensors.torch import save_file

# The torchvision build may lack its compiled operators, which open_clip only needs to be declared.
library = torch.library.Library("torchvision", "DEF")
library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
import open_clip  # noqa: E402

MODELS = {
    "quick-gelu-f16": {
        "dtype": torch.float16,
        "images": 3,
        "model_cfg": {
            "embed_dim": 48,
            "quick_gelu": True,
            "vision_cfg": {"image_size": 32, "layers": 2, "width": 128, "patch_size": 8},
            "text_cfg": {"context_length": 16, "vocab_size": 200, "width": 64, "heads": 2, "layers": 2},
        },
    },
    "gelu-f32-patch-14": {
        "dtype": torch.float32,
        "images": 2,
        "model_cfg": {
            "embed_dim": 33,
            "vision_cfg": {"image_size": 42, "layers": 2, "width": 64, "head_width": 64, "mlp_ratio": 2.7,
                           "patch_size": 14},
            "text_cfg": {"context_length": 11, "vocab_size": 150, "width": 48, "heads": 3, "layers": 2,
                         "hf_tokenizer_name": None},
        },
    },
    # The image side is no multiple of the patch, and widths are no multiple of a vector.
    "head-width-20-bf16": {
        "dtype": torch.bfloat16,
        "images": 3,
        "model_cfg": {
            "embed_dim": 40,
            "init_logit_bias": -10,
            "vision_cfg": {"image_size": [44, 44], "layers": 3, "width": 100, "head_width": 20, "mlp_ratio": 2.5,
                           "patch_size": 10, "patch_dropout": 0.5},
            "text_cfg": {"context_length": 13, "vocab_size": 150, "width": 36, "heads": 4, "layers": 3},
        },
    },
}

MODELS |= {
    "resnet-f32": {
        "dtype": torch.float32,
        "images": 3,
        "model_cfg": {
            "embed_dim": 24,
            "quick_gelu": True,
            "vision_cfg": {"image_size": 64, "layers": [1, 2, 1, 1], "width": 8, "patch_size": None},
            "text_cfg": {"context_length": 12, "vocab_size": 60, "width": 24, "heads": 3, "layers": 1},
        },
    },
    # Four heads, and a map of three by three.
    "resnet-f16-heads": {
        "dtype": torch.float16,
        "images": 2,
        "model_cfg": {
            "embed_dim": 20,
            "vision_cfg": {"image_size": 96, "layers": [2, 1, 1, 2], "width": 6, "head_width": 48},
            "text_cfg": {"context_length": 12, "vocab_size": 60, "width": 24, "heads": 3, "layers": 1},
        },
    },
}

# Weights of a 4x4 and of a 9x9 grid under configurations that ask for 6x6: positions are interpolated at load.
for name, stored in (("positions-up-f32", 32), ("positions-down-f32", 72)):
    MODELS[name] = {
        "dtype": torch.float32,
        "images": 2,
        "stored_image_size": stored,
        "model_cfg": {
            "embed_dim": 16,
            "vision_cfg": {"image_size": 48, "layers": 1, "width": 48, "head_width": 16, "patch_size": 8},
            "text_cfg": {"context_length": 12, "vocab_size": 60, "width": 24, "heads": 3, "layers": 1},
        },
    }

# timm's smallest trunks under both heads; the image of the second is no multiple of 32.
MODELS |= {
    "convnext-f16-linear": {
        "dtype": torch.float16,
        "images": 2,
        "model_cfg": {
            "embed_dim": 20,
            "vision_cfg": {"timm_model_name": "test_convnext", "timm_model_pretrained": False, "timm_pool": "",
                           "timm_proj": "linear", "timm_drop": 0.0, "timm_drop_path": 0.1, "image_size": 96},
            "text_cfg": {"context_length": 12, "vocab_size": 60, "width": 24, "heads": 3, "layers": 1},
        },
    },
    "convnext-bf16-mlp": {
        "dtype": torch.bfloat16,
        "images": 2,
        "model_cfg": {
            "embed_dim": 24,
            "quick_gelu": True,
            "vision_cfg": {"timm_model_name": "test_convnext2", "timm_proj": "mlp", "timm_proj_bias": True,
                           "image_size": 88},
            "text_cfg": {"context_length": 12, "vocab_size": 60, "width": 24, "heads": 3, "layers": 1},
        },
    },
}


def lively(name, shape, generator):
    """Random values of a size that keeps attention peaked and activations away from zero."""
    values = torch.from_numpy(generator.standard_normal(shape).astype(numpy.float32))
    if name.endswith("logit_scale"):
        return torch.tensor(math.log(100.0)).reshape(shape)
    if name.endswith("logit_bias"):
        return torch.tensor(-10.0).reshape(shape)
    if name.endswith("num_batches_tracked"):
        return torch.tensor(7)
    if name.endswith("running_var"):
        return torch.exp(0.4 * values)
    if name.endswith("running_mean"):
        return 0.3 * values
    if ".bn" in name or ".downsample.1." in name:
        return 1 + 0.3 * values if name.endswith("weight") else 0.3 * values
    if name.endswith("gamma"):
        return 0.4 + 0.2 * values
    if ".ln_" in name or name.startswith("ln_") or (".trunk." in name and len(shape) == 1 and ("norm" in name or ".downsample.0." in name or ".stem.1." in name)):
        return 1 + 0.3 * values if name.endswith("weight") else 0.3 * values
    if name.endswith("bias"):
        return 0.4 * values
    if name.endswith("in_proj_weight"):
        return values * 1.6 / math.sqrt(shape[1])
    if name in ("visual.proj", "text_projection"):
        return values / math.sqrt(shape[0])
    if "embedding" in name:
        return 0.7 * values
    return values * 1.2 / math.sqrt(math.prod(shape[1:]))


def token_rows(text_cfg, generator):
    """Texts whose highest id stands first, last and between, once twice over, some with zeros behind it."""
    length, top = text_cfg["context_length"], text_cfg["vocab_size"] - 1
    rows = generator.integers(1, top, size=(6, length))
    for row, end in zip(rows, (length - 1, 4, 0, 7, 2, length // 2)):
        row[end] = top
    rows[1, 5:] = 0
    rows[3, 9] = top
    rows[4, 3:] = 0
    return torch.from_numpy(rows.astype(numpy.int32))


def write_model(folder, seed, dtype, images, model_cfg, stored_image_size=None):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "open_clip_config.json").write_text(
        json.dumps({"model_cfg": model_cfg, "preprocess_cfg": {"mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5]}},
                   indent=2) + "\n")
    generator = numpy.random.default_rng(seed)
    stored_cfg = json.loads(json.dumps(model_cfg))
    if stored_image_size:
        stored_cfg["vision_cfg"]["image_size"] = stored_image_size
    skeleton = open_clip.CLIP(**stored_cfg)
    weights = {name: lively(name, tuple(tensor.shape), generator).to(dtype if tensor.is_floating_point() else tensor.dtype).contiguous()
               for name, tensor in skeleton.state_dict().items()}
    save_file(weights, folder / "open_clip_model.safetensors")

    # Through open_clip's own loader, so that the files are known to be what it reads.
    model = open_clip.create_model(f"local-dir:{folder}", precision="fp32").eval()
    for name, tensor in model.state_dict().items():
        resized = stored_image_size and name == "visual.positional_embedding"
        assert resized or torch.equal(tensor.float(), weights[name].float()), name

    side = model_cfg["vision_cfg"]["image_size"]
    side = side if isinstance(side, int) else side[0]
    pixels = torch.from_numpy(generator.standard_normal((images, 3, side, side)).astype(numpy.float32))
    tokens = token_rows(model_cfg["text_cfg"], generator)
    seen = {}
    last_map = getattr(model.visual, "layer4", None) or getattr(getattr(model.visual, "trunk", None), "stages", None)
    if last_map:
        last_map.register_forward_hook(lambda module, inputs, output: seen.__setitem__("map", output))
    else:
        last = model.visual.transformer.resblocks[-1]
        last.ln_1.register_forward_hook(lambda module, inputs, output: seen.__setitem__("normed", output))
        last.register_forward_hook(lambda module, inputs, output: seen.__setitem__("tokens", output))
    with torch.no_grad():
        expected = {
            "pixel_values": pixels,
            "token_ids": tokens,
            "image_embeddings": model.encode_image(pixels),
            "text_embeddings": model.encode_text(tokens.long()),
        }
        if last_map:
            expected["patch_tokens"] = seen["map"].flatten(2).transpose(1, 2)
        else:
            width = seen["tokens"].shape[-1]
            expected["patch_tokens"] = seen["tokens"][:, 1:]
            expected["patch_keys"] = (seen["normed"] @ last.attn.in_proj_weight[width:2 * width].T)[:, 1:]
    save_file({name: value.contiguous() for name, value in expected.items()}, folder / "expected.safetensors")
    for name, value in expected.items():
        print(folder.name, name, tuple(value.shape), f"std {value.float().std():.3f}")


if __name__ == "__main__":
    wanted = sys.argv[2:]
    for seed, (name, model) in enumerate(MODELS.items()):
        if wanted and name not in wanted:
            continue
        write_model(pathlib.Path(sys.argv[1]) / name, seed + 1, **model)
