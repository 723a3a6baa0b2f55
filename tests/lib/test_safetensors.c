/* A safetensors file is read exactly or refused in one line. */
#include "nn/safetensors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "child.h"
#include "error.h"
#include "kernel/random.h"
#include "nn/json.h"
#include "safefile.h"
#include "scratch.h"
#include "shell.h"

/* -- halves ----------------------------------------------------------------------------------- */

static void halves_are_what_the_standard_says(void **state)
{
    (void)state;
    static const struct {
        uint16_t bits;
        float value;
    } known[] = {
        {0x0000, 0},           {0x3c00, 1},        {0xbc00, -1},        {0x4248, 3.140625F},
        {0x3555, 0x1.554p-2F}, {0x7bff, 65504},    {0x0001, 0x1p-24F},  {0x83ff, -0x1.ff8p-15F},
        {0x0400, 0x1p-14F},    {0x7c00, INFINITY}, {0xfc00, -INFINITY},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (dtype_half(known[i].bits) != known[i].value)
            fail_msg("%04x: %g", known[i].bits, (double)dtype_half(known[i].bits));
    assert_true(signbit(dtype_half(0x8000)) && dtype_half(0x8000) == 0);
    assert_true(isnan(dtype_half(0x7e00)) && isnan(dtype_half(0x7c01)) &&
                isnan(dtype_half(0xffff)));
}

/* From one half to the next it is 2^-24 below 2^-14, and twice as far from each power of 2 on. */
static void every_half_is_one_step_above_the_one_before(void **state)
{
    (void)state;
    for (unsigned bits = 1; bits < 0x7c00; bits++) {
        float here = dtype_half((uint16_t)bits), before = dtype_half((uint16_t)(bits - 1));
        int exponent = (int)((bits - 1) >> 10);
        assert_true(here - before == ldexpf(1, (exponent ? exponent - 1 : 0) - 24));
        assert_true(dtype_half((uint16_t)(bits | 0x8000)) == -here);
    }
}

static void a_bfloat_is_the_upper_half_of_a_float(void **state)
{
    (void)state;
    assert_true(dtype_bfloat(0x3f80) == 1 && dtype_bfloat(0xc2f7) == -123.5F);
    assert_true(dtype_bfloat(0x0001) == 0x1p-133F && dtype_bfloat(0x7f80) == INFINITY);
    assert_true(isnan(dtype_bfloat(0x7fc0)) && signbit(dtype_bfloat(0x8000)));
}

/* -- files ------------------------------------------------------------------------------------ */

static SafeTensors opened(const char *path)
{
    SafeTensors file;
    if (!safetensors_open(&file, path))
        fail_msg("%s", error_text());
    return file;
}

/* A file of this header and so many zeros. */
static void write_file(uint64_t length, const char *header, size_t size, size_t zeros)
{
    char *bytes = calloc(1, 8 + size + zeros);
    assert_non_null(bytes);
    memcpy(bytes, &length, 8);
    memcpy(bytes + 8, header, size);
    scratch_write("it", bytes, 8 + size + zeros);
    free(bytes);
}

static void assert_message(const char *what, const char *expected)
{
    char whole[1024];
    snprintf(whole, sizeof whole, "%s: %s", scratch_path("it"), expected);
    if (strcmp(error_text(), whole) != 0)
        fail_msg("%s\n  expected %s\n  got      %s", what, whole, error_text());
}

/* What it takes to be saved and read back. */
static const double doubles[] = {1, -0.0, 1e-310, INFINITY, 1.0 / 3, -1e300};
static const float floats[] = {0.1F, 1e-45F, -3e38F};
static const uint64_t u64s[] = {UINT64_MAX, 0x8000000000000000, 1};
static const int64_t i64s[] = {INT64_MIN, INT64_MAX};
static const int32_t i32s[] = {INT32_MIN, 7, INT32_MAX, 0};
static const uint16_t halves[] = {0x3c00, 0x0001, 0x7c00};
static const uint8_t bytes[] = {'a', 0, 255};
static const int16_t i16s[] = {-300};
static const SafeTensor each[] = {
    {"text", DTYPE_U8, 1, {3}, bytes},       {"doubles", DTYPE_F64, 2, {2, 3}, doubles},
    {"i32", DTYPE_I32, 3, {2, 1, 2}, i32s},  {"half", DTYPE_F16, 1, {3}, halves},
    {"u64", DTYPE_U64, 1, {3}, u64s},        {"brain", DTYPE_BF16, 1, {3}, halves},
    {"floats", DTYPE_F32, 1, {3}, floats},   {"i64", DTYPE_I64, 1, {2}, i64s},
    {"scalar", DTYPE_F64, 0, {0}, doubles},  {"nothing", DTYPE_F32, 2, {0, 5}, floats},
    {"bool", DTYPE_BOOL, 1, {1}, bytes + 1}, {"u16", DTYPE_U16, 1, {2}, halves},
    {"i16", DTYPE_I16, 1, {1}, i16s},        {"i8", DTYPE_I8, 1, {1}, bytes + 2},
    {"u32", DTYPE_U32, 1, {4}, i32s},
};
enum { EACH = sizeof each / sizeof each[0] };
static const SafeMeta said[] = {{"step", "10"},
                                {"q\"\\\n\x01", "na\xc3\xafve \xff\xf0\x9f\x98\x80"}};

static void save_each(void)
{
    if (!safetensors_save(scratch_path("it"), EACH, each, 2, said))
        fail_msg("%s", error_text());
}

static void assert_same(const SafeTensor *a, const SafeTensor *b)
{
    assert_string_equal(a->name, b->name);
    assert_int_equal(a->type, b->type);
    assert_int_equal(a->ndim, b->ndim);
    assert_memory_equal(a->dim, b->dim, (size_t)a->ndim * sizeof a->dim[0]);
    assert_memory_equal(a->data, b->data, safetensors_bytes(a));
}

static void what_was_saved_is_read_back_bit_by_bit(void **state)
{
    (void)state;
    save_each();
    SafeTensors file = opened(scratch_path("it"));
    assert_int_equal(file.n, EACH);
    for (int i = 0; i < EACH; i++) {
        const SafeTensor *found = safetensors_find(&file, each[i].name);
        assert_non_null(found);
        assert_same(found, &each[i]);
        assert_int_equal(((const char *)found->data - file.data) % dtype_size(found->type), 0);
    }
    assert_null(safetensors_find(&file, "a"));
    assert_null(safetensors_find(&file, "zz"));
    assert_string_equal(safetensors_meta(&file, "format"), "pt");
    assert_string_equal(safetensors_meta(&file, "step"), "10");
    assert_string_equal(safetensors_meta(&file, said[1].key),
                        "na\xc3\xafve \xef\xbf\xbd\xf0\x9f\x98\x80");
    assert_null(safetensors_meta(&file, "other"));
    safetensors_close(&file);
}

/* The same bytes each time, in the order given, wider types first, the data at a multiple of 8. */
static void a_file_is_laid_out_in_one_way(void **state)
{
    (void)state;
    const SafeTensor tensors[] = {{"b", DTYPE_U8, 1, {3}, "xyz"},
                                  {"z", DTYPE_I32, 2, {1, 2}, (int[]){1, 2}},
                                  {"a", DTYPE_I32, 0, {0}, (int[]){3}}};
    const char header[] = "{\"__metadata__\":{\"format\":\"pt\"},"
                          "\"z\":{\"dtype\":\"I32\",\"shape\":[1,2],\"data_offsets\":[0,8]},"
                          "\"a\":{\"dtype\":\"I32\",\"shape\":[],\"data_offsets\":[8,12]},"
                          "\"b\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[12,15]}}      ";
    assert_true(safetensors_save(scratch_path("it"), 3, tensors, 0, NULL));
    const char *found = scratch_read("it");
    const uint64_t length = sizeof header - 1;
    assert_int_equal(length % 8, 0);
    assert_memory_equal(found, &length, 8);
    assert_memory_equal(found + 8, header, length);
    assert_memory_equal(found + 8 + length, ((int[]){1, 2, 3}), 12);
    assert_string_equal(found + 8 + length + 12, "xyz");
    assert_true(safetensors_save(scratch_path("it"), 0, tensors, 0, NULL));
    SafeTensors file = opened(scratch_path("it"));
    assert_int_equal(file.n, 0);
    safetensors_close(&file);
}

static void numbers_are_converted_or_refused(void **state)
{
    (void)state;
    save_each();
    SafeTensors file = opened(scratch_path("it"));
    real reals[6];
    int64_t whole[6];
    uint64_t wide[3];
    const SafeTensor *u64 = safetensors_find(&file, "u64"), *half = safetensors_find(&file, "half");
    assert_true(safetensors_reals(&file, half, reals));
    assert_true(reals[0] == 1 && reals[1] == (real)0x1p-24 && isinf(reals[2]));
    assert_true(safetensors_reals(&file, safetensors_find(&file, "doubles"), reals));
    assert_true(reals[0] == 1 && signbit(reals[1]) && reals[4] == (real)(1.0 / 3));
    assert_true(safetensors_reals(&file, safetensors_find(&file, "floats"), reals));
    assert_true(reals[0] == (real)0.1F && reals[1] == (real)1e-45F);
    assert_true(safetensors_whole(&file, safetensors_find(&file, "i32"), whole));
    assert_true(whole[0] == INT32_MIN && whole[1] == 7);
    assert_true(safetensors_whole(&file, safetensors_find(&file, "i64"), whole));
    assert_true(whole[0] == INT64_MIN && whole[1] == INT64_MAX);
    assert_true(safetensors_whole(&file, safetensors_find(&file, "text"), whole));
    assert_true(whole[0] == 'a' && whole[2] == 255);
    assert_true(safetensors_whole(&file, safetensors_find(&file, "i8"), whole) && whole[0] == -1);
    assert_true(safetensors_whole(&file, safetensors_find(&file, "i16"), whole));
    assert_int_equal(whole[0], -300);
    assert_true(safetensors_whole(&file, safetensors_find(&file, "u16"), whole));
    assert_int_equal(whole[0], 0x3c00);
    assert_true(safetensors_whole(&file, safetensors_find(&file, "u32"), whole));
    assert_int_equal(whole[0], 0x80000000);
    assert_true(safetensors_exactly(&file, u64, DTYPE_U64, wide) && wide[0] == UINT64_MAX);

    whole[2] = 5;
    assert_false(safetensors_whole(&file, u64, whole));
    assert_message("U64", "\"u64\": element 0: expected at most 9223372036854775807");
    assert_int_equal(whole[2], 5);
    assert_false(safetensors_whole(&file, half, whole));
    assert_message("F16", "\"half\": dtype F16: expected a type of whole numbers");
    assert_false(safetensors_reals(&file, u64, reals));
    assert_message("U64", "\"u64\": dtype U64: expected F64, F32, F16 or BF16");
    assert_false(safetensors_exactly(&file, u64, DTYPE_I64, wide));
    assert_message("U64", "\"u64\": dtype U64: expected I64");
    safetensors_close(&file);
}

/* -- PyTorch ---------------------------------------------------------------------------------- */

/* 0 and -0 are not the same, NaN and NaN are. */
static bool same_real(real a, real b)
{
    return (a == b && signbit(a) == signbit(b)) || (isnan(a) && isnan(b));
}

static void assert_reals(const SafeTensors *file, const char *name, int n, const double expected[])
{
    real found[16];
    const SafeTensor *tensor = safetensors_find(file, name);
    assert_non_null(tensor);
    assert_int_equal(safetensors_count(tensor), n);
    assert_true(safetensors_reals(file, tensor, found));
    for (int i = 0; i < n; i++)
        if (!same_real(found[i], (real)expected[i]))
            fail_msg("%s[%d]: expected %g, got %g", name, i, expected[i], (double)found[i]);
}

/* What tests/golden/read_safetensors.py wrote, names not in the order of the data. */
static void what_pytorch_wrote_is_read(void **state)
{
    (void)state;
    SafeTensors file = opened("tests/golden/golden.safetensors");
    int64_t whole[6];
    assert_int_equal(file.n, 9);
    assert_string_equal(safetensors_meta(&file, "by"), "PyTorch");
    assert_reals(&file, "half", 12,
                 (double[]){0, -0.0, 1, -1.5, 0x1.554p-2, 65504, 0x1p-24, 0x1.ff8p-15, 0x1.a38p-15,
                            INFINITY, -INFINITY, NAN});
    assert_reals(&file, "brain", 12,
                 (double[]){0, -0.0, 1, -1.5, 0x1.56p-2, 0x1p16, 0x1.02p-24, 0x1p-14, 0x1.a4p-15,
                            0x1.dcp29, -0x1.dcp29, NAN});
    assert_reals(&file, "float", 2, (double[]){0.1F, 1e-40F});
    assert_reals(&file, "scalar", 1, (double[]){0.1});
    assert_reals(&file, "empty", 0, NULL);
    assert_true(safetensors_whole(&file, safetensors_find(&file, "long"), whole));
    assert_memory_equal(whole, ((int64_t[]){1, -2, 3, -4, INT64_C(1) << 62, INT64_MIN}), 48);
    const SafeTensor *named = safetensors_find(&file, "na\xc3\xafve \"\\\n\xf0\x9f\x98\x80");
    assert_non_null(named);
    assert_true(safetensors_whole(&file, named, whole) && whole[0] == 7 && whole[1] == -8);
    assert_true(safetensors_whole(&file, safetensors_find(&file, "bool"), whole) && whole[0] == 1);
    assert_true(safetensors_whole(&file, safetensors_find(&file, "byte"), whole));
    assert_int_equal(whole[0], 200);
    safetensors_close(&file);
}

/* fc: y = x W^T + b with W (2, 3), so that for x = (1, 2, 3) y = (14.5, 31). */
static void pytorch_reads_what_is_written(void **state)
{
    (void)state;
    const char *python = getenv("PYTHON");
    python = python ? python : "/usr/bin/python3";
    if (run("%s -c 'import torch'", python).status != 0) {
        print_message("skipped: %s has no PyTorch\n", python);
        skip();
    }
    const SafeTensor tensors[] = {
        {"fc.weight", DTYPE_F32, 2, {2, 3}, (float[]){1, 2, 3, 4, 5, 6}},
        {"fc.bias", DTYPE_F64, 1, {2}, (double[]){0.5, -1}},
        {"half", DTYPE_F16, 1, {2}, (uint16_t[]){0x3c00, 0xc000}},
        {"brain", DTYPE_BF16, 1, {1}, (uint16_t[]){0x4049}},
        {"i64", DTYPE_I64, 0, {0}, (int64_t[]){-5}},
        {"i32", DTYPE_I32, 2, {2, 1}, (int[]){3, 4}},
        {"u64", DTYPE_U64, 1, {1}, (uint64_t[]){9}},
        {"text", DTYPE_U8, 1, {3}, "abc"},
        {"none", DTYPE_U8, 1, {0}, ""},
    };
    const SafeMeta meta[] = {{"quote", "\"\\"}};
    assert_true(safetensors_save(scratch_path("it"), 9, tensors, 1, meta));
    Child child = run("%s -B tests/golden/read_safetensors.py %s", python, scratch_path("it"));
    assert_status(&child, 0);
    assert_string_equal(child.out, "metadata format=pt quote=\"\\\n"
                                   "fc.bias F64 (2,) -1.5\n"
                                   "i64 I64 () -5\n"
                                   "u64 U64 (1,) 9\n"
                                   "fc.weight F32 (2, 3) 91\n"
                                   "i32 I32 (2, 1) 11\n"
                                   "half F16 (2,) -3\n"
                                   "brain BF16 (1,) 3.14062\n"
                                   "text U8 (3,) 590\n"
                                   "none U8 (0,) 0\n"
                                   "Linear 14.5 31\n");
}

/* -- what is malformed ------------------------------------------------------------------------ */

#define T(fields) "{\"a\":{" fields "}}"
#define F32(offsets) "\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":" offsets
#define A(offsets) "\"a\":{" F32(offsets) "}"
#define B(offsets) "\"b\":{" F32(offsets) "}"

static void what_is_malformed_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        size_t zeros;
        const char *expected;
    } wrong[] = {
        /* offsets */
        {"{" A("[0,8]") "}", 4,
         "\"a\": data up to byte 8: expected at most 4, where the file ends"},
        {"{" A("[0,8]") "}", 9, "1 bytes after the last tensor: expected none"},
        {"{}", 3, "3 bytes after the last tensor: expected none"},
        {"{" A("[0,8]") "," B("[4,12]") "}", 12,
         "\"b\": data from byte 4 on: expected 8, where those before end"},
        {"{" A("[0,8]") "," B("[0,8]") "}", 8,
         "\"b\": data from byte 0 on: expected 8, where those before end"},
        {"{" B("[12,20]") "," A("[0,8]") "}", 20,
         "\"b\": data from byte 12 on: expected 8, where those before end"},
        {"{" A("[1,9]") "}", 9, "\"a\": data from byte 1 on: expected 0, where those before end"},
        {"{" A("[0,4]") "}", 8, "\"a\": data_offsets 0 to 4: expected 8 bytes for F32 (2)"},
        {"{" A("[8,0]") "}", 8, "\"a\": data_offsets 8 to 0: expected 8 bytes for F32 (2)"},
        {"{" A("[0]") "}", 8, "\"a\": expected two data_offsets"},
        {"{" A("[0,4,8]") "}", 8, "header, byte 52: expected at most 2 numbers"},
        {"{" A("[0,-8]") "}", 8, "header, byte 50: expected a whole number, 0 or more"},
        {"{" A("[0,8.0]") "}", 8, "header, byte 51: expected \",\" or \"]\""},
        {"{" A("[0,08]") "}", 8, "header, byte 51: expected \",\" or \"]\""},
        {"{" A("[0,8e0]") "}", 8, "header, byte 51: expected \",\" or \"]\""},
        {"{" A("[0,9223372036854775808]") "}", 8,
         "header, byte 68: expected a number of at most 63 bits"},
        {"{" A("[9223372036854775799,9223372036854775807]") "}", 8,
         "\"a\": data up to byte 9223372036854775807: expected at most 8, where the file ends"},
        /* dtypes and shapes */
        {T("\"dtype\":\"F8_E4M3\",\"shape\":[2],\"data_offsets\":[0,2]"), 2,
         "\"a\": dtype \"F8_E4M3\": expected F64, F32, F16, BF16, I64, I32, I16, I8, U64, U32, "
         "U16, "
         "U8 or BOOL"},
        {T("\"dtype\":32,\"shape\":[2],\"data_offsets\":[0,8]"), 8,
         "header, byte 14: expected a string"},
        {T("\"dtype\":\"F32\",\"shape\":2,\"data_offsets\":[0,8]"), 8,
         "header, byte 28: expected \"[\""},
        {T("\"dtype\":\"F64\",\"shape\":[2,3],\"data_offsets\":[0,8]"), 8,
         "\"a\": data_offsets 0 to 8: expected 48 bytes for F64 (2, 3)"},
        {T("\"dtype\":\"F64\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,8]"), 8,
         "\"a\": F64 (4294967296, 4294967296): more numbers than any file holds"},
        {T("\"dtype\":\"F64\",\"shape\":[1,1,1,1,1,1,1,1,1],\"data_offsets\":[0,8]"), 8,
         "header, byte 45: expected at most 8 numbers"},
        {T("\"shape\":[2],\"data_offsets\":[0,8]"), 8,
         "\"a\": expected dtype, shape and data_offsets"},
        {T(""), 0, "\"a\": expected dtype, shape and data_offsets"},
        {T(F32("[0,8]") ",\"dtype\":\"F32\""), 8,
         "\"a\": \"dtype\": expected dtype, shape and data_offsets, once each"},
        {T(F32("[0,8]") ",\"strides\":[1]"), 8,
         "\"a\": \"strides\": expected dtype, shape and data_offsets, once each"},
        /* names */
        {"{" A("[0,8]") "," A("[8,16]") "}", 16, "\"a\": this name comes twice"},
        {"{" A("[0,8]") ",\"\\u0061\":{" F32("[8,16]") "}}", 16, "\"a\": this name comes twice"},
        {"{\"__metadata__\":{},\"__metadata__\":{}}", 0, "\"__metadata__\": this name comes twice"},
        {"{\"__metadata__\":{\"k\":\"\",\"k\":\"\"}}", 0, "\"k\": this key comes twice"},
        {"{\"__metadata__\":{\"k\":1}}", 0, "header, byte 21: expected a string"},
        {"{\"__metadata__\":[]}", 0, "header, byte 16: expected \"{\""},
        {"{\"a\nb\":{}}", 0,
         "header, byte 3: expected a character of UTF-8, control characters escaped"},
        {"{\"\xc0\x80\":{}}", 0,
         "header, byte 2: expected a character of UTF-8, control characters escaped"},
        {"{\"\xed\xa0\x80\":{}}", 0,
         "header, byte 2: expected a character of UTF-8, control characters escaped"},
        {"{\"\xf4\x90\x80\x80\":{}}", 0,
         "header, byte 2: expected a character of UTF-8, control characters escaped"},
        {"{\"\xe0\x9f\xbf\":{}}", 0,
         "header, byte 2: expected a character of UTF-8, control characters escaped"},
        {"{\"\xf0\x8f\xbf\xbf\":{}}", 0,
         "header, byte 2: expected a character of UTF-8, control characters escaped"},
        {"{\"\xe2\x82\":{}}", 0,
         "header, byte 2: expected a character of UTF-8, control characters escaped"},
        {"{\"a\\u0000b\":{}}", 0, "header, byte 9: expected no \\u0000"},
        {"{\"\\ud83d\":{}}", 0, "header, byte 8: expected a pair of surrogates"},
        {"{\"\\ude00\":{}}", 0, "header, byte 8: expected a pair of surrogates"},
        {"{\"\\ud83d\\u0041\":{}}", 0, "header, byte 14: expected a pair of surrogates"},
        {"{\"\\ud83d\\ue000\":{}}", 0, "header, byte 14: expected a pair of surrogates"},
        {"{\"\\u12g4\":{}}", 0, "header, byte 6: expected four hexadecimal digits"},
        {"{\"\\x41\":{}}", 0, "header, byte 3: expected an escape: one of \"\\/bfnrtu"},
        /* what is no JSON, or not this */
        {"", 0, "header, byte 0: expected \"{\""},
        {" {}", 0, "header, byte 0: expected \"{\""},
        {"[]", 0, "header, byte 0: expected \"{\""},
        {"{", 0, "header, byte 1: expected a string"},
        {"{\"a", 0, "header, byte 3: expected the end of the string"},
        {"{\"a\\", 0, "header, byte 4: expected an escape: one of \"\\/bfnrtu"},
        {"{\"a\\u00", 0, "header, byte 7: expected four hexadecimal digits"},
        {"{\"a\"", 0, "header, byte 4: expected \":\""},
        {"{\"a\":", 0, "header, byte 5: expected \"{\""},
        {"{\"a\":1}", 0, "header, byte 5: expected \"{\""},
        {"{\"a\":null}", 0, "header, byte 5: expected \"{\""},
        {"{" A("[0,8]") ",}", 8, "header, byte 54: expected a string"},
        {"{" A("[0,8]") " " B("[8,16]") "}", 16, "header, byte 54: expected \",\" or \"}\""},
        {"{" A("[0,8]"), 8, "header, byte 53: expected \",\" or \"}\""},
        {"{" A("[0,"), 8, "header, byte 50: expected a whole number, 0 or more"},
        {"{} x", 0, "header, byte 3: expected nothing more"},
    };
    SafeTensors file;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        size_t length = strlen(wrong[i].header);
        write_file(length, wrong[i].header, length, wrong[i].zeros);
        if (safetensors_open(&file, scratch_path("it")))
            fail_msg("%s: read", wrong[i].header);
        assert_message(wrong[i].header, wrong[i].expected);
    }
}

