"""Writes golden vision trunks in timm's naming, with and without soft-capped attention, and what timm makes of them.

    python tools/golden/timm_trunk.py Tests/InferenceTests/Golden/timm [NAME...]

Needs PyTorch and timm. Locality Alignment's checkpoints are such trunks: CLIP's vision transformer without projection and text
tower, whose attention logits x become 30 tanh(x / 30). `expected.safetensors` holds pixel_values [B,3,S,S], image_embeddings [B,d]
(the class token behind the final norm), patch_tokens and patch_keys [B,n,d]. The second model is stored with the positions of
another grid than its configuration asks for.
"""

import json
import pathlib
import sys

import numpy
import torch
from safetensors.torch import save_file

library = torch.library.Library("torchvision", "DEF")
library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
from timm.layers import get_act_layer, resample_abs_pos_embed  # noqa: E402
from timm.models.vision_transformer import Attention, VisionTransformer  # noqa: E402

MODELS = {
    "svit-quickgelu": {"architecture": "svit_base_patch16_clip_quickgelu_224.openai", "cap": 30.0, "act": "quick_gelu", "stored": 40,
                       "model_args": {"img_size": 40, "patch_size": 8, "embed_dim": 48, "depth": 3, "num_heads": 3}},
    "svit-cap-5-positions": {"architecture": "svit_large_patch14_clip_336", "cap": 5.0, "act": "gelu", "stored": 56,
                             "model_args": {"img_size": 84, "patch_size": 14, "embed_dim": 40, "depth": 2, "num_heads": 4,
                                            "mlp_ratio": 3, "max_attn_val": 5.0}},
    "vit-plain": {"architecture": "vit_small_patch16_clip_224", "cap": None, "act": "gelu", "stored": 32,
                  "model_args": {"img_size": 32, "patch_size": 8, "embed_dim": 32, "depth": 2, "num_heads": 2}},
}


def capped(attention, cap):
    """The forward pass of timm's attention with its logits softly capped."""
    def forward(x, *args, **kwargs):
        batch, count, width = x.shape
        q, k, v = attention.qkv(x).reshape(batch, count, 3, attention.num_heads, -1).permute(2, 0, 3, 1, 4)
        logits = attention.scale * q @ k.transpose(-2, -1)
        if cap:
            logits = cap * torch.tanh(logits / cap)
        mixed = (torch.softmax(logits, -1) @ v).transpose(1, 2).reshape(batch, count, width)
        return attention.proj(mixed)
    return forward


def write_model(folder, seed, architecture, cap, act, stored, model_args):
    folder.mkdir(parents=True, exist_ok=True)
    config = {"architecture": architecture, "num_classes": 0, "num_features": model_args["embed_dim"], "model_args": model_args,
              "pretrained_cfg": {"mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5], "interpolation": "bicubic", "crop_pct": 1.0}}
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    generator = numpy.random.default_rng(seed)
    arguments = {k: v for k, v in model_args.items() if k != "max_attn_val"}
    build = lambda size: VisionTransformer(
        **(arguments | {"img_size": size}), num_classes=0, pre_norm=True, act_layer=get_act_layer(act),
        norm_layer=lambda width, **where: torch.nn.LayerNorm(width, eps=1e-5, **where)).eval()
    weights = {}
    for name, tensor in build(stored).state_dict().items():
        values = torch.from_numpy(generator.standard_normal(tuple(tensor.shape)).astype(numpy.float32))
        if "norm" in name:
            values = 1 + 0.3 * values if name.endswith("weight") else 0.3 * values
        elif tensor.dim() > 1:
            # Logits that the cap is felt at.
            values *= (4 if "qkv" in name else 1.2) / numpy.sqrt(numpy.prod(tensor.shape[1:])) if "embed" not in name or "proj" in name else 0.7
        else:
            values *= 0.4
        weights[name] = values.contiguous()
    # A classifier, as timm's own checkpoints have it: nobody reads it.
    extra = {"head.weight": torch.ones(4, model_args["embed_dim"]), "head.bias": torch.ones(4)}
    save_file(weights | extra, folder / "model.safetensors")

    model = build(model_args["img_size"])
    side = model_args["img_size"] // model_args["patch_size"]
    weights["pos_embed"] = resample_abs_pos_embed(weights["pos_embed"], (side, side))
    model.load_state_dict(weights)
    seen = {}
    largest = 0
    for block in model.blocks:
        assert isinstance(block.attn, Attention)
        block.attn.forward = capped(block.attn, cap)
    last = model.blocks[-1]
    last.norm1.register_forward_hook(lambda m, i, o: seen.__setitem__("normed", o))
    last.register_forward_hook(lambda m, i, o: seen.__setitem__("tokens", o))
    pixels = torch.from_numpy(generator.standard_normal((2, 3, model_args["img_size"], model_args["img_size"])).astype(numpy.float32))
    width = model_args["embed_dim"]
    with torch.no_grad():
        features = model.forward_features(pixels)
        q, k, _ = last.attn.qkv(seen["normed"]).chunk(3, -1)
        largest = (q @ k.transpose(1, 2)).abs().max() * last.attn.scale
        expected = {"pixel_values": pixels, "image_embeddings": features[:, 0], "patch_tokens": seen["tokens"][:, 1:],
                    "patch_keys": (seen["normed"] @ last.attn.qkv.weight[width:2 * width].T)[:, 1:]}
    save_file({name: value.contiguous() for name, value in expected.items()}, folder / "expected.safetensors")
    print(folder.name, "logits up to", round(largest.item(), 1), {k: tuple(v.shape) for k, v in expected.items()})


if __name__ == "__main__":
    for seed, (name, model) in enumerate(MODELS.items()):
        if not sys.argv[2:] or name in sys.argv[2:]:
            write_model(pathlib.Path(sys.argv[1]) / name, seed + 1, **model)
