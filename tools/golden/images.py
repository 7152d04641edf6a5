"""Makes Tests/InferenceTests/Golden/images from Pillow, torchvision and open_clip.

    python tools/golden/images.py

Needs pillow 13 (older versions resize in another order of passes), numpy, torch, torchvision, open_clip_torch and opencv-python-headless (which writes the chroma subsamplings
that Pillow does not). Pictures are small and drawn here; expected pixels are raw RGB bytes (*.rgb), expected tensors raw
little-endian float32 (*.f32), long ones a 64-bit FNV-1a hash of those bytes.
"""

import io
import json
import pathlib
import shutil
import struct
import zlib

import cv2
import numpy as np
import torch

# A torchvision that was built for another torch lacks its compiled operators; the transforms do not use them.
try:
    import torchvision  # noqa: F401
except RuntimeError:
    library = torch.library.Library("torchvision", "DEF")
    library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")

from open_clip.transform import PreprocessCfg, image_transform_v2, merge_preprocess_dict  # noqa: E402
from PIL import Image  # noqa: E402
from torchvision import transforms  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2] / "Tests/InferenceTests/Golden/images"
FILTERS = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}


# Pictures


def drawing(width, height):
    """Gradients, a disc, a sharp edge and some noise: smooth and rough parts for the codecs."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    u, v = x / max(width - 1, 1), y / max(height - 1, 1)
    rgb = np.stack([255 * u, 255 * v, 255 * (1 - u) * (1 - v)], axis=-1)
    rgb[(u - 0.4) ** 2 + (v - 0.5) ** 2 < 0.06] = (240, 30, 60)
    rgb[u + v > 1.6] = (10, 200, 250)
    noise = np.random.default_rng(width * 1000 + height).normal(0, 6, rgb.shape)
    return np.clip(rgb + noise, 0, 255).astype(np.uint8)


def scatter(width, height, seed):
    """Hashed bytes that the tests make again without a file; odd seeds give only 0 and 255, which makes bicubic clip."""
    i = np.arange(width * height * 3, dtype=np.uint32) + np.uint32(seed * 7919)
    i = i * np.uint32(2654435761)
    i ^= i >> np.uint32(15)
    i = i * np.uint32(2246822519)
    i ^= i >> np.uint32(13)
    level = (i & np.uint32(255)).astype(np.uint8)
    if seed % 2:
        level = np.where(level > 127, 255, 0).astype(np.uint8)
    return level.reshape(height, width, 3)


# Encoders


def pillow(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def opencv_jpeg(rgb, sampling):
    flags = [cv2.IMWRITE_JPEG_QUALITY, 88, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, sampling]
    return cv2.imencode(".jpg", rgb[..., ::-1], flags)[1].tobytes()


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def packed(samples, depth):
    """Rows of samples (height, width·channels) as PNG packs them."""
    if depth == 16:
        return samples.astype(">u2").view(np.uint8).reshape(samples.shape[0], -1)
    if depth == 8:
        return samples.astype(np.uint8)
    bits = (samples[..., None] >> np.arange(depth - 1, -1, -1)) & 1
    return np.packbits(bits.reshape(samples.shape[0], -1).astype(np.uint8), axis=1)


def filtered(rows, pixel_bytes):
    """All five PNG filters in turn."""
    out, above = b"", np.zeros(rows.shape[1], np.int32)
    for index, row in enumerate(rows.astype(np.int32)):
        left = np.concatenate([np.zeros(pixel_bytes, np.int32), row])[: len(row)]
        corner = np.concatenate([np.zeros(pixel_bytes, np.int32), above])[: len(row)]
        estimate = left + above - corner
        distances = np.stack([abs(estimate - left), abs(estimate - above), abs(estimate - corner)])
        paeth = np.choose(distances.argmin(axis=0), [left, above, corner])
        guess = [0 * row, left, above, (left + above) // 2, paeth][index % 5]
        out += bytes([index % 5]) + ((row - guess) % 256).astype(np.uint8).tobytes()
        above = row
    return out


ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def png(samples, depth, kind, interlaced=False, before=b"", idat=1 << 20):
    """samples is (height, width, channels), of the depth and colour kind."""
    height, width, channels = samples.shape
    pixel_bytes = max(channels * depth // 8, 1)
    data = b""
    for x, y, dx, dy in ADAM7 if interlaced else [(0, 0, 1, 1)]:
        part = samples[y::dy, x::dx]
        if part.size:
            data += filtered(packed(part.reshape(part.shape[0], -1), depth), pixel_bytes)
    data = zlib.compress(data, 9)
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, int(interlaced))
    parts = b"".join(chunk(b"IDAT", data[i : i + idat]) for i in range(0, len(data), idat))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + before + parts + chunk(b"IEND", b"")


GRAY, RGB, PALETTE, GRAY_ALPHA, RGBA = 0, 2, 3, 4, 6


def deep(samples):
    """8-bit samples as 16-bit ones whose low byte differs from the high one."""
    return samples.astype(np.uint16) * 256 + (samples.astype(np.uint16) * 37 + 11) % 256


def without_adobe_marker(jpeg):
    at = jpeg.index(b"\xff\xee")
    return jpeg[:at] + jpeg[at + 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big") :]


def with_adobe_transform(jpeg, transform):
    at = jpeg.index(b"Adobe") + 11
    return jpeg[:at] + bytes([transform]) + jpeg[at + 1 :]


def with_hole(jpeg):
    """Entropy-coded data lost from the middle of the only scan, all markers in place."""
    end = jpeg.rindex(b"\xff\xd9")
    return jpeg[: end - (end - jpeg.index(b"\xff\xda")) // 3] + b"\xff\xd9"


def pictures():
    rgb = drawing(41, 31)
    image = Image.fromarray(rgb)
    gray = rgb[..., 1:2]
    alpha = (255 - rgb[..., 2:3]) // 3 * 2
    exif = Image.Exif()
    exif[0x0112] = 6

    baseline = pillow(image, "JPEG", quality=90, subsampling="4:2:0")
    cmyk = image.convert("CMYK")
    inks = np.asarray(cmyk).copy()
    inks[..., 3] = drawing(41, 31)[..., 0] // 3
    cmyk = pillow(Image.fromarray(inks, "CMYK"), "JPEG", quality=90)
    yield "baseline_420.jpg", baseline
    yield "baseline_444.jpg", pillow(image, "JPEG", quality=95, subsampling="4:4:4")
    yield "baseline_422.jpg", pillow(image, "JPEG", quality=60, subsampling="4:2:2")
    yield "baseline_440.jpg", opencv_jpeg(rgb, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_440)
    yield "baseline_411.jpg", opencv_jpeg(rgb, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_411)
    yield "progressive_420.jpg", pillow(image, "JPEG", quality=85, progressive=True, subsampling="4:2:0")
    yield "progressive_444.jpg", pillow(image, "JPEG", quality=35, progressive=True, subsampling="4:4:4")
    yield "restarts.jpg", pillow(image, "JPEG", quality=80, restart_marker_blocks=2)
    yield "rgb_components.jpg", pillow(image, "JPEG", quality=90, keep_rgb=True)
    yield "gray.jpg", pillow(image.convert("L"), "JPEG", quality=80)
    yield "gray_progressive.jpg", pillow(image.convert("L"), "JPEG", quality=80, progressive=True)
    yield "cmyk.jpg", cmyk
    yield "cmyk_without_adobe.jpg", without_adobe_marker(cmyk)
    yield "ycck.jpg", with_adobe_transform(cmyk, 2)
    yield "exif_rotated.jpg", pillow(image, "JPEG", quality=90, exif=exif)
    yield "hole.jpg", with_hole(pillow(image, "JPEG", quality=90, subsampling="4:4:4"))
    yield "one_pixel.jpg", pillow(Image.new("RGB", (1, 1), (200, 30, 90)), "JPEG")
    yield "tall.jpg", pillow(Image.fromarray(drawing(1, 300)), "JPEG")
    yield "photo.jpg", pillow(Image.fromarray(drawing(160, 120)), "JPEG", quality=75)

    for depth in (1, 2, 4):
        yield f"gray_{depth}.png", png(gray >> (8 - depth), depth, GRAY)
    yield "gray_1_interlaced.png", png(gray >> 7, 1, GRAY, interlaced=True)
    yield "gray_8_trns.png", png(gray, 8, GRAY, before=chunk(b"tRNS", struct.pack(">H", 100)))
    yield "gray_16.png", png(deep(gray), 16, GRAY)
    yield "gray_16_interlaced.png", png(deep(gray), 16, GRAY, interlaced=True)
    yield "gray_alpha_8.png", png(np.concatenate([gray, alpha], -1), 8, GRAY_ALPHA)
    yield "gray_alpha_16.png", png(deep(np.concatenate([gray, alpha], -1)), 16, GRAY_ALPHA)
    yield "rgb_8_interlaced.png", png(rgb, 8, RGB, interlaced=True)
    yield "rgb_8_trns_gamma.png", png(
        rgb, 8, RGB,
        before=chunk(b"gAMA", struct.pack(">I", 30000)) + chunk(b"tRNS", struct.pack(">HHH", *map(int, rgb[3, 4]))),
    )
    yield "rgb_16.png", png(deep(rgb), 16, RGB, idat=97)
    yield "rgba_8.png", png(np.concatenate([rgb, alpha], -1), 8, RGBA)
    yield "rgba_16_interlaced.png", png(deep(np.concatenate([rgb, alpha], -1)), 16, RGBA, interlaced=True)
    colours = np.random.default_rng(5).integers(0, 256, (256, 3), np.uint8)
    for depth in (1, 2, 4, 8):
        table = chunk(b"PLTE", colours[: 1 << depth].tobytes())
        yield f"palette_{depth}.png", png(gray >> (8 - depth), depth, PALETTE, before=table)
    half = chunk(b"PLTE", colours[:120].tobytes()) + chunk(b"tRNS", bytes(range(0, 120, 2)))
    yield "palette_8_trns_too_short.png", png(gray, 8, PALETTE, before=half)
    yield "palette_4_trns_interlaced.png", png(
        gray >> 4, 4, PALETTE, interlaced=True,
        before=chunk(b"PLTE", colours[:16].tobytes()) + chunk(b"tRNS", b"\xff\x00\x80"),
    )
    yield "one_pixel.png", png(np.array([[[7, 130, 255]]], np.uint8), 8, RGB)
    yield "tall.png", png(drawing(1, 300), 8, RGB)
    yield "wide_interlaced.png", png(drawing(300, 1), 8, RGB, interlaced=True)
    yield "animated.png", pillow(image, "PNG", save_all=True, append_images=[image.rotate(180)], duration=50)

    with_alpha = Image.fromarray(np.concatenate([rgb, alpha], -1))
    yield "lossy.webp", pillow(image, "WEBP", quality=70)
    yield "lossy_exif.webp", pillow(image, "WEBP", quality=40, exif=exif)
    yield "lossless.webp", pillow(image, "WEBP", lossless=True)
    yield "lossy_alpha.webp", pillow(with_alpha, "WEBP", quality=80)
    yield "lossless_alpha.webp", pillow(with_alpha, "WEBP", lossless=True)
    yield "one_pixel.webp", pillow(Image.new("RGB", (1, 1), (200, 30, 90)), "WEBP", lossless=True)
    yield "tall.webp", pillow(Image.fromarray(drawing(1, 300)), "WEBP", quality=90)


def refused():
    image = Image.fromarray(drawing(19, 13))
    for kind in ("ICO", "JPEG2000"):
        yield f"refused.{kind.lower()}", pillow(image, kind)
    frames = [image.rotate(180), image.rotate(90)]
    yield "refused_animated.webp", pillow(image, "WEBP", save_all=True, append_images=frames, duration=50)


def as_rgb(name, data):
    """What the decoder is to give: Pillow's pixels, but the high byte of 16-bit gray, which Pillow clips."""
    image = Image.open(io.BytesIO(data))
    if image.mode == "I;16":
        return np.repeat((np.asarray(image) >> 8).astype(np.uint8)[..., None], 3, axis=-1)
    return np.asarray(image.convert("RGB"))


