/* value.c: an expression of any kind: goes to those who write one kind. */
#include "text.h"
#include "writer.h"

static bool is_zero(const Node *node);
static const char *write_ternary(Writer *writer, const Node *node);
static const char *write_sum(Writer *writer, const Node *node);
static const char *write_times(Writer *writer, DialKind kind, const Node *node, const char *value);

/* An int may be calculated as a real if nothing is cut off. */
static bool is_exact(const Node *node)
{
    if (node->kind == ELEMENT || node->kind == CALL_OF || is_binary(node, "/ %"))
        return false;
    for (const Node *k = node->kids; k; k = k->next)
        if (!is_exact(k))
            return false;
    return true;
}

static const char *write_operator(Writer *writer, const Node *node)
{
    if (is_binary(node, "+ -"))
        return write_sum(writer, node);
    if (is_binary(node, "* /"))
        return write_product(writer, node);
    return write_int(writer, node);
}

const char *write_real(Writer *writer, const Node *node)
{
    Type type = type_of(&writer->scope, node);
    if (type == TYPE_OTHER)
        return node_text(node);
    if (type == TYPE_INT && !is_exact(node) && node->kind != PARENTHESES)
        return write_int(writer, node);
    switch (node->kind) {
    case NAME:
    case ELEMENT:
    case POINTED:
        return write_read(writer, node);
    case PARENTHESES:
        return format("(%s)", write_real(writer, node->kids));
    case CAST:
        return type == TYPE_INT ? node_text(node)
                                : format("(%s)%s", node->sign, write_real(writer, node->kids));
    case UNARY:
        return same(node->sign, "-") ? format("-%s", write_real(writer, node->kids))
                                     : write_int(writer, node);
    case BINARY:
        return write_operator(writer, node);
    case TERNARY:
        return write_ternary(writer, node);
    case CALL_OF:
        return write_call(writer, node);
    case ASSIGNMENT:
        return write_assignment(writer, node);
    default:
        return node_text(node);
    }
}

const char *write_int(Writer *writer, const Node *node)
{
    if (type_of(&writer->scope, node) == TYPE_OTHER)
        return node_text(node);
    if (is_binary(node, "== != < > <= >="))
        return write_comparison(writer, node);
    if (node->kind == TERNARY)
        return format("(%s ? %s : %s)", write_condition(writer, node->kids, node, CONDITIONS),
                      write_int(writer, kid(node, 1)), write_int(writer, kid(node, 2)));
    if (node->kind == BINARY)
        return format("(%s %s %s)", write_int(writer, node->kids), node->sign,
                      write_int(writer, kid(node, 1)));
    if (node->kind == PARENTHESES)
        return format("(%s)", write_int(writer, node->kids));
    return node_text(node);
}

/* Of x = c ? a : f(x), one case alone may leave x as it is. */
static const char *write_case(Writer *writer, const Node *node, const char *value)
{
    const Node *x = writer->updated;
    if (!x || same(node_text(node), node_text(x)) || !contains(node, node_text(x)))
        return value;
    return format("(dial_at[%d] ? %s : %s)", add_dial(writer, DIAL_SKIPPED, x, "", 2), node_text(x),
                  value);
}

static const char *write_ternary(Writer *writer, const Node *node)
{
    const Node *first = kid(node, 1), *second = kid(node, 2);
    const char *condition = write_condition(writer, node->kids, node, CONDITIONS);
    const char *a = write_real(writer, first), *b = write_real(writer, second);
    if (!is_zero(first) && !is_zero(second)) { /* else it is the same as all of it */
        a = write_times(writer, DIAL_TERM, first, a);
        b = write_times(writer, DIAL_TERM, second, b);
    }
    return format("(%s ? %s : %s)", condition, write_case(writer, first, a),
                  write_case(writer, second, b));
}

static const Node *without_cast(const Node *node)
{
    while (node->kind == CAST || node->kind == PARENTHESES ||
           (node->kind == UNARY && same(node->sign, "-")))
        node = node->kids;
    return node;
}

bool is_literal(const Node *node)
{
    return without_cast(node)->kind == NUMBER;
}

/* of a chain x = y = 0, too */
static bool is_zero(const Node *node)
{
    while (node->kind == ASSIGNMENT)
        node = kid(node, 1);
    return node->kind == NUMBER && is_token(node->first, "0");
}

static const char *write_times(Writer *writer, DialKind kind, const Node *node, const char *value)
{
    int sizes = 0;
    for (const char *at = writer->sizes; *at; at++)
        sizes += *at == ' ';
    if (*writer->sizes)
        sizes++;
    writer->has_terms = true;
    int dial = add_dial(writer, kind, node, "", NUMBERS + FORMS * sizes);
    return format("dial_times[dial_at[%d]] * %s", dial, write_extra(writer, node, value));
}

static const char *write_sum(Writer *writer, const Node *node)
{
    const Node *left = node->kids, *right = kid(node, 1);
    const char *before = is_binary(left, "+ -")
                             ? write_sum(writer, left)
                             : write_times(writer, DIAL_TERM, left, write_real(writer, left));
    const char *term = write_times(writer, DIAL_TERM, right, write_real(writer, right));
    return format("(%s %s %s)", before, node->sign, term);
}

const char *write_whole(Writer *writer, const Node *node, const char *sign)
{
    DialKind kind = same(sign, "/=") ? DIAL_DIVISOR : DIAL_FACTOR;
    const char *value =
        has_word("*= /=", sign) ? write_argument(writer, kind, node) : write_real(writer, node);
    if (!is_zero(node))
        value = write_times(writer, DIAL_RESULT, node, value);
    return write_parentheses(writer, node, sign, value);
}
