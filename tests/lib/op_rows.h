/* op_rows.h: every op of autograd/ops.h in a form that a loop can call.
 *
 * A new op needs one row in op_rows.c, which gives it its gradient tests (test_ops.c), and one case
 * in tests/golden/ops.py, which holds it against PyTorch (test_golden.c). Tests fail without. */
#ifndef TESTS_OP_ROWS_H
#define TESTS_OP_ROWS_H

#include "autograd/tensor.h"

enum { OP_MAX_INPUTS = 7, OP_MAX_NUMBERS = 10, OP_MAX_CASES = 12 };

/* What an op is applied to: its tensors, its numbers in the order of the prototype (a shape is its
 * sizes), and its index array. */
typedef struct {
    int n_in, n_args, n_index;
    Tensor *in[OP_MAX_INPUTS];
    double args[OP_MAX_NUMBERS];
    int index[OP_MAX_NUMBERS];
} OpCall;

/* A case as text is the shapes of the inputs, then behind bars the numbers and the index array:
 *     "(5, 3) | 2 2 | 0 4 0 2"
 * "+" before a shape wants positive elements, "%" probabilities, "=" a tensor that takes no
 * gradient.
 */
typedef struct {
    const char *name; /* "add" for ag_add */
    Tensor *(*apply)(const OpCall *call);
    const char *cases[OP_MAX_CASES]; /* for the numeric gradient; NULL after the last */
} OpRow;

extern const OpRow op_rows[];
extern const int n_op_rows;

/* The row of this name (of `length` characters), or NULL. */
const OpRow *op_row_find(const char *name, int length);

/* Takes a case apart. Every input becomes a parameter, without a gradient if it takes none, its
 * elements random: between 1/4 and 2 in size, so that none is near the kinks at zero; probabilities
 * are between 1/4 and 3/4. */
OpCall op_case_begin(const char *text);
void op_case_end(OpCall *call);

#endif
