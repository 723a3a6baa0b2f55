/* test_pictures.c: the pictures that the lessons show, chapters/pictures/NN_name.png, and the
 * numbers in them, which stand beside: NN_name.csv, or NN_name.dot for a graph (tests/pictures
 * makes them). Each lesson shows one of its own, each that is shown is there, and the numbers are
 * those that the program makes now.
 *
 * How near they must come: over a column the mean of |recorded - made| is at most a
 * hundred-thousandth of the largest number in it. No change that could be seen is that small, and
 * another C library or a processor without fused multiply-add changes less. Long trainings make
 * more of a last digit; `room` has what those pictures may differ by, about three times what such a
 * processor does.
 *
 * A program that trains for longer than ENOUGH seconds is not run. `make pictures` runs it, and
 * what that left in build/pictures/ is compared as long as it is younger than the program; else the
 * test is skipped. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glob.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PICTURES "chapters/pictures/"
#define OUT "build/tests/pictures/"

enum { ENOUGH = 10, MOST_ROWS = 200, MAX_CHAPTERS = 100, PATH_SIZE = 512 };

static const struct {
    const char *name, *column; /* NULL: all that are not named above */
    double tolerance;
} room[] = {
    {"01_errors.csv", NULL, 0.05}, /* it is a picture of rounding */
    {"13_few.csv", NULL, 0.005},        {"14_dropout.csv", NULL, 0.002},
    {"14_modes.csv", NULL, 0.1},        {"14_norm.csv", NULL, 0.1},
    {"16_loss.csv", NULL, 0.1},         {"17_few.csv", NULL, 0.1},
    {"20_codes_sheet.csv", NULL, 0.02}, {"20_denoised.csv", NULL, 0.01},
    {"21_between.csv", NULL, 0.005},    {"21_codes.csv", NULL, 0.1},
    {"21_loss.csv", NULL, 0.005},       {"21_plane.csv", NULL, 0.01},
    {"21_samples.csv", NULL, 0.005},    {"22_drift.csv", "even", 0.5}, /* rounding, magnified */
    {"22_drift.csv", "uneven", 0.5},    {"22_drift.csv", NULL, 0.1},
    {"23_loss.csv", "apart", 1.5}, /* rounding */
};

/* `column` begins with its name, up to a comma or the end. */
static double tolerance_of(const char *name, const char *column)
{
    const size_t length = strcspn(column, ",");
    for (size_t i = 0; i < sizeof room / sizeof room[0]; i++)
        if (strcmp(name, room[i].name) == 0 &&
            (!room[i].column ||
             (strlen(room[i].column) == length && strncmp(column, room[i].column, length) == 0)))
            return room[i].tolerance;
    return 1e-5;
}

static char *read_file(const char *path)
{
    FILE *file = fopen(path, "r");
    char *text = NULL;
    size_t room_for = 0;
    if (!file)
        fail_msg("cannot open %s", path);
    if (getdelim(&text, &room_for, '\0', file) < 0)
        fail_msg("%s is empty", path);
    fclose(file);
    return text;
}

/* As snprintf() does it. */
static char *print(char out[PATH_SIZE], const char *format, ...)
{
    va_list values;
    va_start(values, format);
    int length = vsnprintf(out, PATH_SIZE, format, values);
    va_end(values);
    assert_in_range(length, 1, PATH_SIZE - 1);
    return out;
}

static const char *base(const char *path)
{
    return strrchr(path, '/') + 1;
}

static bool exists(const char *path)
{
    return access(path, R_OK) == 0;
}

/* -- what lessons show ------------------------------------------------------------------------ */

/* Takes the next "![text](file)" of a text; false if there is none. */
static bool next_image(const char **text, char alt[PATH_SIZE], char file[PATH_SIZE])
{
    int length;
    while ((*text = strstr(*text, "!["))) {
        length = 0;
        if (sscanf(*text, "![%511[^]]](%511[^)])%n", alt, file, &length) == 2 && length > 0) {
            *text += length;
            return true;
        }
        fail_msg("an image without a text, or without a file: %.60s", *text);
    }
    return false;
}

