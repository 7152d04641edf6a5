"""The classes: 28 invented creatures, each a fixed combination of attributes.

Three are near twins of another and differ in one part: greater/lesser mosk (tail), dusk/night yarrix (eyes),
upland/hill fennow (legs).
"""

from creature import Creature

CLASSES = {
    "barn dibbet": Creature(
        body=("round", "striped", "white"), head=("round", "green"), eyes=("large", "blue"),
        legs=("fins", "purple"), topper=("crest", "brown"), mouth=("snout", "white"), tail=("fan", "white"),
        back=("wings", "yellow"),
    ),
    "cave kibbit": Creature(
        body=("triangular", "zigzag", "yellow"), head=("pointed", "brown"), eyes=("large", "pink"),
        legs=("wheels", "pink"), topper=("round", "pink"), mouth=("trunk", "purple"), tail=("forked", "green"),
        back=("wings", "purple"),
    ),
    "cliff thrum": Creature(
        body=("round", "plain", "turquoise"), head=("round", "blue"), eyes=("large", "turquoise"),
        legs=("insect", "blue"), tail=("curled", "orange"), back=("bat", "pink"),
    ),
    "copper pellick": Creature(
        body=("long", "striped", "orange"), head=("round", "turquoise"), eyes=("single", "pink"),
        legs=("long", "blue"), feet=("webbed", "red"), topper=("unicorn", "white"), tail=("arrow", "blue"),
    ),
    "desert zorrel": Creature(
        body=("triangular", "ringed", "pink"), head=("square", "red"), eyes=("sleepy", "blue"),
        legs=("fins", "orange"), topper=("antennae", "orange"), mouth=("trunk", "yellow"),
        tail=("forked", "red"),
    ),
    "dusk yarrix": Creature(
        body=("triangular", "zigzag", "purple"), head=("square", "red"), eyes=("stalked", "green"),
        legs=("insect", "blue"), topper=("pointed", "purple"), mouth=("tusks", "turquoise"),
        tail=("forked", "white"),
    ),
    "garden tumlow": Creature(
        body=("round", "ringed", "green"), head=("flat", "pink"), eyes=("stalked", "green"),
        legs=("insect", "turquoise"), topper=("pointed", "pink"), tail=("arrow", "blue"),
        back=("spines", "green"), scarf="blue",
    ),
    "greater mosk": Creature(
        body=("tall", "zigzag", "purple"), head=("square", "pink"), eyes=("single", "orange"),
        legs=("wheels", "green"), topper=("antlers", "turquoise"), mouth=("snout", "red"),
        tail=("curled", "yellow"), back=("bat", "green"),
    ),
    "harbour skerry": Creature(
        body=("boxy", "checkered", "white"), head=("flat", "green"), eyes=("single", "turquoise"),
        legs=("wheels", "purple"), topper=("round", "green"), tail=("tufted", "white"), back=("shell", "white"),
        neck="long",
    ),
    "hill fennow": Creature(
        body=("round", "zigzag", "red"), head=("pointed", "purple"), eyes=("sleepy", "blue"),
        legs=("tentacles", "brown"), topper=("antlers", "red"), tail=("fan", "orange"), back=("humps", "blue"),
    ),
    "lantern cindle": Creature(
        body=("tall", "spotted", "black"), head=("square", "green"), eyes=("single", "red"),
        legs=("short", "purple"), feet=("boots", "green"), topper=("horns", "white"), mouth=("tusks", "red"),
        tail=("bushy", "blue"), back=("spines", "yellow"),
    ),
    "lesser mosk": Creature(
        body=("tall", "zigzag", "purple"), head=("square", "pink"), eyes=("single", "orange"),
        legs=("wheels", "green"), topper=("antlers", "turquoise"), mouth=("snout", "red"),
        tail=("forked", "red"), back=("bat", "green"),
    ),
    "marsh obbin": Creature(
        body=("triangular", "ringed", "red"), head=("flat", "black"), eyes=("large", "brown"),
        legs=("short", "orange"), feet=("webbed", "white"), topper=("crest", "green"), mouth=("beak", "black"),
        tail=("bushy", "purple"), back=("spines", "red"), scarf="yellow",
    ),
    "night yarrix": Creature(
        body=("triangular", "zigzag", "purple"), head=("square", "red"), eyes=("single", "red"),
        legs=("insect", "blue"), topper=("pointed", "purple"), mouth=("tusks", "turquoise"),
        tail=("forked", "white"),
    ),
    "painted quib": Creature(
        body=("tall", "ringed", "turquoise"), head=("square", "purple"), eyes=("sleepy", "pink"),
        legs=("fins", "orange"), topper=("crest", "brown"), tail=("tufted", "white"),
    ),
    "paper noodlin": Creature(
        body=("pear-shaped", "checkered", "red"), head=("round", "green"), eyes=("sleepy", "pink"),
        legs=("tentacles", "pink"), topper=("pointed", "purple"), mouth=("tongue", "green"),
        tail=("curled", "pink"), back=("sail", "turquoise"), neck="long",
    ),
    "pocket olph": Creature(
        body=("pear-shaped", "spotted", "purple"), head=("square", "pink"), eyes=("stalked", "yellow"),
        legs=("fins", "black"), topper=("crest", "green"), mouth=("trunk", "black"), tail=("fan", "yellow"),
        back=("sail", "black"), scarf="red", neck="long",
    ),
    "river snaff": Creature(
        body=("long", "plain", "orange"), head=("flat", "purple"), eyes=("sleepy", "orange"),
        legs=("short", "blue"), feet=("hooves", "red"), topper=("pointed", "pink"), mouth=("snout", "pink"),
        back=("shell", "pink"),
    ),
    "royal plimsy": Creature(
        body=("boxy", "plain", "green"), head=("round", "pink"), eyes=("large", "brown"),
        legs=("tentacles", "blue"), topper=("antennae", "brown"), mouth=("tongue", "pink"),
        tail=("arrow", "green"), neck="long",
    ),
    "salt brask": Creature(
        body=("boxy", "checkered", "pink"), head=("round", "red"), eyes=("stalked", "yellow"),
        legs=("short", "purple"), feet=("hooves", "red"), topper=("antennae", "brown"),
        mouth=("tusks", "yellow"), back=("humps", "white"), scarf="yellow", neck="long",
    ),
    "silver hask": Creature(
        body=("boxy", "zigzag", "pink"), head=("pointed", "blue"), eyes=("sleepy", "brown"),
        legs=("tentacles", "blue"), topper=("floppy", "purple"), mouth=("tongue", "yellow"),
        tail=("curled", "turquoise"), back=("sail", "orange"), scarf="blue", neck="long",
    ),
    "sleepy grolt": Creature(
        body=("boxy", "striped", "brown"), head=("square", "orange"), eyes=("sleepy", "brown"),
        legs=("long", "green"), feet=("hooves", "white"), topper=("floppy", "purple"),
        mouth=("tusks", "turquoise"), tail=("tufted", "turquoise"), back=("humps", "brown"), neck="long",
    ),
    "thistle rusk": Creature(
        body=("long", "striped", "yellow"), head=("pointed", "white"), eyes=("stalked", "green"),
        legs=("insect", "orange"), topper=("floppy", "black"), mouth=("beak", "brown"),
        tail=("tufted", "turquoise"), back=("wings", "black"),
    ),
    "thunder wump": Creature(
        body=("pear-shaped", "spotted", "blue"), head=("flat", "turquoise"), eyes=("large", "pink"),
        legs=("wheels", "green"), topper=("horns", "yellow"), mouth=("tusks", "yellow"),
        tail=("arrow", "orange"), back=("shell", "yellow"),
    ),
    "tufted lurn": Creature(
        body=("pear-shaped", "checkered", "black"), head=("pointed", "red"), eyes=("large", "blue"),
        legs=("long", "black"), feet=("boots", "turquoise"), mouth=("beak", "pink"),
    ),
    "upland fennow": Creature(
        body=("round", "zigzag", "red"), head=("pointed", "purple"), eyes=("sleepy", "blue"),
        legs=("wheels", "red"), topper=("antlers", "red"), tail=("fan", "orange"), back=("humps", "blue"),
    ),
    "velvet vell": Creature(
        body=("tall", "plain", "brown"), head=("round", "blue"), eyes=("stalked", "orange"),
        legs=("long", "black"), feet=("boots", "yellow"), topper=("unicorn", "red"), mouth=("trunk", "yellow"),
        tail=("tufted", "blue"),
    ),
    "winter moppet": Creature(
        body=("long", "spotted", "blue"), head=("pointed", "red"), eyes=("stalked", "purple"),
        legs=("long", "green"), feet=("webbed", "purple"), topper=("unicorn", "red"), tail=("bushy", "red"),
        back=("bat", "turquoise"),
    ),
}
