/* parentheses.c: what a line says if one pair of its parentheses is forgotten. */
#include "text.h"
#include "writer.h"

/* Tells whether what a pair encloses is taken apart without it, in `around`, where it is the
 * `position`th part. (real)(n - 1) is (real)n - 1 then, and a / (b * c) is a / b * c. */
static bool is_needed(const Node *inside, const Node *around, int position, bool is_divisor)
{
    if (is_binary(inside, "+ -"))
        return around->kind == CAST || around->kind == UNARY || is_binary(around, "* /") ||
               (is_binary(around, "-") && position == 1);
    return is_binary(inside, "* /") && is_divisor;
}

static const Node *last_argument(const Node *call)
{
    const Node *last = call->kids;
    while (last && last->next)
        last = last->next;
    return last;
}

/* f(a + b) is f(a) + b then, and f(a / b) is f(a) / b. `open` and `close` go around that. */
static const char *text_without_call(const Node *whole, const Node *call, const char *open,
                                     const char *close)
{
    const Node *argument = last_argument(call), *first = argument;
    const char *signs = is_binary(argument, "+ -") ? "+ -" : "* /";
    while (is_binary(first, signs))
        first = first->kids;
    return format("%s %s%s %s) %s%s %s", text_of(whole->first, call->first), open,
                  text_of(call->first, argument->first), text_of(argument->first, first->last),
                  text_of(first->last, argument->last), close, text_of(call->last, whole->last));
}

static const char *text_without(const Node *whole, const Node *pair)
{
    if (pair->kind == CALL_OF)
        return text_without_call(whole, pair, "", "");
    return format("%s %s %s", text_of(whole->first, pair->first),
                  text_of(pair->first + 1, pair->last - 1), text_of(pair->last, whole->last));
}

/* f * a / (b + c), where the pair ends: the node that is f * a, NULL if there is none. */
static const Node *first_product(const Node *around)
{
    const Node *product = around->kids;
    if (!is_binary(around, "/") || !is_binary(product, "* /"))
        return NULL;
    while (is_binary(product->kids, "* /"))
        product = product->kids;
    return is_binary(product, "*") ? product : NULL;
}

/* f * (a / b + c) */
static const char *text_in_part(const Node *whole, const Node *pair, const Node *around)
{
    const Node *a = kid(first_product(around), 1);
    return format("%s (%s %s) %s", text_of(whole->first, a->first), text_of(a->first, pair->first),
                  text_of(pair->first + 1, pair->last - 1), text_of(pair->last, whole->last));
}

static const char *write_dial(Writer *writer, DialKind kind, const Node *node, const char *text,
                              const char *value)
{
    return format("(dial_at[%d] ? %s : %s)", add_dial(writer, kind, node, "", 2), text, value);
}

/* A whole line may be written otherwise: x -= y as x = x - y, or y in two steps. */
static const char *write_in_line(Writer *writer, const Node *whole, const Node *pair,
                                 const Node *around, const char *value)
{
    if (!is_binary(bare(pair), "+ -") || !is_binary(around, "* /"))
        return value;
    if (writer->is_subtracted && is_binary(whole, "* /"))
        value = write_dial(writer, DIAL_MINUS, pair, format("-(-%s)", text_without(whole, pair)),
                           value);
    if (first_product(around))
        value = write_dial(writer, DIAL_PART, pair, text_in_part(whole, pair, around), value);
    return value;
}

static bool can_go(const Node *node, const Node *around, int position, bool is_divisor)
{
    if (node->kind == CALL_OF)
        return node->kids && is_binary(last_argument(node), "+ - * /");
    return node->kind == PARENTHESES && is_needed(node->kids, around, position, is_divisor);
}

/* In 1 / f(a + b) it matters whether b is still divided by when the pair ends before it. */
static bool can_end_inside(const Node *node, const Node *around)
{
    bool binds = is_binary(around, "* /") || around->kind == UNARY || around->kind == CAST;
    return node->kind == CALL_OF && is_binary(last_argument(node), "+ -") && binds;
}

static const char *write_without(Writer *writer, const Node *whole, const Node *pair,
                                 const Node *around, const char *value)
{
    bool inside = can_end_inside(pair, around);
    int dial = add_dial(writer, DIAL_PARENTHESES, pair, "", inside ? ENDS_INSIDE + 1 : GONE + 1);
    if (inside)
        value = format("dial_at[%d] == ENDS_INSIDE ? %s : %s", dial,
                       text_without_call(whole, pair, "(", ")"), value);
    return format("(dial_at[%d] == GONE ? %s : %s)", dial, text_without(whole, pair), value);
}

/* sqrt(v) + eps, where `sum` begins with a call of one argument, is sqrt(v + eps) if its
 * parentheses close too late. */
static bool can_close_late(const Node *sum)
{
    const Node *call = sum->kids;
    return is_binary(sum, "+ -") && call->kind == CALL_OF && call->kids && !call->kids->next;
}

static const char *text_closed_late(const Node *whole, const Node *sum)
{
    const Node *call = sum->kids;
    return format("%s %s) %s", text_of(whole->first, call->last - 1),
                  text_of(call->last, sum->last), text_of(sum->last, whole->last));
}

/* Looks through the parts of `node`; `is_divisor` is true of a cast that others are divided by. */
static const char *try_parts(Writer *writer, const Node *whole, const Node *node, bool is_divisor,
                             const char *value)
{
    int position = 0;
    for (const Node *k = node->kids; k; k = k->next, position++) {
        bool divides =
            (is_binary(node, "/") && position == 1) || (node->kind == CAST && is_divisor);
        if (can_go(k, node, position, divides))
            value = write_without(writer, whole, k, node, value);
        if (k->kind == PARENTHESES)
            value = write_in_line(writer, whole, k, node, value);
        if (can_close_late(k))
            value = write_dial(writer, DIAL_PARENTHESES, k, text_closed_late(whole, k), value);
        value = try_parts(writer, whole, k, divides, value);
    }
    return value;
}

static bool has_assignment(const Node *node)
{
    if (node->kind == ASSIGNMENT)
        return true;
    for (const Node *k = node->kids; k; k = k->next)
        if (has_assignment(k))
            return true;
    return false;
}

const char *write_parentheses(Writer *writer, const Node *node, const char *sign, const char *value)
{
    if (has_assignment(node) || type_of(&writer->scope, node) != TYPE_REAL)
        return value;
    writer->is_subtracted = same(sign, "-=");
    Node around = {EXPRESSION, "", node->first, node->last, (Node *)node, NULL};
    value = try_parts(writer, node, &around, false, value);
    return write_spread(writer, node, value);
}