/* Returns how many of the images are pictures of this chapter. */
static int hold_images(const char *lesson, const char *folder, const char *number)
{
    char alt[PATH_SIZE], file[PATH_SIZE], path[PATH_SIZE];
    char *text = read_file(lesson);
    const char *rest = text;
    int own = 0;
    while (next_image(&rest, alt, file)) {
        print(path, "%s%s", folder, file);
        if (!exists(path))
            fail_msg("%s shows %s, and there is no %s", lesson, file, path);
        own += strncmp(path, PICTURES, strlen(PICTURES)) == 0 &&
               strncmp(path + strlen(PICTURES), number, 3) == 0;
    }
    free(text);
    return own;
}

static void every_lesson_shows_a_picture_of_its_own(void **state)
{
    (void)state;
    glob_t lessons;
    assert_int_equal(glob("chapters/[0-9][0-9]_*.md", 0, NULL, &lessons), 0);
    for (size_t i = 0; i < lessons.gl_pathc; i++)
        if (hold_images(lessons.gl_pathv[i], "chapters/", base(lessons.gl_pathv[i])) == 0)
            fail_msg("%s shows no picture of its own from " PICTURES, lessons.gl_pathv[i]);
    hold_images("README.md", "", "");
    globfree(&lessons);
}

static void every_picture_is_shown_by_its_lesson(void **state)
{
    (void)state;
    glob_t pictures, lessons;
    assert_int_equal(glob(PICTURES "*.png", 0, NULL, &pictures), 0);
    for (size_t i = 0; i < pictures.gl_pathc; i++) {
        char pattern[PATH_SIZE], shown[PATH_SIZE];
        const char *name = base(pictures.gl_pathv[i]);
        if (glob(print(pattern, "chapters/%.3s*.md", name), 0, NULL, &lessons) != 0)
            fail_msg(PICTURES "%s: there is no such chapter", name);
        char *text = read_file(lessons.gl_pathv[0]);
        if (!strstr(text, print(shown, "](pictures/%s)", name)))
            fail_msg("%s does not show " PICTURES "%s", lessons.gl_pathv[0], name);
        free(text);
        globfree(&lessons);
    }
    globfree(&pictures);
}

/* -- the numbers ------------------------------------------------------------------------------ */

typedef struct {
    char **line; /* line[0] is the header */
    int rows;    /* without it */
    char *text;
} Csv;

static Csv csv_read(const char *path)
{
    Csv csv = {.text = read_file(path), .rows = -1};
    for (const char *c = csv.text; *c; c++)
        csv.rows += *c == '\n';
    csv.line = calloc((size_t)csv.rows + 2, sizeof *csv.line);
    assert_non_null(csv.line);
    char *line = csv.text;
    for (int i = 0; i <= csv.rows; i++) {
        csv.line[i] = line;
        line += strcspn(line, "\n");
        *line++ = '\0';
    }
    return csv;
}

static void csv_free(Csv *csv)
{
    free(csv->line);
    free(csv->text);
}

/* Which column a text begins in is `column`, counted from 0; past the end it is empty. */
static const char *cell(const char *line, int column)
{
    for (; column > 0 && *line; line++)
        column -= *line == ',';
    return line;
}

/* NAN where there is no finite number: an empty cell, inf, nan. */
static double number(const char *text)
{
    char *end;
    double value = strtod(text, &end);
    return end == text || !isfinite(value) ? NAN : value;
}

/* Of the rows that tests/pictures keeps it keeps the same ones here. */
static int every(int rows)
{
    int step = (rows + MOST_ROWS - 1) / MOST_ROWS;
    return step > 1 ? step | 1 : 1;
}

