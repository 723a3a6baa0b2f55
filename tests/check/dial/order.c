/* order.c: a step that is done too late: after a later one of the same block that needs what it
 * makes, or that spoils what it needs. */
#include "text.h"
#include "writer.h"

static bool has_token(const Node *node, const char *name)
{
    for (const Token *at = node->first; at < node->last; at++)
        if (is_token(at, name))
            return true;
    return false;
}

/* Whether something that is stored in by a part of `step` stands in `other`. */
static bool makes_for(Writer *writer, const Node *step, const Node *other)
{
    if (step->kind == ASSIGNMENT) {
        const Variable *variable = variable_of(&writer->scope, step->kids);
        return variable && has_token(other, variable->name);
    }
    for (const Node *k = step->kids; k; k = k->next)
        if (makes_for(writer, k, other))
            return true;
    return false;
}

static const char *collect_stored(Writer *writer, const Node *step, const char *found)
{
    if (step->kind == ASSIGNMENT) {
        const Variable *variable = variable_of(&writer->scope, step->kids);
        if (variable && variable->is_argument)
            found = add_words(found, variable->name);
    }
    for (const Node *k = step->kids; k; k = k->next)
        found = collect_stored(writer, k, found);
    return found;
}

/* The arguments that are stored in, as one word: "dw,db"; "-" if there are none. */
static const char *stored_in(Writer *writer, const Node *step)
{
    const char *found = collect_stored(writer, step, ""), *word = *found ? "" : "-";
    for (; *found; found++)
        word = format("%s%c", word, *found == ' ' ? ',' : *found);
    return word;
}

static bool is_step(const Node *node)
{
    return node->kind == FOR || (node->kind == EXPRESSION && node->kids->kind == ASSIGNMENT);
}

/* Where `other` reads what the step makes, something has to be there before. */
static bool can_come_before(Writer *writer, const Node *other, const Node *step)
{
    if (!is_step(other) && other->kind != DECLARATION)
        return false;
    return makes_for(writer, step, other) ? has_values(writer, step)
                                          : makes_for(writer, other, step);
}

int find_order(Writer *writer, const Node *step)
{
    int positions = 1;
    const char *instead = "";
    for (const Node *other = writer->rest; is_step(step) && other; other = other->next) {
        if (!can_come_before(writer, other, step) || writer->lates == MAX_LATE)
            continue;
        writer->late[writer->lates++] = (Late){step, other, count_dials(), positions++};
        instead = format("%s%s%s", instead, *instead ? " " : "", stored_in(writer, other));
    }
    if (positions == 1)
        return -1;
    const char *text = node_text(step);
    if (step->kind == FOR)
        text = text_of(step->first, kid(step, 3)->first);
    return add_dial_on(writer, DIAL_ORDER, step->first->line, text,
                       collect_stored(writer, step, ""), instead, positions);
}

const char *write_late(const Writer *writer, const Node *other)
{
    const char *all = "";
    for (int i = 0; i < writer->lates; i++) {
        const Late *late = &writer->late[i];
        if (late->other == other)
            all = format("%sif (dial_at[%d] == %d) {\n%s\n}\n", all, late->dial, late->position,
                         node_text(late->step));
    }
    return all;
}
