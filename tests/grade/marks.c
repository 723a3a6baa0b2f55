/* marks.c: from verdicts to marks: marks NAME SECONDS WEIGHTS WORK OUT CHAPTER ...
 *
 * For each chapter WORK holds CHAPTER.functions (what is to be marked), CHAPTER.verdicts (function,
 * verdict, headline) and CHAPTER.report (what the judge or the compiler said). From them OUT gets
 * results.json for Gradescope, junit.xml, report.txt for people, and row.csv. A function without a
 * verdict was not judged: it gets nothing, and says so. */
#define _GNU_SOURCE /* vasprintf */
#include <ctype.h>
#include <fnmatch.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* -- text ---------------------------------------------------------------------------------------
 */

static _Noreturn void stop(const char *what)
{
    perror(what);
    exit(1);
}

/* All texts live until the end. */
static char *keep(char *text)
{
    static char **kept;
    static size_t count;
    kept = realloc(kept, (count + 1) * sizeof *kept);
    if (!text || !kept)
        stop("text");
    return kept[count++] = text;
}

__attribute__((format(printf, 1, 2))) static char *text_of(const char *format, ...)
{
    va_list arguments;
    char *text;
    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0)
        stop("text");
    va_end(arguments);
    return keep(text);
}

/* How many bytes the character takes, 0 if it is not valid UTF-8. */
static int utf8_length(const unsigned char *s)
{
    static const unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
    int length = s[0] < 0x80       ? 1
                 : s[0] >> 5 == 6  ? 2
                 : s[0] >> 4 == 14 ? 3
                 : s[0] >> 3 == 30 ? 4
                                   : 0;
    unsigned code = length > 1 ? s[0] & (0x7fu >> length) : s[0];
    for (int i = 1; i < length; i++) {
        if (s[i] >> 6 != 2)
            return 0;
        code = code << 6 | (s[i] & 0x3fu);
    }
    bool surrogate = code >= 0xd800 && code <= 0xdfff, no_character = (code & 0xfffe) == 0xfffe;
    bool valid = length < 2 || (code >= least[length] && code <= 0x10ffff);
    return valid && !surrogate && !no_character ? length : 0;
}

/* Leaves valid UTF-8 without control characters, except new lines and tabs. In place. */
static char *clean(char *text)
{
    unsigned char *from = (unsigned char *)text, *to = from;
    for (int length; *from; from += length ? length : 1) {
        length = utf8_length(from);
        bool control = (*from < ' ' && *from != '\n' && *from != '\t') || *from == 0x7f ||
                       (*from == 0xc2 && from[1] < 0xa0);
        if (length == 0)
            *to++ = '?';
        else if (!control)
            for (int i = 0; i < length; i++)
                *to++ = from[i];
    }
    *to = '\0';
    return text;
}

/* The first part of a file, clean; "" if there is none. */
static char *read_text(const char *path)
{
    enum { MOST = 1 << 20 };
    char *text = keep(calloc(MOST + 4, 1)); /* the last character may be cut off */
    FILE *file = fopen(path, "r");
    if (file) {
        size_t size = fread(text, 1, MOST, file);
        for (size_t i = 0; i < size; i++)
            text[i] = text[i] ? text[i] : '?';
        fclose(file);
    }
    return clean(text);
}

/* Cuts the next line off a text. NULL at its end. */
static char *next_line(char **text)
{
    char *line = *text;
    if (!*line)
        return NULL;
    *text += strcspn(*text, "\n");
    if (**text)
        *(*text)++ = '\0';
    return line;
}

/* -- marks --------------------------------------------------------------------------------------
 */

typedef struct {
    char *chapter, *function, *verdict, *headline;
    char *output; /* all that is to be said about it */
    int position; /* in its chapter, from 1 */
    double score, most;
} Mark;

typedef struct {
    Mark *mark;
    int count;
    double score, most;
    char *remarks; /* what concerns a chapter as a whole, such as the compiler's complaint */
    const char *name;
    double seconds;
} Marks;

