"""PyTorch's side of `make bench`, driven by measure.c: prints what PyTorch it is, then answers each
line "job calls" with the seconds of processor time that one call took."""
import sys
import time

try:
    import torch
    import torch.nn.functional as F
except ImportError:
    sys.exit()

torch.set_num_threads(1)
torch.manual_seed(42)

# The names model of chapters/10_makemore_mlp.h: its sizes, its step, and how many examples there
# are to draw from. What the letters are makes no difference to the time.
EXAMPLES, CONTEXT, EMBEDDING, HIDDEN, CLASSES = 180_000, 3, 10, 200, 27
BATCH, EPS, LR = 32, 1e-5, 0.1
D = CONTEXT * EMBEDDING

X = torch.randint(CLASSES, (EXAMPLES, CONTEXT))
Y = torch.randint(CLASSES, (EXAMPLES,))
C = torch.randn(CLASSES, EMBEDDING)
W1, b1 = torch.randn(D, HIDDEN) * 5 / 3 / D**0.5, torch.randn(HIDDEN) * 0.1
bngain, bnbias = 1 + torch.randn(HIDDEN) * 0.1, torch.randn(HIDDEN) * 0.1
W2, b2 = torch.randn(HIDDEN, CLASSES) * 0.1, torch.randn(CLASSES) * 0.1
parameters = [C, W1, b1, bngain, bnbias, W2, b2]
for p in parameters:
    p.requires_grad_()


def step():
    """One step as fast as eager PyTorch goes: its own op for every layer, one update for all."""
    pick = torch.randint(EXAMPLES, (BATCH,))
    emb = F.embedding(X.index_select(0, pick), C).view(BATCH, D)
    hpreact = F.batch_norm(torch.addmm(b1, emb, W1), None, None, bngain, bnbias, True, 0.1, EPS)
    logits = torch.addmm(b2, torch.tanh(hpreact), W2)
    loss = F.cross_entropy(logits, Y.index_select(0, pick))
    with torch.no_grad():
        torch._foreach_add_(parameters, torch.autograd.grad(loss, parameters), alpha=-LR)


def lecture():
    """The same step as a lecture writes it, batch norm as a formula and an update a parameter."""
    pick = torch.randint(EXAMPLES, (BATCH,))
    emb = C[X[pick]]
    hprebn = emb.view(BATCH, -1) @ W1 + b1
    bnmean, bnvar = hprebn.mean(0, keepdim=True), hprebn.var(0, keepdim=True)
    h = torch.tanh(bngain * (hprebn - bnmean) / torch.sqrt(bnvar + EPS) + bnbias)
    loss = F.cross_entropy(h @ W2 + b2, Y[pick])
    for p in parameters:
        p.grad = None
    loss.backward()
    for p in parameters:
        p.data += -LR * p.grad


# The convolutions of networks as in convolutions.c: batch, and (in, out, size, kernel, padding).
NETWORKS = {
    "lenet": (64, [(1, 6, 28, 5, 2), (6, 16, 14, 5, 0)]),
    "student": (128, [(3, 16, 32, 3, 1), (16, 16, 16, 3, 1)]),
    "teacher": (128, [(3, 128, 32, 3, 1), (128, 64, 32, 3, 1), (64, 64, 16, 3, 1),
                      (64, 32, 16, 3, 1)]),
}


def layers_of(name):
    """Each layer's forward, what takes a gradient, and the gradient from above. Of the first
    layer's input none is asked for."""
    batch, layers = NETWORKS[name]
    for i, (c, o, size, kernel, padding) in enumerate(layers):
        x = torch.randn(batch, c, size, size, requires_grad=i > 0)
        w, b = torch.randn(o, c, kernel, kernel), torch.randn(o)
        forward = lambda x=x, w=w, b=b, padding=padding: F.relu(F.conv2d(x, w, b, padding=padding))
        yield (forward, [v.requires_grad_() for v in ([w, b, x] if i else [w, b])],
               torch.randn_like(forward()))


def network(name):
    """One network there and back, which is made when it is first called."""
    layers = []

    def run():
        if not layers:
            layers.extend(layers_of(name))
        for forward, inputs, upstream in layers:
            torch.autograd.grad(forward(), inputs, upstream)
    return run


def training(shape, modules):
    """A step of a whole network on images of noise, made when it is first called."""
    made = []

    def run():
        if not made:
            net = torch.nn.Sequential(*modules())
            made.extend([net, torch.optim.SGD(net.parameters(), lr=1e-2), torch.randn(shape),
                         torch.randint(10, shape[:1])])
        net, sgd, x, y = made
        sgd.zero_grad()
        F.cross_entropy(net(x), y).backward()
        sgd.step()
    return run


def modules_of(convolutions, pooled, layers, dropout=None):
    """Convolutions (in, out, kernel, padding), some of them pooled by 2, then layers; all with
    relu but the last."""
    nn = torch.nn
    for i, (c, o, kernel, padding) in enumerate(convolutions):
        yield from (nn.Conv2d(c, o, kernel, padding=padding), nn.ReLU())
        if i in pooled:
            yield nn.MaxPool2d(2)
    yield nn.Flatten()
    for i, o in zip(layers, layers[1:-1]):
        yield from (nn.Linear(i, o), nn.ReLU())
    if dropout:
        yield nn.Dropout(dropout)
    yield nn.Linear(*layers[-2:])


