#include "golden_module.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "autograd/autograd.h"

ModuleCase module_case(const Golden *golden, int *at, double tolerance)
{
    ModuleCase c = {
        .words = golden->line[*at].words, .line = &golden->line[*at + 1], .tolerance = tolerance};
    while (c.words && *at + 1 < golden->n && !golden->line[*at + 1].words) {
        c.lines++;
        ++*at;
    }
    return c;
}

const GoldenLine *module_line(const ModuleCase *c, const char *prefix, const char *path)
{
    char name[NN_PATH_SIZE + 16];
    snprintf(name, sizeof name, "%s%s", prefix, path);
    for (int i = 0; i < c->lines; i++)
        if (strcmp(c->line[i].name, name) == 0)
            return &c->line[i];
    return NULL;
}

static int count_lines(const ModuleCase *c, const char *prefix)
{
    int count = 0;
    for (int i = 0; i < c->lines; i++)
        count += strncmp(c->line[i].name, prefix, strlen(prefix)) == 0;
    return count;
}

void module_line_matches(const ModuleCase *c, const char *what, const GoldenLine *line, Shape shape,
                         bool transposed, const real *values)
{
    if (!line) {
        fail_msg("case %s: PyTorch has no %s", c->words, what);
        return;
    }
    assert_int_equal(line->n, ag_shape_size(shape));
    const int rows = transposed ? shape.dim[0] : 1, columns = line->n / rows;
    real *expected = golden_reals(line), *actual = golden_reals(line);
    for (int i = 0; i < line->n; i++)
        actual[i] = values[transposed ? i % rows * columns + i / rows : i];
    Comparison same = compare(line->n, actual, expected);
    if (!(same.relative <= c->tolerance))
        fail_msg("case %s: %s, element %d: %.9g, PyTorch has %.9g", c->words, what, same.worst,
                 (double)actual[same.worst], (double)expected[same.worst]);
    free(expected);
    free(actual);
}

static void set_state(const char *path, const ModuleTensor *t, void *context)
{
    ModuleCase *c = context;
    const GoldenLine *line = module_line(c, "state.", path);
    if (!line) {
        fail_msg("case %s: PyTorch has no %s", c->words, path);
        return;
    }
    c->visited++;
    if (!t->tensor) {
        *t->count = (long)line->value[0];
        return;
    }
    const int rows = t->tensor->shape.dim[0], columns = t->tensor->size / rows;
    assert_int_equal(line->n, t->tensor->size);
    for (int i = 0; i < line->n; i++)
        t->tensor->data[t->transposed ? i % rows * columns + i / rows : i] = (real)line->value[i];
    ag_bump_version(t->tensor);
}

static void check_gradient(const char *path, const ModuleTensor *t, void *context)
{
    const ModuleCase *c = context;
    if (t->buffer)
        return;
    assert_non_null(t->tensor->grad);
    module_line_matches(c, path, module_line(c, "grad.", path), t->tensor->shape, t->transposed,
                        t->tensor->grad);
    t->tensor->grad = NULL;
}

void module_set_state(ModuleCase *c, Module *m)
{
    c->visited = 0;
    nn_each(m, set_state, c);
    assert_int_equal(c->visited, count_lines(c, "state."));
}

void module_check_gradients(const ModuleCase *c, Module *m)
{
    nn_each(m, check_gradient, (void *)c);
}