/* The last line of the file that fits counts; 1 if none does. */
static double weight_of(const char *weights, const char *chapter, const char *function)
{
    char *text = read_text(weights), *rest = text, *place = text_of("%s/%s", chapter, function);
    double weight = 1;
    for (char *line; (line = next_line(&rest));) {
        double points;
        char pattern[256];
        line[strcspn(line, "#")] = '\0';
        if (sscanf(line, "%lf %255s", &points, pattern) == 2 && fnmatch(pattern, place, 0) == 0)
            weight = points >= 0 ? points : 0;
    }
    return weight;
}

static void find_verdict(Mark *mark, const char *verdicts)
{
    char *text = text_of("%s", verdicts), *rest = text;
    mark->verdict = "not judged";
    mark->headline = "the judge ended before it came to this function";
    for (char *line; (line = next_line(&rest));) {
        char *verdict = line + strcspn(line, "\t"), *headline;
        if (!*verdict)
            continue;
        *verdict++ = '\0';
        headline = verdict + strcspn(verdict, "\t");
        if (*headline)
            *headline++ = '\0';
        headline[strcspn(headline, "\t")] = '\0';
        if (strcmp(line, mark->function) != 0)
            continue;
        mark->verdict = verdict;
        mark->headline = headline;
    }
}

static size_t indentation(const char *line)
{
    return strspn(line, " ");
}

/* Where what the report says about a function begins, behind its name; NULL if it is not in it. */
static const char *section_of(const char *report, const char *function)
{
    size_t length = strlen(function);
    for (const char *line = report; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, "  ", 2) == 0 && strncmp(line + 2, function, length) == 0 &&
            isspace((unsigned char)line[2 + length]))
            return line + 2 + length + strspn(line + 2 + length, " ");
    }
    return NULL;
}

/* "wrong  dC[0]: got 1, want 2" and the indented lines below it, moved to the left. */
static char *output_of(const char *report, const Mark *mark)
{
    const char *section = section_of(report, mark->function);
    if (!section)
        return text_of("%s%s%s", mark->verdict, *mark->headline ? ": " : "", mark->headline);
    const char *end = section + strcspn(section, "\n");
    size_t least = 80;
    while (end[0] == '\n' && indentation(end + 1) > 2) {
        least = indentation(end + 1) < least ? indentation(end + 1) : least;
        end++;
        end += strcspn(end, "\n");
    }
    char *text = text_of("%.*s", (int)(end - section), section), *to = text;
    for (char *from = text; (*to++ = *from++);)
        if (from[-1] == '\n')
            from += least;
    char *said = text + strlen(mark->verdict);
    said += strspn(said, " ");
    return text_of("%s%s%s", mark->verdict, *said && *said != '\n' ? ": " : "", said);
}

static void add_chapter(Marks *marks, const char *work, char *chapter, const char *weights)
{
    char *rest = read_text(text_of("%s/%s.functions", work, chapter));
    const char *verdicts = read_text(text_of("%s/%s.verdicts", work, chapter));
    const char *report = read_text(text_of("%s/%s.report", work, chapter));
    const char *log = read_text(text_of("%s/%s.log", work, chapter));
    int position = 0;
    if (*log)
        marks->remarks = text_of("%s\n%s\n%s", marks->remarks, chapter, log);
    for (char *function; (function = next_line(&rest));) {
        marks->mark = realloc(marks->mark, sizeof *marks->mark * (size_t)(marks->count + 1));
        if (!marks->mark)
            stop("memory");
        Mark *mark = &marks->mark[marks->count++];
        *mark = (Mark){.chapter = chapter, .function = function, .position = ++position};
        find_verdict(mark, verdicts);
        mark->output = output_of(report, mark);
        mark->most = weight_of(weights, chapter, function);
        mark->score = strcmp(mark->verdict, "right") == 0 ? mark->most : 0;
        marks->score += mark->score;
        marks->most += mark->most;
    }
}

/* What was not, is told among the remarks. */
static bool was_asked(const char *verdict)
{
    return strcmp(verdict, "missing") != 0 && strcmp(verdict, "refused") != 0 &&
           strcmp(verdict, "does not compile") != 0;
}

