"""The two worlds: the one of the quick demo, and the harder one on which several models are compared."""

from dataclasses import dataclass

import bestiary
import kin
from creature import bank_phrases


@dataclass(frozen=True)
class World:
    """Classes and how they are drawn. A split is the first number of a picture's seed; the second is its index."""

    name: str
    classes: dict  # name -> Creature
    training: int
    held_out: int
    validation: int  # what choices made while training may look at, so that nothing looks at `held_out`
    cluttered: bool  # decoys, things in front, creatures from small to large

    @property
    def names(self):
        return list(self.classes)

    def bank(self):
        """name -> the descriptors that are true of the class, most visible parts first."""
        return {name: [text for texts in bank_phrases(creature).values() for text in texts] for name, creature in self.classes.items()}

    def unique_descriptors(self):
        """The bank without repetitions, in the order of first occurrence."""
        return list(dict.fromkeys(text for texts in self.bank().values() for text in texts))


def identifier(name):
    """The class id, also its folder name."""
    return name.replace(" ", "-")


PLAIN = World("plain", bestiary.CLASSES, training=1, held_out=2, validation=6, cluttered=False)
CLUTTERED = World("cluttered", kin.CLASSES, training=3, held_out=4, validation=5, cluttered=True)
WORLDS = {world.name: world for world in (PLAIN, CLUTTERED)}
