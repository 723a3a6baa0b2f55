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
import itertools
import warnings
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

from golden import draw, generator, line, number

warnings.filterwarnings("ignore", "reduction: 'mean'")  # of kl_div: it is what we want

lines = []

NAN, INF = float("nan"), float("inf")
NO_NUMBERS = [NAN, INF, -INF, 0.0, -0.0, 1.5, -2.0]


def case(op, words, forward, *inputs, args=(), index=(), constants=(), positive=False):
    """Appends one case. An input is a shape, for random numbers, or a list, for these numbers.
    Constants take no gradient; their random numbers are positive."""
    rng = generator(f"{op}: {words}")
    make = lambda v, positive: (torch.tensor(v, dtype=torch.float64) if isinstance(v, list)
                                else draw(rng, v, positive))
    x = [make(v, positive) for v in inputs]
    held = [make(v, True) for v in constants]
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
        case(op, "NaN, infinities", forward, [[v] for v in NO_NUMBERS], NO_NUMBERS)
    for x, shape in [((4,), (3, 4)), ((), (2, 3)), ((3, 1), (2, 3, 4)), ((1, 1), (3, 2)),
                     ((2, 3), (2, 3)), ((2, 1, 2, 1), (2, 2, 3, 2, 2))]:
        case("expand", f"{x} to {shape}", lambda v: v.expand(shape), x, args=shape)


def softplus(x):
    return F.softplus(x, threshold=100)  # PyTorch's own gives up the small term at 20


def elementwise_on_one():
    ops = {"neg": torch.neg, "exp": torch.exp, "log": torch.log, "sqrt": torch.sqrt,
           "abs": torch.abs, "tanh": torch.tanh, "sigmoid": torch.sigmoid, "relu": torch.relu,
           "softplus": softplus, "gelu": F.gelu,
           "gelu_tanh": lambda x: F.gelu(x, approximate="tanh")}
    for op, forward in ops.items():
        for shape in [(), (5,), (3, 4), (2, 3, 2)]:
            case(op, f"shape {shape}", forward, shape, positive=op in ("log", "sqrt"))
        case(op, "NaN, infinities", forward, NO_NUMBERS)
    for op in ("gelu", "gelu_tanh"):
        case(op, "from 1e-3 to 7", ops[op], [-7.0, -3.0, -2.0, -1e-3, 0.0, 1e-3, 2.0, 3.0, 7.0])
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
    for p in (0, 1, 2, 3, -1):
        case("pow", f"exponent {p}, NaN, infinities", lambda x: x**p, NO_NUMBERS, args=[p])
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
    nans = [[1.0, NAN, 3.0], [INF, 2.0, -INF]]
    for axis, (op, forward) in itertools.product((0, 1, all), ops.items()):
        case(op, f"NaN, infinities, axis {number(axis)}", lambda v: forward(v, axis, False),
             nans, args=[axis, 0])
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
    case("matmul", "NaN, infinities", torch.matmul, [[0.0, NAN], [0.0, 1.0], [INF, 2.0]],
         [[INF, 1.0], [1.0, 0.0]])
    for words, x, m in [("matrix", (5, 3), 4), ("a single row", (3,), 4),
                        ("two leading axes", (2, 3, 3), 2), ("three", (2, 1, 2, 3), 2),
                        ("sizes of one", (1, 1), 1)]:
        w = (x[-1], m)
        case("linear", f"{words}, with bias", lambda x, w, b: x @ w + b, x, w, (m,))
        case("linear", f"{words}, without bias", lambda x, w: x @ w, x, w)


