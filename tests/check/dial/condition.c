/* condition.c: comparisons, and what is done only if they hold. */
#include <string.h>

#include "text.h"
#include "writer.h"

static const char *const comparisons[] = {
    "== !=", "!= ==", "> >= < <=", "< <= > >=", ">= > <= <", "<= < >= >"};

static const char *write_real_operand(Writer *writer, const Node *node)
{
    const char *value = write_real(writer, node);
    if (is_literal(node) || type_of(&writer->scope, node) != TYPE_REAL)
        return value;
    int dial = add_dial(writer, DIAL_OPERAND, node, "", OPERANDS);
    return format("dial_operand(dial_at[%d], %s)", dial, value);
}

/* An index may be compared by its own subscript's mistake: j == i for j == y[i]. */
static const char *write_operand(Writer *writer, const Node *node, Type type)
{
    if (type == TYPE_REAL)
        return write_real_operand(writer, node);
    const Variable *variable = variable_of(&writer->scope, node);
    if (!variable || variable->dimensions != 1 || node->kind != ELEMENT)
        return write_int(writer, node);
    const char *subscript = node_text(kid(node, 1));
    int dial = add_dial(writer, DIAL_READ, node, subscript, 2);
    return format("(dial_at[%d] ? %s : %s)", dial, subscript, node_text(node));
}

static const char *signs_after(const char *sign)
{
    for (size_t i = 0; i < sizeof comparisons / sizeof *comparisons; i++)
        if (strncmp(comparisons[i], sign, strlen(sign)) == 0 && comparisons[i][strlen(sign)] == ' ')
            return comparisons[i] + strlen(sign) + 1;
    return "";
}

/* a > b if a - b > 0, which is kept in an int. */
static const char *write_difference(Writer *writer, const Node *left, const Node *right, int number)
{
    const Node both = {BINARY, "-", left->first, right->last, NULL, NULL};
    int dial = add_dial_on(writer, DIAL_DIFFERENCE, left->first->line,
                           format("%s-%s", node_text(left), node_text(right)),
                           mentions_of(&writer->scope, &both), "", 2);
    return format("if (dial_at[%d]) {\na%d = trunc(a%d - b%d);\nb%d = 0;\n}\n", dial, number,
                  number, number, number);
}

const char *write_comparison(Writer *writer, const Node *node)
{
    const Node *left = node->kids, *right = kid(node, 1);
    Type a = type_of(&writer->scope, left), b = type_of(&writer->scope, right);
    Type type = a > b ? a : b;
    if (type > TYPE_REAL)
        return node_text(node);
    int number = writer->names++;
    const char *name = type == TYPE_REAL ? "real" : "int";
    const char *all =
        format("%s a%d = %s;\n%s b%d = %s;\n", name, number, write_operand(writer, left, type),
               name, number, write_operand(writer, right, type));
    if (type == TYPE_REAL && !is_literal(left) && !is_literal(right))
        all = format("%s%s", all, write_difference(writer, left, right, number));
    const char *others = signs_after(node->sign);
    int dial = add_dial(writer, DIAL_COMPARE, node, others, strlen(others) > 2 ? COMPARISONS : 2);
    const char *value = "";
    for (int at = 1; *others; at++) {
        int length = (int)strcspn(others, " ");
        value = format("%sdial_at[%d] == %d ? a%d %.*s b%d : ", value, dial, at, number, length,
                       others, number);
        others += length + (others[length] == ' ');
    }
    return format("({\n%s%sa%d %s b%d;\n})", all, value, number, node->sign, number);
}

static bool is_negative(const Node *node)
{
    return node->kind == UNARY && same(node->sign, "-") && is_literal(node);
}

/* An index, or a part of it, that is a subscript there. */
static const char *subscript_under(const Node *node, const Node *under)
{
    if (node->kind == NAME || node->kind == ELEMENT)
        return is_subscript_in(under, node_text(node)) ? node_text(node) : "";
    const char *found = "";
    for (const Node *k = node->kids; k && !*found; k = k->next)
        found = subscript_under(k, under);
    return found;
}

/* parent[i][m] >= 0, y[i] != -100: what is -1 or -100 elsewhere is a subscript under it. */
static bool is_guard(Writer *writer, const Node *node, const Node *under)
{
    const Node *left = node->kids, *right = left->next;
    if (type_of(&writer->scope, left) != TYPE_INT || type_of(&writer->scope, right) != TYPE_INT)
        return false;
    if (!is_binary(node, "< > <= >=") && !is_negative(left) && !is_negative(right))
        return false;
    const char *guarded = subscript_under(left, under);
    guarded = *guarded ? guarded : subscript_under(right, under);
    writer->guarded = add_words(writer->guarded, guarded);
    return *guarded;
}

static bool has_guard(Writer *writer, const Node *node, const Node *under)
{
    if (is_binary(node, "== != < > <= >="))
        return is_guard(writer, node, under);
    for (const Node *k = node->kids; k; k = k->next)
        if (has_guard(writer, k, under))
            return true;
    return false;
}

/* The other way round a comparison can hold already by its own dial. */
static int positions_of(const Node *node, int positions)
{
    return positions > HOLDS_OTHERWISE && is_binary(bare(node), "== != < > <= >=") ? HOLDS_OTHERWISE
                                                                                   : positions;
}

const char *write_condition(Writer *writer, const Node *node, const Node *under, int positions)
{
    if (has_guard(writer, node, under) || type_of(&writer->scope, node) == TYPE_OTHER)
        return node_text(node);
    if (is_binary(node, "&& ||"))
        return format("(%s %s %s)", write_condition(writer, node->kids, under, HOLDS_OTHERWISE),
                      node->sign, write_condition(writer, kid(node, 1), under, HOLDS_OTHERWISE));
    const char *value = write_int(writer, node);
    int dial = add_dial(writer, DIAL_CONDITION, node, "", positions_of(node, positions));
    return format("dial_holds(dial_at[%d], %s)", dial, value);
}
