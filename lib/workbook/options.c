#include "workbook/options.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "parallel/ranks.h"
#include "parallel/shards.h"
#include "real.h"
#include "workbook/choice.h"
#include "workbook/folder.h"

enum { EXIT_USAGE = 2, SHARDS_OF_RANKS = 4, TEXT_SIZE = 256, PATH_SIZE = 1024 };

static const long not_given = -1;

/* -- how options are read ------------------------------------------------------------------------
 * into a field of Options. False if the text is not what the option expects. */

static bool read_count(const char *text, unsigned long long most, unsigned long long *value)
{
    char *end;
    errno = 0;
    *value = strtoull(text, &end, 10);
    return *text >= '0' && *text <= '9' && *end == '\0' && errno == 0 && *value <= most;
}

/* A long, from 0 or from 1 on. */
static bool set_from_0(void *field, const char *text)
{
    unsigned long long value;
    bool good = read_count(text, LONG_MAX, &value);
    *(long *)field = (long)value;
    return good;
}

static bool set_from_1(void *field, const char *text)
{
    return set_from_0(field, text) && *(long *)field > 0;
}

static bool set_int_from_0(void *field, const char *text)
{
    unsigned long long value;
    bool good = read_count(text, INT_MAX, &value);
    *(int *)field = (int)value;
    return good;
}

static bool set_int_from_1(void *field, const char *text)
{
    return set_int_from_0(field, text) && *(int *)field > 0;
}

static bool set_shards(void *field, const char *text)
{
    return set_int_from_1(field, text) && shards_possible(*(int *)field);
}

static bool set_u64(void *field, const char *text)
{
    unsigned long long value;
    bool good = read_count(text, UINT64_MAX, &value);
    *(uint64_t *)field = value;
    return good;
}

/* A finite number, which must be one as a `real` too: that is what is computed with. */
static bool read_number(const char *text, double *value)
{
    char *end;
    *value = strtod(text, &end);
    return end != text && !isspace((unsigned char)*text) && *end == '\0' && isfinite((real)*value);
}

static bool set_above_0(void *field, const char *text)
{
    return read_number(text, field) && (real) * (double *)field > 0;
}

/* Also one that is above 0 but no longer as a `real`, which would mean something else. */
static bool set_number_from_0(void *field, const char *text)
{
    double *value = field;
    return read_number(text, value) && *value >= 0 && ((real)*value > 0 || *value == 0);
}

static bool set_share(void *field, const char *text)
{
    return set_above_0(field, text) && *(double *)field <= 1;
}

static bool set_text(void *field, const char *text)
{
    *(const char **)field = text;
    return *text != '\0';
}

static bool set_flag(void *field, const char *text)
{
    (void)text;
    return *(bool *)field = true;
}

static bool set_null(void *field, const char *text)
{
    (void)text;
    *(const char **)field = NULL;
    return true;
}

/* -- how --help shows their defaults -------------------------------------------------------------
 * False if the chapter has no use for the option. */

static bool show_steps(const Options *defaults, char *text)
{
    snprintf(text, TEXT_SIZE, "%ld, with --quick %ld", defaults->steps, defaults->quick_steps);
    return defaults->steps != 0;
}

static bool show_lr(const Options *defaults, char *text)
{
    snprintf(text, TEXT_SIZE, "%g", defaults->lr);
    return defaults->lr > 0;
}

static bool show_batch(const Options *defaults, char *text)
{
    snprintf(text, TEXT_SIZE, "%d", defaults->batch);
    return defaults->batch > 0;
}

static bool show_shards(const Options *defaults, char *text)
{
    snprintf(text, TEXT_SIZE, "%d", defaults->shards);
    return defaults->shards > 0;
}

static bool show_eval_every(const Options *defaults, char *text)
{
    snprintf(text, TEXT_SIZE, "at every fifth row of the log");
    return defaults->evaluates;
}

static bool show_seed(const Options *defaults, char *text)
{
    snprintf(text, TEXT_SIZE, "%llu", (unsigned long long)defaults->seed);
    return true;
}

static bool show_data(const Options *defaults, char *text)
{
    const char *data = defaults->data ? defaults->data : "";
    snprintf(text, TEXT_SIZE, "%s", *data ? data : "images that it draws; else a folder of them");
    return defaults->data != NULL;
}

static bool show_image(const Options *defaults, char *text)
{
    (void)text;
    return defaults->image != NULL;
}

static bool show_save(const Options *defaults, char *text)
{
    snprintf(text, TEXT_SIZE, "model.safetensors there");
    return defaults->saves;
}

/* Of options without a default that only a chapter with a model has. */
static bool show_none(const Options *defaults, char *text)
{
    (void)text;
    return defaults->saves;
}

static bool show_checkpoint(const Options *defaults, char *text)
{
    snprintf(text, TEXT_SIZE, "every ten seconds");
    return defaults->saves;
}

static bool show_sample(const Options *defaults, char *text)
{
    snprintf(text, TEXT_SIZE, "%d", defaults->sample);
    return defaults->samples;
}

static bool show_temperature(const Options *defaults, char *text)
{
    snprintf(text, TEXT_SIZE, "%g", defaults->sampling.temperature);
    return defaults->samples;
}