def convolutions():
    """Strides and paddings of each axis; None: no bias."""
    plain = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}
    turned = {1: F.conv_transpose1d, 2: F.conv_transpose2d, 3: F.conv_transpose3d}
    cases = [("ordinary", (2, 3, 7), (4, 3, 3), [1], [0]),
             ("padded", (2, 3, 7), (4, 3, 3), [1], [1]),
             ("stride 2", (1, 2, 8), (3, 2, 3), [2], [1]),
             ("one pixel", (2, 2, 1), (3, 2, 1), [1], [0]),
             ("all of the row", (1, 2, 6), (2, 2, 6), [1], [0]),
             ("long", (1, 1, 40), (2, 1, 5), [3], [2]),
             ("ordinary", (2, 2, 5, 6), (3, 2, 3, 2), [1, 1], [0, 0]),
             ("padded", (2, 3, 4, 5), (4, 3, 3, 3), [1, 1], [1, 1]),
             ("stride 2", (2, 1, 6, 7), (2, 1, 3, 3), [2, 2], [1, 1]),
             ("uneven", (1, 2, 7, 8), (3, 2, 4, 2), [3, 2], [2, 0]),
             ("larger than half", (1, 2, 3, 4), (2, 2, 3, 4), [1, 1], [1, 2]),
             ("one pixel", (2, 3, 1, 1), (2, 3, 1, 1), [1, 1], [0, 0]),
             ("one pixel, padded", (1, 1, 1, 1), (2, 1, 3, 3), [2, 2], [1, 1]),
             ("one channel", (1, 1, 5, 5), (1, 1, 3, 3), [1, 1], [1, 1]),
             ("wide", (1, 2, 3, 37), (19, 2, 2, 3), [1, 1], [0, 1]),
             ("1 x 1, stride 2", (2, 3, 5, 5), (4, 3, 1, 1), [2, 2], [0, 0]),
             ("ordinary", (1, 2, 3, 4, 5), (3, 2, 2, 3, 2), [1, 1, 1], [0, 0, 0]),
             ("uneven", (2, 1, 4, 3, 5), (2, 1, 3, 2, 3), [2, 1, 3], [1, 0, 2])]
    for words, x, w, stride, padding in cases:
        n = len(stride)
        for bias, relu in itertools.product(([(w[0],)], []), (0, 1)):
            def forward(x, w, b=None):
                y = plain[n](x, w, b, stride, padding)
                return y.relu() if relu else y
            case(f"conv{n}d", f"{words}, {len(bias)} bias, relu {relu}", forward, x, w, *bias,
                 args=[*stride, *padding, relu])
    cases = [("ordinary", (2, 3, 5), (3, 2, 3), [1], [0], [0]),
             ("stride 3", (1, 2, 4), (2, 3, 2), [3], [0], [2]),
             ("long", (1, 1, 20), (1, 2, 5), [2], [2], [1]),
             ("ordinary", (2, 2, 3, 4), (2, 3, 3, 2), [1, 1], [0, 0], [0, 0]),
             ("stride 2", (2, 3, 3, 4), (3, 2, 3, 3), [2, 2], [1, 1], [1, 1]),
             ("stride 2, no output padding", (2, 3, 3, 4), (3, 2, 3, 3), [2, 2], [1, 1], [0, 0]),
             ("uneven", (1, 2, 3, 4), (2, 3, 4, 2), [3, 2], [2, 0], [1, 1]),
             ("one pixel", (2, 3, 1, 1), (3, 2, 3, 3), [2, 2], [1, 1], [1, 1]),
             ("1 x 1, stride 3", (1, 2, 2, 3), (2, 2, 1, 1), [3, 3], [0, 0], [2, 0]),
             ("wide", (1, 2, 3, 19), (2, 3, 3, 3), [2, 2], [1, 1], [0, 1]),
             ("ordinary", (1, 2, 2, 3, 2), (2, 3, 2, 3, 2), [1, 1, 1], [0, 0, 0], [0, 0, 0]),
             ("uneven", (2, 1, 2, 3, 2), (1, 2, 3, 2, 3), [2, 1, 3], [1, 0, 1], [1, 0, 2])]
    for words, x, w, stride, padding, more in cases:
        n = len(stride)
        for bias, relu in itertools.product(([(w[1],)], []), (0, 1)):
            def forward(x, w, b=None):
                y = turned[n](x, w, b, stride, padding, more)
                return y.relu() if relu else y
            case(f"conv_transpose{n}d", f"{words}, {len(bias)} bias, relu {relu}", forward, x, w,
                 *bias, args=[*stride, *padding, *more, relu])


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


