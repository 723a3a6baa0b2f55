/* test_alphabets.c: the chapters on names with names in other alphabets, and how they make names
 * up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../lib/child.h"
#include "../lib/scratch.h"
#include "data/names.h"
#include "error.h"

#define NAMES_MODEL "build/float/chapters/10_makemore_mlp"

static const char *const greek[] = {"γιώργος", "μαρία", "δημήτρης", "ελένη",
                                    "νίκος",   "σοφία", "άννα",     "κώστας"};
static const char *const russian[] = {"Иван",  "Мария", "Анна", "Дмитрий",
                                      "Ольга", "Елена", "Илья", "Алексей"};

static void write_names(const char *file, const char *const names[8])
{
    char text[4096] = "";
    for (int i = 0; i < 80; i++)
        strcat(strcat(text, names[i % 8]), "\n");
    scratch_write_text(file, text);
}

static void execute(void *arguments)
{
    char **argument = arguments;
    execv(argument[0], argument);
    _exit(127);
}

/* The program trains for an instant on scratch/names.txt, results to scratch/out. */
#define TRAIN(program, ...)                                                                        \
    child_run(execute,                                                                             \
              (const char *[]){program, "--quick", "--train", "--data", scratch_path("names.txt"), \
                               "--out", scratch_path("out"), "--no-plot", __VA_ARGS__, NULL})

/* The names that were made up: the lines below the heading, each behind two blanks. Writes them to
 * a file with a name a line, as what is learnt from has them. */
static void keep_made_up(const Child *child, const char *heading, const char *file)
{
    char text[4096] = "";
    const char *line = strstr(child->out, heading);
    if (!line) {
        fail_msg("no \"%s\" in:\n%s%s", heading, child->out, child->err);
        return;
    }
    line += strlen(heading);
    while (strncmp(line, "  ", 2) == 0) {
        size_t length = strcspn(line, "\n") + 1;
        if (length > 3) /* a name may be empty */
            strncat(text, line + 2, length - 2);
        line += length;
    }
    scratch_write_text(file, text);
}

/* Reads a file of names that is good. */
static Names read_names(const char *file)
{
    Names names;
    if (!names_read(&names, scratch_path(file)))
        fail_msg("%s", error_text());
    return names;
}

static void assert_made_of_their_letters(const char *const list[8])
{
    write_names("names.txt", list);
    Child child = TRAIN(NAMES_MODEL, NULL);
    assert_string_equal(child.err, "");
    assert_int_equal(child.status, 0);
    keep_made_up(&child, "twenty names:\n", "made.txt");
    Names known = read_names("names.txt"), made = read_names("made.txt");
    assert_true(made.count > 5);
    for (int i = 1; i < made.vocab.size; i++)
        assert_true(vocab_index(&known.vocab, made.vocab.code[i]) > 0);
    names_free(&known);
    names_free(&made);
}

static void names_are_made_up_of_the_letters_of_their_list(void **state)
{
    (void)state;
    assert_made_of_their_letters(greek);
    assert_made_of_their_letters(russian);
}

static void each_letter_has_a_column_and_chance_is_among_them(void **state)
{
    (void)state;
    write_names("names.txt", greek);
    Child child = TRAIN(NAMES_MODEL, NULL);
    const char *csv = scratch_read("out/dlogits.csv");
    static const char header[] = ".,ά,έ,ή,ί,α,γ,δ,ε,η,ι,κ,λ,μ,ν,ο,ρ,ς,σ,τ,φ,ώ\n";
    assert_memory_equal(csv, header, strlen(header));
    assert_non_null(strstr(child.out, "3.0910 = ln 22 is chance"));
}

/* The loss of the last row. */
static double last_loss(void)
{
    double loss = NAN;
    for (const char *row = scratch_read("out/loss.csv"); (row = strchr(row, '\n')) && *++row;)
        sscanf(row, "%*d,%lf", &loss);
    return loss;
}

