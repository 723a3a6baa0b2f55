/* 02_expressions.h: the two expressions that chapter 02 puts on its tape. */
#ifndef CHAPTER_02_EXPRESSIONS_H
#define CHAPTER_02_EXPRESSIONS_H

#include "02_tape.h"

typedef Scalar Expression(Scalar a, Scalar b);

/* On a new tape. a is node 1 and b node 2. */
static inline Scalar evaluate(Expression *expression, real a, real b)
{
    tape_length = 1;
    s_leaf("a", a);
    s_leaf("b", b);
    return expression(1, 2);
}

/* L = (a + a b)^2: a is used twice. */
static inline Scalar small_expression(Scalar a, Scalar b)
{
    return s_pow(s_add(a, s_mul(a, b)), 2);
}

static inline Scalar s_scale(real k, Scalar x)
{
    return s_mul(s_leaf("const", k), x);
}

static inline Scalar s_sub(Scalar a, Scalar b)
{
    return s_add(a, s_scale(-1, b));
}

/* One new node in each argument list at most: C leaves open which argument comes first. */
static inline Scalar large_expression(Scalar a, Scalar b)
{
    Scalar one = s_leaf("const", 1), c = s_add(a, b), d = s_mul(a, b);
    d = s_add(d, s_pow(b, 3));
    c = s_add(c, s_add(c, one));
    c = s_add(c, s_sub(s_add(one, c), a));
    d = s_add(d, s_scale(2, d));
    d = s_add(d, s_relu(s_add(b, a)));
    d = s_add(d, s_scale(3, d));
    d = s_add(d, s_relu(s_sub(b, a)));
    Scalar e = s_sub(c, d), f = s_pow(e, 2), g = s_scale(0.5, f);
    return s_add(g, s_scale(10, s_pow(f, -1)));
}

#endif
