/* read.c: variables and their subscripts, and what may stand in their places. */
#include <string.h>

#include "text.h"
#include "writer.h"

/* -- subscripts -- */

bool is_guarded(const Writer *writer, const char *text)
{
    const char *words = writer->guarded;
    while (*words) {
        size_t length = strcspn(words, " ");
        if (strstr(text, format("%.*s", (int)length, words)))
            return true;
        words += length + (words[length] == ' ');
    }
    return false;
}

static void learn_subscript(Writer *writer, const char *dimension, const Node *node)
{
    const char *text = node_text(node), *meaning = meaning_of(&writer->scope, node);
    for (int i = 0; i < writer->subscripts; i++) {
        const Subscript *s = &writer->subscript[i];
        if (same(s->text, text) && same(s->dimension, dimension) && same(s->meaning, meaning))
            return;
    }
    if (writer->subscripts < MAX_SUBSCRIPTS && *meaning && !is_literal(node))
        writer->subscript[writer->subscripts++] = (Subscript){text, dimension, meaning};
}

static const char *loops_below(Writer *writer, const char *dimension)
{
    const char *found = "";
    for (int i = 0; i < writer->scope.count; i++) {
        const Variable *v = &writer->scope.variable[i];
        if (v->bound && same(v->bound, dimension) && find_variable(&writer->scope, v->name) == v)
            found = add_words(found, v->name);
    }
    return found;
}

/* It does if its variables do. */
bool means_the_same(Writer *writer, const char *text, const char *meaning)
{
    const Token *first = tokenize(text), *last = first;
    while (last->kind != TOKEN_END)
        last++;
    Node node = {NAME, "", first, last, NULL, NULL};
    return same(meaning_of(&writer->scope, &node), meaning);
}

static const char *subscripts_below(Writer *writer, const char *dimension)
{
    const char *found = loops_below(writer, dimension);
    for (int i = 0; i < writer->subscripts; i++) {
        const Subscript *s = &writer->subscript[i];
        if (same(s->dimension, dimension) && !is_guarded(writer, s->text) &&
            means_the_same(writer, s->text, s->meaning))
            found = add_words(found, s->text);
    }
    return found;
}

/* `found` without `text`, and no more than there is room for. */
static const char *others(const char *found, const char *text, int *count)
{
    const char *left = "";
    *count = 0;
    while (*found && *count < MAX_INSTEAD) {
        size_t length = strcspn(found, " ");
        const char *word = format("%.*s", (int)length, found);
        if (!same(word, text)) {
            left = add_words(left, word);
            ++*count;
        }
        found += length + (found[length] == ' ');
    }
    return left;
}

/* at == 1 ? i : at == 2 ? j : value */
static const char *choice(int dial, const char *words, const char *how, const char *value)
{
    const char *text = "";
    for (int at = 1; *words; at++) {
        size_t length = strcspn(words, " ");
        text = format("%sdial_at[%d] == %d ? %s%.*s : ", text, dial, at, how, (int)length, words);
        words += length + (words[length] == ' ');
    }
    return format("%s%s%s", text, how, value);
}

/* `element` is the one whose subscript `node` is. */
static const char *write_subscript(Writer *writer, const char *dimension, const Node *node,
                                   const Node *element)
{
    int count;
    const char *text = node_text(node);
    learn_subscript(writer, dimension, node);
    const char *instead = others(subscripts_below(writer, dimension), text, &count);
    if (count == 0)
        return text;
    int dial = add_dial_on(writer, DIAL_INDEX, node->first->line, text,
                           mentions_of(&writer->scope, element), instead, count + 1);
    return choice(dial, instead, "", text);
}

static const char *write_subscripts(Writer *writer, const Variable *variable, const Node *node)
{
    const char *all = "";
    int place = 0;
    for (const Node *k = kid(node, 1); node->kind == ELEMENT && k; k = k->next, place++)
        all = format("%s[%s]", all, write_subscript(writer, variable->dimension[place], k, node));
    return all;
}

const char *write_place(Writer *writer, const Node *node)
{
    const Variable *variable = variable_of(&writer->scope, node);
    if (node->kind != ELEMENT)
        return node_text(node);
    return format("%s%s", variable->name, write_subscripts(writer, variable, node));
}

/* -- variables -- */

static const char *same_shape(Writer *writer, const Variable *like)
{
    const char *found = "";
    for (int i = 0; i < writer->scope.count; i++) {
        const Variable *v = &writer->scope.variable[i];
        if (v->type == TYPE_REAL && v->has_value && same(v->shape, like->shape) &&
            find_variable(&writer->scope, v->name) == v)
            found = add_words(found, read_as(v));
    }
    return found;
}

/* All arrays as pointers to the same type, whatever is const. */
static const char *write_array(const Variable *variable, int dial, const char *instead)
{
    const char *rows = strchr(variable->shape, ']') + 1;
    const char *type = *rows ? format("const real(*)%s", rows) : "const real *";
    return format("((%s)(%s))", type, choice(dial, instead, "(const void *)", variable->name));
}

/* As it was given, if it has been stored in since. */
static const char *write_stale(Writer *writer, const Node *node, Variable *variable,
                               const char *value)
{
    if (!variable->is_in_out || !variable->is_stored)
        return value;
    const char *kept = format("given_%s", variable->name);
    if (!variable->is_kept && variable->is_pointer)
        writer->top = format("%sconst real %s = *%s;\n", writer->top, kept, variable->name);
    else if (!variable->is_kept)
        writer->top = format("%sreal %s%s;\nmemcpy(%s, %s, sizeof %s);\n", writer->top, kept,
                             variable->shape, kept, variable->name, kept);
    variable->is_kept = true;
    int dial = add_dial(writer, DIAL_STALE, node, "", 2);
    const Token *subscripts = node->first + 1 + variable->is_pointer;
    return format("(dial_at[%d] ? %s%s : %s)", dial, kept, text_of(subscripts, node->last), value);
}

static const char *write_variable(Writer *writer, const Node *node, const Variable *variable)
{
    int count;
    const char *name = read_as(variable);
    const char *instead = others(same_shape(writer, variable), name, &count);
    int dial = count ? add_dial(writer, DIAL_READ, node, instead, count + 1) : -1;
    if (node->kind != ELEMENT)
        return count ? format("(%s)", choice(dial, instead, "", name)) : name;
    return format("%s%s", count ? write_array(variable, dial, instead) : name,
                  write_subscripts(writer, variable, node));
}

/* A size in a real: another one may be taken for it. */
static const char *write_size(Writer *writer, const Node *node)
{
    int count;
    const char *text = node_text(node), *instead = others(writer->sizes, text, &count);
    if (!count)
        return text;
    int dial = add_dial(writer, DIAL_SIZE, node, instead, count + 1);
    return format("(%s)", choice(dial, instead, "", text));
}

const char *write_read(Writer *writer, const Node *node)
{
    Variable *variable = variable_of(&writer->scope, node);
    if (variable && variable->is_argument && node->kind == NAME && variable->type == TYPE_INT)
        return write_size(writer, node);
    if (!variable || variable->type != TYPE_REAL)
        return write_early(writer, node, node_text(node));
    if (variable->is_argument && !variable->has_value)
        writer->given = add_words(writer->given, variable->name);
    learn_factor(writer, node, variable);
    const char *value = write_variable(writer, node, variable);
    return write_early(writer, node, write_stale(writer, node, variable, value));
}
