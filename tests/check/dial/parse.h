/* parse.h: from tokens to a tree, by recursive descent. What is understood is the C of the
 * solutions. */
#ifndef CHECK_DIAL_PARSE_H
#define CHECK_DIAL_PARSE_H

#include "tree.h"

typedef struct {
    const Token *at;
    bool failed; /* it met something else than it expected */
} Parser;

/* Goes on to the next token if this is `text`. */
bool accept(Parser *parser, const char *text);

/* Goes on to the next token, which has to be `text`. */
void expect(Parser *parser, const char *text);

/* A type, without its const: "real", "double complex"; NULL if there is none. */
const char *parse_type(Parser *parser);

/* An expression up to a comma or whatever closes it, assignments included. */
Node *parse_expression(Parser *parser);

/* A statement or a block. What is not understood up to its semicolon becomes VERBATIM. */
Node *parse_statement(Parser *parser);

#endif
