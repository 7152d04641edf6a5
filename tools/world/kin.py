"""The harder world's 48 classes: twelve families of four kin.

The first of a family is its plain member; each of the others differs from it in one attribute, and so from one another in two.
Epithets are shared between families ("cave fennow", "cave vell"), so that neither word of a name is enough.
"""

from dataclasses import dataclass, replace

from creature import Creature


@dataclass(frozen=True)
class Family:
    member: Creature
    kin: dict  # epithet -> the attributes in which that one differs from `member`


FAMILIES = {
    "mosk": Family(
        Creature(
            body=("round", "ringed", "turquoise"), head=("round", "black"), eyes=("single", "blue"),
            legs=("long", "black"), topper=("crest", "turquoise"), tail=("forked", "purple"),
            back=("sail", "purple"), scarf="purple"),
        {"desert": {}, "salt": {"back": ("spines", "purple")}, "velvet": {"body": ("round", "ringed", "yellow")}, "winter": {"head": ("round", "pink")}},
    ),
    "yarrix": Family(
        Creature(
            body=("boxy", "ringed", "red"), head=("square", "turquoise"), eyes=("sleepy", "brown"),
            legs=("fins", "turquoise"), topper=("antennae", "orange"), mouth=("tusks", "white"),
            tail=("bushy", "black")),
        {"thistle": {}, "marsh": {"tail": ("fan", "black")}, "cave": {"head": ("square", "orange")}, "barn": {"mouth": ("beak", "white")}},
    ),
    "fennow": Family(
        Creature(
            body=("tall", "checkered", "white"), head=("flat", "purple"), eyes=("large", "green"),
            legs=("insect", "pink"), topper=("pointed", "purple"), tail=("tufted", "brown"), neck="long"),
        {"salt": {}, "hill": {"topper": ("pointed", "turquoise")}, "copper": {"tail": ("bushy", "brown")}, "thistle": {"head": ("flat", "pink")}},
    ),
    "dibbet": Family(
        Creature(
            body=("long", "striped", "black"), head=("round", "green"), eyes=("sleepy", "black"),
            legs=("long", "green"), topper=("horns", "black"), mouth=("beak", "black"),
            feet=("hooves", "orange"), tail=("curled", "turquoise"), scarf="blue", neck="long"),
        {"desert": {}, "copper": {"tail": ("tufted", "turquoise")}, "thistle": {"legs": ("long", "orange")}, "dusk": {"body": ("long", "striped", "blue")}},
    ),
    "thrum": Family(
        Creature(
            body=("pear-shaped", "striped", "green"), head=("flat", "black"),
            eyes=("stalked", "turquoise"), legs=("wheels", "purple"), topper=("crest", "brown"),
            mouth=("tusks", "purple"), tail=("fan", "turquoise"), back=("humps", "black"), scarf="purple"),
        {"river": {}, "copper": {"back": ("humps", "orange")}, "dusk": {"body": ("pear-shaped", "striped", "red")}, "garden": {"legs": ("wheels", "white")}},
    ),
    "pellick": Family(
        Creature(
            body=("boxy", "zigzag", "pink"), head=("square", "black"), eyes=("single", "white"),
            legs=("insect", "purple"), topper=("round", "brown"), mouth=("beak", "turquoise"),
            tail=("arrow", "pink"), back=("spines", "brown")),
        {"barn": {}, "velvet": {"mouth": ("snout", "turquoise")}, "lantern": {"legs": ("wheels", "purple")}, "winter": {"body": ("boxy", "ringed", "pink")}},
    ),
    "zorrel": Family(
        Creature(
            body=("triangular", "plain", "turquoise"), head=("round", "blue"), eyes=("single", "red"),
            legs=("short", "pink"), topper=("floppy", "brown"), feet=("hooves", "red"), tail=("fan", "black"),
            back=("sail", "purple")),
        {"barn": {}, "marsh": {"head": ("round", "white")}, "winter": {"body": ("triangular", "plain", "brown")}, "harbour": {"topper": ("unicorn", "brown")}},
    ),
    "skerry": Family(
        Creature(
            body=("pear-shaped", "plain", "black"), head=("round", "brown"), eyes=("single", "green"),
            legs=("long", "pink"), topper=("pointed", "purple"), mouth=("beak", "orange"),
            feet=("webbed", "blue"), tail=("fan", "turquoise"), back=("sail", "orange")),
        {"royal": {}, "dusk": {"topper": ("pointed", "black")}, "lantern": {"head": ("round", "orange")}, "thistle": {"tail": ("forked", "turquoise")}},
    ),
    "cindle": Family(
        Creature(
            body=("tall", "spotted", "white"), head=("round", "orange"), eyes=("sleepy", "white"),
            legs=("wheels", "orange"), topper=("pointed", "red"), tail=("forked", "red"), neck="long"),
        {"marsh": {}, "river": {"head": ("round", "blue")}, "lantern": {"topper": ("pointed", "pink")}, "velvet": {"body": ("tall", "spotted", "green")}},
    ),
    "obbin": Family(
        Creature(
            body=("long", "checkered", "turquoise"), head=("round", "purple"), eyes=("sleepy", "orange"),
            legs=("fins", "orange"), topper=("crest", "green"), mouth=("tusks", "yellow"),
            tail=("arrow", "green"), back=("spines", "green"), scarf="pink"),
        {"marsh": {}, "barn": {"tail": ("arrow", "pink")}, "cave": {"body": ("long", "spotted", "turquoise")}, "thistle": {"topper": ("unicorn", "green")}},
    ),
    "quib": Family(
        Creature(
            body=("triangular", "zigzag", "blue"), head=("flat", "yellow"), eyes=("single", "turquoise"),
            legs=("wheels", "turquoise"), topper=("pointed", "yellow"), mouth=("tusks", "blue"),
            tail=("bushy", "pink"), back=("humps", "black"), neck="long"),
        {"velvet": {}, "cave": {"legs": ("tentacles", "turquoise")}, "barn": {"topper": ("pointed", "purple")}, "desert": {"back": ("humps", "brown")}},
    ),
    "vell": Family(
        Creature(
            body=("round", "spotted", "red"), head=("flat", "pink"), eyes=("single", "turquoise"),
            legs=("tentacles", "blue"), topper=("unicorn", "yellow"), mouth=("beak", "purple"),
            tail=("tufted", "yellow"), back=("shell", "yellow"), scarf="orange"),
        {"velvet": {}, "marsh": {"legs": ("wheels", "blue")}, "hill": {"topper": ("floppy", "yellow")}, "river": {"mouth": ("beak", "brown")}},
    ),
}

CLASSES = {
    f"{epithet} {family}": replace(entry.member, **changes)
    for family, entry in FAMILIES.items()
    for epithet, changes in entry.kin.items()
}
