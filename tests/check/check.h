/* check.h: how an exercise tells the judge what is asked, what is right, and what usually goes
 * wrong.
 *
 * tests/exercises/NN_name.c fills in an Exercise for each function, behind the right answer and the
 * wrong ones, and lists them in one Check. It is compiled twice: into the judge, which knows the
 * right answers, and (with CHECK_RUNNER) into the runner, the process in which a student's answers
 * run, which must not; there JUDGE() leaves nothing of them behind. */
#ifndef CHECK_H
#define CHECK_H

#include <stddef.h>

#include "real.h"

enum { MAX_SIZES = 10, MAX_ARGUMENTS = 14, MAX_CASES = 8 };

/* What an argument is, and with what the judge fills it. */
typedef enum {
    IN_NORMAL,   /* N(0, 1) */
    IN_POSITIVE, /* |N(0, 1)| + 1/4 */
    IN_PROBS,    /* each row positive, and adding up to 1 */
    IN_INDEX,    /* int, uniform on 0 .. limit-1; `limit` is a size's letter */
    IN_PREPARED, /* NaN, to be written by the exercise's prepare() */
    OUT,         /* to be written whole; filled with NaN before */
    OUT_COUNT,   /* how often something was asked for, as .call counted it */
    IN_OUT,      /* N(0, 1), or what prepare() made of it; to be updated in place */
} Kind;

/* An array argument. Shapes are written in the letters of the exercise's sizes: "nk" is (n, k), ""
 * is one number. */
typedef struct {
    const char *name; /* as in the prototype and the lesson: "dhpreact" */
    Kind kind;
    const char *shape;
    char limit; /* for IN_INDEX */
} Argument;

/* Any function. Cast to its true type before it is called. */
typedef void (*Function)(void);

/* Calls `function` with sizes n[0], n[1], ... and arrays a[0], a[1], ... Made by CALL(). */
typedef void Call(Function function, const int n[], void *const a[]);

/* CALL(dX_backward, n[0], n[1], a[0], a[1], a[2]) defines call_dX_backward(), which passes those
 * arguments to a function with dX_backward's prototype. A number that is passed by value is
 * VALUE(a[1]). CALL_RETURNING(f, a[2], ...) stores what the function returns in a[2]. */
#define CALL(name, ...)                                                        \
    static void call_##name(Function function, const int n[], void *const a[]) \
    {                                                                          \
        (void)n, (void)a;                                                      \
        ((__typeof__(name) *)function)(__VA_ARGS__);                           \
    }
#define CALL_RETURNING(name, out, ...)                                         \
    static void call_##name(Function function, const int n[], void *const a[]) \
    {                                                                          \
        (void)n, (void)a;                                                      \
        *(real *)(out) = ((__typeof__(name) *)function)(__VA_ARGS__);          \
    }
#define VALUE(array) (*(const real *)(array))

/* A wrong answer that students give, and what a good teacher says to it: one or two sentences, to
 * "you", that name the mistake and its cure. The answer is what a dial on the solution makes (see
 * dial.h), TURNED("missing-factor:b[i]"), or where no dial does, a function with the exercise's own
 * prototype, MISTAKE(bell_inner_sign). */
typedef struct {
    Function function;
    const char *label; /* by which it is counted: the dial's, or the function's name */
    const char *sentence;
} Mistake;

#define MISTAKE(function) (Function)(function), #function
#define TURNED(label) NULL, label

/* Overwrites inputs that depend on others, so that they are what a forward pass would have left (h
 * = tanh(hpreact), probs = counts / sum): any way to compute the answer is then right. Also the
 * place to put in ties and zeros. `which` is the number of the case, from 0. */
typedef void Prepare(int which, const int n[], void *const a[]);

typedef struct {
    const char *name; /* the function's */
    Call *call;
    const char *sizes;                 /* their letters in the order of n[]: "nk" */
    Argument arguments[MAX_ARGUMENTS]; /* in the order of a[]; ends at the first without a name */
    int cases[MAX_CASES][MAX_SIZES];   /* sizes to try, all different in each; ends at a zero */
    Function reference;                /* the right answer, by another road than the solution's */
    Prepare *prepare;                  /* may be NULL */
    const Mistake *mistakes;           /* ends at one without a sentence; may be NULL */
    const char *to_the_bit;            /* said where only rounding is wrong; NULL: that is right */
} Exercise;

typedef struct {
    const char *name;                 /* "08_batchnorm" */
    const Exercise *const *exercises; /* in their order; ends at NULL */
} Check;

/* The one that tests/exercises/NN_name.c defines. */
extern const Check check;

/* .reference = JUDGE(reference_x), .prepare = JUDGE(prepare_x), .mistakes = JUDGE(mistakes_x) */
#ifdef CHECK_RUNNER
#define JUDGE(pointer) NULL
#else
#define JUDGE(pointer) (pointer)
#endif

#endif
