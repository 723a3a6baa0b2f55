#include "parse.h"
#include "text.h"

static Node *ended(Parser *parser, Node *node)
{
    node->last = parser->at;
    return node;
}

const char *parse_type(Parser *parser)
{
    const Token *at = parser->at;
    while (is_token(at, "const"))
        at++;
    const char *type = at->text;
    if (at->kind != TOKEN_WORD || !has_word("real double float int", type))
        return NULL;
    at++;
    if (is_token(at, "complex")) {
        type = format("%s complex", type);
        at++;
    }
    parser->at = at;
    return type;
}

static Node *parse_declared(Parser *parser)
{
    Node *declared = new_node(DECLARED, "", parser->at);
    if (parser->at->kind != TOKEN_WORD)
        parser->failed = true;
    parser->at++;
    while (!parser->failed && accept(parser, "[")) {
        Node *dimension = new_node(DIMENSION, "", parser->at);
        add_kid(dimension, parse_expression(parser));
        add_kid(declared, ended(parser, dimension));
        expect(parser, "]");
    }
    if (accept(parser, "="))
        add_kid(declared, parse_expression(parser));
    return ended(parser, declared);
}

static Node *parse_declaration(Parser *parser)
{
    Node *declaration = new_node(DECLARATION, "", parser->at);
    declaration->sign = parse_type(parser);
    do
        add_kid(declaration, parse_declared(parser));
    while (!parser->failed && accept(parser, ","));
    expect(parser, ";");
    return ended(parser, declaration);
}

/* i++ and i--; what else there is makes it fail. */
static Node *parse_step(Parser *parser)
{
    Node *step = new_node(VERBATIM, "", parser->at);
    if (parser->at->kind != TOKEN_WORD)
        parser->failed = true;
    parser->at++;
    if (!accept(parser, "++"))
        expect(parser, "--");
    return ended(parser, step);
}

static Node *parse_for(Parser *parser)
{
    Node *loop = new_node(FOR, "", parser->at++);
    expect(parser, "(");
    if (parser->failed || !is_token(parser->at, "int")) {
        parser->failed = true;
        return loop;
    }
    add_kid(loop, parse_declaration(parser));
    if (!parser->failed)
        add_kid(loop, parse_expression(parser));
    expect(parser, ";");
    if (!parser->failed)
        add_kid(loop, parse_step(parser));
    expect(parser, ")");
    if (!parser->failed)
        add_kid(loop, parse_statement(parser));
    return ended(parser, loop);
}

static Node *parse_if(Parser *parser)
{
    Node *branch = new_node(IF, "", parser->at++);
    expect(parser, "(");
    if (!parser->failed)
        add_kid(branch, parse_expression(parser));
    expect(parser, ")");
    if (!parser->failed)
        add_kid(branch, parse_statement(parser));
    if (!parser->failed && accept(parser, "else"))
        add_kid(branch, parse_statement(parser));
    return ended(parser, branch);
}

static Node *parse_block(Parser *parser)
{
    Node *block = new_node(BLOCK, "", parser->at++);
    while (!parser->failed && parser->at->kind != TOKEN_END && !is_token(parser->at, "}"))
        add_kid(block, parse_statement(parser));
    expect(parser, "}");
    return ended(parser, block);
}

static Node *parse_simple(Parser *parser)
{
    Parser ahead = *parser;
    if (parse_type(&ahead))
        return parse_declaration(parser);
    bool returns = is_token(parser->at, "return");
    Node *statement = new_node(returns ? RETURN : EXPRESSION, "", parser->at);
    parser->at += returns;
    if (!returns || !is_token(parser->at, ";"))
        add_kid(statement, parse_expression(parser));
    expect(parser, ";");
    return ended(parser, statement);
}

/* Up to the semicolon; fails where there is a block in between. */
static Node *parse_verbatim(Parser *parser)
{
    Node *statement = new_node(VERBATIM, "", parser->at);
    while (parser->at->kind != TOKEN_END && !has_word("; { }", parser->at->text))
        parser->at++;
    expect(parser, ";");
    return ended(parser, statement);
}

Node *parse_statement(Parser *parser)
{
    if (is_token(parser->at, "{"))
        return parse_block(parser);
    if (is_token(parser->at, "for"))
        return parse_for(parser);
    if (is_token(parser->at, "if"))
        return parse_if(parser);
    if (has_word("while do switch else case default goto", parser->at->text))
        parser->failed = true; /* more than its semicolon belongs to it */
    Parser ahead = *parser;
    Node *statement = parse_simple(&ahead);
    if (ahead.failed && !parser->failed)
        return parse_verbatim(parser);
    *parser = ahead;
    return statement;
}
