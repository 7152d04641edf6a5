#!/usr/bin/env python3
"""Golden files of the whole method: models and pictures of the zoo through the reference libraries, in the released order.

    python tools/golden/released.py --simplecrf SimpleCRF-0.2.1.1 [NAME...]

writes Tests/IntegrationTests/Golden/released/NAME.json for each of RUNS, or those named. It takes some minutes of one core.
open_clip encodes pictures and texts in fp32; Pillow and torchvision prepare pictures; numpy, scikit-image and scikit-learn
find foreground and parts; SimpleCRF's C++ core (simplecrf.py, which says how to get its folder) moves the foreground's border;
OpenCV finds contours, fits and draws ellipses, grays and blurs; torch retrieves in fp32. K-means is written here, from
docs/method.md §7.2 and §7.3, because it starts from the product's own draw of rows.

Made with numpy 2.4.6, torch 2.13.0, torchvision 0.28.0, open_clip_torch 3.3.0, opencv-python-headless 4.12.0.88 (by pip's
--no-deps, since it asks for an older numpy; 4.10 gives the same files, 4.13 and later draw other outlines), scikit-learn 1.9.1
(from 1.5 on its signs are those of the right vectors), scikit-image 0.26.0, pillow 13.0.0, safetensors 0.8.0, PyYAML 6.0.4 and
SimpleCRF 0.2.1.1.

What the released code leaves to chance is done as docs/method.md §16 says: initial rows of K-means, order of clusters, ties, a
single part's transport, too few candidates, contours without a fit of their own. Decompositions are in double: in 32 bits, of
48 pictures of the resnet, whose foregrounds have few patches, 9 come by other principal parts, which hang on rounding.
"""

import argparse
import gzip
import hashlib
import json
import math
import pathlib
import tempfile

import cv2
import numpy as np
import torch

# A torchvision without compiled operators for the installed torch will do; open_clip and the transforms do not use them.
try:
    import torchvision  # noqa: F401
except RuntimeError:
    library = torch.library.Library("torchvision", "DEF")
    library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")

import open_clip  # noqa: E402
import skimage.measure  # noqa: E402
import sklearn.decomposition  # noqa: E402
import sklearn.metrics  # noqa: E402
import sklearn.preprocessing  # noqa: E402
import yaml  # noqa: E402
from PIL import Image  # noqa: E402
from safetensors.torch import load_file  # noqa: E402
from torchvision import transforms  # noqa: E402

import simplecrf  # noqa: E402

assert cv2.__version__.startswith("4.12."), f"OpenCV {cv2.__version__} draws other outlines than 4.12"

ROOT = pathlib.Path(__file__).resolve().parents[2]
ZOO = ROOT / "share/zoo"
FOLDER = ROOT / "Tests/IntegrationTests/Golden/released"

WITHOUT_CRF = {"crf: true": "crf: false"}
JOINTLY = {"method:": "method:\n  decomposition: group"}
# Analysis of the zoo, what its text says instead, and the classes whose pictures are decomposed jointly; without any, one
# picture of each class on its own.
RUNS = {
    "vit-s12": ("vit-s12", {}, []),
    "vit-s12-without-crf": ("vit-s12", WITHOUT_CRF, []),
    "vit-s16": ("vit-s16", {}, []),
    "resnet": ("resnet", {}, []),
    "resnet-without-crf": ("resnet", WITHOUT_CRF, []),
    "vit-s12-group": ("vit-s12", JOINTLY, ["hill-vell"]),
    "resnet-group": ("resnet", JOINTLY, ["cave-obbin"]),
}

WORD = (1 << 64) - 1


def digest(array):
    """The first 16 hexadecimal digits of SHA-256 over an array's bytes: enough to tell whether two are the same."""
    return hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()[:16]


# --- model, texts, pictures: open_clip, torchvision ----------------------------------------------------------------------


