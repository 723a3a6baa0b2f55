/* Names are read as they stand or refused with the line and the reason; examples and splits are
 * those of the lessons. */
#include "data/names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "child.h"
#include "error.h"
#include "scratch.h"

/* Reads a file of these bytes and expects it to be refused, in these words behind the path. */
static void expect_refused(const char *bytes, size_t size, const char *words)
{
    Names names;
    char expected[512];
    scratch_write("names.txt", bytes, size);
    snprintf(expected, sizeof expected, "%s%s", scratch_path("names.txt"), words);
    assert_false(names_read(&names, scratch_path("names.txt")));
    assert_string_equal(error_text(), expected);
    assert_int_equal(names.count, 0);
    assert_null(names.name);
    assert_null(names.text);
}

#define EXPECT_REFUSED(literal, words) expect_refused(literal, sizeof(literal) - 1, words)

static Names read_text(const char *text)
{
    Names names;
    scratch_write_text("names.txt", text);
    if (!names_read(&names, scratch_path("names.txt")))
        fail_msg("%s", error_text());
    return names;
}

static void names_are_read_in_order(void **state)
{
    (void)state;
    Names names = read_text("emma\nolivia\nav\na\n");
    assert_int_equal(names.count, 4);
    assert_string_equal(names.name[0], "emma");
    assert_string_equal(names.name[1], "olivia");
    assert_string_equal(names.name[2], "av");
    assert_string_equal(names.name[3], "a");
    names_free(&names);
    assert_null(names.name);
}

static void cr_lf_and_a_missing_last_newline_are_read_alike(void **state)
{
    (void)state;
    const char *texts[] = {"emma\r\nava\r\n", "emma\nava", "emma\r\nava", "emma\nava\r"};
    for (int i = 0; i < 4; i++) {
        Names names = read_text(texts[i]);
        assert_int_equal(names.count, 2);
        assert_string_equal(names.name[0], "emma");
        assert_string_equal(names.name[1], "ava");
        names_free(&names);
    }
}

static void many_names_are_all_read(void **state)
{
    (void)state;
    enum { COUNT = 30000 };
    char *text = malloc(COUNT * 4 + 1), expected[4];
    for (int i = 0; i < COUNT; i++)
        sprintf(text + 4 * i, "%c%c%c\n", 'a' + i % 26, 'a' + i / 26 % 26, 'a' + i / 676 % 26);
    Names names = read_text(text);
    free(text);
    assert_int_equal(names.count, COUNT);
    for (int i = 0; i < COUNT; i++) {
        sprintf(expected, "%c%c%c", 'a' + i % 26, 'a' + i / 26 % 26, 'a' + i / 676 % 26);
        assert_string_equal(names.name[i], expected);
    }
    names_free(&names);
}

static void a_name_has_at_most_63_letters(void **state)
{
    (void)state;
    char text[202];
    snprintf(text, sizeof text, "%0*d\r\n", NAME_MAX_LENGTH, 0);
    for (char *c = text; *c == '0'; c++)
        *c = 'b';
    Names names = read_text(text);
    assert_int_equal(strlen(names.name[0]), NAME_MAX_LENGTH);
    names_free(&names);

    const char *words =
        ":1: expected a name of at most 63 letters, found \"bbbbbbbbbbbbbbbbbbbb...\"";
    memset(text, 'b', sizeof text);
    expect_refused(text, NAME_MAX_LENGTH + 1, words);
    text[NAME_MAX_LENGTH + 1] = '\n';
    expect_refused(text, NAME_MAX_LENGTH + 2, words);
    memset(text, 'b', sizeof text);
    expect_refused(text, 200, words);
}

static void a_character_that_is_no_letter_is_named_with_its_line(void **state)
{
    (void)state;
    EXPECT_REFUSED("emma\nx1\nava\n", ":2: expected a name, of letters, found '1' in \"x1\"");
    EXPECT_REFUSED("a.b\n", ":1: expected a name, of letters, found '.' in \"a.b\"");
    EXPECT_REFUSED("a b\n", ":1: expected a name, of letters, found ' ' in \"a b\"");
    EXPECT_REFUSED("a,b\n", ":1: expected a name, of letters, found ',' in \"a,b\"");
    EXPECT_REFUSED("a\rb\n", ":1: expected a name, of letters, found '\\x0D' in \"a\\x0Db\"");
    EXPECT_REFUSED("em\0ma\n", ":1: expected a name, of letters, found '\\x00' in \"em\\x00ma\"");
    EXPECT_REFUSED("an\xC2\xA0na\n",
                   ":1: expected a name, of letters, found '\\xC2\\xA0' in \"an\\xC2\\xA0na\"");
    EXPECT_REFUSED("zoë\ni\xE2\x80\xAEva\n", ":2: expected a name, of letters, found "
                                             "'\\xE2\\x80\\xAE' in \"i\\xE2\\x80\\xAEva\"");
}

