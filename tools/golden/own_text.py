"""Writes tokenizers of the transformers layout and the ids that the libraries give texts.

    python tools/golden/own_text.py Tests/InferenceTests/Golden/own-text

Each folder is a model directory's text side over one small byte-level vocabulary, and `expected.json`: texts with the ids, start and end
token included, that transformers' `CLIPTokenizer` makes of them out of that folder; of `lower-case-only` that the tokenizers library
makes of its `tokenizer.json`, since `CLIPTokenizer` has a normaliser of its own. `processor` is what `CLIPProcessor.save_pretrained`
writes of picture settings. Needs transformers 5.24.0 with tokenizers 0.23.3.
"""

import json
import pathlib
import sys

import tokenizers
import transformers

assert (transformers.__version__, tokenizers.__version__) == ("5.24.0", "0.23.3"), "the versions decide"
from transformers import CLIPImageProcessor, CLIPTokenizer  # noqa: E402

MERGES = ["c a", "ca t</w>", "d o", "do g</w>", "h e", "he r", "her o", "hero n</w>", "o w", "ow l</w>", "s t", "st o", "i n", "in g</w>"]
TEXTS = [
    "", "a cat", "A  CAT\n and\tDOG", "fish &amp; chips &lt;b&gt;", "“curly” ‘quotes’ it’s it's IT'S 'ſ it'ſ", "ﬁsh ﬂat Ｗｉｄｅ",
    "ΣΑΣ Σ ΟΔΟΣ.", "İstanbul ıI", "cafe\u0301 café \u1100\u1161\u11a8", "x\u0345y ͅ", "a\u001cb a\u0085b a\u3000b a\u2028b\u00a0c\u200bd",
    "12 ½ ٣٤ Ⅷ ²", "!!?? -- '' '", "heroning herons heron", "<|startoftext|>", "<|endoftext|>cat<|endoftext|> dog", "<|STARTOFTEXT|>!!cat",
    "<|endoftext", "wow! !cat!", "emoji 😀👩‍🦰 zz", "\x1b[31mred\x1b[0m \x00 \x7f", "naïve\ufeff", "a\u202eb", "a-b_c d__e",
    "grey-heron", "Grey-Heron", "my GREY-HERONS", "agrey-heronb", "blue tit  <bird>  owl", "<BIRD>", "<bird><bird>", "stork", "storks a stork. stork_ éstork 3stork",
    "storking-crane", "storking", "É-token é-token e\u0301-TOKEN", "two  words Two Words two\nwords", "Verbatim verbatim", "ÅBO åbo A\u030Abo",
]


def symbols():
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    spare = iter(range(256, 512))
    return [chr(byte) if byte in printable else chr(next(spare)) for byte in range(256)]


VOCABULARY = {token: i for i, token in enumerate([*symbols(), *[s + "</w>" for s in symbols()], *["".join(m.split()) for m in MERGES], "<|startoftext|>", "<|endoftext|>"])}
START, END = VOCABULARY["<|startoftext|>"], VOCABULARY["<|endoftext|>"]
WORDS = r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"


def added(id, content, **flags):
    return {"id": id, "content": content, "single_word": False, "lstrip": False, "rstrip": False, "normalized": True, "special": False, **flags}


SPECIALS = [added(START, "<|startoftext|>", normalized=False, special=True), added(END, "<|endoftext|>", normalized=False, special=True)]
OWN = ["grey-heron", "<bird>", "stork", "storking-crane", "É-Token", "two words", "Verbatim", "Åbo"]
FLAGS = [{}, {"lstrip": True, "rstrip": True}, {"single_word": True}, {}, {}, {}, {"normalized": False}, {"normalized": False}]
LISTED = [added(END + 1 + i, content, **flags) for i, (content, flags) in enumerate(zip(OWN, FLAGS))]


def tokenizer(tokens, normalizer=None):
    return {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": tokens,
        "normalizer": normalizer or {"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "Replace", "pattern": {"Regex": "\\s+"}, "content": " "}, {"type": "Lowercase"}]},
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "Split", "pattern": {"Regex": WORDS}, "behavior": "Removed", "invert": True}, {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}]},
        "post_processor": {"type": "RobertaProcessing", "sep": ["<|endoftext|>", END], "cls": ["<|startoftext|>", START], "trim_offsets": False, "add_prefix_space": False},
        "decoder": None,
        "model": {"type": "BPE", "dropout": None, "unk_token": "<|endoftext|>", "continuing_subword_prefix": "", "end_of_word_suffix": "</w>", "fuse_unk": False, "byte_fallback": False, "ignore_merges": False, "vocab": VOCABULARY, "merges": MERGES},
    }


DECODER = {"added_tokens_decoder": {str(t["id"]): {k: v for k, v in t.items() if k != "id"} for t in LISTED}}
PAIR = {"vocab.json": VOCABULARY, "merges.txt": "#version: 0.2\n" + "\n".join(MERGES) + "\n"}
CASES = {
    "plain": {"tokenizer.json": tokenizer(SPECIALS)},
    "plain-pair": PAIR,
    "specials-normalized": {"tokenizer.json": tokenizer([{**t, "normalized": True} for t in SPECIALS])},
    "listed": {"tokenizer.json": tokenizer(SPECIALS + LISTED)},
    "listed-beside-a-pair": {**PAIR, "tokenizer.json": tokenizer(SPECIALS + LISTED)},
    "decoder": {"tokenizer.json": tokenizer(SPECIALS), "tokenizer_config.json": {"tokenizer_class": "CLIPTokenizer", **DECODER}},
    "decoder-of-a-pair": {**PAIR, "tokenizer_config.json": {"tokenizer_class": "CLIPTokenizer", **DECODER}},
    "added-file": {**PAIR, "added_tokens.json": {content: END + 1 + i for i, content in enumerate(OWN)}},
    "pad-in-a-text": {"tokenizer.json": tokenizer(SPECIALS), "tokenizer_config.json": {"pad_token": "!"}},
    "named-special": {"tokenizer.json": tokenizer(SPECIALS), "special_tokens_map.json": {"additional_special_tokens": ["her"], "pad_token": {"content": "#", "normalized": True}}},
    "lower-case-only": {"tokenizer.json": tokenizer(SPECIALS + LISTED, {"type": "Lowercase"})},
}


def write(folder, files):
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "config.json").write_text(json.dumps({"model_type": "clip", "text_config": {"model_type": "clip_text_model", "eos_token_id": END}}))
    if folder.name == "lower-case-only":
        library = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
        encode = lambda text: library.encode(text).ids  # noqa: E731
    else:
        library = CLIPTokenizer.from_pretrained(folder)
        encode = lambda text: library(text)["input_ids"]  # noqa: E731
    (folder / "expected.json").write_text(json.dumps([{"text": text, "ids": encode(text)} for text in TEXTS], ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    root = pathlib.Path(sys.argv[1])
    for name, files in CASES.items():
        write(root / name, files)
    processor = transformers.CLIPProcessor(
        CLIPImageProcessor(size={"shortest_edge": 48}, crop_size={"height": 48, "width": 48}, resample=2, image_mean=[0.1, 0.2, 0.3], image_std=[0.4, 0.5, 0.6]),
        CLIPTokenizer.from_pretrained(root / "plain"))
    processor.save_pretrained(root / "processor")
    for extra in (root / "processor").iterdir():
        if extra.name != "processor_config.json":
            extra.unlink()
