"""Runs the dense methods' own repositories on small models, for the tests of `Sources/Inference/Dense`.

    python tools/golden/dense_released.py SNAPSHOTS Tests/InferenceTests/Golden/dense

SNAPSHOTS holds a checkout of each repository in REPOSITORIES, as OWNER+NAME, at the commit that is named there. Needs torch 2.13,
mmcv 1.7.2 (without its operators), einops, scikit-learn, opencv and ftfy, which these repositories import.

What is released runs as it is, in single precision on the CPU, but for what belongs to the weights and not to the method: activation and
epsilon of the norms are the model's (some repositories fix OpenAI's, MaskCLIP's configuration has others), and ResCLIP's feedback, which
is made half as precise for a GPU's sake, stays whole. Each folder gets `released.safetensors`, each of the zoo's models a folder:
    SIZE/pixel_values [1,3,S,S], SIZE/METHOD [1,n,C] for every size and every method whose code runs at the model's depth,
    texts [C,e] of length 1, and for anoclip normal and abnormal [C,e];
    empty [e], empty/clip-surgery [1,n,C] with it as the redundant feature, combined/… as `combined` below says.
"""

import contextlib
import importlib
import importlib.util
import json
import pathlib
import sys
import types

import numpy
import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file

assert torch.__version__.startswith("2.13."), torch.__version__

REPOSITORIES = {
    "chongzhou96+MaskCLIP": "245d31f809be9c1938f8f30561b6bf9ed033d746",
    "xmed-lab+CLIP_Surgery": "d4696d47f49cfe70f49140afe5eb94f94c5f59bc",
    "wangf3014+SCLIP": "b56bd3014b9e8a3ee3450bcfc53700a67d627b7a",
    "sinahmr+NACLIP": "0cac3a651f753b11315ea799cfbfabf79da1bd76",
    "mc-lan+ClearCLIP": "ad68a404d55d48d27330b93554eb64a234ff717f",
    "yvhangyang+ResCLIP": "0e085f7f52f06098b383599e9653cd28cc665a8c",
    "SuleBai+SC-CLIP": "0417ba92851e9dd7432d608f10a0804d01a23062",
    "leaves162+CLIPtrase": "2b7de612e5745ccaf9f7c57ee5ba83d526062f0c",
    "hq-deng+AnoVL": "3a70bfdaea6baf1eeb140c5de8155b535bd94833",
}

ZOO = pathlib.Path(__file__).resolve().parents[2] / "share/zoo/models"
# Native, larger and smaller; SC-CLIP asks for 31 patches.
SIZES = {"base": (64, 80, 48), "large": (63, 77, 42), "vit-s12": (96, 132, 72), "vit-m12": (96, 132, 72)}


def unit(x):
    return x / x.norm(dim=-1, keepdim=True)


def module(folder, path, package=None, needs=()):
    """A file of a repository as a module; `needs` are folders for what it imports by plain names."""
    name = "released_" + "".join(c if c.isalnum() else "_" for c in folder.name + path)
    if package:
        name = f"{package}.{pathlib.Path(path).stem}"
    spec = importlib.util.spec_from_file_location(name, folder / path)
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[name] = loaded
    sys.path[:0] = [str(folder / need) for need in needs]
    try:
        spec.loader.exec_module(loaded)
    finally:
        del sys.path[:len(needs)]
        for plain in ("pamr", "clip", "prompts"):
            sys.modules.pop(plain, None)
    return loaded


def package(folder, path, name):
    """A folder of a repository as a package whose files are loaded one by one, without its own `__init__`."""
    made = types.ModuleType(name)
    made.__path__ = [str(folder / path)]
    sys.modules[name] = made
    return name


class Model:
    """A model directory's vision tower."""

    def __init__(self, folder):
        cfg = json.loads((folder / "open_clip_config.json").read_text())["model_cfg"]
        v = cfg["vision_cfg"]
        self.cfg, self.embed = cfg, cfg["embed_dim"]
        self.size, self.patch, self.width, self.layers = v["image_size"], v["patch_size"], v["width"], v["layers"]
        self.heads = self.width // v.get("head_width", 64)
        self.quick, self.ratio = cfg.get("quick_gelu", False), v.get("mlp_ratio", 4.0)
        weights = load_file(folder / "open_clip_model.safetensors")
        self.weights = {k.removeprefix("visual."): t.float() for k, t in weights.items() if k.startswith("visual.")}

    def openai(self, made):
        """Weights and activation into a vision transformer in OpenAI's naming."""
        made.load_state_dict(self.weights, strict=True)
        return self.activated(made).eval().float()

    def activated(self, made):
        if not self.quick:
            for block in made.transformer.resblocks:
                block.mlp.gelu = torch.nn.GELU()
        return made

    def arguments(self):
        return dict(input_resolution=self.size, patch_size=self.patch, width=self.width, layers=self.layers, heads=self.heads,
                    output_dim=self.embed)


