#include "tree.h"

#include <string.h>

#include "text.h"

Node *new_node(NodeKind kind, const char *sign, const Token *first)
{
    Node *node = keep(sizeof *node);
    *node = (Node){kind, sign, first, first, NULL, NULL};
    return node;
}

void add_kid(Node *node, Node *kid)
{
    Node **end = &node->kids;
    while (*end)
        end = &(*end)->next;
    *end = kid;
}

const Node *kid(const Node *node, int n)
{
    const Node *found = node->kids;
    while (found && n-- > 0)
        found = found->next;
    return found;
}

const char *node_text(const Node *node)
{
    return text_of(node->first, node->last);
}

const Node *bare(const Node *node)
{
    while (node->kind == PARENTHESES)
        node = node->kids;
    return node;
}

bool is_binary(const Node *node, const char *signs)
{
    return node->kind == BINARY && has_word(signs, node->sign);
}

bool contains(const Node *node, const char *text)
{
    if (same(node_text(node), text))
        return true;
    for (const Node *k = node->kids; k; k = k->next)
        if (contains(k, text))
            return true;
    return false;
}

/* In a statement that was not understood: a word between brackets. */
static bool is_bracketed(const Node *node, const char *text)
{
    int depth = 0;
    for (const Token *at = node->first; at < node->last; at++) {
        depth += is_token(at, "[") - is_token(at, "]");
        if (depth > 0 && is_token(at, text))
            return true;
    }
    return false;
}

bool is_subscript_in(const Node *node, const char *text)
{
    if (node->kind == VERBATIM)
        return is_bracketed(node, text);
    for (const Node *k = node->kids; k; k = k->next)
        if ((node->kind == ELEMENT && k != node->kids && contains(k, text)) ||
            is_subscript_in(k, text))
            return true;
    return false;
}

bool stores(const Node *node, const char *text)
{
    if (node->kind == ASSIGNMENT && same(node_text(node->kids), text))
        return true;
    for (const Node *k = node->kids; k; k = k->next)
        if (stores(k, text))
            return true;
    return false;
}

bool updates(const Node *node, const char *text)
{
    if (node->kind == ASSIGNMENT && same(node_text(node->kids), text) &&
        (!same(node->sign, "=") || contains(kid(node, 1), text)))
        return true;
    for (const Node *k = node->kids; k; k = k->next)
        if (updates(k, text))
            return true;
    return false;
}
