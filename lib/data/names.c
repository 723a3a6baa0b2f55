#include "data/names.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/vocab.h"
#include "error.h"

/* One line of the file. It holds the longest name and a CR; a line that fills it is too long, and
 * is not read any further. The text is not a string: a stray NUL is a character like any other. */
enum { LINE_SIZE = NAME_MAX_LENGTH + 2, QUOTED_LENGTH = 20 };

typedef struct {
    char text[LINE_SIZE];
    int length;
    long number;
} Line;

static bool line_read(Line *line, FILE *file)
{
    int c;
    line->length = 0;
    line->number++;
    while ((c = getc(file)) != EOF && c != '\n' && line->length < LINE_SIZE)
        line->text[line->length++] = (char)c;
    bool anything = line->length > 0 || c == '\n';
    if (line->length > 0 && line->text[line->length - 1] == '\r')
        line->length--;
    return anything;
}

/* Appends characters as they can be printed: \xNN for what is not printable ASCII. */
static void quote(char *to, const char *text, int length)
{
    for (int i = 0; i < length; i++) {
        bool printable = text[i] >= ' ' && text[i] <= '~';
        to += sprintf(to, printable ? "%c" : "\\x%02X", (unsigned char)text[i]);
    }
}

static bool is_letter(char c)
{
    return c != '.' && vocab_index(c) >= 0;
}

static bool line_is_name(const Line *line, const char *path)
{
    int letters = 0;
    while (letters < line->length && is_letter(line->text[letters]))
        letters++;
    if (letters == line->length && letters > 0 && letters <= NAME_MAX_LENGTH)
        return true;

    char found[4 * QUOTED_LENGTH + 1] = "", culprit[5] = "";
    bool cut = line->length > QUOTED_LENGTH;
    quote(found, line->text, cut ? QUOTED_LENGTH : line->length);
    if (line->length == 0)
        return error_return("%s:%ld: expected a name of letters a to z, found a blank line", path,
                            line->number);
    if (letters == line->length)
        return error_return("%s:%ld: expected a name of at most %d letters, found \"%s...\"", path,
                            line->number, NAME_MAX_LENGTH, found);
    quote(culprit, &line->text[letters], 1);
    return error_return("%s:%ld: expected a name of letters a to z, found '%s' in \"%s%s\"", path,
                        line->number, culprit, found, cut ? "..." : "");
}

static void *resized(void *block, size_t size)
{
    block = realloc(block, size);
    if (!block)
        error_stop("names: out of memory for %zu bytes", size);
    return block;
}

/* Fills names->text with the names, each ended by a NUL, and counts them. */
static bool read_text(Names *names, FILE *file, const char *path)
{
    size_t used = 0, size = 0;
    Line line = {.number = 0};
    while (line_read(&line, file)) {
        if (!line_is_name(&line, path))
            return false;
        if (names->count == INT_MAX)
            return error_return("%s:%ld: more than %d names", path, line.number, INT_MAX);
        if (size < used + NAME_MAX_LENGTH + 1)
            names->text = resized(names->text, size = 2 * size + 4096);
        memcpy(names->text + used, line.text, (size_t)line.length);
        used += (size_t)line.length;
        names->text[used++] = '\0';
        names->count++;
    }
    if (ferror(file))
        return error_return("%s: cannot be read: %s", path, strerror(errno));
    if (names->count == 0)
        return error_return("%s: expected a name on each line, found an empty file", path);
    return true;
}

bool names_read(Names *names, const char *path)
{
    NOT_NULL(names, path);
    *names = (Names){0};
    FILE *file = fopen(path, "rb");
    if (!file)
        return error_return("%s: cannot be opened: %s", path, strerror(errno));
    bool good = read_text(names, file, path);
    fclose(file);
    if (!good) {
        names_free(names);
        return false;
    }
    names->name = resized(NULL, (size_t)names->count * sizeof *names->name);
    char *next = names->text;
    for (int i = 0; i < names->count; i++) {
        names->name[i] = next;
        next += strlen(next) + 1;
    }
    return true;
}

void names_free(Names *names)
{
    NOT_NULL(names);
    free(names->name);
    free(names->text);
    *names = (Names){0};
}

void names_shuffle(Names *names, Rng *rng)
{
    NOT_NULL(names, rng);
    for (int i = names->count - 1; i > 0; i--) {
        int j = rng_below(rng, i + 1);
        char *name = names->name[i];
        names->name[i] = names->name[j];
        names->name[j] = name;
    }
}

/* Writes the examples of one name and returns how many: its letters and the mark after them. */
static int add_examples(Examples *examples, const char *name)
{
    int context = examples->context, length = (int)strlen(name);
    int *x = examples->x + (size_t)examples->count * (size_t)context;
    int *y = examples->y + examples->count;
    for (int i = 0; i <= length; i++, x += context) {
        for (int j = 0; j < context; j++) {
            int from = i - context + j;
            x[j] = from < 0 ? VOCAB_MARK : vocab_index(name[from]);
        }
        y[i] = i < length ? vocab_index(name[i]) : VOCAB_MARK;
    }
    return length + 1;
}

Examples examples_make(const Names *names, int first, int last, int context)
{
    NOT_NULL(names);
    if (first < 0 || first > last || last > names->count || context < 1)
        error_stop("examples_make: names %d .. %d of %d with context %d", first, last, names->count,
                   context);
    size_t total = 0;
    for (int i = first; i < last; i++)
        total += strlen(names->name[i]) + 1;
    if (total > INT_MAX)
        error_stop("examples_make: %zu examples: more than %d", total, INT_MAX);
    Examples examples = {.context = context};
    examples.x = resized(NULL, (total * (size_t)context + 1) * sizeof *examples.x);
    examples.y = resized(NULL, (total + 1) * sizeof *examples.y);
    for (int i = first; i < last; i++)
        examples.count += add_examples(&examples, names->name[i]);
    return examples;
}

void examples_free(Examples *examples)
{
    NOT_NULL(examples);
    free(examples->x);
    free(examples->y);
    *examples = (Examples){0};
}

Split split_80_10_10(int count)
{
    return (Split){.train_end = (int)(count * 8LL / 10), .dev_end = (int)(count * 9LL / 10)};
}
