#!/usr/bin/env python3
"""Makes copies of ONNX Runtime and of entente that take this CPU for one with AVX2 and nothing later, so that both can be measured as on such.

    python Benchmarks/without_avx512.py FOLDER
    PYTHONPATH=FOLDER LD_PRELOAD=FOLDER/mask.so ENTENTE=FOLDER/entente python Benchmarks/encode.py --precision int8 --kernels avx2

ONNX Runtime asks the CPU itself what it has, and has no switch. In the copies every `cpuid` is an illegal instruction, which mask.so answers
(without_avx512.c). Linux on x86-64; needs objdump and a C compiler.
"""

import importlib.util
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]


def patch(path, function=None):
    """Makes each `cpuid` of an ELF file an `ud0`, which is as long and which no compiler writes; or those of one function."""
    only = [f"--disassemble={function}"] if function else ["-d"]
    listing = subprocess.run(["objdump", *only, path], check=True, capture_output=True, text=True).stdout
    places = [int(place, 16) for place in re.findall(r"^ *([0-9a-f]+):\t0f a2 +\tcpuid", listing, re.M)]
    assert places, f"{path} asks nothing"
    data = bytearray(path.read_bytes())
    start, size, count = struct.unpack_from("<Q", data, 32)[0], *struct.unpack_from("<HH", data, 54)
    segments = [struct.unpack_from("<IIQQQQ", data, start + size * number) for number in range(count)]
    for place in places:
        offset = next(o + place - v for kind, _, o, v, _, length in segments if kind == 1 and v <= place < v + length)
        assert data[offset : offset + 2] == b"\x0f\xa2"
        data[offset : offset + 2] = b"\x0f\xff"
    path.write_bytes(data)
    print(f"{path}: {len(places)} questions to the CPU")


def main():
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    folder = pathlib.Path(sys.argv[1]).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", folder / "mask.so", ROOT / "Benchmarks/without_avx512.c"], check=True)
    source = pathlib.Path(importlib.util.find_spec("onnxruntime").origin).parent
    target = folder / "onnxruntime"
    shutil.copytree(source, target, dirs_exist_ok=True)
    with open(target / "__init__.py", "a") as file:
        file.write("\nwithout_avx512 = True\n")
    for library in target.glob("capi/onnxruntime_pybind11_state*.so"):
        patch(library)
    program = folder / "entente"
    shutil.copy(os.environ.get("ENTENTE", ROOT / ".build/release/entente"), program)
    # Of the rest it knows by its own switch, and some of it asks before anything could answer.
    patch(program, "entente_int8_variant")


if __name__ == "__main__":
    main()