static void hold_column(const char *name, const Csv *recorded, const Csv *made, int column)
{
    double sum = 0, most = 0;
    int n = 0;
    for (int i = 1; i <= recorded->rows; i++) {
        double x = number(cell(recorded->line[i], column));
        double y = number(cell(made->line[1 + (i - 1) * every(made->rows)], column));
        if (isnan(x) != isnan(y))
            fail_msg(PICTURES "%s:%d: column %d is %s a number now", name, i + 1, column + 1,
                     isnan(y) ? "not" : "also");
        if (isnan(x))
            continue;
        sum += fabs(x - y);
        most = fmax(most, fabs(y));
        n++;
    }
    const char *header = cell(made->line[0], column);
    const double tolerance = tolerance_of(name, header);
    if (n > 0 && sum / n > tolerance * most)
        fail_msg(PICTURES "%s: column %d, %.*s: the numbers that the program makes differ by %.1e "
                          "of the largest, in the mean; at most %.1e was expected. If that is "
                          "meant: make pictures",
                 name, column + 1, (int)strcspn(header, ","), header, sum / n / most, tolerance);
}

static void hold_csv(const char *name, const char *made_path)
{
    char path[PATH_SIZE];
    print(path, PICTURES "%s", name);
    Csv recorded = csv_read(path), made = csv_read(made_path);
    int rows = (made.rows + every(made.rows) - 1) / every(made.rows);
    if (strcmp(recorded.line[0], made.line[0]) != 0 || recorded.rows != rows)
        fail_msg("%s: \"%s\" and %d rows, but the program makes \"%s\" and %d. If that is meant: "
                 "make pictures",
                 path, recorded.line[0], recorded.rows, made.line[0], rows);
    for (int c = 0; *cell(made.line[0], c); c++)
        if (strcmp(cell(made.line[0], c), "gradient") !=
            0) /* a log's last, which no picture shows */
            hold_column(name, &recorded, &made, c);
    csv_free(&recorded);
    csv_free(&made);
}

static void hold_graph(const char *recorded, const char *made)
{
    char *first = read_file(recorded), *second = read_file(made);
    if (strcmp(first, second) != 0)
        fail_msg("%s is not the graph that the program writes. If that is meant: make pictures",
                 recorded);
    free(first);
    free(second);
}

/* -- the runs --------------------------------------------------------------------------------- */

/* Takes the next 'name.csv' that a script of gnuplot reads, in single quotes. name.'_points.csv'
 * begins with what the picture is called. */
static bool next_csv(const char **script, const char *picture, char file[PATH_SIZE])
{
    const char *end = strstr(*script, ".csv'");
    if (!end)
        return false;
    const char *begin = end;
    while (begin[-1] != '\'')
        begin--;
    bool named = strncmp(begin - 6, "name.'", 6) == 0;
    print(file, "%s%.*s.csv", named ? picture : "", (int)(end - begin), begin);
    *script = end + strlen(".csv'");
    return true;
}

/* picture: "05_xor". What is in it is beside it, and what the run in this folder has made. */
static void hold_picture(const char *picture, const char *folder)
{
    char path[PATH_SIZE], file[PATH_SIZE], name[PATH_SIZE], graph[PATH_SIZE];
    print(graph, PICTURES "%s.dot", picture);
    if (exists(graph)) {
        print(path, "%s/%s.dot", folder, picture + 3);
        hold_graph(graph, path);
        return;
    }
    print(path, "%s/%s.gp", folder, picture + 3);
    char *script = read_file(path);
    int files = 0;
    for (const char *rest = script; next_csv(&rest, picture + 3, file); files++) {
        print(path, "%s/%s", folder, file);
        print(name, "%.3s%s", picture, file);
        hold_csv(name, path);
    }
    if (files == 0)
        fail_msg("%s/%s.gp reads no CSV file", folder, picture + 3);
    free(script);
}