def recurrent():
    """The outputs, and behind them the final states; sequences with lengths are packed."""
    kinds = {"rnn": (nn.RNN, 1), "lstm": (nn.LSTM, 4), "gru": (nn.GRU, 3)}
    both, all_four = [(1, 1), (0, 0)], list(itertools.product((0, 1), repeat=2))
    cases = [("some steps", (5, 3, 4), 3, (), all_four),
             ("one step of one example", (1, 1, 2), 2, (), both),
             ("wide", (3, 2, 5), 17, (), both[:1]), ("long", (12, 2, 1), 2, (), both[:1]),
             ("lengths", (5, 4, 3), 2, (5, 3, 1, 3), all_four),
             ("lengths out of order", (6, 5, 2), 3, (2, 5, 1, 6, 4), both),
             ("lengths, all of them short", (4, 2, 3), 2, (3, 2), both[:1])]
    for op, (layer, gates) in kinds.items():
        def forward(x, *rest):
            """x, the states if any, and the weights, as ag_lstm() takes them."""
            module = layer(x.shape[2], h, bias=bool(bias))
            module._flat_weights = list(rest[states:])
            start = [v.unsqueeze(0) for v in rest[:states]]
            start = (tuple(start) if op == "lstm" else start[0]) if start else None
            if lengths:
                x = nn.utils.rnn.pack_padded_sequence(x, lengths, enforce_sorted=False)
            y, end = module(x, start)
            if lengths:
                y, _ = nn.utils.rnn.pad_packed_sequence(y, total_length=t)
            return torch.cat([y, *(end if op == "lstm" else [end])])

        for words, x, h, lengths, variants in cases:
            t, n, d = x
            for bias, state in variants:
                states = (2 if op == "lstm" else 1) * state
                case(op, f"{words}, bias {bias}, state {state}", forward, x, *[(n, h)] * states,
                     (gates * h, d), (gates * h, h), *[(gates * h,)] * 2 * bias,
                     args=[bias, state], index=lengths)


def softmax():
    for op, forward in (("softmax", torch.softmax), ("log_softmax", torch.log_softmax)):
        for x, axis in [((3, 4), 0), ((3, 4), 1), ((3, 4), -2), ((2, 3, 4), 1), ((2, 3, 4), -1),
                        ((5,), 0), ((3, 1), 1)]:
            case(op, f"shape {x}, axis {axis}", lambda v: forward(v, axis), x, args=[axis])
        for axis in (0, 1):
            case(op, f"inputs up to 10000, axis {axis}", lambda v: forward(v, axis), LARGE,
                 args=[axis])
            case(op, f"NaN, infinities, axis {axis}", lambda v: forward(v, axis), ODD_ROWS,
                 args=[axis])


def pooling():
    windows = [((2, 2, 4, 6), 2, 2, 0), ((1, 2, 5, 7), 2, 2, 0), ((2, 2, 5, 7), 3, 2, 1),
               ((1, 3, 4), 3, 1, 1), ((1, 1, 1, 1), 1, 1, 0), ((1, 2, 5, 4), 2, 3, 1),
               ((2, 6, 5), 4, 1, 2), ((2, 4, 4), 4, 7, 0), ((1, 3, 9, 37), 2, 2, 0),
               ((1, 1, 8, 8), 3, 3, 0), ((1, 1, 3, 3), 5, 1, 2), ((1, 2, 6, 6), 3, 1, 0)]
    for shape, *window in windows:
        for op, forward in (("max_pool2d", F.max_pool2d), ("avg_pool2d", F.avg_pool2d)):
            case(op, f"shape {shape}, window {window}", lambda v: forward(v, *window), shape,
                 args=window)
    for shape, *window in [((2, 3, 8), 2, 2, 0), ((1, 7), 3, 2, 1), ((3, 5), 5, 1, 2),
                           ((1, 1), 1, 1, 0), ((1, 2, 9), 2, 3, 1), ((2, 10), 4, 2, 2)]:
        case("avg_pool1d", f"shape {shape}, window {window}", lambda v: F.avg_pool1d(v, *window),
             shape, args=window)
    ties = [[[1.0, 1.0, 0.0, 2.0], [1.0, 1.0, 2.0, 2.0], [-0.0, 0.0, -INF, -INF],
             [0.0, -0.0, -INF, -INF]]]
    odd = [[[NAN, 1.0, 2.0, NAN], [1.0, NAN, 3.0, 1.0], [INF, 1.0, -INF, 0.0],
            [INF, NAN, -INF, -INF]]]
    for window in ((2, 2, 0), (2, 1, 1), (3, 1, 1), (4, 1, 0)):
        for words, x in (("ties", ties), ("NaN, infinities", odd)):
            case("max_pool2d", f"{words}, window {list(window)}",
                 lambda v: F.max_pool2d(v, *window), x, args=window)
        case("avg_pool2d", f"NaN, infinities, window {list(window)}",
             lambda v: F.avg_pool2d(v, *window), odd, args=window)
    case("avg_pool1d", "NaN, infinities", lambda v: F.avg_pool1d(v, 2, 1, 1), [NO_NUMBERS],
         args=(2, 1, 1))


