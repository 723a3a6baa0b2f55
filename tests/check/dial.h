/* dial.h: copies of a chapter's solutions with a dial on every place where students err.
 *
 * tests/check/dial/ is a program that reads solutions/NN_name.c and writes
 * build/check/NN_name/dials.c, which includes this. At rest, with every dial at 0, a copy does what
 * the solution does. The judge turns one dial, one and its twins (twins.h), or two and looks
 * whether the copy now does what a student's answer did. */
#ifndef CHECK_DIAL_H
#define CHECK_DIAL_H

#include "check.h"

/* On what a dial sits, and what its positions mean; 0 is always the rest. */
typedef enum {
    DIAL_TERM,      /* one of several summands: a Number or a Form times it */
    DIAL_RESULT,    /* all of what is stored: the same */
    DIAL_FACTOR,    /* a factor: a Change of it */
    DIAL_DIVISOR,   /* what is divided by: the same */
    DIAL_ARGUMENT,  /* what a function is taken of: the same */
    DIAL_READ,      /* a variable: the others of the same shape in its place, as in `instead` */
    DIAL_INDEX,     /* a subscript: others with the same range in its place, as in `instead` */
    DIAL_LOOP,      /* a loop: a Loop; the last only where nothing remains unwritten */
    DIAL_ADDS,      /* += or -=: 1 is = or = - */
    DIAL_RESET,     /* where a sum begins: 1, never again; 2, 3, ... only where an outer loop turns;
                       where a local variable of a loop gets all of its value: 1, added to what it was
                       in the turns before */
    DIAL_EARLY,     /* a sum that is used in a loop after its own: 1, in the same loop */
    DIAL_CALL,      /* a function: a CallChange */
    DIAL_COMPARE,   /* a comparison: a Comparison */
    DIAL_CONDITION, /* if or ?: HOLDS_ALWAYS, HOLDS_NEVER, HOLDS_OTHERWISE */
    DIAL_PARENTHESES, /* a pair of them: GONE, ENDS_INSIDE; on f(a) + b: 1 is f(a + b) */
    DIAL_PRODUCT,     /* two factors: 1, added */
    DIAL_STORED,      /* a local variable, or what is stored at one place: AS_INT, AS_FLOAT */
    DIAL_SPREAD,      /* a * b + c: 1 is a * (b + c); on c + a * b: (c + a) * b */
    DIAL_OPERAND,     /* a real that is compared: an Operand */
    DIAL_STALE,       /* an argument that was stored in: 1, as it was when f was called */
    DIAL_SKIPPED,     /* what has a value and gets another: 1, it keeps it */
    DIAL_ORDER, /* a step: done only after one of those of its block that come later and have to do
                   with it */
    DIAL_SIZE,  /* a size in a real: the function's other sizes in its place, as in `instead` */
    DIAL_END,   /* of a loop that runs to a size: others, as in `instead`, where they are smaller */
    DIAL_EXTRA, /* a summand, or all of what is stored: once more times an argument, or divided by
                   it, as in `instead` */
    DIAL_MINUS, /* on (b + c) in x -= a / (b + c): 1 is x = x - a / b + c */
    DIAL_PART,  /* on (b + c) in f * a / (b + c): 1 is f * (a / b + c) */
    DIAL_DIFFERENCE, /* of two reals that are compared: 1, cut off to a whole number */
} DialKind;

/* The positions of DIAL_TERM and DIAL_RESULT: first these numbers, then for each int argument, in
 * their order, the forms of it: n, 1/n, ... */
typedef enum {
    TIMES_1,
    TIMES_0,
    TIMES_MINUS_1,
    TIMES_2,
    TIMES_HALF,
    TIMES_4,
    TIMES_QUARTER,
    NUMBERS
} Number;
typedef enum {
    N,
    PER_N,
    N_LESS,
    PER_N_LESS,
    N_LESS_PER_N,
    N_PER_N_LESS,
    ROOT_N,
    PER_ROOT_N,
    FORMS
} Form;

/* The positions of DIAL_FACTOR, DIAL_DIVISOR and DIAL_ARGUMENT. What is left out is 1; roots and
 * logarithms are those of |x|. */
typedef enum {
    AS_IT_IS,
    LEFT_OUT,
    INVERTED,
    SQUARED,
    ROOTED,
    ONE_MINUS,
    NEGATED,
    EXP,
    LOG,
    TANH,
    SIGMOID,
    ABSOLUTE,
    TRUNCATED, /* to a whole number */
    CHANGES
} Change;

typedef enum { BEGINS_LATE = 1, ENDS_EARLY, RUNS_ONCE, NEVER_RUNS, LOOPS } Loop;
/* Of two arguments, as pow(x, y): x, y, the other one of fmax and fmin. Of one, as exp(x): x, and
 * of exp and log the one with another base. */
typedef enum {
    FIRST_ARGUMENT = 1,
    SECOND_ARGUMENT = 2,
    OTHER_EXTREME = 3,
    BASE_2 = 2,
    BASE_10 = 3,
    CALLS
} CallChange;
/* a > b: a >= b, a < b, a <= b; a == b: 1 is a != b; of == and != there is no more */
typedef enum { WITH_OR_WITHOUT_EQUAL = 1, REVERSED, BOTH, COMPARISONS } Comparison;
typedef enum { OPERAND_ABSOLUTE = 1, OPERAND_NEGATED, OPERAND_TRUNCATED, OPERANDS } Operand;
/* 1 / f(a + b) is 1 / f(a) + b, or 1 / (f(a) + b) */
typedef enum { GONE = 1, ENDS_INSIDE } Parentheses;
typedef enum { HOLDS_ALWAYS = 1, HOLDS_NEVER, HOLDS_OTHERWISE, CONDITIONS } Condition;

typedef struct {
    const char *function; /* whose solution it is in */
    DialKind kind;
    int line;           /* of solutions/NN_name.c */
    const char *target; /* what the statement stores in: "dC", "sum"; "" outside of one */
    const char *text;   /* what the dial is on, in C without blanks: "dhpreact[i][j]*bnraw[i][j]" */
    const char *mentions; /* the arguments that are in it, or if there are none, in the variables
                             that it is made of: "dhpreact bnraw"; of a subscript those in its
                             element */
    const char *instead;  /* what stands there instead, by position: "x t", "lr 1/lr"; of DIAL_ORDER
                             the arguments that the other step stores in: "v", "dw,db"; "-": none */
    int positions;        /* 0 .. positions-1; never less than 2 */
} Dial;

typedef enum { AS_INT = 1, AS_FLOAT, STORES } Stored;

/* What the copies are turned by: one byte for each dial, all 0 at rest. Set by the judge. */
extern unsigned char dial_at[];

/* A copy of a function. */
typedef struct {
    const char *name;
    Function function;
    const char *sizes; /* its int arguments, with blanks between: "n k" */
    int first, count;  /* its dials */
} Dialed;

extern const Dial dials[];
extern const Dialed dialed[]; /* ends at one without a name */

#endif
