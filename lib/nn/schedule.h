/* schedule.h: the learning rate as a function of time.
 *
 * t = 0, 1, ... counts what the caller counts, steps or epochs; the rate for t is that of PyTorch's
 * scheduler after t calls of step(). Rates can be built on one another: warm-up into a cosine is
 *     schedule_warmup(schedule_cosine(lr, 0, 1000, t), 0.1, 100, t)
 * Errors of all: a t below 0; a rate or a factor below 0 or not finite. */
#ifndef NN_SCHEDULE_H
#define NN_SCHEDULE_H

/* From lr at 0 to eta_min at t_max along half a cosine, and beyond it up again, as PyTorch does:
 *     eta_min + (lr - eta_min) (1 + cos(pi t / t_max)) / 2
 * CosineAnnealingLR. Loshchilov and Hutter (2017), "SGDR". Error: t_max below 1. */
double schedule_cosine(double lr, double eta_min, long t_max, long t);

/* lr times gamma for every `every` that have passed: lr gamma^floor(t / every). StepLR. Error:
 * every below 1. */
double schedule_step(double lr, double gamma, long every, long t);

/* From lr start at 0 along a straight line to lr at `length`, and lr from there on. LinearLR.
 * Errors: start outside (0, 1]; length below 1. */
double schedule_warmup(double lr, double start, long length, long t);

#endif
