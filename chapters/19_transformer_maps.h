/* 19_transformer_maps.h: whom each token listens to, looked at. */
#ifndef CHAPTER_19_TRANSFORMER_MAPS_H
#define CHAPTER_19_TRANSFORMER_MAPS_H

#include <stdio.h>

#include "19_transformer_training.h"
#include "workbook/plot.h"
#include "workbook/runlog.h"

/* Runs the net over questions with their answers, and returns whom the tokens of the answers
 * listened to among those of the questions, in the last layer: (n, heads, t, s), until
 * ag_reset(). */
static inline Tensor *listened_to(Net *net, const Task *task, const Questions *q)
{
    const Way way = net->plan.way;
    char last[64];
    snprintf(last, sizeof last, "decoder.layers.%d.multihead_attn", net->plan.layers - 1);
    Module *attention = nn_find(net->stack, last);
    net->plan.way = BY_LIBRARY; /* the library's layers can be watched, with the same parameters */
    nn_watch(attention, true);
    ag_no_grad_begin();
    net_translate(net, q->n, task->s, q->x, task->t, q->given);
    ag_no_grad_end();
    Tensor *weights = nn_attention_weights(attention);
    nn_watch(attention, false);
    net->plan.way = way;
    return weights;
}

/* How much of its attention each head gives to the token that reversing wants, on average. */
static inline void anti_diagonal(const Tensor *weights, int heads, double part[])
{
    const int n = weights->shape.dim[0], t = weights->shape.dim[2], s = weights->shape.dim[3];
    for (int h = 0; h < heads; h++) {
        part[h] = 0;
        for (int i = 0; i < n; i++)
            for (int r = 0; r < t; r++)
                part[h] += (double)weights->data[((i * heads + h) * t + r) * s + s - 1 - r];
        part[h] /= n * t;
    }
}

/* Writes the maps of one question to <task>_attention.csv and draws them. */
static inline bool draw_maps(const Options *options, const Task *task, Net *net, const Questions *q)
{
    RunLog log;
    char name[64];
    snprintf(name, sizeof name, "%s_attention", task->name);
    const Questions first = {1, q->x, q->y, q->given};
    const real *weight = ag_data(listened_to(net, task, &first));
    if (!runlog_open(&log, options->out, name, "head,said,heard,weight,token said,token heard"))
        return false;
    for (int h = 0; h < net->plan.heads; h++)
        for (int r = 0; r < task->t; r++)
            for (int c = 0; c < task->s; c++)
                runlog_row(&log, (double[]){h, r, c, (double)*weight++, q->y[r], q->x[c]});
    ag_reset();
    return runlog_close(&log) && plot_draw_file(options, name, "chapters/19_attention.gp");
}

#endif