static bool show_all(const Options *defaults, char *text)
{
    snprintf(text, TEXT_SIZE, "all");
    return defaults->samples;
}

static bool show_out(const Options *defaults, char *text)
{
    snprintf(text, TEXT_SIZE, "%s", defaults->out);
    return true;
}

static bool show_exercises(const Options *defaults, char *text)
{
    snprintf(text, TEXT_SIZE, "%s, which is faster", defaults->faster ? defaults->faster : "");
    return defaults->faster != NULL;
}

typedef struct {
    const char *name, *value; /* value: what --help calls it; NULL if there is none */
    const char *meaning, *expected;
    size_t at; /* of its field in Options */
    bool (*set)(void *field, const char *text);
    bool (*show)(const Options *defaults, char *text); /* NULL: no default, and always there */
} Row;

static const char from_0[] = "a whole number, 0 or more", from_1[] = "a whole number, 1 or more";
static const char file_name[] = "a file name", folder_name[] = "a folder name";

static const Row rows[] = {
    {"steps", "N", "training steps; 0 only checks the gradients", from_0, offsetof(Options, steps),
     set_from_0, show_steps},
    {"lr", "X", "learning rate", "a number above 0", offsetof(Options, lr), set_above_0, show_lr},
    {"batch", "N", "examples a step", from_1, offsetof(Options, batch), set_int_from_1, show_batch},
    {"shards", "N", "pieces of a batch (a power of two), which ranks can share",
     "a power of two up to 65536", offsetof(Options, shards), set_shards, show_shards},
    {"eval-every", "N", "steps between evaluations", from_1, offsetof(Options, eval_every),
     set_from_1, show_eval_every},
    {"seed", "N", "of the random numbers", from_0, offsetof(Options, seed), set_u64, show_seed},
    {"data", "PATH", "what to learn from", "the name of a file or folder", offsetof(Options, data),
     set_text, show_data},
    {"image", "FILE", "a picture to say something about", file_name, offsetof(Options, image),
     set_text, show_image},
    {"out", "DIR", "where run logs and pictures go", folder_name, offsetof(Options, out), set_text,
     show_out},
    {"save", "FILE", "where the model goes", file_name, offsetof(Options, save), set_text,
     show_save},
    {"load", "FILE", "take the model from there, train nothing", file_name, offsetof(Options, load),
     set_text, show_none},
    {"checkpoint", "N", "steps from checkpoint to checkpoint", from_1,
     offsetof(Options, checkpoint_every), set_from_1, show_checkpoint},
    {"resume", NULL, "go on from the last checkpoint", NULL, offsetof(Options, resume), set_flag,
     show_none},
    {"sample", "N", "how many texts it makes up", from_0, offsetof(Options, sample), set_int_from_0,
     show_sample},
    {"temperature", "X", "logits are divided by it; 0: the likeliest", "a number, 0 or more",
     offsetof(Options, sampling.temperature), set_number_from_0, show_temperature},
    {"top-k", "N", "draw only from the N likeliest", from_1, offsetof(Options, sampling.top_k),
     set_int_from_1, show_all},
    {"top-p", "X", "draw only from the likeliest, which together have X",
     "a number above 0, up to 1", offsetof(Options, sampling.top_p), set_share, show_all},
    {"quick", NULL, "a second or two, for tests", NULL, offsetof(Options, quick), set_flag, NULL},
    {"no-plot", NULL, "write CSV and script, draw no picture", NULL, offsetof(Options, no_plot),
     set_flag, NULL},
    {"check", NULL, "only what is derived and checked", NULL, offsetof(Options, check_only),
     set_flag, NULL},
    {"train", NULL, "only what is trained, if anything is", NULL, offsetof(Options, train_only),
     set_flag, NULL},
    {"exercises", NULL, "train with the functions of the exercises", NULL,
     offsetof(Options, faster), set_null, show_exercises},
    {"help", NULL, "print this and stop", NULL, 0, NULL, NULL},
};
enum {
    ROW_COUNT = sizeof rows / sizeof rows[0],
    FIRST_CODE = 256,
    HELP = FIRST_CODE + ROW_COUNT - 1,
    FIRST_CHOICE /* behind the rows, the options that the chapter has for itself */
};

/* -- the command line ----------------------------------------------------------------------- */

static bool row_used(const Row *row, const Options *defaults, char *shown)
{
    shown[0] = '\0';
    return !row->show || row->show(defaults, shown);
}

_Noreturn static void print_help(const Options *defaults)
{
    printf("%s: %s\n", defaults->chapter, defaults->about);
    printf(defaults->seconds ? "It trains for about %d s.\n\n" : "\n", defaults->seconds);
    for (const Row *row = rows; row < rows + ROW_COUNT; row++) {
        char left[TEXT_SIZE], shown[TEXT_SIZE];
        if (!row_used(row, defaults, shown))
            continue;
        snprintf(left, sizeof left, "--%s %s", row->name, row->value ? row->value : "");
        printf("  %-15s %s", left, row->meaning);
        printf(shown[0] ? " (default %s)\n" : "\n", shown);
        if (row->show == show_seed)
            choice_print(defaults->choices);
    }
    ranks_exit(EXIT_SUCCESS);
}