static void what_is_not_utf8_is_named_with_its_place(void **state)
{
    (void)state;
    EXPECT_REFUSED("emma\nzo\xEB\n",
                   ":2: expected text in UTF-8, found byte \\xEB at place 3 of \"zo\\xEB\"");
    EXPECT_REFUSED("\xCE\xB1\xCE\n",
                   ":1: expected text in UTF-8, found byte \\xCE at place 3 of \"α\\xCE\"");
    EXPECT_REFUSED("\xFF\xFE"
                   "a\0\n\0",
                   ":1: expected text in UTF-8, found byte \\xFF at place 1 of "
                   "\"\\xFF\\xFEa\\x00\"");
    EXPECT_REFUSED("\xEF\xBB\xBF\xC0\x80\n",
                   ":1: expected text in UTF-8, found byte \\xC0 at place 1 of \"\\xC0\\x80\"");
}

static void names_in_any_alphabet_are_read_as_they_stand(void **state)
{
    (void)state;
    const char *texts[] = {"Άννα",     "Иван", "Zoë",  "Zoe\xCC\x88", "O'Neil",
                           "Jean-Luc", "ආනන්ද", "محمد", "芳子",        "\xF0\x90\x90\xB7"};
    char file[512] = "";
    for (int i = 0; i < 10; i++)
        strcat(strcat(file, texts[i]), "\n");
    Names names = read_text(file);
    assert_int_equal(names.count, 10);
    for (int i = 0; i < 10; i++)
        assert_string_equal(names.name[i], texts[i]);
    names_free(&names);
}

static void the_vocabulary_is_the_mark_and_the_letters_in_their_order(void **state)
{
    (void)state;
    char text[4 * 8 + 1];
    const int all[] = {0, 1, 2, 3, 4, 5};
    Names names = read_text("Яна\nαa\nна\n");
    assert_int_equal(names.vocab.size, 6);
    assert_string_equal(vocab_text(&names.vocab, 6, all, text), ".aαЯан");
    names_free(&names);
    assert_null(names.vocab.code);
}

static void names_of_a_to_z_have_the_vocabulary_of_27(void **state)
{
    (void)state;
    Names names = read_text("the\nquick\nbrown\nfox\njumps\nover\nlazy\ndogs\n");
    assert_int_equal(names.vocab.size, 27);
    assert_int_equal(names.vocab.code[VOCAB_MARK], '.');
    for (int i = 1; i < 27; i++)
        assert_int_equal(names.vocab.code[i], 'a' + i - 1);
    names_free(&names);
}

static void a_mark_that_says_utf8_is_skipped_at_the_beginning_alone(void **state)
{
    (void)state;
    Names names = read_text("\xEF\xBB\xBF"
                            "emma\nava\n");
    assert_int_equal(names.count, 2);
    assert_string_equal(names.name[0], "emma");
    names_free(&names);
    EXPECT_REFUSED("\xEF\xBB\xBF", ": expected a name on each line, found an empty file");
    EXPECT_REFUSED("\xEF\xBB\xBF\n", ":1: expected a name, found a blank line");
    EXPECT_REFUSED("emma\n\xEF\xBB\xBF"
                   "ava\n",
                   ":2: expected a name, of letters, found '\\xEF\\xBB\\xBF' in "
                   "\"\\xEF\\xBB\\xBFava\"");
}

static void length_is_counted_in_letters(void **state)
{
    (void)state;
    char text[4 * NAME_MAX_LENGTH + 8] = "";
    for (int i = 0; i < NAME_MAX_LENGTH; i++)
        strcat(text, "\xF0\x90\x90\xB7");
    Names names = read_text(text);
    assert_int_equal(utf8_length(names.name[0]), NAME_MAX_LENGTH);
    names_free(&names);
    strcat(text, "\xF0\x90\x90\xB7");
    expect_refused(text, strlen(text),
                   ":1: expected a name of at most 63 letters, found \"𐐷𐐷𐐷𐐷𐐷𐐷𐐷𐐷𐐷𐐷𐐷𐐷𐐷𐐷𐐷𐐷𐐷𐐷𐐷𐐷...\"");
}

static void long_bad_content_is_cut_in_the_message(void **state)
{
    (void)state;
    EXPECT_REFUSED("abcdefghijklmnopqrstuvwxyz0123456789",
                   ":1: expected a name, of letters, found '0' in \"abcdefghijklmnopqrst...\"");
}

static void a_blank_line_is_refused_even_at_the_end(void **state)
{
    (void)state;
    EXPECT_REFUSED("\nemma\n", ":1: expected a name, found a blank line");
    EXPECT_REFUSED("emma\n\nava\n", ":2: expected a name, found a blank line");
    EXPECT_REFUSED("emma\nava\n\n", ":3: expected a name, found a blank line");
    EXPECT_REFUSED("emma\r\n\r\n", ":2: expected a name, found a blank line");
}

