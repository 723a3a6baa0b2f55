#include "nn/schedule.h"

#include "error.h"
#include "real.h"

static void check_time(const char *who, long t)
{
    if (t < 0)
        error_stop("%s: t %ld: expected 0 or more", who, t);
}

double schedule_cosine(double lr, double eta_min, long t_max, long t)
{
    error_if_negative("schedule_cosine", "lr", lr);
    error_if_negative("schedule_cosine", "eta_min", eta_min);
    check_time("schedule_cosine", t);
    if (t_max < 1)
        error_stop("schedule_cosine: t_max %ld: expected 1 or more", t_max);
    double pi = acos(-1.0);
    return eta_min + (lr - eta_min) * (1 + cos(pi * (double)t / (double)t_max)) / 2;
}

double schedule_step(double lr, double gamma, long every, long t)
{
    error_if_negative("schedule_step", "lr", lr);
    error_if_negative("schedule_step", "gamma", gamma);
    check_time("schedule_step", t);
    if (every < 1)
        error_stop("schedule_step: every %ld: expected 1 or more", every);
    long passed = t / every;
    return lr * pow(gamma, (double)passed);
}

double schedule_warmup(double lr, double start, long length, long t)
{
    error_if_negative("schedule_warmup", "lr", lr);
    check_time("schedule_warmup", t);
    if (!(start > 0 && start <= 1))
        error_stop("schedule_warmup: start %g: expected more than 0 and at most 1", start);
    if (length < 1)
        error_stop("schedule_warmup: length %ld: expected 1 or more", length);
    return t < length ? lr * (start + (1 - start) * (double)t / (double)length) : lr;
}
