/* store.c: = += -= *= /= and declarations. */
#include "text.h"
#include "writer.h"

/* A variable of the function's own has one dial for all that is stored in it: it is declared once.
 */
static const char *write_stored(Writer *writer, Variable *variable, const Node *place,
                                const Node *right, const char *value)
{
    int dial = variable->stored_dial;
    const char *text = variable->is_argument ? node_text(place) : variable->name;
    if (variable->is_argument || dial < 0)
        dial = add_dial_on(writer, DIAL_STORED, place->first->line, text,
                           mentions_of(&writer->scope, right), "", STORES);
    if (!variable->is_argument)
        variable->stored_dial = dial;
    return format("dial_stored(dial_at[%d], %s)", dial, value);
}

/* 0 and -1 are the same as an int, and as a float. */
static bool is_whole_number(Writer *writer, const Node *node)
{
    while (node->kind == ASSIGNMENT)
        node = kid(node, 1);
    return is_literal(node) && type_of(&writer->scope, node) == TYPE_INT;
}

/* -- where a sum begins -- */

static bool grows_later(const Writer *writer, const char *text)
{
    for (const Node *s = writer->rest; s; s = s->next)
        if (updates(s, text))
            return true;
    return false;
}

static void remember_sum(Writer *writer, const char *text, int dial)
{
    if (writer->sums < MAX_SUMS)
        writer->sum[writer->sums++] = (Sum){text, dial};
}

static int dial_of_sum(const Writer *writer, const char *text)
{
    for (int i = writer->sums - 1; i >= 0; i--)
        if (same(writer->sum[i].text, text))
            return writer->sum[i].dial;
    return -1;
}

/* At position 2 it is set back where the outermost loop turns, at 3 where that or the next does. */
static const char *write_turn(const Writer *writer, int dial)
{
    const char *turns = "", *turn = "0";
    for (int i = 0; i + 1 < writer->loops; i++) {
        turn = format("dial_turn(%s, %s)", turn, writer->loop[i]);
        turns = format("%sdial_at[%d] == %d ? %s : ", turns, dial, i + 2, turn);
    }
    return format("%s0", turns);
}

/* A sum in one line, s = a + b, is made by s += a and s += b, too. */
static const char *write_carried(Writer *writer, const Node *declared, const char *value)
{
    if (writer->loops == 0)
        return value;
    int dial = add_dial(writer, DIAL_RESET, declared, "", 2);
    writer->top = format("%sreal carried%d = 0;\n", writer->top, dial);
    return format("dial_carried(dial_at[%d], %s, &carried%d)", dial, value, dial);
}

static const char *write_reset(Writer *writer, const Node *place, const Node *whole,
                               const char *value)
{
    const char *text = place->kind == DECLARED ? place->first->text : node_text(place);
    if (writer->loops == 0 || !grows_later(writer, text))
        return value;
    int dial = add_dial(writer, DIAL_RESET, whole, "", 1 + writer->loops);
    remember_sum(writer, text, dial);
    writer->top = format("%sKept kept%d = {0};\n", writer->top, dial);
    return format("dial_begun(dial_at[%d], %s, &kept%d, %s)", dial, value, dial,
                  write_turn(writer, dial));
}

/* -- assignments -- */

/* What is stored at *p. */
static const char *write_new(Writer *writer, const Node *node, int number)
{
    if (same(node->sign, "="))
        return format("v%d", number);
    const char *sign = format("%.1s", node->sign);
    const char *value = format("*p%d %s v%d", number, sign, number);
    if (!has_word("+ -", sign))
        return value;
    const Node whole = {ASSIGNMENT, "", node->first, kid(node, 1)->first, NULL, NULL};
    int dial = add_dial_on(writer, DIAL_ADDS, node->first->line, node_text(&whole),
                           mentions_of(&writer->scope, kid(node, 1)), "", 2);
    return format("dial_at[%d] ? %sv%d : %s", dial, *sign == '-' ? "-" : "", number, value);
}

/* It has a value that it can keep. */
static bool can_be_skipped(const Node *node, const Variable *variable)
{
    bool is_one_number = variable->dimensions == 0;
    return same(node->sign, "=") && variable->has_value && !is_literal(kid(node, 1)) &&
           (is_one_number || variable->is_in_out || updates(node, node_text(node->kids)));
}

