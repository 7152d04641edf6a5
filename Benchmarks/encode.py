#!/usr/bin/env python3
"""Times entente's vision encoders against open_clip on PyTorch and ONNX Runtime, and prints ratios.

    swift build -c release --product entente
    python Benchmarks/encode.py [--threads N] [--rounds N] [--precision bf16|int8] [--kernels avx2] [MODEL:BATCH ...]
    python Benchmarks/encode.py ViT-B-16:16 ViT-B-16-SigLIP:16

All in fp32 on the CPU, random weights of the same architecture, the same batch and number of threads, on the same machine,
in turns: round by round entente, PyTorch, ONNX Runtime. Entente's threads each encode a batch of their own, its way of
using a machine; the others split one batch over the threads, theirs. Figures are medians over the rounds with the slowest
and the fastest; ratios are of medians. With --precision entente runs once more in it, in the same rounds, and so does ONNX
Runtime with its dynamic int8 (quantize_dynamic, weights by channel), or for bf16, which ONNX Runtime has no CPU kernels for, PyTorch with the
model in bfloat16; ratios are of that then, and of entente's fp32, and "own peak" is the share of what the precision's instruction reaches on
registers alone. --kernels avx2 holds entente to AVX2. The peers have no such switch (ONNX Runtime takes what the CPU has), so with it there is
no peer but a copy of ONNX Runtime that without_avx512.py made. Needs torch, open_clip_torch, onnx and onnxruntime.
"""

import argparse
import importlib.util
import json
import os
import pathlib
import platform
import statistics
import subprocess
import tempfile
import time

for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "ENTENTE_KERNELS"):
    os.environ.pop(name, None)

import onnxruntime  # noqa: E402
import torch  # noqa: E402

# The torchvision build may lack its compiled operators, which open_clip only needs to be declared.
if not list(pathlib.Path(importlib.util.find_spec("torchvision").origin).parent.glob("_C*")):
    library = torch.library.Library("torchvision", "DEF")
    library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
import open_clip  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[1]
# Of the copy that without_avx512.py makes.
WITHOUT_AVX512 = getattr(onnxruntime, "without_avx512", False)
DEFAULT = ["ViT-B-32:32", "ViT-B-16:16", "ViT-L-14:8", "RN50:16", "convnext_base_w:8"]


def seconds_a_call(call, least=2.0):
    call()
    times, start = 0, time.perf_counter()
    while times < 1 or time.perf_counter() - start < least:
        call()
        times += 1
    return (time.perf_counter() - start) / times


def entente(name, batch, threads, precision="fp32"):
    program = [os.environ.get("ENTENTE", str(ROOT / ".build/release/entente")), "benchmark", "encode", "--architecture", name, "--precision", precision, "--batch-size", str(batch), "--lanes", str(threads), "--rounds", "1", "--json"]
    return json.loads(subprocess.run(program, check=True, capture_output=True, text=True).stdout)


def peers(name, batch, threads, folder):
    """What encodes one batch: PyTorch and ONNX Runtime on the same weights."""
    model = open_clip.create_model(name, precision="fp32").visual.eval()
    size = model.image_size if isinstance(model.image_size, int) else model.image_size[0]
    pictures = torch.randn(batch, 3, size, size)
    path = pathlib.Path(folder) / f"{name}.onnx"
    # The fused path of nn.MultiheadAttention has no ONNX operator.
    torch.backends.mha.set_fastpath_enabled(False)
    torch.onnx.export(model, (pictures,), str(path), input_names=["pictures"], output_names=["embeddings"], opset_version=17, dynamo=False)
    torch.backends.mha.set_fastpath_enabled(True)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    feed = {"pictures": pictures.numpy()}
    with torch.inference_mode():
        difference = float(abs(torch.from_numpy(session.run(None, feed)[0]) - model(pictures)).max())
    assert difference < 1e-2, f"ONNX Runtime computes something else: {difference}"

    def by_torch():
        with torch.inference_mode():
            model(pictures)

    return by_torch, lambda: session.run(None, feed), path, options, feed


def dynamic_int8(path, options, feed):
    """ONNX Runtime's own int8 of the same model."""
    from onnxruntime.quantization import quantize_dynamic
    from onnxruntime.quantization.shape_inference import quant_pre_process

    prepared, narrow = path.with_suffix(".prepared.onnx"), path.with_suffix(".int8.onnx")
    quant_pre_process(str(path), str(prepared), skip_symbolic_shape=True)
    quantize_dynamic(str(prepared), str(narrow), per_channel=True)
    session = onnxruntime.InferenceSession(str(narrow), options, providers=["CPUExecutionProvider"])
    return lambda: session.run(None, feed)


def bfloat16(name, batch):
    """PyTorch with everything in bfloat16."""
    model = open_clip.create_model(name, precision="fp32").visual.eval().to(torch.bfloat16)
    size = model.image_size if isinstance(model.image_size, int) else model.image_size[0]
    pictures = torch.randn(batch, 3, size, size, dtype=torch.bfloat16)

    def run():
        with torch.inference_mode():
            model(pictures)

    return run


