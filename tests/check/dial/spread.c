/* spread.c: what a line says if there are parentheses too many, so that a factor of one term of a
 * sum is multiplied, or divided by, with the others: a * b + c is a * (b + c) then. */
#include "text.h"
#include "writer.h"

enum { MAX_TERMS = 8 };

/* The terms of a sum from left to right. */
static int collect(const Node *sum, const Node *term[MAX_TERMS])
{
    int count = 0;
    if (is_binary(sum->kids, "+ -"))
        count = collect(sum->kids, term);
    else
        term[count++] = sum->kids;
    if (count < MAX_TERMS)
        term[count++] = kid(sum, 1);
    return count;
}

static const Node *first_factor(const Node *product)
{
    while (is_binary(product, "* /"))
        product = product->kids;
    return product;
}

/* Around the tokens from first to before last. */
static const char *text_with(const Node *whole, const Token *first, const Token *last)
{
    return format("%s (%s) %s", text_of(whole->first, first), text_of(first, last),
                  text_of(last, whole->last));
}

/* The dial is on the tokens from first to before last. */
static const char *write_with(Writer *writer, const Node *first, const Node *last, const char *text,
                              const char *value)
{
    Node both = {BINARY, "+", first->first, last->last, NULL, NULL};
    int dial = add_dial(writer, DIAL_SPREAD, &both, "", 2);
    return format("(dial_at[%d] ? %s : %s)", dial, text, value);
}

static const char *try_sum(Writer *writer, const Node *whole, const Node *sum, const char *value)
{
    const Node *term[MAX_TERMS];
    int count = collect(sum, term);
    for (int i = 0; i + 1 < count; i++) {
        const Node *a = term[i], *b = term[i + 1];
        if (is_binary(a, "* /"))
            value = write_with(writer, a, b, text_with(whole, kid(a, 1)->first, b->last), value);
        if (is_binary(b, "* /"))
            value =
                write_with(writer, a, b, text_with(whole, a->first, first_factor(b)->last), value);
    }
    return value;
}

/* Sums of ints stay as they are: a subscript has to stay in its range. */
static const char *try_parts(Writer *writer, const Node *whole, const Node *node, bool in_sum,
                             const char *value)
{
    bool is_sum = is_binary(node, "+ -");
    if (is_sum && !in_sum && type_of(&writer->scope, node) == TYPE_REAL)
        value = try_sum(writer, whole, node, value);
    for (const Node *k = node->kids; k; k = k->next)
        value = try_parts(writer, whole, k, is_sum && k == node->kids, value);
    return value;
}

const char *write_spread(Writer *writer, const Node *node, const char *value)
{
    return try_parts(writer, node, node, false, value);
}
