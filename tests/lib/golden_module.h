/* golden_module.h: a module's parameters from a golden file, and its gradients against the file's.
 *
 * A case is the lines behind its first: "state.PATH" a parameter, "grad.PATH" its gradient, ... */
#ifndef TESTS_GOLDEN_MODULE_H
#define TESTS_GOLDEN_MODULE_H

#include "golden.h"
#include "nn/module.h"

typedef struct {
    const char *words;
    const GoldenLine *line; /* of the case, behind its first */
    int lines;
    double tolerance; /* relative, of all that is compared */
    int visited;      /* names, by a walk over the module */
} ModuleCase;

/* The case at this line of a golden file, and *at on the last of its lines; words NULL if no case
 * begins here. */
ModuleCase module_case(const Golden *golden, int *at, double tolerance);

/* The line of this name; NULL if there is none. */
const GoldenLine *module_line(const ModuleCase *c, const char *prefix, const char *path);

/* Fails unless values, of `shape` or the other way round, are what the line says. */
void module_line_matches(const ModuleCase *c, const char *what, const GoldenLine *line, Shape shape,
                         bool transposed, const real *values);

/* Fails unless every name of m has its line "state.PATH", and every such line its name. */
void module_set_state(ModuleCase *c, Module *m);

/* Fails unless every parameter has the gradient of its line "grad.PATH"; sets it back to NULL. */
void module_check_gradients(const ModuleCase *c, Module *m);

#endif