static void what_the_format_allows_is_read(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        size_t zeros;
        int n;
    } good[] = {
        {"{}", 0, 0},
        {"{ }\t\n\r ", 0, 0},
        {"{\"__metadata__\":{}}", 0, 0},
        {"{" B("[8,16]") "," A("[0,8]") "}", 16, 2},
        {"{ \"a\" :\n{ " F32("[ 0 , 8 ]") " } }  ", 8, 1},
        {"{\"\":{" F32("[0,8]") "}}", 8, 1},
        {T("\"data_offsets\":[0,0],\"shape\":[4,0,2],\"dtype\":\"BF16\""), 0, 1},
        {"{\"e\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[8,8]}," A("[0,8]") "," //
         B("[8,16]") "}",
         16, 3},
        {"{\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00E9\\ud83D\\uDe00\\u20ac\":{" F32("[0,8]") "}}", 8, 1},
    };
    SafeTensors file;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        size_t length = strlen(good[i].header);
        write_file(length, good[i].header, length, good[i].zeros);
        if (!safetensors_open(&file, scratch_path("it")))
            fail_msg("%s: %s", good[i].header, error_text());
        assert_int_equal(file.n, good[i].n);
        if (i == sizeof good / sizeof good[0] - 1)
            assert_string_equal(file.tensor[0].name,
                                "\"\\/\b\f\n\r\t\xc3\xa9\xf0\x9f\x98\x80\xe2\x82\xac");
        safetensors_close(&file);
    }
}

