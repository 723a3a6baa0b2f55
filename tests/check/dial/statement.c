#include "text.h"
#include "writer.h"

/* A step of a block, and those that may come only after it. */
static const char *write_step(Writer *writer, const Node *step)
{
    int dial = find_order(writer, step);
    const char *now = write_statement(writer, step);
    if (dial >= 0)
        now = format("if (!dial_at[%d]) {\n%s}\n", dial, now);
    return format("%s%s", now, write_late(writer, step));
}

static const char *write_block(Writer *writer, const Node *block)
{
    const char *all = "";
    int variables = writer->scope.count, sums = writer->sums;
    const Node *rest = writer->rest;
    for (const Node *s = block->kids; s; s = s->next) {
        writer->rest = s->next;
        if (s->kind == FOR)
            find_early(writer, s);
        all = format("%s%s", all, write_step(writer, s));
    }
    writer->rest = rest;
    writer->scope.count = variables;
    writer->sums = sums;
    return format("{\n%s}\n", all);
}

static const char *write_if(Writer *writer, const Node *node)
{
    const Node *other = kid(node, 2);
    const char *condition =
        write_condition(writer, node->kids, node, other ? CONDITIONS : HOLDS_OTHERWISE);
    const char *text = format("if (%s) {\n%s}\n", condition, write_statement(writer, kid(node, 1)));
    return other ? format("%selse {\n%s}\n", text, write_statement(writer, other)) : text;
}

/* What a function of the chapter is given may be stored in by it. */
static const char *write_other(Writer *writer, const Node *node)
{
    for (const Token *at = node->first; at < node->last; at++) {
        Variable *variable = find_variable(&writer->scope, at->text);
        if (variable && variable->dimensions > 0)
            variable->has_value = true;
    }
    return format("%s\n", node_text(node));
}

static const char *write_return(Writer *writer, const Node *node)
{
    if (!node->kids || type_of(&writer->scope, node->kids) != TYPE_REAL)
        return format("%s\n", node_text(node));
    return format("return %s;\n", write_whole(writer, node->kids, "="));
}

const char *write_statement(Writer *writer, const Node *node)
{
    switch (node->kind) {
    case BLOCK:
        return write_block(writer, node);
    case FOR:
        return write_loop(writer, node);
    case IF:
        return write_if(writer, node);
    case DECLARATION:
        return write_declaration(writer, node);
    case RETURN:
        return write_return(writer, node);
    case EXPRESSION:
        if (node->kids->kind == ASSIGNMENT)
            return format("%s;\n", write_assignment(writer, node->kids));
        return write_other(writer, node);
    default:
        return write_other(writer, node);
    }
}
