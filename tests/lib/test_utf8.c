/* UTF-8 is read as its definition (RFC 3629) has it and in no other way; characters have the
 * numbers of their vocabulary. */
#include "data/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "child.h"
#include "data/vocab.h"

static bool is_surrogate(int code)
{
    return code >= 0xD800 && code <= 0xDFFF;
}

static void every_code_point_is_written_and_read_back(void **state)
{
    (void)state;
    for (int code = 0; code < UTF8_CODES; code++) {
        char bytes[UTF8_MOST];
        int back, length;
        if (is_surrogate(code))
            continue;
        length = utf8_encode(code, bytes);
        assert_int_equal(length, code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4);
        assert_int_equal(utf8_decode(bytes, (size_t)length, &back), length);
        assert_int_equal(back, code);
    }
}

static void characters_are_the_bytes_that_the_standard_says(void **state)
{
    (void)state;
    const struct {
        int code;
        const char *bytes;
    } cases[] = {{'$', "\x24"},
                 {0xA3, "\xC2\xA3"},
                 {0x20AC, "\xE2\x82\xAC"},
                 {0x10348, "\xF0\x90\x8D\x88"},
                 {0x10FFFF, "\xF4\x8F\xBF\xBF"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char bytes[UTF8_MOST + 1] = "";
        utf8_encode(cases[i].code, bytes);
        assert_string_equal(bytes, cases[i].bytes);
    }
}

/* Of one byte half are characters, with any two behind them; of two bytes and of three there are as
 * many as there are code points of that length. */
static void of_all_texts_of_three_bytes_no_other_is_read(void **state)
{
    (void)state;
    int read[UTF8_MOST + 1] = {0};
    for (unsigned text = 0; text < 1u << 24; text++) {
        const char bytes[3] = {(char)(text >> 16), (char)(text >> 8), (char)text};
        int code;
        read[utf8_decode(bytes, 3, &code)]++;
    }
    assert_int_equal(read[1], 0x80 << 16);
    assert_int_equal(read[2], (0x800 - 0x80) << 8);
    assert_int_equal(read[3], 0x10000 - 0x800 - 0x800); /* without the surrogates */
    assert_int_equal(read[4], 0);
}

static void what_is_not_utf8_is_not_read(void **state)
{
    (void)state;
    const struct {
        const char *bytes;
        size_t n;
    } cases[] = {{"\x80", 1},             /* begins nothing */
                 {"\xC3", 1},             /* the second is missing */
                 {"\xC3z", 2},            /* ... or is none */
                 {"\xE2\x82", 2},         /* the third is missing */
                 {"\xF0\x9F\x98", 3},     /* the fourth is */
                 {"\xC0\x80", 2},         /* NUL in two bytes */
                 {"\xC1\xBF", 2},         /* DEL in two */
                 {"\xE0\x9F\xBF", 3},     /* 7FF in three */
                 {"\xF0\x8F\xBF\xBF", 4}, /* FFFF in four */
                 {"\xED\xA0\x80", 3},     /* D800, half of a surrogate pair */
                 {"\xED\xBF\xBF", 3},     /* DFFF */
                 {"\xF4\x90\x80\x80", 4}, /* 110000 */
                 {"\xF8\x88\x80\x80\x80", 5},
                 {"\xFF", 1}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int code = 7;
        assert_int_equal(utf8_decode(cases[i].bytes, cases[i].n, &code), 0);
        assert_int_equal(code, -1);
    }
}

static void nothing_behind_the_bytes_is_looked_at(void **state)
{
    (void)state;
    const char whole[] = "\xF0\x90\x8D\x88";
    int code;
    for (size_t n = 1; n < 4; n++) {
        char *bytes = malloc(n); /* the sanitizer sees what lies behind it */
        memcpy(bytes, whole, n);
        assert_int_equal(utf8_decode(bytes, n, &code), 0);
        assert_int_equal(utf8_decode(whole, n, &code), 0);
        free(bytes);
    }
}

static void characters_are_counted_and_not_bytes(void **state)
{
    (void)state;
    assert_int_equal(utf8_length(""), 0);
    assert_int_equal(utf8_length("emma"), 4);
    assert_int_equal(utf8_length("Ζωή"), 3);
    assert_int_equal(utf8_length("Zoe\xCC\x88"), 4); /* the dots are a character of their own */
    assert_int_equal(utf8_length("\xF0\x90\x8D\x88"), 1);
}

static void letters_are_told_from_blanks_controls_and_signs_of_ascii(void **state)
{
    (void)state;
    const int letters[] = {'a', 'Z', '\'', '-', 0xDF, 0x301, 0x3B1, 0x44F, 0x200C, 0x82B3, 0x10437};
    const int others[] = {0,      '\t',   ' ',    '.',    '0',    '_',       '"',
                          ',',    0x7F,   0x85,   0xA0,   0x200B, 0x202E,    0x2066,
                          0x3000, 0xFEFF, 0xFFFE, 0xD800, -1,     UTF8_CODES};
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
        assert_true(utf8_is_letter(letters[i]));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(utf8_is_letter(others[i]));
    int ascii = 0;
    for (int code = 0; code < 0x80; code++)
        ascii += utf8_is_letter(code);
    assert_int_equal(ascii, 2 * 26 + 2);
}

static void the_mark_before_a_text_takes_three_bytes(void **state)
{
    (void)state;
    assert_int_equal(utf8_mark("\xEF\xBB\xBF"
                               "a",
                               4),
                     3);
    assert_int_equal(utf8_mark("\xEF\xBB\xBF", 3), 3);
    assert_int_equal(utf8_mark("\xEF\xBB", 2), 0);
    assert_int_equal(utf8_mark("abcd", 4), 0);
}

static void encode(void *code)
{
    char bytes[UTF8_MOST];
    utf8_encode(*(const int *)code, bytes);
}

static void what_is_no_code_point_cannot_be_written(void **state)
{
    (void)state;
    int codes[] = {-1, 0xD800, 0xDFFF, UTF8_CODES};
    for (int i = 0; i < 4; i++)
        assert_int_equal(child_run(encode, &codes[i]).status, 1);
}

/* -- vocabularies ----------------------------------------------------------------------------- */

static Vocab abc(void)
{
    return vocab_of(8, (const int[]){0x44F, 'b', '.', 'a', 'b', 0x3B1, '.', 'a'});
}

static void a_vocabulary_has_each_character_once_in_order(void **state)
{
    (void)state;
    Vocab vocab = abc();
    const int codes[] = {'.', '.', 'a', 'b', 0x3B1, 0x44F};
    assert_int_equal(vocab.size, 6);
    assert_memory_equal(vocab.code, codes, sizeof codes);
    char *all = vocab_all(&vocab);
    assert_string_equal(all, ".abαя");
    free(all);
    vocab_free(&vocab);
    assert_null(vocab.code);
}

static void every_character_has_its_number_and_no_other_has_one(void **state)
{
    (void)state;
    Vocab vocab = abc();
    int known = 0;
    for (int i = 1; i < vocab.size; i++)
        assert_int_equal(vocab_index(&vocab, vocab.code[i]), i);
    for (int code = -2; code < 0x1000; code++)
        known += vocab_index(&vocab, code) >= 0;
    assert_int_equal(known, 5);
    vocab_free(&vocab);
}

static void the_vocabulary_of_nothing_is_the_mark(void **state)
{
    (void)state;
    Vocab vocab = vocab_of(0, (const int[]){'a'});
    assert_int_equal(vocab.size, 1);
    assert_int_equal(vocab_index(&vocab, '.'), -1);
    vocab_free(&vocab);
}

static void a_string_becomes_numbers_and_numbers_a_string(void **state)
{
    (void)state;
    Vocab vocab = abc();
    int numbers[8];
    char text[4 * 8 + 1];
    const int expected[] = {5, 4, 2, -1, 1, 3};
    assert_int_equal(vocab_numbers(&vocab, "яαaz.b", 8, numbers), 6);
    assert_memory_equal(numbers, expected, sizeof expected);
    assert_int_equal(vocab_numbers(&vocab, "яαaz.b", 2, numbers), 2);
    assert_int_equal(vocab_numbers(&vocab, "a\xFF\xCE", 8, numbers), 3);
    assert_int_equal(numbers[1], -1);
    assert_int_equal(numbers[2], -1);
    assert_string_equal(vocab_text(&vocab, 4, (const int[]){5, 0, 4, 2}, text), "я.αa");
    assert_string_equal(vocab_text(&vocab, 0, expected, text), "");
    vocab_free(&vocab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_point_is_written_and_read_back),
        cmocka_unit_test(characters_are_the_bytes_that_the_standard_says),
        cmocka_unit_test(of_all_texts_of_three_bytes_no_other_is_read),
        cmocka_unit_test(what_is_not_utf8_is_not_read),
        cmocka_unit_test(nothing_behind_the_bytes_is_looked_at),
        cmocka_unit_test(characters_are_counted_and_not_bytes),
        cmocka_unit_test(letters_are_told_from_blanks_controls_and_signs_of_ascii),
        cmocka_unit_test(the_mark_before_a_text_takes_three_bytes),
        cmocka_unit_test(what_is_no_code_point_cannot_be_written),
        cmocka_unit_test(a_vocabulary_has_each_character_once_in_order),
        cmocka_unit_test(every_character_has_its_number_and_no_other_has_one),
        cmocka_unit_test(the_vocabulary_of_nothing_is_the_mark),
        cmocka_unit_test(a_string_becomes_numbers_and_numbers_a_string),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
