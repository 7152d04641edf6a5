#!/usr/bin/env python3
"""Golden files for Tests/ConceptsTests/Prompting, made by OpenCV as the paper's released code calls it.

    python tools/golden/drawing.py

writes Tests/ConceptsTests/Golden/drawing/*.json. Needs numpy and opencv-python-headless==4.12.0.88. The version matters:
4.10, 4.11 and 4.12 draw the same (4.12 was the first to move singular contours at random), 4.13, 4.14 and 5.0 draw other
outlines. Seeds are fixed, so a second run gives the same files.

Everything here is what cv2 returns: findContours and max by contourArea, fitEllipse, ellipse filled and as an outline,
GaussianBlur with (size, size), 0, cvtColor. A contour is left out where cv2 does not agree with itself: when repeated
calls, or the same points in another order, give an ellipse that is drawn otherwise, or when the points moved, mirrored
or with x and y exchanged give another ellipse. How many, of which kind, is printed.
"""

import base64
import collections
import json
import pathlib

import cv2
import numpy as np

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "Tests/ConceptsTests/Golden/drawing"
SIZES = [96, 224, 336, 384]
LEFT_OUT = collections.Counter()


def write(name, cases):
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{name}.json"
    path.write_text("[\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "\n]\n")
    print(f"{path.name}: {len(cases)} cases, {path.stat().st_size} bytes")


def digest(array):
    """Sum of (byte + 1) * M^(bytes behind it), modulo 2^64, in hex: pictures are too many to keep."""
    values = np.ascontiguousarray(array, np.uint8).ravel().astype(np.uint64) + np.uint64(1)
    powers = np.full(len(values), 6364136223846793005, np.uint64)
    powers[0] = 1
    return f"{int((values[::-1] * np.cumprod(powers, dtype=np.uint64)).sum(dtype=np.uint64)):016x}"


def rows(mask):
    """Runs of a mask: for each stretch of equal rows how many they are, then start and length of every run."""
    found = []
    for row in mask:
        edges = np.flatnonzero(np.diff(np.concatenate([[0], row.astype(np.int8), [0]])))
        runs = [int(v) for start, end in edges.reshape(-1, 2) for v in (start, end - start)]
        if found and found[-1][1:] == runs:
            found[-1][0] += 1
        else:
            found.append([1, *runs])
    return found


# Steps in the order of their digits: east, then clockwise on the screen.
STEPS = [(1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1)]


def chain(points):
    """A contour as its first point and the step to each next one."""
    return {"start": points[0].tolist(), "steps": "".join(str(STEPS.index(tuple(step))) for step in np.diff(points, axis=0).tolist())}


# --- regions --------------------------------------------------------------------------------------------------------


def clouds(rng, size, cells):
    return cv2.resize(rng.normal(size=(cells, cells)).astype(np.float32), (size, size), interpolation=cv2.INTER_CUBIC)


def grid(rng, size):
    """Patches of a part."""
    cells = int(rng.choice([7, 12, 14, 16, 24]))
    patches = rng.random((cells, cells)) < rng.choice([0.1, 0.3, 0.5]) if rng.random() < 0.5 else clouds(rng, cells, 4) > 0.2
    index = np.arange(size) * cells // size
    return patches[index][:, index]


def refined(rng, size):
    """Patches of a part, cut as a CRF cuts them."""
    return grid(rng, size) & (clouds(rng, size, int(rng.integers(3, 12))) > rng.uniform(-0.6, 0.3))


def blob(rng, size):
    return clouds(rng, size, int(rng.integers(3, 9))) > rng.uniform(0, 0.5)


def band(thickness):
    def made(rng, size):
        length = int(rng.integers(3, size))
        y, x = int(rng.integers(0, size - thickness + 1)), int(rng.integers(0, size - length + 1))
        mask = np.zeros((size, size), bool)
        mask[y : y + thickness, x : x + length] = True
        return mask.T if rng.random() < 0.5 else mask

    return made


def slanted(rng, size):
    canvas = np.zeros((size, size), np.uint8)
    a, b = rng.integers(0, size, (2, 2)).tolist()
    cv2.line(canvas, a, b, 1, int(rng.integers(1, 4)))
    return canvas > 0


def tiny(rng, size):
    side = int(rng.integers(1, 7))
    mask = np.zeros((size, size), bool)
    y, x = rng.integers(0, size - side, 2)
    mask[y : y + side, x : x + side] = rng.random((side, side)) < rng.uniform(0.3, 1)
    return mask


def five(rng, size):
    """A contour of five points."""
    while True:
        mask = np.zeros((size, size), bool)
        y, x = rng.integers(0, size - 3, 2)
        mask[y : y + 3, x : x + 3] = rng.random((3, 3)) < 0.6
        if mask.any() and len(contour(mask)) == 5:
            return mask


