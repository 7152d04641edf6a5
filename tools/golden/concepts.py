#!/usr/bin/env python3
"""Golden files for Tests/ConceptsTests, from scikit-image, OpenCV, SciPy, scikit-learn and numpy.

    python tools/golden/concepts.py

writes Tests/ConceptsTests/Golden/concepts/*.json. Needs numpy, scipy, scikit-learn, scikit-image and
opencv-python-headless==4.14.0.94 (before it, fitEllipseDirect gave up on long contours). Seeds are fixed, so a second
run gives the same files. The pipeline's reference at the end is written from the specification, naively and on purpose
without a glance at the Swift sources.
"""

import base64
import hashlib
import json
import math
import pathlib

import cv2
import numpy as np
import scipy.linalg
import scipy.special
import scipy.stats
import skimage.measure
import sklearn.cluster
import sklearn.decomposition
import sklearn.metrics

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "Tests/ConceptsTests/Golden/concepts"


def write(name, cases):
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{name}.json"
    path.write_text("[\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "\n]\n")
    print(f"{path.name}: {len(cases)} cases, {path.stat().st_size} bytes")


def f32(values, digits=3):
    """Decimals short enough for a file, as the 32-bit floats that a reader of the file gets."""
    return np.round(np.asarray(values, dtype=np.float64), digits).astype(np.float32)


def plain(array):
    """Flat decimals that read back as the same 32-bit floats."""
    return [float(str(value)) for value in np.asarray(array, dtype=np.float32).ravel()]


def unit_rows(matrix):
    matrix = np.asarray(matrix, dtype=np.float64)
    lengths = np.linalg.norm(matrix, axis=-1, keepdims=True)
    return np.divide(matrix, lengths, out=np.zeros_like(matrix), where=lengths > 0)


# --- connected components: scikit-image -----------------------------------------------------------------------------


def kept_components(mask):
    """The largest component, and the second from 5 cells on."""
    labels = skimage.measure.label(mask, connectivity=2)
    sizes = [(int((labels == k).sum()), -k) for k in range(1, labels.max() + 1)]
    sizes.sort(reverse=True)
    if not sizes:
        return np.zeros(mask.shape, bool)
    kept = labels == -sizes[0][1]
    if len(sizes) > 1 and sizes[1][0] >= 5:
        kept |= labels == -sizes[1][1]
    return kept


def components():
    rng = np.random.default_rng(1)
    masks = [np.zeros((4, 5), bool), np.ones((3, 4), bool), np.eye(6, dtype=bool), np.ones((1, 1), bool)]
    masks.append(np.indices((7, 7)).sum(0) % 2 == 0)
    ties = np.zeros((6, 6), bool)
    ties[0, 0:2] = ties[3, 3:5] = ties[5, 0:2] = True
    masks.append(ties)
    five = np.zeros((7, 9), bool)
    five[0:3, 0:3] = True
    five[5, 2:7] = True
    masks.append(five)
    four = five.copy()
    four[5, 6] = False
    masks.append(four)
    for height, width, density in [(7, 7, 0.2), (7, 7, 0.35), (14, 14, 0.25), (14, 14, 0.4), (16, 16, 0.3), (5, 11, 0.3), (24, 24, 0.3)]:
        masks.append(rng.random((height, width)) < density)
    write(
        "components",
        [
            {
                "height": mask.shape[0],
                "width": mask.shape[1],
                "mask": mask.astype(int).ravel().tolist(),
                "labels": (skimage.measure.label(mask, connectivity=2) - 1).ravel().tolist(),
                "kept": kept_components(mask).astype(int).ravel().tolist(),
            }
            for mask in masks
        ],
    )


# --- foreground scores: numpy's SVD ---------------------------------------------------------------------------------


def settled(z):
    """The sign of an eigenvector: largest magnitude positive, then foreground = minority."""
    largest = np.abs(z).max(initial=0)
    if largest == 0:
        return z
    lead = np.flatnonzero(np.abs(z) >= largest * (1 - 1e-9))[0]
    z = np.where(np.abs(z) < 1e-9 * largest, 0, z if z[lead] > 0 else -z)
    share = (z > 0).mean()
    return -z if 0.5 < share < 1 else z


def foreground_scores(features):
    """Column 1 of U."""
    normalised = unit_rows(features)
    if min(normalised.shape) < 2:
        return np.zeros(len(normalised))
    u, s, _ = np.linalg.svd(normalised, full_matrices=False)
    return np.zeros(len(normalised)) if s[1] ** 2 <= 1e-12 * s[0] ** 2 else settled(u[:, 1])


def principal_scores(features, count):
    """Scores on the leading components, and the components; zeros where there is no variance."""
    features = np.asarray(features, np.float64)
    count = min(count, *features.shape)
    if len(features) == 1:
        return np.zeros((1, count)), np.zeros((count, features.shape[1]))
    pca = sklearn.decomposition.PCA(count, svd_solver="full")
    scores = pca.fit_transform(features)
    squares = pca.singular_values_**2
    real = (squares > 1e-12 * squares[0]) & (squares[0] > 1e-12 * (features**2).sum())
    return scores * real, pca.components_ * real[:, None]


