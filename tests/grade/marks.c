/* marks.c: from verdicts to marks: marks NAME SECONDS WEIGHTS ADJUSTMENTS WORK OUT CHAPTER ...
 *
 * For each chapter WORK holds CHAPTER.functions (what is to be marked), CHAPTER.verdicts (function,
 * verdict, headline, labels, sentences) and CHAPTER.report (what the judge or the compiler said).
 * From them OUT gets results.json for Gradescope, junit.xml, report.txt for people, its rows of
 * marks.csv and verdicts.csv, and verdicts.tsv for the class page. A function without a verdict was
 * not judged: it gets nothing, and says so. WEIGHTS is what weigh.c prints, and ADJUSTMENTS what
 * adjust.c does: marks that were changed by hand. */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

/* -- marks --------------------------------------------------------------------------------------
 */

typedef struct {
    char *chapter, *function, *verdict, *headline, *labels, *sentences;
    char *output;  /* all that is to be said about it */
    bool remarked; /* its chapter was not judged, and the remarks say why */
    int position;  /* in its chapter, from 1 */
    double score, most;
    double judged; /* the score before it was changed by hand */
    char *reason;  /* of the change; NULL if there was none */
} Mark;

typedef struct {
    Mark *mark;
    int count;
    double score, most, adjusted; /* adjusted: how much of the score was given by hand */
    char *remarks; /* what concerns a chapter as a whole, such as the compiler's complaint */
    const char *folder, *name; /* as it is called, and for the eye */
    double seconds;
} Marks;

static double weight_of(const char *weights, const char *place)
{
    char *rest = text_of("%s", weights);
    for (char *line; (line = next_line(&rest));)
        if (strcmp(next_field(&line), place) == 0)
            return atof(line);
    fprintf(stderr, "marks: nothing says what %s is worth\n", place);
    exit(1);
}

static void find_verdict(Mark *mark, const char *verdicts)
{
    char *text = text_of("%s", verdicts), *rest = text;
    mark->verdict = "not judged";
    mark->headline = "the judge ended before it came to this function";
    mark->labels = mark->sentences = "";
    for (char *line; (line = next_line(&rest));) {
        const char *function = next_field(&line);
        if (strcmp(function, mark->function) != 0 || !*line)
            continue;
        mark->verdict = next_field(&line);
        mark->headline = next_field(&line);
        mark->labels = next_field(&line);
        mark->sentences = next_field(&line);
    }
}

/* What is said of a mark that was changed stands before all else. */
static void adjust(Mark *mark, const char *name, const char *adjustments)
{
    char *rest = text_of("%s", adjustments);
    const char *place = text_of("%s/%s", mark->chapter, mark->function);
    for (char *line; (line = next_line(&rest));) {
        const char *submission = next_field(&line), *function = next_field(&line);
        if (strcmp(submission, name) != 0 || strcmp(function, place) != 0)
            continue;
        mark->score = atof(next_field(&line));
        mark->reason = next_field(&line);
        mark->output = text_of("changed by hand, %g instead of %g: %s\n%s", mark->score,
                               mark->judged, mark->reason, mark->output);
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

/* "wrong  dC[0]: got 1, want 2" and the indented lines below it, moved to the left. Where the
 * report does not say what the verdict says, the verdict stands alone. */
static char *output_of(const char *report, const Mark *mark)
{
    const char *section = section_of(report, mark->function);
    size_t length = strlen(mark->verdict);
    if (!section || strncmp(section, mark->verdict, length) != 0)
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
    char *said = text + length;
    said += strspn(said, " ");
    return text_of("%s%s%s", mark->verdict, *said && *said != '\n' ? ": " : "", said);
}

static void add_chapter(Marks *marks, const char *work, char *chapter, const char *weights,
                        const char *adjustments)
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
        mark->remarked = !*report && *log;
        mark->most = weight_of(weights, text_of("%s/%s", chapter, function));
        mark->score = mark->judged = strcmp(mark->verdict, "right") == 0 ? mark->most : 0;
        adjust(mark, marks->folder, adjustments);
        marks->score += mark->score;
        marks->adjusted += mark->score - mark->judged;
        marks->most += mark->most;
    }
}

