#!/usr/bin/env python3
"""Golden files of the tokenizer, from open_clip's SimpleTokenizer.

    python3 tools/golden/text.py                      writes Tests/InferenceTests/Golden/text
    python3 tools/golden/text.py --compare ENTENTE    compares `ENTENTE tokenize` on OpenAI's whole vocabulary

Needs torch, torchvision, open_clip and ftfy. A small vocabulary is trained here on made text, since OpenAI's is too
large to commit. Mojibake repair (ftfy's fix_encoding) is switched off throughout, as entente leaves it out; the script
asserts that this makes a difference only to the texts that are here for its sake.
"""

import argparse
import collections
import functools
import gzip
import html.entities
import itertools
import json
import pathlib
import random
import subprocess
import tempfile
import unicodedata

import torch

# torchvision expects these operators, whether or not its compiled part fits the torch at hand. The name must live on.
operators = torch.library.Library("torchvision", "DEF")
operators.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
operators.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")

import ftfy  # noqa: E402
import ftfy.chardata  # noqa: E402
from open_clip import tokenizer as reference  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "Tests/InferenceTests/Golden/text"
MERGES = 1000
ROW = 16
LONG_ROW = 77

fix_text_with_mojibake = ftfy.fix_text
fix_text_without_mojibake = functools.partial(ftfy.fix_text, config=ftfy.TextFixerConfig(fix_encoding=False))
ftfy.fix_text = fix_text_without_mojibake

# --- the small vocabulary ---------------------------------------------------------------------------------------------

SENTENCES = """
a photo of a cat|a photo of a dog, sitting on the grass|a drawing of a red bird with blue wings
a close-up photo showing a long pointed beak|a photo showing black and white stripes|it's a dog's life, isn't it?
we've seen that they're here; I'm sure you'll like what he'd say|webbed feet, a spotted body and a curved tail
the quick brown fox jumps over the lazy dog|1234567890 42 007 2024 3.14159|an image with a yellow background
der Große Bär frißt süße Äpfel|le garçon a mangé une crêpe à l'hôtel|el niño pequeño está en la montaña
şeker çok tatlı ığdır istanbul|příliš žluťoučký kůň úpěl ďábelské ódy|zażółć gęślą jaźń
быстрая коричневая лиса прыгает через ленивую собаку|ο σοφός άνθρωπος και ο κόσμος της οδού
שלום עולם החתול יושב על השטיח|مرحبا بالعالم القطة تجلس على السجادة|नमस्ते दुनिया बिल्ली चटाई पर बैठी है
orange purple turquoise brownish silvery golden striped furry feathered scaly glossy smooth rough wrinkled patterned
elephant giraffe zebra kangaroo penguin flamingo butterfly dragonfly crocodile tortoise squirrel hedgehog dolphin
bicycle motorcycle airplane helicopter umbrella backpack keyboard telephone refrigerator microwave television
mountain river ocean forest desert beach island village street bridge harbour garden window kitchen bedroom
running jumping swimming flying sleeping eating drinking playing standing walking looking holding wearing carrying
beautiful strange little enormous ancient modern wooden metallic plastic transparent colourful bright dark shining
rounded triangular rectangular cylindrical narrow pointed hooked webbed clawed whiskered antennae tentacles nostrils
photograph painting sketch illustration sculpture cartoon rendering screenshot blurry cropped pixelated monochrome
überraschung möglichkeit schönheit wörterbuch|forêt château élève naïve cœur|corazón pingüino árbol|coração avó maçã
дерево солнце вода человек улица|θάλασσα ουρανός βιβλίο|ירושלים ספר|كتاب شمس قمر
日本語の写真 猫が座っている カタカナ|中文照片 一只猫坐在垫子上|한국어 고양이가 앉아 있다|ภาพถ่ายของแมว|ảnh chụp con mèo
""".replace("\n", "|").split("|")


