/* writer.h: what is known while a function is written again with dials, and who writes what.
 *
 * All functions here give back C. Each function of the solution is written twice: the first time
 * only to learn which subscripts occur in it. */
#ifndef CHECK_DIAL_WRITER_H
#define CHECK_DIAL_WRITER_H

#include "dial.h"
#include "scope.h"

enum {
    MAX_LOOPS = 8,
    MAX_SUMS = 32,
    MAX_SUBSCRIPTS = 200,
    MAX_LATE = 100,
    MAX_MULTIPLIERS = 40,
    MAX_INSTEAD = 15
};

/* A subscript that occurs in the function. */
typedef struct {
    const char *text, *dimension, *meaning;
} Subscript;

/* What is multiplied with in the function: an argument, or an element of one. */
typedef struct {
    const char *text, *meaning;
} Multiplier;

/* A sum that has begun in this block or one around it. */
typedef struct {
    const char *text;
    int dial; /* DIAL_RESET */
} Sum;

/* A sum that is made in one loop and used in another of the same header: inner is the innermost
 * loop that both have, outer the outermost. */
typedef struct {
    const Node *place;
    const Node *made_outer, *made_inner, *used_outer, *used_inner;
    int dial;     /* DIAL_EARLY */
    bool is_used; /* here */
} Early;

/* A step that may be done only after another one of its block. */
typedef struct {
    const Node *step, *other;
    int dial, position; /* DIAL_ORDER */
} Late;

typedef struct {
    Scope scope;
    const char *function, *sizes; /* its name, its int arguments */
    const char *target;           /* what the statement stores in; "" outside of one */
    const Node *updated;          /* the same, in x = f(x); NULL in all others */
    const char *top;              /* declarations that the function begins with */
    const char *guarded;          /* ints that keep a subscript in its range: "parent[i][m]" */
    const char *given; /* arguments that are not const, but read before they are stored in */
    const Node *rest;  /* the statements that follow in the same block */
    const char *loop[MAX_LOOPS]; /* variables of the loops around, the outermost first */
    Sum sum[MAX_SUMS];
    Early early[MAX_SUMS];
    Late late[MAX_LATE];
    Subscript subscript[MAX_SUBSCRIPTS];
    Multiplier multiplier[MAX_MULTIPLIERS];
    int loops, sums, earlies, lates, subscripts, multipliers; /* how many of them there are */
    int names;                                                /* made up so far */
    bool is_subtracted;                                       /* what is stored, by -= */
    bool has_terms;
} Writer;

/* -- dials (dials.c) -- */

/* A new dial on `node`: its number. `instead` may be "". */
int add_dial(Writer *writer, DialKind kind, const Node *node, const char *instead, int positions);

/* The same, with other words on it. */
int add_dial_on(Writer *writer, DialKind kind, int line, const char *text, const char *mentions,
                const char *instead, int positions);

int count_dials(void);
void forget_dials(int count); /* all after the first ones */
void set_mentions(int dial, const char *mentions);
void print_dials(void);

/* -- values -- */

/* A real, or an int that takes part in a real's calculation. */
const char *write_real(Writer *writer, const Node *node);

/* An int; only comparisons in it have dials. */
const char *write_int(Writer *writer, const Node *node);

/* All of what is stored, or what that is multiplied or divided by. */
const char *write_whole(Writer *writer, const Node *node, const char *sign);

const char *write_product(Writer *writer, const Node *node);
const char *write_call(Writer *writer, const Node *node);

/* What stands alone in a function's parentheses. */
const char *write_argument(Writer *writer, DialKind kind, const Node *node);

const char *write_comparison(Writer *writer, const Node *node);

/* A condition, and what is done under it: where it keeps a subscript there in its range it has no
 * dials. `positions` are those of DIAL_CONDITION. */
const char *write_condition(Writer *writer, const Node *node, const Node *under, int positions);

/* 0, 1, 2.5, (real)1 */
bool is_literal(const Node *node);

/* `value`, or the plain text of `node`, which is stored by this sign, without one of its pairs of
 * parentheses. */
const char *write_parentheses(Writer *writer, const Node *node, const char *sign,
                              const char *value);

/* `value`, or the plain text of `node` with a pair of parentheses more. */
const char *write_spread(Writer *writer, const Node *node, const char *value);

/* -- variables (read.c) -- */

/* Read: a dial for the variable, and one for each subscript. */
const char *write_read(Writer *writer, const Node *node);

/* Stored in: dials for the subscripts. */
const char *write_place(Writer *writer, const Node *node);

/* An expression means the same here as where that was its meaning. */
bool means_the_same(Writer *writer, const char *text, const char *meaning);

/* Whether one of the ints that keep a subscript in its range is in the text. */
bool is_guarded(const Writer *writer, const char *text);

/* -- factors too many (extra.c) -- */

/* An argument's element, or a real, that is read somewhere in the function. */
void learn_factor(Writer *writer, const Node *node, const Variable *variable);

/* `value`, which is that of `node`, once more times one of those, or divided by it. */
const char *write_extra(Writer *writer, const Node *node, const char *value);

/* -- stores (store.c) -- */

const char *write_assignment(Writer *writer, const Node *node);
const char *write_declaration(Writer *writer, const Node *node);

/* -- statements -- */

const char *write_statement(Writer *writer, const Node *node);
const char *write_loop(Writer *writer, const Node *node);

/* Whether all that is stored in and lives longer than `node` has a value already. */
bool has_values(Writer *writer, const Node *node);

/* A dial that puts a step behind others of its block: its number; -1 if it needs none. */
int find_order(Writer *writer, const Node *step);

/* The steps that are done after `other` where their dials say so. */
const char *write_late(const Writer *writer, const Node *other);

/* Finds the sums that are made in `loop`, a statement of a block, and used in a later one. */
void find_early(Writer *writer, const Node *loop);

/* What an Early needs before the loop, and at the begin and the end of its body. */
const char *write_before(Writer *writer, const Node *loop);
const char *write_begin(Writer *writer, const Node *loop);
const char *write_end(Writer *writer, const Node *loop);

/* `value`, which is that of `node`, or what it was too early. */
const char *write_early(const Writer *writer, const Node *node, const char *value);

/* -- functions (function.c) -- */

/* The function whose name is *at, or NULL if it is none that is understood; *at is moved behind
 * it. */
const char *write_function(const Token *start, const Token **at);

/* The table of them. */
void print_functions(void);

#endif
