/* Running text is read or refused with the line and the place; its streams go on where they ended.
 * Names become sequences with their marks, targets and padding. */
#include "data/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "autograd/autograd.h"
#include "child.h"
#include "data/loader.h"
#include "data/sequence.h"
#include "error.h"
#include "heap.h"
#include "nn/state.h"
#include "scratch.h"

/* -- reading ---------------------------------------------------------------------------------- */

static Text read_bytes(const char *bytes, size_t size)
{
    Text text;
    scratch_write("text.txt", bytes, size);
    if (!text_read(&text, scratch_path("text.txt")))
        fail_msg("%s", error_text());
    return text;
}

#define READ(literal) read_bytes(literal, sizeof(literal) - 1)

/* The text is these characters again. */
static void assert_text(Text text, const char *expected)
{
    char again[256];
    assert_in_range(text.count, 1, 60);
    assert_string_equal(vocab_text(&text.vocab, text.count, text.number, again), expected);
    for (int i = 0; i < text.count; i++)
        assert_in_range(text.number[i], 1, text.vocab.size - 1);
    text_free(&text);
    assert_null(text.number);
}

static void expect_refused(const char *bytes, size_t size, const char *words)
{
    Text text;
    char expected[512];
    scratch_write("text.txt", bytes, size);
    snprintf(expected, sizeof expected, "%s%s", scratch_path("text.txt"), words);
    assert_false(text_read(&text, scratch_path("text.txt")));
    assert_string_equal(error_text(), expected);
    assert_null(text.number);
    assert_null(text.vocab.code);
}

#define EXPECT_REFUSED(literal, words) expect_refused(literal, sizeof(literal) - 1, words)

static void text_in_any_alphabet_is_read_as_it_stands(void **state)
{
    (void)state;
    assert_text(READ("To be, or\n\tnot.\n"), "To be, or\n\tnot.\n");
    assert_text(READ("Ἄνδρα μοι ἔννεπε, Μοῦσα"), "Ἄνδρα μοι ἔννεπε, Μοῦσα");
    assert_text(READ("道可道，非常道。"), "道可道，非常道。");
}

static void cr_lf_is_lf_and_the_mark_of_utf8_is_no_character(void **state)
{
    (void)state;
    assert_text(READ("\xEF\xBB\xBF"
                     "a\r\nb\r\n"),
                "a\nb\n");
}

static void characters_are_numbered_in_their_order(void **state)
{
    (void)state;
    Text text = READ("яab\na");
    const int numbers[] = {4, 2, 3, 1, 2};
    assert_int_equal(text.count, 5);
    assert_int_equal(text.vocab.size, 5);
    assert_memory_equal(text.number, numbers, sizeof numbers);
    text_free(&text);
}

static void what_is_no_text_is_named_with_line_and_place(void **state)
{
    (void)state;
    EXPECT_REFUSED("", ": expected text, found an empty file");
    EXPECT_REFUSED("\xEF\xBB\xBF", ": expected text, found an empty file");
    EXPECT_REFUSED("ab\nc\xE9t\n", ":2: expected text in UTF-8, found byte \\xE9 at place 2");
    EXPECT_REFUSED("я\r\nя\xD1", ":2: expected text in UTF-8, found byte \\xD1 at place 3");
    EXPECT_REFUSED("\xEF\xBB\xBF"
                   "a\0b",
                   ":1: expected text, found a control character, byte \\x00 at place 2");
    EXPECT_REFUSED("a\rb", ":1: expected text, found a control character, byte \\x0D at place 2");
    EXPECT_REFUSED("a\n\n\x1B[31m",
                   ":3: expected text, found a control character, byte \\x1B at place 1");
    EXPECT_REFUSED("a\xC2\x9B",
                   ":1: expected text, found a control character, byte \\xC2 at place 2");
}

static void a_missing_text_is_named(void **state)
{
    (void)state;
    Text text;
    assert_false(text_read(&text, "no/such/file"));
    assert_string_equal(error_text(), "no/such/file: cannot be opened: No such file or directory");
}

/* -- streams ---------------------------------------------------------------------------------- */

enum { COUNT = 24 };

/* Number i is i. */
static const int *counted(void)
{
    static int numbers[COUNT];
    for (int i = 0; i < COUNT; i++)
        numbers[i] = i;
    return numbers;
}

static void streams_go_on_where_they_ended(void **state)
{
    (void)state;
    Streams s = streams_new(COUNT, counted(), 3, 3);
    const int x[3][9] = {
        {0, 1, 2, 7, 8, 9, 14, 15, 16}, {3, 4, 5, 10, 11, 12, 17, 18, 19}, {6, 13, 20}};
    const int t[3] = {3, 3, 1};
    for (int epoch = 0; epoch < 2; epoch++) {
        for (int piece = 0; piece < 3; piece++) {
            assert_true(streams_next(&s));
            assert_int_equal(s.t, t[piece]);
            for (int i = 0; i < 3 * s.t; i++) {
                assert_int_equal(s.x[i], x[piece][i]);
                assert_int_equal(s.y[i], x[piece][i] + 1);
            }
        }
        assert_false(streams_next(&s));
    }
    streams_free(&s);
    assert_null(s.x);
}

