"""Writes names_model.txt: the names model of chapter 10, small, and all its gradients by PyTorch.

    X, Y                      contexts and next letters (indices)
    C, W1, b1, ..., b2        the parameters
    loss                      the mean negative log-likelihood, in nats
    dlogprobs, dprobs, ...    dLoss/dlogprobs, ..., in the order in which they are found by hand

Every size differs from every other, so that no two axes can be exchanged unnoticed.
"""
from pathlib import Path

import torch

from golden import draw, generator, line

N, CONTEXT, EMBEDDING, HIDDEN, CLASSES = 6, 3, 4, 7, 27

rng = generator("names model")
X = torch.tensor([[rng.randrange(CLASSES) for _ in range(CONTEXT)] for _ in range(N)])
X[0] = 0              # the start of a name: the same row of C three times,
X[1, :2] = 0          # and again in the next context
Y = torch.tensor([rng.randrange(CLASSES) for _ in range(N)])

C = draw(rng, (CLASSES, EMBEDDING))
W1 = draw(rng, (CONTEXT * EMBEDDING, HIDDEN)) / 2
b1 = draw(rng, (HIDDEN,)) / 4
bngain = draw(rng, (HIDDEN,), positive=True)
bnbias = draw(rng, (HIDDEN,)) / 4
W2 = draw(rng, (HIDDEN, CLASSES)) / 2
b2 = draw(rng, (CLASSES,)) / 4
for parameter in (C, W1, b1, bngain, bnbias, W2, b2):
    parameter.requires_grad_()

emb = C[X]
embcat = emb.view(N, -1)
hprebn = embcat @ W1 + b1
bnmean = hprebn.sum(0, keepdim=True) / N
bndiff = hprebn - bnmean
bndiff2 = bndiff**2
bnvar = bndiff2.sum(0, keepdim=True) / (N - 1)
bnvar_inv = (bnvar + 1e-5) ** -0.5
bnraw = bndiff * bnvar_inv
hpreact = bngain * bnraw + bnbias
h = torch.tanh(hpreact)
logits = h @ W2 + b2
logit_maxes = logits.max(1, keepdim=True).values
norm_logits = logits - logit_maxes
counts = norm_logits.exp()
counts_sum = counts.sum(1, keepdim=True)
counts_sum_inv = counts_sum**-1
probs = counts * counts_sum_inv
logprobs = probs.log()
loss = -logprobs[range(N), Y].mean()

inputs = dict(X=X, Y=Y, C=C, W1=W1, b1=b1, bngain=bngain, bnbias=bnbias, W2=W2, b2=b2)
steps = dict(logprobs=logprobs, probs=probs, counts_sum_inv=counts_sum_inv, counts_sum=counts_sum,
             counts=counts, norm_logits=norm_logits, logit_maxes=logit_maxes, logits=logits, h=h,
             W2=W2, b2=b2, hpreact=hpreact, bngain=bngain, bnbias=bnbias, bnraw=bnraw,
             bnvar_inv=bnvar_inv, bnvar=bnvar, bndiff2=bndiff2, bndiff=bndiff, bnmean=bnmean,
             hprebn=hprebn, embcat=embcat, W1=W1, b1=b1, emb=emb, C=C)
for tensor in steps.values():
    tensor.retain_grad()
loss.backward()

lines = [line(name, tensor) for name, tensor in (inputs | dict(loss=loss)).items()]
lines += [line("d" + name, tensor.grad) for name, tensor in steps.items()]
Path(__file__).with_suffix(".txt").write_text("\n".join(lines) + "\n")
