#include "data/names.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/utf8.h"
#include "error.h"

/* One line of the file. It holds one letter more than the longest name and a CR; of a line that
 * fills it no more is read, for it is too long. The text is not a string: a stray NUL is a
 * character like any other. */
enum { LINE_SIZE = UTF8_MOST * (NAME_MAX_LENGTH + 1) + 1, QUOTED_LENGTH = 20 };

enum { SPLIT_SEED = 3 }; /* of the order that names_read_split() puts them in */

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
    if (line->number == 1) {
        int mark = utf8_mark(line->text, (size_t)line->length);
        line->length -= mark;
        memmove(line->text, line->text + mark, (size_t)line->length);
    }
    bool anything = line->length > 0 || c == '\n';
    if (line->length > 0 && line->text[line->length - 1] == '\r')
        line->length--;
    return anything;
}

/* The character at a place of the line, and how many bytes it takes; 0: it is not UTF-8. */
static int line_decode(const Line *line, int place, int *code)
{
    return utf8_decode(line->text + place, (size_t)(line->length - place), code);
}

/* Appends the character at a place of the line as it can be printed, \xNN for each byte of one that
 * cannot; or the byte there, if it is not UTF-8. Returns how many bytes of the line it took. */
static int quote(char *to, const Line *line, int place)
{
    int code, length = line_decode(line, place, &code);
    bool printable = length > 0 && (utf8_is_letter(code) || (code >= ' ' && code <= '~'));
    to += strlen(to);
    length = length ? length : 1;
    for (int i = place; i < place + length; i++)
        to += sprintf(to, printable ? "%c" : "\\x%02X", (unsigned char)line->text[i]);
    return length;
}

enum { QUOTED_SIZE = 4 * UTF8_MOST * QUOTED_LENGTH + 4 };

/* The beginning of the line. */
static const char *quote_line(char quoted[QUOTED_SIZE], const Line *line)
{
    int place = 0;
    quoted[0] = '\0';
    for (int i = 0; i < QUOTED_LENGTH && place < line->length; i++)
        place += quote(quoted, line, place);
    return place < line->length ? strcat(quoted, "...") : quoted;
}

/* The line has its first `letters` characters and `place` bytes for a name, but not what follows.
 */
static bool refuse(const Line *line, int letters, int place, const char *path)
{
    char quoted[QUOTED_SIZE], culprit[4 * UTF8_MOST + 1] = "";
    int code;
    quote_line(quoted, line);
    if (line->length == 0)
        return error_return("%s:%ld: expected a name, found a blank line", path, line->number);
    if (letters > NAME_MAX_LENGTH)
        return error_return("%s:%ld: expected a name of at most %d letters, found \"%s\"", path,
                            line->number, NAME_MAX_LENGTH, quoted);
    quote(culprit, line, place);
    if (line_decode(line, place, &code) == 0)
        return error_return("%s:%ld: expected text in UTF-8, found byte %s at place %d of \"%s\"",
                            path, line->number, culprit, place + 1, quoted);
    return error_return("%s:%ld: expected a name, of letters, found '%s' in \"%s\"", path,
                        line->number, culprit, quoted);
}

static bool line_is_name(const Line *line, const char *path)
{
    int letters = 0, place = 0;
    while (place < line->length && letters <= NAME_MAX_LENGTH) {
        int code, length = line_decode(line, place, &code);
        if (!utf8_is_letter(code))
            break;
        place += length;
        letters++;
    }
    bool whole = place == line->length && letters > 0 && letters <= NAME_MAX_LENGTH;
    return whole || refuse(line, letters, place, path);
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
        if (size < used + NAME_SIZE)
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

/* Makes the rest of what read_text() has read. */
static void list_names(Names *names)
{
    char *next = names->text;
    size_t letters = 0;
    names->name = resized(NULL, (size_t)names->count * sizeof *names->name);
    for (int i = 0; i < names->count; i++) {
        names->name[i] = next;
        next += strlen(next) + 1;
    }
    int *codes = resized(NULL, ((size_t)(next - names->text) + 1) * sizeof *codes);
    for (const char *c = names->text; c < next; c++)
        if (*c)
            c += utf8_decode(c, (size_t)(next - c), &codes[letters++]) - 1;
    names->vocab = vocab_of(letters, codes);
    free(codes);
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
    if (good)
        list_names(names);
    else
        names_free(names);
    return good;
}

void names_free(Names *names)
{
    NOT_NULL(names);
    free(names->name);
    free(names->text);
    vocab_free(&names->vocab);
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
static int add_examples(Examples *examples, const Vocab *vocab, const char *name)
{
    int context = examples->context, letters[NAME_MAX_LENGTH + 1];
    int length = vocab_numbers(vocab, name, NAME_MAX_LENGTH, letters);
    int *x = examples->x + (size_t)examples->count * (size_t)context;
    int *y = examples->y + examples->count;
    letters[length] = VOCAB_MARK;
    for (int i = 0; i <= length; i++, x += context) {
        for (int j = 0; j < context; j++) {
            int from = i - context + j;
            x[j] = from < 0 ? VOCAB_MARK : letters[from];
        }
        y[i] = letters[i];
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
        total += utf8_length(names->name[i]) + 1;
    if (total > INT_MAX)
        error_stop("examples_make: %zu examples: more than %d", total, INT_MAX);
    Examples examples = {.context = context};
    examples.x = resized(NULL, (total * (size_t)context + 1) * sizeof *examples.x);
    examples.y = resized(NULL, (total + 1) * sizeof *examples.y);
    for (int i = first; i < last; i++)
        examples.count += add_examples(&examples, &names->vocab, names->name[i]);
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

bool names_read_split(Names *names, Split *split, const char *path)
{
    NOT_NULL(names, split, path);
    Rng rng;
    if (!names_read(names, path))
        return false;
    const int count = names->count;
    *split = split_80_10_10(count);
    if (split->train_end == 0 || split->dev_end == split->train_end || split->dev_end == count) {
        names_free(names);
        return error_return("%s: %d names are too few to train, develop and test on", path, count);
    }
    rng_seed(&rng, SPLIT_SEED);
    names_shuffle(names, &rng);
    return true;
}
