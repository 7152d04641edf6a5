"""Writes golden models in the transformers layout and what that library makes of them in fp32.

    python tools/golden/transformers_layout.py Tests/InferenceTests/Golden/transformers

Each folder is what `CLIPModel.save_pretrained` writes, with seeded random weights already rounded to the dtype they are
stored in, and `expected.safetensors`: the inputs (pixel_values [B,3,S,S], token_ids [N,context]) and the library's outputs
(image_embeddings [B,e], patch_tokens and patch_keys [B,n,d], text_embeddings [N,e]). Needs torch and transformers.
"""

import json
import pathlib
import sys

import numpy
import torch
from safetensors.torch import save_file

# The torchvision build may lack its compiled operators, which need only be declared.
library = torch.library.Library("torchvision", "DEF")
library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
from transformers import CLIPConfig, CLIPModel  # noqa: E402

MODELS = {
    # eos_token_id 2 stands for the highest id of a row.
    "quick-gelu-f32-eos-2": {
        "dtype": torch.float32,
        "projection_dim": 40,
        "vision": {"hidden_size": 96, "intermediate_size": 200, "num_hidden_layers": 2, "num_attention_heads": 4, "image_size": 32, "patch_size": 8, "hidden_act": "quick_gelu"},
        "text": {"hidden_size": 64, "intermediate_size": 130, "num_hidden_layers": 2, "num_attention_heads": 4, "max_position_embeddings": 14, "vocab_size": 90, "hidden_act": "quick_gelu", "eos_token_id": 2},
    },
    # Pooled at the first end token, although higher ids stand before and behind it.
    "gelu-f16-eos-70": {
        "dtype": torch.float16,
        "projection_dim": 33,
        "vision": {"hidden_size": 64, "intermediate_size": 256, "num_hidden_layers": 3, "num_attention_heads": 2, "image_size": 42, "patch_size": 14, "hidden_act": "gelu"},
        "text": {"hidden_size": 48, "intermediate_size": 96, "num_hidden_layers": 2, "num_attention_heads": 3, "max_position_embeddings": 11, "vocab_size": 90, "hidden_act": "gelu", "eos_token_id": 70},
    },
}


def lively(name, tensor, generator):
    """Random values of a size that keeps attention peaked and activations away from zero."""
    values = torch.from_numpy(generator.standard_normal(tuple(tensor.shape)).astype(numpy.float32))
    if name == "logit_scale":
        return torch.tensor(4.6)
    if "norm" in name or "layrnorm" in name:
        return 1 + 0.3 * values if name.endswith("weight") else 0.3 * values
    if name.endswith("bias"):
        return 0.4 * values
    if "embedding" in name and "patch" not in name:
        return 0.7 * values
    return values * (1.6 if "_proj" in name else 1.2) / numpy.sqrt(numpy.prod(tensor.shape[1:]))


def write_model(folder, seed, dtype, projection_dim, vision, text):
    config = CLIPConfig(vision_config={**vision, "projection_dim": projection_dim}, text_config={**text, "projection_dim": projection_dim, "bos_token_id": 1, "pad_token_id": 0}, projection_dim=projection_dim)
    model = CLIPModel(config).eval()
    generator = numpy.random.default_rng(seed)
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            if not name.endswith("position_ids"):
                tensor.copy_(lively(name, tensor, generator).to(dtype).float())
    model.to(dtype).save_pretrained(folder, safe_serialization=True)
    for extra in folder.glob("generation_config.json"):
        extra.unlink()
    side = vision["image_size"]
    (folder / "preprocessor_config.json").write_text(json.dumps({
        "do_resize": True, "size": {"shortest_edge": side}, "resample": 3, "do_center_crop": True, "crop_size": {"height": side, "width": side},
        "do_rescale": True, "rescale_factor": 1 / 255, "do_normalize": True, "image_mean": [0.4, 0.5, 0.6], "image_std": [0.2, 0.3, 0.25],
        "do_convert_rgb": True, "image_processor_type": "CLIPImageProcessor"}, indent=2) + "\n")

    # Through the library's own loader, so that the files are known to be what it reads.
    model = CLIPModel.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    pixels = torch.from_numpy(generator.standard_normal((3, 3, side, side)).astype(numpy.float32))
    length = text["max_position_embeddings"]
    end = text["eos_token_id"] if text["eos_token_id"] != 2 else text["vocab_size"] - 1
    tokens = torch.from_numpy(generator.integers(3, 69, size=(5, length)).astype(numpy.int32))
    for row, place in zip(tokens, (length - 1, 4, 2, 6, length // 2)):
        row[place] = end
    tokens[3, 8] = end
    if end == 70:
        tokens[1, 2] = 85
        tokens[2, 5:] = 80
    seen = {}
    last = model.vision_model.encoder.layers[-1]
    last.layer_norm1.register_forward_hook(lambda module, inputs, output: seen.__setitem__("normed", output))
    last.register_forward_hook(lambda module, inputs, output: seen.__setitem__("tokens", output[0] if isinstance(output, tuple) else output))
    with torch.no_grad():
        pooled = model.vision_model(pixel_values=pixels).pooler_output
        expected = {
            "pixel_values": pixels,
            "token_ids": tokens,
            "image_embeddings": model.visual_projection(pooled),
            "patch_tokens": seen["tokens"][:, 1:],
            "patch_keys": (seen["normed"] @ last.self_attn.k_proj.weight.T)[:, 1:],
            "text_embeddings": model.text_projection(model.text_model(input_ids=tokens.long()).pooler_output),
        }
    save_file({name: value.contiguous() for name, value in expected.items()}, folder / "expected.safetensors")
    for name, value in expected.items():
        print(folder.name, name, tuple(value.shape), f"std {value.float().std():.3f}")


if __name__ == "__main__":
    for seed, (name, model) in enumerate(MODELS.items()):
        folder = pathlib.Path(sys.argv[1]) / name
        folder.mkdir(parents=True, exist_ok=True)
        write_model(folder, seed + 31, **model)
