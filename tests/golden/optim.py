"""Writes optim.txt: 50 steps of torch.optim's SGD, Adam and AdamW with every combination of their
options, and the learning rates of its schedulers.

    start, curvature, noise     five numbers p, whose gradient at step t = 0, 1, ... is
                                    curvature p + noise[t]
    case sgd 0.03125 0.9 ...    the rule and its settings, see settings() below
    after_1, after_2, ...       p after so many steps
    case cosine 0.1 ...         a schedule and its settings
    lr                          its rate at t = 0, 1, ...

The first two numbers are one parameter and the other three a second one; in the case `groups` they
have settings of their own, and at some steps (gaps) the second has no gradient.
"""
from itertools import product
from pathlib import Path

import torch
from torch.optim import SGD, Adam, AdamW
from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, StepLR

from golden import draw, generator, line, number

STEPS, SHOWN, SPLIT = 50, (1, 2, 3, 10, 50), 2
GAPS = (0, 3, 4, 20)

rng = generator("optimizers")
start, curvature = draw(rng, (5,)), draw(rng, (5,), positive=True)
noise = draw(rng, (STEPS, 5))
noise[:4] *= 4              # large gradients first, which AMSGrad does not forget


def settings(rule, options):
    """The words of a case: the rule, and its settings in the order of optim.h."""
    names = "lr momentum dampening weight_decay nesterov maximize" if rule == "sgd" else \
        "lr beta1 beta2 eps weight_decay amsgrad maximize"
    beta1, beta2 = options.get("betas", (None, None))
    options = dict(options, beta1=beta1, beta2=beta2)
    return " ".join([rule, *(number(options[name]) for name in names.split())])


def trace(rule, first, second, gaps=()):
    """What the five numbers are after the steps that are shown."""
    p = [start[:SPLIT].clone().requires_grad_(), start[SPLIT:].clone().requires_grad_()]
    make = dict(sgd=SGD, adam=Adam, adamw=AdamW)[rule]
    optimizer = make([dict(params=[p[0]], **first), dict(params=[p[1]], **second)], lr=1)
    shown = []
    for t in range(STEPS):
        gradient = (curvature * torch.cat(p) + noise[t]).detach()
        p[0].grad, p[1].grad = gradient[:SPLIT].clone(), gradient[SPLIT:].clone()
        if t in gaps:
            p[1].grad = None
        optimizer.step()
        if t + 1 in SHOWN:
            shown.append(line(f"after_{t + 1}", torch.cat(p)))
    return shown


switches = (False, True)
cases = [("sgd", dict(lr=1 / 32, momentum=m, dampening=d, weight_decay=w, nesterov=n, maximize=x))
         for m, d, w, n, x in product((0, 0.9), (0, 0.3), (0, 0.1), switches, switches)
         if not n or m > 0 and d == 0]
cases += [(rule, dict(lr=1 / 16, betas=b, eps=e, weight_decay=w, amsgrad=a, maximize=x))
          for rule in ("adam", "adamw")
          for (b, e), w, a, x in product((((0.9, 0.999), 1e-8), ((0.5, 0.75), 0.125)), (0, 0.1),
                                         switches, switches)]

lines = [line("start", start), line("curvature", curvature), line("noise", noise)]
lines.append("gaps " + " ".join(map(str, GAPS)))
seen = {}
for rule, options in cases:
    shown = trace(rule, options, options)
    # Options that change nothing are not tested by this. Without momentum, dampening is one; without
    # decay, Adam and AdamW are the same.
    idle = options.get("momentum") == 0 and options["dampening"] or \
        rule == "adamw" and options["weight_decay"] == 0
    assert idle or str(shown) not in seen, settings(rule, options)
    seen[str(shown)] = True
    lines += ["case " + settings(rule, options), *shown]

adam = dict(lr=1 / 16, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, amsgrad=False, maximize=False)
for rule, first, second in (
        ("sgd", dict(lr=1 / 32, momentum=0.9, dampening=0.3, weight_decay=0, nesterov=False,
                     maximize=False),
         dict(lr=1 / 64, momentum=0.5, dampening=0, weight_decay=0.1, nesterov=True,
              maximize=False)),
        ("adam", adam, dict(adam, lr=1 / 8, weight_decay=0.1, amsgrad=True)),
        ("adamw", adam, dict(adam, lr=1 / 8, weight_decay=0.1))):
    lines += [f"case groups {settings(rule, first)} {settings(rule, second)}",
              *trace(rule, first, second, GAPS)]


def rates(make, lr=0.1, steps=61):
    """The learning rate after 0, 1, ... calls of the scheduler's step()."""
    optimizer = SGD([torch.zeros(1, requires_grad=True)], lr=lr)
    schedulers = [m(optimizer) for m in make]
    found = []
    for _ in range(steps):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        for scheduler in schedulers:
            scheduler.step()
    return line("lr", torch.tensor(found, dtype=torch.float64))


for t_max, eta_min in ((20, 0), (20, 0.01), (60, 0.03), (1, 0)):
    lines += [f"case cosine {t_max} {eta_min}",
              rates([lambda o: CosineAnnealingLR(o, t_max, eta_min)])]
for every, gamma in ((1, 0.9), (7, 0.5), (30, 0.1), (100, 0.1)):
    lines += [f"case step {every} {gamma}", rates([lambda o: StepLR(o, every, gamma)])]
for length, first in ((1, 0.5), (10, 0.01), (60, 0.25), (30, 1)):
    lines += [f"case warmup {length} {first}", rates([lambda o: LinearLR(o, first, 1, length)])]
lines += ["case warmup_cosine 10 0.1 60 0",
          rates([lambda o: LinearLR(o, 0.1, 1, 10), lambda o: CosineAnnealingLR(o, 60)])]

Path(__file__).with_suffix(".txt").write_text("\n".join(lines) + "\n")