class QuickGELU(torch.nn.Module):
    def forward(self, x):
        return x * torch.sigmoid(1.702 * x)


def maskclip(folder, m):
    """Their backbone with their head's projection; keys as their conversion script writes them."""
    import mmcv.cnn.bricks.registry as registry
    if "QuickGELU" not in registry.ACTIVATION_LAYERS.module_dict:
        registry.ACTIVATION_LAYERS.register_module(module=QuickGELU, name="QuickGELU")
    # mmseg's own `__init__` refuses newer mmcv and loads all models; these files are what the backbone needs.
    for name, path in [("mmseg", "mmseg"), ("mmseg.models", "mmseg/models"), ("mmseg.models.backbones", "mmseg/models/backbones"),
                       ("mmseg.models.utils", "mmseg/models/utils"), ("mmseg.ops", "mmseg/ops"), ("mmseg.utils", "mmseg/utils")]:
        package(folder, path, name)
    sys.modules["mmseg.utils"].get_root_logger = None
    sys.modules["mmseg.models.builder"] = types.SimpleNamespace(BACKBONES=types.SimpleNamespace(register_module=lambda: lambda c: c))
    sys.modules["mmseg.ops"].resize = module(folder, "mmseg/ops/wrappers.py", "mmseg.ops").resize
    sys.modules["mmseg.models.utils"].PatchEmbed = module(folder, "mmseg/models/utils/embed.py", "mmseg.models.utils").PatchEmbed
    backbone = module(folder, "mmseg/models/backbones/vit.py", "mmseg.models.backbones").VisionTransformer(
        img_size=(m.size, m.size), patch_size=m.patch, patch_bias=False, embed_dims=m.width, num_layers=m.layers, num_heads=m.heads,
        mlp_ratio=int(m.ratio), norm_cfg=dict(type="LN", eps=1e-5), act_cfg=dict(type="QuickGELU" if m.quick else "GELU"),
        pre_norm=True, final_norm=True, return_qkv=True, interpolate_mode="bicubic")
    names = [("class_embedding", "cls_token"), ("positional_embedding", "pos_embed"), ("conv1.weight", "patch_embed.projection.weight"),
             ("ln_pre", "ln0"), ("ln_post", "ln1"), ("transformer.resblocks.", "layers."), (".mlp.c_fc", ".ffn.layers.0.0"),
             (".mlp.c_proj", ".ffn.layers.1"), (".attn.", ".attn.attn."), (".ln_", ".ln")]
    state = {}
    for key, tensor in m.weights.items():
        if key == "proj":
            continue
        for ours, theirs in names:
            key = key.replace(ours, theirs)
        state[key] = tensor[None, None] if key == "cls_token" else tensor[None] if key == "pos_embed" else tensor
    backbone.load_state_dict(state)
    backbone.eval()

    def features(pixels, texts):
        v = backbone(pixels)[0][3]
        return v.flatten(2).transpose(1, 2) @ m.weights["proj"]
    return features


def clip_surgery(folder, m):
    source = module(folder, "clip/clip_surgery_model.py")
    functions = surgery_functions(folder)

    def similarity(pixels, texts):
        # A model each, since the released code changes its own positions.
        features = unit(m.openai(source.VisionTransformer(**m.arguments()))(pixels))
        return functions.clip_feature_surgery(features, texts)[:, 1:]
    return similarity


def surgery_functions(folder):
    """The functions of their clip.py, without its tokenizer's file."""
    sys.modules["released_surgery.simple_tokenizer"] = types.SimpleNamespace(SimpleTokenizer=lambda: None)
    sys.modules["released_surgery.build_model"] = types.SimpleNamespace(build_model=None)
    package(folder, "clip", "released_surgery")
    return module(folder, "clip/clip.py", "released_surgery")


def sclip(folder, m):
    net = m.openai(module(folder, "clip/model.py").VisionTransformer(**m.arguments()))
    return lambda pixels, texts: net(pixels, return_all=True, csa=True)[:, 1:]


def naclip(folder, m):
    net = m.openai(module(folder, "clip/model.py").VisionTransformer(**m.arguments()))
    net.set_params("reduced", "naclip", 5.0)
    return lambda pixels, texts: net(pixels, return_all=True)[:, 1:]


