"""Writes ops.txt: every op of lib/autograd/ops.h as PyTorch computes it, forward and backward.

    case OP: what is special about it
    args     the op's numbers in the order of its prototype (a shape is its sizes)
    index    the op's index array
    in       one line per tensor argument
    out      the result
    upstream dLoss/dout
    grad     dLoss/din, for as many inputs as have one
    after    for the other inputs (running statistics): their values after the call

Run by `make golden`. Needs PyTorch; the tests need only the text.
"""
from pathlib import Path

import torch
import torch.nn.functional as F

from golden import draw, generator, line, number

lines = []


def case(op, words, forward, *inputs, args=(), index=(), constants=(), positive=False):
    """Appends one case. An input is a shape, for random numbers, or a list, for these numbers."""
    rng = generator(f"{op}: {words}")
    x = [torch.tensor(v, dtype=torch.float64) if isinstance(v, list) else draw(rng, v, positive)
         for v in inputs]
    held = [draw(rng, shape, positive=True) for shape in constants]
    lines.append(f"case {op}: {words}")
    lines.extend(f"{key} {' '.join(map(number, values))}"
                 for key, values in (("args", args), ("index", index)) if len(values))
    lines.extend(line("in", v) for v in x + held)
    for v in x:
        v.requires_grad_()
    out = forward(*x, *held)
    upstream = draw(rng, out.shape)
    out.backward(upstream)
    lines.extend([line("out", out), line("upstream", upstream)])
    lines.extend(line("grad", v.grad) for v in x)
    lines.extend(line("after", v) for v in held)


def elementwise_on_two():
    ops = {"add": torch.add, "sub": torch.sub, "mul": torch.mul, "div": torch.div}
    pairs = [("equal shapes", (3, 4), (3, 4)), ("row on the right", (3, 4), (4,)),
             ("row on the left", (4,), (3, 4)), ("column on the right", (3, 4), (3, 1)),
             ("column on the left", (3, 1), (3, 4)), ("column and row", (3, 1), (4,)),
             ("scalar on the right", (2, 3), ()), ("scalar on the left", (), (2, 3)),
             ("two scalars", (), ()), ("one element and three", (1,), (3,)),
             ("both inside", (2, 1, 3), (4, 1)), ("five axes", (1, 2, 1, 3, 1), (2, 1, 2, 1, 2))]
    for op, forward in ops.items():
        for words, a, b in pairs:
            case(op, words, forward, a, b)
    for x, shape in [((4,), (3, 4)), ((), (2, 3)), ((3, 1), (2, 3, 4)), ((1, 1), (3, 2)),
                     ((2, 3), (2, 3)), ((2, 1, 2, 1), (2, 2, 3, 2, 2))]:
        case("expand", f"{x} to {shape}", lambda v: v.expand(shape), x, args=shape)


def softplus(x):
    return F.softplus(x, threshold=100)  # PyTorch's own gives up the small term at 20


def elementwise_on_one():
    ops = {"neg": torch.neg, "exp": torch.exp, "log": torch.log, "sqrt": torch.sqrt,
           "abs": torch.abs, "tanh": torch.tanh, "sigmoid": torch.sigmoid, "relu": torch.relu,
           "softplus": softplus}
    for op, forward in ops.items():
        for shape in [(), (5,), (3, 4), (2, 3, 2)]:
            case(op, f"shape {shape}", forward, shape, positive=op in ("log", "sqrt"))
    for op in ("tanh", "sigmoid", "softplus", "exp"):
        case(op, "at and around 40", ops[op], [-40.0, -20.0, -1e-3, 0.0, 1e-3, 20.0, 40.0])
    for op in ("tanh", "sigmoid", "softplus"):
        case(op, "at 1000", ops[op], [-1000.0, -100.0, 100.0, 1000.0])
    for op in ("relu", "abs"):
        case(op, "at zero", ops[op], [-1.5, 0.0, -0.0, 2.5])
    case("exp", "almost too large and almost too small", torch.exp, [-700.0, 0.5, 700.0])
    case("log", "at zero and at both ends", torch.log, [0.0, 1e-300, 1e300])
    case("sqrt", "at zero", torch.sqrt, [0.0, 4.0])
    for p in (0, 1, 2, 3, -1, -2):
        case("pow", f"exponent {p}, both signs", lambda x: x**p, (3, 4), args=[p])
    for p in (-1.5, 0.5, 2.25):
        case("pow", f"exponent {p}", lambda x: x**p, (2, 5), args=[p], positive=True)
    for p in (0, 1, 2):
        case("pow", f"exponent {p} at zero", lambda x: x**p, [0.0, 1.5, -2.0], args=[p])


def reduce(forward, whole):
    """PyTorch's reduction with our arguments: `forward` over an axis, `whole` over everything."""
    def apply(x, axis, keepdim):
        if axis is not all:
            return forward(x, axis, keepdim)
        return whole(x).reshape([1] * x.dim() if keepdim else [])
    return apply