static void an_empty_file_is_refused(void **state)
{
    (void)state;
    EXPECT_REFUSED("", ": expected a name on each line, found an empty file");
}

static void a_missing_file_and_a_folder_are_told_apart(void **state)
{
    (void)state;
    Names names;
    char expected[512];
    assert_false(names_read(&names, "no/such/file"));
    assert_string_equal(error_text(), "no/such/file: cannot be opened: No such file or directory");
    assert_false(names_read(&names, scratch_folder()));
    snprintf(expected, sizeof expected, "%s: cannot be read: Is a directory", scratch_folder());
    assert_string_equal(error_text(), expected);
    assert_int_equal(names.count, 0);
}

static void shuffling_keeps_the_names_and_is_reproducible(void **state)
{
    (void)state;
    char before[27] = "abcdefghijklmnopqrstuvwxyz", after[27] = "", again[27] = "";
    int seen[26] = {0};
    for (int run = 0; run < 2; run++) {
        Rng rng;
        rng_seed(&rng, 7);
        Names names = read_text("a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\nm\nn\no\np\nq\nr\ns\nt\nu\n"
                                "v\nw\nx\ny\nz\n");
        names_shuffle(&names, &rng);
        for (int i = 0; i < 26; i++)
            (run ? again : after)[i] = names.name[i][0];
        names_free(&names);
    }
    assert_string_not_equal(after, before);
    assert_string_equal(after, again);
    for (int i = 0; i < 26; i++)
        seen[after[i] - 'a']++;
    for (int i = 0; i < 26; i++)
        assert_int_equal(seen[i], 1);
}

/* Each of the 6 orders of three names is as likely as the others: 1000 expected, standard deviation
 * 29, within 5 of them. */
static void shuffling_reaches_every_order_alike(void **state)
{
    (void)state;
    int count[27] = {0};
    Rng rng;
    rng_seed(&rng, 1);
    Names names = read_text("a\nb\nc\n");
    for (int i = 0; i < 6000; i++) {
        names_shuffle(&names, &rng);
        count[(names.name[0][0] - 'a') * 9 + (names.name[1][0] - 'a') * 3 + names.name[2][0] -
              'a']++;
    }
    names_free(&names);
    const int orders[6] = {5, 7, 11, 15, 19, 21}; /* abc acb bac bca cab cba, in base 3 */
    for (int i = 0; i < 6; i++)
        assert_in_range(count[orders[i]], 855, 1145);
}

/* The number of a character of names. */
static int number(const Names *names, char c)
{
    return c == '.' ? VOCAB_MARK : vocab_index(&names->vocab, c);
}

static void examples_slide_the_context_over_each_name(void **state)
{
    (void)state;
    Names names = read_text("zoe\nemma\nav\n");
    Examples examples = examples_make(&names, 1, 3, 3);
    const char *expected[] = {"...e", "..em", ".emm", "emma", "mma.", "...a", "..av", ".av."};
    assert_int_equal(examples.context, 3);
    assert_int_equal(examples.count, 8);
    for (int i = 0; i < examples.count; i++) {
        for (int j = 0; j < 3; j++)
            assert_int_equal(examples.x[3 * i + j], number(&names, expected[i][j]));
        assert_int_equal(examples.y[i], number(&names, expected[i][3]));
    }
    examples_free(&examples);
    assert_null(examples.x);
    names_free(&names);
}

static void examples_of_another_alphabet_are_numbers_of_its_letters(void **state)
{
    (void)state;
    Names names = read_text("яна\n");
    Examples examples = examples_make(&names, 0, 1, 2);
    const int x[8] = {0, 0, 0, 3, 3, 2, 2, 1}, y[4] = {3, 2, 1, 0};
    assert_int_equal(examples.count, 4);
    assert_memory_equal(examples.x, x, sizeof x);
    assert_memory_equal(examples.y, y, sizeof y);
    examples_free(&examples);
    names_free(&names);
}

static void a_context_may_be_longer_than_the_name(void **state)
{
    (void)state;
    Names names = read_text("ab\n");
    Examples examples = examples_make(&names, 0, 1, 8);
    const int last[8] = {0, 0, 0, 0, 0, 0, 1, 2};
    assert_int_equal(examples.count, 3);
    assert_memory_equal(examples.x + 16, last, sizeof last);
    examples_free(&examples);
    names_free(&names);
}

static void an_empty_range_has_no_examples(void **state)
{
    (void)state;
    Names names = read_text("emma\n");
    Examples examples = examples_make(&names, 1, 1, 3);
    assert_int_equal(examples.count, 0);
    examples_free(&examples);
    names_free(&names);
}