def dropout():
    """Where nothing is left to chance: its random numbers are not PyTorch's."""
    for words, p, training in [("in use", 0.5, False), ("nothing dropped", 0, True),
                               ("everything dropped", 1, True)]:
        for x in ((3, 4), NO_NUMBERS):
            case("dropout", f"{words}, {'NaN, infinities' if x is NO_NUMBERS else x}",
                 lambda v: F.dropout(v, p, training), x, args=[p, training])


def attention():
    """One matrix of weights for each head, as the definition says."""
    def weights(q, k, heads, causal, past, scale, lengths):
        split = lambda x: x.unflatten(-1, (heads, -1)).transpose(1, 2)
        scores = split(q) @ split(k).transpose(-1, -2) * (scale or (q.shape[-1] // heads)**-0.5)
        t, s = scores.shape[-2:]
        heard = torch.ones(len(q), 1, t, s, dtype=torch.bool)
        if causal:
            heard &= torch.ones(t, s, dtype=torch.bool).tril(past)
        if lengths:
            heard &= torch.arange(s) < torch.tensor(lengths).reshape(-1, 1, 1, 1)
        return scores.masked_fill(~heard, -INF).softmax(-1)

    def attend(q, k, v, *options):
        p = weights(q, k, *options)
        return (p @ v.unflatten(-1, (options[0], -1)).transpose(1, 2)).transpose(1, 2).flatten(2)

    far = [[[100.0, -50.0], [1.0, 100.0]]], [[[100.0, 2.0], [-100.0, 100.0], [100.0, 0.5]]]
    for words, q, k, v, options in [
            ("one head", (2, 3, 4), (2, 3, 4), (2, 3, 4), (1, 0, 0, 0)),
            ("two heads", (2, 3, 4), (2, 3, 4), (2, 3, 4), (2, 0, 0, 0)),
            ("more keys", (2, 3, 6), (2, 5, 6), (2, 5, 3), (3, 0, 0, 0)),
            ("fewer keys", (1, 5, 4), (1, 2, 4), (1, 2, 2), (2, 0, 0, 0)),
            ("a scale", (2, 3, 4), (2, 3, 4), (2, 3, 4), (2, 0, 0, 0.75)),
            ("one key", (2, 3, 2), (2, 1, 2), (2, 1, 3), (1, 0, 0, 0)),
            ("causal", (2, 4, 4), (2, 4, 4), (2, 4, 4), (2, 1, 0, 0)),
            ("causal, more keys", (1, 3, 4), (1, 5, 4), (1, 5, 4), (2, 1, 0, 0)),
            ("causal, fewer keys", (1, 5, 2), (1, 3, 2), (1, 3, 2), (1, 1, 0, 0)),
            ("causal, behind 2 others", (2, 3, 4), (2, 5, 4), (2, 5, 4), (2, 1, 2, 0)),
            ("lengths", (2, 3, 4), (2, 4, 4), (2, 4, 4), (2, 0, 0, 0, [4, 1])),
            ("lengths, causal", (3, 4, 4), (3, 4, 4), (3, 4, 4), (2, 1, 0, 0, [2, 4, 1])),
            ("lengths, causal, behind others", (2, 2, 2), (2, 6, 2), (2, 6, 2),
             (1, 1, 3, 0, [3, 6])),
            ("scores of 10000", *far, (1, 3, 2), (1, 0, 0, 0)),
            ("causal, in blocks", (1, 70, 2), (1, 70, 2), (1, 70, 2), (1, 1, 0, 0)),
            ("in blocks", (1, 66, 1), (1, 260, 1), (1, 260, 1), (1, 0, 0, 0)),
            ("lengths, causal, in blocks", (2, 3, 1), (2, 300, 1), (2, 300, 1),
             (1, 1, 270, 0, [200, 300]))]:
        lengths = options[4] if len(options) > 4 else ()
        full = (*options[:4], lengths)
        numbers = {"args": [*options[:4], 0], "index": lengths}
        case("attention", words, lambda *x: attend(*x, *full), q, k, v, **numbers)
        if "blocks" not in words:
            case("attention_weights", words, lambda *x: weights(*x, *full), q, k, **numbers)


ODD_ROWS = [[NAN, 1.0, 2.0], [INF, 0.0, 1.0], [-INF, 0.0, 1.0], [-INF, -INF, -INF],
            [0.0, 1.0, 0.5]]
LARGE = [[1e4, -1e4, 9998.0], [0.5, 1e4, 1e4], [-1e4, -1e4, -9999.0]]
REDUCTIONS = list(enumerate(("mean", "sum", "none", "batchmean")))


def reduced(losses, reduction):
    """What PyTorch's `reduction` makes of single losses; it knows batchmean for kl_div only."""
    if reduction == "batchmean":
        return losses.sum() / (losses.shape[0] if losses.dim() else 1)
    return {"mean": torch.mean, "sum": torch.sum, "none": lambda v: v}[reduction](losses)


def losses_of_pairs():
    """Ops with an input and a target of one shape; PyTorch's own reduction, where it has it."""
    def cases(op, words, forward, *inputs, args=(), **kwargs):
        for number, name in REDUCTIONS:
            own = "none" if name == "batchmean" and op != "kl_div" else name
            case(op, f"{words}, {name}",
                 lambda *v: reduced(forward(*v, reduction=own), "none" if own == name else name),
                 *inputs, args=[*args, number], **kwargs)

    ties = [[1.0, -2.0, 0.5], [0.0, 1.0, 4.0]], [[1.0, -2.5, 0.25], [0.0, 2.0, 1.0]]
    far = [1e4, -1e4, 3.0], [-1e4, -1e4, 3.5]
    odd = NO_NUMBERS * 2, [0.0] * 7 + NO_NUMBERS[::-1]
    for op, forward in (("l1_loss", F.l1_loss), ("mse_loss", F.mse_loss)):
        for words, pair in [("ordinary", [(3, 4), (3, 4)]), ("three axes", [(2, 3, 2), (2, 3, 2)]),
                            ("scalars", [(), ()]), ("ties", ties), ("10000 apart", far), ("NaN, infinities", odd)]:
            cases(op, words, forward, *pair)
    for beta in (1, 0.5, 2.25):  # where the difference is beta, the two pieces meet
        for words, pair in [("ordinary", [(3, 4), (3, 4)]), ("ties, and beta apart", ties),
                            ("NaN, infinities", odd)]:
            cases("smooth_l1_loss", f"{words}, beta {beta}",
                  lambda *v, reduction: F.smooth_l1_loss(*v, beta=beta, reduction=reduction), *pair,
                  args=[beta])
    # With beta 0 and no difference PyTorch 1.13 has slope -1. Its L1, and our beta 0, have 0 there.
    cases("smooth_l1_loss", "beta 0",
          lambda *v, reduction: F.smooth_l1_loss(*v, beta=0.0, reduction=reduction),
          (3, 4), (3, 4), args=[0])

    bce = F.binary_cross_entropy
    probs = [[0.25, 0.5, 0.96875], [0.03125, 0.75, 0.125]]
    some = [[1.0, 0.0, 0.75], [0.0, 0.25, 1.0]]
    cases("binary_cross_entropy", "ordinary", bce, probs, some)
    cases("binary_cross_entropy", "right and sure", bce, [0.0, 1.0, 0.5],
          constants=[[0.0, 1.0, 1.0]])
    cases("binary_cross_entropy", "wrong and sure", bce, [0.0, 1.0, 0.0, 1.0],
          constants=[[1.0, 0.0, 0.5, 0.5]])
    cases("binary_cross_entropy", "wrong and almost sure", bce, [1e-13, 1e-30, 1 - 2.0**-24],
          constants=[[1.0, 1.0, 0.0]])

    def with_logits(z, t, w=None, reduction="mean"):
        return F.binary_cross_entropy_with_logits(z, t, pos_weight=w, reduction=reduction)
    op = "binary_cross_entropy_with_logits"
    cases(op, "ordinary", with_logits, (2, 3), some)
    cases(op, "pos_weight", with_logits, (2, 3), some, constants=[(3,)])
    cases(op, "one pos_weight for all", with_logits, (2, 3), some, constants=[()])
    cases(op, "at zero", with_logits, [0.0, -0.0, 0.0], [0.0, 1.0, 0.5])
    # Where it says 0 times infinity, PyTorch has NaN for z = -inf and t = 1 as well: ours is infinite.
    cases(op, "NaN, infinities", with_logits, [NAN, NAN, NAN, INF, INF, 0.0, 1.0],
          [0.0, 0.5, 1.0, 0.0, 0.5, NAN, 1.0])
    for words, extra in [("", []), (", pos_weight", [[2.5]])]:
        cases(op, f"logits up to 10000{words}", with_logits, [1e4, -1e4, 1e4, -1e4, 50.0, -50.0],
              [0.0, 1.0, 1.0, 0.0, 0.75, 0.25], constants=extra)

    logs = torch.log_softmax(torch.tensor(LARGE, dtype=torch.float64), 1).tolist()
    cases("kl_div", "ordinary", F.kl_div, (3, 4), constants=[(3, 4)])
    cases("kl_div", "gradient of the target", F.kl_div, (2, 3),
          [[0.5, 0.25, 0.25], [1.0, 0.125, 2.0]])
    sure = [[0.0, 1.0, 0.0], [0.5, 0.0, 0.5], [1.0, 0.0, 0.0]]
    cases("kl_div", "targets of 0 and 1", F.kl_div, (3, 3), constants=[sure])
    cases("kl_div", "logits of 10000", F.kl_div, logs, constants=[sure])
    cases("kl_div", "scalars", F.kl_div, (), constants=[()])
    cases("kl_div", "NaN, infinities", F.kl_div, NO_NUMBERS + [-1.0], [0.5] * 7 + [NAN])


def gaussian_kl():
    def forward(m_p, s_p, m_q, s_q):
        normal = torch.distributions.Normal
        return torch.distributions.kl_divergence(normal(m_p, s_p), normal(m_q, s_q))
    for number, name in REDUCTIONS:
        for words, shapes in [("ordinary", [(3, 4)] * 4), ("rows", [(3, 4), (4,), (3, 4), (4,)]),
                              ("all shapes", [(3, 1), (4,), (), (1, 4)]), ("scalars", [()] * 4)]:
            case("gaussian_kl", f"{words}, {name}", lambda *v: reduced(forward(*v), name), *shapes,
                 positive=True, args=[number])
        case("gaussian_kl", f"to the standard normal, {name}",
             lambda *v: reduced(forward(*v), name), [[0.5, -1.0], [0.0, 2.0]],
             [[1.0, 0.5], [1.0, 3.0]], constants=[[0.0], [1.0]], args=[number])
        case("gaussian_kl", f"narrow and far, {name}", lambda *v: reduced(forward(*v), name),
             [1e4, 0.0], [1e-3, 1e4], [-1e4, 0.0], [1.0, 1e-3], args=[number])


def losses_of_classes():
    some = [("ordinary", (4, 5), [2, 0, 4, 2]), ("one row", (1, 3), [1]),
            ("one class", (3, 1), [0, 0, 0]), ("logits up to 10000, right", LARGE, [0, 2, 2]),
            ("logits up to 10000, wrong", LARGE, [1, 0, 0]),
            ("NaN, infinities", ODD_ROWS, [1, 1, 1, 1, 1])]
    kinks = ("kinks", [[2.0, 1.0, 1.5], [0.0, 0.0, 0.0], [3.0, 1.0, 2.0]], [0, 1, 0])
    ignored = [([2, -100, 4, 2], -100), ([2, 1, 4, 2], 2), ([0, 1, 2, 3], -100),
               ([-1, -1, -1, -1], -1)]
    shape_of = lambda x: tuple(torch.tensor(x).shape) if isinstance(x, list) else x
    for (number, name), (words, x, index) in itertools.product(REDUCTIONS, some + [kinks]):
        shape, y, text = shape_of(x), torch.tensor(index), f"{words}, {name}"
        c = shape[1]
        own = "none" if name == "batchmean" else name
        last = lambda losses: reduced(losses, name) if name == "batchmean" else losses

        case("cross_entropy", text, lambda v: last(F.cross_entropy(v, y, reduction=own)), x,
             args=[number], index=index)
        if words != "ordinary" and name in ("sum", "batchmean"):
            continue
        for weights, smoothing in [([], 0.25), ([(c,)], 0), ([(c,)], 0.1), ([(c,)], 1)]:
            text = f"{words}, {len(weights)} weights, smoothing {smoothing}, {name}"
            forward = lambda v, t, w=None: last(
                F.cross_entropy(v, t, w, label_smoothing=smoothing, reduction=own))
            case("cross_entropy_with", text, lambda v, *w: forward(v, y, *w), x,
                 args=[smoothing, number], index=index, constants=weights)
            case("cross_entropy_soft", text, forward, x, args=[smoothing, number],
                 constants=[shape, *weights])
        if words == "NaN, infinities":
            continue  # PyTorch's margin loss takes a NaN for 0
        case("cross_entropy_soft", f"{words}, targets of 0 and 1, {name}", forward, x,
             args=[smoothing, number], constants=[F.one_hot(y, c).double().tolist(), (c,)])
        for p, margin in [(1, 1), (2, 1), (1, 0.5), (2, 2.25), (1, 0), (2, -0.5)]:
            for weights in ([], [(c,)]):
                case("multi_margin_loss",
                     f"{words}, p {p}, margin {margin}, {len(weights)} weights, {name}",
                     lambda v, w=None: last(F.multi_margin_loss(v, y, p, margin, w, reduction=own)),
                     x, args=[p, margin, number], index=index, constants=weights)

        if words != "ordinary":
            continue
        case("cross_entropy_soft", f"gradient of the target, {name}",
             lambda v, t, w: last(F.cross_entropy(v, t, w, label_smoothing=0.25, reduction=own)),
             x, x, args=[0.25, number], constants=[(c,)])
        for (index, left_out), smoothing in itertools.product(ignored, (0, 0.25)):
            case("cross_entropy_with",
                 f"{index} without {left_out}, smoothing {smoothing}, {name}",
                 lambda v, w: last(F.cross_entropy(
                     v, torch.tensor(index), w, ignore_index=left_out,
                     label_smoothing=smoothing, reduction=own)),
                 x, args=[smoothing, number, left_out], index=index, constants=[(c,)])


def cosine_embedding():
    kinks = [[1.0, 0.0], [0.0, 2.0], [1.0, 1.0], [3.0, -4.0]], [[0.0, 1.0], [0.5, 0.0],
                                                                 [1.0, -1.0], [8.0, 6.0]]
    zeros = [[0.0, 0.0], [1.0, 2.0]], [[0.5, 1.5], [0.0, 0.0]]
    far = [[1e4, 1.0, -1e4], [1e-3, 2e-3, 1e-3]], [[1e4, 1e4, 1.0], [1e-3, -1e-3, 1e-3]]
    odd = [[NAN, 1.0], [1.0, NAN], [INF, 1.0], [1.0, 2.0]], [[1.0, 1.0]] * 3 + [[INF, 1.0]]
    for number, name in REDUCTIONS:
        own = "none" if name == "batchmean" else name
        for margin in (0, 0.5, -0.25):
            for words, pair, y in [("ordinary", [(4, 3), (4, 3)], [1, -1, 1, -1]),
                                   ("right angles, together", kinks, [1, 1, 1, 1]),
                                   ("right angles, apart", kinks, [-1, -1, -1, -1]),
                                   ("zeros, together", zeros, [1, 1]),
                                   ("zeros, apart", zeros, [-1, -1]),
                                   ("large and small", far, [-1, 1]),
                                   ("NaN, infinities", odd, [-1, 1, 1, -1])]:
                def forward(a, b):
                    losses = F.cosine_embedding_loss(a, b, torch.tensor(y), margin, reduction=own)
                    return reduced(losses, name) if name == "batchmean" else losses
                case("cosine_embedding_loss", f"{words}, margin {margin}, {name}", forward, *pair,
                     args=[margin, number], index=y)


def bessel_batch_norm(x, gain, bias, mean=None, var=None, momentum=0.0, eps=1e-5):
    """As torch.nn.functional.batch_norm, but normalised with the variance that divides by n - 1."""
    over = [axis for axis in range(x.dim()) if axis != 1]
    batch_mean, batch_var = x.mean(over), x.var(over, unbiased=True)
    if mean is not None:
        mean.lerp_(batch_mean.detach(), momentum)
        var.lerp_(batch_var.detach(), momentum)
    along = lambda v: v.reshape([-1] + [1] * (x.dim() - 2))
    return along(gain) * (x - along(batch_mean)) / along(batch_var + eps) ** 0.5 + along(bias)


def biased_batch_norm(x, gain, bias, mean=None, var=None, momentum=0.0, eps=1e-5):
    return F.batch_norm(x, mean, var, gain, bias, True, momentum, eps)


def normalisation():
    for kind, norm in enumerate((biased_batch_norm, bessel_batch_norm)):
        name = ("biased", "Bessel")[kind]
        for shape, eps in [((5, 3), 1e-5), ((2, 4), 0.1), ((6, 1), 1e-5), ((2, 3, 5), 1e-5),
                           ((3, 2, 4, 5), 1e-5), ((1, 3, 2, 2), 0.1), ((2, 1, 3, 3), 1e-5),
                           ((1, 2, 9, 17), 1e-5), ((2, 3, 1, 2, 2), 1e-5)]:
            d = shape[1:2]
            case("batch_norm", f"{name}, shape {shape}", lambda *x: norm(*x, eps=eps), shape,
                 d, d, args=[eps, kind])
            for momentum in (0.1, 0.75):
                case("batch_norm", f"{name}, shape {shape}, running, momentum {momentum}",
                     lambda *x: norm(*x, momentum, eps), shape, d, d,
                     args=[eps, kind, momentum], constants=[d, d])
    for shape in [(5, 3), (1, 4), (2, 3, 5), (3, 2, 4, 5), (1, 3, 1, 1)]:
        d = shape[1:2]
        case("batch_norm_eval", f"shape {shape}",
             lambda x, gain, bias, mean, var: F.batch_norm(x, mean, var, gain, bias),
             shape, d, d, args=[1e-5], constants=[d, d])
    case("batch_norm", "biased, NaN, infinities", biased_batch_norm, ODD_ROWS, (3,), (3,),
         args=[1e-5, 0])
    odd_planes = [[[NAN, 1.0, 2.0], [1.0, -2.0, 0.5], [INF, 1.0, 0.0], [-INF, -INF, 0.0]]]
    case("batch_norm", "biased, planes with NaN, infinities", biased_batch_norm, odd_planes, (4,),
         (4,), args=[1e-5, 0])
    for words, x in (("rows", ODD_ROWS), ("planes", [torch.tensor(ODD_ROWS).T.tolist()])):
        case("batch_norm_eval", f"{words} with NaN, infinities",
             lambda x, gain, bias, mean, var: F.batch_norm(x, mean, var, gain, bias),
             x, (3,), (3,), args=[1e-5], constants=[(3,), (3,)])
    case("layer_norm", "NaN, infinities", lambda *x: F.layer_norm(x[0], (3,), *x[1:], 1e-5),
         ODD_ROWS, (3,), (3,), args=[1e-5])
    for shape, eps in [((4, 5), 1e-5), ((2, 3, 4), 1e-5), ((6,), 0.1), ((3, 2), 0.1)]:
        d = shape[-1:]
        case("layer_norm", f"shape {shape}", lambda *x: F.layer_norm(x[0], d, *x[1:], eps), shape,
             d, d, args=[eps])


for family in (elementwise_on_two, elementwise_on_one, reductions, matrix_products, convolutions,
               shapes, indices, recurrent, softmax, attention, pooling, dropout, losses_of_pairs,
               losses_of_classes, cosine_embedding, gaussian_kl, normalisation):
    family()
Path(__file__).with_suffix(".txt").write_text("\n".join(lines) + "\n")