def reductions():
    ops = {"sum": reduce(torch.sum, torch.sum), "mean": reduce(torch.mean, torch.mean),
           "max": reduce(lambda *args: torch.max(*args).values, torch.max)}
    axes = [((3, 4), 0, False), ((3, 4), 1, True), ((3, 4), -1, False), ((3, 4), -2, True),
            ((3, 4), all, False), ((3, 4), all, True), ((2, 3, 4), 0, False), ((2, 3, 4), 1, False),
            ((2, 3, 4), 2, True), ((2, 3, 4), -2, True), ((2, 3, 4), all, False), ((5,), 0, False),
            ((1, 4), 0, False), ((4, 1), 1, True), ((), all, False), ((2, 1, 3, 2, 2), 3, False)]
    for shape, axis, keepdim in axes:
        words = f"shape {shape}, axis {number(axis)}" + ", kept" * keepdim
        for op, forward in ops.items():
            case(op, words, lambda x: forward(x, axis, keepdim), shape, args=[axis, keepdim])
        size = torch.empty(shape).numel() if axis is all else shape[axis]
        for ddof in range(min(2, size)):
            forward = reduce(lambda x, a, k: torch.var(x, a, bool(ddof), k),
                             lambda x: torch.var(x, unbiased=bool(ddof)))
            case("var", f"{words}, ddof {ddof}", lambda x: forward(x, axis, keepdim), shape,
                 args=[axis, ddof, keepdim])
    ties = [[1.0, 3.0, 3.0], [3.0, 2.0, 3.0], [-1.0, -1.0, -1.0]]
    nans = [[1.0, float("nan"), 3.0], [float("inf"), 2.0, -float("inf")]]
    for words, x in (("ties", ties), ("a NaN, infinities", nans)):
        for axis in (0, 1, all):
            case("max", f"{words}, axis {number(axis)}", lambda v: ops["max"](v, axis, False), x,
                 args=[axis, 0])


def matrix_products():
    pairs = [("matrices", (3, 2), (2, 4)), ("row by column", (1, 5), (5, 1)),
             ("column by row", (3, 1), (1, 4)), ("batches", (2, 3, 2), (2, 2, 4)),
             ("one matrix for all batches, right", (2, 3, 2), (2, 4)),
             ("one matrix for all batches, left", (3, 2), (2, 2, 4)),
             ("a batch of one", (1, 3, 2), (2, 2, 4)),
             ("both repeated", (2, 1, 3, 2), (3, 2, 4)),
             ("five axes", (2, 1, 2, 2, 3), (1, 2, 1, 3, 2))]
    turn = lambda x, flag: x.transpose(-1, -2) if flag else x
    stored = lambda shape, flag: shape[:-2] + (shape[:-3:-1] if flag else shape[-2:])
    for words, a, b in pairs:
        case("matmul", words, torch.matmul, a, b)
        for ta, tb in [(0, 0), (0, 1), (1, 0), (1, 1)]:
            case("matmul_t", f"{words}, {ta} {tb}", lambda x, y: turn(x, ta) @ turn(y, tb),
                 stored(a, ta), stored(b, tb), args=[ta, tb])
    for words, x, m in [("matrix", (5, 3), 4), ("a single row", (3,), 4),
                        ("two leading axes", (2, 3, 3), 2), ("three", (2, 1, 2, 3), 2),
                        ("sizes of one", (1, 1), 1)]:
        w = (x[-1], m)
        case("linear", f"{words}, with bias", lambda x, w, b: x @ w + b, x, w, (m,))
        case("linear", f"{words}, without bias", lambda x, w: x @ w, x, w)


def shapes():
    for x, shape in [((3, 4), (2, 6)), ((12,), (2, 3, 2)), ((2, 3, 2), (4, 3)), ((), (1, 1)),
                     ((1,), ())]:
        case("reshape", f"{x} to {shape}", lambda v: v.reshape(shape), x, args=shape)
    for x, a, b in [((3, 4), 0, 1), ((2, 3, 4), 0, 2), ((2, 3, 4), -1, -2), ((2, 3, 4), 1, 0),
                    ((2, 3), 1, 1), ((2, 3, 2, 3), 1, -1), ((2, 1, 3, 2, 2), 0, 3)]:
        case("transpose", f"{x}, axes {a} {b}", lambda v: v.transpose(a, b), x, args=[a, b])
    for axis, parts in [(0, [(3,)]), (0, [(2,), (3,)]), (0, [(1, 3), (2, 3)]),
                        (1, [(2, 1), (2, 3), (2, 2)]), (-1, [(2, 2, 1), (2, 2, 2)]),
                        (1, [(2, 1, 3), (2, 2, 3)]), (-3, [(1, 2, 2), (2, 2, 2), (1, 2, 2)])]:
        case("concat", f"{parts}, axis {axis}", lambda *v: torch.cat(v, axis), *parts, args=[axis])
    for x, axis, start, end in [((5,), 0, 1, 4), ((4, 3), 0, 2, 4), ((4, 3), 1, 0, 2),
                                ((2, 3, 4), -1, 3, 4), ((2, 3, 4), 1, 1, 2), ((3, 2), 0, 0, 3)]:
        case("slice", f"{x}, axis {axis}, {start} to {end}",
             lambda v: v.narrow(axis, start, end - start), x, args=[axis, start, end])