def train_merges(count):
    """The `count` most frequent merges of the sentences above, ties in the order of the symbols."""
    symbols = reference.bytes_to_unicode()
    words = collections.Counter()
    pattern = reference._tokenizer.pat
    for sentence in filter(None, SENTENCES):
        for word in pattern.findall(reference.get_clean_fn("lower")(sentence)):
            spelled = [symbols[byte] for byte in word.encode()]
            spelled[-1] += "</w>"
            words[tuple(spelled)] += 1
    merges, made = [], set()
    while len(merges) < count:
        pairs = collections.Counter()
        for word, times in words.items():
            for pair in zip(word, word[1:]):
                pairs[pair] += times
        # A token that two merges arrive at would have two ids in open_clip's numbering.
        best = min((pair for pair in pairs if "".join(pair) not in made), key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        made.add("".join(best))
        joined = collections.Counter()
        for word, times in words.items():
            joined[join(word, best)] += times
        words = joined
    return merges


def join(word, pair):
    result, position = [], 0
    while position < len(word):
        if word[position:position + 2] == pair:
            result.append("".join(pair))
            position += 2
        else:
            result.append(word[position])
            position += 1
    return tuple(result)


def make_tokenizer(merges):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "merges.txt.gz"
        # No line feed at the end: SimpleTokenizer would take the empty line for a merge.
        path.write_bytes(gzip.compress("\n".join(["#version: 0.2"] + [" ".join(pair) for pair in merges]).encode()))
        return reference.SimpleTokenizer(bpe_path=str(path))


def write_vocabulary(tokenizer, folder):
    """vocab.json and merges.txt as model hubs serve them."""
    hub_names = {"<start_of_text>": "<|startoftext|>", "<end_of_text>": "<|endoftext|>"}
    ids = {hub_names.get(token, token): index for token, index in tokenizer.encoder.items()}
    assert sorted(ids.values()) == list(range(len(ids)))
    (folder / "vocab.json").write_text(json.dumps(ids, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")
    lines = ["#version: 0.2"] + [" ".join(pair) for pair in tokenizer.bpe_ranks]
    (folder / "merges.txt").write_text("\n".join(lines) + "\n", "utf-8")


# --- the texts --------------------------------------------------------------------------------------------------------

PLAIN = [
    "", " ", "a", "A", "cat", "a photo of a cat", "A Photo Of A CAT.", "a photo showing webbed feet", "x" * 40,
    "banana banana bandana", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "abababababab", "mississippi", "antidisestablishmentarianism",
    "under_score __init__ _", "hyphen-ated well-known", "e-mail: someone@example.org", "http://example.org/a?b=c&d=e#f",
    "C:\\temp\\new", "100% of $5.00 (€4,50)", "1st 2nd 3rd 42 007 1,000,000.5", "v2.0-beta3", "H2O CO₂ x² ½ ¾ Ⅷ ⅷ ①②③",
    "٠١٢٣ ०१२३ ๐๑๒", "!!! ??? ... …", "(*&^%$#@!)", "`~[]{}|\\;:'\",.<>/?", "a/b\\c|d", "tab\there", "-", "--", "---", "'", "''", "\"",
]
CONTRACTIONS = [
    "it's", "IT'S", "It'S", "DON'T WON'T", "we've WE'VE We'Ve", "they're THEY'RE", "i'm I'M", "you'll YOU'LL", "he'd HE'D",
    "'s", "'S", "'t", "'re", "'ve", "'m", "'ll", "'d", "'l", "'r", "'v", "'sss", "''s", "rock'n'roll", "o'clock", "'tis the season",
    "!'s", "!'s's", "dogs' tails", "it’s", "IT’S", "it‘s it‛s itʼs it`s it´s", "'\u017f", "it'\u017f here", "\u017fun", "'ſſ", "d'd", "'D'LL",
]
SPACES = [
    "  leading", "trailing  ", " both ", "two  spaces", "tab\tand\nnewline", "cr\rlf\r\nend", "vt\x0bff\x0cend", "nbsp\u00a0here",
    "ogham\u1680space", "en\u2000em\u2003thin\u2009hair\u200aend", "line\u2028para\u2029end", "nnbsp\u202fmmsp\u205fend",
    "ideographic\u3000space", "nel\u0085here", "fs\x1cgs\x1drs\x1eus\x1fend", "zwsp\u200bhere", "mvs\u180ehere", "wj\u2060here",
    "\u3000\u3000", "\n\n\n", "\ufeffbom", "bom\ufeffinside", "a\u200c b\u200d c", "\t", "\u200b",
]
HTML = [
    "fish &amp; chips", "fish &amp;amp; chips", "&amp;amp;amp;amp;lt;", "fish &AMP; chips", "fish &amp chips", "&lt;b&gt;bold&lt;/b&gt;",
    "<b>fish &amp; chips</b>", "<b>&eacute;</b> &EACUTE;", "a < b &amp; c", "a <\nb &EACUTE;", "&EACUTE;\n<b> &EACUTE;", "caf&eacute;", "caf&eacute", "CAF&EACUTE;",
    "caf&EACUTE", "BUNDESSTRA&SZLIG;E", "&ntilde; &Ntilde; &NTILDE; &nTILDE;", "&notit;", "&notin;", "&not", "this&not that", "&nbsp;x&nbsp;",
    "&hellip;", "it&rsquo;s &ldquo;quoted&rdquo;", "<it&rsquo;s &ldquo;quoted&rdquo;", "&#39;s &#039; &#x27;", "&#39 &#x27 &#X27;", "&#8217; &#x2019;", "&#233;&#xE9;&#XE9;",
    "&#233 &#xe9g", "&#0; &#00;", "&#128; &#x80; &#x99; &#150;", "&#129;x&#x9d;y", "&#1;x&#8;y&#11;z&#31;", "&#13;x", "&#xD800; &#xDFFF;", "&#x110000; &#99999999999999999999;",
    "&#xFFFE; &#xFDD0; &#x1FFFF;", "&#x1F600;", "&#128512", "&#59; &#x3b;", "&#38;amp;", "&#38;#38;", "&#x26;lt;", "&#;", "&#x;", "&#xg;", "&;", "&", "& ;", "&&amp;",
    "&unknown;", "&unknown", "&ampersand;", "&ampx", "&CounterClockwiseContourIntegral;", "&CounterClockwiseContourIntegral", "&Jscr;ohn &HilbertSpace;ancock",
    "&NotEqualTilde; &bne; &fjlig; &nvlt;", "&FRAC12; &frac12; &frac12", "&lang;x&rang;", "&quot;x&quot;", "&apos;s", "&copy2024 &reg &trade &trade;", "&euro;5 &pound;5 &yen5",
    "&amp;eacute;", "&amp;amp;eacute;", "&amp;#233;", "&\u212aappa; &\u212a", "&eacute;\u0301", "e&#x301;", "&ZeroWidthSpace;x", "&#x200b;x&#xfeff;y", "&#xff21;&#xff22;",
    "&#60;&eacute;", "&#x0000000000000000000000e9;", "&#x00000000000000000000000000e9;", "AT&T R&D Q&A", "&lt&lt;&LT&LT;", "&Tab;x&NewLine;y",
]
REPAIRS = [
    "ﬁne ﬂuﬃer oﬀice ﬄ ﬅ ﬆ", "Ĳssel ĳs ŉ Ǳ ǲ ǳ Ǆ ǅ ǆ Ǉ ǈ ǉ Ǌ ǋ ǌ", "ＬＯＵＤ　ＮＯＩＳＥＳ！", "Ｕﾀｰﾝ ｶﾞｷﾞ ﾊﾟ ﾜ", "１２３％＆ａｂｃ", "￠￡￢￣￤￥￦", "ﾡﾢﾣ￨￩￪￫￬￭￮",
    "＂ｘ＂ ＇ｓ", "“curly” ‘single’ „low‟ ‚x‛", "«guillemets» ‹x›", "″prime′", "ʻokina ʼapos ʽ", "\x1b[31mred\x1b[0m text", "\x1b[36;44mblue\x1b[m", "\x1b[12", "\x1b]0;t\x07x",
    "\x1b[١m x", "nul\x00bel\x07bs\x08del\x7fend", "\u206a\u206fx\ufff9y\ufffcz", "c1 \x80 \x93quoted\x94 \x99 \x81\x9d", "next\x85line", "\x92s", "soft\u00adhyphen",
    "rlm\u200f lrm\u200e rle\u202b pdf\u202c", "\ufffd\ufffe\uffff", "＆ａｍｐ； x", "＆amp； &ａmp;", "\ufeff\ufeffx", "\ue000\uf8ff", "tag\U000e0041\U000e007f", "\x85\x91",
]
CASES = [
    "İstanbul", "ISTANBUL IĞDIR", "ıĞ İİ i̇", "STRASSE Straße ẞ", "ΟΔΟΣ", "ΟΔΟΣ ΟΔΟΣ", "Σ", "ΣΑΣ", "ΑΣ.", "ΑΣ'Σ", "ΑΣ\u0301", "ΑΣ\u0301Β", "ΑΣ1Σ", "Α\u00adΣ\u00ad", "Α:Σ:Β", "1Σ", "ʰΣ", "ΑΣʰ",
    "ΣΣΣ", "ΌΣΟΣ ΌΣΟΣ!", "ǅ ǈ", "ÀÉÎÕÜ", "ÅÅK", "ΩΩ", "ⅧⅨ ⒶⒷ", "ԱԲԳ ԵՒ և", "ႠႡႢ ᲐᲑᲒ აბგ", "ᎠᎡ ꭰꭱ", "ЀЁЂ Ѣ", "𐐀𐐁𐐨", "𝐀𝐁𝒞 𝟎𝟏", "Ⱥ Ⱦ ȿ", "ŉ ǰ ΐ ΰ և ẖ ẗ", "ᾈ ᾼ ᾳ", "ͅ x\u0345 α\u0345 \u0345", "α\u0345\u0301", "!\u0345!", "Ꞌ Ɥ", "Ⴧ",
]
SCRIPTS = [
    "café", "cafe\u0301", "Å A\u030a \u212b", "ṩ s\u0323\u0307 s\u0307\u0323 \u1e63\u0307", "q\u0307\u0323", "ế ê\u0301 e\u0302\u0301", "\u0301lone", "\u0958 \u0915\u093c", "가 \u1100\u1161 각 \u1100\u1161\u11a8 \uac00\u11a8",
    "\u2126 \u212a \u1fef \u037e \u0340 \u0374", "\uf900 \ufa0e \U0002f800", "\U0001d15e \u2adc \ufb1d \ufb4f", "a\u0315\u0300\u05ae\u0300b", "\u0f43 \u0fb2\u0f80", "Zażółć gęślą jaźń", "Příliš žluťoučký kůň", "Быстрая лиса", "Ο σοφός κόσμος",
    "שלום עולם", "שָׁלוֹם", "مرحبا بالعالم", "مَرْحَبًا ١٢٣", "سلام\u200cعلیکم", "नमस्ते दुनिया", "বাংলা ভাষা", "தமிழ் மொழி", "ภาพถ่ายของแมว", "ພາສາລາວ", "မြန်မာ", "ខ្មែរ", "ქართული", "Հայերեն", "አማርኛ", "བོད་སྐད", "ᠮᠣᠩᠭᠣᠯ", "日本語の写真", "カタカナ ひらがな",
    "中文照片", "한국어 고양이", "ảnh chụp con mèo", "𠀀𠀁 𪚥", "𓀀𓂀", "𐎀𐎁", "한", "ー〜・「」", "。、！？", "٪؟،", "ß ſ ẛ", "ﷺ ﷲ", "áb c̈ d̃",
]
EMOJI = [
    "🙂", "😀😃😄", "👩‍👩‍👧‍👦", "👩🏽‍🚀", "🏳️‍🌈", "🏴󠁧󠁢󠁷󠁬󠁳󠁿", "🇩🇪🇫🇷", "❤️ ❤", "1️⃣ #️⃣", "🐈‍⬛ cat", "☃☺︎", "👍🏿!", "a🙂b", "🙂's", "♥♦♣♠", "→←↑↓ ∑∏√∞", "♀️♂️", "½☕", "¯\\_(ツ)_/¯", "(╯°□°)╯︵ ┻━┻",
]
SPECIALS = [
    "<start_of_text>", "<end_of_text>", "<START_OF_TEXT> x <End_Of_Text>", "a<end_of_text>b", "!<end_of_text>", "<<end_of_text>", " <end_of_text> ", "<end_of_text><end_of_text>", "<|startoftext|>", "<|endoftext|>", "<|ENDOFTEXT|>",
    "&lt;end_of_text&gt;", "<\u017ftart_of_text>", "<end_of_text", "end_of_text>", "</w>", "a</w>", "</w></w>", "Ġ Ġthe", "[CLS] [SEP] <pad> <unk>", "< end_of_text >", "＜end_of_text＞",
]
LONG = [
    "a " * 100, "cat " * 14, "cat " * 13 + "dogs", " ".join(["photo"] * 300), "x" * 500, "z1" * 80, "🙂" * 100, "a <end_of_text> " * 20, "the quick brown fox " * 25, "&amp;" * 90, "ab" * 400, "日本語" * 60, "!" * 300, "word\n" * 120,
]
MOJIBAKE = ["âœ” No problems", "sÃ³ coraÃ§Ã£o", "l’humanitÃ©", "doesnâ€™t", "voilÃ le travail", "(ã\x83\x84)", "Ã la mode", "Ã©"]


def random_marks(count, seed):
    """Characters that compose and decompose, with marks behind them that must be put in order."""
    source = random.Random(seed)
    assigned = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) not in ("Cn", "Cs", "Co")]
    canonical = [c for c in assigned if unicodedata.normalize("NFD", c) != c]
    parts = sorted({part for c in canonical for part in unicodedata.normalize("NFD", c)})
    marks = [c for c in assigned if unicodedata.combining(c)]
    kinds = [assigned, canonical, parts, parts, marks, marks, "\u1100\u1161\u11a7\u11a8\uac00\uac01\u0f73\u0f81\u0f71"]
    for _ in range(count):
        yield "".join(source.choice(source.choice(kinds)) for _ in range(source.randint(2, 7)))


MARKS = ["\uac00\u11a8 \uac01\u11a8 \uac00\u0301\u11a8", "\U00030077\u0301", "\u1dd0\u0f81 \u0f73\u0f71 \u0f75"]


def all_texts():
    groups = dict(marks=MARKS + list(random_marks(60, seed=2)), plain=PLAIN, contractions=CONTRACTIONS, spaces=SPACES, html=HTML, repairs=REPAIRS, cases=CASES,
                  scripts=SCRIPTS, emoji=EMOJI, specials=SPECIALS, long=LONG, mojibake=MOJIBAKE)
    return [(group, text) for group, texts in groups.items() for text in texts]


def cleaned(text):
    return reference.get_clean_fn("lower")(text)


def differs_by_mojibake(text):
    ftfy.fix_text = fix_text_with_mojibake
    repaired = cleaned(text)
    ftfy.fix_text = fix_text_without_mojibake
    return repaired != cleaned(text)


def golden_texts(tokenizer):
    entries = []
    for group, text in all_texts():
        mojibake = differs_by_mojibake(text)
        assert not mojibake or group in ("mojibake", "repairs"), (group, text)
        entry = dict(group=group, text=text, cleaned=cleaned(text), ids=tokenizer.encode(text),
                     row=tokenizer(text, ROW)[0].tolist())
        if group == "long":
            entry["long_row"] = tokenizer(text, LONG_ROW)[0].tolist()
        if mojibake:
            entry["mojibake"] = True
        entries.append(entry)
    return entries


# --- digests of what is too large to list -------------------------------------------------------------------------------

def fnv(lines):
    """64-bit FNV-1a over the lines' UTF-8."""
    value = 0xCBF29CE484222325
    for byte in "".join(line + "\n" for line in lines).encode():
        value = (value ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return f"{value:016x}"


def character_digests(tokenizer):
    """Per block of 4096 code points: each assigned one's clean-up, alone and before a letter, and its kind."""
    blocks = {}
    for block in range(0x110000 // 0x1000):
        lines = []
        for code in range(block * 0x1000, (block + 1) * 0x1000):
            if unicodedata.category(chr(code)) in ("Cn", "Cs"):
                continue
            # Between letters, digits and marks of punctuation a character shows to which of the kinds it belongs.
            words = tokenizer.pat.findall(f"a{chr(code).lower()}1{chr(code).lower()}!")
            lines.append(f"{code:X} {cleaned('a' + chr(code) + 'b')} {'|'.join(words)}")
        if lines:
            blocks[f"{block * 0x1000:X}"] = fnv(lines)
    return dict(unicode=unicodedata.unidata_version, blocks=blocks)


def entity_digests():
    names = html.entities.html5
    shouted = {name[1:]: value for name, value in ftfy.chardata.HTML_ENTITIES.items() if name[1:] not in names}
    return {key: dict(count=len(table), digest=fnv(f"{name}={table[name]}" for name in sorted(table)))
            for key, table in (("html5", names), ("shouted", shouted))}


# --- random texts -------------------------------------------------------------------------------------------------------

def random_texts(count, seed):
    """Texts made of pieces of the ones above, of random characters and of everything that needs care."""
    source = random.Random(seed)
    pieces = [text for group, text in all_texts() if group not in ("mojibake", "long")]
    words = list(itertools.chain.from_iterable(text.split() for text in pieces + SENTENCES))
    names = list(html.entities.html5)
    glue = list(" \t\n'\"&;#<>.,!?-_0123456789") + ["'s", "'LL", "&amp;", "&#", "&#x", "\u0301", "\u0345", "Σ", "İ", "\u200d", "\x1b[", "ſ"]
    ranges = [(0x20, 0x7F), (0x80, 0x250), (0x250, 0x600), (0x600, 0x1200), (0x1E00, 0x2C00), (0x3000, 0xD7A4), (0xF900, 0xFFFE), (0x10000, 0x32000)]

    def character():
        while True:
            code = source.randrange(*source.choice(ranges))
            if unicodedata.category(chr(code)) not in ("Cn", "Cs"):
                return chr(code)

    def piece():
        kind = source.random()
        if kind < 0.35:
            word = source.choice(words)
            return source.choice([word, word.upper(), word.title(), word[::-1]])
        if kind < 0.5:
            return source.choice(glue)
        if kind < 0.6:
            return "&" + source.choice([source.choice(names), source.choice(names).upper(), source.choice(names)[:-1]])
        if kind < 0.65:
            return f"&#{source.randrange(0x300)}" + source.choice([";", "", "x"])
        if kind < 0.7:
            code = source.choice([ord(character()), source.randrange(0xD7F0, 0xE010), source.randrange(0x10FFF0, 0x111111)])
            return f"&#x{code:x}" + source.choice([";", "", " "])
        if kind < 0.75:
            return source.choice(pieces)
        return "".join(character() for _ in range(source.randint(1, 6)))

    for _ in range(count):
        yield "".join(piece() + source.choice(["", " ", " "]) for _ in range(source.randint(1, 12)))


def compare(program, count):
    tokenizer = reference._tokenizer
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        write_vocabulary(tokenizer, folder)
        configuration = dict(model_cfg=dict(text_cfg=dict(context_length=LONG_ROW, vocab_size=tokenizer.vocab_size)))
        (folder / "open_clip_config.json").write_text(json.dumps(configuration))
        texts = [text for _, text in all_texts()] + list(random_texts(count, seed=1))
        (folder / "texts.json").write_text(json.dumps(texts), "utf-8")
        output = subprocess.run(
            [program, "tokenize", "--model", name, "--json-file", str(folder / "texts.json"), "--json"],
            check=True, stdout=subprocess.PIPE).stdout
    rows = [json.loads(line) for line in output.splitlines()]
    assert len(rows) == len(texts), f"{len(texts)} texts, {len(rows)} rows"
    expected = tokenizer(texts, LONG_ROW).tolist()
    different = [text for text, row, wanted in zip(texts, rows, expected) if row != wanted]
    for text in different[:20]:
        print("differs:", ascii(text))
    print(f"{len(texts) - len(different)} of {len(texts)} texts give the same ids")
    return 1 if different else 0


def write_golden():
    GOLDEN.mkdir(parents=True, exist_ok=True)
    tokenizer = make_tokenizer(train_merges(MERGES))
    write_vocabulary(tokenizer, GOLDEN)
    entries = golden_texts(tokenizer)
    lines = ",\n".join(json.dumps(entry, separators=(",", ":")) for entry in entries)
    (GOLDEN / "texts.json").write_text(f"[\n{lines}\n]\n", "utf-8")
    digests = dict(entities=entity_digests(), characters=character_digests(tokenizer))
    (GOLDEN / "digests.json").write_text(json.dumps(digests, indent=1) + "\n", "utf-8")
    print(f"{len(entries)} texts, {tokenizer.vocab_size} tokens")
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--compare", metavar="ENTENTE", help="the built program")
    parser.add_argument("--count", type=int, default=20_000, help="random texts to compare")
    arguments = parser.parse_args()
    raise SystemExit(compare(arguments.compare, arguments.count) if arguments.compare else write_golden())


if __name__ == "__main__":
    main()