/* What is wrong before there is a header. */
static void what_is_no_such_file_is_named(void **state)
{
    (void)state;
    SafeTensors file;
    remove(scratch_path("it"));
    assert_false(safetensors_open(&file, scratch_path("it")));
    assert_message("none", "cannot be opened: No such file or directory");
    assert_false(safetensors_open(&file, scratch_folder()));
    assert_non_null(strstr(error_text(), ": expected a safetensors file, found a folder"));
    scratch_write("it", "1234567", 7);
    assert_false(safetensors_open(&file, scratch_path("it")));
    assert_message("7", "truncated: expected 8 bytes for the header's length, found 7");
    scratch_write_text("it", "");
    assert_false(safetensors_open(&file, scratch_path("it")));
    assert_message("0", "truncated: expected 8 bytes for the header's length, found 0");
    write_file(3, "{}", 2, 0);
    assert_false(safetensors_open(&file, scratch_path("it")));
    assert_message("3", "truncated: expected a header of 3 bytes, found 2");
    write_file(2000000000, "{}", 2, 0);
    assert_false(safetensors_open(&file, scratch_path("it")));
    assert_message(
        "2 GB",
        "this is no safetensors file: a header of 2000000000 bytes, expected at most 100000000");
    write_file(UINT64_MAX, "{}", 2, 0);
    assert_false(safetensors_open(&file, scratch_path("it")));
    assert_message("most", "this is no safetensors file: a header of 18446744073709551615 bytes, "
                           "expected at most 100000000");
}