def indices():
    for words, shape, index in [("each row once", (5,), [3, 0, 4, 1, 2]),
                                ("one row thrice, one never", (6,), [1, 4, 1, 0, 1, 3]),
                                ("contexts of three", (2, 3), [0, 0, 2, 0, 2, 4]),
                                ("a single index", (), [2])]:
        case("embedding", words, lambda t: F.embedding(torch.tensor(index).reshape(shape), t),
             (5, 3), args=shape, index=index)
    for words, x, index in [("rows", (4, 5), [4, 0, 2, 2]), ("one row", (1, 3), [1]),
                            ("one column", (3, 1), [0, 0, 0])]:
        case("gather", words, lambda v: v[range(x[0]), index], x, index=index)


def softmax_and_loss():
    large = [[1e4, -1e4, 9998.0], [0.5, 1e4, 1e4], [-1e4, -1e4, -9999.0]]
    for op, forward in (("softmax", torch.softmax), ("log_softmax", torch.log_softmax)):
        for x, axis in [((3, 4), 0), ((3, 4), 1), ((3, 4), -2), ((2, 3, 4), 1), ((2, 3, 4), -1),
                        ((5,), 0), ((3, 1), 1)]:
            case(op, f"shape {x}, axis {axis}", lambda v: forward(v, axis), x, args=[axis])
        for axis in (0, 1):
            case(op, f"inputs up to 10000, axis {axis}", lambda v: forward(v, axis), large,
                 args=[axis])
    for reduction, name in enumerate(("mean", "sum")):
        for words, x, index in [("ordinary", (4, 5), [2, 0, 4, 2]), ("one row", (1, 3), [1]),
                                ("one class", (3, 1), [0, 0, 0]),
                                ("logits up to 10000, right", large, [0, 2, 2]),
                                ("logits up to 10000, wrong", large, [1, 0, 0])]:
            case("cross_entropy", f"{words}, {name}",
                 lambda v: F.cross_entropy(v, torch.tensor(index), reduction=name), x,
                 args=[reduction], index=index)


def bessel_batch_norm(x, gain, bias, mean=None, var=None, momentum=0.0, eps=1e-5):
    """As torch.nn.functional.batch_norm, but normalised with the variance that divides by n - 1."""
    batch_mean, batch_var = x.mean(0), x.var(0, unbiased=True)
    if mean is not None:
        mean.lerp_(batch_mean.detach(), momentum)
        var.lerp_(batch_var.detach(), momentum)
    return gain * (x - batch_mean) / (batch_var + eps) ** 0.5 + bias


def biased_batch_norm(x, gain, bias, mean=None, var=None, momentum=0.0, eps=1e-5):
    return F.batch_norm(x, mean, var, gain, bias, True, momentum, eps)


def normalisation():
    for kind, norm in enumerate((biased_batch_norm, bessel_batch_norm)):
        name = ("biased", "Bessel")[kind]
        for n, d, eps in [(5, 3, 1e-5), (2, 4, 0.1), (6, 1, 1e-5)]:
            case("batch_norm", f"{name}, shape {(n, d)}", lambda *x: norm(*x, eps=eps), (n, d),
                 (d,), (d,), args=[eps, kind])
            for momentum in (0.1, 0.75):
                case("batch_norm", f"{name}, shape {(n, d)}, running, momentum {momentum}",
                     lambda *x: norm(*x, momentum, eps), (n, d), (d,), (d,),
                     args=[eps, kind, momentum], constants=[(d,), (d,)])
    for n, d in [(5, 3), (1, 4)]:
        case("batch_norm_eval", f"shape {(n, d)}",
             lambda x, gain, bias, mean, var: F.batch_norm(x, mean, var, gain, bias),
             (n, d), (d,), (d,), args=[1e-5], constants=[(d,), (d,)])
    for shape, eps in [((4, 5), 1e-5), ((2, 3, 4), 1e-5), ((6,), 0.1), ((3, 2), 0.1)]:
        d = shape[-1:]
        case("layer_norm", f"shape {shape}", lambda *x: F.layer_norm(x[0], d, *x[1:], eps), shape,
             d, d, args=[eps])


for family in (elementwise_on_two, elementwise_on_one, reductions, matrix_products, shapes,
               indices, softmax_and_loss, normalisation):
    family()
Path(__file__).with_suffix(".txt").write_text("\n".join(lines) + "\n")
