#include "parse.h"
#include "text.h"

bool accept(Parser *parser, const char *text)
{
    if (!is_token(parser->at, text))
        return false;
    parser->at++;
    return true;
}

void expect(Parser *parser, const char *text)
{
    if (!accept(parser, text))
        parser->failed = true;
}

static Node *ended(Parser *parser, Node *node)
{
    node->last = parser->at;
    return node;
}

static Node *word(Parser *parser, NodeKind kind)
{
    Node *node = new_node(kind, "", parser->at++);
    return ended(parser, node);
}

static Node *parse_call(Parser *parser)
{
    Node *call = new_node(CALL_OF, "", parser->at);
    parser->at += 2;
    while (!parser->failed && !is_token(parser->at, ")")) {
        add_kid(call, parse_expression(parser));
        if (!is_token(parser->at, ")"))
            expect(parser, ",");
    }
    expect(parser, ")");
    return ended(parser, call);
}

static Node *parse_element(Parser *parser)
{
    Node *element = new_node(ELEMENT, "", parser->at);
    add_kid(element, word(parser, NAME));
    while (!parser->failed && accept(parser, "[")) {
        add_kid(element, parse_expression(parser));
        expect(parser, "]");
    }
    return ended(parser, element);
}

static Node *parse_primary(Parser *parser)
{
    if (parser->at->kind == TOKEN_NUMBER)
        return word(parser, NUMBER);
    if (parser->at->kind == TOKEN_WORD && is_token(parser->at + 1, "("))
        return parse_call(parser);
    if (parser->at->kind == TOKEN_WORD && is_token(parser->at + 1, "["))
        return parse_element(parser);
    if (parser->at->kind == TOKEN_WORD)
        return word(parser, NAME);
    Node *pair = new_node(PARENTHESES, "", parser->at);
    expect(parser, "(");
    if (!parser->failed)
        add_kid(pair, parse_expression(parser));
    expect(parser, ")");
    return ended(parser, pair);
}

/* (real)x, where `(` is the next token; NULL if it is no cast. */
static Node *parse_unary(Parser *parser);

static Node *parse_cast(Parser *parser)
{
    Parser ahead = {parser->at + 1, false};
    const char *type = parse_type(&ahead);
    if (!type || !accept(&ahead, ")"))
        return NULL;
    Node *cast = new_node(CAST, type, parser->at);
    parser->at = ahead.at;
    add_kid(cast, parse_unary(parser));
    return ended(parser, cast);
}

static Node *parse_unary(Parser *parser)
{
    const Token *at = parser->at;
    if (is_token(at, "(")) {
        Node *cast = parse_cast(parser);
        if (cast)
            return cast;
    }
    if (is_token(at, "*") && at[1].kind == TOKEN_WORD) {
        Node *pointed = new_node(POINTED, "", at);
        parser->at++;
        add_kid(pointed, word(parser, NAME));
        return ended(parser, pointed);
    }
    if (!is_token(at, "-") && !is_token(at, "!"))
        return parse_primary(parser);
    Node *unary = new_node(UNARY, at->text, at);
    parser->at++;
    add_kid(unary, parse_unary(parser));
    return ended(parser, unary);
}

/* From those that bind least to those that bind most. */
static const char *const levels[] = {"||", "&&", "== !=", "< > <= >=", "+ -", "* / %"};
enum { LEVELS = sizeof levels / sizeof *levels };

static Node *parse_binary(Parser *parser, int level)
{
    if (level == LEVELS)
        return parse_unary(parser);
    Node *left = parse_binary(parser, level + 1);
    while (!parser->failed && parser->at->kind == TOKEN_SIGN &&
           has_word(levels[level], parser->at->text)) {
        Node *both = new_node(BINARY, parser->at->text, left->first);
        parser->at++;
        add_kid(both, left);
        add_kid(both, parse_binary(parser, level + 1));
        left = ended(parser, both);
    }
    return left;
}

static bool can_be_stored_in(const Node *node)
{
    return node->kind == NAME || node->kind == ELEMENT || node->kind == POINTED;
}

Node *parse_expression(Parser *parser)
{
    Node *left = parse_binary(parser, 0);
    if (parser->at->kind != TOKEN_SIGN || parser->failed)
        return left;
    Node *whole = NULL;
    if (is_token(parser->at, "?")) {
        whole = new_node(TERNARY, "", left->first);
        parser->at++;
        add_kid(whole, left);
        add_kid(whole, parse_expression(parser));
        expect(parser, ":");
    } else if (has_word("= += -= *= /=", parser->at->text) && can_be_stored_in(left)) {
        whole = new_node(ASSIGNMENT, parser->at->text, left->first);
        parser->at++;
        add_kid(whole, left);
    }
    if (!whole)
        return left;
    if (!parser->failed)
        add_kid(whole, parse_expression(parser));
    return ended(parser, whole);
}
