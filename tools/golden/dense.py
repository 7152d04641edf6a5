"""Writes small random vision transformers and what the dense methods make of them, for the tests of `Sources/Inference/Dense`.

    python tools/golden/dense.py Tests/InferenceTests/Golden/dense [NAME...]

Needs PyTorch, open_clip, scikit-learn and SciPy. The methods are written down here a second time, from their descriptions,
in double precision and without regard to speed: one image at a time, attention as full matrices. Only shapes of weights and the
check of the plain encoder come from open_clip.

Each folder is a model directory and `expected.safetensors`:
    pixel_values [B,3,S,S], texts [C,e] of length 1, empty [e], normal and abnormal [C,e]
    METHOD [B,n,C]           what `entente dense` writes as patch_similarity, of the projected patches against `texts`
    larger/pixel_values, larger/METHOD   the same at another image size
    clip-surgery/single [B,n,1], resclip/released [B,n,C], clip-surgery/class [B,1,C]
    cliptrase/correlation [B,n,n], cliptrase/clusters [B,n] (I32)
    clip-surgery/heat [B,n,C] scaled over the patches, clip-surgery/points [B,C,2k] (I32, x and y, -1 where there is none)
"""

import json
import math
import pathlib
import sys

import numpy
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from sklearn.cluster import DBSCAN

from encoder import lively, open_clip

METHODS = ["raw", "maskclip", "clip-surgery", "sclip", "naclip", "clearclip", "resclip", "sc-clip", "cliptrase", "anoclip"]

TEXT = {"context_length": 12, "vocab_size": 60, "width": 24, "heads": 3, "layers": 1}
MODELS = {
    # As deep as a base model, 8x8 patches.
    "base": {"seed": 3, "larger": 80, "model_cfg": {
        "embed_dim": 24, "quick_gelu": True, "text_cfg": TEXT,
        "vision_cfg": {"image_size": 64, "patch_size": 8, "width": 48, "head_width": 16, "layers": 12}}},
    # As deep as a large one, 9x9 patches of 7 pixels.
    "large": {"seed": 5, "larger": 77, "model_cfg": {
        "embed_dim": 20, "text_cfg": TEXT,
        "vision_cfg": {"image_size": 63, "patch_size": 7, "width": 40, "head_width": 20, "layers": 24}}},
    # Shallower than the methods know, with fewer patches than SC-CLIP asks neighbours for, and pixels beyond the last patch.
    "small": {"seed": 7, "larger": 62, "model_cfg": {
        "embed_dim": 16, "quick_gelu": True, "text_cfg": TEXT,
        "vision_cfg": {"image_size": 42, "patch_size": 8, "width": 32, "head_width": 16, "layers": 4}}},
}
IMAGES, TEXTS = 2, 19
# How a method's code brings positions to another grid; the others add a tenth of a patch.
POSITIONS = {"clip-surgery": "bilinear", "maskclip": "exact", "anoclip": "load"}


def unit(x):
    return x / x.norm(dim=-1, keepdim=True)