class Model:
    """A model directory of the zoo. Embeddings are float32 rows [n, e] of length 1."""

    def __init__(self, folder):
        config = json.loads((folder / "open_clip_config.json").read_text())
        self.model = open_clip.CLIP(**config["model_cfg"])
        weights = load_file(str(folder / "open_clip_model.safetensors"))
        self.model.load_state_dict({name: value.float() for name, value in weights.items()}, strict=True)
        self.model.eval()
        self.length = config["model_cfg"]["text_cfg"]["context_length"]
        self.tokenizer = self._tokenizer(folder)
        self.mean, self.std = (config["preprocess_cfg"][key] for key in ("mean", "std"))
        self.side = config["model_cfg"]["vision_cfg"]["image_size"]
        self.transform = transforms.Compose([
            transforms.Resize((self.side, self.side)), transforms.ToTensor(), transforms.Normalize(self.mean, self.std),
        ])
        self.seen = None
        self.is_transformer = hasattr(self.model.visual, "transformer")
        last = self.model.visual.transformer.resblocks[-1] if self.is_transformer else self.model.visual.layer4
        last.register_forward_hook(lambda module, inputs, output: setattr(self, "seen", output))

    def _tokenizer(self, folder):
        merges = (folder / "merges.txt").read_text("utf-8").rstrip("\n")
        with tempfile.TemporaryDirectory() as scratch:
            path = pathlib.Path(scratch, "merges.txt.gz")
            path.write_bytes(gzip.compress(merges.encode()))
            tokenizer = open_clip.SimpleTokenizer(bpe_path=str(path))
        names = {"<start_of_text>": "<|startoftext|>", "<end_of_text>": "<|endoftext|>"}
        ids = {names.get(token, token): number for token, number in tokenizer.encoder.items()}
        assert ids == json.loads((folder / "vocab.json").read_text("utf-8"))
        return tokenizer

    @torch.no_grad()
    def texts(self, texts):
        return torch.nn.functional.normalize(self.model.encode_text(self.tokenizer(texts, self.length)), dim=-1)

    @torch.no_grad()
    def pictures(self, inputs):
        """inputs [n, 3, S, S]."""
        return torch.nn.functional.normalize(self.model.encode_image(inputs), dim=-1)

    def features(self):
        """Of the last picture that was encoded: float32 [h, w, d], one row a patch, before the last norm and pooling."""
        if self.is_transformer:
            rows = self.seen[0, 1:]
            side = math.isqrt(len(rows))
            return rows.reshape(side, side, -1).numpy()
        return self.seen[0].permute(1, 2, 0).numpy()

    def display(self, prepared):
        """What a prepared picture [3, S, S] shows as, uint8 [S, S, 3]: de-normalised in double, cut off."""
        shown = prepared.numpy().transpose(1, 2, 0) * np.array(self.std) + np.array(self.mean)
        return np.ascontiguousarray(shown.clip(0, 1) * 255, np.uint8)


# --- foreground: numpy, scikit-image --------------------------------------------------------------------------------


def foregrounds(maps):
    """Masks bool [h, w], one a feature map of those decomposed jointly, and whether each is a stand-in."""
    rows = np.concatenate([map.reshape(-1, map.shape[-1]) for map in maps]).astype(np.float64)
    left, _, _ = np.linalg.svd(rows / np.linalg.norm(rows, axis=1, keepdims=True), full_matrices=False)
    scores = left[:, 1]
    # An even split says nothing about the sign; then the largest magnitude is positive.
    scores = scores * np.sign(scores[np.abs(scores).argmax()])
    if 0.5 < np.mean(scores > 0) < 1.0:
        scores = -scores
    ends = np.cumsum([map.shape[0] * map.shape[1] for map in maps])[:-1]
    found = []
    for map, own in zip(maps, np.split(scores, ends)):
        own = own.reshape(map.shape[:2])
        first = largest_component(own > 0)
        if not first.any():
            first.flat[own.argmax()] = True
            found.append((first, True))
            continue
        second = largest_component((own > 0) & ~first)
        found.append((first | second if second.sum() >= 5 else first, False))
    return found


def largest_component(mask):
    """Of equals the one that a raster scan meets first."""
    labels = skimage.measure.label(mask)
    return labels == np.bincount(labels.ravel())[1:].argmax() + 1 if labels.any() else np.zeros_like(mask)


# --- parts: scikit-learn; K-means from the product's rows ----------------------------------------------------------------


def component_parts(rows, count):
    """Of each row the component on which it scores highest, scaled; float64 rows as they are."""
    found = sklearn.decomposition.PCA(n_components=min(count, *rows.shape), svd_solver="full")
    scores = found.fit_transform(rows)
    # As many rows as components leave the last one nothing but rounding, which must not be scaled up.
    scores[:, found.explained_variance_ <= 1e-12 * found.explained_variance_[0]] = 0
    scaled = sklearn.preprocessing.MinMaxScaler(clip=True).fit_transform(scores)
    # A row that is highest on two components is 1 on both, or by rounding just below it on one.
    highest = scaled.max(1, keepdims=True)
    return (scaled > highest - 1e-12).argmax(1)


