/* judge.c: checks one chapter's answers: judge --runner R --answers A.so --source exercises/NN.c
 *
 * Exit status 0 if all are right, 1 if not, 2 for a wrong option. With --verdicts FILE a line for
 * each function is left there as well: name, verdict, headline, the labels of what is wrong (with
 * blanks between) and what is said about it, with tabs between the fields. With
 * --lesson FILE what is wrong is followed by where that lesson derives it. --list prints the
 * functions' names, and with a lesson its sections behind a tab; --table tries the listed mistakes
 * instead of an answer. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "lesson.h"
#include "report.h"
#include "safefile.h"
#include "table.h"

typedef struct {
    Setting setting;
    const char *verdicts, *lesson;
    bool list, table;
} Options;

enum { RUNNER, ANSWERS, SOURCE, SEED, ROUNDS, SECONDS, VERDICTS, LESSON, LIST, TABLE };

static const struct option known[] = {{"runner", required_argument, NULL, RUNNER},
                                      {"answers", required_argument, NULL, ANSWERS},
                                      {"source", required_argument, NULL, SOURCE},
                                      {"seed", required_argument, NULL, SEED},
                                      {"rounds", required_argument, NULL, ROUNDS},
                                      {"seconds", required_argument, NULL, SECONDS},
                                      {"verdicts", required_argument, NULL, VERDICTS},
                                      {"lesson", required_argument, NULL, LESSON},
                                      {"list", no_argument, NULL, LIST},
                                      {"table", no_argument, NULL, TABLE},
                                      {0}};

static double number(const char *text, double least, double most)
{
    char *end;
    double value = strtod(text, &end);
    if (end == text || *end || !(value >= least && value <= most)) {
        fprintf(stderr, "%s: %s is not a number from %g to %g\n", check.name, text, least, most);
        exit(2);
    }
    return value;
}

static void take(Options *options, int option, const char *value)
{
    Setting *setting = &options->setting;
    switch (option) {
    case RUNNER:
        setting->runner = value;
        break;
    case ANSWERS:
        setting->answers = value;
        break;
    case SOURCE:
        setting->source = value;
        break;
    case SEED:
        setting->seed = (unsigned long long)number(value, 0, 1e15);
        break;
    case ROUNDS:
        setting->rounds = (int)number(value, 1, 10000);
        break;
    case SECONDS:
        setting->seconds = number(value, 0.01, 3600);
        break;
    case VERDICTS:
        options->verdicts = value;
        break;
    case LESSON:
        options->lesson = value;
        break;
    default:
        exit(2); /* getopt has said why */
    }
}

static Options read_options(int argc, char **argv)
{
    Options options = {.setting = {.seed = 1, .rounds = 1, .seconds = 2}};
    for (int option; (option = getopt_long(argc, argv, "", known, NULL)) != -1;) {
        if (option == LIST)
            options.list = true;
        else if (option == TABLE)
            options.table = true;
        else
            take(&options, option, optarg);
    }
    const Setting *setting = &options.setting;
    bool complete = setting->runner && setting->answers && setting->source;
    if (optind < argc || !(complete || options.list || options.table)) {
        fprintf(stderr, "%s: the options are in tests/check/judge.c\n", argv[0]);
        exit(2);
    }
    return options;
}

static int count_exercises(void)
{
    int n = 0;
    while (check.exercises[n])
        n++;
    return n;
}

/* All labels, a tab, and all sentences, with two blanks between. A note without a label is for the
 * eye alone. */
static void write_notes(FILE *file, const Notes *notes)
{
    const char *separator = "";
    for (int i = 0; i < notes->count; i++)
        if (notes->list[i].label[0]) {
            fprintf(file, "%s%s", separator, notes->list[i].label);
            separator = " ";
        }
    separator = "\t";
    for (int i = 0; i < notes->count; i++)
        if (notes->list[i].label[0]) {
            fprintf(file, "%s%s", separator, notes->list[i].sentence);
            separator = "  ";
        }
}

static bool write_verdicts(const char *path, const Answer *answers, const Judgement *judgements,
                           int n)
{
    SafeFile file;
    if (!safefile_open_path(&file, path))
        return false;
    for (int i = 0; i < n; i++) {
        fprintf(file.stream, "%s\t%s\t%s\t", answers[i].exercise->name,
                verdict_name(judgements[i].verdict), judgements[i].headline);
        write_notes(file.stream, &judgements[i].notes);
        fputc('\n', file.stream);
    }
    return safefile_commit(&file);
}

static int check_answers(const Options *options)
{
    int n = count_exercises(), right = 0;
    Answer *answers = calloc((size_t)n + 1, sizeof *answers);
    Judgement *judgements = calloc((size_t)n + 1, sizeof *judgements);
    if (!answers || !judgements)
        error_stop("out of memory");
    for (int i = 0; i < n; i++)
        answers[i].exercise = check.exercises[i];
    report_begin(options->setting.source);
    answers_collect(answers, n, &options->setting);
    for (int i = 0; i < n; i++) {
        const Warnings warnings = warnings_of(answers[i].exercise->name, &options->setting);
        judge_answer(&judgements[i], &answers[i], &options->setting);
        report_exercise(&answers[i], &judgements[i], &warnings, options->lesson);
        right += judgements[i].verdict == CORRECT;
    }
    report_end(judgements, n);
    bool written = !options->verdicts || write_verdicts(options->verdicts, answers, judgements, n);
    for (int i = 0; i < n; i++)
        answer_free(&answers[i]);
    free(answers);
    free(judgements);
    if (!written)
        return error_report(check.name);
    return right == n ? EXIT_SUCCESS : EXIT_FAILURE;
}

static void list_exercises(const char *lesson)
{
    char section[1024];
    for (int i = 0; check.exercises[i]; i++) {
        const char *name = check.exercises[i]->name;
        printf("%s", name);
        if (lesson) {
            lesson_section(lesson, name, sizeof section, section);
            printf("\t%s", section);
        }
        putchar('\n');
    }
}

int main(int argc, char **argv)
{
    const Options options = read_options(argc, argv);
    if (options.list)
        list_exercises(options.lesson);
    if (options.table)
        return table_print(options.setting.seed, options.setting.rounds) ? 0 : 1;
    return options.list ? EXIT_SUCCESS : check_answers(&options);
}