class Trunk:
    """The plain encoder of one image, with everything that a method may look at."""

    def __init__(self, weights, cfg, size, positions):
        v = cfg["vision_cfg"]
        self.w = {k.removeprefix("visual."): t.double() for k, t in weights.items() if k.startswith("visual.")}
        self.patch, self.layers, self.width = v["patch_size"], v["layers"], v["width"]
        self.heads = self.width // v["head_width"]
        self.scale = v["head_width"] ** -0.5
        self.quick = cfg.get("quick_gelu", False)
        self.size, self.side = size, size // self.patch
        self.positions = self.resized(positions, v["image_size"] // self.patch)

    def resized(self, mode, stored):
        table = self.w["positional_embedding"]
        if stored == self.side:
            return table
        grid = table[1:].reshape(1, stored, stored, -1).permute(0, 3, 1, 2)
        exact = {"bilinear": {"mode": "bilinear"}, "exact": {"mode": "bicubic"}, "load": {"mode": "bicubic", "antialias": True}}
        if mode in exact:
            grid = F.interpolate(grid, (self.side, self.side), align_corners=False, **exact[mode])
        else:
            grid = F.interpolate(grid, scale_factor=((self.side + 0.1) / stored,) * 2, mode="bicubic")
        assert grid.shape[-1] == self.side
        return torch.cat([table[:1], grid[0].flatten(1).T])

    def norm(self, x, name):
        return F.layer_norm(x, (self.width,), self.w[name + ".weight"], self.w[name + ".bias"])

    def block(self, i, name):
        return self.w[f"transformer.resblocks.{i}.{name}"]

    def qkv(self, i, x):
        """Queries, keys, values [heads, t, d/heads] of rows x [t, d]."""
        normed = self.norm(x, f"transformer.resblocks.{i}.ln_1")
        both = normed @ self.block(i, "attn.in_proj_weight").T + self.block(i, "attn.in_proj_bias")
        return [part.reshape(len(x), self.heads, -1).transpose(0, 1) for part in both.chunk(3, dim=-1)]

    def out(self, i, attention, v):
        mixed = (attention @ v).transpose(0, 1).reshape(v.shape[1], -1)
        return mixed @ self.block(i, "attn.out_proj.weight").T + self.block(i, "attn.out_proj.bias")

    def soft(self, a, b):
        return torch.softmax(self.scale * a @ b.transpose(1, 2), dim=-1)

    def perceptron(self, i, x):
        hidden = self.norm(x, f"transformer.resblocks.{i}.ln_2") @ self.block(i, "mlp.c_fc.weight").T + self.block(i, "mlp.c_fc.bias")
        hidden = hidden * torch.sigmoid(1.702 * hidden) if self.quick else F.gelu(hidden)
        return hidden @ self.block(i, "mlp.c_proj.weight").T + self.block(i, "mlp.c_proj.bias")

    def project(self, x):
        return self.norm(x, "ln_post") @ self.w["proj"]

    def run(self, pixels):
        """X[0] … X[layers]: the stream before each block and behind the last; attention of each block."""
        self.pixels = pixels
        x = F.conv2d(pixels[None], self.w["conv1.weight"], stride=self.patch)[0].flatten(1).T
        x = torch.cat([self.w["class_embedding"][None], x]) + self.positions
        x = self.norm(x, "ln_pre")
        self.X, self.A = [x], []
        for i in range(self.layers):
            q, k, v = self.qkv(i, x)
            attention = self.soft(q, k)
            x = x + self.out(i, attention, v)
            x = x + self.perceptron(i, x)
            self.X.append(x)
            self.A.append(attention)
        return self

    def number(self, published):
        """The papers' block numbers are of twelve; deeper models keep them, shallower ones scale them."""
        return published if self.layers >= 12 else max((published * self.layers + 6) // 12, 1)


def raw(t, texts):
    return t.X[-1]


def last_block(t, attention, residual, perceptron):
    i = t.layers - 1
    q, k, v = t.qkv(i, t.X[i])
    y = t.out(i, attention(q, k, v), v)
    y = y + t.X[i] if residual else y
    return y + t.perceptron(i, y) if perceptron else y


def maskclip(t, texts):
    return last_block(t, lambda q, k, v: torch.eye(v.shape[1]).double().expand(t.heads, -1, -1), True, True)


def sclip(t, texts):
    return last_block(t, lambda q, k, v: t.soft(q, q) + t.soft(k, k), True, True)


def clearclip(t, texts):
    return last_block(t, lambda q, k, v: t.soft(q, q), False, False)


def cliptrase(t, texts):
    return last_block(t, lambda q, k, v: t.soft(q, q) + t.soft(k, k) + t.soft(v, v), True, True)


def second_path(t, blocks):
    first = max(t.layers - blocks, 0)
    y = t.X[first]
    for i in range(first, t.layers):
        v = t.qkv(i, t.X[i])[2]
        y = y + t.out(i, t.soft(v, v), v)
    return y


def clip_surgery(t, texts):
    y = second_path(t, 6)
    return torch.cat([t.X[-1][:1], y[1:]])


def anoclip(t, texts):
    return second_path(t, 12)


def window(side, deviation=5.0):
    place = torch.stack(torch.meshgrid(torch.arange(side), torch.arange(side), indexing="ij"), -1).reshape(-1, 2).double()
    omega = torch.zeros(side * side + 1, side * side + 1).double()
    omega[1:, 1:] = torch.exp(-torch.cdist(place, place) ** 2 / (2 * deviation**2))
    return omega


def naclip(t, texts):
    return last_block(t, lambda q, k, v: torch.softmax(t.scale * k @ k.transpose(1, 2) + window(t.side), -1), False, False)


def refine(planes, maps, steps=10, distances=(8, 16)):
    """Pixel-adaptive mask refinement: planes [3,S,S], maps [C,S,S]."""
    def shifted(x, ring):
        size = x.shape[-1]
        padded = F.pad(x[None], [ring] * 4, mode="replicate")[0]
        return [padded[:, ring + dy * ring:ring + dy * ring + size, ring + dx * ring:ring + dx * ring + size]
                for dy in (-1, 0, 1) for dx in (-1, 0, 1)]
    windows = [shifted(planes, ring) for ring in distances]
    deviation = torch.stack([x for w in windows for x in w]).std(0)
    around = lambda w: [x for place, x in enumerate(w) if place != 4]
    near = torch.stack([x for w in windows for x in around(w)])
    weights = torch.softmax((-(near - planes).abs() / (1e-8 + 0.1 * deviation)).mean(1), 0)
    for _ in range(steps):
        neighbours = torch.stack([x for ring in distances for x in around(shifted(maps, ring))])
        maps = (neighbours * weights[:, None]).sum(0)
    return maps


def line(start, end):
    """The grid places from start to end, halves to even."""
    steps = max(abs(end[0] - start[0]), abs(end[1] - start[1]))
    if steps == 0:
        return [start]
    from fractions import Fraction
    return [tuple(round(Fraction(a) + Fraction((b - a) * s, steps)) for a, b in zip(start, end)) for s in range(steps + 1)]


def feedback_matrix(labels, side, released):
    n = side * side
    at = [(i // side, i % side) for i in range(n)]
    farthest = side - 1
    M = torch.zeros(n, n).double()
    samples = torch.linspace(0, 1, steps=farthest + 1)
    for i in range(n):
        for j in range(n):
            if labels[i] != labels[j]:
                continue
            steps = max(abs(at[i][0] - at[j][0]), abs(at[i][1] - at[j][1]))
            if released:
                t = samples[:steps + 1]
                way = torch.stack([(a * (1 - t) + b * t).round().long() for a, b in zip(at[i], at[j])], 1).tolist()
            else:
                way = line(at[i], at[j])
            one = all(labels[y * side + x] == labels[i] for y, x in way)
            M[i, j] = 1 if one else math.exp(-steps / farthest)
    size = min(n, 31) | 1
    kernel = torch.exp(-(torch.arange(size).double() - size // 2) ** 2 / 50)
    M = F.conv1d(M[:, None], (kernel / kernel.sum())[None, None], padding=size // 2)[:, 0]
    M = M / (M.sum(1, keepdim=True) + 1e-8)
    return M / M.max()


def resclip(t, texts, released=False):
    gain, share, feedback_gain, feedback_share, threshold = 2.0, 0.4, 1.8, 0.7, 0.25
    blocks = range(t.number(6), t.number(9) + 1)
    residual = torch.stack([t.A[b - 1] for b in blocks]).mean(0)

    def attention(alike):
        def build(q, k, v):
            logits = t.scale * k @ k.transpose(1, 2)
            if alike is not None:
                logits = feedback_gain * ((1 - feedback_share) * logits + feedback_share * alike)
            return gain * ((1 - share) * torch.softmax(logits + window(t.side), -1) + share * residual)
        return build

    patches = unit(t.project(last_block(t, attention(None), False, False))[1:])
    maps = (patches @ texts.T).T.reshape(len(texts), t.side, t.side)
    maps = F.interpolate(maps[None], (t.size, t.size), mode="bilinear", align_corners=False)[0]
    probable, label = torch.softmax(40 * refine(t.pixels, maps), 0).max(0)
    t.margin("text of a pixel", (probable - threshold).abs().min())
    label[probable < threshold] = 0
    cells = label[:t.side * t.patch, :t.side * t.patch].reshape(t.side, t.patch, t.side, t.patch)
    cells = cells.transpose(1, 2).reshape(t.side**2, -1)
    labels = [numpy.bincount(cell.numpy()).argmax() for cell in cells]
    print("   patches by text", numpy.bincount(labels).tolist())
    alike = torch.zeros(t.side**2 + 1, t.side**2 + 1).double()
    alike[1:, 1:] = feedback_matrix(labels, t.side, released)
    return last_block(t, attention(alike), False, False)


def anomalies(t, tokens, wanted=30, contamination=0.05):
    distances = torch.cdist(tokens, tokens) ** 2
    distances.fill_diagonal_(-1)
    k = min(wanted, len(tokens) - 1)
    values, places = distances.topk(k + 1, largest=False)
    reach = values[:, -1]
    factor = (reach[:, None] / reach[places[:, 1:]]).mean(1)
    limit = torch.quantile(factor, 1 - contamination)
    t.margin("anomaly", (factor[factor != limit] - limit).abs().min())
    return factor > limit


def repair(tokens, bad, side):
    grid, result = tokens.reshape(side, side, -1), tokens.clone()
    bad = bad.reshape(side, side)
    for y, x in bad.nonzero().tolist():
        around = [grid[v, u] for v in range(max(y - 1, 0), min(y + 2, side)) for u in range(max(x - 1, 0), min(x + 2, side))
                  if (v, u) != (y, x) and not bad[v, u]]
        if around:
            result[y * side + x] = torch.stack(around).mean(0)
    return result


def sc_clip(t, texts):
    before_last = t.layers - 1
    number = lambda b: min(t.number(b), before_last)
    bad = anomalies(t, t.X[before_last][1:])
    print("   anomalies", bad.nonzero().flatten().tolist())
    likes = lambda tokens: unit(tokens) @ unit(tokens).T

    def averaging(cosines):
        t.margin("likeness", (cosines - 0.4).abs().min())
        kept = torch.where(cosines >= 0.4, cosines, 0.0)
        return kept / (kept.sum(-1, keepdim=True) + 1e-6)

    similar = likes(repair(t.X[number(9)][1:], bad, t.side))
    guide = 3 * (similar - similar.mean())
    guide = torch.softmax(torch.where(guide < 0, -math.inf, guide), -1)
    smooth = averaging(likes(t.X[number(4)][1:]))
    i = t.layers - 1

    def way(tokens, class_token):
        q, k, v = t.qkv(i, tokens)
        return smooth @ (t.out(i, (guide + t.soft(k, k)) / 2, v) + 0.3 * class_token)

    deep = sum(t.X[b] for b in range(number(4), number(10) + 1))
    own = way(averaging(similar) @ repair(t.X[before_last][1:], bad, t.side), t.X[before_last][0])
    y = own + way(deep[1:], deep[0])
    return torch.cat([t.X[-1][:1], y])


def feature_surgery(f, texts):
    """As it is written, feature by feature: f [1 + n, e] and texts [C, e] of length 1."""
    p = torch.softmax(2 * f[0] @ texts.T, -1)
    w = p / p.mean()
    products = f[:, None] * texts[None] * w[None, :, None]
    return (products - products.mean(1, keepdim=True)).sum(-1)


def correlation(t):
    q, k, v = t.qkv(t.layers - 2, t.X[t.layers - 2])
    alike = sum(unit(x) @ unit(x).transpose(1, 2) for x in (q, k, v)).mean(0) / 3
    return (alike[1:, 1:] - alike[:1, 1:]).clamp(min=0)


def points(heat, side, size):
    """Text to points of one scaled or unscaled map [n]: x, y of the positives, then of the negatives."""
    cells = side // 2
    m = F.interpolate(heat.reshape(1, 1, side, side), (cells, cells), mode="bilinear")[0, 0].flatten()
    m = (m - m.min()) / (m.max() - m.min())
    count = min(int((m >= 0.8).sum()), len(m) // 2)
    rank = sorted(range(len(m)), key=lambda i: m[i].item())
    chosen = rank[-count:] + rank[:count]
    return [min(int((i % cells + 0.5) * size / cells), size - 1) for i in chosen], \
           [min(int((i // cells + 0.5) * size / cells), size - 1) for i in chosen]


PATHS = {"raw": raw, "maskclip": maskclip, "clip-surgery": clip_surgery, "sclip": sclip, "naclip": naclip,
         "clearclip": clearclip, "resclip": resclip, "sc-clip": sc_clip, "cliptrase": cliptrase, "anoclip": anoclip}


def similarity(method, t, g):
    """What the method says of every patch and text, [n, C]."""
    f = unit(t.project(PATHS[method](t, g["texts"])))
    if method == "clip-surgery":
        return feature_surgery(f, g["texts"])[1:]
    if method == "anoclip":
        return torch.softmax(torch.stack([f[1:] @ g["normal"].T, f[1:] @ g["abnormal"].T]), 0)[1]
    return f[1:] @ g["texts"].T


def write_model(folder, name, seed, larger, model_cfg):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "open_clip_config.json").write_text(json.dumps({"model_cfg": model_cfg, "preprocess_cfg": {}}, indent=2) + "\n")
    generator = numpy.random.default_rng(seed)
    # Blocks that change little, or all patches of a random model soon look alike.
    def share(n):
        if n.endswith("bias") and "visual" in n:
            return 0.15
        return 0.4 if n.endswith(("out_proj.weight", "c_proj.weight")) else 1.5 if n.endswith("conv1.weight") else 1
    weights = {n: (share(n) * lively(n, tuple(x.shape), generator)).half().contiguous()
               for n, x in open_clip.CLIP(**model_cfg).state_dict().items() if n != "attn_mask"}
    save_file(weights, folder / "open_clip_model.safetensors")
    normal = lambda *shape: torch.from_numpy(generator.standard_normal(shape).astype(numpy.float32)).double()
    e, size = model_cfg["embed_dim"], model_cfg["vision_cfg"]["image_size"]
    trunk = lambda method, pixels: Trunk(weights, model_cfg, pixels.shape[-1], POSITIONS.get(method, "tenth")).run(pixels)
    expected = {}
    for prefix, side in (("", size), ("larger/", larger)):
        # Smooth pictures with some noise, so that refinement has edges to follow.
        coarse = F.interpolate(normal(IMAGES, 3, 6, 6), (side, side), mode="nearest") + 0.2 * normal(IMAGES, 3, side, side)
        expected[prefix + "pixel_values"] = coarse.float().double()
    # Texts near some patches, so that different patches look like different texts.
    t = trunk("raw", expected["pixel_values"][0])
    patches = t.project(naclip(t, None))[1:]
    some = patches[generator.choice(len(patches), TEXTS)] - 0.9 * patches.mean(0)
    g = {key: unit(unit(some) + 0.15 * normal(TEXTS, e)).float().double() for key in ("texts", "normal", "abnormal")}
    empty = unit(normal(e)).float().double()
    expected |= {**g, "empty": empty}

    for prefix in ("", "larger/"):
        pictures = expected[prefix + "pixel_values"]
        for method in METHODS:
            rows = []
            for picture in pictures:
                t = trunk(method, picture)
                t.margin = lambda what, value: print(f"   {name} {prefix}{method}: {what} {value:.1e}") if value < 1e-4 else None
                rows.append(similarity(method, t, g))
            expected[prefix + method] = torch.stack(rows)

    extra = {key: [] for key in ("clip-surgery/single", "clip-surgery/class", "clip-surgery/heat", "resclip/released",
                                 "cliptrase/correlation", "cliptrase/clusters", "clip-surgery/points", "embeddings")}
    for picture, surgery in zip(expected["pixel_values"], expected["clip-surgery"]):
        t = trunk("raw", picture)
        t.margin = lambda what, value: None
        f = unit(t.project(clip_surgery(t, None)))
        extra["embeddings"].append(t.project(t.X[-1])[0])
        extra["clip-surgery/single"].append(f[1:] @ (g["texts"][:1] - empty).T)
        extra["clip-surgery/class"].append(feature_surgery(f, g["texts"])[:1])
        heat = (surgery - surgery.min(0).values) / (surgery.max(0).values - surgery.min(0).values)
        extra["clip-surgery/heat"].append(heat)
        released = unit(t.project(resclip(t, g["texts"], released=True)))
        extra["resclip/released"].append(released[1:] @ g["texts"].T)
        c = correlation(t)
        extra["cliptrase/correlation"].append(c)
        clusters = DBSCAN(eps=0.7, min_samples=3).fit(c.numpy()).labels_
        print("   clusters", clusters.max() + 1, "noise", (clusters < 0).sum())
        extra["cliptrase/clusters"].append(torch.from_numpy(clusters.astype(numpy.int32)))
        table = torch.full((TEXTS, 2, 2 * (t.side // 2) ** 2), -1, dtype=torch.int32)
        for text in range(TEXTS):
            for axis, places in enumerate(points(surgery[:, text], t.side, 500)):
                table[text, axis, :len(places)] = torch.tensor(places)
        extra["clip-surgery/points"].append(table)
    expected |= {key: torch.stack(rows) for key, rows in extra.items()}

    model = open_clip.create_model(f"local-dir:{folder}", precision="fp32").eval()
    with torch.no_grad():
        plain = model.encode_image(expected["pixel_values"].float())
    difference = (plain - expected["embeddings"]).abs().max() / plain.abs().max()
    assert difference < 1e-4, difference
    save_file({key: (x if x.dtype == torch.int32 else x.float()).contiguous() for key, x in expected.items()},
              folder / "expected.safetensors")
    for method in METHODS:
        assert torch.isfinite(expected[method]).all() and torch.isfinite(expected["larger/" + method]).all(), method
        print(name, method, tuple(expected[method].shape), f"{expected[method].min():.3f} … {expected[method].max():.3f}")


if __name__ == "__main__":
    wanted = sys.argv[2:]
    for name, model in MODELS.items():
        if not wanted or name in wanted:
            write_model(pathlib.Path(sys.argv[1]) / name, name, **model)
