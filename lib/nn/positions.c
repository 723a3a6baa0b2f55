/* positions.c: rows that tell a token where it stands. */
#include "autograd/tape.h"
#include "error.h"
#include "nn/attention.h"
#include "nn/init.h"

typedef struct {
    Module module;
    Tensor *weight; /* (most, width); NULL: sinusoidal */
    int width;
} Positions;

static Tensor *from_the_first(Module *m, Tensor *x)
{
    return nn_add_positions(m, x, 0);
}

static Positions *positions(const char *who, const char *kind, int width)
{
    if (width < 1)
        error_stop("%s: width %d: expected 1 or more", who, width);
    Positions *p = nn_module(sizeof *p, kind, from_the_first);
    p->width = width;
    return p;
}

Module *nn_learned_positions(Rng *rng, int most, int width)
{
    NOT_NULL(rng);
    if (most < 1)
        error_stop("nn_learned_positions: %d places: expected 1 or more", most);
    Positions *p = positions(__func__, "LearnedPositions", width);
    nn_describe(&p->module, "%d, %d", most, width);
    p->weight = nn_parameter(&p->module, "weight", ag_shape(2, most, width));
    init_normal(rng, 0.02, most * width, p->weight->data);
    return &p->module;
}

Module *nn_sinusoidal_positions(int width)
{
    Positions *p = positions(__func__, "SinusoidalPositions", width);
    nn_describe(&p->module, "%d", width);
    return &p->module;
}

/* Waves of a sine and a cosine for every two columns, each pair slower than the one before. */
static Tensor *waves(int first, int t, int width)
{
    Tensor *x = ag_zeros(ag_shape(2, t, width));
    for (int i = 0; i < t; i++)
        for (int j = 0; j < width; j++) {
            const int pair = j - j % 2;
            const double angle = (first + i) * pow(10000.0, -(double)pair / width);
            x->data[i * width + j] = (real)(j % 2 ? cos(angle) : sin(angle));
        }
    return x;
}

Tensor *nn_add_positions(Module *m, Tensor *x, int first)
{
    NOT_NULL(m, x);
    if (m->forward != from_the_first)
        error_stop("nn_add_positions: %s: expected learned or sinusoidal positions", m->kind);
    const Positions *p = (const Positions *)m;
    if (x->shape.ndim != 3 || x->shape.dim[2] != p->width)
        error_stop("nn_add_positions: expected x (n, t, %d), got %s", p->width,
                   ag_shape_text(x->shape));
    const int t = x->shape.dim[1], most = p->weight ? p->weight->shape.dim[0] : INT_MAX;
    if (first < 0 || t > most - first)
        error_stop("nn_add_positions: %d tokens from place %d on: expected places 0 to %d", t,
                   first, most - 1);
    return ag_add(x,
                  p->weight ? ag_slice(p->weight, 0, first, first + t) : waves(first, t, p->width));
}
