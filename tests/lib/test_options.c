/* A command line is taken whole, or refused in one line that says what is wrong. */
#include "workbook/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "child.h"
#include "scratch.h"

typedef struct {
    Options options;
    char *argv[15]; /* what stands behind the name of the program, and NULL */
} Call;

/* A chapter that uses every option. */
static const Options full = {
    .chapter = "10_makemore_mlp",
    .about = "the names model",
    .steps = 200000,
    .quick_steps = 500,
    .lr = 0.1,
    .batch = 32,
    .evaluates = true,
    .seed = 42,
    .data = "chapters/data/names.txt",
    .image = "",
    .saves = true,
};

/* Parses in the scratch folder. */
static Options *parse_call(Call *call)
{
    char *argv[16] = {"program"};
    int argc = 1;
    for (; call->argv[argc - 1]; argc++)
        argv[argc] = call->argv[argc - 1];
    if (chdir(scratch_folder()) != 0)
        exit(EXIT_FAILURE);
    options_parse(&call->options, argc, argv);
    return &call->options;
}

/* Prints what came out. */
static void parse(void *context)
{
    Options *o = parse_call(context);
    printf("steps %ld lr %.17g batch %d seed %llu data %s out %s quick %d no_plot %d", o->steps,
           o->lr, o->batch, (unsigned long long)o->seed, o->data ? o->data : "-", o->out, o->quick,
           o->no_plot);
}

/* GNU C statement: the result of one call with these arguments. */
#define PARSE(defaults, ...) child_run(parse, &(Call){.options = (defaults), .argv = {__VA_ARGS__}})

#define EXPECT_PARSED(text, ...)                \
    do {                                        \
        Child child = PARSE(full, __VA_ARGS__); \
        assert_string_equal(child.err, "");     \
        assert_string_equal(child.out, text);   \
        assert_int_equal(child.status, 0);      \
    } while (0)

/* One line on standard error, nothing on standard output, status 2. */
#define EXPECT_USAGE(text, ...)                                        \
    do {                                                               \
        Child child = PARSE(full, __VA_ARGS__);                        \
        assert_string_equal(child.err, "10_makemore_mlp: " text "\n"); \
        assert_string_equal(child.out, "");                            \
        assert_int_equal(child.status, 2);                             \
    } while (0)

static void defaults_stand_where_nothing_is_given(void **state)
{
    (void)state;
    EXPECT_PARSED("steps 200000 lr 0.10000000000000001 batch 32 seed 42 "
                  "data chapters/data/names.txt out build/10_makemore_mlp quick 0 no_plot 0",
                  NULL);
}

static void every_option_is_taken(void **state)
{
    (void)state;
    EXPECT_PARSED("steps 7 lr 0.5 batch 8 seed 18446744073709551615 data x.txt out here "
                  "quick 1 no_plot 1",
                  "--steps", "7", "--lr=5e-1", "--batch", "8", "--seed=18446744073709551615",
                  "--data=x.txt", "--out=here", "--quick", "--no-plot");
}

static void the_last_of_an_option_given_twice_counts(void **state)
{
    (void)state;
    Child child = PARSE(full, "--steps", "5", "--steps", "6");
    assert_non_null(strstr(child.out, "steps 6 "));
}

static void quick_has_steps_of_its_own_unless_steps_are_given(void **state)
{
    (void)state;
    assert_non_null(strstr(PARSE(full, "--quick").out, "steps 500 "));
    assert_non_null(strstr(PARSE(full, "--quick", "--steps", "3").out, "steps 3 "));
    assert_non_null(strstr(PARSE(full, "--steps", "3", "--quick").out, "steps 3 "));
    assert_non_null(strstr(PARSE(full, "--quick", "--steps", "0").out, "steps 0 "));
}

static void steps_may_be_0(void **state)
{
    (void)state;
    assert_non_null(strstr(PARSE(full, "--steps", "0").out, "steps 0 "));
}

