"""Writes transforms.txt: what PyTorch makes of two images, one wide and one high.

    in (2, 5, 7)                an image
    case resize_bilinear 3 9    a function of lib/data/image.h and its settings, see cases below
    out (2, 3, 9)               what becomes of it

PyTorch's torchvision calls these functions of PyTorch's own.
"""
from math import cos, radians, sin
from pathlib import Path

import torch
from torch.nn.functional import affine_grid, grid_sample, interpolate, pad

from golden import draw, generator, line, number


def resize_bilinear(x, h, w):
    return interpolate(x, size=(h, w), mode="bilinear", align_corners=False)


def resize_nearest(x, h, w):
    return interpolate(x, size=(h, w), mode="nearest")


def rotate(x, degrees):
    """Counter-clockwise. The grid's unit is half a width across and half a height down."""
    c, s, (h, w) = cos(radians(degrees)), sin(radians(degrees)), x.shape[-2:]
    theta = torch.tensor([[[c, -s * h / w, 0], [s * w / h, c, 0]]], dtype=x.dtype)
    grid = affine_grid(theta, list(x.shape), align_corners=False)
    return grid_sample(x, grid, mode="bilinear", padding_mode="zeros", align_corners=False)


def flip(x):
    return x.flip(-1)


def shift(x, down, right):
    return pad(x, (right, -right, down, -down))


def padding(x, pixels):
    return pad(x, (pixels,) * 4)


def crop(x, h, w):
    top, left = round((x.shape[-2] - h) / 2), round((x.shape[-1] - w) / 2)
    return x[..., top:top + h, left:left + w]


def normalize(x, mean0, mean1, std0, std1):
    mean, std = torch.tensor([mean0, mean1]).double(), torch.tensor([std0, std1]).double()
    return (x - mean.view(1, 2, 1, 1)) / std.view(1, 2, 1, 1)


cases = [(resize, *size) for resize in (resize_bilinear, resize_nearest)
         for size in ((5, 7), (10, 14), (3, 9), (11, 4), (1, 1), (2, 21))]
cases += [(rotate, degrees) for degrees in (0, 15, -15, 90, 180, -90, 36.86989764584402, 133.5)]
cases += [(flip,), (shift, 0, 0), (shift, 2, -3), (shift, -1, 4), (shift, 5, 0)]
cases += [(padding, 0), (padding, 2)]
cases += [(crop, *size) for size in ((5, 5), (4, 4), (1, 2), (2, 3), (3, 1))]
cases += [(normalize, 0.5, -0.25, 0.125, 2)]

lines = []
for shape in (2, 5, 7), (2, 6, 5):
    x = draw(generator(f"image {shape}"), shape)
    lines += [line("in", x)]
    for function, *settings in cases:
        lines += [" ".join(["case", function.__name__, *map(number, settings)]),
                  line("out", function(x[None], *settings)[0])]
Path(__file__).with_suffix(".txt").write_text("\n".join(lines) + "\n")
