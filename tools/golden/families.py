"""Writes golden models of SigLIP and the families after it, and what their libraries make of them in fp32.

    python tools/golden/families.py Tests/InferenceTests/Golden/families [NAME...]

Written with torch 2.13.0, open_clip_torch 3.3.0, timm 1.0.31 and transformers 5.24.0. Each folder is a model directory with
seeded random weights, already rounded to the dtype they are stored in, and `expected.safetensors`: the inputs (pixel_values
[B,3,S,S], token_ids [N,context]) and the library's outputs (image_embeddings [B,e], patch_tokens and patch_keys [B,n,d],
text_embeddings [N,e], logits [B,N] with scale and bias where the model has one; of one, what dense methods make of the patches,
[B,n,e]: blocks changed as the papers have it, *said again*, pooled each on its own by the library's pool). Of open_clip's layout the vision encoders
are timm's own classes at sizes that timm has no name for: they are registered here under names of their own, and
`GoldenFamily.swift` says the same of them.
"""

import functools
import json
import pathlib
import sys

import numpy
import torch
from safetensors.torch import save_file

import open_clip
import timm
from timm.layers import LayerNorm
from timm.models import eva, register_model, vision_transformer, vision_transformer_hybrid
from transformers import SiglipConfig, SiglipModel

SIGLIP = dict(class_token=False, global_pool="map")
TRUNKS = {
    # The perceptron's width is no multiple of anything.
    "small_siglip_gelu": dict(SIGLIP, img_size=32, patch_size=8, embed_dim=64, depth=2, num_heads=4, mlp_ratio=2.7),
    # The image side is no multiple of the patch.
    "small_siglip_tanh": dict(SIGLIP, img_size=44, patch_size=10, embed_dim=60, depth=3, num_heads=3, mlp_ratio=3.7362, act_layer="gelu_tanh"),
    "small_clip": dict(img_size=42, patch_size=14, embed_dim=64, depth=2, num_heads=2, pre_norm=True, norm_layer=functools.partial(LayerNorm, eps=1e-5)),
}
PERCEPTION = dict(global_pool="map", attn_type="rope", use_pre_transformer_norm=True, use_rot_pos_emb=True, rope_grid_indexing="xy", attn_pool_num_heads=8, attn_pool_mlp_ratio=4.0, norm_layer=functools.partial(LayerNorm, eps=1e-5))
EYES = {
    "small_perception": dict(PERCEPTION, img_size=40, patch_size=8, embed_dim=64, depth=2, num_heads=2, ref_feat_shape=(5, 5), rope_grid_offset=1.0),
    # The grid has another side than the one that its angles are of; the perceptron's width is no multiple of anything.
    "small_eva02": dict(img_size=40, patch_size=8, embed_dim=64, depth=2, num_heads=2, mlp_ratio=2.7, qkv_fused=False, swiglu_mlp=True, scale_mlp=True, scale_attn_inner=True, use_rot_pos_emb=True, ref_feat_shape=(4, 4)),
    "small_eva": dict(img_size=32, patch_size=8, embed_dim=60, depth=2, num_heads=3, mlp_ratio=6144 / 1408),
    "small_perception_bare": dict(PERCEPTION, img_size=48, patch_size=8, embed_dim=96, depth=2, num_heads=4, mlp_ratio=8960 / 1536, ref_feat_shape=(6, 6), class_token=False),
}


def register(name, make):
    make.__name__ = name
    make.__module__ = "timm.models.vision_transformer"
    register_model(make)


for name, arguments in TRUNKS.items():
    register(name, lambda pretrained=False, arguments=arguments, **kwargs: vision_transformer.VisionTransformer(**dict(arguments, **timm_arguments(kwargs))))
for name, arguments in EYES.items():
    register(name, lambda pretrained=False, arguments=arguments, **kwargs: eva.Eva(**dict(arguments, **timm_arguments(kwargs))))


