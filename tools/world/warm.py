"""A SigLIP's first weights out of a trained CLIP of the same widths. Both have the same blocks; what one lacks is fitted to what the other
has, and training mends the rest."""

import json
from pathlib import Path

import torch

import clip


@torch.no_grad()
def start(model, folder, pixels):
    """`model` (`siglip.Siglip`, its vocabulary in `model.tokens`) from the CLIP in `folder`; `pixels` [n, 3, S, S] in 0…255 say how large
    what goes into its blocks is."""
    source, _ = clip.load(folder)
    vision, text = model.visual, model.model.text_model
    for block, other in zip(vision.encoder.layers, source.visual.transformer.resblocks):
        _block(block, other)
    for block, other in zip(text.encoder.layers, source.transformer.resblocks):
        _block(block, other)
    _patches(vision.embeddings, source.visual, pixels)
    _copy(vision.post_layernorm, source.visual.ln_post)
    _pool(vision.head, source.visual.proj)
    _words(text.embeddings, source, model.tokens, folder)
    _copy(text.final_layer_norm, source.ln_final)
    text.head.weight.copy_(source.text_projection.T)
    text.head.bias.zero_()


def _copy(layer, other):
    layer.weight.copy_(other.weight)
    layer.bias.copy_(other.bias)


def _block(block, other):
    _copy(block.layer_norm1, other.ln_1)
    _copy(block.layer_norm2, other.ln_2)
    attention = block.self_attn
    for layer, weight, bias in zip((attention.q_proj, attention.k_proj, attention.v_proj), other.attn.in_proj_weight.chunk(3), other.attn.in_proj_bias.chunk(3)):
        layer.weight.copy_(weight)
        layer.bias.copy_(bias)
    _copy(attention.out_proj, other.attn.out_proj)
    _copy(block.mlp.fc1, other.mlp.c_fc)
    _copy(block.mlp.fc2, other.mlp.c_proj)


def _patches(embeddings, visual, pixels):
    """The norm before CLIP's blocks becomes part of the convolution and the positions: its gain over the usual deviation of a row."""
    weight, places = visual.conv1.weight, visual.positional_embedding[1:]
    rows = visual.conv1(clip.normalised(pixels)).flatten(2).transpose(1, 2) + places
    gain = visual.ln_pre.weight / rows.std(-1, unbiased=False).mean()
    # CLIP's pixels in SigLIP's: both are linear in the levels.
    std, mean = torch.tensor(clip.STD), torch.tensor(clip.MEAN)
    offset = torch.einsum("oihw,i->o", weight, (0.5 - mean) / std)
    weight = weight * (0.5 / std)[None, :, None, None]
    embeddings.patch_embedding.weight.copy_((weight - weight.mean(0)) * gain[:, None, None, None])
    embeddings.patch_embedding.bias.copy_((offset - offset.mean()) * gain + visual.ln_pre.bias)
    embeddings.position_embedding.weight.copy_((places - places.mean(-1, keepdim=True)) * gain)


def _pool(head, projection):
    """At first the mean of the patches, each embedded as CLIP embeds its class token."""
    width = len(projection)
    attention = head.attention
    attention.in_proj_weight[:width].mul_(0.1)
    attention.in_proj_weight[2 * width :].copy_(torch.eye(width))
    attention.in_proj_bias.zero_()
    attention.out_proj.weight.copy_(projection.T)
    attention.out_proj.bias.zero_()
    head.mlp.fc2.weight.mul_(0.1)
    head.mlp.fc2.bias.zero_()


def _words(embeddings, source, tokens, folder):
    """Words that both vocabularies have, by name; padding, which is read where CLIP reads the end, as the end. CLIP has one token before
    the text."""
    known = json.loads(Path(folder, "vocab.json").read_text(encoding="utf-8"))
    rows = source.token_embedding.weight
    embeddings.token_embedding.weight.copy_(rows.std() * torch.randn_like(embeddings.token_embedding.weight))
    for token, number in tokens.items():
        place = known.get(token.lstrip("▁") + "</w>")
        if token in ("<pad>", "<eos>"):
            place = known["<|endoftext|>"]
        if place is not None:
            embeddings.token_embedding.weight[number] = rows[place]
    places = source.positional_embedding
    embeddings.position_embedding.weight.copy_(torch.cat([places[1:], places[-1:]]))
