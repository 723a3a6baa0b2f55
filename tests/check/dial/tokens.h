/* tokens.h: a C file as a list of its words, numbers and signs; comments are gone. */
#ifndef CHECK_DIAL_TOKENS_H
#define CHECK_DIAL_TOKENS_H

#include <stdbool.h>

typedef enum {
    TOKEN_WORD,
    TOKEN_NUMBER,
    TOKEN_QUOTED,
    TOKEN_SIGN,
    TOKEN_DIRECTIVE, /* a whole line that begins with # */
    TOKEN_END
} TokenKind;

typedef struct {
    TokenKind kind;
    const char *text;
    int line;
} Token;

/* All of the source; the last is a TOKEN_END. */
const Token *tokenize(const char *source);

bool is_token(const Token *token, const char *text);

/* The tokens from first to before last, in C without blanks but where two would become another. */
const char *text_of(const Token *first, const Token *last);

#endif
