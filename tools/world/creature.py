"""What a creature is made of: the attributes a class fixes, and the words for them."""

from dataclasses import dataclass, fields

from palette import COLOURS

BODY_SHAPES = ("round", "long", "tall", "pear-shaped", "boxy", "triangular")
PATTERNS = ("plain", "spotted", "striped", "checkered", "zigzag", "ringed")
HEAD_SHAPES = ("round", "square", "pointed", "flat")

# kind -> phrase; {c} is the colour and, in the coarse form of the phrase, missing.
TOPPERS = {
    "horns": "curved {c} horns", "antennae": "long {c} antennae", "round": "round {c} ears",
    "pointed": "pointed {c} ears", "floppy": "floppy {c} ears", "antlers": "branched {c} antlers",
    "crest": "a spiky {c} crest", "unicorn": "a single {c} horn",
}
EYES = {
    "large": "large {c} eyes", "single": "one huge {c} eye", "sleepy": "sleepy {c} eyes", "stalked": "{c} eyes on stalks",
}
MOUTHS = {
    "beak": "a sharp {c} beak", "trunk": "a long {c} trunk", "snout": "a round {c} snout", "tusks": "{c} tusks",
    "tongue": "a hanging {c} tongue",
}
LEGS = {
    "short": "four short {c} legs", "long": "two long {c} legs", "insect": "six bent {c} legs",
    "tentacles": "wavy {c} tentacles", "wheels": "{c} wheels", "fins": "{c} flippers",
}
FEET = {"boots": "big {c} boots", "webbed": "webbed {c} feet", "hooves": "square {c} hooves"}
TAILS = {
    "curled": "a curled {c} tail", "bushy": "a bushy {c} tail", "forked": "a forked {c} tail",
    "tufted": "a tufted {c} tail", "fan": "a {c} tail like a fan", "arrow": "an arrow-shaped {c} tail",
}
BACKS = {
    "wings": "feathered {c} wings", "bat": "{c} bat wings", "shell": "a domed {c} shell", "spines": "sharp {c} spines",
    "sail": "a tall {c} sail", "humps": "two {c} humps",
}
SCARF = "a knitted {c} scarf"

SLOTS = {"topper": TOPPERS, "eyes": EYES, "mouth": MOUTHS, "legs": LEGS, "feet": FEET, "tail": TAILS, "back": BACKS}
PARTS = ("body", "neck", "head", "topper", "eyes", "mouth", "legs", "feet", "tail", "back", "scarf")
WALKING = ("short", "long")  # the legs that can wear feet


@dataclass(frozen=True)
class Creature:
    """One combination of attributes. A pair is (kind, colour); an absent part is None."""

    body: tuple  # (shape, pattern, colour)
    head: tuple  # (shape, colour)
    eyes: tuple
    legs: tuple
    topper: tuple | None = None
    mouth: tuple | None = None
    feet: tuple | None = None
    tail: tuple | None = None
    back: tuple | None = None
    scarf: str | None = None  # colour
    neck: str = "short"


def phrase(pattern, colour=""):
    return " ".join(pattern.replace("{c}", colour).split())


def bank_phrases(creature):
    """part -> the descriptors of the bank that are true of it."""
    shape, pattern, colour = creature.body
    article = "an" if shape[0] in "aeiou" else "a"
    looks = f"a plain {colour} body" if pattern == "plain" else f"a {colour} {pattern} body"
    if colour[0] in "aeiou" and pattern != "plain":
        looks = "an" + looks[1:]
    words = {"body": [f"{article} {shape} body", looks, f"a {pattern} body"]}
    head_shape, head_colour = creature.head
    words["head"] = [f"a {head_shape} {head_colour} head"]
    for slot, kinds in SLOTS.items():
        value = getattr(creature, slot)
        if value is not None:
            kind, colour = value
            text = phrase(kinds[kind], colour)
            words[slot] = ["an" + text[1:] if text.startswith("a ") and text[2] in "aeiou" else text]
    if creature.neck == "long":
        words["neck"] = ["a long neck"]
    if creature.scarf is not None:
        words["scarf"] = [phrase(SCARF, creature.scarf)]
    return words


def coarse_phrases(creature):
    """part -> shorter phrases that are true of it. Captions use them too; the bank does not."""
    colour = creature.body[2]
    words = {
        "body": [f"{'an' if colour[0] in 'aeiou' else 'a'} {colour} body"],
        "head": [f"a {creature.head[0]} head", f"{'an' if creature.head[1][0] in 'aeiou' else 'a'} {creature.head[1]} head"],
    }
    for slot, kinds in SLOTS.items():
        value = getattr(creature, slot)
        if value is not None:
            words[slot] = [phrase(kinds[value[0]])]
    if creature.scarf is not None:
        words["scarf"] = ["a scarf"]
    return words


def hybrid(rng):
    """A creature of no class: every attribute drawn at random, so that no part gives away another."""
    names = list(COLOURS)
    colour = lambda: names[rng.integers(len(names))]
    pick = lambda options: list(options)[rng.integers(len(options))]
    body_colour = colour()
    head_colour = colour()
    while head_colour == body_colour:
        head_colour = colour()
    legs = (pick(LEGS), colour())
    optional = lambda kinds, chance: (pick(kinds), colour()) if rng.random() < chance else None
    return Creature(
        body=(pick(BODY_SHAPES), pick(PATTERNS), body_colour),
        head=(pick(HEAD_SHAPES), head_colour),
        eyes=(pick(EYES), colour()),
        legs=legs,
        topper=optional(TOPPERS, 0.9),
        mouth=optional(MOUTHS, 0.7),
        feet=optional(FEET, 0.6) if legs[0] in WALKING else None,
        tail=optional(TAILS, 0.9),
        back=optional(BACKS, 0.7),
        scarf=colour() if rng.random() < 0.2 else None,
        neck="long" if rng.random() < 0.3 else "short",
    )


assert set(PARTS) == {field.name for field in fields(Creature)}