static void malformed_steps_are_refused(void **state)
{
    (void)state;
    EXPECT_USAGE("--steps -3: expected a whole number, 0 or more", "--steps", "-3");
    EXPECT_USAGE("--steps abc: expected a whole number, 0 or more", "--steps", "abc");
    EXPECT_USAGE("--steps 1e9x: expected a whole number, 0 or more", "--steps", "1e9x");
    EXPECT_USAGE("--steps 1.5: expected a whole number, 0 or more", "--steps=1.5");
    EXPECT_USAGE("--steps  5: expected a whole number, 0 or more", "--steps", " 5");
    EXPECT_USAGE("--steps \"\": expected a whole number, 0 or more", "--steps", "");
    EXPECT_USAGE("--steps 9223372036854775808: expected a whole number, 0 or more", "--steps",
                 "9223372036854775808");
    EXPECT_USAGE("--steps 99999999999999999999: expected a whole number, 0 or more", "--steps",
                 "99999999999999999999");
    EXPECT_USAGE("--steps --lr: expected a whole number, 0 or more", "--steps", "--lr");
    EXPECT_USAGE("--steps 1?2: expected a whole number, 0 or more", "--steps", "1\n2");
}

static void a_learning_rate_is_finite_and_above_0(void **state)
{
    (void)state;
    EXPECT_USAGE("--lr nan: expected a number above 0", "--lr", "nan");
    EXPECT_USAGE("--lr inf: expected a number above 0", "--lr", "inf");
    EXPECT_USAGE("--lr 0: expected a number above 0", "--lr", "0");
    EXPECT_USAGE("--lr -1: expected a number above 0", "--lr", "-1");
    EXPECT_USAGE("--lr 1e999: expected a number above 0", "--lr", "1e999");
    EXPECT_USAGE("--lr 1e-999: expected a number above 0", "--lr", "1e-999");
    EXPECT_USAGE("--lr  0.1: expected a number above 0", "--lr", " 0.1");
    EXPECT_USAGE("--lr 0.1x: expected a number above 0", "--lr", "0.1x");
    EXPECT_USAGE("--lr \"\": expected a number above 0", "--lr=");
}

static void malformed_values_of_other_options_are_refused(void **state)
{
    (void)state;
    EXPECT_USAGE("--batch 0: expected a whole number, 1 or more", "--batch", "0");
    EXPECT_USAGE("--batch 2147483648: expected a whole number, 1 or more", "--batch", "2147483648");
    EXPECT_USAGE("--eval-every 0: expected a whole number, 1 or more", "--eval-every", "0");
    EXPECT_USAGE("--seed -1: expected a whole number, 0 or more", "--seed", "-1");
    EXPECT_USAGE("--seed 18446744073709551616: expected a whole number, 0 or more", "--seed",
                 "18446744073709551616");
    EXPECT_USAGE("--data \"\": expected the name of a file or folder", "--data", "");
    EXPECT_USAGE("--image \"\": expected a file name", "--image", "");
    EXPECT_USAGE("--load \"\": expected a file name", "--load", "");
    EXPECT_USAGE("--save \"\": expected a file name", "--save", "");
    EXPECT_USAGE("--checkpoint 0: expected a whole number, 1 or more", "--checkpoint", "0");
    EXPECT_USAGE("--out \"\": expected a folder name", "--out", "");
}

static void a_missing_value_is_named(void **state)
{
    (void)state;
    EXPECT_USAGE("--steps: expected a whole number, 0 or more", "--quick", "--steps");
    EXPECT_USAGE("--lr: expected a number above 0", "--lr");
}

static void what_is_no_option_is_refused(void **state)
{
    (void)state;
    EXPECT_USAGE("--stepz: no such option; --help lists them", "--stepz", "3");
    EXPECT_USAGE("--foo=3: no such option; --help lists them", "--foo=3");
    EXPECT_USAGE("-s: no such option; --help lists them", "-s");
    EXPECT_USAGE("stray: unexpected argument; --help lists the options", "--quick", "stray");
    EXPECT_USAGE("stray: unexpected argument; --help lists the options", "--", "stray");
    EXPECT_USAGE("--quick: takes no value", "--quick=yes");
    EXPECT_USAGE("--help: takes no value", "--help=steps");
}

static const Options bare = {.chapter = "01_chain_rule", .about = "one weight", .seed = 1};

static void a_chapter_refuses_the_options_it_does_not_use(void **state)
{
    (void)state;
    char *given[][2] = {{"--steps", "3"},      {"--lr", "0.1"}, {"--batch", "4"},
                        {"--eval-every", "5"}, {"--data", "x"}, {"--image", "x"},
                        {"--save", "x"},       {"--load", "x"}, {"--checkpoint", "5"},
                        {"--resume", NULL}};
    for (int i = 0; i < 10; i++) {
        char expected[100];
        Child child = PARSE(bare, given[i][0], given[i][1]);
        snprintf(expected, sizeof expected, "01_chain_rule: %s: this chapter does not use it\n",
                 given[i][0]);
        assert_string_equal(child.err, expected);
        assert_int_equal(child.status, 2);
    }
    assert_string_equal(PARSE(bare, "--quick").out, "steps 0 lr 0 batch 0 seed 1 data - "
                                                    "out build/01_chain_rule quick 1 no_plot 0");
}