/* Whether the run in this folder has left what the picture is drawn from. */
static bool is_made(const char *picture, const char *folder)
{
    char gp[PATH_SIZE], dot[PATH_SIZE];
    print(gp, "%s/%s.gp", folder, picture + 3);
    print(dot, "%s/%s.dot", folder, picture + 3);
    return exists(gp) || exists(dot);
}

static void run(const char *build, const char *chapter, const char *part)
{
    char command[PATH_SIZE];
    print(command, "build/%s/chapters/%s %s --no-plot --out " OUT "%s >/dev/null", build, chapter,
          part, chapter);
    if (system(command) != 0)
        fail_msg("%s failed", command);
}

/* From the line "It trains for about 9 s." of its --help; 0 if there is none. */
static int seconds_of_training(const char *chapter)
{
    char command[PATH_SIZE], line[PATH_SIZE];
    int seconds = 0;
    print(command, "build/float/chapters/%s --help", chapter);
    FILE *help = popen(command, "r");
    assert_non_null(help);
    while (fgets(line, sizeof line, help))
        sscanf(line, "It trains for about %d s.", &seconds);
    assert_int_equal(pclose(help), 0);
    return seconds;
}

/* The folder of a run of `make pictures`, if it is younger than the program. */
static bool was_run(const char *chapter, const char *picture, char folder[PATH_SIZE])
{
    char program[PATH_SIZE];
    struct stat made, built;
    print(folder, "build/pictures/%s", chapter);
    print(program, "build/float/chapters/%s", chapter);
    return is_made(picture, folder) && stat(folder, &made) == 0 && stat(program, &built) == 0 &&
           made.st_mtime >= built.st_mtime;
}

static void the_numbers_are_those_of_the_program(void **state)
{
    const char *chapter = *state;
    char pattern[PATH_SIZE], picture[PATH_SIZE], folder[PATH_SIZE];
    bool trained = false;
    glob_t pictures;
    print(pattern, PICTURES "%.3s*.png", chapter);
    if (glob(pattern, 0, NULL, &pictures) != 0)
        fail_msg("there is no " PICTURES "%.3s*.png", chapter);
    run("double", chapter, "--check");
    for (size_t i = 0; i < pictures.gl_pathc; i++) {
        print(picture, "%.*s", (int)strcspn(base(pictures.gl_pathv[i]), "."),
              base(pictures.gl_pathv[i]));
        print(folder, OUT "%s", chapter);
        if (!trained && !is_made(picture, folder) && seconds_of_training(chapter) <= ENOUGH) {
            run("float", chapter, "--train");
            trained = true;
        }
        if (!is_made(picture, folder) && !was_run(chapter, picture, folder)) {
            print_message(
                "%s trains for longer than %d s: make pictures runs it, then it is compared\n",
                chapter, ENOUGH);
            globfree(&pictures);
            skip();
        }
        hold_picture(picture, folder);
    }
    globfree(&pictures);
}

/* One test for each chapter. */
int main(void)
{
    static struct CMUnitTest tests[2 + MAX_CHAPTERS] = {
        cmocka_unit_test(every_lesson_shows_a_picture_of_its_own),
        cmocka_unit_test(every_picture_is_shown_by_its_lesson),
    };
    size_t n = 2;
    glob_t lessons;
    if (system("rm -rf " OUT) != 0 || glob("chapters/[0-9][0-9]_*.md", 0, NULL, &lessons) != 0)
        return EXIT_FAILURE;
    for (size_t i = 0; i < lessons.gl_pathc && i < MAX_CHAPTERS; i++) {
        char *chapter = strrchr(lessons.gl_pathv[i], '/') + 1;
        chapter[strlen(chapter) - strlen(".md")] = '\0';
        tests[n++] = (struct CMUnitTest){.name = chapter,
                                         .test_func = the_numbers_are_those_of_the_program,
                                         .initial_state = chapter};
    }
    int failed = _cmocka_run_group_tests("test_pictures", tests, n, NULL, NULL);
    globfree(&lessons);
    return failed;
}