static void streams_never_read_beyond_the_text(void **state)
{
    (void)state;
    for (int count = 2; count <= COUNT; count++)
        for (int n = 1; n < count; n++)
            for (int t = 1; t < 6; t++) {
                int seen = 0;
                Streams s = streams_new(count, counted(), n, t);
                while (streams_next(&s))
                    for (int i = 0; i < s.n * s.t; i++, seen++)
                        assert_in_range(s.y[i], 1, count - 1);
                assert_int_equal(seen, (count - 1) / n * n);
                streams_free(&s);
            }
}

static void streams_that_were_saved_go_on(void **state)
{
    (void)state;
    Streams s = streams_new(COUNT, counted(), 2, 2), other = streams_new(COUNT, counted(), 2, 2);
    State *saved = state_new(), *read = state_new();
    state_streams(saved, "streams", &s);
    state_streams(read, "streams", &other);
    streams_next(&s);
    assert_true(state_save(saved, scratch_path("s")) && state_resume(read, scratch_path("s")));
    streams_next(&s);
    streams_next(&other);
    assert_memory_equal(other.x, s.x, 4 * sizeof *s.x);
    s.next = 12; /* of 11 */
    assert_true(state_save(saved, scratch_path("s")));
    assert_false(state_resume(read, scratch_path("s")));
    assert_non_null(strstr(error_text(), "\"streams.next\": expected a place in the streams"));
    state_free(saved);
    state_free(read);
    streams_free(&s);
    streams_free(&other);
}

/* -- sequences -------------------------------------------------------------------------------- */

static Names three_names(void)
{
    Names names;
    scratch_write_text("names.txt", "ab\nc\nabca\n");
    assert_true(names_read(&names, scratch_path("names.txt")));
    return names;
}

static void names_are_sequences_between_marks(void **state)
{
    (void)state;
    enum { P = SEQUENCE_PADDING };
    const real x[3][5] = {{0, 1, 2, P, P}, {0, 3, P, P, P}, {0, 1, 2, 3, 1}};
    const real y[3][5] = {{1, 2, 0, P, P}, {3, 0, P, P, P}, {1, 2, 3, 1, 0}};
    Names names = three_names();
    Dataset data = sequences_of_names(&names, 0, 3);
    assert_int_equal(data.length, 3);
    assert_int_equal(data.x_size, 5);
    assert_int_equal(data.y_size, 5);
    assert_memory_equal(data.x, x, sizeof x);
    assert_memory_equal(data.y, y, sizeof y);
    dataset_free(&data);
    data = sequences_of_names(&names, 1, 2);
    assert_int_equal(data.x_size, 2);
    assert_memory_equal(data.x, ((real[]){0, 3}), 2 * sizeof(real));
    dataset_free(&data);
    names_free(&names);
}

static void a_batch_is_as_long_as_its_longest_sequence(void **state)
{
    (void)state;
    const int x[2][3] = {{0, 1, 2}, {0, 3, 0}}, y[2][3] = {{1, 2, 0}, {3, 0, SEQUENCE_PADDING}};
    const real mask[2][3] = {{1, 1, 1}, {1, 1, 0}};
    real got[2][3];
    Names names = three_names();
    Dataset data = sequences_of_names(&names, 0, 3);
    Sequences in = sequences_new(2, 5), out = sequences_new(2, 5);
    sequences_take(&in, 2, data.x_size, data.x, VOCAB_MARK);
    sequences_take(&out, 2, data.y_size, data.y, SEQUENCE_PADDING);
    assert_int_equal(in.n, 2);
    assert_int_equal(in.t, 3);
    assert_int_equal(in.length[0], 3);
    assert_int_equal(in.length[1], 2);
    assert_int_equal(in.total, 5);
    assert_memory_equal(in.number, x, sizeof x);
    assert_memory_equal(out.number, y, sizeof y);
    sequences_mask(&in, *got);
    assert_memory_equal(got, mask, sizeof mask);
    sequences_take(&in, 1, data.x_size, data.x + 10, VOCAB_MARK); /* abca */
    assert_int_equal(in.t, 5);
    sequences_free(&in);
    sequences_free(&out);
    dataset_free(&data);
    names_free(&names);
}

static void a_decoder_is_given_the_target_one_later(void **state)
{
    (void)state;
    enum { P = SEQUENCE_PADDING };
    const real rows[2][4] = {{5, 6, 7, 9}, {8, 9, P, P}};
    const int shifted[2][4] = {{1, 5, 6, 7}, {1, 8, 0, 0}};
    Sequences target = sequences_new(2, 4), input = sequences_new(2, 4);
    sequences_take(&target, 2, 4, *rows, P);
    sequences_shift(&input, &target, 1, 0);
    assert_memory_equal(input.number, shifted, sizeof shifted);
    assert_memory_equal(input.length, target.length, 2 * sizeof(int));
    assert_int_equal(input.total, 6);
    sequences_shift(&target, &target, 1, 0);
    assert_memory_equal(target.number, shifted, sizeof shifted);
    sequences_free(&target);
    sequences_free(&input);
}