/* A chapter has two parts. Which of them were asked for, and how many steps. */
static void parse_parts(void *context)
{
    Call *call = context;
    char *argv[] = {"program", call->argv[0], call->argv[1], call->argv[2], NULL};
    if (chdir(scratch_folder()) != 0)
        return;
    int argc = call->argv[1] ? call->argv[2] ? 4 : 3 : 2;
    options_parse(&call->options, argc, argv);
    printf("check %d train %d steps %ld", call->options.check_only, call->options.train_only,
           call->options.steps);
}

#define PARTS(defaults, ...) \
    child_run(parse_parts, &(Call){.options = (defaults), .argv = {__VA_ARGS__}})

static void each_of_the_two_parts_can_be_had_alone(void **state)
{
    (void)state;
    assert_string_equal(PARTS(full, "--quick").out, "check 0 train 0 steps 500");
    assert_string_equal(PARTS(full, "--check").out, "check 1 train 0 steps 0");
    assert_string_equal(PARTS(full, "--check", "--steps", "3").out, "check 1 train 0 steps 0");
    assert_string_equal(PARTS(full, "--train").out, "check 0 train 1 steps 200000");
    assert_string_equal(PARTS(full, "--train", "--steps", "3").out, "check 0 train 1 steps 3");
    EXPECT_USAGE("--check and --train: one of the two, or neither", "--check", "--train");
}

static void a_chapter_that_trains_nothing_is_through_at_once_under_train(void **state)
{
    (void)state;
    assert_string_equal(PARTS(bare, "--check").out, "check 1 train 0 steps 0");
    Child child = PARTS(bare, "--train");
    assert_string_equal(child.out, "");
    assert_string_equal(child.err, "");
    assert_int_equal(child.status, 0);
}

static void parse_model(void *context)
{
    Call *call = context;
    char *argv[] = {"program", call->argv[0], call->argv[1], NULL};
    if (chdir(scratch_folder()) != 0)
        return;
    options_parse(&call->options, call->argv[0] ? 3 : 1, argv);
    printf("%s", call->options.save ? call->options.save : "-");
}

#define SAVED(defaults, ...) \
    child_run(parse_model, &(Call){.options = (defaults), .argv = {__VA_ARGS__}}).out

static void a_model_goes_to_the_out_folder_or_where_it_is_told(void **state)
{
    (void)state;
    assert_string_equal(SAVED(full, NULL), "build/10_makemore_mlp/model.safetensors");
    assert_string_equal(SAVED(full, "--out", "a"), "a/model.safetensors");
    assert_string_equal(SAVED(full, "--save", "my model"), "my model");
    assert_string_equal(SAVED(bare, NULL), "-");
    EXPECT_USAGE("--load and --resume: one of the two, or neither", "--resume", "--load", "a");
}

/* Prints how it samples. */
static void parse_sampling(void *context)
{
    Options *o = parse_call(context);
    printf("%d: temperature %g top_k %d top_p %g", o->sample, o->sampling.temperature,
           o->sampling.top_k, o->sampling.top_p);
}

static const Options sampler = {.chapter = "10_makemore_mlp",
                                .about = "",
                                .samples = true,
                                .sample = 20,
                                .sampling = {.temperature = 1}};

#define SAMPLING(...) child_run(parse_sampling, &(Call){.options = sampler, .argv = {__VA_ARGS__}})

#define EXPECT_UNSAMPLED(text, ...)                                    \
    do {                                                               \
        Child child = SAMPLING(__VA_ARGS__);                           \
        assert_string_equal(child.err, "10_makemore_mlp: " text "\n"); \
        assert_int_equal(child.status, 2);                             \
    } while (0)

static void how_to_sample_is_taken(void **state)
{
    (void)state;
    assert_string_equal(SAMPLING(NULL).out, "20: temperature 1 top_k 0 top_p 0");
    assert_string_equal(
        SAMPLING("--sample", "3", "--temperature", "0.5", "--top-k", "5", "--top-p", ".9").out,
        "3: temperature 0.5 top_k 5 top_p 0.9");
    assert_string_equal(SAMPLING("--sample=0", "--temperature=0", "--top-p=1").out,
                        "0: temperature 0 top_k 0 top_p 1");
}