static void the_exercises_train_with_any_alphabet(void **state)
{
    (void)state;
    write_names("names.txt", russian);
    TRAIN(NAMES_MODEL, NULL);
    double fused = last_loss();
    TRAIN(NAMES_MODEL, "--exercises");
    assert_true(fused > 0 && fabs(last_loss() - fused) < 1e-4 * fused);
}

static void chapter_3_trains_with_any_alphabet(void **state)
{
    (void)state;
    write_names("names.txt", russian);
    Child child = TRAIN("build/float/chapters/03_optimizers", NULL);
    assert_string_equal(child.err, "");
    assert_int_equal(child.status, 0);
}

static void a_model_of_another_alphabet_is_refused(void **state)
{
    (void)state;
    write_names("names.txt", greek);
    TRAIN(NAMES_MODEL, NULL);
    Child child = TRAIN(NAMES_MODEL, "--load", scratch_path("out/model.safetensors"));
    assert_int_equal(child.status, 0);
    write_names("names.txt", russian);
    child = TRAIN(NAMES_MODEL, "--load", scratch_path("out/model.safetensors"));
    assert_int_equal(child.status, 1);
    char expected[512];
    snprintf(expected, sizeof expected,
             "10_makemore_mlp: %s: is of another vocabulary: \"άέήίαγδεηικλμνορςστφ\" where "
             "\"АДЕИМОавгеийклмнрсть\" is expected\n",
             scratch_path("out/model.safetensors"));
    assert_string_equal(child.err, expected);
}

static void a_run_of_another_alphabet_is_not_taken_up_again(void **state)
{
    (void)state;
    write_names("names.txt", greek);
    TRAIN(NAMES_MODEL, NULL);
    write_names("names.txt", russian);
    Child child = TRAIN(NAMES_MODEL, "--resume");
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "checkpoint.safetensors: is of another vocabulary: "));
}

static void at_temperature_0_all_names_are_the_same(void **state)
{
    (void)state;
    char first[256];
    write_names("names.txt", russian);
    Child child = TRAIN(NAMES_MODEL, "--sample", "3", "--temperature", "0");
    keep_made_up(&child, "3 names:\n", "made.txt");
    Names made = read_names("made.txt");
    assert_int_equal(made.count, 3);
    assert_string_equal(made.name[1], made.name[0]);
    assert_string_equal(made.name[2], made.name[0]);
    snprintf(first, sizeof first, "%s", made.name[0]);
    names_free(&made);
    child = TRAIN(NAMES_MODEL, "--sample=1", "--top-k=1");
    keep_made_up(&child, "1 name:\n", "made.txt");
    made = read_names("made.txt");
    assert_int_equal(made.count, 1);
    assert_string_equal(made.name[0], first);
    names_free(&made);
}

static void no_names_are_made_up_if_none_are_wanted(void **state)
{
    (void)state;
    write_names("names.txt", russian);
    Child child = TRAIN(NAMES_MODEL, "--sample", "0");
    assert_int_equal(child.status, 0);
    assert_null(strstr(child.out, "name:\n"));
    assert_null(strstr(child.out, "names:\n"));
    assert_int_equal(TRAIN(NAMES_MODEL, "--top-p", "2").status, 2);
}

int main(void)
{
#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)
    const struct CMUnitTest tests[] = {
        IN_SCRATCH(names_are_made_up_of_the_letters_of_their_list),
        IN_SCRATCH(each_letter_has_a_column_and_chance_is_among_them),
        IN_SCRATCH(the_exercises_train_with_any_alphabet),
        IN_SCRATCH(chapter_3_trains_with_any_alphabet),
        IN_SCRATCH(a_model_of_another_alphabet_is_refused),
        IN_SCRATCH(a_run_of_another_alphabet_is_not_taken_up_again),
        IN_SCRATCH(at_temperature_0_all_names_are_the_same),
        IN_SCRATCH(no_names_are_made_up_if_none_are_wanted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