# Expectations


def fnv1a(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 % (1 << 64)
    return f"{value:016x}"


def expectation(name, array):
    data = np.ascontiguousarray(array).tobytes()
    if len(data) > 16_000:
        return {"fnv1a": fnv1a(data)}
    (ROOT / name).write_bytes(data)
    return {"file": name}


def source(width, height, seed):
    return {"width": width, "height": height, "seed": seed}


def decoding():
    for name, data in pictures():
        (ROOT / name).write_bytes(data)
        rgb = as_rgb(name, data)
        yield {"picture": name, "width": rgb.shape[1], "height": rgb.shape[0], **expectation(f"{name}.rgb", rgb)}


def resizing():
    sizes = [
        ((17, 13), (5, 7)), ((17, 13), (34, 26)), ((17, 13), (17, 29)), ((17, 13), (31, 13)), ((17, 13), (16, 14)),
        ((7, 5), (1, 1)), ((1, 1), (9, 4)), ((2, 3), (23, 29)), ((1, 300), (8, 16)), ((300, 1), (16, 8)),
        ((64, 64), (63, 1)), ((500, 375), (224, 224)), ((375, 500), (224, 298)), ((640, 97), (96, 96)),
        ((96, 96), (224, 224)), ((1000, 900), (33, 35)), ((224, 224), (224, 224)), ((301, 299), (300, 300)),
        # Both sides of the rule by which Pillow 13 takes rows before columns.
        ((30, 60), (20, 40)), ((30, 60), (20, 39)), ((30, 60), (31, 59)), ((30, 60), (29, 61)), ((333, 500), (224, 224)),
    ]
    for index, ((width, height), (new_width, new_height)) in enumerate(sizes):
        for name, kind in FILTERS.items():
            for seed in (2 * index, 2 * index + 1):
                resized = Image.fromarray(scatter(width, height, seed)).resize((new_width, new_height), kind)
                case = f"resize_{width}x{height}_{new_width}x{new_height}_{name}_{seed}.rgb"
                yield {
                    "source": source(width, height, seed), "width": new_width, "height": new_height, "filter": name,
                    **expectation(case, np.asarray(resized)),
                }


def cropping():
    for width, height, new_width, new_height in [
        (9, 7, 4, 4), (10, 7, 5, 2), (5, 5, 5, 5), (3, 9, 6, 4), (4, 3, 9, 8), (12, 2, 7, 7), (11, 6, 6, 3),
    ]:
        crop = transforms.CenterCrop((new_height, new_width))(Image.fromarray(scatter(width, height, 40)))
        case = f"crop_{width}x{height}_{new_width}x{new_height}.rgb"
        yield {
            "source": source(width, height, 40), "width": new_width, "height": new_height,
            **expectation(case, np.asarray(crop)),
        }


IMAGENET = {"mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}


def preprocessing():
    cases = [
        ((48, 36), 32, {}), ((36, 49), 32, {}), ((20, 11), 32, {"interpolation": "bilinear"}), ((1, 300), 32, {}),
        ((301, 3), 32, {"interpolation": "random", "unknown": 1}), ((33, 33), 33, {"size": 224, "mode": "RGB"}),
        ((48, 37), 30, {"resize_mode": "longest", "fill_color": 127, **IMAGENET}),
        ((37, 48), 31, {"resize_mode": "longest", "interpolation": "bilinear", "mean": 0.5, "std": 0.5}),
        ((12, 5), 32, {"resize_mode": "longest"}), ((90, 3), 32, {"resize_mode": "longest", "mean": None}),
        ((48, 36), 32, {"resize_mode": "squash", "interpolation": "bicubic", **IMAGENET}),
        ((500, 375), 224, {}), ((333, 500), 336, {"resize_mode": "squash", "interpolation": "bilinear"}),
        ((640, 427), 224, {"resize_mode": "longest", "fill_color": 255}),
    ]
    for index, ((width, height), size, given) in enumerate(cases):
        known = {key: value for key, value in given.items() if key != "unknown"}
        if isinstance(known.get("mean"), float):
            known |= {"mean": (known["mean"],) * 3, "std": (known["std"],) * 3}
        configuration = merge_preprocess_dict(PreprocessCfg(), known) | {"size": size}
        image = Image.fromarray(scatter(width, height, 60 + index))
        values = image_transform_v2(PreprocessCfg(**configuration), is_train=False)(image).numpy()
        yield {
            "source": source(width, height, 60 + index), "image_size": size, "fit": "official",
            "preprocess_cfg": given, **expectation(f"preprocess_{index}.f32", values),
        }
    for index, (width, height) in enumerate([(48, 36), (7, 90), (32, 32)]):
        squash = transforms.Compose([
            transforms.Resize((32, 32)), transforms.ToTensor(),
            transforms.Normalize(PreprocessCfg().mean, PreprocessCfg().std),
        ])
        values = squash(Image.fromarray(scatter(width, height, 80 + index))).numpy()
        yield {
            "source": source(width, height, 80 + index), "image_size": 32, "fit": "squash", "preprocess_cfg": {},
            **expectation(f"preprocess_squash_{index}.f32", values),
        }
    # The released code's other way: both of torchvision's defaults, bilinear and rounding halves to even.
    for index, (width, height) in enumerate([(48, 37), (37, 50), (7, 90), (32, 32), (61, 20)]):
        crop = transforms.Compose([
            transforms.Resize(32), transforms.CenterCrop(32), transforms.ToTensor(),
            transforms.Normalize(PreprocessCfg().mean, PreprocessCfg().std),
        ])
        values = crop(Image.fromarray(scatter(width, height, 90 + index))).numpy()
        yield {
            "source": source(width, height, 90 + index), "image_size": 32, "fit": "crop", "preprocess_cfg": {},
            **expectation(f"preprocess_crop_{index}.f32", values),
        }


def displaying():
    """Every level of every channel through normalise (float32), de-normalise (float64), clip, ×255, truncate."""
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=-1)
    for name, stats in {"clip": {}, "imagenet": IMAGENET, "half": {"mean": [0.5] * 3, "std": [0.5] * 3}}.items():
        configuration = PreprocessCfg(**merge_preprocess_dict(PreprocessCfg(), stats))
        tensor = transforms.Normalize(configuration.mean, configuration.std)(transforms.ToTensor()(Image.fromarray(ramp)))
        restored = tensor.numpy().transpose(1, 2, 0) * np.array(configuration.std) + np.array(configuration.mean)
        levels = (np.clip(restored, 0, 1) * 255).astype(np.uint8)
        yield {"preprocess_cfg": stats, **expectation(f"display_{name}.rgb", levels)}


def main():
    shutil.rmtree(ROOT, ignore_errors=True)
    ROOT.mkdir(parents=True)
    for name, data in refused():
        (ROOT / name).write_bytes(data)
    manifest = {
        "decoding": list(decoding()), "resizing": list(resizing()), "cropping": list(cropping()),
        "preprocessing": list(preprocessing()), "displaying": list(displaying()),
    }
    lines = [f'"{key}": [\n' + ",\n".join(json.dumps(case) for case in cases) + "\n]" for key, cases in manifest.items()]
    (ROOT / "manifest.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