/* -- what is damaged at random ---------------------------------------------------------------- */

typedef struct {
    unsigned char bytes[4096];
    size_t size;
} Bytes;

static Bytes bytes_of_file(const char *path)
{
    Bytes all = {.size = 0};
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    all.size = fread(all.bytes, 1, sizeof all.bytes, file);
    fclose(file);
    return all;
}

/* Bytes from one place are copied over others, or between them, or taken out. */
static void move_some(Rng *rng, Bytes *all)
{
    size_t n = (size_t)rng_below(rng, 24) + 1;
    if (all->size < 2 * n || all->size + n > sizeof all->bytes)
        return;
    size_t from = (size_t)rng_below(rng, (int)(all->size - n));
    size_t to = (size_t)rng_below(rng, (int)(all->size - n));
    unsigned char some[24];
    int how = rng_below(rng, 3);
    memcpy(some, all->bytes + from, n);
    if (how == 1) {
        memmove(all->bytes + to, all->bytes + to + n, all->size - to - n);
        all->size -= n;
        return;
    }
    if (how == 2) {
        memmove(all->bytes + to + n, all->bytes + to, all->size - to);
        all->size += n;
    }
    memcpy(all->bytes + to, some, n);
}

/* One damage: a bit, a byte, a character that JSON knows, a few bytes, the end. */
static void damage(Rng *rng, Bytes *all)
{
    static const char known[] = "{}[]\",:\\u0123456789 eE-.";
    unsigned char *byte = &all->bytes[rng_below(rng, (int)all->size)];
    int how = rng_below(rng, 8);
    if (how == 0)
        *byte ^= (unsigned char)(1 << rng_below(rng, 8));
    else if (how == 1)
        *byte = (unsigned char)rng_below(rng, 256);
    else if (how < 5)
        *byte = (unsigned char)known[rng_below(rng, sizeof known - 1)];
    else if (how < 7)
        move_some(rng, all);
    else
        all->size = (size_t)rng_below(rng, (int)all->size) + 1;
}

