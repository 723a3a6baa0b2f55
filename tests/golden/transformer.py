"""Writes transformer.txt: attention, transformer layers and stacks as torch.nn has them.

    case NETWORK        in train mode, without dropout, or "NETWORK, eval", with dropout 0.1
    causal              1 if a query hears itself and what is before it only
    lengths             how many tokens of each example are there, if not all
    memory_lengths      the same of the memory
    state.PATH          parameters before the call
    in.NAME             an input
    out, upstream       the result and dLoss/dout
    input.NAME          dLoss/dinput
    grad.PATH           dLoss/dparameter

    case names of NETWORK
    name.PATH           of what the state dict has there: the number of axes, and the sizes

Run by `make golden`. Needs PyTorch; the tests need only the text.
"""
from pathlib import Path

import torch
from torch import nn

from golden import draw, generator, line, number

lines = []


def padding(lengths, size):
    """True where there is no token, as PyTorch wants it."""
    return None if lengths is None else torch.arange(size) >= torch.tensor(lengths).unsqueeze(1)


def future(causal, size):
    return torch.ones(size, size, dtype=torch.bool).triu(1) if causal else None


def attention(m, q, k=None, v=None, causal=False, lengths=None):
    k = q if k is None else k
    return m(q, k, k if v is None else v, key_padding_mask=padding(lengths, k.shape[1]),
             attn_mask=future(causal, q.shape[1]), need_weights=False)[0]


def encoder_layer(m, x, causal=False, lengths=None):
    return m(x, future(causal, x.shape[1]), padding(lengths, x.shape[1]))


def encoder(m, x, causal=False, lengths=None):
    return m(x, mask=future(causal, x.shape[1]),
             src_key_padding_mask=padding(lengths, x.shape[1]))


def decoder(m, y, memory, causal=False, lengths=None, memory_lengths=None):
    return m(y, memory, tgt_mask=future(causal, y.shape[1]),
             tgt_key_padding_mask=padding(lengths, y.shape[1]),
             memory_key_padding_mask=padding(memory_lengths, memory.shape[1]))


def transformer(m, x, y, causal=False, lengths=None, memory_lengths=None):
    memory_padding = padding(memory_lengths, x.shape[1])
    return m(x, y, tgt_mask=future(causal, y.shape[1]),
             tgt_key_padding_mask=padding(lengths, y.shape[1]),
             src_key_padding_mask=memory_padding, memory_key_padding_mask=memory_padding)


def case(words, module, call, shapes, causal=False, **lengths):
    """shapes are those of the inputs, by name; lengths those of what is no padding. Matrices are small
    enough for a softmax that has not made up its mind."""
    rng = generator(words)
    module.double().train(not words.endswith(", eval"))
    x = {name: draw(rng, shape) for name, shape in shapes.items()}
    lines.append(f"case {words}")
    if causal:
        lines.append("causal 1")
    lines.extend(f"{name} {' '.join(map(number, value))}" for name, value in lengths.items())
    for name, p in module.named_parameters():
        p.data.copy_(draw(rng, p.shape) / (4 if p.dim() > 1 else 1))
        lines.append(line(f"state.{name}", p))
    lines.extend(line(f"in.{name}", v) for name, v in x.items())
    for v in x.values():
        v.requires_grad_()
    out = call(module, *x.values(), causal=causal, **lengths)
    upstream = draw(rng, out.shape)
    out.backward(upstream)
    lines.extend([line("out", out), line("upstream", upstream)])
    lines.extend(line(f"input.{name}", v.grad) for name, v in x.items())
    lines.extend(line(f"grad.{name}", p.grad) for name, p in module.named_parameters())


def attentions():
    make = lambda: nn.MultiheadAttention(6, 2, batch_first=True)
    q, longer = (2, 3, 6), (2, 4, 6)
    case("attention", make(), attention, {"q": q})
    case("attention, causal", make(), attention, {"q": longer}, causal=True)
    case("attention, lengths", make(), attention, {"q": longer}, lengths=[4, 2])
    case("attention, causal, lengths", make(), attention, {"q": longer}, causal=True,
         lengths=[1, 3])
    case("attention, cross", make(), attention, {"q": q, "k": longer})
    case("attention, cross, lengths", make(), attention, {"q": q, "k": longer}, lengths=[2, 4])
    case("attention, three inputs", make(), attention, {"q": q, "k": longer, "v": longer})
    case("attention of one head", nn.MultiheadAttention(3, 1, batch_first=True), attention,
         {"q": (1, 5, 3)})


MAKE = {"encoder layer": nn.TransformerEncoderLayer, "decoder layer": nn.TransformerDecoderLayer}


def options(norm_first, gelu, dropout=0.0):
    return {"d_model": 6, "nhead": 2, "dim_feedforward": 5, "dropout": dropout,
            "activation": "gelu" if gelu else "relu", "norm_first": norm_first,
            "batch_first": True}


def stack(kind, layers, norm_first, norm):
    make = {"encoder": nn.TransformerEncoder, "decoder": nn.TransformerDecoder}[kind]
    return make(MAKE[f"{kind} layer"](**options(norm_first, False)), layers,
                nn.LayerNorm(6) if norm else None)


def layers():
    x, y = (2, 4, 6), (2, 3, 6)
    for norm_first, gelu in [(False, False), (True, False), (False, True), (True, True)]:
        words = ("pre" if norm_first else "post") + (", gelu" if gelu else "")
        for kind, call, inputs, lengths in [
                ("encoder layer", encoder_layer, {"x": x}, {"lengths": [4, 2]}),
                ("decoder layer", decoder, {"y": y, "memory": x},
                 {"lengths": [3, 2], "memory_lengths": [1, 4]})]:
            make = lambda **more: MAKE[kind](**options(norm_first, gelu, **more))
            case(f"{kind}, {words}", make(), call, inputs)
            case(f"{kind}, {words}, causal, lengths", make(), call, inputs, causal=True, **lengths)
            case(f"{kind}, {words}, eval", make(dropout=0.1), call, inputs, causal=True)


def stacks():
    x, y = (2, 4, 6), (2, 3, 6)
    case("encoder", stack("encoder", 2, False, False), encoder, {"x": x}, lengths=[3, 4])
    case("encoder, norm", stack("encoder", 2, True, True), encoder, {"x": x}, causal=True)
    case("decoder", stack("decoder", 2, False, False), decoder, {"y": y, "memory": x})
    case("decoder, norm", stack("decoder", 2, True, True), decoder, {"y": y, "memory": x},
         causal=True, memory_lengths=[2, 4])
    both = lambda layers, **o: nn.Transformer(
        num_encoder_layers=layers[0], num_decoder_layers=layers[1], **(options(False, False) | o))
    case("transformer", both((2, 1)), transformer, {"x": x, "y": y}, causal=True, lengths=[3, 1],
         memory_lengths=[4, 2])
    case("transformer, pre", both((1, 2), norm_first=True), transformer, {"x": x, "y": y},
         causal=True)
    lines.append("case names of a transformer")
    lines.extend(" ".join([f"name.{name}", *map(number, (tensor.ndim, *tensor.shape))])
                 for name, tensor in both((2, 3)).state_dict().items())


attentions()
layers()
stacks()
Path(__file__).with_suffix(".txt").write_text("\n".join(lines) + "\n")
