#include <stdio.h>

#include "error.h"
#include "text.h"
#include "writer.h"

enum { MAX_DIALS = 8000 };

static Dial made[MAX_DIALS];
static int made_count;

static const char *const kinds[] = {
    "DIAL_TERM",    "DIAL_RESULT", "DIAL_FACTOR",    "DIAL_DIVISOR",   "DIAL_ARGUMENT",
    "DIAL_READ",    "DIAL_INDEX",  "DIAL_LOOP",      "DIAL_ADDS",      "DIAL_RESET",
    "DIAL_EARLY",   "DIAL_CALL",   "DIAL_COMPARE",   "DIAL_CONDITION", "DIAL_PARENTHESES",
    "DIAL_PRODUCT", "DIAL_STORED", "DIAL_SPREAD",    "DIAL_OPERAND",   "DIAL_STALE",
    "DIAL_SKIPPED", "DIAL_ORDER",  "DIAL_SIZE",      "DIAL_END",       "DIAL_EXTRA",
    "DIAL_MINUS",   "DIAL_PART",   "DIAL_DIFFERENCE"};

int add_dial_on(Writer *writer, DialKind kind, int line, const char *text, const char *mentions,
                const char *instead, int positions)
{
    if (made_count == MAX_DIALS)
        error_stop("dial: more than %d dials", MAX_DIALS);
    made[made_count] = (Dial){.function = writer->function,
                              .kind = kind,
                              .line = line,
                              .target = writer->target,
                              .text = text,
                              .mentions = mentions,
                              .instead = instead,
                              .positions = positions};
    return made_count++;
}

int add_dial(Writer *writer, DialKind kind, const Node *node, const char *instead, int positions)
{
    return add_dial_on(writer, kind, node->first->line, node_text(node),
                       mentions_of(&writer->scope, node), instead, positions);
}

int count_dials(void)
{
    return made_count;
}

void forget_dials(int count)
{
    made_count = count;
}

void set_mentions(int dial, const char *mentions)
{
    made[dial].mentions = mentions;
}

void print_dials(void)
{
    printf("unsigned char dial_at[%d];\n\nconst Dial dials[] = {\n", made_count + 1);
    for (int i = 0; i < made_count; i++) {
        const Dial *d = &made[i];
        printf("    {\"%s\", %s, %d, \"%s\", \"%s\", \"%s\", \"%s\", %d},\n", d->function,
               kinds[d->kind], d->line, d->target, d->text, d->mentions, d->instead, d->positions);
    }
    printf("    {\"\", DIAL_TERM, 0, \"\", \"\", \"\", \"\", 0}};\n\n");
}
