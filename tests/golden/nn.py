"""Writes nn.txt: every layer of lib/nn/layers.h and recurrent.h as torch.nn has it, forward and
backward, and the names and shapes in the state dicts of whole networks.

    case NETWORK        in train mode, or "NETWORK, eval"
    state.PATH          parameters and buffers before the call
    in, out, upstream   x, the network's y, dLoss/dy
    grad.PATH           dLoss/dparameter; grad. is dLoss/dx, if x has one
    after.PATH          buffers after the call

    case names of NETWORK
    name.PATH           of what the state dict has there: the number of axes, and the sizes

Run by `make golden`. Needs PyTorch; the tests need only the text. With a file, a state dict of the
student in safetensors: prints what the network makes of two images.
"""
import sys
from pathlib import Path

import torch
from torch import nn

from golden import draw, generator, line, number
from read_safetensors import read

lines = []


def set_state(rng, module):
    for name, tensor in module.state_dict().items():
        if tensor.dtype.is_floating_point:
            tensor.data.copy_(draw(rng, tensor.shape, positive=name.endswith("running_var")))
        else:
            tensor.fill_(3)


def write(prefix, items):
    lines.extend(line(f"{prefix}.{name}", tensor) for name, tensor in items)


def case(words, module, x):
    """x is a shape, for random numbers, or a list of whole numbers."""
    rng = generator(words)
    module.double()
    module.train(not words.endswith(", eval"))
    set_state(rng, module)
    whole = isinstance(x, list)
    x = torch.tensor(x) if whole else draw(rng, x)
    lines.append(f"case {words}")
    write("state", module.state_dict().items())
    lines.append(line("in", x))
    if not whole:
        x.requires_grad_()
    y = module(x)
    upstream = draw(rng, y.shape)
    y.backward(upstream)
    lines.extend([line("out", y), line("upstream", upstream)])
    if not whole:
        lines.append(line("grad.", x.grad))
    write("grad", ((name, p.grad) for name, p in module.named_parameters()))
    write("after", module.named_buffers())


def layers():
    case("linear", nn.Linear(5, 3), (4, 5))
    case("linear", nn.Linear(5, 3), (2, 3, 5))
    case("linear without a bias", nn.Linear(5, 3, bias=False), (4, 5))
    case("conv1d", nn.Conv1d(2, 3, 3), (2, 2, 7))
    case("conv1d, stride 2, padding 1", nn.Conv1d(2, 3, 4, 2, 1), (2, 2, 8))
    case("conv2d", nn.Conv2d(2, 3, 3), (2, 2, 5, 6))
    case("conv2d, stride 2, padding 1", nn.Conv2d(3, 2, 3, 2, 1), (1, 3, 6, 7))
    case("conv2d, stride 3, padding 2", nn.Conv2d(1, 4, 5, 3, 2), (2, 1, 8, 9))
    case("conv2d without a bias", nn.Conv2d(2, 3, 1, bias=False), (2, 2, 3, 2))
    case("conv_transpose1d", nn.ConvTranspose1d(3, 2, 3, 2, 1, 1), (2, 3, 4))
    case("conv_transpose2d", nn.ConvTranspose2d(3, 2, 3), (1, 3, 4, 3))
    case("conv_transpose2d, output padding", nn.ConvTranspose2d(2, 3, 3, 2, 1, 1), (2, 2, 3, 2))
    case("embedding", nn.Embedding(5, 3), [[0, 4, 2], [2, 2, 1]])
    for mode in ("", ", eval"):
        case("batch_norm1d" + mode, nn.BatchNorm1d(3), (4, 3))
        case("batch_norm1d" + mode, nn.BatchNorm1d(3), (2, 3, 5))
        case("batch_norm2d" + mode, nn.BatchNorm2d(2), (3, 2, 2, 3))
        case("batch_norm2d of one value" + mode, nn.BatchNorm2d(3), (2, 3, 1, 1))
    case("layer_norm", nn.LayerNorm(4), (3, 4))
    case("layer_norm", nn.LayerNorm(4), (2, 3, 4))
    case("dropout, eval", nn.Dropout(0.25), (3, 4))
    case("max_pool2d", nn.MaxPool2d(2), (2, 3, 5, 4))
    case("max_pool2d, stride 1, padding 1", nn.MaxPool2d(3, 1, 1), (1, 2, 4, 5))
    case("avg_pool1d", nn.AvgPool1d(2), (3, 6))
    case("avg_pool2d", nn.AvgPool2d(3, 2, 1), (1, 2, 5, 6))
    case("flatten", nn.Flatten(), (2, 3, 2, 2))
    case("identity", nn.Identity(), (2, 3))
    case("relu", nn.ReLU(), (2, 3))
    case("tanh", nn.Tanh(), (2, 3))
    case("sigmoid", nn.Sigmoid(), (2, 3))
    case("softmax", nn.Softmax(dim=-1), (2, 3, 4))
    case("softmax over rows", nn.Softmax(dim=0), (4, 3))


