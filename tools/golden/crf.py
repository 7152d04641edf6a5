"""Writes the golden masks of the dense CRF: Tests/ConceptsTests/Golden/crf/masks.json.

    pip download --no-deps --no-binary simplecrf SimpleCRF==0.2.1.1 && tar xzf SimpleCRF-0.2.1.1.tar.gz
    python crf.py --source SimpleCRF-0.2.1.1 --output ../../Tests/ConceptsTests/Golden/crf

Needs numpy (made with 2.4) and a C++ compiler for x86-64 (made with g++ 12.2). The masks are those of SimpleCRF 0.2.1.1's C++
core, which `simplecrf.py` compiles and calls.
"""

import argparse
import base64
import json
import tempfile
from pathlib import Path

import numpy as np

from simplecrf import DEFAULTS, compile_core, refine

# --- pictures -------------------------------------------------------------------------------------------------------


def blobs(rng, height, width):
    """Things before a background that gets lighter to one side, with noise; and where the things are."""
    y, x = np.indices((height, width))
    image = np.zeros((height, width, 3)) + rng.integers(0, 256, 3)
    things = np.zeros((height, width), bool)
    for _ in range(rng.integers(2, 6)):
        cy, cx = rng.uniform(0, height), rng.uniform(0, width)
        a, b = rng.uniform(0.08, 0.3, 2) * [height, width]
        inside = ((y - cy) / a) ** 2 + ((x - cx) / b) ** 2 < 1
        image[inside] = rng.integers(0, 256, 3)
        things |= inside
    image += (x / width * rng.integers(-60, 60))[..., None]
    image += rng.normal(size=image.shape) * rng.choice([2, 8, 20])
    return np.clip(image, 0, 255).astype(np.uint8), things


def waves(rng, height, width):
    """Colours that flow into one another; what is bright counts as a thing."""
    y, x = np.indices((height, width))
    image = np.zeros((height, width, 3))
    for channel in range(3):
        for _ in range(4):
            u, v, phase = rng.uniform(-6, 6), rng.uniform(-6, 6), rng.uniform(0, 7)
            image[..., channel] += np.sin(u * x / width + v * y / height + phase)
    image = (image - image.min()) / (image.max() - image.min()) * 255
    return image.astype(np.uint8), image.mean(-1) > 128


def noise(rng, height, width):
    return rng.integers(0, 256, (height, width, 3)).astype(np.uint8), rng.random((height, width)) < 0.5


def dark(rng, height, width):
    """Colours near black, where the library's filling lies among them."""
    image = rng.normal(size=(height, width, 3)) * rng.choice([8, 20, 40]) + rng.choice([10, 30, 60])
    return np.clip(image, 0, 255).astype(np.uint8), rng.random((height, width)) < 0.5


def patches(rng, things, side):
    """What patches know of things: squares, some of them wrong."""
    height, width = things.shape
    rows, columns = -(-height // side), -(-width // side)
    grid = np.zeros((rows, columns), bool)
    for row in range(rows):
        for column in range(columns):
            grid[row, column] = things[row * side : (row + 1) * side, column * side : (column + 1) * side].mean() > 0.4
    grid ^= rng.random(grid.shape) < 0.06
    return np.repeat(np.repeat(grid, side, 0), side, 1)[:height, :width]


CASES = [
    # picture, height, width, patch, parameters
    (blobs, 48, 48, 8, DEFAULTS),
    (blobs, 48, 48, 6, DEFAULTS),
    (waves, 48, 48, 12, DEFAULTS),
    (noise, 48, 48, 8, DEFAULTS),
    (blobs, 96, 96, 16, DEFAULTS),
    (waves, 96, 96, 8, DEFAULTS),
    # Pixels that the library fills up to a multiple of four.
    (blobs, 61, 37, 8, DEFAULTS),
    (noise, 33, 35, 7, DEFAULTS),
    (waves, 25, 70, 5, DEFAULTS),
    (blobs, 1, 1, 1, DEFAULTS),
    (noise, 1, 30, 4, DEFAULTS),
    (noise, 30, 1, 4, DEFAULTS),
    (blobs, 56, 56, 14, (4, 20, 5, 6, 9, 1)),
    (blobs, 56, 56, 14, (7.5, 12.5, 31, 2, 1.25, 3)),
    (waves, 56, 56, 8, (10, 400, 130, 3, 30, 12)),
    (noise, 40, 40, 8, (10, 1, 1, 3, 2, 5)),
    (blobs, 40, 40, 8, (0, 40, 13, 3, 3, 5)),
    (waves, 40, 40, 8, (10, 40, 13, 0, 3, 5)),
    (blobs, 224, 224, 16, DEFAULTS),
    (waves, 336, 336, 14, DEFAULTS),
]
# The filling shows in few of them.
CASES += [(dark, 3 + index % 7, 5 + index % 6, 1, (40, 3, 6, 1, 3, 8)) for index in range(300) if (3 + index % 7) * (5 + index % 6) % 4]


def text(values):
    return base64.b64encode(np.ascontiguousarray(values).tobytes()).decode()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--source", type=Path, required=True, help="the unpacked source distribution of SimpleCRF")
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    rng = np.random.default_rng(15)
    cases = []
    with tempfile.TemporaryDirectory() as folder:
        core = compile_core(arguments.source, folder)
        for picture, height, width, side, parameters in CASES:
            image, things = picture(rng, height, width)
            mask = patches(rng, things, side)
            refined = refine(core, image, mask, parameters)
            cases.append({
                "width": width, "height": height, "parameters": parameters, "pixels": text(image),
                "mask": text(np.packbits(mask)), "refined": text(np.packbits(refined)),
            })
            print(f"{picture.__name__} {height}x{width}: {(mask != refined).mean():.4f} of the pixels change")
    arguments.output.mkdir(parents=True, exist_ok=True)
    (arguments.output / "masks.json").write_text("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")


if __name__ == "__main__":
    main()