def clearclip(folder, m, kind="ClearCLIP"):
    package(folder, "open_clip", "released_clear")
    module(folder, "open_clip/utils.py", "released_clear")
    module(folder, "open_clip/pos_embed.py", "released_clear")
    source = module(folder, "open_clip/transformer.py", "released_clear")
    net = source.VisionTransformer(
        image_size=m.size, patch_size=m.patch, width=m.width, layers=m.layers, heads=m.heads, mlp_ratio=m.ratio, output_dim=m.embed,
        act_layer=source.QuickGELU if m.quick else torch.nn.GELU)
    net.load_state_dict(m.weights)
    net.eval()
    return lambda pixels, texts: net(pixels, kind, True)


@contextlib.contextmanager
def on_the_cpu_in_full():
    """`.cuda()` and half precision mean nothing here."""
    kept = torch.Tensor.cuda, torch.Tensor.to, torch.device, torch.nn.Module.to
    torch.Tensor.cuda = lambda self, *a, **k: self
    whole = lambda x: torch.float32 if x is torch.float16 else x
    torch.Tensor.to = lambda self, *a, **k: kept[1](self, *map(whole, a), **k)
    torch.nn.Module.to = lambda self, *a, **k: self
    try:
        yield
    finally:
        torch.Tensor.cuda, torch.Tensor.to, _, torch.nn.Module.to = kept


def resclip(folder, m):
    if m.layers < 9:
        return None
    net = m.openai(module(folder, "clip/model.py", needs=(".",)).VisionTransformer(**m.arguments()))
    net.set_params("wo_resi", "resclip", 5.0)

    def features(pixels, texts):
        with on_the_cpu_in_full():
            return net(pixels, return_all=True, use_rcs=True, use_sfr=True, temp_thd=0.25, attn_sfr_weights=[1.8, 0.7],
                       attn_rcs_weights=[2.0, 0.4], delete_same_entity=True, query_features=texts, img=pixels, patch_size=m.patch,
                       logit_scale=40, dtype=torch.float32, align_corners=False)[:, 1:]
    return features