static const char *write_skipped(Writer *writer, const Node *node, int number, const char *stored)
{
    int dial = add_dial(writer, DIAL_SKIPPED, node->kids, "", 2);
    return format("dial_at[%d] ? *p%d : %s", dial, number, stored);
}

static const char *write_real_assignment(Writer *writer, const Node *node, Variable *variable)
{
    const Node *place = node->kids, *right = kid(node, 1);
    int number = writer->names++;
    bool is_plain = same(node->sign, "=");
    writer->updated = is_plain ? place : NULL;
    const char *value = write_whole(writer, right, node->sign);
    writer->updated = NULL;
    const char *where = write_place(writer, place);
    if (is_plain)
        value = write_reset(writer, place, node, value);
    const char *stored = write_new(writer, node, number);
    if (!is_plain || !is_whole_number(writer, right))
        stored = write_stored(writer, variable, place, right, stored);
    if (can_be_skipped(node, variable))
        stored = write_skipped(writer, node, number, stored);
    int sum = dial_of_sum(writer, node_text(place));
    const char *kept = sum < 0 ? "" : format("kept%d.value = ", sum);
    return format("({\nreal *const p%d = &%s;\nconst real v%d = %s;\n%s*p%d = %s;\n})", number,
                  where, number, value, kept, number, stored);
}

const char *write_assignment(Writer *writer, const Node *node)
{
    const Node *place = node->kids, *right = kid(node, 1);
    Variable *variable = variable_of(&writer->scope, place);
    Type type = type_of(&writer->scope, place);
    if (type == TYPE_OTHER || !variable || type_of(&writer->scope, right) == TYPE_OTHER)
        return node_text(node);
    const char *outer = writer->target, *text;
    writer->target = variable->name;
    make_of(&writer->scope, variable, right);
    if (!same(node->sign, "=") && variable->is_argument && !variable->has_value)
        writer->given = add_words(writer->given, variable->name);
    if (type == TYPE_REAL)
        text = write_real_assignment(writer, node, variable);
    else
        text =
            format("%s %s %s", node_text(place), node->sign,
                   type == TYPE_INT ? write_int(writer, right) : write_whole(writer, right, "="));
    variable->has_value = variable->is_stored = true;
    writer->target = outer;
    return text;
}

/* -- declarations -- */

static const Node *declared_value(const Node *declared)
{
    const Node *value = declared->kids;
    while (value && value->kind == DIMENSION)
        value = value->next;
    return value;
}

static const char *write_first_value(Writer *writer, const Node *declared, Variable *variable)
{
    const Node *value = declared_value(declared);
    make_of(&writer->scope, variable, value);
    if (variable->type == TYPE_INT)
        return write_int(writer, value);
    const char *text = write_whole(writer, value, "=");
    if (variable->type != TYPE_REAL)
        return text;
    if (is_whole_number(writer, value) || grows_later(writer, variable->name))
        text = write_reset(writer, declared, declared, text);
    else
        text = write_carried(writer, declared, text);
    if (is_whole_number(writer, value))
        return text;
    return write_stored(writer, variable, declared, value, text);
}

static const char *write_declared(Writer *writer, const Node *declared, const char *type)
{
    const char *name = declared->first->text;
    Variable new = {
        .name = name, .type = type_named(type), .shape = "", .mentions = "", .stored_dial = -1};
    for (const Node *k = declared->kids; k && k->kind == DIMENSION; k = k->next)
        add_dimension(&new, node_text(k));
    writer->target = name;
    const char *value = "";
    if (declared_value(declared) && new.type == TYPE_OTHER)
        value = format(" = %s", node_text(declared_value(declared)));
    else if (declared_value(declared))
        value = format(" = %s", write_first_value(writer, declared, &new));
    new.has_value = *value;
    *declare(&writer->scope, name, new.type) = new;
    writer->target = "";
    return format("%s %s%s%s;\n", type, name, new.shape, value);
}

const char *write_declaration(Writer *writer, const Node *node)
{
    const char *all = "";
    for (const Node *k = node->kids; k; k = k->next)
        all = format("%s%s", all, write_declared(writer, k, node->sign));
    return all;
}
