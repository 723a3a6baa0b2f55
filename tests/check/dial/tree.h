/* tree.h: a function's body as a tree of statements and expressions. */
#ifndef CHECK_DIAL_TREE_H
#define CHECK_DIAL_TREE_H

#include "tokens.h"

typedef enum {
    NUMBER,
    NAME,
    ELEMENT,     /* an array's name, then its subscripts */
    POINTED,     /* *db */
    CALL_OF,     /* the arguments; the function is the first token */
    CAST,        /* of what follows */
    PARENTHESES, /* around it */
    UNARY,       /* - or ! */
    BINARY,      /* + - * / % == < && and so on: left, right */
    TERNARY,     /* condition, first, second */
    ASSIGNMENT,  /* = += -= *= /=: left, right */
    BLOCK,       /* statements */
    FOR,         /* declaration, condition, step, body */
    IF,          /* condition, statement, perhaps another */
    DECLARATION, /* DECLARED ones */
    DECLARED,    /* a variable: its dimensions as DIMENSION, then perhaps what it is set to */
    DIMENSION,   /* a size */
    EXPRESSION,  /* as a statement */
    RETURN,      /* perhaps an expression */
    VERBATIM     /* a statement that was not understood */
} NodeKind;

typedef struct Node Node;
struct Node {
    NodeKind kind;
    const char *sign;          /* of UNARY, BINARY and ASSIGNMENT; the type of CAST, DECLARATION */
    const Token *first, *last; /* its tokens, the last one not included */
    Node *kids, *next;         /* the first of its parts; its neighbour in the same whole */
};

Node *new_node(NodeKind kind, const char *sign, const Token *first);
void add_kid(Node *node, Node *kid);

/* The nth of its parts, from 0; NULL if there are not so many. */
const Node *kid(const Node *node, int n);

const char *node_text(const Node *node);

/* Without the parentheses around it. */
const Node *bare(const Node *node);

bool is_binary(const Node *node, const char *signs);

/* Whether `text` is a part of it, in any depth. */
bool contains(const Node *node, const char *text);

/* Whether an element's subscript in it contains `text`. */
bool is_subscript_in(const Node *node, const char *text);

/* Whether there is something stored in `text`. */
bool stores(const Node *node, const char *text);

/* Whether there is something stored in `text` that is made of what was there: += or x = f(x). */
bool updates(const Node *node, const char *text);

#endif
