"""The models' configurations in open_clip's words."""

CONTEXT = 32


def model_config(vision, text_layers=4):
    """open_clip's `model_cfg` around a vision tower; the vocabulary's size is filled in by `fresh`."""
    text = {"context_length": CONTEXT, "vocab_size": 0, "width": 128, "heads": 4, "layers": text_layers}
    return {"embed_dim": 128, "vision_cfg": vision, "text_cfg": text}


def transformer(width, layers, patch):
    return {"image_size": 96, "layers": layers, "width": width, "head_width": 64 if width % 64 == 0 else 32, "patch_size": patch}


DEMO = model_config(transformer(width=128, layers=4, patch=8))
