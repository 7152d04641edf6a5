"""Trains small tokenizers with the components of each family's own, and writes what their libraries make of odd texts.

    python tools/golden/tokenizers_of_families.py Tests/InferenceTests/Golden/tokenizers

Written with open_clip_torch 3.3.0, transformers 5.24.0, tokenizers 0.23.3 and sentencepiece 0.2.3. Each folder holds
`tokenizer.json`, `tokenizer_config.json` and `expected.json`: texts, their cleaned form where open_clip cleans them, and rows of
ids. No family's own vocabulary can be had here; normalisers, pre-tokenizers, models and post-processors are those of theirs.
"""

import base64
import io
import json
import pathlib
import shutil
import sys
import tempfile

import sentencepiece
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import SiglipTokenizer
from transformers.models.siglip2.tokenization_siglip2 import Siglip2Tokenizer

from open_clip.tokenizer import HFTokenizer, get_clean_fn

LENGTH = 20
CORPUS = [
    "a photo of a cat", "two dogs on the grass", "an old red bicycle leans against a wall", "the café is open at night",
    "a blurry picture of the ocean", "une école près de la rivière", "ein großes Haus am See", "el niño come una manzana",
    "a striped zebra and a spotted giraffe", "snow on the mountain, fog in the valley", "colours of autumn leaves",
    "猫が窓辺で寝ている", "一只狗在草地上跑", "кошка спит на диване", "μια φωτογραφία", "한국어 문장", "rock'n'roll band",
    "the quick brown fox jumps over the lazy dog", "photograph, painting or drawing", "a low resolution image of the same thing",
    "feathers wings beak claws tail", "wheels windows doors roof", "123 birds 45 fish", "unhappiness and happiness",
] * 4
TEXTS = [
    "a photo of a cat", "A Cat", "a cat", "A PHOTO OF A CAT_DOG, it's “nice”!  ", "", " ", "   leading and trailing   ", "a  b   c", "tab\there", "line\nbreak\r\nand\u2028more",
    "ÉCOLE—x", "e\u0301cole", "é", "ﬁsh ﬂour", "Ⅷ ½ ² ㎏ ℡", "ｆｕｌｌ ｗｉｄｔｈ", "&amp;amp; <b>", " a.b ", "it's rock'n'roll", "...", "!?#$%&'()*+,-./:;<=>@[\\]^_`{|}~",
    "a_b_c", "under_score and-hyphen", "I İ ı i̇", "ΟΔΟΣ Σ ς", "Straße STRASSE ẞ", "猫が窓辺で寝ている", "猫 と 犬", "한국어 문장", "한글", "\u1112\u1161\u11ab\u1100\u1173\u11af",
    "кошка спит", "Й й", "🐱 cat 🐶", "👨‍👩‍👧‍👦 family", "🇩🇪🇫🇷", "👍🏽", "zero\u200bwidth\u200djoiner", "soft\u00adhyphen", "non\u00a0breaking\u202fspace", "\ufeffbom",
    "▁ mark ▁▁ marks", "▁", "a▁b", "</s> in a text", "<eos> <pad> <unk>", "[SEP] [CLS] a [MASK]", "<s>x</s>", "<0x41>", "\x00\x01 control", "x\x7fy",
    "123 4567 89", "１２３", "3.14 and 2,000", "C++ #1 @home", "naïve façade", "Å Å Å", "à́ ạ̈ q̣̇", "i\u0307\u0323", "नमस्ते क्षि", "สวัสดีครับ", "שָׁלוֹם", "مرحبا بِكُم", "𝒳𝓎 𝟙", "𠮷野家",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "a very long text " * 12, "the quick brown fox jumps over the lazy dog and the cat and the zebra and the giraffe", "xqzjk wvvbq", "ab" * 40,
    "ㄱㅏ ﾊﾟ ｶﾞ", "…—–‘’“”„«»", "x́̂̃y", "ǅ ǈ ŉ ß", "\u3000ideographic\u3000space", "no-break\u2011hyphen", "A\u030A", "ﷺ", "™ ® ©",
]


def sentencepieces(vocabulary, **arguments):
    """A model of SentencePiece's own trainer: its pieces, scores, and the precompiled table of its normaliser."""
    stream = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(CORPUS), model_writer=stream, vocab_size=vocabulary, model_type="unigram", normalization_rule_name="nmt_nfkc",
        character_coverage=0.98, hard_vocab_limit=False, num_threads=1, minloglevel=2, **arguments)
    from sentencepiece import sentencepiece_model_pb2
    proto = sentencepiece_model_pb2.ModelProto.FromString(stream.getvalue())
    return [(piece.piece, piece.score) for piece in proto.pieces], bytes(proto.normalizer_spec.precompiled_charsmap), stream.getvalue()


def unigram(pieces, unknown, charsmap, spaces, cuts, template, specials=("<s>", "</s>", "<pad>", "<unk>")):
    tokenizer = Tokenizer(models.Unigram(pieces, unknown, False))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Precompiled(charsmap)] + spaces)
    tokenizer.pre_tokenizer = cuts
    ends = [token for token in template.split() if token != "$A"]
    tokenizer.post_processor = processors.TemplateProcessing(single=template, pair=None, special_tokens=[(token, tokenizer.token_to_id(token)) for token in ends])
    tokenizer.add_special_tokens([token for token in specials if tokenizer.token_to_id(token) is not None])
    return tokenizer


