/* early.c: a sum that is made in one loop and used in the next one, which has the same header: if
 * the two were one, it would be used before it is whole. What it is after each turn of the first
 * loop is recorded, and read in the second. */
#include "text.h"
#include "writer.h"

static const char *header_of(const Node *loop)
{
    return text_of(loop->first, kid(loop, 3)->first);
}

/* The loop that is all of this one's body; NULL if there is none. */
static const Node *inner_loop(const Node *loop)
{
    const Node *body = kid(loop, 3);
    if (body->kind == BLOCK && body->kids && !body->kids->next)
        body = body->kids;
    return body->kind == FOR ? body : NULL;
}

static void add_early(Writer *writer, const Node *place, const Node *made, const Node *used)
{
    Early early = {place, made, made, used, used, 0, false};
    for (;;) {
        const Node *a = inner_loop(early.made_inner), *b = inner_loop(early.used_inner);
        if (!a || !b || !same(header_of(a), header_of(b)))
            break;
        early.made_inner = a, early.used_inner = b;
    }
    early.dial = add_dial_on(writer, DIAL_EARLY, used->first->line, node_text(place), "", "", 2);
    writer->top = format("%sstatic Record record%d;\n", writer->top, early.dial);
    if (writer->earlies < MAX_SUMS)
        writer->early[writer->earlies++] = early;
}

static bool is_found(const Writer *writer, const char *text, const Node *used)
{
    for (int i = 0; i < writer->earlies; i++)
        if (writer->early[i].used_outer == used && same(node_text(writer->early[i].place), text))
            return true;
    return false;
}

/* `place` is the same before the loops, in them and between them. */
static bool is_one_place(Writer *writer, const Node *place)
{
    return type_of(&writer->scope, place) <= TYPE_REAL && *meaning_of(&writer->scope, place);
}

/* Of all that is stored in a part of the loop `made`, what `used` uses. */
static void find_sums(Writer *writer, const Node *part, const Node *made, const Node *used)
{
    const char *text = part->kind == ASSIGNMENT ? node_text(part->kids) : "";
    if (*text && updates(part, text) && contains(used, text) && !stores(used, text) &&
        is_one_place(writer, part->kids) && !is_found(writer, text, used))
        add_early(writer, part->kids, made, used);
    for (const Node *k = part->kids; k; k = k->next)
        find_sums(writer, k, made, used);
}

void find_early(Writer *writer, const Node *loop)
{
    for (const Node *later = loop->next; later; later = later->next)
        if (later->kind == FOR && same(header_of(loop), header_of(later)))
            find_sums(writer, loop, loop, later);
}

const char *write_before(Writer *writer, const Node *loop)
{
    const char *all = "";
    for (int i = 0; i < writer->earlies; i++) {
        const Early *e = &writer->early[i];
        if (e->made_outer == loop)
            all = format("%srecord%d.count = 0;\n", all, e->dial);
        if (e->used_outer == loop)
            all = format("%srecord%d.next = 0;\n", all, e->dial);
    }
    return all;
}

const char *write_begin(Writer *writer, const Node *loop)
{
    const char *all = "";
    for (int i = 0; i < writer->earlies; i++) {
        Early *e = &writer->early[i];
        if (e->used_inner != loop)
            continue;
        e->is_used = true;
        set_mentions(e->dial, variable_of(&writer->scope, e->place)->mentions);
        const char *type = type_of(&writer->scope, e->place) == TYPE_INT ? "int" : "real";
        all = format("%sconst %s early%d = (%s)dial_early(dial_at[%d], &record%d, %s);\n", all,
                     type, e->dial, type, e->dial, e->dial, node_text(e->place));
    }
    return all;
}

const char *write_end(Writer *writer, const Node *loop)
{
    const char *all = "";
    for (int i = 0; i < writer->earlies; i++) {
        Early *e = &writer->early[i];
        if (e->made_inner == loop)
            all = format("%sdial_record(&record%d, %s);\n", all, e->dial, node_text(e->place));
        if (e->used_inner == loop)
            e->is_used = false;
    }
    return all;
}

const char *write_early(const Writer *writer, const Node *node, const char *value)
{
    for (int i = 0; i < writer->earlies; i++) {
        const Early *e = &writer->early[i];
        if (e->is_used && same(node_text(e->place), node_text(node)))
            value = format("(dial_at[%d] ? early%d : %s)", e->dial, e->dial, value);
    }
    return value;
}