def graph(features, by):
    cosines = unit_rows(features) @ unit_rows(features).T
    return np.maximum(cosines, 0) if by == "laplacian" else np.where(cosines > 0.2, 1, 1e-5)


def fiedler(features, by):
    """The second generalised eigenvector of one image's Laplacian, its sign settled as the method wants it."""
    weights = graph(features, by)
    if len(weights) < 2 or np.ptp(weights) <= 1e-9 * weights.max():
        return np.zeros(len(weights))
    degrees = weights.sum(1)
    degrees[degrees < 1e-12] = 1
    _, vectors = scipy.linalg.eigh(np.diag(degrees) - weights, np.diag(degrees))
    z = vectors[:, 1]
    if by == "laplacian":
        return settled(z)
    largest = np.abs(z).max()
    z = np.where(np.abs(z) < 1e-9 * largest, 0, z)
    return z if z[np.flatnonzero(np.abs(z) >= largest * (1 - 1e-9))[0]] > z.mean() else -z


def scores_by(by, stack):
    """One array of scores a domain: the whole stack, or each image for what is defined on an image's own graph."""
    whole = np.concatenate(stack)
    if by == "svd":
        return [foreground_scores(whole)]
    if by == "pca":
        return [settled(principal_scores(whole, 1)[0][:, 0])]
    return [fiedler(features, by) for features in stack]


def passing(z, threshold):
    if threshold == "sign":
        return z > 0
    if threshold == "mean":
        return z - z.mean() > 1e-9 * np.abs(z).max(initial=0)
    if z.max() == z.min():
        return np.zeros(len(z), bool)
    return (z - z.min()) / (z.max() - z.min()) >= 0.4