/* Half of the time the length of the header is what it is then. */
static void mend_length(Rng *rng, Bytes *all, size_t data)
{
    if (all->size < 8 + data || rng_below(rng, 2))
        return;
    uint64_t length = all->size - 8 - data;
    memcpy(all->bytes, &length, 8);
}

/* What was read can be written and read again. (A new file is made: to replace one takes the file
 * system longer.) */
static void assert_faithful(SafeTensors *file)
{
    remove(scratch_path("again"));
    assert_true(safetensors_save(scratch_path("again"), file->n, file->tensor, 0, NULL));
    SafeTensors again = opened(scratch_path("again"));
    assert_int_equal(again.n, file->n);
    for (int i = 0; i < file->n; i++)
        assert_same(&file->tensor[i], &again.tensor[i]);
    safetensors_close(&again);
}

static void a_damaged_file_is_refused_in_one_line_or_read(void **state)
{
    (void)state;
    enum { TIMES = 10000 };
    int read = 0;
    Rng rng;
    rng_seed(&rng, 14);
    save_each();
    const Bytes good = bytes_of_file(scratch_path("it"));
    uint64_t header;
    memcpy(&header, good.bytes, 8);
    for (int i = 0; i < TIMES; i++) {
        Bytes all = good;
        for (int damages = rng_below(&rng, 3); damages >= 0; damages--)
            damage(&rng, &all);
        mend_length(&rng, &all, good.size - 8 - header);
        remove(scratch_path("damaged"));
        scratch_write("damaged", all.bytes, all.size);
        SafeTensors file;
        if (safetensors_open(&file, scratch_path("damaged"))) {
            assert_faithful(&file);
            safetensors_close(&file);
            read++;
        } else {
            const char *path = scratch_path("damaged");
            assert_int_equal(strncmp(error_text(), path, strlen(path)), 0);
            assert_null(strchr(error_text(), '\n'));
        }
    }
    assert_true(read > TIMES / 50 && read < TIMES / 2);
}