class Outputs(nn.Module):
    """A recurrent layer as a module of one output, under its own names."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, x):
        return self.layer(x)[0]

    def state_dict(self):
        return self.layer.state_dict()

    def named_parameters(self):
        return self.layer.named_parameters()


class Remembering(nn.Module):
    """A recurrent layer, or a cell, from a given state on: its outputs and states in one row; with
    lengths, of a packed sequence."""

    def __init__(self, layer, shape, lengths=None):
        super().__init__()
        self.h0 = nn.Parameter(torch.zeros(shape))
        self.lstm = isinstance(layer, (nn.LSTM, nn.LSTMCell))
        if self.lstm:
            self.c0 = nn.Parameter(torch.zeros(shape))
        self.layer, self.lengths = layer, lengths

    def forward(self, x):
        start = (self.h0, self.c0) if self.lstm else self.h0
        if isinstance(self.layer, nn.RNNCellBase):
            end = self.layer(x, start)
            y = end[0] if self.lstm else end
        elif self.lengths:
            first = self.layer.batch_first
            x = nn.utils.rnn.pack_padded_sequence(x, self.lengths, first, enforce_sorted=False)
            y, end = self.layer(x, start)
            y = nn.utils.rnn.pad_packed_sequence(y, first, total_length=6)[0]
        else:
            y, end = self.layer(x, start)
        return torch.cat([v.flatten() for v in (y, *(end if self.lstm else [end]))])


def recurrent():
    three = {"num_layers": 3, "bias": False, "batch_first": True}
    case("lstm", Outputs(nn.LSTM(3, 4)), (5, 2, 3))
    case("gru of two layers", Outputs(nn.GRU(2, 3, 2)), (4, 3, 2))
    case("lstm of three layers, batch first, no bias", Outputs(nn.LSTM(2, 3, **three)), (2, 4, 2))
    case("rnn of two layers with dropout, eval", Outputs(nn.RNN(3, 2, 2, dropout=0.5)), (3, 4, 3))
    case("remembering rnn", Remembering(nn.RNN(3, 4, 2), (2, 2, 4)), (5, 2, 3))
    case("remembering lstm", Remembering(nn.LSTM(2, 3), (1, 2, 3)), (4, 2, 2))
    case("remembering gru", Remembering(nn.GRU(2, 3, **three), (3, 2, 3)), (2, 4, 2))
    lengths = [2, 5, 3]  # of 6 steps
    case("packed rnn", Remembering(nn.RNN(2, 3), (1, 3, 3), lengths), (6, 3, 2))
    case("packed lstm", Remembering(nn.LSTM(3, 2, 2), (2, 3, 2), lengths), (6, 3, 3))
    case("packed gru", Remembering(nn.GRU(3, 2, **three), (3, 3, 2), lengths), (3, 6, 3))
    case("rnn cell", Remembering(nn.RNNCell(3, 2), (4, 2)), (4, 3))
    case("lstm cell", Remembering(nn.LSTMCell(2, 3, bias=False), (4, 3)), (4, 2))
    case("gru cell", Remembering(nn.GRUCell(3, 2), (4, 2)), (4, 3))


class Residual(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.conv1 = nn.Conv2d(c, c // 2, 3, padding=1, bias=False)  # bn1 has one
        self.bn1 = nn.BatchNorm2d(c // 2)
        self.conv2 = nn.Conv2d(c // 2, c, 3, padding=1)

    def forward(self, x):
        y = self.bn1(self.conv1(torch.relu(x)))
        return x + self.conv2(torch.relu(y))


class Classifier(nn.Module):
    """Features, flattened, and a classifier: chapter 16's two networks."""

    def __init__(self, features, classifier):
        super().__init__()
        self.features = nn.Sequential(*features)
        self.classifier = nn.Sequential(*classifier)

    def forward(self, x):
        return self.classifier(torch.flatten(self.features(x), 1))


def conv_relu(channels, pools):
    layers = []
    for i, (c_in, c_out) in enumerate(zip(channels, channels[1:])):
        layers += [nn.Conv2d(c_in, c_out, 3, padding=1), nn.ReLU()]
        layers += [nn.MaxPool2d(2)] * (i in pools)
    return layers


def head(sizes):
    d, hidden, classes = sizes
    return [nn.Linear(d, hidden), nn.ReLU(), nn.Dropout(0.1), nn.Linear(hidden, classes)]


def lenet():
    return nn.Sequential(nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
                         nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
                         nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(),
                         nn.Linear(84, 10))


def names(words, module):
    lines.append(f"case names of {words}")
    lines.extend(" ".join([f"name.{name}", *map(number, (tensor.ndim, *tensor.shape))])
                 for name, tensor in module.state_dict().items())


def networks():
    case("sequence", nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8, 3)),
         (2, 1, 4, 4))
    case("residual blocks", nn.Sequential(*[Residual(4) for _ in range(2)]), (2, 4, 3, 5))
    case("residual blocks, eval", nn.Sequential(*[Residual(4) for _ in range(2)]), (2, 4, 3, 5))
    names("LeNet-5", lenet())
    names("a network of blocks",
          nn.Sequential(nn.Conv2d(3, 16, 3), *[Residual(16) for _ in range(12)], nn.Flatten()))
    names("the teacher", Classifier(conv_relu([3, 128, 64, 64, 32], {1, 3}), head((2048, 512, 10))))
    names("the student", student())


def student():
    return Classifier(conv_relu([3, 16, 16], {0, 1}), head((1024, 256, 10)))


def use(path):
    """The student with these parameters, on two images of numbers that go up from 0 to 1."""
    model = student().double().eval()
    model.load_state_dict(read(path)[1])
    images = (torch.arange(6144, dtype=torch.float64) / 6144).reshape(2, 3, 32, 32)
    print(*map(number, model(images).flatten().tolist()))


if len(sys.argv) > 1:
    use(sys.argv[1])
else:
    layers()
    recurrent()
    networks()
    Path(__file__).with_name("nn.txt").write_text("\n".join(lines) + "\n")