_Noreturn static void usage_error(const Options *options, const char *format, ...)
    ERROR_PRINTF(2, 3);

_Noreturn static void usage_error(const Options *options, const char *format, ...)
{
    char message[TEXT_SIZE + PATH_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    error_return("%s", message);
    error_report(options->chapter);
    ranks_exit(EXIT_USAGE);
}

static void take(Options *options, const Options *defaults, const Row *row, const char *text)
{
    char shown[TEXT_SIZE];
    if (!row_used(row, defaults, shown))
        usage_error(options, "--%s: this chapter does not use it", row->name);
    if (!row->set((char *)options + row->at, text))
        usage_error(options, "--%s %s: expected %s", row->name, *text ? text : "\"\"",
                    row->expected);
}

/* Each rank has one at least. */
_Noreturn static void refuse_shards(const Options *options)
{
    long enough = 1;
    while (enough < ranks_count())
        enough *= 2;
    usage_error(options, "--shards %d: expected %ld or more (a power of two) for %d ranks",
                options->shards, enough, ranks_count());
}

_Noreturn static void refuse_word(const Options *options, const Choice *choice, const char *given)
{
    char words[TEXT_SIZE];
    choice_list(choice, " or ", words, sizeof words);
    usage_error(options, "--%s%s%s: expected %s", choice->name, *given ? " " : "", given, words);
}

/* What getopt could not make sense of. optopt is the code of an option it knows (with a value too
 * few or too many), the letter of a short one, or 0. */
_Noreturn static void refuse(const Options *options, bool missing, const char *argument)
{
    if (optopt >= FIRST_CHOICE)
        refuse_word(options, &options->choices[optopt - FIRST_CHOICE], "");
    const Row *row = optopt >= FIRST_CODE ? &rows[optopt - FIRST_CODE] : NULL;
    if (row && missing)
        usage_error(options, "--%s: expected %s", row->name, row->expected);
    if (row)
        usage_error(options, "--%s: takes no value", row->name);
    if (optopt)
        usage_error(options, "-%c: no such option; --help lists them", optopt);
    usage_error(options, "%s: no such option; --help lists them", argument);
}

static void parse_arguments(Options *options, const Options *defaults, int argc, char **argv)
{
    struct option known[ROW_COUNT + MOST_CHOICES + 1] = {{0}};
    for (int i = 0; i < ROW_COUNT; i++)
        known[i] = (struct option){rows[i].name, rows[i].value ? required_argument : no_argument,
                                   NULL, FIRST_CODE + i};
    for (int i = 0; i < choice_count(options->choices); i++) {
        known[ROW_COUNT + i] =
            (struct option){options->choices[i].name, required_argument, NULL, FIRST_CHOICE + i};
        choice_begin(&options->choices[i]);
    }
    int code;
    opterr = 0; /* the messages are ours */
    while ((code = getopt_long(argc, argv, "+:h", known, NULL)) != -1) {
        if (code == '?' || code == ':')
            refuse(options, code == ':', argv[optind - 1]);
        if (code == 'h' || code == HELP)
            print_help(defaults);
        Choice *choice = code >= FIRST_CHOICE ? &options->choices[code - FIRST_CHOICE] : NULL;
        if (!choice)
            take(options, defaults, &rows[code - FIRST_CODE], optarg);
        else if (!choice_take(choice, optarg))
            refuse_word(options, choice, *optarg ? optarg : "\"\"");
    }
    if (optind < argc)
        usage_error(options, "%s: unexpected argument; --help lists the options", argv[optind]);
}

static const char *default_save(const char *out)
{
    static char path[PATH_SIZE + 32];
    snprintf(path, sizeof path, "%s/model.safetensors", out);
    return path;
}

void options_parse(Options *options, int argc, char **argv)
{
    NOT_NULL(options, argv);
    NOT_NULL(options->chapter, options->about);
    static char default_out[PATH_SIZE];
    if (!options->out) {
        snprintf(default_out, sizeof default_out, "build/%s", options->chapter);
        options->out = default_out;
    }
    if (options->shards > 0 && ranks_library())
        options->shards = SHARDS_OF_RANKS;
    const Options defaults = *options;
    options->steps = not_given;
    parse_arguments(options, &defaults, argc, argv);
    if (options->steps == not_given)
        options->steps = options->quick ? defaults.quick_steps : defaults.steps;
    if (options->check_only && options->train_only)
        usage_error(options, "--check and --train: one of the two, or neither");
    if (options->check_only)
        options->steps = 0;
    if (options->load && options->resume)
        usage_error(options, "--load and --resume: one of the two, or neither");
    if (options->shards > 0 && options->shards < ranks_count())
        refuse_shards(options);
    options->no_plot = options->no_plot || ranks_own() > 0;
    if (options->train_only && defaults.steps == 0)
        ranks_exit(EXIT_SUCCESS);
    if (!folder_make(options->out))
        exit(error_report(options->chapter));
    if (options->saves && !options->save)
        options->save = default_save(options->out);
}