/* -- what is written -------------------------------------------------------------------------- */

static bool watched;              /* fsync() is */
static int synchronised, failing; /* its calls, and the errno that it is to give */

/* In the place of the C library's: the earlier file stands until the new one is on the disk. */
int fsync(int descriptor)
{
    if (!watched)
        return 0;
    synchronised++;
    assert_true(descriptor > 2);
    assert_string_equal(scratch_read("it"), "earlier");
    errno = failing;
    return failing ? -1 : 0;
}

static void a_file_is_on_the_disk_before_it_has_its_name(void **state)
{
    (void)state;
    scratch_write_text("it", "earlier");
    watched = true;
    failing = EIO;
    assert_false(safetensors_save(scratch_path("it"), EACH, each, 0, NULL));
    assert_message("EIO", "cannot be written: Input/output error");
    assert_string_equal(scratch_read("it"), "earlier");
    assert_int_equal(synchronised, 1);
    failing = EINVAL; /* a file system that does not know how */
    assert_true(safetensors_save(scratch_path("it"), EACH, each, 0, NULL));
    watched = false;
    SafeTensors file = opened(scratch_path("it"));
    safetensors_close(&file);
}

static void save_on_a_full_disk(void *context)
{
    (void)context;
    static const double many[4096];
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){4096, 4096});
    if (!safetensors_save(scratch_path("it"), 1, &(SafeTensor){"many", DTYPE_F64, 1, {4096}, many},
                          0, NULL))
        exit(error_report("saved"));
}