def transformer(dropout):
    """A step of the language model of transformers.c, which is made when it is first called."""
    made = []

    def make():
        nn, letters, width, t = torch.nn, 65, 128, 64
        layer = nn.TransformerEncoderLayer(width, 4, 512, dropout, batch_first=True)
        net = nn.ModuleDict({"letters": nn.Embedding(letters, width),
                             "positions": nn.Embedding(t, width),
                             "stack": nn.TransformerEncoder(layer, 4),
                             "head": nn.Linear(width, letters)})
        made.extend([net, torch.optim.Adam(net.parameters(), lr=1e-3),
                     torch.ones(t, t, dtype=torch.bool).triu(1),
                     torch.randint(letters, (32, t)), torch.randint(letters, (32, t))])

    def run():
        if not made:
            make()
        net, adam, mask, x, y = made
        adam.zero_grad()
        z = net["stack"](net["letters"](x) + net["positions"].weight, mask)
        F.cross_entropy(net["head"](z).flatten(0, 1), y.flatten()).backward()
        adam.step()
    return run


def attention(n, t, causal=False):
    """There and back, with the matrix of weights: this PyTorch has no other way."""
    heads, d = 4, 32
    q, k, v = (torch.randn(n, t, heads * d, requires_grad=True) for _ in range(3))
    upstream = torch.randn(n, t, heads * d)
    future = torch.ones(t, t, dtype=torch.bool).triu(1)
    split = lambda x: x.view(n, t, heads, d).transpose(1, 2)

    def run():
        scores = split(q * d**-0.5) @ split(k).transpose(-1, -2)
        if causal:
            scores = scores.masked_fill(future, -torch.inf)
        y = (scores.softmax(-1) @ split(v)).transpose(1, 2).reshape(n, t, -1)
        torch.autograd.grad(y, [q, k, v], upstream)
    return run


x = torch.linspace(0.01, 8, 65536)
y = torch.empty_like(x)

# One parameter of so many numbers, as in bench.c, for each optimizer.
WEIGHTS = 1_000_000


def optimizer(make, **options):
    """The optimizer's step, of a parameter and a gradient of its own."""
    p = torch.randn(WEIGHTS, requires_grad=True)
    p.grad = torch.randn(WEIGHTS)
    return make([p], lr=1e-3, **options).step


def layer(shape, run):
    """A layer there and back, on as many numbers as in layers.c."""
    x = torch.randn(shape, requires_grad=True)
    gain, bias = (torch.randn(shape[1], requires_grad=True) for _ in range(2))
    mean, var = torch.zeros(shape[1]), torch.ones(shape[1])
    upstream = torch.randn_like(run(x, mean, var, gain, bias))
    inputs = [x, gain, bias]

    def there_and_back():
        y = run(x, mean, var, gain, bias)
        torch.autograd.grad(y, inputs, upstream, allow_unused=True)
    return there_and_back


def recurrent(module):
    """Two layers of 128 there and back over 64 steps of a batch of 32, as in recurrent.c."""
    net, x = module(128, 128, 2), torch.randn(64, 32, 128)
    upstream, inputs = torch.randn(64, 32, 128), list(net.parameters())
    return lambda: torch.autograd.grad(net(x)[0], inputs, upstream)


LENET, STUDENT = (64, 6, 28, 28), (128, 16, 32, 32)
jobs = {
    "step": step,
    "lecture": lecture,
    **{name: network(name) for name in NETWORKS},
    "lenet_step": training((64, 1, 28, 28), lambda: modules_of(
        [(1, 6, 5, 2), (6, 16, 5, 0)], (0, 1), (400, 120, 84, 10))),
    "student_step": training((128, 3, 32, 32), lambda: modules_of(
        [(3, 16, 3, 1), (16, 16, 3, 1)], (0, 1), (1024, 256, 10), 0.1)),
    "teacher_step": training((128, 3, 32, 32), lambda: modules_of(
        [(3, 128, 3, 1), (128, 64, 3, 1), (64, 64, 3, 1), (64, 32, 3, 1)], (1, 3),
        (2048, 512, 10), 0.1)),
    "exp": lambda: torch.exp(x, out=y),
    "tanh": lambda: torch.tanh(x, out=y),
    "log": lambda: torch.log(x, out=y),
    "sigmoid": lambda: torch.sigmoid(x, out=y),
    "max_pool_lenet": layer(LENET, lambda x, *_: F.max_pool2d(x, 2)),
    "max_pool_student": layer(STUDENT, lambda x, *_: F.max_pool2d(x, 2)),
    "average_pool": layer(STUDENT, lambda x, *_: F.avg_pool2d(x, 2)),
    "batch_norm": layer(STUDENT, lambda *v: F.batch_norm(*v, True, 0.1, EPS)),
    "dropout": layer(STUDENT, lambda x, *_: F.dropout(x, 0.1, True)),
    "transformer_step": transformer(0),
    "transformer_dropout_step": transformer(0.1),
    "attention_64": attention(32, 64),
    "attention_1024": attention(1, 1024),
    "attention_causal": attention(1, 1024, causal=True),
    "lstm": recurrent(torch.nn.LSTM),
    "gru": recurrent(torch.nn.GRU),
    "sgd": optimizer(torch.optim.SGD),
    "momentum": optimizer(torch.optim.SGD, momentum=0.9, weight_decay=0.01),
    "adam": optimizer(torch.optim.Adam),
}

capability = torch.__config__.show().partition("CPU capability usage: ")[2].partition("\n")[0]
print("PyTorch", torch.__version__, capability, flush=True)
for line in sys.stdin:
    job, calls = line.split()
    run, calls = jobs[job], int(calls)
    start = time.process_time()
    for _ in range(calls):
        run()
    print((time.process_time() - start) / max(calls, 1), flush=True)
