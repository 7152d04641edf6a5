#!/usr/bin/env python3
"""Golden files for classifiers of descriptors, the comparison of two analyses, and the figures of banks.

    python -m venv V && V/bin/pip install numpy==2.4.6 scipy==1.17.1 statsmodels==0.14.5 torch==2.13.0 matplotlib==3.10.7
    git clone https://github.com/sachit-menon/classify_by_description_release R && git -C R checkout d1a3d89
    V/bin/python tools/golden/descriptors.py R

writes Tests/ConceptsTests/Golden/descriptors. Texts are those that the released code makes of our own descriptors; McNemar's test is
statsmodels'. Intervals and the figures of banks are said again here. Seeds are fixed, so a second run gives the same files.
"""

import contextlib
import io
import itertools
import json
import pathlib
import sys
import tempfile

import numpy as np
from statsmodels.stats.contingency_tables import mcnemar

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "Tests/ConceptsTests/Golden/descriptors"

# Each beginning that the released code knows, alone, as part of a longer word, in capitals, and behind white space.
BANK = {
    "upland_fennow": ["a spotted body", "an arched back", "antlers", "amber eyes", "A tail", " a tail", "long legs"],
    "Lake_Heron of_the north": ["has a crest", "hasty steps", "Has a crest", "often wades", "oftentimes alone"],
    "crane": ["typically grey", "typical grey", "may stand on one leg", "maybe red", "can fly", "canoe-shaped beak"],
    "sieve": ["used for sifting", "useful", "unused", "usedup", "à grille", "’a’", "1 handle", "{which}", "{class}"],
    "empty": [],
    "blank": [""],
    "Ünter-tier": ["überlange Ohren", "äußerst scheu"],
}


def write(name, cases):
    FOLDER.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(json.dumps(case, ensure_ascii=False, separators=(",", ":")) for case in cases)
    (FOLDER / f"{name}.json").write_text(f"[\n{lines}\n]\n")
    print(f"{name}.json: {len(cases)} cases")


def wordings(release):
    sys.path.insert(0, str(release))
    import loading_helpers

    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(BANK, file)
        file.flush()
        # The values of the released load.py, without and with ImageNet's full stop.
        for after in ["", "."]:
            settings = {
                "descriptor_fname": file.name, "category_name_inclusion": "prepend", "apply_descriptor_modification": True,
                "before_text": "", "between_text": ", ", "after_text": after,
            }
            with contextlib.redirect_stdout(io.StringIO()):
                texts, _ = loading_helpers.load_gpt_descriptions(settings)
            for name, descriptors in BANK.items():
                yield {"wording": "{class}, {which}" + after, "name": name, "descriptors": descriptors, "texts": texts[name]}


def mcnemars():
    pairs = [(0, 1), (1, 0), (1, 1), (3, 3), (0, 5), (5, 0), (2, 9), (12, 13), (10, 25), (61, 44), (200, 200), (812, 955),
             (4000, 4321), (25_000, 24_000)]
    for before, now in pairs:
        table = [[7, before], [now, 3]]
        exact, approximate = mcnemar(table, exact=True), mcnemar(table, exact=False, correction=True)
        yield {
            "before": before, "now": now, "exact": float(exact.pvalue), "chi_square": float(approximate.statistic),
            "chi_square_p": float(approximate.pvalue),
        }


class SplitMix64:
    def __init__(self, seed):
        self.state = seed

    def below(self, bound):
        mask = (1 << 64) - 1
        self.state = (self.state + 0x9E3779B97F4A7C15) & mask
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        return ((z ^ (z >> 31)) * bound) >> 64


def paired():
    rng = np.random.default_rng(26)
    for count, resamples, seed in [(1, 50, 0), (2, 200, 3), (7, 1000, 0), (40, 500, 18446744073709551615)]:
        classes = []
        for _ in range(count):
            images = int(rng.integers(1, 30))
            both, before, now = (int(x) for x in rng.multinomial(images, [0.5, 0.15, 0.2, 0.15])[:3])
            classes.append([images, both, before, now])
        table = np.array(classes)
        generator = SplitMix64(seed)
        draws = [[generator.below(count) for _ in range(count)] for _ in range(resamples)]
        sums = np.array([table[draw].sum(axis=0) for draw in draws], float)

        def figure(rows):
            return (rows[:, 3] - rows[:, 2]) / rows[:, 0]

        low, high = np.quantile(figure(sums), [0.025, 0.975])
        yield {
            "classes": classes, "resamples": resamples, "seed": str(seed),
            "difference": float(figure(table.sum(axis=0, keepdims=True).astype(float))[0]), "low": float(low), "high": float(high),
        }


def banks():
    rng = np.random.default_rng(4)
    words = [f"w{index}" for index in range(12)]
    shapes = {
        "many": [5, 3, 8, 2, 6], "one class": [4], "no pairs": [1, 1, 1], "some without": [0, 1, 4, 0, 2],
        "alike": [3, 3], "nothing shared": [2, 2],
    }
    for name, sizes in shapes.items():
        lists = [[str(rng.choice(words)) + (" and more" if rng.random() < 0.3 else "") for _ in range(size)] for size in sizes]
        if name == "alike":
            lists = [["w1", "w2", "w2"], ["w1", "w2", "w2"]]
        if name == "nothing shared":
            lists = [["a", "b"], ["c", "d"]]
        unique = list(dict.fromkeys(itertools.chain(*lists)))
        vectors = np.round(rng.normal(size=(len(unique), 6)), 6)
        row = {text: vectors[place] for place, text in enumerate(unique)}
        holders = {text: sum(text in entries for entries in lists) for text in unique}
        entries = [text for entries in lists for text in entries]
        shared = [np.mean([holders[text] > 1 for text in entries]) for entries in lists if entries]
        within = []
        for own in lists:
            if len(own) < 2:
                continue
            unit = [row[text] / np.linalg.norm(row[text]) for text in own]
            within.append(np.mean([unit[i] @ unit[j] for i, j in itertools.combinations(range(len(own)), 2)]))
        yield {
            "name": name, "lists": lists, "unique": unique, "embeddings": vectors.tolist(),
            "inter_div": float(np.mean([holders[text] > 1 for text in entries])), "overlap": float(np.mean(shared)),
            "intra_div": float(np.mean(within)) if within else None, "duplicates": 1 - len(unique) / len(entries),
            "words": float(np.mean([len(text.split()) for text in entries])),
        }


def main():
    release = pathlib.Path(sys.argv[1])
    write("wordings", list(wordings(release)))
    write("mcnemars", list(mcnemars()))
    write("paired", list(paired()))
    write("banks", list(banks()))


if __name__ == "__main__":
    main()
