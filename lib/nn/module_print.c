/* module_print.c: a network on paper. */
#include <stdio.h>
#include <string.h>

#include "error.h"
#include "nn/module.h"

enum { SHAPES_COLUMN = 58, COUNT_COLUMN = 98 };

/* 61,706 */
static const char *with_commas(long n, char text[32])
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%ld", n), at = 0;
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            text[at++] = ',';
        text[at++] = digits[i];
    }
    text[at] = '\0';
    return text;
}

static Shape shape_in_file(const ModuleTensor *t)
{
    if (!t->tensor)
        return ag_shape(0);
    Shape shape = t->tensor->shape;
    if (t->transposed) {
        shape.dim[0] = t->tensor->shape.dim[1];
        shape.dim[1] = t->tensor->shape.dim[0];
    }
    return shape;
}

/* Blanks from here to there, two at least. */
static int gap(int column, int to)
{
    return to - column > 2 ? to - column : 2;
}

/* Appends the shapes of m's own parameters, and their count, in columns. */
static void print_own(const Module *m, int column)
{
    char shapes[256] = "", count[32];
    long own = 0;
    size_t length = 0;
    for (int i = 0; i < m->tensors; i++) {
        const ModuleTensor *t = &m->tensor[i];
        if (t->buffer)
            continue;
        own += t->tensor->size;
        if (length < sizeof shapes)
            length +=
                (size_t)snprintf(shapes + length, sizeof shapes - length, "%s%s %s",
                                 length ? ", " : "", t->name, ag_shape_text(t->tensor->shape));
    }
    if (own > 0) {
        column += printf("%*s%s", gap(column, SHAPES_COLUMN), "", shapes);
        printf("%*s", gap(column, COUNT_COLUMN - (int)strlen(with_commas(own, count))), "");
        printf("%s", count);
    }
    putchar('\n');
}

static void print_module(const Module *m, const char *name, int depth)
{
    int column = printf("%*s", 2 * depth, "");
    if (name)
        column += printf("(%s): ", name);
    column += printf("%s(%s", m->kind, m->settings);
    if (m->children == 0) {
        column += printf(")");
        print_own(m, column);
        return;
    }
    print_own(m, column);
    for (int i = 0; i < m->children; i++)
        print_module(m->child[i].module, m->child[i].name, depth + 1);
    printf("%*s)\n", 2 * depth, "");
}

void nn_print(const Module *m)
{
    NOT_NULL(m);
    char count[32];
    print_module(m, NULL, 0);
    printf("%s parameters\n", with_commas(nn_size(m), count));
}

static void print_entry(const char *path, const ModuleTensor *t, void *context)
{
    (void)context;
    printf("  %-40s %s\n", path, ag_shape_text(shape_in_file(t)));
}

void nn_print_state(const Module *m)
{
    NOT_NULL(m);
    nn_each(m, print_entry, NULL);
}
