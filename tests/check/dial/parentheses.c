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

/* f(a + b) is f(a) + b then, and f(a / b) is f(a) / b. `open` and `close` go around that. */
static const char *text_without_call(const Node *whole, const Node *call, const char *open,
                                     const char *close)
{
    const Node *argument = call->kids, *first = argument;
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

static bool can_go(const Node *node, const Node *around, int position, bool is_divisor)
{
    if (node->kind == CALL_OF)
        return node->kids && !node->kids->next && is_binary(node->kids, "+ - * /");
    return node->kind == PARENTHESES && is_needed(node->kids, around, position, is_divisor);
}

/* In 1 / f(a + b) it matters whether b is still divided by when the pair ends before it. */
static bool can_end_inside(const Node *node, const Node *around)
{
    bool binds = is_binary(around, "* /") || around->kind == UNARY || around->kind == CAST;
    return node->kind == CALL_OF && is_binary(node->kids, "+ -") && binds;
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
        if (can_close_late(k)) {
            int dial = add_dial(writer, DIAL_PARENTHESES, k, "", 2);
            value = format("(dial_at[%d] ? %s : %s)", dial, text_closed_late(whole, k), value);
        }
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

const char *write_parentheses(Writer *writer, const Node *node, const char *value)
{
    if (has_assignment(node) || type_of(&writer->scope, node) != TYPE_REAL)
        return value;
    Node around = {EXPRESSION, "", node->first, node->last, (Node *)node, NULL};
    value = try_parts(writer, node, &around, false, value);
    return write_spread(writer, node, value);
}