/* Batches of the loader hold each name once, and a batch is taken without malloc. */
static void an_epoch_of_sequences_is_every_name_once(void **state)
{
    (void)state;
    Names names = three_names();
    Dataset data = sequences_of_names(&names, 0, 3);
    Loader loader = loader_new(&data, (LoaderOptions){.batch = 2, .shuffle = true, .seed = 3});
    Sequences y = sequences_new(2, data.y_size);
    for (int epoch = 0; epoch < 5; epoch++) {
        int total = 0, lengths = 0;
        while (loader_next(&loader)) {
            const long before = heap_calls();
            sequences_take(&y, loader.n, data.y_size, loader.y, SEQUENCE_PADDING);
            assert_int_equal(heap_calls(), before);
            total += y.total;
            for (int i = 0; i < y.n; i++)
                lengths |= 1 << y.length[i];
        }
        assert_int_equal(total, 3 + 2 + 5);
        assert_int_equal(lengths, 1 << 3 | 1 << 2 | 1 << 5);
    }
    sequences_free(&y);
    loader_free(&loader);
    dataset_free(&data);
    names_free(&names);
}

/* As the header has it: the loss is the mean over real letters, and where there is padding no
 * gradient goes. */
static void a_loss_over_sequences_leaves_padding_out(void **state)
{
    (void)state;
    enum { N = 2, T = 3, V = 4 };
    const real rows[N][T] = {{1, 2, 0}, {3, SEQUENCE_PADDING, SEQUENCE_PADDING}};
    real values[N * T * V], z[4][V] = {{0}};
    int real_y[4] = {1, 2, 0, 3};
    for (int i = 0; i < N * T * V; i++)
        values[i] = (real)sin(i);
    memcpy(z, values, sizeof z); /* rows 0 to 3 are the real ones */
    Sequences y = sequences_new(N, T);
    sequences_take(&y, N, T, *rows, SEQUENCE_PADDING);
    Tensor *logits = ag_variable(ag_shape(2, N * T, V), values);
    CrossEntropyOptions real_ones = {.ignore = true, .ignore_index = SEQUENCE_PADDING};
    Tensor *loss = ag_cross_entropy_with(logits, y.number, real_ones, AG_MEAN);
    Tensor *expected = ag_cross_entropy(ag_variable(ag_shape(2, 4, V), *z), real_y, AG_MEAN);
    assert_true(fabs((double)(ag_item(loss) - ag_item(expected))) < 8 * (double)REAL_EPSILON);
    ag_backward(loss);
    for (int i = 0; i < N * T * V; i++)
        assert_true((logits->grad[i] == 0) == (i >= 4 * V));
    ag_reset();
    sequences_free(&y);
}

static void take_too_many(void *context)
{
    Sequences s = sequences_new(1, 2);
    const real row[] = {1, 2, 3};
    sequences_take(&s, 1, *(int *)context, row, 0);
    sequences_free(&s);
}

static void take_nothing(void *context)
{
    (void)context;
    Sequences s = sequences_new(1, 2);
    sequences_take(&s, 1, 1, (const real[]){SEQUENCE_PADDING}, 0);
}

static void what_does_not_fit_stops_the_program(void **state)
{
    (void)state;
    assert_string_equal(
        child_run(take_too_many, &(int){3}).err,
        "sequences_take: 1 sequences of 3 numbers where there is room for 1 of 2\n");
    assert_int_equal(child_run(take_too_many, &(int){2}).status, 0);
    assert_string_equal(child_run(take_nothing, NULL).err, "sequences_take: sequence 0 is empty\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_in_any_alphabet_is_read_as_it_stands),
        cmocka_unit_test(cr_lf_is_lf_and_the_mark_of_utf8_is_no_character),
        cmocka_unit_test(characters_are_numbered_in_their_order),
        cmocka_unit_test(what_is_no_text_is_named_with_line_and_place),
        cmocka_unit_test(a_missing_text_is_named),
        cmocka_unit_test(streams_go_on_where_they_ended),
        cmocka_unit_test(streams_never_read_beyond_the_text),
        cmocka_unit_test(streams_that_were_saved_go_on),
        cmocka_unit_test(names_are_sequences_between_marks),
        cmocka_unit_test(a_batch_is_as_long_as_its_longest_sequence),
        cmocka_unit_test(a_decoder_is_given_the_target_one_later),
        cmocka_unit_test(an_epoch_of_sequences_is_every_name_once),
        cmocka_unit_test(a_loss_over_sequences_leaves_padding_out),
        cmocka_unit_test(what_does_not_fit_stops_the_program),
    };
    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
