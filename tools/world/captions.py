"""Captions from class names and part phrases, and which picture each caption is true of."""

import numpy as np

CLASS_TEMPLATES = ("a photo of a {}.", "a photo of a {}.", "a photo of the {}", "a {}", "{}")
PART_TEMPLATES = ("a photo showing {}", "a photo showing {}", "{}", "{}", "a creature with {}", "a photo of a creature with {}.")
BOTH_TEMPLATES = ("a {} with {}", "a photo of a {} with {}.", "a {}, showing {}")


class Captions:
    """`count` captions with `phrases` [count, p] (bool: which phrases each one contains) and `label` [count] (-1: none)."""

    def __init__(self, texts, phrases, label):
        self.texts, self.phrases, self.label = texts, phrases, label

    def truth(self, part_of, label, circled):
        """(true, ignored), each [images, captions].

        A circled picture (`circled`: its part, else -1) is asked about that part alone: another part's phrase is false of it,
        and captions that say more (a class, several parts) do not count, unless they hold for the part."""
        size = self.phrases.sum(1)
        whole = (part_of >= 0).astype(np.float32)
        seen = np.where(circled[:, None] >= 0, part_of == circled[:, None], whole > 0).astype(np.float32)
        words = self.phrases.astype(np.float32).T
        same_class = (self.label[None] < 0) | (self.label[None] == label[:, None])
        true_of_whole = (whole @ words >= size) & same_class
        true = (seen @ words >= size) & same_class
        vague = (self.label >= 0) | (size > 1)
        pointed = circled[:, None] >= 0
        true = np.where(pointed & vague[None], False, true)
        return true, pointed & vague[None] & true_of_whole


def sample(part_of, label, circled, names, phrases, exact, rng, each=2, named=0.3):
    """`each` captions for every picture, in the order of the pictures, repeated; the share `named` of those of a picture that has
    a class say the class alone."""
    texts, chosen, labels = [], [], []
    for _ in range(each):
        for row, number, part in zip(part_of, label, circled):
            text, words, of_class = _one(row, number, part, names, phrases, exact, rng, named)
            texts.append(text)
            labels.append(number if of_class else -1)
            chosen.append(words)
    contains = np.zeros((len(texts), len(phrases)), bool)
    for row, words in enumerate(chosen):
        contains[row, words] = True
    return Captions(texts, contains, np.array(labels))


def with_every_class(said, names, rng):
    """`said`, and of every class a caption that names it alone: whatever else a batch holds, each picture is told from all classes."""
    texts = [CLASS_TEMPLATES[rng.integers(len(CLASS_TEMPLATES))].format(name) for name in names]
    none = np.zeros((len(names), said.phrases.shape[1]), bool)
    return Captions(said.texts + texts, np.concatenate([said.phrases, none]), np.concatenate([said.label, np.arange(len(names))]))


def _one(part_of, label, part, names, phrases, exact, rng, class_alone):
    pick = lambda options: options[rng.integers(len(options))]
    if part >= 0:
        words = _choose(np.flatnonzero(part_of == part), exact, 1, rng)
        return pick(PART_TEMPLATES).format(phrases[words[0]]), words, False
    dice = rng.random()
    if label >= 0 and dice < class_alone:
        return pick(CLASS_TEMPLATES).format(names[label]), [], True
    words = _choose(np.flatnonzero(part_of >= 0), exact, 1 if dice < 0.7 else rng.integers(2, 4), rng)
    text = " and ".join(phrases[i] for i in words) if len(words) < 3 else "{}, {} and {}".format(*(phrases[i] for i in words))
    if label >= 0 and dice > 0.85:
        return pick(BOTH_TEMPLATES).format(names[label], text), words, True
    return pick(PART_TEMPLATES).format(text), words, False


def _choose(options, exact, count, rng):
    weight = np.where(exact[options], 1.0, 0.35)
    return list(rng.choice(options, min(count, len(options)), replace=False, p=weight / weight.sum()))