def mobile(pretrained=False, **kwargs):
    stem = vision_transformer_hybrid.ConvStem(channels=(24, 24, 96), stride=(4, 2, 2), kernel_size=(4, 2, 2), padding=0, act_layer=torch.nn.GELU)
    embed = functools.partial(vision_transformer_hybrid.HybridEmbed, backbone=stem, proj=False)
    return vision_transformer.VisionTransformer(img_size=48, patch_size=1, embed_dim=96, depth=2, num_heads=4, no_embed_class=True, embed_layer=embed, **timm_arguments(kwargs))


def timm_arguments(kwargs):
    return {name: value for name, value in kwargs.items() if name in ("num_classes", "global_pool")}


register("small_mobile", mobile)

TEXT = {"context_length": 12, "vocab_size": 90, "width": 48, "heads": 3, "layers": 2}
COCA_TEXT = dict(TEXT, embed_cls=True, output_tokens=True)
DECODER = dict(TEXT, width=40, heads=4, layers=1)
SIGLIP_TEXT = dict(TEXT, no_causal_mask=True, proj_bias=True, pool_type="last", norm_kwargs={"eps": 1e-6}, hf_tokenizer_name="somebody/siglip", tokenizer_kwargs={"clean": "canonicalize"})


def trunk(name, size, pool, proj):
    return {"image_size": size, "timm_model_name": name, "timm_model_pretrained": False, "timm_pool": pool, "timm_proj": proj}


OPEN_CLIP = {
    "siglip-f32": (torch.float32, {"embed_dim": 64, "init_logit_bias": -10, "custom_text": True, "vision_cfg": trunk("small_siglip_gelu", 32, "map", "none"), "text_cfg": SIGLIP_TEXT}),
    "siglip2-bf16": (torch.bfloat16, {"embed_dim": 60, "init_logit_bias": -10, "custom_text": True, "vision_cfg": trunk("small_siglip_tanh", 44, "map", "none"), "text_cfg": dict(SIGLIP_TEXT, mlp_ratio=3.7362, act_kwargs={"approximate": "tanh"})}),
    "siglip-i18n-f16": (torch.float16, {"embed_dim": 64, "init_logit_bias": -10, "custom_text": True, "nonscalar_logit_scale": True, "vision_cfg": trunk("small_siglip_gelu", 32, "map", "none"), "text_cfg": {name: value for name, value in dict(SIGLIP_TEXT, width=64, heads=4, proj_type="none").items() if name != "proj_bias"}}),
    "perception-bf16": (torch.bfloat16, {"embed_dim": 40, "custom_text": True, "vision_cfg": trunk("small_perception", 40, "map", None), "text_cfg": TEXT}),
    "perception-bare-f16": (torch.float16, {"embed_dim": 40, "custom_text": True, "vision_cfg": trunk("small_perception_bare", 48, "map", None), "text_cfg": TEXT}),
    "mobile-f16": (torch.float16, {"embed_dim": 40, "custom_text": True, "vision_cfg": trunk("small_mobile", 48, "token", None), "text_cfg": dict(TEXT, no_causal_mask=False)}),
    "mobile2-large-f16": (torch.float16, {"embed_dim": 40, "custom_text": True, "vision_cfg": trunk("small_clip", 42, "token", None), "text_cfg": dict(TEXT, no_causal_mask=True)}),
    "clipa-f16": (torch.float16, {"embed_dim": 40, "vision_cfg": {"image_size": 32, "layers": 2, "width": 64, "head_width": 32, "patch_size": 8, "no_ln_pre": True, "pool_type": "avg", "final_ln_after_pool": True}, "text_cfg": dict(TEXT, hf_tokenizer_name="somebody/bert", tokenizer_kwargs={"strip_sep_token": True}, pool_type="last", no_causal_mask=True)}),
    "mean-first-f16": (torch.float16, {"embed_dim": 40, "vision_cfg": {"image_size": 32, "layers": 2, "width": 64, "head_width": 32, "patch_size": 8, "pool_type": "avg", "ls_init_value": 0.1}, "text_cfg": dict(TEXT, ls_init_value=0.1, pool_type="first", no_causal_mask=True)}),
    # Ids above the end token's stand before and behind it.
    "worldwide-f16": (torch.float16, {"embed_dim": 40, "vision_cfg": {"image_size": 32, "layers": 2, "width": 80, "head_width": 40, "patch_size": 8}, "text_cfg": dict(TEXT, hf_tokenizer_name="somebody/xlm", pool_type="eos", eos_id=2)}),
}