static void ask_for_names_that_are_not_there(void *names)
{
    examples_make(names, 0, 2, 3);
}

static void a_range_beyond_the_names_stops_the_program(void **state)
{
    (void)state;
    Names names = read_text("emma\n");
    Child child = child_run(ask_for_names_that_are_not_there, &names);
    names_free(&names);
    assert_int_equal(child.status, 1);
    assert_string_equal(child.err, "examples_make: names 0 .. 2 of 1 with context 3\n");
}

static void make_too_many_examples(void *names)
{
    examples_make(names, 0, ((Names *)names)->count, 1);
}

/* 2,048 names of a million letters, one and the same. */
static void more_examples_than_an_int_counts_stop_the_program(void **state)
{
    (void)state;
    enum { COUNT = 2048, LETTERS = 1 << 20 };
    static char text[LETTERS + 1], *name[COUNT];
    memset(text, 'a', LETTERS);
    for (int i = 0; i < COUNT; i++)
        name[i] = text;
    Child child = child_run(make_too_many_examples, &(Names){.count = COUNT, .name = name});
    assert_int_equal(child.status, 1);
    assert_string_equal(child.err, "examples_make: 2147485696 examples: more than 2147483647\n");
}

static void split_is_80_10_10(void **state)
{
    (void)state;
    Split split = split_80_10_10(32033);
    assert_int_equal(split.train_end, 25626);
    assert_int_equal(split.dev_end, 28829);
    split = split_80_10_10(2000000000);
    assert_int_equal(split.train_end, 1600000000);
    assert_int_equal(split.dev_end, 1800000000);
    split = split_80_10_10(1);
    assert_int_equal(split.train_end, 0);
    assert_int_equal(split.dev_end, 0);
}

/* The names, in an order of their own and the same one again; fewer than ten have an empty part. */
static void names_are_cut_the_same_way_each_time(void **state)
{
    (void)state;
    Names names[2];
    Split split;
    scratch_write_text("names.txt", "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n");
    for (int i = 0; i < 2; i++)
        assert_true(names_read_split(&names[i], &split, scratch_path("names.txt")));
    assert_int_equal(split.train_end, 8);
    assert_int_equal(split.dev_end, 9);
    int moved = 0, seen = 0;
    for (int i = 0; i < 10; i++) {
        assert_string_equal(names[0].name[i], names[1].name[i]);
        moved += names[0].name[i][0] != 'a' + i;
        seen |= 1 << (names[0].name[i][0] - 'a');
    }
    assert_true(moved > 5);
    assert_int_equal(seen, 1023);
    names_free(&names[0]);
    names_free(&names[1]);
    for (int count = 1; count < 5; count++) {
        scratch_write_text("names.txt", &"d\nc\nb\na\n"[8 - 2 * count]);
        assert_false(names_read_split(&names[0], &split, scratch_path("names.txt")));
        assert_non_null(strstr(error_text(), " names are too few to train, develop and test on"));
        assert_int_equal(names[0].count, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_read_in_order),
        cmocka_unit_test(cr_lf_and_a_missing_last_newline_are_read_alike),
        cmocka_unit_test(many_names_are_all_read),
        cmocka_unit_test(a_name_has_at_most_63_letters),
        cmocka_unit_test(a_character_that_is_no_letter_is_named_with_its_line),
        cmocka_unit_test(what_is_not_utf8_is_named_with_its_place),
        cmocka_unit_test(names_in_any_alphabet_are_read_as_they_stand),
        cmocka_unit_test(the_vocabulary_is_the_mark_and_the_letters_in_their_order),
        cmocka_unit_test(names_of_a_to_z_have_the_vocabulary_of_27),
        cmocka_unit_test(a_mark_that_says_utf8_is_skipped_at_the_beginning_alone),
        cmocka_unit_test(length_is_counted_in_letters),
        cmocka_unit_test(long_bad_content_is_cut_in_the_message),
        cmocka_unit_test(a_blank_line_is_refused_even_at_the_end),
        cmocka_unit_test(an_empty_file_is_refused),
        cmocka_unit_test(a_missing_file_and_a_folder_are_told_apart),
        cmocka_unit_test(shuffling_keeps_the_names_and_is_reproducible),
        cmocka_unit_test(shuffling_reaches_every_order_alike),
        cmocka_unit_test(examples_slide_the_context_over_each_name),
        cmocka_unit_test(examples_of_another_alphabet_are_numbers_of_its_letters),
        cmocka_unit_test(a_context_may_be_longer_than_the_name),
        cmocka_unit_test(an_empty_range_has_no_examples),
        cmocka_unit_test(more_examples_than_an_int_counts_stop_the_program),
        cmocka_unit_test(a_range_beyond_the_names_stops_the_program),
        cmocka_unit_test(split_is_80_10_10),
        cmocka_unit_test(names_are_cut_the_same_way_each_time),
    };
    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