def initial_rows(seed, contents, count, total):
    """The product's draw: SplitMix64, seeded by SHA-256 over the seed and the pictures' hashes in order of their bytes, shuffles
    the front of 0..<total."""
    state = int.from_bytes(hashlib.sha256(seed.to_bytes(8, "big", signed=True) + b"".join(sorted(contents))).digest()[:8], "big")
    order = list(range(total))
    for place in range(min(count, total)):
        state = (state + 0x9E3779B97F4A7C15) & WORD
        mixed = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & WORD
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & WORD
        mixed ^= mixed >> 31
        other = place + ((mixed * (total - place)) >> 64)
        order[place], order[other] = order[other], order[place]
    return order[: min(count, total)]


def mean_parts(rows, start):
    """Clusters of float64 rows, numbered by first occurrence; the centres start from the rows `start`."""
    rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    centres = rows[start]
    for _ in range(500):
        distances = ((rows[:, None] - centres) ** 2).sum(-1)
        labels = distances.argmin(1)
        nearest = distances.min(1)
        for empty in sorted(set(range(len(centres))) - set(labels)):
            spare = (np.bincount(labels, minlength=len(centres))[labels] > 1) & (nearest > 0)
            if spare.any():
                farthest = np.where(spare, nearest, -1).argmax()
                labels[farthest], nearest[farthest] = empty, 0
        moved = np.array([rows[labels == k].mean(0) if (labels == k).any() else centres[k] for k in range(len(centres))])
        shift = np.sqrt(((moved - centres) ** 2).sum(1)).sum()
        centres = moved
        if shift**2 < 1e-4:
            break
    numbers = {}
    return np.array([numbers.setdefault(label, len(numbers)) for label in labels.tolist()])


# --- prompts: OpenCV ------------------------------------------------------------------------------------------------


def upscaled(grid, side):
    return cv2.resize(grid.astype(np.uint8), (side, side), interpolation=cv2.INTER_NEAREST)


