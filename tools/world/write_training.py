"""Writes training pictures of the zoo's world as files, a folder a class, for `entente train`.

    python write_training.py --output /tmp/zoo-training [--each 250] [--skip 0]

They are drawn from the seeds of the training split, every one of them of a class; 250 of each of the 48 classes are 12,000.
With --skip 250 they are others than those that the models have seen.

Needs the pip packages numpy, scipy and pillow.
"""

import argparse
import multiprocessing
from pathlib import Path

from PIL import Image

import dataset
from worlds import CLUTTERED, identifier


def write(job):
    folder, index = job
    label, _, drawn = dataset.picture(CLUTTERED, CLUTTERED.training, index)
    path = folder / identifier(CLUTTERED.names[label]) / f"{index // len(CLUTTERED.names):04d}.jpg"
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(drawn.pixels).save(path, quality=82)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--output", required=True)
    parser.add_argument("--each", type=int, default=250, help="pictures of every class")
    parser.add_argument("--skip", type=int, default=0, help="pictures of every class that are passed over")
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    classes = len(CLUTTERED.names)
    numbers = range(options.skip * classes, (options.skip + options.each) * classes)
    with multiprocessing.Pool(options.processes) as pool:
        for _ in pool.imap_unordered(write, [(Path(options.output), number) for number in numbers], chunksize=64):
            pass


if __name__ == "__main__":
    main()
