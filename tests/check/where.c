#include "where.h"

#include <stdio.h>
#include <string.h>

enum { MOST_ROWS = 12, MOST_COLUMNS = 32 };

/* Is element (i, j) of a matrix of this size in the part? */
typedef bool Part(int i, int j, Matrix m);

#define PART(name, holds)                          \
    static bool name(int i, int j, Matrix m)       \
    {                                              \
        return (void)i, (void)j, (void)m, (holds); \
    }
PART(first_row, i == 0)
PART(last_row, i == m.rows - 1)
PART(first_column, j == 0)
PART(last_column, j == m.columns - 1)
PART(but_first_row, i != 0)
PART(but_last_row, i != m.rows - 1)
PART(but_first_column, j != 0)
PART(but_last_column, j != m.columns - 1)
PART(diagonal, i == j)
PART(off_diagonal, i != j)
PART(above_diagonal, i < j)
PART(below_diagonal, i > j)

/* Their names in a matrix, and in a vector, where the elements are rows. */
static const struct {
    Part *part;
    const char *words, *in_vector;
} parts[] = {
    {first_row, "The first row", "The first element"},
    {last_row, "The last row", "The last element"},
    {first_column, "The first column", NULL},
    {last_column, "The last column", NULL},
    {but_first_row, "Everything but the first row", "Everything but the first element"},
    {but_last_row, "Everything but the last row", "Everything but the last element"},
    {but_first_column, "Everything but the first column", NULL},
    {but_last_column, "Everything but the last column", NULL},
    {diagonal, "The diagonal", NULL},
    {off_diagonal, "Everything off the diagonal", NULL},
    {above_diagonal, "The triangle above the diagonal", NULL},
    {below_diagonal, "The triangle below the diagonal", NULL},
};

/* One output over all trials, of which the elements in one state are looked at. */
typedef struct {
    const Trials *trials;
    int argument;
    State state;
} Look;

static Matrix matrix_of(const Trials *trials, int argument, int trial)
{
    return as_matrix(trials->exercise, &trials->exercise->arguments[argument],
                     trials->want[trial].sizes);
}

static bool concerned(const Look *look, const Output *o, int at)
{
    State state = state_of(o->got[at], o->want[at], o->scale);
    return look->state == DIFFERENT ? state != SAME : state == look->state;
}

/* Is the part, on every case, just what is concerned? */
static bool part_fits(const Look *look, Part *part)
{
    for (int t = 0; t < look->trials->count; t++) {
        const Output o = output_of(look->trials, look->argument, t);
        Matrix m = matrix_of(look->trials, look->argument, t);
        for (int at = 0; at < o.n; at++) {
            if (concerned(look, &o, at) != part(at / m.columns, at % m.columns, m))
                return false;
        }
    }
    return true;
}

/* The trial that is shown: the first with an element in this state. */
static int first_concerned(const Look *look)
{
    for (int t = 0; t < look->trials->count; t++) {
        const Output o = output_of(look->trials, look->argument, t);
        for (int at = 0; at < o.n; at++)
            if (concerned(look, &o, at))
                return t;
    }
    return -1;
}

static int count_concerned(const Look *look, int trial)
{
    const Output o = output_of(look->trials, look->argument, trial);
    int count = 0;
    for (int at = 0; at < o.n; at++)
        count += concerned(look, &o, at);
    return count;
}

/* Does every line (row, or column) of the matrix lie in the state whole or not at all? Lists those
 * that do. */
static bool whole_lines(const Look *look, int trial, bool rows, char *list, size_t size)
{
    const Output o = output_of(look->trials, look->argument, trial);
    Matrix m = matrix_of(look->trials, look->argument, trial);
    int lines = rows ? m.rows : m.columns, length = rows ? m.columns : m.rows;
    size_t used = 0;
    list[0] = '\0';
    for (int line = 0; line < lines; line++) {
        int in = 0;
        for (int i = 0; i < length; i++)
            in += concerned(look, &o, rows ? line * m.columns + i : i * m.columns + line);
        if (in != 0 && in != length)
            return false;
        if (in && used + 20 < size)
            used += (size_t)snprintf(list + used, size - used, "%s%d", used ? ", " : "", line);
        else if (in && list[used - 1] != '.')
            used += (size_t)snprintf(list + used, size - used, " ...");
    }
    return true;
}