TRANSFORMERS = {
    "transformers-siglip-bf16": (torch.bfloat16, {
        "vision_config": {"hidden_size": 64, "intermediate_size": 172, "num_hidden_layers": 2, "num_attention_heads": 4, "image_size": 32, "patch_size": 8},
        "text_config": {"vocab_size": 90, "hidden_size": 48, "intermediate_size": 130, "num_hidden_layers": 2, "num_attention_heads": 3, "max_position_embeddings": 12, "projection_size": 64}}),
    "transformers-siglip-gelu-f16": (torch.float16, {
        "vision_config": {"hidden_size": 48, "intermediate_size": 96, "num_hidden_layers": 3, "num_attention_heads": 2, "image_size": 44, "patch_size": 10, "hidden_act": "gelu", "layer_norm_eps": 1e-5},
        "text_config": {"vocab_size": 90, "hidden_size": 48, "intermediate_size": 96, "num_hidden_layers": 2, "num_attention_heads": 3, "max_position_embeddings": 12, "hidden_act": "gelu"}}),
}

# Behind the others, whose seeds are their places.
LATER = {
    "eva02-f16": (torch.float16, {"embed_dim": 40, "custom_text": True, "vision_cfg": trunk("small_eva02", 40, "token", None), "text_cfg": TEXT}),
    "eva-bf16": (torch.bfloat16, {"embed_dim": 40, "custom_text": True, "vision_cfg": trunk("small_eva", 32, "token", None), "text_cfg": TEXT}),
    "coca-f16": (torch.float16, {"embed_dim": 40, "custom_text": True, "multimodal_cfg": DECODER, "vision_cfg": {"image_size": 32, "layers": 2, "width": 64, "head_width": 32, "patch_size": 8, "attentional_pool": True, "attn_pooler_heads": 4, "attn_pooler_queries": 5, "output_tokens": True}, "text_cfg": COCA_TEXT}),
    # As wide as the embeddings: queries, keys and values are stored as one.
    "coca-even-bf16": (torch.bfloat16, {"embed_dim": 64, "custom_text": True, "multimodal_cfg": DECODER, "vision_cfg": {"image_size": 32, "layers": 2, "width": 64, "head_width": 32, "patch_size": 8, "attentional_pool": True, "attn_pooler_heads": 2, "attn_pooler_queries": 3, "output_tokens": True}, "text_cfg": dict(COCA_TEXT, pad_id=3)}),
}


def lively(name, tensor, generator):
    """Random values of a size that keeps attention peaked and activations away from zero."""
    shape = tuple(tensor.shape)
    values = torch.from_numpy(generator.standard_normal(shape).astype(numpy.float32))
    if not tensor.is_floating_point():
        return tensor
    if name == "logit_scale":
        return torch.full(shape, 2.0)
    if name == "logit_bias":
        return torch.full(shape, -3.0)
    if name.endswith("running_var"):
        return torch.exp(0.4 * values)
    if name.endswith("gamma"):
        return 0.6 + 0.2 * values
    if len(shape) == 1 and name.endswith("weight"):
        return 1 + 0.3 * values
    if len(shape) == 1:
        return 0.4 * values
    if "embed" in name and "patch" not in name or name.endswith(("cls_token", "latent", "probe")):
        return 0.7 * values
    if name in ("visual.proj", "text_projection"):
        return values / numpy.sqrt(shape[0])
    attention = any(part in name for part in ("in_proj", "qkv", "q_proj", "k_proj", ".q.", ".kv."))
    return values * (1.6 if attention else 1.2) / numpy.sqrt(numpy.prod(shape[1:]))


