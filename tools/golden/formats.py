"""Makes Tests/InferenceTests/Golden/formats from Pillow: GIF, TIFF, BMP and AVIF files and their pixels.

    python tools/golden/formats.py

Needs pillow 13.0.0 (its wheels have libtiff 4.7.2 and libavif 1.4.2), numpy 2, and for two files that are refused pillow-heif 1.8.1 and
pillow-jxl-plugin 1.3.8. What Pillow does not write is put together here; the pixels are always what it reads, raw RGB bytes (*.rgb).
"""

import io
import json
import pathlib
import shutil
import struct
import zlib

import numpy as np
import PIL
import pillow_heif
import pillow_jxl  # noqa: F401
from PIL import Image

assert PIL.__version__ == "13.0.0", PIL.__version__
ROOT = pathlib.Path(__file__).resolve().parents[2] / "Tests/InferenceTests/Golden/formats"
RANDOM = np.random.default_rng(2024)


def drawing(width, height):
    """Slopes, a ring and noise."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    u, v = x / max(width - 1, 1), y / max(height - 1, 1)
    rgb = np.stack([255 * v, 255 * u * v, 255 * (1 - u)], axis=-1)
    rgb[abs((u - 0.5) ** 2 + (v - 0.5) ** 2 - 0.1) < 0.03] = (250, 220, 20)
    rgb += np.random.default_rng(width + 1000 * height).normal(0, 5, rgb.shape)
    return Image.fromarray(np.clip(rgb, 0, 255).astype(np.uint8))


def saved(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def noise(width, height, bits, samples=1):
    """Rows of whole bytes."""
    return RANDOM.integers(0, 256, (width * bits * samples + 7) // 8 * height, dtype=np.uint8).tobytes()


# GIF


def moved(gif, left, top, width, height):
    """The first picture elsewhere on a screen of another size."""
    out = bytearray(gif)
    out[6:10] = struct.pack("<HH", width, height)
    at = 13 + (3 * (2 << (out[10] & 7)) if out[10] & 0x80 else 0)
    while out[at] == 0x21:
        at += 2
        while out[at]:
            at += out[at] + 1
        at += 1
    assert out[at] == 0x2C
    out[at + 1 : at + 5] = struct.pack("<HH", left, top)
    return bytes(out)


def with_palette_of_four(gif):
    """Most indexes are beyond the palette."""
    old = 3 * (2 << (gif[10] & 7))
    return gif[:10] + bytes([gif[10] & ~7 | 1]) + gif[11:13] + gif[13:25] + gif[13 + old :]


def without_palette(gif):
    return gif[:10] + bytes([gif[10] & 0x7F]) + gif[11:13] + gif[13 + 3 * (2 << (gif[10] & 7)) :]


def gifs():
    image = drawing(37, 29)
    many, few = image.quantize(256), image.quantize(11)
    yield "many.gif", saved(many, "GIF")
    yield "few_interlaced.gif", saved(few, "GIF", interlace=1)
    yield "gray.gif", saved(image.convert("L"), "GIF", interlace=0)
    yield "two.gif", saved(image.convert("1"), "GIF")
    yield "animated.gif", saved(many, "GIF", save_all=True, append_images=[few, image.rotate(90)], duration=40)
    yield "within_screen.gif", moved(saved(few, "GIF"), 5, 3, 50, 40)
    yield "within_clear_screen.gif", moved(saved(few, "GIF", transparency=7), 5, 3, 50, 40)
    yield "beyond_screen.gif", moved(saved(few, "GIF"), 9, 2, 20, 20)
    yield "short_palette.gif", with_palette_of_four(saved(many, "GIF"))
    yield "no_palette.gif", without_palette(saved(many, "GIF"))


# BMP


def bitmap(width, height, bits, compression=0, masks=(), header=40, colors=0, inner=b""):
    table = colors or (1 << bits if bits <= 8 else 0)
    behind = struct.pack(f"<{len(masks)}I", *masks) + RANDOM.integers(0, 256, (table, 4), dtype=np.uint8).tobytes()
    stride = (width * bits + 31) // 32 * 4
    data = RANDOM.integers(0, 256, stride * abs(height), dtype=np.uint8).tobytes()
    info = struct.pack("<IiiHHIIiiII", header, width, height, 1, bits, compression, 0, 0, 0, colors, 0) + inner
    offset = 14 + len(info) + len(behind)
    return b"BM" + struct.pack("<IHHI", offset + len(data), 0, 0, offset) + info + behind + data


def os2_bitmap(width, height):
    stride = (width * 4 + 31) // 32 * 4
    table = RANDOM.integers(0, 256, 48, dtype=np.uint8).tobytes()
    data = RANDOM.integers(0, 256, stride * height, dtype=np.uint8).tobytes()
    return b"BM" + struct.pack("<IHHIIHHHH", 0, 0, 0, 26 + 48, 12, width, height, 1, 4) + table + data


def bitmaps():
    image = drawing(37, 29)
    yield "rgb.bmp", saved(image, "BMP")
    yield "palette.bmp", saved(image.quantize(200), "BMP")
    yield "gray.bmp", saved(image.convert("L"), "BMP")
    yield "two.bmp", saved(image.convert("1"), "BMP")
    for bits in (1, 4, 8, 16, 24, 32):
        yield f"bits_{bits}.bmp", bitmap(13, 7, bits)
    yield "downwards.bmp", bitmap(13, -7, 24)
    yield "short_palette.bmp", bitmap(13, 7, 8, colors=100)
    yield "fields_565.bmp", bitmap(13, 7, 16, 3, (0xF800, 0x7E0, 0x1F))
    yield "fields_555.bmp", bitmap(13, 7, 16, 3, (0x7C00, 0x3E0, 0x1F))
    yield "fields_xbgr.bmp", bitmap(13, 7, 32, 3, (0xFF000000, 0xFF0000, 0xFF00))
    yield "fields_rgba_v4.bmp", bitmap(
        13, 7, 32, 3, header=108, inner=struct.pack("<IIII", 0xFF, 0xFF00, 0xFF0000, 0xFF000000) + bytes(52))
    yield "os2.bmp", os2_bitmap(13, 7)


# TIFF

SHORT, LONG = 3, 4
GRAY_WHITE, GRAY, RGB, PALETTE, INKS = 0, 1, 2, 3, 5


def tiff(width, height, bits, kind, parts, order="<", compression=1, samples=1, extra=None, planes=1, tile=None,
         colors=None, rows=None, more=()):
    """A file of one page with this data; nothing is encoded."""
    fields = [
        (256, LONG, [width]), (257, LONG, [height]), (258, SHORT, [bits] * samples), (259, SHORT, [compression]),
        (262, SHORT, [kind]), (277, SHORT, [samples]), (284, SHORT, [planes]), *more,
    ]
    if extra is not None:
        fields.append((338, SHORT, extra))
    if colors is not None:
        fields.append((320, SHORT, colors))
    counts = [len(part) for part in parts]
    if tile:
        fields += [(322, LONG, [tile[0]]), (323, LONG, [tile[1]]), (324, LONG, None), (325, LONG, counts)]
    else:
        fields += [(273, LONG, None), (278, LONG, [rows or height]), (279, LONG, counts)]
    fields.sort(key=lambda field: field[0])
    first = 8 + 2 + 12 * len(fields) + 4
    sizes = [(len(parts) if values is None else len(values)) * (2 if kind == SHORT else 4) for _, kind, values in fields]
    offsets = np.cumsum([first + sum(size for size in sizes if size > 4)] + counts[:-1]).tolist()
    directory, far = b"", b""
    for tag, kind, values in fields:
        values = offsets if values is None else values
        raw = struct.pack(order + ("H" if kind == SHORT else "I") * len(values), *values)
        if len(raw) > 4:
            place = struct.pack(order + "I", first + len(far))
            far += raw
        else:
            place = raw.ljust(4, b"\0")
        directory += struct.pack(order + "HHI", tag, kind, len(values)) + place
    mark = b"II" if order == "<" else b"MM"
    head = struct.pack(order + "2sHIH", mark, 42, 8, len(fields))
    return head + directory + struct.pack(order + "I", 0) + far + b"".join(parts)


def tiffs():
    image = drawing(37, 29)
    gray, two = image.convert("L"), image.convert("1")
    alpha = image.copy()
    alpha.putalpha(gray)
    for compression in ("tiff_lzw", "tiff_adobe_deflate", "packbits"):
        yield f"rgb_{compression}.tiff", saved(image, "TIFF", compression=compression)
    for compression in ("group3", "group4", "tiff_ccitt"):
        yield f"two_{compression}.tiff", saved(two, "TIFF", compression=compression)
    yield "jpeg.tiff", saved(image, "TIFF", compression="jpeg", quality=90)
    yield "gray_jpeg.tiff", saved(gray, "TIFF", compression="jpeg")
    yield "palette.tiff", saved(image.quantize(200), "TIFF", compression="tiff_lzw")
    yield "inks.tiff", saved(image.convert("CMYK"), "TIFF", compression="tiff_lzw")
    yield "rgba.tiff", saved(alpha, "TIFF", compression="tiff_lzw")
    yield "gray_alpha.tiff", saved(alpha.convert("LA"), "TIFF")
    yield "pages.tiff", saved(image, "TIFF", save_all=True, append_images=[gray])
    yield "big.tiff", saved(image, "TIFF", big_tiff=True)
    for orientation in range(2, 9):
        yield f"turned_{orientation}.tiff", saved(drawing(9, 5), "TIFF", tiffinfo={274: orientation})
    for bits in (1, 2, 4, 8):
        yield f"gray_{bits}.tiff", tiff(21, 13, bits, GRAY, [noise(21, 13, bits)])
        yield f"gray_white_{bits}.tiff", tiff(21, 13, bits, GRAY_WHITE, [noise(21, 13, bits)], order=">")
        colors = RANDOM.integers(0, 65536, 3 << bits).tolist()
        yield f"palette_{bits}.tiff", tiff(21, 13, bits, PALETTE, [noise(21, 13, bits)], colors=colors)
    yield "bits_reversed.tiff", tiff(21, 13, 1, GRAY, [noise(21, 13, 1)], more=[(266, SHORT, [2])])
    for order, name in (("<", "little"), (">", "big")):
        yield f"gray_16_{name}.tiff", tiff(21, 13, 16, GRAY, [
            np.arange(0, 546, 2, dtype=order + "u2").tobytes()], order=order)
        yield f"rgb_16_{name}.tiff", tiff(21, 13, 16, RGB, [noise(21, 13, 16, 3)], order=order, samples=3)
        yield f"inks_16_{name}.tiff", tiff(21, 13, 16, INKS, [noise(21, 13, 16, 4)], order=order, samples=4)
    for extra, name in ((None, "unsaid"), ([0], "unknown"), ([1], "multiplied"), ([2], "plain")):
        yield f"rgba_{name}.tiff", tiff(21, 13, 8, RGB, [noise(21, 13, 8, 4)], samples=4, extra=extra)
    yield "rgba_16_multiplied.tiff", tiff(21, 13, 16, RGB, [noise(21, 13, 16, 4)], samples=4, extra=[1])
    yield "two_extras.tiff", tiff(21, 13, 8, RGB, [noise(21, 13, 8, 5)], samples=5, extra=[2, 0])
    yield "planes.tiff", tiff(21, 13, 8, RGB, [noise(21, 13, 8) for _ in range(3)], samples=3, planes=2)
    yield "inks_planes.tiff", tiff(21, 13, 8, INKS, [noise(21, 13, 8) for _ in range(4)], samples=4, planes=2)
    yield "strips.tiff", tiff(
        21, 13, 8, RGB, [noise(21, rows, 8, 3) for rows in (4, 4, 4, 1)], samples=3, rows=4)
    yield "tiles.tiff", tiff(21, 13, 8, RGB, [noise(16, 16, 8, 3) for _ in range(2)], samples=3, tile=(16, 16))
    yield "tiles_packed.tiff", tiff(
        21, 18, 16, RGB, [zlib.compress(noise(16, 16, 16, 3)) for _ in range(4)], samples=3, tile=(16, 16),
        compression=8)
    yield "tiles_planes.tiff", tiff(
        21, 13, 8, RGB, [noise(16, 16, 8) for _ in range(6)], samples=3, planes=2, tile=(16, 16))
    yield "predicted.tiff", tiff(
        21, 13, 8, RGB, [zlib.compress(noise(21, 13, 8, 3))], samples=3, compression=8, more=[(317, SHORT, [2])])


# AVIF


def avifs():
    image = drawing(37, 29)
    alpha = image.copy()
    alpha.putalpha(image.convert("L"))
    for sampling in ("4:2:0", "4:2:2", "4:4:4"):
        yield f"{sampling.replace(':', '')}.avif", saved(image, "AVIF", quality=70, subsampling=sampling)
    yield "gray.avif", saved(image.convert("L"), "AVIF")
    yield "limited.avif", saved(image, "AVIF", range="limited")
    yield "alpha.avif", saved(alpha, "AVIF")
    yield "multiplied.avif", saved(alpha, "AVIF", alpha_premultiplied=True)
    yield "animated.avif", saved(image, "AVIF", save_all=True, append_images=[image.rotate(90)], duration=40)
    exif = Image.Exif()
    exif[0x0112] = 6
    yield "turned.avif", saved(image, "AVIF", exif=exif)
    yield "one_pixel.avif", saved(Image.new("RGB", (1, 1), (200, 30, 90)), "AVIF")


def refused():
    image = drawing(37, 29)
    pillow_heif.register_heif_opener()
    yield "refused.heic", saved(image, "HEIF")
    yield "refused.jxl", saved(image, "JXL")
    yield "refused_run_length.bmp", bitmap(13, 7, 8, compression=1)
    yield "refused_float.tiff", saved(image.convert("F"), "TIFF")
    yield "refused_thumbnail.tiff", tiff(
        21, 13, 8, RGB, [noise(21, 13, 8, 3)], samples=3, more=[(254, LONG, [1])])
    yield "refused_zstd.tiff", saved(image, "TIFF", compression="zstd")
    yield "refused_lab.tiff", saved(Image.merge("LAB", image.split()), "TIFF")


def pixels_of(data):
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def needed(data, pixels):
    """How many bytes of a file it takes to read all of its picture."""
    for count in range(len(data) - 1, 0, -1):
        try:
            if not np.array_equal(pixels_of(data[:count]), pixels):
                return count + 1
        except (OSError, SyntaxError, ValueError, struct.error, TypeError, IndexError, EOFError, KeyError):
            return count + 1
    return 1


def main():
    shutil.rmtree(ROOT, ignore_errors=True)
    ROOT.mkdir(parents=True)
    cases = []
    for group in (gifs, bitmaps, tiffs, avifs):
        for name, data in group():
            (ROOT / name).write_bytes(data)
            pixels = pixels_of(data)
            (ROOT / f"{name}.rgb").write_bytes(pixels.tobytes())
            cases.append({
                "picture": name, "width": pixels.shape[1], "height": pixels.shape[0], "file": f"{name}.rgb",
                "needed": needed(data, pixels)})
    for name, data in refused():
        (ROOT / name).write_bytes(data)
    (ROOT / "manifest.json").write_text(json.dumps(cases, indent=1) + "\n")


main()
