#include "tokens.h"

#include <ctype.h>
#include <string.h>

#include "text.h"

static const char *after_blanks(const char *at, int *line)
{
    for (;;) {
        if (isspace((unsigned char)*at)) {
            *line += *at++ == '\n';
        } else if (strncmp(at, "//", 2) == 0) {
            at += strcspn(at, "\n");
        } else if (strncmp(at, "/*", 2) == 0) {
            const char *end = strstr(at + 2, "*/");
            end = end ? end + 2 : at + strlen(at);
            for (; at < end; at++)
                *line += *at == '\n';
        } else {
            return at;
        }
    }
}

static const char *after_quoted(const char *at)
{
    char quote = *at++;
    while (*at && *at != quote)
        at += *at == '\\' && at[1] ? 2 : 1;
    return at + (*at == quote);
}

/* 1e-5 is one number, and so is 0x1p-3. */
static const char *after_number(const char *at)
{
    while (isalnum((unsigned char)*at) || *at == '.' ||
           ((*at == '-' || *at == '+') && strchr("eEpP", at[-1])))
        at++;
    return at;
}

static const char *after_word(const char *at)
{
    while (isalnum((unsigned char)*at) || *at == '_')
        at++;
    return at;
}

static const char *after_sign(const char *at)
{
    static const char *const signs[] = {"...", "<<=", ">>=", "->", "++", "--", "<<",
                                        ">>",  "<=",  ">=",  "==", "!=", "&&", "||",
                                        "+=",  "-=",  "*=",  "/=", "%=", "&=", "|="};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (strncmp(at, signs[i], strlen(signs[i])) == 0)
            return at + strlen(signs[i]);
    return at + 1;
}

static const char *after_token(const char *at, TokenKind *kind)
{
    *kind = TOKEN_SIGN;
    if (*at == '#') {
        *kind = TOKEN_DIRECTIVE;
        return at + strcspn(at, "\n");
    }
    if (*at == '"' || *at == '\'') {
        *kind = TOKEN_QUOTED;
        return after_quoted(at);
    }
    if (isdigit((unsigned char)*at) || (*at == '.' && isdigit((unsigned char)at[1]))) {
        *kind = TOKEN_NUMBER;
        return after_number(at);
    }
    if (isalpha((unsigned char)*at) || *at == '_') {
        *kind = TOKEN_WORD;
        return after_word(at);
    }
    return after_sign(at);
}

const Token *tokenize(const char *source)
{
    enum { ENDS = 4 }; /* a look ahead goes no further */
    Token *tokens = keep((strlen(source) + ENDS) * sizeof *tokens);
    int count = 0, line = 1;
    for (const char *at = after_blanks(source, &line); *at; at = after_blanks(at, &line)) {
        TokenKind kind;
        const char *end = after_token(at, &kind);
        tokens[count++] = (Token){kind, format("%.*s", (int)(end - at), at), line};
        at = end;
    }
    for (int i = 0; i < ENDS; i++)
        tokens[count++] = (Token){TOKEN_END, "", line};
    return tokens;
}

bool is_token(const Token *token, const char *text)
{
    return token->kind != TOKEN_QUOTED && same(token->text, text);
}

/* int i, but also - -1 and a / *b */
static bool need_a_blank(const Token *left, const Token *right)
{
    if (left->kind == TOKEN_SIGN || right->kind == TOKEN_SIGN)
        return (strchr("+-&", *left->text) && *left->text == *right->text) ||
               (is_token(left, "/") && is_token(right, "*"));
    return true;
}

const char *text_of(const Token *first, const Token *last)
{
    const char *text = first < last ? first->text : "";
    for (const Token *at = first + 1; at < last; at++)
        text = format(need_a_blank(at - 1, at) ? "%s %s" : "%s%s", text, at->text);
    return text;
}
