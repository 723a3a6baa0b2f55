/* extra.c: a factor too many, or a division: by what is multiplied with elsewhere in the function.
 */
#include "text.h"
#include "writer.h"

void learn_factor(Writer *writer, const Node *node, const Variable *variable)
{
    const char *text = node_text(node), *meaning = meaning_of(&writer->scope, node);
    if (!variable->is_input || !*meaning || writer->multipliers == MAX_MULTIPLIERS)
        return;
    for (int i = 0; i < writer->multipliers; i++)
        if (same(writer->multiplier[i].text, text) && same(writer->multiplier[i].meaning, meaning))
            return;
    writer->multiplier[writer->multipliers++] = (Multiplier){text, meaning};
}

/* What is a factor already has a dial that takes its square, or 1. */
static bool has_factor(const Node *node, const char *text)
{
    node = bare(node);
    if (node->kind == UNARY || node->kind == CAST)
        return has_factor(node->kids, text);
    if (is_binary(node, "* /"))
        return has_factor(node->kids, text) || has_factor(kid(node, 1), text);
    return same(node_text(node), text);
}

const char *write_extra(Writer *writer, const Node *node, const char *value)
{
    int positions = 1;
    const char *instead = "", *of = "";
    for (int i = 0; i < writer->multipliers && positions < MAX_INSTEAD && !is_literal(node); i++) {
        const Multiplier *m = &writer->multiplier[i];
        if (has_factor(node, m->text) || is_guarded(writer, m->text) ||
            !means_the_same(writer, m->text, m->meaning))
            continue;
        instead = format("%s%s%s 1/%s", instead, *instead ? " " : "", m->text, m->text);
        of = format("%s%s, ", of, m->text);
        positions += 2;
    }
    if (positions == 1)
        return value;
    int dial = add_dial(writer, DIAL_EXTRA, node, instead, positions);
    return format("(dial_at[%d] ? dial_extra(dial_at[%d], (const real[]){%s}) : 1) * %s", dial,
                  dial, of, value);
}
