"""Writes what timm's names of vision trunks stand for, as its classes say once they are made (without weights).

    python tools/golden/trunks.py Tests/InferenceTests/Golden/trunks.json

Written with torch 2.13.0, open_clip_torch 3.3.0 and timm 1.0.31. Of every transformer that one of open_clip's configurations names and
whose class has a flat stack of blocks with a plain perceptron or SwiGLU: sizes, activation, ε, what is there and what is not. Others that such names have are there too, so
that a test can say which of them are refused.
"""

import json
import pathlib
import sys

import torch

import open_clip
import timm
from timm.models.eva import Eva
from timm.models.vision_transformer import VisionTransformer

ACTIVATIONS = {"GELU": "gelu", "GELUTanh": "gelu_tanh", "GELU(tanh)": "gelu_tanh", "SiLU": "silu", "QuickGELU": "quick_gelu"}


def activation(module):
    name = type(module).__name__
    return ACTIVATIONS[f"{name}(tanh)" if getattr(module, "approximate", "none") == "tanh" else name]


def described(trunk):
    block = trunk.blocks[0]
    hidden = block.mlp.fc1_x if hasattr(block.mlp, "fc1_x") else block.mlp.fc1
    rope, pool = getattr(trunk, "rope", None), getattr(trunk, "attn_pool", None)
    present = lambda module: not isinstance(module, torch.nn.Identity)  # noqa: E731
    facts = {
        "width": trunk.embed_dim,
        "layers": len(trunk.blocks),
        "heads": block.attn.num_heads,
        "mlp_width": hidden.out_features,
        "activation": activation(block.mlp.act),
        "epsilon": block.norm1.eps,
        "grid": trunk.patch_embed.grid_size[0],
        "image": trunk.patch_embed.img_size[0],
        "class_token": trunk.cls_token is not None,
        "input_norm": present(trunk.norm_pre),
        "gated": hasattr(block.mlp, "fc1_g"),
        "inner_norms": present(getattr(block.attn, "norm", torch.nn.Identity())),
        "post_norm": type(block).__name__.endswith("PostNorm"),
        "pool": trunk.global_pool,
    }
    if pool is not None:
        facts |= {"pool_heads": pool.num_heads, "pool_mlp_width": pool.mlp.fc1.out_features}
    if rope is not None:
        facts |= {"rope_offset": rope.grid_offset, "rope_side": rope.ref_feat_shape[0], "rope_indexing": rope.grid_indexing, "rope_base": rope.temperature}
    return facts


def main(target):
    found = {}
    for name in open_clip.list_models():
        vision = open_clip.get_model_config(name)["vision_cfg"]
        trunk_name = vision.get("timm_model_name")
        if not trunk_name or trunk_name in found:
            continue
        with torch.device("meta"):
            trunk = timm.create_model(trunk_name, pretrained=False, **({"global_pool": vision["timm_pool"]} if vision.get("timm_pool") else {}))
        if isinstance(trunk, (Eva, VisionTransformer)) and type(trunk.blocks[0].mlp).__name__ in ("Mlp", "SwiGLU"):
            found[trunk_name] = described(trunk)
    rows = [f'  "{name}": {json.dumps(facts)}' for name, facts in sorted(found.items())]
    pathlib.Path(target).write_text("{\n" + ",\n".join(rows) + "\n}\n")
    print(len(found), "trunks")


if __name__ == "__main__":
    main(sys.argv[1])
