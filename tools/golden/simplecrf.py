"""The dense CRF of SimpleCRF 0.2.1.1, which the released code refines foregrounds with, for golden scripts.

    pip download --no-deps --no-binary simplecrf SimpleCRF==0.2.1.1 && tar xzf SimpleCRF-0.2.1.1.tar.gz

`compile_core` makes a library of that folder's C++ core (its `densecrf`, with the Eigen that it ships), which `refine` calls
through ctypes: the package's Python binding fails with numpy 2. Needs numpy and a C++ compiler for x86-64. Flags matter: with
instruction sets beyond x86-64's first, compilers may fuse multiplications with additions.
"""

import ctypes
import pathlib
import subprocess

import numpy as np

CORE = ["densecrf", "labelcompatibility", "objective", "pairwise", "permutohedral", "unary", "util"]
# Weights and widths in the order of the released call: w1, xy, rgb, w2, spatial, iterations.
DEFAULTS = (10, 40, 13, 3, 3, 5)
# A C function, so that neither a mangled name nor how C++ returns a vector has to be known here.
ENTRY = """\
#include "densecrf_core.h"
extern "C" void refine(const unsigned char *image, const float *probabilities, int height, int width, const double *values, short *labels) {
    CRFParam parameters;
    parameters.w1 = values[0];
    parameters.alpha = values[1];
    parameters.beta = values[2];
    parameters.w2 = values[3];
    parameters.gamma = values[4];
    parameters.iter = int(values[5]);
    VectorXs found = dense_crf_inference(image, probabilities, height, width, 2, parameters);
    for (int pixel = 0; pixel < height * width; pixel++) labels[pixel] = found[pixel];
}
"""


def compile_core(source, folder):
    """source: the unpacked package; folder: where the library may lie for as long as it is used."""
    python, densecrf = (pathlib.Path(source) / name for name in ("densecrf_python", "dependency/densecrf"))
    folder = pathlib.Path(folder)
    entry, library = folder / "entry.cpp", folder / "simplecrf.so"
    entry.write_text(ENTRY)
    files = [entry, python / "densecrf_core.cpp"] + [densecrf / "src" / f"{name}.cpp" for name in CORE]
    includes = [f"-I{place}" for place in (python, densecrf / "include", densecrf / "external/liblbfgs/include")]
    subprocess.run(["c++", "-O2", "-w", "-shared", "-fPIC", "-o", library, *includes, *files], check=True)
    core = ctypes.CDLL(str(library)).refine
    core.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p]
    core.restype = None
    return core


def refine(core, image, mask, parameters=DEFAULTS):
    """Where the CRF sees foreground, bool [h, w].

    image: uint8 [h, w, 3]; mask: bool [h, w], whose one-hot form stands for the probabilities, as in the released code.
    """
    height, width = mask.shape
    assert image.shape == (height, width, 3) and image.dtype == np.uint8, (image.shape, image.dtype)
    image = np.ascontiguousarray(image)
    probabilities = np.ascontiguousarray(np.stack([~mask, mask], -1), np.float32)
    values = np.array(parameters, np.float64)
    labels = np.empty((height, width), np.int16)
    core(image.ctypes.data, probabilities.ctypes.data, height, width, values.ctypes.data, labels.ctypes.data)
    return labels != 0