def token_rows(context, vocabulary, generator, padded=False):
    """Texts with the id 2 at several places, once twice and once nowhere, amid higher and lower ids; some with zeros behind."""
    rows = generator.integers(3, vocabulary, size=(7, context))
    for row, end in zip(rows, (context - 1, 4, 1, 7, 2, context // 2)):
        row[end] = 2
    rows[1, 5:] = 0
    rows[3, 9] = 2
    rows[4, 3:] = 0
    if padded:
        # Padding amid and right before the last token, and the same of those who pad with 3.
        rows[5, [3, 4]] = 0
        rows[6, [context - 2, 6]] = (0, 3)
        rows[2, [0, 5, context - 1]] = 3
    return torch.from_numpy(rows.astype(numpy.int32))


def watch(model, block, norm, keys, prefix):
    """What the last block ends with, and its normed input times the key weights."""
    seen = {}
    norm.register_forward_hook(lambda module, inputs, output: seen.__setitem__("patch_keys", (output @ keys.T)[:, prefix:]))
    block.register_forward_hook(lambda module, inputs, output: seen.__setitem__("patch_tokens", (output[0] if isinstance(output, tuple) else output)[:, prefix:]))
    return seen


def dense_methods(trunk, pixels):
    """Patches in the embedding space: what a method leaves of the last block, each patch as the only token of timm's pool."""
    block, seen = trunk.blocks[-1], {}
    hooks = [block.register_forward_pre_hook(lambda module, inputs: seen.__setitem__("x", inputs[0])), block.register_forward_hook(lambda module, inputs, output: seen.__setitem__("raw", output))]
    trunk.forward_features(pixels)
    for hook in hooks:
        hook.remove()
    x, attention, side = seen["x"], block.attn, trunk.patch_embed.grid_size[0]
    batch, count, width = x.shape
    q, k, v = attention.qkv(block.norm1(x)).reshape(batch, count, 3, attention.num_heads, -1).permute(2, 0, 3, 1, 4)
    scale = q.shape[-1] ** -0.5

    def mix(weights):
        return attention.proj((weights @ v).transpose(1, 2).reshape(batch, count, width))

    def perceptron(rows):
        return rows + block.mlp(block.norm2(rows))

    places = torch.stack(torch.meshgrid(torch.arange(side), torch.arange(side), indexing="ij"), -1).reshape(-1, 2).float()
    window = torch.exp(-torch.cdist(places, places) ** 2 / (2 * 5.0 ** 2))
    alike = lambda a, extra=0: (a @ a.transpose(-2, -1) * scale + extra).softmax(-1)  # noqa: E731
    rows = {
        "raw": seen["raw"],
        "maskclip": perceptron(x + mix(torch.eye(count))),
        "sclip": perceptron(x + mix(alike(q) + alike(k))),
        "naclip": mix(alike(k, window)),
        "clearclip": mix(alike(q)),
    }
    return {f"dense_{name}": trunk.head(trunk.attn_pool(trunk.norm(value).reshape(-1, 1, width))).reshape(batch, count, -1) for name, value in rows.items()}


def finish(folder, model, seen, images, texts, pixels, tokens):
    with torch.no_grad():
        image, text = images(pixels), texts(tokens.long())
        cosines = torch.nn.functional.normalize(image, dim=-1) @ torch.nn.functional.normalize(text, dim=-1).T
        bias = getattr(model, "logit_bias", None)
        expected = {"pixel_values": pixels, "token_ids": tokens, "image_embeddings": image, "text_embeddings": text} | seen
        if folder.name.startswith("siglip-f32"):
            expected |= dense_methods(model.visual.trunk, pixels)
        expected["logits"] = cosines * model.logit_scale.float().exp() + (0 if bias is None else bias.float())
    save_file({name: value.contiguous() for name, value in expected.items()}, folder / "expected.safetensors")
    for name, value in expected.items():
        print(folder.name, name, tuple(value.shape), f"std {value.float().std():.3f}")


def write_open_clip(folder, seed, dtype, model_cfg):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "open_clip_config.json").write_text(json.dumps({"model_cfg": model_cfg, "preprocess_cfg": {"mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5], "resize_mode": "squash"}}, indent=2) + "\n")
    generator = numpy.random.default_rng(seed)
    arguments = json.loads(json.dumps(model_cfg))
    has_own_text = arguments.pop("custom_text", False)
    make = open_clip.CoCa if "multimodal_cfg" in arguments else open_clip.CustomTextCLIP if has_own_text else open_clip.CLIP
    skeleton = make(**arguments)
    weights = {name: lively(name, tensor, generator).to(dtype if tensor.is_floating_point() else tensor.dtype).contiguous() for name, tensor in skeleton.state_dict().items()}
    save_file(weights, folder / "open_clip_model.safetensors")
    # Through open_clip's own loader, so that the files are known to be what it reads.
    model = open_clip.create_model(f"local-dir:{folder}", precision="fp32").eval()
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor.float(), weights[name].float()), name
    side = model_cfg["vision_cfg"]["image_size"]
    pixels = torch.from_numpy(generator.standard_normal((3, 3, side, side)).astype(numpy.float32))
    tokens = token_rows(model_cfg["text_cfg"]["context_length"], model_cfg["text_cfg"]["vocab_size"], generator, "embed_cls" in model_cfg["text_cfg"])
    tower = model.visual
    if hasattr(tower, "trunk"):
        block = tower.trunk.blocks[-1]
        apart = getattr(block.attn, "k_proj", None)
        keys = apart.weight if apart is not None else block.attn.qkv.weight.chunk(3)[1]
        seen = watch(model, block, block.norm1, keys, tower.trunk.num_prefix_tokens)
    else:
        block = tower.transformer.resblocks[-1]
        width = block.attn.in_proj_weight.shape[1]
        seen = watch(model, block, block.ln_1, block.attn.in_proj_weight[width:2 * width], 1)
    # CoCa's give rows of length 1 if they aren't told otherwise.
    finish(folder, model, seen, lambda pixels: model.encode_image(pixels, normalize=False), lambda tokens: model.encode_text(tokens, normalize=False), pixels, tokens)


def write_transformers(folder, seed, dtype, sections):
    folder.mkdir(parents=True, exist_ok=True)
    model = SiglipModel(SiglipConfig(**json.loads(json.dumps(sections)))).eval()
    generator = numpy.random.default_rng(seed)
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            if not name.endswith("position_ids"):
                tensor.copy_(lively(name, tensor, generator).to(dtype).float())
    model.to(dtype).save_pretrained(folder)
    for extra in folder.glob("generation_config.json"):
        extra.unlink()
    # As published: what is the library's default is left out.
    (folder / "config.json").write_text(json.dumps({"architectures": ["SiglipModel"], "model_type": "siglip"} | sections, indent=2) + "\n")
    side = sections["vision_config"]["image_size"]
    (folder / "preprocessor_config.json").write_text(json.dumps({
        "do_convert_rgb": None, "do_normalize": True, "do_rescale": True, "do_resize": True, "image_mean": [0.5, 0.5, 0.5], "image_processor_type": "SiglipImageProcessor",
        "image_std": [0.5, 0.5, 0.5], "processor_class": "SiglipProcessor", "resample": 2, "rescale_factor": 0.00392156862745098, "size": {"height": side, "width": side}}, indent=2) + "\n")
    model = SiglipModel.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    pixels = torch.from_numpy(generator.standard_normal((3, 3, side, side)).astype(numpy.float32))
    tokens = token_rows(12, 90, generator)
    block = model.vision_model.encoder.layers[-1]
    seen = watch(model, block, block.layer_norm1, block.self_attn.k_proj.weight, 0)
    finish(folder, model, seen, lambda pixels: model.vision_model(pixel_values=pixels).pooler_output, lambda tokens: model.text_model(input_ids=tokens).pooler_output, pixels, tokens)


if __name__ == "__main__":
    wanted = sys.argv[2:]
    for seed, (name, (dtype, configuration)) in enumerate((OPEN_CLIP | TRANSFORMERS | LATER).items()):
        if not wanted or name in wanted:
            write = write_open_clip if name in OPEN_CLIP | LATER else write_transformers
            write(pathlib.Path(sys.argv[1]) / name, seed + 71, dtype, configuration)
