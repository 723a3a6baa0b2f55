/* loop.c: for. A dial makes it shorter, never longer. */
#include <string.h>

#include "text.h"
#include "writer.h"

typedef struct {
    const char *name, *begin, *end;
    bool goes_down;   /* to `end`; else up to before it */
    const Node *also; /* what follows && in the condition */
} Count;

/* `for (int i = begin; i < end && also; i++)`, or downwards. */
static bool as_count(const Node *loop, Count *count)
{
    const Node *counter = kid(loop, 0)->kids, *condition = kid(loop, 1), *step = kid(loop, 2);
    *count = (Count){.name = counter->first->text, .also = NULL};
    if (counter->next || !counter->kids || counter->kids->kind == DIMENSION)
        return false;
    count->begin = node_text(counter->kids);
    if (is_binary(condition, "&&")) {
        count->also = kid(condition, 1);
        condition = condition->kids;
    }
    if (!is_binary(condition, "< >=") || !same(node_text(condition->kids), count->name) ||
        !is_token(step->first, count->name))
        return false;
    count->end = node_text(kid(condition, 1));
    count->goes_down = same(condition->sign, ">=");
    return is_token(step->first + 1, count->goes_down ? "--" : "++");
}

/* Down from k - 1 is below k. */
static const char *bound_of(const Count *count)
{
    size_t length = strlen(count->begin);
    if (!count->goes_down)
        return *count->begin == '-' ? NULL : count->end;
    if (*count->end == '-' || length < 3 || !same(count->begin + length - 2, "-1"))
        return NULL;
    return format("%.*s", (int)length - 2, count->begin);
}

static int count_assignments(const Node *node)
{
    int count = node->kind == ASSIGNMENT;
    for (const Node *k = node->kids; k; k = k->next)
        count += count_assignments(k);
    return count;
}

bool has_values(Writer *writer, const Node *node)
{
    if (node->kind == FOR)
        return has_values(writer, kid(node, 3));
    if (node->kind == ASSIGNMENT) {
        const Variable *variable = variable_of(&writer->scope, node->kids);
        if (variable && !variable->has_value)
            return false;
    }
    if (node->kind == VERBATIM || (node->kind == EXPRESSION && node->kids->kind != ASSIGNMENT))
        return false;
    for (const Node *k = node->kids; k; k = k->next)
        if (!has_values(writer, k))
            return false;
    return true;
}

static const Node *first_assignment(const Node *node)
{
    while (node && node->kind != ASSIGNMENT)
        node = node->kind == FOR ? kid(node, 3) : node->kids;
    return node;
}

/* What only adds up one sum has a dial already that makes it 0. */
static bool can_be_left_out(Writer *writer, const Node *loop)
{
    const Node *body = kid(loop, 3), *first = first_assignment(body);
    bool is_sum = count_assignments(body) == 1 && first && !same(first->sign, "=");
    return !is_sum && has_values(writer, body);
}

/* Where it runs to a size, it may run to another one, but never beyond the first. */
static const char *write_up_to(Writer *writer, const Node *loop, const char *end)
{
    int others = 0;
    const char *sizes = writer->sizes, *instead = "", *text = "";
    if (!has_word(sizes, end))
        return end;
    while (*sizes) {
        int length = (int)strcspn(sizes, " ");
        const char *size = format("%.*s", length, sizes);
        if (!same(size, end)) {
            instead = add_words(instead, size);
            text = format("%sdial_at[%d] == %d && %s < %s ? %s : ", text, count_dials(), ++others,
                          size, end, size);
        }
        sizes += length + (sizes[length] == ' ');
    }
    if (others)
        add_dial_on(writer, DIAL_END, loop->first->line, end, "", instead, others + 1);
    return format("%s%s", text, end);
}

static const char *write_count(Writer *writer, const Node *loop, const Count *count)
{
    int positions = can_be_left_out(writer, loop) ? LOOPS : NEVER_RUNS;
    int dial = add_dial_on(writer, DIAL_LOOP, loop->first->line,
                           text_of(loop->first, kid(loop, 3)->first), "", "", positions);
    const char *end = count->goes_down ? count->end : write_up_to(writer, loop, count->end);
    const char *also =
        count->also
            ? format(" && %s", write_condition(writer, count->also, kid(loop, 3), HOLDS_OTHERWISE))
            : "";
    return format("for (int %s = %s %s (dial_at[%d] == BEGINS_LATE); "
                  "%s %s %s(dial_at[%d], %s, %s)%s; %s%s) {\n",
                  count->name, count->begin, count->goes_down ? "-" : "+", dial, count->name,
                  count->goes_down ? ">=" : "<", count->goes_down ? "dial_last" : "dial_end", dial,
                  count->begin, end, also, count->name, count->goes_down ? "--" : "++");
}

static const char *write_head(Writer *writer, const Node *loop, bool counts, const Count *count)
{
    Variable *variable = declare(&writer->scope, count->name, TYPE_INT);
    variable->header = text_of(loop->first, kid(loop, 3)->first);
    variable->has_value = true;
    if (!counts)
        return format("%s {\n", variable->header);
    variable->bound = bound_of(count);
    return write_count(writer, loop, count);
}

/* What is stored in one turn is read in the next, further up. */
static void turn_back(Writer *writer, const Node *loop)
{
    for (int i = 0; i < writer->scope.count; i++) {
        Variable *variable = &writer->scope.variable[i];
        if (variable->is_pointer && stores(loop, read_as(variable)))
            variable->is_stored = true;
    }
}

const char *write_loop(Writer *writer, const Node *loop)
{
    Count count;
    bool counts = as_count(loop, &count);
    int variables = writer->scope.count, sums = writer->sums;
    const char *before = write_before(writer, loop);
    const char *head = write_head(writer, loop, counts, &count);
    if (writer->loops == MAX_LOOPS)
        return node_text(loop);
    writer->loop[writer->loops++] = count.name;
    turn_back(writer, loop);
    const char *begin = write_begin(writer, loop);
    const Node *rest = writer->rest;
    writer->rest = NULL;
    const char *body = write_statement(writer, kid(loop, 3));
    writer->rest = rest;
    writer->loops--;
    const char *end = write_end(writer, loop);
    writer->scope.count = variables;
    writer->sums = sums;
    return format("%s%s%s%s%s}\n", before, head, begin, body, end);
}