def fitted_ellipse(region):
    """The box for cv2.ellipse of the largest contour, and whether second moments stand in for a fit."""
    contours, _ = cv2.findContours(region.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    largest = max(contours, key=cv2.contourArea)
    if len(largest) >= 5:
        boxes = []
        for seed in range(4):
            cv2.setRNGSeed(seed)
            boxes.append(cv2.fitEllipse(largest))
        # Points without an ellipse of their own OpenCV moves at random.
        if len(set(boxes)) == 1:
            return boxes[0], False
    labels = skimage.measure.label(region)
    x, y = largest[0, 0]
    rows, columns = np.nonzero(labels == labels[y, x])
    spread = np.cov(np.stack([columns, rows]), bias=True) if len(rows) > 1 else np.zeros((2, 2))
    values, vectors = np.linalg.eigh(spread)
    axes = np.maximum(4 * np.sqrt(np.maximum(values, 0)), 1)
    angle = math.degrees(math.atan2(vectors[1, 0], vectors[0, 0])) % 180
    return ((columns.mean(), rows.mean()), tuple(axes), angle), True


def prompted(display, box, thickness, blur):
    """The three pictures: outline only, gray outside, blurred outside."""
    inside = cv2.ellipse(np.zeros_like(display), box, (255, 255, 255), -1)
    gray = np.tile(cv2.cvtColor(display, cv2.COLOR_RGB2GRAY)[:, :, None], (1, 1, 3))
    outsides = [display, gray, cv2.GaussianBlur(display, (blur, blur), 0)]
    return [cv2.ellipse(np.where(inside != 0, display, outside), box, (255, 0, 0), thickness) for outside in outsides]


# --- concepts: torch ------------------------------------------------------------------------------------------------


def retrieved(image, parts, texts, method):
    """Vision concepts, most relevant first, and the smallest gap that decided about them.

    image [e] and parts [p, e] in the order of their numbers, float32; texts: bank and bare embeddings [D, e].
    """
    gaps = [math.inf]
    logits = parts @ texts["bank"].T
    wanted = min(method["candidates"], logits.shape[1])
    extended = False
    while True:
        # Sorted and stable rather than topk, so that of equals the lowest index comes first.
        order = logits.argsort(dim=1, descending=True, stable=True)[:, :wanted]
        common = sorted(set.intersection(*(set(row.tolist()) for row in order)))
        if len(common) >= 3 or wanted == logits.shape[1]:
            break
        wanted, extended = min(2 * wanted, logits.shape[1]), True
    for row in logits.sort(dim=1, descending=True).values:
        gaps += (row[wanted - 1] - row[wanted] if wanted < len(row) else torch.tensor(math.inf)).reshape(1).tolist()
    relevance = texts["bare"] @ image
    candidates = torch.tensor(common)
    threshold = relevance[candidates].mean() - method["offset"]
    gaps += (relevance[candidates] - threshold).abs().tolist()
    relevant = candidates[relevance[candidates] > threshold]
    if len(relevant) < 3:
        relevant = candidates[relevance[candidates].argsort(descending=True, stable=True)[:3]].sort().values

    plan = torch.exp(logits[:, relevant] * 2.5 / method["lambda"])
    for _ in range(method["iterations"]):
        plan /= plan.sum(dim=1, keepdim=True)
        if len(plan) == 1:
            break  # Scaling its columns would level a single part.
        plan /= plan.sum(dim=0, keepdim=True)
    chosen = []
    for row in plan:
        values, places = row.sort(descending=True, stable=True)
        if len(values) > method["per_part"]:
            gaps.append((values[method["per_part"] - 1] - values[method["per_part"]]).item())
        chosen += relevant[places[: method["per_part"]]].tolist()
    listed = sorted(dict.fromkeys(chosen), key=lambda descriptor: -relevance[descriptor].item())
    gaps += (relevance[listed[:-1]] - relevance[listed[1:]]).tolist()
    return listed, min(gaps), extended


def released_information(vision, language):
    """As the released code reckons: a table of matches, and the entropy of the table added to the lists' own."""
    table = np.equal.outer(vision, language).astype(float)
    if not table.any():
        return 0.0
    table /= table.sum()
    return math.log(len(vision)) + math.log(len(language)) - float((table * np.log(table + 1e-9)).sum())


def curves(vision, language, bank):
    """[MI, AUC] under both estimators. A concept that is taken away matches nothing any more under the one, and is no longer
    on the list under the other."""
    released, membership = [], []
    sides = np.zeros((2, bank), int)
    sides[1, language] = 1
    for taken in range(len(vision) + 1):
        left = vision[taken:]
        released.append(released_information([-1] * taken + left, language))
        sides[0] = 0
        sides[0, left] = 1
        membership.append(max(sklearn.metrics.mutual_info_score(*sides), 0.0))
    return {name: [round(curve[0], 9), round(sum(curve) / len(curve), 9)] for name, curve in (("released", released), ("membership", membership))}


# --- the whole ------------------------------------------------------------------------------------------------------


def text_side(model, analysis, classes, descriptors):
    templates = [model.texts([template.format(name) for name in classes]) for template in analysis["templates"]]
    return {
        "classes": torch.nn.functional.normalize(torch.stack(templates).mean(0), dim=-1),
        "bank": model.texts([analysis["descriptor_template"].format(text) for text in descriptors]),
        "bare": model.texts(descriptors),
    }


def drawn(grid):
    """A grid of part numbers as text, row by row; a dot is background."""
    return "".join("." if part < 0 else str(part) for part in grid.ravel().tolist())


def run(paths, model, texts, language, method, core):
    """Entries of pictures that are decomposed jointly."""
    prepared = [model.transform(Image.open(ZOO / "heldout" / path).convert("RGB")) for path in paths]
    images, maps = [], []
    for picture in prepared:
        images.append(model.pictures(picture[None])[0])
        maps.append(model.features())
    contents = [hashlib.sha256((ZOO / "heldout" / path).read_bytes()).digest() for path in paths]
    masks = foregrounds(maps)
    rows = np.concatenate([map[mask] for map, (mask, _) in zip(maps, masks)]).astype(np.float64)
    ends = np.cumsum([mask.sum() for mask, _ in masks])[:-1]
    count = method["parts"]["count"]
    assigned = {
        "pca": np.split(component_parts(rows, count), ends),
        "kmeans": np.split(mean_parts(rows, initial_rows(method["parts"]["seed"], contents, count, len(rows))), ends),
    }

    entries = []
    for place, path in enumerate(paths):
        mask, stand_in = masks[place]
        display = model.display(prepared[place])
        whole = upscaled(mask, model.side).astype(bool)
        inside = simplecrf.refine(core, display, whole) if method["foreground"]["crf"] else whole
        erased = not (inside & whole).any()
        if erased:
            inside = whole
        predicted = int((texts["classes"] @ images[place]).argmax())
        entry = {
            "image": path, "class": predicted, "display": digest(display), "foreground": drawn(mask - 1),
            "mask": digest(inside.astype(np.uint8)), "methods": {},
        }
        for name, labels in assigned.items():
            grid = np.full(mask.shape, -1)
            grid[mask] = labels[place]
            flags = [flag for flag, happened in (("no_foreground", stand_in), ("crf_empty", erased)) if happened]
            prompts, embeddings = {}, []
            for part in sorted(set(labels[place].tolist())):
                region = upscaled(grid == part, model.side).astype(bool) & inside
                if not region.any():
                    continue
                box, stands_in = fitted_ellipse(region)
                if stands_in and "ellipse_fallback" not in flags:
                    flags.append("ellipse_fallback")
                pictures = prompted(display, box, method["prompting"]["thickness"], method["prompting"]["blur"])
                prompts[part] = [digest(picture) for picture in pictures]
                inputs = torch.stack([model.transform(Image.fromarray(picture)) for picture in pictures])
                embeddings.append(model.pictures(inputs).mean(0))
            vision, gap, extended = retrieved(images[place], torch.stack(embeddings), texts, method["retrieval"])
            if extended:
                flags.append("candidates_extended")
            entry["methods"][name] = {
                "parts": drawn(grid), "prompts": prompts, "vision": vision,
                "mutual": sorted(set(vision) & set(language[predicted])), "gap": float(f"{gap:.2g}"), "flags": flags,
                **curves(vision, language[predicted], len(texts["bank"])),
            }
        entries.append(entry)
    return entries


def write(name, core):
    source, changes, groups = RUNS[name]
    text = (ZOO / f"{source}.yaml").read_text()
    for old, new in changes.items():
        assert text.count(old) == 1, (name, old)
        text = text.replace(old, new)
    analysis = yaml.safe_load(text)
    method = analysis["method"]
    # What the zoo's files leave at its default.
    method["retrieval"] = {"offset": 0.02, "lambda": 1, "iterations": 1000} | method["retrieval"]
    assert method["foreground"]["by"] == "svd" and method["foreground"]["threshold"] == "sign"
    classes = json.loads((ZOO / analysis["classes"]).read_text())
    bank = json.loads((ZOO / analysis["descriptors"]).read_text())
    descriptors = list(dict.fromkeys(text for texts in bank.values() for text in texts))
    model = Model(ZOO / analysis["model"])
    texts = text_side(model, analysis, [entry["name"] for entry in classes], descriptors)
    affinity = (texts["classes"] @ texts["bank"].T).argsort(dim=1, descending=True, stable=True)
    language = affinity[:, : method["language"]["count"]].tolist()

    ids = [entry["id"] for entry in classes]
    if groups:
        jobs = [[f"{group}/{number:03}.jpg" for number in range(14)] for group in groups]
    else:
        jobs = [[f"{id}/{place % 14:03}.jpg"] for place, id in enumerate(ids)]
    entries = [entry for job in jobs for entry in run(job, model, texts, language, method, core)]
    head = {"analysis": source, "changes": changes, "joint": bool(groups), "classes": ids, "language": language}
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{name}.json"
    pack = lambda value: json.dumps(value, separators=(",", ":"))  # noqa: E731
    path.write_text(pack(head)[:-1] + ',"images":[\n' + ",\n".join(map(pack, entries)) + "\n]}\n")
    parts = [found for entry in entries for found in entry["methods"].values()]
    flags = sorted({flag for found in parts for flag in found["flags"]})
    print(
        f"{path.name}: {len(entries)} pictures, {path.stat().st_size} bytes, smallest gap {min(found['gap'] for found in parts)},",
        f"below 1e-5 {sum(found['gap'] < 1e-5 for found in parts)} of {len(parts)}",
        {flag: sum(flag in found["flags"] for found in parts) for flag in flags}, flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--simplecrf", required=True, type=pathlib.Path, help="folder of the unpacked package")
    parser.add_argument("names", nargs="*", metavar="NAME", help="of RUNS; all without one")
    options = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as scratch:
        core = simplecrf.compile_core(options.simplecrf, scratch)
        for name in options.names or RUNS:
            write(name, core)