static void how_nobody_can_sample_is_refused(void **state)
{
    (void)state;
    EXPECT_UNSAMPLED("--sample -1: expected a whole number, 0 or more", "--sample", "-1");
    EXPECT_UNSAMPLED("--sample 2147483648: expected a whole number, 0 or more", "--sample",
                     "2147483648");
    EXPECT_UNSAMPLED("--temperature -1: expected a number, 0 or more", "--temperature", "-1");
    EXPECT_UNSAMPLED("--temperature nan: expected a number, 0 or more", "--temperature", "nan");
    EXPECT_UNSAMPLED("--temperature inf: expected a number, 0 or more", "--temperature", "inf");
    EXPECT_UNSAMPLED("--temperature 1e-400x: expected a number, 0 or more", "--temperature",
                     "1e-400x");
    EXPECT_UNSAMPLED("--temperature: expected a number, 0 or more", "--temperature");
    EXPECT_UNSAMPLED("--top-k 0: expected a whole number, 1 or more", "--top-k", "0");
    EXPECT_UNSAMPLED("--top-k 2.5: expected a whole number, 1 or more", "--top-k", "2.5");
    EXPECT_UNSAMPLED("--top-p 0: expected a number above 0, up to 1", "--top-p", "0");
    EXPECT_UNSAMPLED("--top-p 1.1: expected a number above 0, up to 1", "--top-p", "1.1");
    EXPECT_UNSAMPLED("--top-p nan: expected a number above 0, up to 1", "--top-p", "nan");
    EXPECT_USAGE("--temperature: this chapter does not use it", "--temperature", "1");
    EXPECT_USAGE("--sample: this chapter does not use it", "--sample", "1");
    EXPECT_USAGE("--top-k: this chapter does not use it", "--top-k", "1");
    EXPECT_USAGE("--top-p: this chapter does not use it", "--top-p", "1");
}

static void help_says_how_it_samples(void **state)
{
    (void)state;
    Child child = SAMPLING("--help");
    assert_non_null(strstr(
        child.out, "  --sample N      how many texts it makes up (default 20)\n"
                   "  --temperature X logits are divided by it; 0: the likeliest (default 1)\n"
                   "  --top-k N       draw only from the N likeliest (default all)\n"
                   "  --top-p X       draw only from the likeliest, which together have X (default "
                   "all)\n"));
}

static void help_lists_options_and_defaults_and_exits_0(void **state)
{
    (void)state;
    Child child = PARSE(full, "--steps", "5", "--help");
    assert_int_equal(child.status, 0);
    assert_string_equal(child.err, "");
    assert_string_equal(
        child.out,
        "10_makemore_mlp: the names model\n"
        "\n"
        "  --steps N       training steps; 0 only checks the gradients (default 200000, with "
        "--quick "
        "500)\n"
        "  --lr X          learning rate (default 0.1)\n"
        "  --batch N       examples a step (default 32)\n"
        "  --eval-every N  steps between evaluations (default at every fifth row of the log)\n"
        "  --seed N        of the random numbers (default 42)\n"
        "  --data PATH     what to learn from (default chapters/data/names.txt)\n"
        "  --image FILE    a picture to say something about\n"
        "  --out DIR       where run logs and pictures go (default build/10_makemore_mlp)\n"
        "  --save FILE     where the model goes (default model.safetensors there)\n"
        "  --load FILE     take the model from there, train nothing\n"
        "  --checkpoint N  steps from checkpoint to checkpoint (default every ten seconds)\n"
        "  --resume        go on from the last checkpoint\n"
        "  --quick         a second or two, for tests\n"
        "  --no-plot       write CSV and script, draw no picture\n"
        "  --check         only what is derived and checked\n"
        "  --train         only what is trained, if anything is\n"
        "  --help          print this and stop\n");
    assert_string_equal(PARSE(full, "-h").out, PARSE(full, "--help").out);
    assert_false(scratch_exists("help"));
}

static void help_says_how_long_it_trains(void **state)
{
    (void)state;
    Options options = full;
    options.seconds = 40;
    Child child = PARSE(options, "--help");
    assert_non_null(strstr(child.out, "the names model\nIt trains for about 40 s.\n\n  --steps"));
}

