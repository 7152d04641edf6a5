"""A world's files, as the product reads them."""

import json

import numpy as np
from PIL import Image

import dataset
from creature import PARTS, bank_phrases
from worlds import identifier

SHADE = 20  # a mask's grey value for the scene is 0, for the part number n of PARTS SHADE * (n + 1)
SEEN = 10  # pixels from which on a part counts as seen


def write_json(path, value):
    """One entry a line, so that changes can be read."""
    entries = [json.dumps(entry) for entry in value] if isinstance(value, list) else [f"{json.dumps(key)}: {json.dumps(item)}" for key, item in value.items()]
    left, right = "[]" if isinstance(value, list) else "{}"
    path.write_text(left + "\n  " + ",\n  ".join(entries) + "\n" + right + "\n")


def write_words(world, folder):
    """The classes and the descriptor bank."""
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / "classes.json", [{"id": identifier(name), "name": name} for name in world.names])
    write_json(folder / "descriptors.json", {identifier(name): texts for name, texts in world.bank().items()})


def write_pictures(world, folder, each, quality=88):
    """`each` held-out pictures of every class in a folder of its own. Yields the path below `folder` and the Picture."""
    for index in range(each * len(world.names)):
        label, creature, drawn = dataset.picture(world, world.held_out, index)
        name = f"{identifier(world.names[label])}/{index // len(world.names):03d}"
        path = folder / f"{name}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(drawn.pixels).save(path, quality=quality, optimize=True)
        yield name, creature, drawn


def write_mask(path, owner):
    """Which part is seen at which pixel, as a grey picture."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(((owner + 1) * SHADE).astype(np.uint8)).save(path, optimize=True)


def truth(world, creature, owner):
    """What is true of one picture: its size, the object's box (x and y of the first and last pixel) and what is seen of which part."""
    rows, columns = np.nonzero(owner >= 0)
    seen = {part: int((owner == number).sum()) for number, part in enumerate(PARTS)}
    phrases = bank_phrases(creature)
    return {
        "size": [owner.shape[1], owner.shape[0]],
        "box": [int(columns.min()), int(rows.min()), int(columns.max()), int(rows.max())],
        "descriptors": [text for part, texts in phrases.items() if seen[part] >= SEEN for text in texts],
    }