/* Whole lines are news only if they have several elements on the trial that is shown. */
static bool lines_fit(const Look *look, bool rows, Where *where)
{
    char list[80], shown[80] = "";
    int first = first_concerned(look);
    Matrix m = matrix_of(look->trials, look->argument, first);
    if ((rows ? m.columns : m.rows) < 2)
        return false;
    for (int t = 0; t < look->trials->count; t++) {
        if (!whole_lines(look, t, rows, list, sizeof list))
            return false;
        if (t == first)
            memcpy(shown, list, sizeof shown);
    }
    snprintf(where->words, sizeof where->words, "Some whole %s (here %s)",
             rows ? "rows" : "columns", shown);
    where->plural = true;
    return true;
}

/* No part and no line is looked for where all is concerned on the trial that is shown: it fits then
 * because nothing else could be. */
bool where_find(Where *where, const Trials *trials, int argument, State state)
{
    const Look look = {trials, argument, state};
    size_t rank = strlen(trials->exercise->arguments[argument].shape);
    int first = first_concerned(&look);
    *where = (Where){.words = "Some elements", .plural = true};
    where->all =
        first >= 0 && count_concerned(&look, first) == output_of(trials, argument, first).n;
    if (first < 0 || where->all)
        return false;
    for (size_t i = 0; i < sizeof parts / sizeof *parts && rank > 0 && rank < 3; i++) {
        const char *words = rank == 1 ? parts[i].in_vector : parts[i].words;
        if (!words || !part_fits(&look, parts[i].part))
            continue;
        snprintf(where->words, sizeof where->words, "%s", words);
        where->plural = false;
        return true;
    }
    return rank >= 2 && (lines_fit(&look, true, where) || lines_fit(&look, false, where));
}

static bool same_sizes(const Trials *trials, int t, int u)
{
    const int *a = trials->want[t].sizes, *b = trials->want[u].sizes;
    return memcmp(a, b, strlen(trials->exercise->sizes) * sizeof *a) == 0;
}

static bool where_cases(const Trials *trials, int argument, Diagnosis *found)
{
    const Look look = {trials, argument, DIFFERENT};
    char label[LABEL_SIZE];
    int right = -1;
    for (int t = 0; t < trials->count && right < 0; t++)
        right = count_concerned(&look, t) == 0 ? t : -1;
    for (int t = 0; t < trials->count && right >= 0; t++)
        if ((count_concerned(&look, t) == 0) != same_sizes(trials, t, right))
            return false;
    if (right < 0)
        return false;
    diagnosis_label(found, "one-case");
    return diagnosis_say(found, "%s is right in the case %s and in no other.",
                         trials->exercise->arguments[argument].name,
                         sizes_in_words(label, trials->exercise, trials->want[right].sizes));
}

/* Also whole lines, if `lines`. */
static bool say_where(const Trials *trials, int argument, bool lines, Diagnosis *found)
{
    const char *name = trials->exercise->arguments[argument].name;
    Where where;
    if (!where_find(&where, trials, argument, DIFFERENT) || (where.plural && !lines))
        return false;
    diagnosis_label(found, "only-there");
    return diagnosis_say(found, "%s of %s %s wrong; the rest of %s is right.", where.words, name,
                         where.plural ? "are" : "is", name);
}

bool where_part(const Trials *trials, int argument, Diagnosis *found)
{
    return say_where(trials, argument, false, found);
}

bool where_any(const Trials *trials, int argument, Diagnosis *found)
{
    return say_where(trials, argument, true, found) || where_cases(trials, argument, found);
}

void where_draw(const Trials *trials, int argument, int trial,
                void (*draw)(void *context, const char *line), void *context)
{
    const Output o = output_of(trials, argument, trial);
    Matrix m = matrix_of(trials, argument, trial);
    int seen[2] = {0};
    for (int at = 0; at < o.n; at++)
        seen[state_of(o.got[at], o.want[at], o.scale) == SAME]++;
    if (m.columns < 2 || m.rows < 2 || !seen[0] || !seen[1])
        return;
    for (int i = 0; i < m.rows && i < MOST_ROWS; i++) {
        char line[2 * MOST_COLUMNS + 8] = "";
        for (int j = 0; j < m.columns && j < MOST_COLUMNS; j++) {
            State state = state_of(o.got[i * m.columns + j], o.want[i * m.columns + j], o.scale);
            strcat(line, j > 0 ? " " : "");
            strcat(line, state == SAME ? "." : state == UNWRITTEN ? "o" : "x");
        }
        draw(context, strcat(line, m.columns > MOST_COLUMNS ? " ..." : ""));
    }
    if (m.rows > MOST_ROWS)
        draw(context, "...");
}