def sc_clip(folder, m):
    net = m.openai(module(folder, "clip/model.py").VisionTransformer(**m.arguments()))
    number = lambda b: b if m.layers >= 12 else min(max((b * m.layers + 6) // 12, 1), m.layers - 1)
    # Their settings, which a shallower model scales: indices of blocks from 0 on, the end excluded.
    net.pre_adjust_idx, net.post_adjust_idx = number(9) - 1, number(4) - 1
    net.multi_start_idx, net.multi_end_idx = number(4) - 1, number(10)
    return lambda pixels, texts: net(pixels, return_all=True)


def cliptrase(folder, m):
    if m.layers != 12:
        return None
    package(folder, "clip_utils", "released_trase")
    module(folder, "clip_utils/attn2.py", "released_trase")
    net = m.openai(module(folder, "clip_utils/model.py", "released_trase").VisionTransformer(**m.arguments()))
    return lambda pixels, texts: net(pixels)[0][:, 1:]


def anoclip(folder, m):
    if m.layers < 12:
        return None
    package(folder, "open_clip", "released_ano")
    module(folder, "open_clip/utils.py", "released_ano")
    source = module(folder, "open_clip/transformer.py", "released_ano")
    resizing = grid_resizing(folder)

    def features(pixels, texts):
        side = pixels.shape[-1]
        net = source.VisionTransformer(
            image_size=side, patch_size=m.patch, width=m.width, layers=m.layers, heads=m.heads, mlp_ratio=m.ratio, output_dim=m.embed,
            ls_init_value=None, act_layer=source.QuickGELU if m.quick else torch.nn.GELU)
        state = {"visual." + key: tensor for key, tensor in m.weights.items()}
        resizing(state, types.SimpleNamespace(visual=net))
        net.load_state_dict({key.removeprefix("visual."): tensor for key, tensor in state.items()})
        net.eval()
        with torch.no_grad():
            _, tokens = net(pixels, [m.layers])
        # The second path comes first; norm and projection are those of its adapter's linear layer, which is the model's.
        return (net.ln_post(tokens[0]) @ net.proj)[:, 1:]
    return features


def grid_resizing(folder):
    """`resize_pos_embed` of their open_clip, cut out of its file, whose other imports are not needed."""
    text = (folder / "open_clip/model.py").read_text()
    start = text.index("def resize_pos_embed(")
    names = {"F": F, "torch": torch, "math": __import__("math"), "logging": __import__("logging"),
             "to_2tuple": lambda x: x if isinstance(x, tuple) else (x, x)}
    exec(text[start:], names)
    return names["resize_pos_embed"]


METHODS = {
    "maskclip": ("chongzhou96+MaskCLIP", maskclip), "clip-surgery": ("xmed-lab+CLIP_Surgery", clip_surgery),
    "sclip": ("wangf3014+SCLIP", sclip), "naclip": ("sinahmr+NACLIP", naclip), "clearclip": ("mc-lan+ClearCLIP", clearclip),
    "resclip": ("yvhangyang+ResCLIP", resclip), "sc-clip": ("SuleBai+SC-CLIP", sc_clip),
    "cliptrase": ("leaves162+CLIPtrase", cliptrase), "anoclip": ("hq-deng+AnoVL", anoclip),
    # What many mean by MaskCLIP, in ClearCLIP's harness.
    "maskclip-reduced": ("mc-lan+ClearCLIP", lambda folder, m: clearclip(folder, m, "MaskCLIP")),
}


def combined(folder, maps, empty_maps, shape):
    """CLIP Surgery's demo for "a+b", of the first two texts, as its script has it: the empty text's similarity [n, 2] in `empty_maps`;
    mean map, then x and y of the negatives and of each text's positives."""
    functions = surgery_functions(folder)
    scaled = (empty_maps - empty_maps.min(0, keepdim=True)[0]) / (empty_maps.max(0, keepdim=True)[0] - empty_maps.min(0, keepdim=True)[0])
    mean = scaled.mean(-1, keepdim=True)
    points, _ = functions.similarity_map_to_points(mean, shape, t=0.8)
    negative = points[len(points) // 2:]
    positive = []
    for text in range(empty_maps.shape[1]):
        points, _ = functions.similarity_map_to_points(empty_maps[:, text], shape, t=0.8)
        positive += points[:len(points) // 2]
    return mean[:, 0], torch.tensor(negative, dtype=torch.int32), torch.tensor(positive, dtype=torch.int32)


def write(snapshots, folder, model_folder, sizes):
    m = Model(model_folder)
    generator = numpy.random.default_rng(len(sizes) + sizes[0] + m.layers)
    normal = lambda *shape: torch.from_numpy(generator.standard_normal(shape).astype(numpy.float32))
    tensors = {}
    for size in sizes:
        coarse = F.interpolate(normal(1, 3, 6, 6), (size, size), mode="nearest") + 0.2 * normal(1, 3, size, size)
        tensors[f"{size}/pixel_values"] = coarse
    made = {name: make(snapshots / repository, m) for name, (repository, make) in METHODS.items()}
    # Texts near some patches, so that different patches look like different texts.
    with torch.no_grad():
        patches = made["naclip"](tensors[f"{sizes[0]}/pixel_values"], None)[0]
        some = patches[generator.choice(len(patches), 12)] - 0.9 * patches.mean(0)
        for key in ("texts", "normal", "abnormal"):
            tensors[key] = unit(unit(some) + 0.15 * normal(12, m.embed))
        tensors["empty"] = unit(normal(m.embed))
        for size in sizes:
            pixels = tensors[f"{size}/pixel_values"]
            for name, run in made.items():
                if run is None:
                    continue
                # CLIP Surgery's code goes through six blocks whatever there are.
                if name == "clip-surgery" and m.layers < 6:
                    continue
                out = run(pixels.clone(), tensors["texts"].clone())
                if name == "anoclip":
                    out = torch.stack([unit(out) @ tensors["normal"].T, unit(out) @ tensors["abnormal"].T], -1).softmax(-1)[..., 1]
                elif name != "clip-surgery":
                    out = unit(out) @ tensors["texts"].T
                assert torch.isfinite(out).all(), name
                tensors[f"{size}/{name}"] = out
        if m.layers >= 6:
            surgery = module(snapshots / "xmed-lab+CLIP_Surgery", "clip/clip_surgery_model.py")
            functions = surgery_functions(snapshots / "xmed-lab+CLIP_Surgery")
            features = unit(m.openai(surgery.VisionTransformer(**m.arguments()))(tensors[f"{sizes[0]}/pixel_values"]))
            several = functions.clip_feature_surgery(features, tensors["texts"], tensors["empty"][None])[0, 1:]
            tensors["empty/clip-surgery"] = several[None]
            mean, negative, positive = combined(snapshots / "xmed-lab+CLIP_Surgery", several, several[:, :2], (375, 500))
            tensors |= {"combined/map": mean, "combined/negative": negative, "combined/positive": positive}
    folder.mkdir(exist_ok=True)
    save_file({key: tensor.contiguous() for key, tensor in tensors.items()}, folder / "released.safetensors")
    print(folder.name, sorted(name for name in made if f"{sizes[0]}/{name}" in tensors))


if __name__ == "__main__":
    snapshots, out = map(pathlib.Path, sys.argv[1:3])
    for name, sizes in SIZES.items():
        write(snapshots, out / name, ZOO / name if (ZOO / name).exists() else out / name, sizes)