def narrow_peer(name, batch, threads, precision, folder):
    """What encodes one batch in the precision, and is not entente; None on a set of kernels that nobody else can be held to."""
    if "ENTENTE_KERNELS" in os.environ and (precision == "bf16" or not WITHOUT_AVX512):
        return None
    if precision == "bf16":
        return bfloat16(name, batch)
    _, _, path, options, feed = peers(name, batch, threads, folder)
    return dynamic_int8(path, options, feed)


def narrow_row(name, batch, threads, rounds, precision, folder):
    """A row of the table of a precision, everything in turns."""
    peer = narrow_peer(name, batch, threads, precision, folder)
    speeds, shares, last = {"fp32": [], precision: [], "peer": []}, [], {}
    for _ in range(rounds):
        speeds["fp32"].append(entente(name, batch, threads)["images_per_second"])
        last = entente(name, batch, threads, precision)
        speeds[precision].append(last["images_per_second"])
        # Left out where the precision has no instruction of its own.
        if "share_of_instruction_peak" in last:
            shares.append(last["share_of_instruction_peak"])
        if peer:
            speeds["peer"].append(batch / seconds_a_call(peer))
    middle = {key: statistics.median(values) for key, values in speeds.items() if values}
    cells = [f"{middle[key]:.1f} ({min(values):.1f}–{max(values):.1f})" if values else "–" for key, values in speeds.items()]
    ratios = [f"{middle[precision] / middle[key]:.2f}×" if key in middle else "–" for key in ("fp32", "peer")]
    share = f"{100 * statistics.median(shares):.0f} %" if shares else "–"
    print(f"| {name}, {batch} | " + " | ".join(cells + ratios) + f" | {share} | {last['least_cosine']:.6f} |", flush=True)
    return last["kernel_set"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--precision", choices=["bf16", "int8"])
    parser.add_argument("--kernels", choices=["avx2"], help="of entente, with --precision; leaves out a peer that takes more")
    parser.add_argument("models", nargs="*", default=DEFAULT)
    arguments = parser.parse_args()
    if arguments.kernels:
        if not arguments.precision:
            parser.error("--kernels goes with --precision: nobody but entente can be held to them")
        os.environ["ENTENTE_KERNELS"] = arguments.kernels
        # As OpenBLAS's are chosen apart.
        os.environ["OPENBLAS_CORETYPE"] = "Haswell"
    torch.set_num_threads(arguments.threads)
    cpu = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.processor())
    print(f"{cpu}, {arguments.threads} threads, PyTorch {torch.__version__}, ONNX Runtime {onnxruntime.__version__}, {arguments.rounds} rounds\n")
    if arguments.precision:
        peer = "PyTorch bf16" if arguments.precision == "bf16" else "ONNX Runtime int8"
        print(f"| model, batch | entente fp32 | entente {arguments.precision} | {peer} | against fp32 | against {peer} | own peak | least cosine |")
        print("|---|---|---|---|---|---|---|---|")
        kernels = ""
        for entry in arguments.models:
            name, batch = entry.rsplit(":", 1)
            with tempfile.TemporaryDirectory() as folder:
                kernels = narrow_row(name, int(batch), arguments.threads, arguments.rounds, arguments.precision, folder)
        print(f"\nImages a second; kernel set {kernels}.")
        return
    print("| model, batch | entente | PyTorch | ONNX Runtime | against PyTorch | against ONNX Runtime | of sgemm peak |")
    print("|---|---|---|---|---|---|---|")
    for entry in arguments.models:
        name, batch = entry.rsplit(":", 1)
        batch = int(batch)
        with tempfile.TemporaryDirectory() as folder:
            by_torch, by_onnx, *_ = peers(name, batch, arguments.threads, folder)
            speeds, shares, kernels = {"entente": [], "torch": [], "onnx": []}, [], ""
            for _ in range(arguments.rounds):
                own = entente(name, batch, arguments.threads)
                speeds["entente"].append(own["images_per_second"])
                shares.append(own["share_of_peak"])
                kernels = own["kernel_set"]
                speeds["torch"].append(batch / seconds_a_call(by_torch))
                speeds["onnx"].append(batch / seconds_a_call(by_onnx))
        middle = {key: statistics.median(values) for key, values in speeds.items()}
        cells = [f"{middle[key]:.1f} ({min(values):.1f}–{max(values):.1f})" for key, values in speeds.items()]
        print(f"| {name}, {batch} | " + " | ".join(cells) + f" | {middle['entente'] / middle['torch']:.2f}× | {middle['entente'] / middle['onnx']:.2f}× | {100 * statistics.median(shares):.0f} % |", flush=True)
    print(f"\nImages a second; kernel set {kernels}.")


if __name__ == "__main__":
    main()
