/* scope.h: which variables there are, and what is known of them, at a place in a function. */
#ifndef CHECK_DIAL_SCOPE_H
#define CHECK_DIAL_SCOPE_H

#include "tree.h"

enum { MAX_DIMENSIONS = 6, MAX_VARIABLES = 100 };

/* What is made of two is of the later type here; of OTHER nothing is known. */
typedef enum { TYPE_INT, TYPE_REAL, TYPE_COMPLEX, TYPE_OTHER } Type;

typedef struct {
    const char *name;
    Type type;
    const char *shape; /* "[n][k]", "" of one number */
    const char *dimension[MAX_DIMENSIONS];
    int dimensions;
    bool is_argument, is_pointer;
    bool is_input;        /* an argument that nothing is stored in */
    bool has_value;       /* given, or stored in further up */
    bool is_in_out;       /* given in an argument that is stored in */
    bool is_stored;       /* further up, or in a loop around */
    bool is_kept;         /* as it was given, under another name */
    const char *header;   /* of its loop, if it counts one */
    const char *bound;    /* it is below this, and not below 0 */
    const char *mentions; /* the arguments that it was made of */
    int stored_dial;      /* on it; -1: none yet */
} Variable;

typedef struct {
    Variable variable[MAX_VARIABLES];
    int count;
} Scope;

/* The new one is nowhere but in `scope`; it has no value yet. */
Variable *declare(Scope *scope, const char *name, Type type);
void add_dimension(Variable *variable, const char *size);

/* The innermost of that name; NULL if there is none. */
Variable *find_variable(Scope *scope, const char *name);

/* Whose element or value `node` is: of a, a[i] or *a. */
Variable *variable_of(Scope *scope, const Node *node);

Type type_named(const char *name);
Type type_of(Scope *scope, const Node *node);

/* A variable as the solution reads it: "lr", "*db". */
const char *read_as(const Variable *variable);

/* The names of arrays and reals among the arguments that are in `node`; if there are none, those
 * that its local variables were made of. */
const char *mentions_of(Scope *scope, const Node *node);

/* What is stored in the variable is made of `node`, too. */
void make_of(Scope *scope, Variable *variable, const Node *node);

/* Which variables stand in an expression: the same words mean the same values here and there. "" if
 * one of them is not in scope. */
const char *meaning_of(Scope *scope, const Node *node);

#endif
