"""A byte-pair vocabulary in CLIP's layout, learned from a list of texts."""

import gzip
import json
from collections import Counter
from pathlib import Path

import clip  # noqa: F401 - before open_clip, see there
import regex
from open_clip.tokenizer import SimpleTokenizer, bytes_to_unicode

WORD = regex.compile(r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+", regex.IGNORECASE)
SPECIAL = ("<|startoftext|>", "<|endoftext|>")


def learn(texts, most):
    """At most `most` merges, the most frequent pair first (equally frequent: in the order of the alphabet)."""
    symbols = bytes_to_unicode()
    counts = Counter(word for text in texts for word in WORD.findall(text.lower()))
    words = {word: [symbols[byte] for byte in word.encode()] for word in sorted(counts)}
    for pieces in words.values():
        pieces[-1] += "</w>"
    merges = []
    while len(merges) < most:
        pairs = Counter()
        for word, pieces in words.items():
            for pair in zip(pieces, pieces[1:]):
                pairs[pair] += counts[word]
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        for word, pieces in words.items():
            words[word] = _merge(pieces, best)
    return merges


def _merge(pieces, pair):
    out = []
    for piece in pieces:
        if out and (out[-1], piece) == pair:
            out[-1] += piece
        else:
            out.append(piece)
    return out


def write(merges, folder):
    """vocab.json (token -> id) and merges.txt."""
    symbols = list(bytes_to_unicode().values())
    tokens = symbols + [symbol + "</w>" for symbol in symbols] + ["".join(pair) for pair in merges] + list(SPECIAL)
    assert len(set(tokens)) == len(tokens)
    vocabulary = {token: number for number, token in enumerate(tokens)}
    Path(folder, "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False), encoding="utf-8")
    lines = ["#version: 0.2"] + [" ".join(pair) for pair in merges]
    Path(folder, "merges.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return len(tokens)


def tokenizer(folder, context_length, scratch):
    """open_clip's tokenizer over merges.txt. It reads a compressed file and takes a last empty line for a merge, so both
    are seen to in a copy in `scratch`; its numbers are checked against vocab.json."""
    compressed = Path(scratch, "merges.txt.gz")
    compressed.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(compressed, "wb") as file:
        file.write(Path(folder, "merges.txt").read_text(encoding="utf-8").rstrip("\n").encode())
    loaded = SimpleTokenizer(str(compressed), context_length=context_length)
    vocabulary = json.loads(Path(folder, "vocab.json").read_text(encoding="utf-8"))
    assert len(loaded.encoder) == len(vocabulary)
    assert all(loaded.encoder[token] == number for token, number in vocabulary.items() if token not in SPECIAL)
    assert [vocabulary[token] for token in SPECIAL] == loaded.all_special_ids == [len(vocabulary) - 2, len(vocabulary) - 1]
    return loaded
