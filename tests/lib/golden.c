#include "golden.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "autograd/ops.h"
#include "error.h"

const char *golden_parse_shape(const char *text, Shape *shape)
{
    *shape = (Shape){.ndim = 0};
    text += strspn(text, " ");
    if (*text++ != '(')
        return NULL;
    while (*text != ')') {
        char *end;
        long size = strtol(text, &end, 10);
        if (end == text || shape->ndim == AG_MAX_DIMS)
            return NULL;
        shape->dim[shape->ndim++] = (int)size;
        text = end + strspn(end, ", ");
    }
    return text + 1;
}

const char *golden_parse_number(const char *text, double *number)
{
    text += strspn(text, " ");
    if (strncmp(text, "all", 3) == 0) {
        *number = AG_ALL;
        return text + 3;
    }
    char *end;
    *number = strtod(text, &end);
    return end == text ? NULL : end;
}

/* Returns false if the text is not a line as golden.h describes it. */
static bool parse_line(const char *text, GoldenLine *line)
{
    int length = 0;
    if (sscanf(text, "%63s%n", line->name, &length) != 1)
        return false;
    text += length + strspn(text + length, " ");
    if (strcmp(line->name, "case") == 0) {
        line->words = strdup(text);
        return line->words != NULL;
    }
    const char *after_shape = golden_parse_shape(text, &line->shape);
    bool has_shape = after_shape != NULL;
    text = has_shape ? after_shape : text;
    line->value = malloc((strlen(text) / 2 + 1) * sizeof *line->value); /* " 1 2": 2 each */
    while (line->value && *text) {
        text = golden_parse_number(text, &line->value[line->n++]);
        if (!text)
            return false;
    }
    if (!has_shape)
        line->shape = (Shape){.ndim = 1, .dim = {line->n}};
    return line->n > 0 && line->n == ag_shape_size(line->shape);
}

Golden golden_read(const char *path)
{
    FILE *file = fopen(path, "r");
    if (!file)
        error_stop("%s: cannot be opened; tests run in the root of the repository", path);
    Golden golden = {.n = 0};
    char *text = NULL;
    size_t room = 0;
    while (getline(&text, &room, file) != -1) {
        text[strcspn(text, "\n")] = '\0';
        golden.line = realloc(golden.line, ((size_t)golden.n + 1) * sizeof *golden.line);
        if (!golden.line)
            error_stop("%s: out of memory", path);
        golden.line[golden.n] = (GoldenLine){.n = 0};
        if (!parse_line(text, &golden.line[golden.n++]))
            error_stop("%s:%d: not understood: %.60s", path, golden.n, text);
    }
    free(text);
    fclose(file);
    return golden;
}

void golden_free(Golden *golden)
{
    for (int i = 0; i < golden->n; i++) {
        free(golden->line[i].words);
        free(golden->line[i].value);
    }
    free(golden->line);
    *golden = (Golden){.n = 0};
}

const GoldenLine *golden_find(const Golden *golden, const char *name)
{
    for (int i = 0; i < golden->n; i++)
        if (strcmp(golden->line[i].name, name) == 0)
            return &golden->line[i];
    return NULL;
}

bool golden_fits_real(const GoldenLine *line)
{
    for (int i = 0; i < line->n; i++) {
        double wanted = line->value[i], got = (double)(real)wanted;
        bool lost = isinf(got) || fpclassify((real)wanted) == FP_SUBNORMAL || got == 0;
        if (lost && got != wanted)
            return false;
    }
    return true;
}

real *golden_reals(const GoldenLine *line)
{
    real *values = malloc((size_t)line->n * sizeof *values);
    if (!values)
        error_stop("golden_reals: out of memory");
    for (int i = 0; i < line->n; i++)
        values[i] = (real)line->value[i];
    return values;
}