/* "60 right, 2 wrong, 7 to do" */
static char *summary_of(const Marks *marks)
{
    static const char *const verdicts[] = {"right",     "wrong",   "crashed",          "too slow",
                                           "to do",     "missing", "does not compile", "refused",
                                           "not judged"};
    char *summary = "";
    for (size_t v = 0; v < sizeof verdicts / sizeof *verdicts; v++) {
        int count = 0;
        for (int i = 0; i < marks->count; i++)
            count += strcmp(marks->mark[i].verdict, verdicts[v]) == 0;
        if (count > 0)
            summary = text_of("%s%s%d %s", summary, *summary ? ", " : "", count, verdicts[v]);
    }
    return summary;
}

/* -- files --------------------------------------------------------------------------------------
 */

static void put_json(FILE *file, const char *text)
{
    fputc('"', file);
    for (; *text; text++)
        if (*text == '\n' || *text == '\t')
            fputs(*text == '\n' ? "\\n" : "\\t", file);
        else
            fprintf(file, *text == '"' || *text == '\\' ? "\\%c" : "%c", *text);
    fputc('"', file);
}

static void write_json(FILE *file, const Marks *marks)
{
    fprintf(file, "{\"score\": %g, \"execution_time\": %.3g, \"visibility\": \"visible\",\n",
            marks->score, marks->seconds);
    fprintf(file, " \"output_format\": \"text\", \"output\": ");
    put_json(file, text_of("%g of %g points: %s\n%s", marks->score, marks->most, summary_of(marks),
                           marks->remarks));
    fprintf(file, ",\n \"tests\": [");
    for (int i = 0; i < marks->count; i++) {
        const Mark *mark = &marks->mark[i];
        bool right = strcmp(mark->verdict, "right") == 0;
        fprintf(file, "%s\n  {\"name\": ", i ? "," : "");
        put_json(file, text_of("%s: %s", mark->chapter, mark->function));
        fprintf(file, ", \"number\": \"%d.%d\", \"score\": %g, \"max_score\": %g,\n",
                atoi(mark->chapter), mark->position, mark->score, mark->most);
        fprintf(file, "   \"status\": \"%s\", \"visibility\": \"visible\",\n",
                right ? "passed" : "failed");
        fprintf(file, "   \"output_format\": \"text\", \"output\": ");
        put_json(file, mark->output);
        fputc('}', file);
    }
    fprintf(file, "\n ]}\n");
}

static void put_xml(FILE *file, const char *text)
{
    for (; *text; text++)
        switch (*text) {
        case '&':
            fputs("&amp;", file);
            break;
        case '<':
            fputs("&lt;", file);
            break;
        case '>':
            fputs("&gt;", file);
            break;
        case '"':
            fputs("&quot;", file);
            break;
        case '\n':
            fputs("&#10;", file);
            break;
        case '\t':
            fputs("&#9;", file);
            break;
        default:
            fputc(*text, file);
        }
}

static void put_attribute(FILE *file, const char *name, const char *value)
{
    fprintf(file, " %s=\"", name);
    put_xml(file, value);
    fputc('"', file);
}

/* What JUnit calls a verdict: failure, error, skipped; NULL for right. */
static const char *junit_name(const char *verdict)
{
    if (strcmp(verdict, "right") == 0)
        return NULL;
    if (strcmp(verdict, "wrong") == 0)
        return "failure";
    return strcmp(verdict, "to do") == 0 || strcmp(verdict, "missing") == 0 ? "skipped" : "error";
}

static int count_in_junit(const Marks *marks, const char *name)
{
    int count = 0;
    for (int i = 0; i < marks->count; i++) {
        const char *this = junit_name(marks->mark[i].verdict);
        count += this && strcmp(this, name) == 0;
    }
    return count;
}

