"""What the scripts in this folder share: numbers in, numbers out.

A golden file is text, one record per line: a name, a shape in parentheses where there is one, and
the numbers, each with all its digits. tests/lib/golden.c reads it.
"""
import random
import zlib

import torch

torch.set_num_threads(1)  # one order of summation, so that the same bytes come out every time


def generator(text):
    """Random numbers that depend on the text alone: a new case leaves the others as they are."""
    return random.Random(zlib.crc32(text.encode()))


def draw(rng, shape, positive=False):
    """Between 1/4 and 2 in size, in steps of 1/32: never zero, and exact in float as in double."""
    x = torch.empty(shape, dtype=torch.float64)
    for i in range(x.numel()):
        sign = 1 if positive else rng.choice((-1, 1))
        x.view(-1)[i] = sign * rng.randint(8, 64) / 32
    return x


def number(value):
    """The shortest text that reads back as the same number; "all" is AG_ALL."""
    if value is all:
        return "all"
    return repr(float(value)).removesuffix(".0")


def line(name, tensor):
    """name (2, 3) v v v v v v"""
    shape = ", ".join(map(str, tensor.shape))
    return " ".join([name, f"({shape})", *map(number, tensor.detach().reshape(-1).tolist())])