static void help_says_where_images_come_from(void **state)
{
    (void)state;
    Options options = full;
    options.data = "";
    assert_non_null(strstr(PARSE(options, "--help").out,
                           "  --data PATH     what to learn from (default images that it draws; "
                           "else a folder of them)\n"));
}

static void help_leaves_out_what_the_chapter_does_not_use(void **state)
{
    (void)state;
    Child child = PARSE(bare, "--help");
    assert_null(strstr(child.out, "--steps"));
    assert_null(strstr(child.out, "--lr"));
    assert_null(strstr(child.out, "--batch"));
    assert_null(strstr(child.out, "--data"));
    assert_non_null(strstr(child.out, "--seed N"));
}

/* Prints what the chapter trains with. */
static void parse_faster(void *context)
{
    Options options = {.chapter = "10_makemore_mlp", .about = "", .faster = context};
    if (chdir(scratch_folder()) != 0)
        return;
    options_parse(&options, 2, (char *[]){"program", "--exercises", NULL});
    printf("%s", options.faster ? options.faster : "the exercises");
}

static void a_chapter_with_a_faster_way_trains_with_its_exercises_where_asked(void **state)
{
    (void)state;
    Options options = full;
    options.faster = "the fused pass";
    assert_string_equal(child_run(parse_faster, "the fused pass").out, "the exercises");
    assert_non_null(strstr(PARSE(options, "--help").out,
                           "  --exercises     train with the functions of the exercises "
                           "(default the fused pass, which is faster)\n"));
    EXPECT_USAGE("--exercises: this chapter does not use it", "--exercises");
}

/* A chapter with two options of its own; prints what they are. */
static void parse_choices(void *context)
{
    Choice choices[] = {
        {.name = "block", .meaning = "kind of block", .words = {"plain", "residual", "skip"}},
        {.name = "blocks", .meaning = "how many", .words = {"4", "20"}},
        {.name = "often", .meaning = "how often", .normal = 5, .least = 1, .most = 99},
        {0}};
    Call *call = context;
    call->options.choices = choices;
    char *argv[] = {"program", call->argv[0], call->argv[1], NULL};
    if (chdir(scratch_folder()) != 0)
        return;
    options_parse(&call->options, call->argv[1] ? 3 : call->argv[0] ? 2 : 1, argv);
    printf("%s %s %ld", choices[0].word, choices[1].word, choices[2].number);
}

#define CHOSEN(...) child_run(parse_choices, &(Call){.options = full, .argv = {__VA_ARGS__}})

static void a_chapter_may_have_options_of_its_own(void **state)
{
    (void)state;
    assert_string_equal(CHOSEN(NULL).out, "plain 4 5");
    assert_string_equal(CHOSEN("--block", "skip").out, "skip 4 5");
    assert_string_equal(CHOSEN("--block=residual").out, "residual 4 5");
    assert_string_equal(CHOSEN("--blocks", "20").out, "plain 20 5");
    assert_string_equal(CHOSEN("--blocks=20", "--block=skip").out, "skip 20 5");
    assert_string_equal(CHOSEN("--often", "99").out, "plain 4 99");
    EXPECT_USAGE("--block=skip: no such option; --help lists them", "--block=skip");
}

static void a_word_that_cannot_be_chosen_is_refused(void **state)
{
    (void)state;
    Child child = CHOSEN("--block", "plane");
    assert_string_equal(child.err,
                        "10_makemore_mlp: --block plane: expected plain, residual or skip\n");
    assert_int_equal(child.status, 2);
    assert_string_equal(CHOSEN("--block=").err,
                        "10_makemore_mlp: --block \"\": expected plain, residual or skip\n");
    child = CHOSEN("--blocks");
    assert_string_equal(child.err, "10_makemore_mlp: --blocks: expected 4 or 20\n");
    assert_int_equal(child.status, 2);
}

static void a_number_that_cannot_be_chosen_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"0", "100", "-3", "3x", " 3", "99999999999999999999"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char line[128];
        snprintf(line, sizeof line,
                 "10_makemore_mlp: --often %s: expected a whole number, 1 to 99\n", wrong[i]);
        Child child = CHOSEN("--often", (char *)wrong[i]);
        assert_string_equal(child.err, line);
        assert_int_equal(child.status, 2);
    }
    assert_string_equal(CHOSEN("--often").err,
                        "10_makemore_mlp: --often: expected a whole number, 1 to 99\n");
}