static void write_junit(FILE *file, const Marks *marks)
{
    fprintf(file, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite");
    put_attribute(file, "name", marks->name);
    fprintf(file, " tests=\"%d\" failures=\"%d\" errors=\"%d\" skipped=\"%d\" time=\"%.3f\">\n",
            marks->count, count_in_junit(marks, "failure"), count_in_junit(marks, "error"),
            count_in_junit(marks, "skipped"), marks->seconds);
    for (int i = 0; i < marks->count; i++) {
        const Mark *mark = &marks->mark[i];
        const char *kind = junit_name(mark->verdict);
        fprintf(file, "  <testcase");
        put_attribute(file, "classname", mark->chapter);
        put_attribute(file, "name", mark->function);
        if (kind) {
            fprintf(file, "><%s", kind);
            put_attribute(
                file, "message",
                text_of("%s%s%s", mark->verdict, *mark->headline ? ": " : "", mark->headline));
            fputc('>', file);
            put_xml(file, mark->output);
            fprintf(file, "</%s></testcase>\n", kind);
        } else {
            fprintf(file, "/>\n");
        }
    }
    fprintf(file, "</testsuite>\n");
}

/* A number of points, or a name between quotes. A name that a spreadsheet would calculate is kept
 * from it by an apostrophe. */
static void write_row(FILE *file, const Marks *marks)
{
    fputs(strchr("=+-@", marks->name[0]) ? "\"'" : "\"", file);
    for (const char *c = marks->name; *c; c++)
        fprintf(file, *c == '"' ? "\"\"" : "%c", *c);
    fprintf(file, "\",%g,%g,%.2f", marks->score, marks->most, marks->seconds);
    for (int i = 0; i < marks->count; i++)
        fprintf(file, ",%g", marks->mark[i].score);
    fputc('\n', file);
}

static void write_report(FILE *file, const Marks *marks)
{
    const char *chapter = "";
    fprintf(file, "%s: %g of %g points: %s\n%s", marks->name, marks->score, marks->most,
            summary_of(marks), marks->remarks);
    for (int i = 0; i < marks->count; i++) {
        const Mark *mark = &marks->mark[i];
        if (!was_asked(mark->verdict))
            continue;
        if (strcmp(chapter, mark->chapter) != 0)
            fprintf(file, "\n%s\n", mark->chapter);
        chapter = mark->chapter;
        fprintf(file, "  %g of %g  %s: ", mark->score, mark->most, mark->function);
        for (const char *c = mark->output; *c; c++)
            fprintf(file, *c == '\n' ? "\n          " : "%c", *c);
        fputc('\n', file);
    }
}

static void write_file(const char *folder, const char *name, const Marks *marks,
                       void (*write)(FILE *file, const Marks *marks))
{
    char *path = text_of("%s/%s", folder, name), *unfinished = text_of("%s.new", path);
    FILE *file = fopen(unfinished, "w");
    if (!file)
        stop(unfinished);
    write(file, marks);
    if (ferror(file) | fclose(file) || rename(unfinished, path) != 0)
        stop(path);
}

/* The points of each chapter, for the table on the terminal. */
static void print_row(const Marks *marks)
{
    for (int i = 0; i < marks->count;) {
        const char *chapter = marks->mark[i].chapter;
        double score = 0, most = 0;
        for (; i < marks->count && marks->mark[i].chapter == chapter; i++) {
            score += marks->mark[i].score;
            most += marks->mark[i].most;
        }
        printf("%g/%g\t", score, most);
    }
    printf("%g/%g\t%s\n", marks->score, marks->most, summary_of(marks));
}

int main(int argc, char **argv)
{
    if (argc < 7) {
        fprintf(stderr, "marks NAME SECONDS WEIGHTS WORK OUT CHAPTER ...\n");
        return 2;
    }
    Marks marks = {.name = clean(argv[1]), .remarks = "", .seconds = atof(argv[2])};
    for (int i = 6; i < argc; i++)
        add_chapter(&marks, argv[4], argv[i], argv[3]);
    write_file(argv[5], "results.json", &marks, write_json);
    write_file(argv[5], "junit.xml", &marks, write_junit);
    write_file(argv[5], "report.txt", &marks, write_report);
    write_file(argv[5], "row.csv", &marks, write_row);
    print_row(&marks);
    return 0;
}