def gemma(pre_tokenizer=True, byte_tokens=True):
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=byte_tokens))
    tokenizer.normalizer = normalizers.Replace(" ", "▁")
    names = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>"] + ([f"<0x{byte:02X}>" for byte in range(256)] if byte_tokens else [])
    tokenizer.train_from_iterator([line for line in CORPUS if line.isascii() or "é" in line], trainers.BpeTrainer(vocab_size=700, special_tokens=names, show_progress=False))
    # Bytes are ordinary tokens of the vocabulary, not ones to be found in a text.
    whole = json.loads(tokenizer.to_str())
    whole["added_tokens"] = whole["added_tokens"][:5]
    tokenizer = Tokenizer.from_str(json.dumps(whole))
    if pre_tokenizer:
        tokenizer.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous", invert=False)
    tokenizer.post_processor = processors.TemplateProcessing(single="$A <eos>", special_tokens=[("<eos>", 1)])
    return tokenizer


def bert():
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.train_from_iterator(CORPUS, trainers.WordPieceTrainer(vocab_size=400, special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"], show_progress=False))
    tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    return tokenizer


def write(folder, tokenizer, settings):
    folder.mkdir(parents=True, exist_ok=True)
    whole = json.loads(tokenizer.to_str())
    whole["truncation"] = whole["padding"] = None
    (folder / "tokenizer.json").write_text(json.dumps(whole, ensure_ascii=False, indent=None) + "\n", encoding="utf-8")
    (folder / "tokenizer_config.json").write_text(json.dumps(dict(settings, tokenizer_class=settings.get("tokenizer_class", "PreTrainedTokenizerFast"), model_max_length=LENGTH), indent=2) + "\n")


def expect(folder, kind, rows, cleaned=None):
    entries = [{"text": text, "row": row} | ({} if cleaned is None else {"cleaned": cleaned(text)}) for text, row in zip(TEXTS, rows)]
    (folder / "expected.json").write_text(json.dumps({"kind": kind, "length": LENGTH, "entries": entries}, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    print(folder.name, len(entries), "texts,", len({id for row in rows for id in row}), "ids")


def open_clip_rows(folder, clean, **arguments):
    return HFTokenizer(str(folder), context_length=LENGTH, clean=clean, **arguments)(TEXTS).tolist()


if __name__ == "__main__":
    root = pathlib.Path(sys.argv[1])
    assert len(TEXTS) >= 60
    stripping = [normalizers.Strip(left=False, right=True), normalizers.Replace(Regex(" {2,}"), "▁")]
    marks = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always", split=True)

    pieces, charsmap, model = sentencepieces(420, pad_id=0, eos_id=1, unk_id=2, bos_id=-1)
    write(root / "siglip", unigram(pieces, 2, charsmap, stripping, marks, "$A </s>"), {"eos_token": "</s>", "unk_token": "<unk>", "pad_token": "</s>"})
    expect(root / "siglip", "canonicalize", open_clip_rows(root / "siglip", "canonicalize"), get_clean_fn("canonicalize"))

    # The same pieces as transformers has them: its class reads SentencePiece's own file.
    write(root / "siglip-own", unigram(pieces, 2, charsmap, stripping, marks, "$A </s>", ("</s>", "<unk>")), {"tokenizer_class": "SiglipTokenizer", "eos_token": "</s>", "unk_token": "<unk>", "pad_token": "</s>", "do_lower_case": True})
    with tempfile.TemporaryDirectory() as scratch:
        path = pathlib.Path(scratch) / "spiece.model"
        path.write_bytes(model)
        own = SiglipTokenizer(str(path))
        rows = [own(text, padding="max_length", max_length=LENGTH, truncation=True).input_ids for text in TEXTS]
    expect(root / "siglip-own", "own_class", rows)

    write(root / "siglip2", gemma(), {"bos_token": "<bos>", "eos_token": "<eos>", "unk_token": "<unk>", "pad_token": "<pad>", "padding_side": "right"})
    expect(root / "siglip2", "canonicalize", open_clip_rows(root / "siglip2", "canonicalize"), get_clean_fn("canonicalize"))
    for side in ("right", "left"):
        folder = root / f"siglip2-own-{side}"
        write(folder, gemma(), {"tokenizer_class": "Siglip2Tokenizer", "bos_token": "<bos>", "eos_token": "<eos>", "unk_token": "<unk>", "pad_token": "<pad>", "mask_token": "<mask>", "add_bos_token": False, "add_eos_token": True} | ({"padding_side": side} if side == "right" else {}))
        own = Siglip2Tokenizer.from_pretrained(folder)
        expect(folder, "own_class", [own(text, padding="max_length", max_length=LENGTH, truncation=True).input_ids for text in TEXTS])

    # Without byte tokens unknown characters are one token, and without a pre-tokenizer a text is one word.
    write(root / "bpe-unknown", gemma(pre_tokenizer=False, byte_tokens=False), {"eos_token": "<eos>", "pad_token": "<pad>", "unk_token": "<unk>"})
    expect(root / "bpe-unknown", "whitespace", open_clip_rows(root / "bpe-unknown", "whitespace"), get_clean_fn("whitespace"))

    pieces, charsmap, _ = sentencepieces(380, bos_id=0, pad_id=1, eos_id=2, unk_id=3)
    cuts = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), marks])
    write(root / "xlm", unigram(pieces, 3, charsmap, [normalizers.Replace(Regex(" {2,}"), " ")], cuts, "<s> $A </s>"), {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>", "cls_token": "<s>", "sep_token": "</s>"})
    expect(root / "xlm", "whitespace", open_clip_rows(root / "xlm", "whitespace"), get_clean_fn("whitespace"))

    write(root / "bert", bert(), {"unk_token": "[UNK]", "sep_token": "[SEP]", "pad_token": "[PAD]", "cls_token": "[CLS]", "mask_token": "[MASK]"})
    expect(root / "bert", "whitespace+blank", open_clip_rows(root / "bert", "whitespace", strip_sep_token=True), get_clean_fn("whitespace"))