static void help_lists_what_can_be_chosen(void **state)
{
    (void)state;
    Child child = CHOSEN("--often=7", "--help");
    assert_non_null(strstr(child.out, "  --block WORD    kind of block: plain, residual, skip "
                                      "(default plain)\n"
                                      "  --blocks WORD   how many: 4, 20 (default 4)\n"
                                      "  --often N       how often (default 5)\n"));
    assert_int_equal(child.status, 0);
}

static void the_out_folder_is_made_with_its_parents(void **state)
{
    (void)state;
    struct stat status;
    assert_int_equal(PARSE(full, "--out", "a b/c/d").status, 0);
    assert_int_equal(stat(scratch_path("a b/c/d"), &status), 0);
    assert_true(S_ISDIR(status.st_mode));
    assert_int_equal(PARSE(full, "--out", "a b/c/d/").status, 0);
}

static void an_out_that_cannot_be_a_folder_is_one_line_and_status_1(void **state)
{
    (void)state;
    scratch_write_text("file", "in place of a folder");
    Child child = PARSE(full, "--out", "file");
    assert_string_equal(child.err, "10_makemore_mlp: file: is not a folder\n");
    assert_int_equal(child.status, 1);
    child = PARSE(full, "--out", "file/below");
    assert_string_equal(child.err,
                        "10_makemore_mlp: file/below: cannot be made: Not a directory\n");
    assert_int_equal(child.status, 1);
    assert_string_equal(scratch_read("file"), "in place of a folder");
}

/* Root may write anywhere, so it becomes somebody else first. */
static void parse_as_anybody(void *call)
{
    if (geteuid() == 0 && setuid(65534) != 0)
        exit(77);
    parse(call);
}

static void a_folder_that_cannot_be_written_is_one_line_and_status_1(void **state)
{
    (void)state;
    chmod(scratch_folder(), 0755);
    mkdir(scratch_path("locked"), 0555);
    Call call = {.options = full, .argv = {"--out", "locked"}};
    Child child = child_run(parse_as_anybody, &call);
    if (child.status == 77)
        skip();
    assert_string_equal(child.err,
                        "10_makemore_mlp: locked: cannot be written: Permission denied\n");
    assert_int_equal(child.status, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_stand_where_nothing_is_given),
        cmocka_unit_test(every_option_is_taken),
        cmocka_unit_test(the_last_of_an_option_given_twice_counts),
        cmocka_unit_test(quick_has_steps_of_its_own_unless_steps_are_given),
        cmocka_unit_test(steps_may_be_0),
        cmocka_unit_test(malformed_steps_are_refused),
        cmocka_unit_test(a_learning_rate_is_finite_and_above_0),
        cmocka_unit_test(malformed_values_of_other_options_are_refused),
        cmocka_unit_test(a_missing_value_is_named),
        cmocka_unit_test(what_is_no_option_is_refused),
        cmocka_unit_test(a_chapter_refuses_the_options_it_does_not_use),
        cmocka_unit_test(each_of_the_two_parts_can_be_had_alone),
        cmocka_unit_test(a_chapter_that_trains_nothing_is_through_at_once_under_train),
        cmocka_unit_test(a_model_goes_to_the_out_folder_or_where_it_is_told),
        cmocka_unit_test(how_to_sample_is_taken),
        cmocka_unit_test(how_nobody_can_sample_is_refused),
        cmocka_unit_test(help_says_how_it_samples),
        cmocka_unit_test(help_lists_options_and_defaults_and_exits_0),
        cmocka_unit_test(help_says_how_long_it_trains),
        cmocka_unit_test(help_says_where_images_come_from),
        cmocka_unit_test(help_leaves_out_what_the_chapter_does_not_use),
        cmocka_unit_test(a_chapter_with_a_faster_way_trains_with_its_exercises_where_asked),
        cmocka_unit_test(a_chapter_may_have_options_of_its_own),
        cmocka_unit_test(a_word_that_cannot_be_chosen_is_refused),
        cmocka_unit_test(a_number_that_cannot_be_chosen_is_refused),
        cmocka_unit_test(help_lists_what_can_be_chosen),
        cmocka_unit_test(the_out_folder_is_made_with_its_parents),
        cmocka_unit_test(an_out_that_cannot_be_a_folder_is_one_line_and_status_1),
        cmocka_unit_test(a_folder_that_cannot_be_written_is_one_line_and_status_1),
    };
    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