static void on_a_full_disk_the_earlier_file_stands(void **state)
{
    (void)state;
    char expected[512];
    scratch_write_text("it", "earlier");
    int files = scratch_count(".");
    Child child = child_run(save_on_a_full_disk, NULL);
    snprintf(expected, sizeof expected, "saved: %s: cannot be written: File too large\n",
             scratch_path("it"));
    assert_string_equal(child.err, expected);
    assert_int_equal(child.status, 1);
    assert_string_equal(scratch_read("it"), "earlier");
    assert_int_equal(scratch_count("."), files);
    assert_false(safetensors_save("/no/such/folder/it", EACH, each, 0, NULL));
    assert_string_equal(error_text(),
                        "/no/such/folder/it: cannot be written: No such file or directory");
}

static void save_named(void *names)
{
    const char **name = names;
    const SafeTensor tensors[] = {{name[0], DTYPE_U8, 0, {0}, "a"},
                                  {name[1], DTYPE_U8, 0, {0}, "b"}};
    const SafeMeta meta[] = {{name[2], ""}, {name[3], ""}};
    safetensors_save(scratch_path("it"), 2, tensors, 2, meta);
}

static void a_program_cannot_give_a_name_twice(void **state)
{
    (void)state;
    static const struct {
        const char *name[4], *expected;
    } wrong[] = {
        {{"a", "a", "k", "l"}, "safetensors_save: two tensors are called \"a\"\n"},
        {{"a", "", "k", "l"}, "safetensors_save: no tensor can be called \"\"\n"},
        {{"__metadata__", "b", "k", "l"},
         "safetensors_save: no tensor can be called \"__metadata__\"\n"},
        {{"a", "b", "k", "k"}, "safetensors_save: the key \"k\" comes twice\n"},
        {{"a", "b", "k", "format"}, "safetensors_save: the key \"format\" is the library's own\n"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        Child child = child_run(save_named, (void *)wrong[i].name);
        assert_string_equal(child.err, wrong[i].expected);
        assert_int_equal(child.status, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(halves_are_what_the_standard_says),
        cmocka_unit_test(every_half_is_one_step_above_the_one_before),
        cmocka_unit_test(a_bfloat_is_the_upper_half_of_a_float),
        cmocka_unit_test(what_was_saved_is_read_back_bit_by_bit),
        cmocka_unit_test(a_file_is_laid_out_in_one_way),
        cmocka_unit_test(numbers_are_converted_or_refused),
        cmocka_unit_test(what_pytorch_wrote_is_read),
        cmocka_unit_test(pytorch_reads_what_is_written),
        cmocka_unit_test(what_is_malformed_is_named),
        cmocka_unit_test(what_the_format_allows_is_read),
        cmocka_unit_test(what_is_no_such_file_is_named),
        cmocka_unit_test(a_damaged_file_is_refused_in_one_line_or_read),
        cmocka_unit_test(a_file_is_on_the_disk_before_it_has_its_name),
        cmocka_unit_test(on_a_full_disk_the_earlier_file_stands),
        cmocka_unit_test(a_program_cannot_give_a_name_twice),
    };
    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