def scene(rng, height, width, d, groups):
    """Blocks of patches around a few directions, as patch features of a picture with a thing in it are."""
    directions = rng.normal(size=(groups + 1, d)) + 1.5
    grid = np.zeros((height, width), int)
    top, left = rng.integers(0, max(height // 3, 1)), rng.integers(0, max(width // 3, 1))
    for y in range(top, max(height - 1, top + 1)):
        for x in range(left, max(width - 1, left + 1)):
            grid[y, x] = 1 + (y * groups // height + x) % groups if rng.random() < 0.85 else 0
    return f32(directions[grid.ravel()] * rng.uniform(0.5, 3, (height * width, 1)) + 0.15 * rng.normal(size=(height * width, d)))


def stacks():
    rng = np.random.default_rng(2)
    found = []
    for height, width, d, groups in [(6, 6, 9, 2), (7, 7, 60, 3), (5, 8, 16, 3), (4, 4, 30, 2), (9, 9, 7, 4), (3, 5, 20, 1), (6, 7, 6, 2), (1, 9, 5, 2)]:
        found.append([(height, width, scene(rng, height, width, d, groups))])
    found.append([(4, 5, scene(rng, 4, 5, 8, 2)), (3, 3, scene(rng, 3, 3, 8, 2)), (5, 4, scene(rng, 5, 4, 8, 3))])
    found.append([(3, 4, np.tile(f32(rng.normal(size=(1, 6))), (12, 1)))])  # constant
    found.append([(3, 3, np.zeros((9, 5), np.float32))])  # nothing at all
    found.append([(1, 1, f32(rng.normal(size=(1, 4))))])  # one patch
    found.append([(2, 4, f32(rng.normal(size=(8, 1))))])  # one dimension
    halves = np.tile(f32(rng.normal(size=(1, 6))), (8, 1))
    halves[4:] = f32(rng.normal(size=(1, 6)))
    found.append([(2, 4, halves)])  # an even split
    # Two patches of a crowd that do not like each other: in TokenCut's graph theirs is the one weak edge.
    pair = np.zeros((16, 3), np.float32)
    pair[:, 0] = 1
    pair[5, 1], pair[10, 1] = 1.25, -1.25
    found.append([(4, 4, pair)])
    some_zero = scene(rng, 4, 4, 12, 2)
    some_zero[3:6] = 0
    found.append([(4, 4, some_zero)])
    return found


def is_settled(by, stack):
    """Whether the eigenvector is one: its eigenvalue is not its neighbour's."""
    if by in ("svd", "pca"):
        return True
    for features in stack:
        weights = graph(features, by)
        if len(weights) < 2 or np.ptp(weights) <= 1e-9 * weights.max():
            continue
        degrees = np.maximum(weights.sum(1), 1e-12)
        degrees[degrees < 1e-11] = 1
        values = scipy.linalg.eigvalsh(np.diag(degrees) - weights, np.diag(degrees))
        if np.diff(values[:3]).min() < 1e-6:
            return False
    return True


def foregrounds():
    cases = []
    for by in ("svd", "pca", "laplacian", "tokencut"):
        for stack in stacks():
            features = [f for _, _, f in stack]
            if not is_settled(by, features):
                continue
            domains = scores_by(by, features)
            cases.append(
                {
                    "by": by,
                    "images": [{"height": h, "width": w, "features": plain(f)} for h, w, f in stack],
                    "columns": int(stack[0][2].shape[1]),
                    "scores": np.round(np.concatenate(domains), 12).tolist(),
                    **{name: np.concatenate([passing(z, name) for z in domains]).astype(int).tolist() for name in ("sign", "minmax", "mean")},
                }
            )
    write("foregrounds", cases)


# --- PCA parts: scikit-learn ----------------------------------------------------------------------------------------


def scaled_to_one(scores):
    low, high = scores.min(0), scores.max(0)
    return np.divide(scores - low, high - low, out=np.zeros_like(scores), where=high > low)


def component_parts(features, count, signs="right"):
    scores, components = principal_scores(features, count)
    for k in range(scores.shape[1]):
        vector = components[k] if signs == "right" else scores[:, k]
        largest = np.abs(vector).max(initial=0)
        if largest > 0 and vector[np.flatnonzero(np.abs(vector) >= largest * (1 - 1e-9))[0]] < 0:
            scores[:, k] *= -1
    return scores, scaled_to_one(scores).argmax(1)


def component_cases():
    rng = np.random.default_rng(12)
    found = []
    for m, d, count in [(20, 6, 5), (40, 9, 5), (60, 12, 5), (98, 24, 5), (30, 40, 5), (15, 60, 4), (50, 3, 3), (25, 8, 1), (80, 16, 7), (64, 64, 6), (120, 10, 5), (9, 30, 5)]:
        directions = rng.normal(size=(4, d))
        found.append((f32(directions[rng.integers(0, 4, m)] * rng.uniform(0.5, 3, (m, 1)) + 0.4 * rng.normal(size=(m, d))), count))
    found.append((f32(rng.normal(size=(3, 8))), 5))  # fewer rows than parts
    found.append((f32(rng.normal(size=(5, 8))), 5))  # as many
    found.append((f32(rng.normal(size=(1, 8))), 5))  # one row
    found.append((np.tile(f32(rng.normal(size=(1, 6))), (12, 1)), 5))  # constant
    found.append((f32(rng.normal(size=(10, 1))), 5))  # one dimension
    found.append((f32(rng.normal(size=(3, 7)))[rng.integers(0, 3, 14)], 5))  # three different rows
    assert tuple(map(int, sklearn.__version__.split(".")[:2])) >= (1, 5), "signs are settled by right vectors from 1.5 on"
    cases = []
    for features, count in found:
        for signs in ("right", "left"):
            scores, labels = component_parts(features, count, signs)
            cases.append(
                {
                    "rows": plain(features), "columns": int(features.shape[1]), "count": count, "signs": signs,
                    "scores": np.round(scores.T, 10).tolist(), "labels": labels.tolist(),
                }
            )
    write("component_parts", cases)


# --- K-means: scikit-learn, one Lloyd step at a time ----------------------------------------------------------------


def first_occurrence(labels):
    numbers = {}
    return [numbers.setdefault(int(label), len(numbers)) for label in labels]


def kmeans():
    rng = np.random.default_rng(3)
    cases = []
    for m, d, clusters, spread in [(20, 3, 2, 0.3), (40, 6, 5, 0.4), (60, 4, 5, 1.5), (30, 12, 3, 1.0), (98, 16, 5, 0.8), (50, 2, 7, 1.0), (12, 5, 12, 1.0), (25, 3, 1, 1.0), (80, 8, 6, 2.0), (64, 24, 5, 0.6), (33, 9, 4, 1.2), (70, 5, 5, 3.0)]:
        features = f32(rng.normal(size=(clusters, d))[rng.integers(0, clusters, m)] + spread * rng.normal(size=(m, d)))
        rows = unit_rows(features)
        initial = rng.permutation(m)[:clusters]
        centres = rows[initial]
        for step in range(500):
            fit = sklearn.cluster.KMeans(clusters, init=centres, n_init=1, max_iter=1, algorithm="lloyd").fit(rows)
            distances = ((rows[:, None] - centres[None]) ** 2).sum(-1)
            labels = distances.argmin(1)
            assert len(set(labels)) == clusters, "scikit-learn re-seeds empty clusters in a way of its own"
            shift = np.linalg.norm(fit.cluster_centers_ - centres, axis=1).sum()
            centres = fit.cluster_centers_
            if shift**2 < 1e-4:
                break
        cases.append({"rows": plain(features), "columns": d, "initial": initial.tolist(), "steps": step + 1, "labels": first_occurrence(labels)})
    write("kmeans", cases)


# --- ellipses and prompts of `ellipse: exact`: OpenCV's direct fit, drawn by OpenCV ----------------------------------
# What the released code draws is in drawing.py.


def upscale(grid, size):
    height, width = grid.shape
    return grid[np.arange(size) * height // size][:, np.arange(size) * width // size]


def regions():
    rng = np.random.default_rng(4)
    found = []
    for grid, size, density in [(7, 56, 0.3), (14, 56, 0.3), (14, 70, 0.5), (12, 48, 0.6), (6, 44, 0.5), (9, 32, 0.4), (16, 64, 0.35), (5, 60, 0.5), (8, 64, 0.7), (10, 50, 0.45), (7, 49, 0.2), (11, 66, 0.55)]:
        found.append(upscale(rng.random((grid, grid)) < density, size))
    single = np.zeros((7, 7), bool)
    single[6, 0] = True
    found.append(upscale(single, 56))
    bar = np.zeros((8, 8), bool)
    bar[3, :] = True
    found.append(upscale(bar, 48))
    found.append(np.ones((24, 24), bool))
    ring = np.ones((9, 9), bool)
    ring[3:6, 3:6] = False
    found.append(upscale(ring, 45))
    diagonal = np.eye(6, dtype=bool)
    found.append(upscale(diagonal, 36))
    return found


def largest_contour(mask):
    contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return max(contours, key=cv2.contourArea)[:, 0]


def ellipses():
    rng = np.random.default_rng(6)
    point_sets = [largest_contour(mask) for mask in regions()]
    for _ in range(6):  # noisy points around a slanted ellipse
        a, b, angle, count = rng.uniform(15, 40), rng.uniform(5, 14), rng.uniform(0, math.pi), int(rng.integers(12, 60))
        t = rng.uniform(0, 2 * math.pi, count)
        x = 60 + a * np.cos(t) * math.cos(angle) - b * np.sin(t) * math.sin(angle)
        y = 55 + a * np.cos(t) * math.sin(angle) + b * np.sin(t) * math.cos(angle)
        point_sets.append(np.round(np.stack([x, y], 1) + 0.7 * rng.normal(size=(count, 2))).astype(np.int32))
    cases = []
    for points in point_sets:
        box = cv2.fitEllipseDirect(points.astype(np.float32))
        (x, y), (first, second), degrees = box
        canvas = np.zeros((128, 128), np.uint8)
        cv2.ellipse(canvas, ((x + 20, y + 20), (first, second), degrees), 255, 1)
        cases.append(
            {
                "points": points.tolist(),
                "center": [x, y],
                # The axis of width `first` points along `degrees`.
                "axes": [first, second],
                "direction": [math.cos(math.radians(degrees)), math.sin(math.radians(degrees))],
                # Drawn 20 pixels to the right and down, on 128 x 128.
                "outline": np.flatnonzero(canvas).tolist(),
            }
        )
    write("ellipses", cases)


def text(array):
    return base64.b64encode(np.ascontiguousarray(array, dtype=np.uint8).tobytes()).decode()


def picture(rng, height, width):
    low = rng.integers(0, 256, (max(height // 6, 1), max(width // 6, 1), 3)).astype(np.uint8)
    smooth = cv2.resize(low, (width, height), interpolation=cv2.INTER_CUBIC).astype(int)
    return np.clip(smooth + rng.integers(-40, 41, smooth.shape), 0, 255).astype(np.uint8)


def prompts():
    rng = np.random.default_rng(8)
    cases = []
    for size, grid, blur in [(40, 7, 11), (36, 6, 5)]:
        image = picture(rng, size, size)
        labels = np.full((grid, grid), -1)
        labels[1:4, 1:5] = 0
        labels[4:, 2:4] = 2
        labels[0, grid - 1] = 1
        parts = []
        for part in range(3):
            box = cv2.fitEllipseDirect(largest_contour(upscale(labels == part, size)).astype(np.float32))
            inside = np.zeros((size, size), np.uint8)
            cv2.ellipse(inside, box, 255, -1)
            outsides = [image, np.repeat(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)[..., None], 3, 2), cv2.GaussianBlur(image, (blur, blur), 0)]
            drawn = []
            for outside in outsides:
                canvas = np.where(inside[..., None] > 0, image, outside).astype(np.uint8)
                cv2.ellipse(canvas, box, (255, 0, 0), 1)
                drawn.append(text(canvas))
            outline = np.zeros((size, size), np.uint8)
            cv2.ellipse(outline, box, 255, 1)
            parts.append({"part": part, "pictures": drawn, "outline": np.flatnonzero(outline).tolist()})
        cases.append({"size": size, "grid": grid, "blur": blur, "pixels": text(image), "labels": labels.ravel().tolist(), "parts": parts})
    write("prompts", cases)


# --- dense CRF: exact mean field over all pairs of pixels -----------------------------------------------------------


def mean_field(mask, image, iterations=5):
    height, width = mask.shape
    y, x = np.indices((height, width))
    position = np.stack([x.ravel(), y.ravel()], 1).astype(float)
    color = image.reshape(-1, 3).astype(float)
    square = lambda v: ((v[:, None] - v[None]) ** 2).sum(-1)
    kernels = [(10, np.exp(-square(position) / (2 * 40**2) - square(color) / (2 * 13**2))), (3, np.exp(-square(position) / (2 * 3**2)))]
    for index, (weight, kernel) in enumerate(kernels):
        degree = kernel.sum(1)
        kernels[index] = (weight, kernel / np.sqrt(degree[:, None] * degree[None]))
    given = mask.ravel().astype(int)
    energy = np.stack([-np.log(np.where(given == label, 0.99, 0.01)) for label in (0, 1)], 1)
    q = scipy.special.softmax(-energy, axis=1)
    for _ in range(iterations):
        q = scipy.special.softmax(-energy + sum(weight * kernel @ q for weight, kernel in kernels), axis=1)
    return (q[:, 1] > q[:, 0]).reshape(height, width)


def crfs():
    rng = np.random.default_rng(14)
    size = 48
    y, x = np.indices((size, size))
    cases = []
    for index in range(14):
        image = np.zeros((size, size, 3)) + rng.integers(0, 256, 3)
        if index % 3 == 1:
            image += (x / size * rng.integers(-120, 120))[..., None] + (y / size * rng.integers(-120, 120))[..., None] * [1, 0, -1]
        thing = np.zeros((size, size), bool)
        for _ in range(1 + index % 3):
            cy, cx, a, b = rng.uniform(10, 38), rng.uniform(10, 38), rng.uniform(5, 16), rng.uniform(5, 16)
            inside = ((x - cx) / a) ** 2 + ((y - cy) / b) ** 2 < 1 if index % 2 else (abs(x - cx) < a) & (abs(y - cy) < b)
            image[inside] = rng.integers(0, 256, 3)
            thing |= inside
        image = np.clip(image + rng.normal(size=image.shape) * [4, 12, 25][index % 3], 0, 255).astype(np.uint8)
        # What patches know of a thing: blocks, a little off, some of them wrong.
        patch = [8, 6, 12][index % 3]
        blocks = thing.reshape(size // patch, patch, size // patch, patch).mean((1, 3)) > 0.4
        blocks ^= rng.random(blocks.shape) < 0.06
        if index == 12:
            blocks[:] = True
        if index == 13:
            blocks[:] = False
        mask = upscale(blocks, size)
        cases.append({"size": size, "pixels": text(image), "mask": text(mask), "refined": text(mean_field(mask, image))})
    write("crfs", cases)


# --- agreement: SciPy and scikit-learn ------------------------------------------------------------------------------


def membership_information(bank, n, m, o):
    if n in (0, bank) or m in (0, bank):
        return 0.0
    vision, language = np.zeros(bank, int), np.zeros(bank, int)
    vision[:n] = 1
    language[n - o : n - o + m] = 1
    assert (vision & language).sum() == o
    return max(sklearn.metrics.mutual_info_score(vision, language), 0.0)


def adjusted(bank, n, m, o):
    vision, language = np.zeros(bank, int), np.zeros(bank, int)
    vision[:n] = 1
    language[n - o : n - o + m] = 1
    return sklearn.metrics.adjusted_mutual_info_score(vision, language, average_method="min")


def agreements():
    rng = np.random.default_rng(9)
    sizes = [(4229, 15, 50), (4229, 13, 50), (457, 15, 50), (1806, 9, 50), (160, 15, 20), (40, 10, 35), (30, 29, 1), (12, 6, 6), (25, 24, 24), (1000, 15, 200), (300, 3, 150), (50, 1, 10)]
    cases = []
    for bank, n, m in sizes:
        lowest, highest = max(0, n + m - bank), min(n, m)
        for o in sorted({lowest, min(lowest + 1, highest), int(rng.integers(lowest, highest + 1)), highest}):
            matches = np.zeros(n, int)
            matches[rng.permutation(n)[:o]] = 1
            information = membership_information(bank, n, m, o)
            cases.append(
                {
                    "bank": bank,
                    "vision": n,
                    "language": m,
                    "matches": matches.tolist(),
                    "probability": float(scipy.stats.hypergeom.pmf(o, bank, m, n)),
                    "pValue": float(scipy.stats.hypergeom.sf(o - 1, bank, m, n)),
                    "membership": [membership_information(bank, n - t, m, int(matches[t:].sum())) for t in range(n + 1)],
                    "released": [math.log(n * m * matches[t:].sum()) if matches[t:].sum() else 0.0 for t in range(n + 1)],
                    "nmiMax": information / membership_information(bank, n, m, highest),
                    "ami": float(adjusted(bank, n, m, o)),
                }
            )
    write("agreements", cases)


# --- transport: numpy in logarithms ---------------------------------------------------------------------------------


def sinkhorn(scores, strength, iterations):
    logs = np.asarray(scores, dtype=np.float64) / strength
    for _ in range(iterations):
        logs = logs - scipy.special.logsumexp(logs, axis=1, keepdims=True)
        if len(logs) == 1:
            break
        logs = logs - scipy.special.logsumexp(logs, axis=0, keepdims=True)
    return np.exp(logs)


def transports():
    rng = np.random.default_rng(10)
    cases = []
    for rows, columns, strength, iterations in [(2, 3, 1, 1000), (5, 60, 1, 1000), (5, 200, 0.1, 1000), (3, 40, 0.02, 300), (4, 25, 0.004, 60), (1, 12, 1, 1000), (5, 3, 1, 1000), (2, 2, 10, 1000), (3, 30, 0.001, 20), (5, 50, 1, 1), (5, 50, 0.05, 2), (4, 4, 0.5, 1000)]:
        scores = f32(2.5 * rng.uniform(0.1, 0.4, (rows, columns)), 4)
        cases.append({"rows": rows, "columns": columns, "lambda": strength, "iterations": iterations, "scores": plain(scores), "plan": np.round(sinkhorn(scores, strength, iterations).ravel(), 13).tolist()})
    write("transports", cases)


# --- the whole method -----------------------------------------------------------------------------------------------

WORD = (1 << 64) - 1


class SplitMix:
    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & WORD
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & WORD
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & WORD
        return z ^ (z >> 31)

    def below(self, bound):
        return (self.next() * bound) >> 64


def seed_of(method_seed, hashes):
    digest = hashlib.sha256(method_seed.to_bytes(8, "big", signed=True) + b"".join(sorted(hashes))).digest()
    return int.from_bytes(digest[:8], "big")


def lloyd(rows, initial):
    """Plain K-means; an empty cluster takes the row farthest from its centre."""
    centres = rows[initial].copy()
    labels = []
    for _ in range(500):
        distances = [[sum((r - c) ** 2) for c in centres] for r in rows]
        labels = [int(np.argmin(d)) for d in distances]
        nearest = [min(d) for d in distances]
        for k in range(len(centres)):
            if k not in labels:
                able = [i for i in range(len(rows)) if labels.count(labels[i]) > 1 and nearest[i] > 0]
                if able:
                    i = max(able, key=lambda i: (nearest[i], -i))
                    labels[i], nearest[i] = k, 0
        moved = np.array([rows[[i for i, l in enumerate(labels) if l == k]].mean(0) if k in labels else centres[k] for k in range(len(centres))])
        shift = sum(np.linalg.norm(moved[k] - centres[k]) for k in range(len(centres)))
        centres = moved
        if shift**2 < 1e-4:
            break
    return first_occurrence(labels)


def decompose(images, method):
    """images: (height, width, features, hash). Returns (labels, flags) for each."""
    domains = scores_by(method["by"], [features for _, _, features, _ in images])
    z = np.concatenate(domains)
    passed = np.concatenate([passing(scores, method["threshold"]) for scores in domains])
    masks, stand_ins, start = [], [], 0
    for height, width, _, _ in images:
        end = start + height * width
        kept = kept_components(passed[start:end].reshape(height, width))
        stand_ins.append(not kept.any())
        if not kept.any():
            kept = np.zeros(height * width, bool)
            kept[int(np.argmax(z[start:end]))] = True
        masks.append(np.asarray(kept).ravel())
        start = end
    members = np.concatenate([features for _, _, features, _ in images])[np.concatenate(masks)]
    if method["parts"] == "pca":
        scores, assigned = component_parts(members, method["count"])
        rank = int((np.abs(scores).max(0) > 0).sum())
        reduced = len(members) < method["count"] or rank < min(method["count"], len(members) - 1)
    else:
        rows = unit_rows(members)
        random = SplitMix(seed_of(method["seed"], [digest for _, _, _, digest in images]))
        order = list(range(len(rows)))
        for i in range(min(method["count"], len(rows))):
            j = i + random.below(len(rows) - i)
            order[i], order[j] = order[j], order[i]
        assigned = lloyd(rows, order[: min(method["count"], len(rows))])
        reduced = len(set(assigned)) < method["count"]
    results, taken = [], 0
    for mask, stand_in in zip(masks, stand_ins):
        labels = np.full(len(mask), -1)
        labels[mask] = assigned[taken : taken + mask.sum()]
        taken += mask.sum()
        flags = ["no_foreground"] if stand_in else []
        if reduced:
            flags.append("parts_reduced")
        results.append((labels.tolist(), flags))
    return results


def best(values, count):
    return sorted(range(len(values)), key=lambda i: (-values[i], i))[:count]


def interpret(image, parts, classes, bank, bare, label, method):
    """parts: {part: [3, e]}. classes, bank and bare are of length 1."""
    image = unit_rows(image[None])[0]
    similarity = classes @ image
    top = best(similarity.tolist(), 5)
    chosen = label if method["class"] == "label" and label is not None else top[0]
    affinity = (bank @ classes[chosen]).tolist()
    language = best(affinity, method["languageCount"])
    flags, concepts = [], []
    size = len(bank)
    if size and parts:
        logits = [(bank @ unit_rows(parts[part]).mean(0)).tolist() for part in sorted(parts)]
    if size and parts and method["iterations"] is None:
        relevance = (bare @ image).tolist()
        by_descriptor = {}
        for part, row in zip(sorted(parts), logits):
            for j in best(row, method["perPart"]):
                by_descriptor.setdefault(j, []).append(part)
    elif size and parts:
        k = min(method["candidates"], size)
        while True:
            shared = sorted(set.intersection(*[set(best(row, k)) for row in logits]))
            if len(shared) >= 3 or k == size:
                break
            k = min(2 * k, size)
            flags = ["candidates_extended"]
        relevance = {j: float(bare[j] @ image) for j in shared}
        values = np.array(list(relevance.values()))
        if method["relevance"] == "mean_minus":
            kept = [j for j in shared if relevance[j] > values.mean() - method["offset"]]
        elif method["relevance"] == "median_plus":
            kept = [j for j in shared if relevance[j] > np.median(values) + method["offset"]]
        else:
            kept = shared
        if len(kept) < 3 and method["relevance"] != "off":
            kept = sorted(best([-np.inf if j not in relevance else relevance[j] for j in range(size)], min(3, len(shared))))
        plan = sinkhorn([[2.5 * row[j] for j in kept] for row in logits], method["lambda"], method["iterations"])
        by_descriptor = {}
        for part, row in zip(sorted(parts), plan):
            # Equal columns stay equal in exact arithmetic; rounding must not break the tie.
            for j in best(np.round(row, 12).tolist(), method["perPart"]):
                by_descriptor.setdefault(kept[j], []).append(part)
    if size and parts:
        concepts = sorted(by_descriptor.items(), key=lambda item: -relevance[item[0]])
        concepts = [{"descriptor": j, "relevance": 2.5 * relevance[j], "parts": p} for j, p in concepts]
    n, m = len(concepts), len(language)
    matches = [int(c["descriptor"] in language) for c in concepts]
    released = [math.log(n * m * sum(matches[t:])) if sum(matches[t:]) else 0.0 for t in range(n + 1)]
    membership = [membership_information(size, n - t, m, sum(matches[t:])) for t in range(n + 1)]
    undefined = n in (0, size) or m in (0, size)
    return {
        "top": [{"class": c, "similarity": float(similarity[c])} for c in top],
        "language": [{"descriptor": j, "similarity": affinity[j]} for j in language],
        "vision": concepts,
        "mutual": [c["descriptor"] for c in concepts if c["descriptor"] in language],
        "released": released,
        "membership": membership,
        "nmiMax": None if undefined else membership[0] / membership_information(size, n, m, min(n, m)),
        "ami": None if undefined else float(adjusted(size, n, m, sum(matches))),
        "pValue": None if m == size else float(scipy.stats.hypergeom.sf(sum(matches) - 1, size, m, n)),
        "flags": flags,
    }


def pipelines():
    rng = np.random.default_rng(11)
    default = {
        "seed": 0, "count": 5, "threshold": "sign", "candidates": 30, "perPart": 3, "relevance": "mean_minus",
        "offset": 0.02, "lambda": 1.0, "iterations": 1000, "class": "predicted", "languageCount": 8, "bank": 40,
        "features": "scene", "images": 1, "by": "svd", "parts": "kmeans", "label": None, "ties": False,
    }
    variants = [
        {}, {"seed": 7, "threshold": "minmax"}, {"threshold": "mean", "relevance": "median_plus"},
        {"relevance": "off", "perPart": 5, "seed": -3}, {"class": "label", "label": 4}, {"class": "label"},
        {"features": "constant"}, {"candidates": 2}, {"ties": True, "candidates": 36}, {"languageCount": 60},
        {"bank": 0}, {"count": 1}, {"images": 3, "count": 4}, {"relevance": "median_plus", "offset": 0.9},
        {"lambda": 0.01, "iterations": 200}, {"bank": 2}, {"count": 40, "candidates": 40}, {"languageCount": 1, "offset": -0.1},
        {"features": "zero"}, {"candidates": 500, "perPart": 4},
        {"iterations": None}, {"iterations": None, "perPart": 1, "images": 2}, {"parts": "pca"}, {"parts": "pca", "images": 4},
        {"parts": "pca", "features": "constant"}, {"parts": "pca", "count": 40, "by": "pca"}, {"by": "pca", "threshold": "minmax"},
        {"by": "pca", "images": 3}, {"by": "laplacian", "threshold": "sign"}, {"by": "laplacian", "images": 3, "threshold": "mean"},
        {"by": "tokencut", "threshold": "mean"}, {"by": "tokencut", "images": 2, "threshold": "mean", "parts": "pca"},
    ]
    cases = []
    for index, variant in enumerate(variants):
        method = {**default, **variant}
        e, d, class_count = 8, 10, 7
        images = []
        for member in range(method["images"]):
            height, width = 6, 5 + member % 2
            features = scene(rng, height, width, d, 4)
            if method["features"] == "constant":
                features[:] = features[0]
            if method["features"] == "zero":
                features[:] = 0
            images.append((height, width, features, hashlib.sha256(f"picture {index}/{member}".encode()).digest()))
        decomposed = decompose(images, method)
        common = rng.normal(size=e)
        classes, bank, bare = (f32(common + rng.normal(size=(count, e))) for count in (class_count, method["bank"], method["bank"]))
        if method["ties"]:
            classes[5] = classes[1]
            for later, earlier in [(20, 3), (21, 3), (39, 8), (11, 10)]:
                bank[later], bare[later] = bank[earlier], bare[earlier]
        image = f32(common + rng.normal(size=e))
        parts = {part: f32(common + 0.7 * rng.normal(size=(3, e))) for part in sorted(set(decomposed[0][0]) - {-1})}
        expected = interpret(image.astype(np.float64), {p: v.astype(np.float64) for p, v in parts.items()}, unit_rows(classes), unit_rows(bank), unit_rows(bare), method["label"], method)
        cases.append(
            {
                "method": {key: value for key, value in method.items() if key not in ("features", "images", "ties", "bank")},
                "images": [{"height": h, "width": w, "features": plain(f), "hash": digest.hex(), "labels": labels, "flags": flags} for (h, w, f, digest), (labels, flags) in zip(images, decomposed)],
                "classes": plain(classes), "classCount": class_count, "bank": plain(bank), "bare": plain(bare), "bankCount": method["bank"],
                "width": e, "image": plain(image),
                "parts": [{"part": part, "embeddings": plain(values)} for part, values in parts.items()],
                "expected": expected,
            }
        )
    write("pipelines", cases)


# --- statistics of a dataset ----------------------------------------------------------------------------------------


def quantised(curve):
    """A curve and its mean in integer nano-nats, halves away from zero."""
    nano = lambda value: int(math.floor(value * 1e9 + 0.5))
    return [nano(value) for value in curve], nano(sum(curve) / len(curve))


def dynamics(vision, language, bank):
    matches = [int(descriptor in language) for descriptor in vision]
    n, m = len(vision), len(language)
    released = [math.log(n * m * sum(matches[t:])) if sum(matches[t:]) else 0.0 for t in range(n + 1)]
    membership = [membership_information(bank, n - t, m, sum(matches[t:])) for t in range(n + 1)]
    return {"released": quantised(released), "membership": quantised(membership)}


def dataset_case(rng, images, class_count, bank, list_length, shuffles, resamples, seed, label_share, by_label=False):
    lists = [sorted(rng.permutation(bank)[:list_length].tolist()) for _ in range(class_count)]
    rows = []
    for _ in range(images):
        predicted = int(rng.integers(0, class_count))
        label = None
        if rng.random() < label_share:
            label = predicted if rng.random() < 0.6 else int(rng.integers(0, class_count))
        language = label if by_label and label is not None else predicted
        own = rng.permutation(lists[language])[: int(rng.integers(0, 4))].tolist()
        others = [int(d) for d in rng.permutation(bank)[: int(rng.integers(0, 9))] if d not in own]
        vision = rng.permutation(own + others).astype(int).tolist()
        rows.append({"label": label, "predicted": predicted, "language": language, "vision": vision, **dynamics(vision, lists[language], bank)})
    predicted_classes = sorted({row["predicted"] for row in rows})
    groups = {}
    for row in rows:
        groups.setdefault(row["predicted"] if row["label"] is None else row["label"], []).append(row)
    keys = sorted(groups)
    longest = max(len(row["released"][0]) for row in rows)

    def figures(sample):
        labelled = [row for row in sample if row["label"] is not None]
        result = {"top1": sum(row["label"] == row["predicted"] for row in labelled) / len(labelled) if labelled else None}
        for name in ("released", "membership"):
            result[name] = {
                "mi": sum(row[name][0][0] for row in sample) / 1e9 / len(sample),
                "auc": sum(row[name][1] for row in sample) / 1e9 / len(sample),
                "aucPadded": sum(sum(row[name][0]) for row in sample) / 1e9 / len(sample) / longest,
            }
        return result

    random = SplitMix(seed)
    samples = [figures([row for _ in keys for row in groups[keys[random.below(len(keys))]]]) for _ in range(resamples)]

    def estimate(pick):
        value = pick(figures(rows))
        if value is None:
            return None
        values = [pick(sample) for sample in samples if pick(sample) is not None]
        low, high = np.quantile(values, [0.025, 0.975]) if values else (value, value)
        return {"value": value, "lower": float(low), "upper": float(high)}

    random = SplitMix(seed)
    sums = {name: np.zeros((2, shuffles)) for name in ("released", "membership")}
    if len(predicted_classes) > 1:
        for row in rows:
            others = [c for c in predicted_classes if c != row["language"]]
            for shuffle in range(shuffles):
                drawn = dynamics(row["vision"], lists[others[random.below(len(others))]], bank)
                for name in sums:
                    sums[name][:, shuffle] += [drawn[name][0][0], drawn[name][1]]

    def null(name, which, observed):
        means = sums[name][which] / 1e9 / images
        return {"mean": float(means.mean()), "deviation": float(means.std()), "pValue": (1 + int((sums[name][which] >= observed).sum())) / (1 + shuffles)}

    expected = {"images": images, "labelled": sum(row["label"] is not None for row in rows), "classes": len(keys), "top1": estimate(lambda f: f["top1"])}
    for name in ("released", "membership"):
        expected[name] = {key: estimate(lambda f, key=key: f[name][key]) for key in ("mi", "auc", "aucPadded")}
        expected[name]["curve"] = [sum(row[name][0][t] for row in rows if t < len(row[name][0])) / 1e9 / images for t in range(longest)]
        if len(predicted_classes) > 1 and shuffles:
            expected[name]["nullMI"] = null(name, 0, sum(row[name][0][0] for row in rows))
            expected[name]["nullAUC"] = null(name, 1, sum(row[name][1] for row in rows))
    return {"lists": lists, "bank": bank, "shuffles": shuffles, "resamples": resamples, "seed": seed, "rows": rows, "expected": expected}


def datasets():
    rng = np.random.default_rng(13)
    variants = [
        (30, 5, 60, 12, 40, 50, 0, 1.0), (25, 6, 40, 8, 30, 60, 7, 0.6), (12, 3, 30, 6, 25, 30, 3, 0.0), (1, 4, 30, 5, 20, 20, 1, 1.0),
        (9, 1, 20, 5, 20, 20, 2, 1.0), (20, 4, 25, 24, 15, 20, 5, 0.5), (16, 4, 12, 12, 15, 20, 6, 0.5), (18, 5, 50, 10, 0, 25, 8, 0.9),
        (40, 12, 80, 15, 20, 40, 9, 0.8), (22, 5, 45, 9, 25, 1, 10, 0.7),
    ]
    cases = [dataset_case(rng, *variant) for variant in variants]
    cases.append(dataset_case(rng, 26, 6, 50, 10, 30, 40, 11, 0.7, by_label=True))
    write("datasets", cases)


if __name__ == "__main__":
    components()
    foregrounds()
    kmeans()
    component_cases()
    ellipses()
    prompts()
    crfs()
    agreements()
    transports()
    pipelines()
    datasets()