static int count_of(const Marks *marks, const char *verdict)
{
    int count = 0;
    for (int i = 0; i < marks->count; i++)
        count += strcmp(marks->mark[i].verdict, verdict) == 0;
    return count;
}

/* "60 right, 2 wrong, 7 to do, 1 changed by hand" */
static char *summary_of(const Marks *marks)
{
    static const char *const verdicts[] = {"right",     "wrong",   "crashed",          "too slow",
                                           "to do",     "missing", "does not compile", "refused",
                                           "not judged"};
    char *summary = "";
    for (size_t v = 0; v < sizeof verdicts / sizeof *verdicts; v++) {
        int count = count_of(marks, verdicts[v]);
        if (count > 0)
            summary = text_of("%s%s%d %s", summary, *summary ? ", " : "", count, verdicts[v]);
    }
    int changed = 0;
    for (int i = 0; i < marks->count; i++)
        changed += marks->mark[i].reason != NULL;
    return changed > 0 ? text_of("%s, %d changed by hand", summary, changed) : summary;
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
        bool right = mark->reason ? mark->score >= mark->most : strcmp(mark->verdict, "right") == 0;
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

/* The functions' columns are the judge's; with what was given by hand they add up to the score. */
static void write_row(FILE *file, const Marks *marks)
{
    put_csv(file, marks->name);
    fprintf(file, ",%g,%g,%g", marks->score, marks->most, marks->adjusted);
    for (int i = 0; i < marks->count; i++)
        fprintf(file, ",%g", marks->mark[i].judged);
    fputc('\n', file);
}

/* What became of each function. */
static void write_verdict_row(FILE *file, const Marks *marks)
{
    put_csv(file, marks->name);
    for (int i = 0; i < marks->count; i++)
        fprintf(file, ",%s", marks->mark[i].verdict);
    fputc('\n', file);
}

/* Chapter, function, verdict, points of the judge's, points, what it is worth, labels, sentences
 * (two blanks between), and why it was changed by hand. */
static void write_verdicts(FILE *file, const Marks *marks)
{
    for (int i = 0; i < marks->count; i++) {
        const Mark *mark = &marks->mark[i];
        fprintf(file, "%s\t%s\t%s\t%g\t%g\t%g\t%s\t%s\t%s\n", mark->chapter, mark->function,
                mark->verdict, mark->judged, mark->score, mark->most, mark->labels, mark->sentences,
                mark->reason ? mark->reason : "");
    }
}

static void write_report(FILE *file, const Marks *marks)
{
    const char *chapter = "";
    fprintf(file, "%s: %g of %g points: %s\n%s", marks->name, marks->score, marks->most,
            summary_of(marks), marks->remarks);
    for (int i = 0; i < marks->count; i++) {
        const Mark *mark = &marks->mark[i];
        if (mark->remarked && !mark->reason)
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
    FILE *file = open_new(folder, name);
    write(file, marks);
    close_new(file, folder, name);
}

/* The name and the points of each chapter, for the table on the terminal. */
static void print_row(const Marks *marks)
{
    printf("%s\t", marks->name);
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
    if (argc < 8) {
        fprintf(stderr, "marks NAME SECONDS WEIGHTS ADJUSTMENTS WORK OUT CHAPTER ...\n");
        return 2;
    }
    const char *folder = text_of("%s", argv[1]), *adjustments = read_text(argv[4]);
    const char *weights = read_text(argv[3]);
    Marks marks = {
        .folder = folder, .name = shown(argv[1]), .remarks = "", .seconds = atof(argv[2])};
    for (int i = 7; i < argc; i++)
        add_chapter(&marks, argv[5], argv[i], weights, adjustments);
    if (count_of(&marks, "not judged") > 0)
        marks.remarks = text_of("Not all was judged, and these points are not final. Tell your "
                                "instructor.\n%s",
                                marks.remarks);
    write_file(argv[6], "results.json", &marks, write_json);
    write_file(argv[6], "junit.xml", &marks, write_junit);
    write_file(argv[6], "report.txt", &marks, write_report);
    write_file(argv[6], "row.csv", &marks, write_row);
    write_file(argv[6], "verdict_row.csv", &marks, write_verdict_row);
    write_file(argv[6], "verdicts.tsv", &marks, write_verdicts);
    print_row(&marks);
    return 0;
}
