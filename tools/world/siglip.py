"""SigLIP in small: made by transformers, trained to tell of every pair whether it belongs together, and written in that library's layout,
whose configuration says every size (open_clip knows such a vision tower by names of timm's alone, and none is this small)."""

import json
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import SiglipConfig, SiglipImageProcessorPil, SiglipModel
from transformers.models.siglip2.tokenization_siglip2 import Siglip2Tokenizer

from configurations import CONTEXT
from train import Trainer

SPECIAL = ("<pad>", "<eos>", "<bos>", "<unk>", "<mask>")
BIAS = -10.0  # of the first logits: nearly all pairs are false


class Siglip(torch.nn.Module):
    """transformers' model under the names that training uses."""

    def __init__(self, model, tokens):
        super().__init__()
        self.model = model
        self.tokens = tokens  # token -> id

    @property
    def logit_scale(self):
        return self.model.logit_scale

    @property
    def visual(self):
        return self.model.vision_model

    def encode_image(self, pixels, normalize=False):
        return _rows(self.visual(pixel_values=pixels).pooler_output, normalize)

    def encode_text(self, ids, normalize=False):
        return _rows(self.model.text_model(input_ids=ids).pooler_output, normalize)


def _rows(rows, normalize):
    return torch.nn.functional.normalize(rows, dim=-1) if normalize else rows


def fresh(vision, text_layers, tokens, scale):
    """A model with random weights; of `vision` the words of open_clip's."""
    width = vision["width"]
    config = SiglipConfig(
        vision_config={
            "hidden_size": width, "intermediate_size": 4 * width, "num_hidden_layers": vision["layers"],
            "num_attention_heads": width // vision["head_width"], "image_size": vision["image_size"], "patch_size": vision["patch_size"],
        },
        text_config={
            "vocab_size": len(tokens), "hidden_size": 128, "intermediate_size": 512, "num_hidden_layers": text_layers, "num_attention_heads": 4,
            "max_position_embeddings": CONTEXT, "projection_size": width, "pad_token_id": 0, "eos_token_id": 1, "bos_token_id": 2,
        },
    )
    model = Siglip(SiglipModel(config), tokens)
    with torch.no_grad():
        model.logit_scale.fill_(scale).log_()
        model.model.logit_bias.fill_(BIAS)
    return model


class PooledPatches:
    """`PatchTokens` of a tower whose rows are all patches."""

    embeds = True

    def __init__(self, model):
        model.visual.encoder.layers[-1].register_forward_hook(self.keep)

    def keep(self, module, inputs, output):
        self.latest = output

    def embedded(self, visual):
        """Patches as the pool would have each as the only row, [b, patches, e]: attention to one row is its value."""
        head, rows = visual.head, visual.post_layernorm(self.latest)
        width = rows.shape[-1]
        values = torch.nn.functional.linear(rows, head.attention.in_proj_weight[2 * width :], head.attention.in_proj_bias[2 * width :])
        pooled = head.attention.out_proj(values)
        return pooled + head.mlp(head.layernorm(pooled))

    def patch(self, side):
        return side // int(self.latest.shape[1] ** 0.5)


class SigmoidTrainer(Trainer):
    def normalised(self, pixels):
        return normalised(pixels)

    def embedded(self, ids):
        return self.model.encode_text(ids)

    def loss(self, images, texts, true, ignored):
        """Of each pair whether it belongs together, summed over the texts and averaged over the pictures (Zhai et al., ICCV 2023)."""
        logits = self.model.logit_scale.exp() * images @ texts.T + self.model.model.logit_bias
        said = torch.nn.functional.logsigmoid((2 * true - 1) * logits).masked_fill(ignored, 0)
        return -said.sum(1).mean()

    def watched(self):
        return PooledPatches(self.model)


def normalised(pixels):
    """[n, 3, S, S] in 0…255 to the model's input, -1…1."""
    return pixels / 127.5 - 1


def vocabulary(texts, most):
    """Byte-pair encoding of characters that falls back on bytes, as SigLIP 2 has it of Gemma's; at most `most` tokens."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Lowercase(), normalizers.Replace(" ", "▁")])
    # Only here: pieces are to lie within words. What is encoded later is one word, as Gemma's spaces are gone before its split.
    tokenizer.pre_tokenizer = pre_tokenizers.Split("▁", "merged_with_next")
    byte_tokens = [f"<0x{byte:02X}>" for byte in range(256)]
    trainer = trainers.BpeTrainer(vocab_size=most, special_tokens=[*SPECIAL, *byte_tokens], show_progress=False)
    tokenizer.train_from_iterator(sorted(texts), trainer)
    tokenizer.normalizer = normalizers.Replace(" ", "▁")
    tokenizer.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    tokenizer.post_processor = processors.TemplateProcessing(single="$A <eos>", special_tokens=[("<eos>", 1)])
    tokenizer.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    # Bytes are ordinary tokens of the vocabulary, not ones to be found in a text.
    whole = json.loads(tokenizer.to_str())
    whole["added_tokens"] = whole["added_tokens"][: len(SPECIAL)]
    return whole


def write_vocabulary(whole, folder):
    """`tokenizer.json` and its configuration; the tokens by name."""
    Path(folder, "tokenizer.json").write_text(json.dumps(whole, ensure_ascii=False) + "\n", encoding="utf-8")
    settings = {f"{token[1:-1]}_token": token for token in SPECIAL}
    settings |= {"tokenizer_class": "Siglip2Tokenizer", "add_bos_token": False, "add_eos_token": True, "padding_side": "right", "model_max_length": CONTEXT}
    Path(folder, "tokenizer_config.json").write_text(json.dumps(settings, indent=2) + "\n")
    return whole["model"]["vocab"]


def tokenizer(folder):
    """transformers' own, as a function from texts to rows of ids."""
    own = Siglip2Tokenizer.from_pretrained(folder)
    return lambda texts: own(texts, padding="max_length", max_length=CONTEXT, truncation=True, return_tensors="pt").input_ids


def save(model, folder, side):
    """Half precision; the library writes its own files."""
    model.model.half().save_pretrained(folder)
    SiglipImageProcessorPil(size={"height": side, "width": side}).save_pretrained(folder)
    model.model.float()