def noise(rng, size):
    return rng.random((size, size)) < 0.05


def pixel(rng, size):
    mask = np.zeros((size, size), bool)
    mask[tuple(rng.integers(0, size, 2))] = True
    return mask


KINDS = {
    "grid": grid, "refined": refined, "blob": blob, "one": band(1), "two": band(2), "three": band(3), "slanted": slanted,
    "tiny": tiny, "five": five, "pixel": pixel,
}


# --- what the released code does with a region ----------------------------------------------------------------------


def contour(mask):
    contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return max(contours, key=cv2.contourArea) if contours else None


def drawn(box, height, width, thickness):
    canvas = np.zeros((height, width), np.uint8)
    cv2.ellipse(canvas, box, 1, thickness)
    return canvas


def agreed(points, size):
    """The box, if cv2 fits one that is drawn alike whenever it is asked, and is the same about the same points elsewhere."""
    boxes = [cv2.fitEllipse(asked) for asked in [points, points, points, np.roll(points, len(points) // 3, 0), points[::-1].copy()]]
    if np.isnan([box[1] for box in boxes]).any():
        return None
    if len({(drawn(box, size, size, -1).tobytes(), drawn(box, size, size, 1).tobytes()) for box in boxes}) > 1:
        return None
    found = []
    for x, y in [(0, 0), (1, 0), (0, 1), (3, 5), (17, 40), (101, 7), (60, 211)]:
        for turned in (points, points[..., ::-1], 500 - points):
            center, axes, _ = cv2.fitEllipse(np.ascontiguousarray(turned + np.int32((x, y))))
            center = np.subtract(center, (x, y))
            found.append([*(center if turned is points else center[::-1] if len(found) % 3 == 1 else 500 - center), *axes])
    return boxes[0] if (np.ptp(found, axis=0) <= 1e-2 + 1e-3 * np.abs(found[0])).all() else None


def moved(points):
    """Whether OpenCV moves the points at random."""
    return len({cv2.fitEllipse(points) for _ in range(6)}) > 1


def picture(size):
    """Made by a rule, so that it needs no place in a file: rough and smooth stripes."""
    index = np.arange(size * size * 3, dtype=np.uint64)
    rough = (index * np.uint64(2654435761) % np.uint64(1 << 32)) >> np.uint64(26)
    x, y, channel = index // np.uint64(3) % np.uint64(size), index // np.uint64(3 * size), index % np.uint64(3)
    smooth = (np.uint64(3) * x + np.uint64(2) * y + np.uint64(40) * channel) % np.uint64(192)
    return (rough + smooth).astype(np.uint8).reshape(size, size, 3)


def prompts(image, box, thickness, blur):
    size = len(image)
    inside = drawn(box, size, size, -1) > 0
    gray = np.repeat(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)[..., None], 3, 2)
    for outside in (image, gray, cv2.GaussianBlur(image, (blur, blur), 0)):
        canvas = np.where(inside[..., None], image, outside).astype(np.uint8)
        cv2.ellipse(canvas, box, (255, 0, 0), thickness)
        yield canvas


# --- files ----------------------------------------------------------------------------------------------------------


def contours():
    rng = np.random.default_rng(20)
    cases = []
    masks = [KINDS[kind](rng, size) for kind in KINDS for size in (96, 224)] + [noise(rng, 48) for _ in range(6)]
    masks += [rng.random((12, 15)) < density for density in (0.1, 0.2, 0.3, 0.5, 0.7)]
    # Equal areas: blocks of one size, anywhere.
    for _ in range(12):
        mask = np.zeros((40, 56), bool)
        for y, x in zip(rng.integers(0, 6, 4) * 6, rng.integers(0, 9, 4) * 6):
            mask[y : y + 4, x : x + 4] = True
        masks.append(mask)
    for mask in masks:
        points = contour(mask)
        if points is not None:
            cases.append({"height": mask.shape[0], "width": mask.shape[1], "rows": rows(mask), "area": cv2.contourArea(points), **chain(points[:, 0])})
    write("contours", cases)


def fits():
    rng = np.random.default_rng(21)
    cases = []
    counts = {"grid": 60, "refined": 60, "blob": 30, "one": 12, "two": 60, "three": 30, "slanted": 40, "tiny": 120, "five": 80}
    for kind, count in counts.items():
        for _ in range(count):
            size = int(rng.choice(SIZES))
            points = contour(KINDS[kind](rng, size))
            if points is None or len(points) < 5:
                continue
            if len(points) > 5 and moved(points):
                cases.append({"kind": kind, "box": None, **chain(points[:, 0])})
                continue
            box = agreed(points, size)
            LEFT_OUT["fits", kind if len(points) > 5 else "five", box is None] += 1
            if box is not None:
                cases.append({"kind": kind, "box": [*box[0], *box[1], box[2]], **chain(points[:, 0])})
    write("fits", cases)


def drawings():
    rng = np.random.default_rng(22)
    cases = []
    for number in range(900):
        size = int(rng.choice(SIZES))
        height, width = (size, size) if number % 5 else (int(rng.integers(1, 120)), int(rng.integers(1, 120)))
        center = [
            lambda: rng.uniform(0, 1, 2) * (width, height),
            lambda: rng.uniform(-1, 2, 2) * (width, height),
            lambda: np.round(rng.uniform(0, 1, 2) * (width, height) * 2) / 2,
            lambda: np.array([rng.choice([-0.5, 0, width - 1, width - 0.5, width]), rng.uniform(0, height)]),
            lambda: rng.uniform(-5, 6, 2) * (width, height),
        ][rng.integers(0, 5)]()
        axes = [
            lambda: rng.uniform(0, 4, 2),
            lambda: rng.uniform(0, 40, 2),
            lambda: rng.uniform(0, 2 * size, 2),
            lambda: np.round(rng.uniform(0, size, 2)),
            lambda: np.array([rng.uniform(0, 2), rng.uniform(0, size)]),
            lambda: 10 ** rng.uniform(0, 5, 2),
        ][rng.integers(0, 6)]()
        angle = float(rng.choice([0, rng.uniform(0, 180), rng.integers(0, 181), rng.integers(0, 180) + 0.5]))
        box = [float(value) for value in np.float32([*center, *np.sort(axes), angle])]
        thickness = 1 if number % 3 else int(rng.integers(2, 33))
        asked = ((box[0], box[1]), (box[2], box[3]), box[4])
        cases.append(
            {
                "height": height, "width": width, "box": box, "thickness": thickness,
                "inside": digest(drawn(asked, height, width, -1)), "outline": digest(drawn(asked, height, width, thickness)),
            }
        )
    write("drawings", cases)


def parts():
    rng = np.random.default_rng(23)
    cases = []
    counts = {"grid": 48, "refined": 60, "blob": 16, "two": 40, "three": 24, "slanted": 40, "tiny": 60, "five": 24, "one": 8, "pixel": 4}
    for kind, count in counts.items():
        for number in range(count):
            size = SIZES[number % len(SIZES)]
            mask = KINDS[kind](rng, size)
            points = contour(mask)
            if points is None:
                continue
            case = {"kind": kind, "size": size, "rows": rows(mask), "thickness": 1, "blur": 11}
            if number % 6 == 5:
                case.update(thickness=int(rng.choice([2, 3, 8, 32])), blur=int(rng.choice([1, 3, 5, 7, 9, 13, 21, 31])))
            if len(points) < 5 or (len(points) > 5 and moved(points)):
                # Drawn at random by the released code.
                cases.append({**case, "pictures": None})
                continue
            box = agreed(points, size)
            LEFT_OUT["parts", kind if len(points) > 5 else "five", box is None] += 1
            if box is not None:
                drawings = prompts(picture(size), box, case["thickness"], case["blur"])
                cases.append({**case, "pictures": [digest(canvas) for canvas in drawings]})
    write("parts", cases)


def text(array):
    return base64.b64encode(np.ascontiguousarray(array, np.uint8).tobytes()).decode()


def blurs():
    rng = np.random.default_rng(24)
    cases = []
    shapes = [(24, 20, size) for size in range(1, 33, 2)] + [(17, 23, 11), (40, 12, 21), (5, 30, 11), (30, 4, 9), (1, 12, 5), (12, 1, 7), (20, 20, 51), (16, 30, 101)]
    for height, width, size in shapes:
        image = rng.integers(0, 256, (height, width, 3)).astype(np.uint8)
        image[: height // 3] //= 16
        image[-height // 4 :] = 255
        cases.append({"height": height, "width": width, "size": size, "pixels": text(image), "blurred": text(cv2.GaussianBlur(image, (size, size), 0)), "gray": text(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY))})
    write("blurs", cases)


if __name__ == "__main__":
    assert cv2.__version__ == "4.12.0", "other versions draw other outlines, or fit singular contours otherwise"
    contours()
    fits()
    drawings()
    parts()
    blurs()
    for name, kind in sorted({key[:2] for key in LEFT_OUT}):
        out, kept = LEFT_OUT[name, kind, True], LEFT_OUT[name, kind, False]
        print(f"{name}, {kind}: {out} of {out + kept} left out")
