/* 02_tape.h: a tape of single numbers, and the way back along it.
 *
 * Every operation computes its value and the slopes by which it reacts to what it was made of, and
 * appends them. The order of creation is already a topological order: the backward pass walks the
 * nodes from the last to the first, and need not know which operation made them. */
#ifndef CHAPTER_02_TAPE_H
#define CHAPTER_02_TAPE_H

#include "error.h"
#include "real.h"

/* One number and how it was made. Node 0 is nobody: the parent that a node does not have. */
typedef struct {
    real value, grad;
    real slope[2];  /* dvalue/dparent, known as soon as the value is */
    int parent[2];  /* older than the node itself: a smaller index */
    const char *op; /* for readers of the tape; the backward pass does not need it */
} Node;

typedef int Scalar; /* a place on the tape */

enum { TAPE_ROOM = 1 << 20 };

static Node tape[TAPE_ROOM];
static int tape_length = 1; /* back to 1, all nodes are forgotten */

static inline Scalar s_node(const char *op, real value, Scalar a, real slope_a, Scalar b,
                            real slope_b)
{
    if (tape_length == TAPE_ROOM)
        error_stop("scalar tape: full, with %d nodes", tape_length);
    tape[tape_length] = (Node){value, 0, {slope_a, slope_b}, {a, b}, op};
    return tape_length++;
}

static inline Scalar s_leaf(const char *name, real value)
{
    return s_node(name, value, 0, 0, 0, 0);
}

/* y = a + b:   dy/da = 1,   dy/db = 1 */
static inline Scalar s_add(Scalar a, Scalar b)
{
    return s_node("+", tape[a].value + tape[b].value, a, 1, b, 1);
}

/* y = a b:   dy/da = b,   dy/db = a */
static inline Scalar s_mul(Scalar a, Scalar b)
{
    return s_node("*", tape[a].value * tape[b].value, a, tape[b].value, b, tape[a].value);
}

/* y = x^p:   dy/dx = p x^(p-1); 0 if p = 0 */
static inline Scalar s_pow(Scalar x, real p)
{
    return s_node("pow", pow(tape[x].value, p), x, p == 0 ? 0 : p * pow(tape[x].value, p - 1), 0,
                  0);
}

/* y = tanh x:   dy/dx = 1 - y^2 */
static inline Scalar s_tanh(Scalar x)
{
    real y = tanh(tape[x].value);
    return s_node("tanh", y, x, 1 - y * y, 0, 0);
}

/* y = max(x, 0):   dy/dx = 1 where x > 0, else 0 */
static inline Scalar s_relu(Scalar x)
{
    bool on = tape[x].value > 0;
    return s_node("relu", on ? tape[x].value : 0, x, on, 0, 0);
}

/* y = e^x:   dy/dx = y */
static inline Scalar s_exp(Scalar x)
{
    real y = exp(tape[x].value);
    return s_node("exp", y, x, y, 0, 0);
}

/* grad = dloss/dvalue for every node, from the youngest to the oldest: when a node's turn comes,
 * whatever used it has had its turn, so its gradient is complete and can be passed on. */
static inline void s_backward(Scalar loss)
{
    for (int i = 0; i <= loss; i++)
        tape[i].grad = 0;
    tape[loss].grad = 1;
    for (int i = loss; i > 0; i--)
        for (int k = 0; k < 2; k++)
            tape[tape[i].parent[k]].grad += tape[i].slope[k] * tape[i].grad;
}

#endif
