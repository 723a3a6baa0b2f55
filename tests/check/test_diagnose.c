/* test_diagnose.c: each generic diagnosis, on an answer that has just this fault; and silence where
 * none fits. Answers are judged as a student's are, but run in this process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "compare.h"
#include "counted.h"
#include "diagnose.h"
#include "dial.h"
#include "finding.h"
#include "leftover.h"
#include "listed.h"
#include "where.h"

/* No solution of these exercises has been given dials. */
const Dial dials[] = {{0}};
const Dialed dialed[] = {{0}};
unsigned char dial_at[1];

/* -- two exercises to be wrong at ---------------------------------------------------------------
 */

/* dW = x^T dy.   (k, c) = (k, n) @ (n, c) */
static void weights(int n, int k, int c, const real x[n][k], const real dy[n][c], real dW[k][c])
{
    for (int j = 0; j < k; j++)
        for (int l = 0; l < c; l++) {
            dW[j][l] = 0;
            for (int i = 0; i < n; i++)
                dW[j][l] += x[i][j] * dy[i][l];
        }
}

/* db = the sum of dy over its rows */
static void bias(int n, int c, const real dy[n][c], real db[c])
{
    for (int l = 0; l < c; l++) {
        db[l] = 0;
        for (int i = 0; i < n; i++)
            db[l] += dy[i][l];
    }
}

/* y = x minus the mean of its row */
static void center(int n, int c, const real x[n][c], real y[n][c])
{
    for (int i = 0; i < n; i++) {
        real sum = 0;
        for (int l = 0; l < c; l++)
            sum += x[i][l];
        for (int l = 0; l < c; l++)
            y[i][l] = x[i][l] - sum / (real)c;
    }
}

/* The logarithm of the sum of exp(z) along each row. */
static void shares(int n, int c, const real z[n][c], real lse[n])
{
    for (int i = 0; i < n; i++) {
        real sum = 0;
        for (int l = 0; l < c; l++)
            sum += exp(z[i][l]);
        lse[i] = log(sum);
    }
}

/* p = w - w * w, in place: an output that is an input, too */
static void update(int n, real w[n])
{
    for (int i = 0; i < n; i++)
        w[i] -= w[i] * w[i];
}

CALL(weights, n[0], n[1], n[2], a[0], a[1], a[2])
CALL(bias, n[0], n[1], a[0], a[1])
CALL(center, n[0], n[1], a[0], a[1])
CALL(update, n[0], a[0])
CALL(shares, n[0], n[1], a[0], a[1])

static void weights_scaled(int n, int k, int c, const real x[n][k], const real dy[n][c],
                           real dW[k][c], real factor)
{
    weights(n, k, c, x, dy, dW);
    for (int at = 0; at < k * c; at++)
        (&dW[0][0])[at] *= factor;
}

/* A wrong answer that is the right one times `factor`. */
#define SCALED(name, factor)                                                                      \
    static void name(int n, int k, int c, const real x[n][k], const real dy[n][c], real dW[k][c]) \
    {                                                                                             \
        weights_scaled(n, k, c, x, dy, dW, factor);                                               \
    }
SCALED(weights_negative, -1)
SCALED(weights_twice, 2)
SCALED(weights_half, 0.5)
SCALED(weights_mean, 1 / (real)n)
SCALED(weights_times_c, (real)c)
SCALED(weights_bessel, 1 / (real)(n - 1))
SCALED(weights_swapped_bessel, (real)n / (real)(n - 1))
SCALED(weights_minus_mean, -1 / (real)n)
SCALED(weights_per_element, 1 / (real)(k * c))
SCALED(weights_base_2, 1 / log(2))
SCALED(weights_base_10, 1 / log(10))
SCALED(weights_odd_number, (real)0.7)
SCALED(weights_rounded, 1 + 1e-6)
SCALED(weights_nan, NAN)
SCALED(weights_infinite, INFINITY)

/* A wrong answer that goes over the right one, element by element. */
#define SPOILT(name, change)                                                                      \
    static void name(int n, int k, int c, const real x[n][k], const real dy[n][c], real dW[k][c]) \
    {                                                                                             \
        real right[k][c];                                                                         \
        weights(n, k, c, x, dy, right);                                                           \
        for (int j = 0; j < k; j++)                                                               \
            for (int l = 0; l < c; l++) {                                                         \
                change;                                                                           \
            }                                                                                     \
    }
SPOILT(weights_unwritten, (void)dW)
SPOILT(weights_transposed, (&dW[0][0])[l * k + j] = right[j][l])
SPOILT(weights_first_row_only, dW[j][l] = j > 0 ? right[j][l] + 1 : right[j][l])
SPOILT(weights_last_column, dW[j][l] = l == c - 1 ? 7 : right[j][l])
SPOILT(weights_diagonal, dW[j][l] = j == l ? 7 : right[j][l])
SPOILT(weights_row_unwritten, if (j < k - 1) dW[j][l] = right[j][l])
SPOILT(weights_some_rows, dW[j][l] = right[j][l] + (right[j][0] > 0 ? 1 : 0))
SPOILT(weights_all_rows_but_in_one_case, dW[j][l] = right[j][l] + (c > 1 ? 1 : 0))
SPOILT(weights_zero, dW[j][l] = right[j][l] * 0)
SPOILT(weights_three, dW[j][l] = 3)
SPOILT(weights_one_nan, dW[j][l] = j + l > 0 ? right[j][l] : NAN)
SPOILT(weights_nan_and_wrong, dW[j][l] = j + l > 0 ? right[j][l] + 1 : NAN)
SPOILT(weights_never_in_one_case, if (n != 5) dW[j][l] = right[j][l])
SPOILT(weights_mystery, dW[j][l] = right[j][l] + (real)(l - 2 * j) / 7)
SPOILT(weights_not_cleared, dW[j][l] += right[j][l])
SPOILT(weights_neither_cleared_nor_whole, if (j > 0) dW[j][l] += right[j][l])
SPOILT(weights_last_term, dW[j][l] = x[n - 1][j] * dy[n - 1][l])
SPOILT(weights_first_term_missing, dW[j][l] = right[j][l] - x[0][j] * dy[0][l])

static void bias_over_rows(int n, int c, const real dy[n][c], real db[c])
{
    for (int l = 0; l < c; l++) {
        db[l] = 0;
        for (int j = 0; j < c && l < n; j++)
            db[l] += dy[l][j];
    }
}

static void bias_over_all(int n, int c, const real dy[n][c], real db[c])
{
    real sum = 0;
    for (int at = 0; at < n * c; at++)
        sum += (&dy[0][0])[at];
    for (int l = 0; l < c; l++)
        db[l] = sum;
}

static void shares_last_forgotten(int n, int c, const real z[n][c], real lse[n])
{
    for (int i = 0; i < n; i++) {
        real sum = 1; /* exp(0): what a score of zero would be, which is no term left out */
        for (int l = 0; l < c - 1; l++)
            sum += exp(z[i][l]);
        lse[i] = log(sum);
    }
}

static void center_columns(int n, int c, const real x[n][c], real y[n][c])
{
    for (int l = 0; l < c; l++) {
        real sum = 0;
        for (int i = 0; i < n; i++)
            sum += x[i][l];
        for (int i = 0; i < n; i++)
            y[i][l] = x[i][l] - sum / (real)n;
    }
}

static void update_listed(int n, real w[n])
{
    for (int i = 0; i < n; i++)
        w[i] += w[i] * w[i];
}

static const Mistake update_mistakes[] = {{MISTAKE(update_listed), "The step goes uphill."}, {0}};

enum { WEIGHTS, BIAS, CENTER, UPDATE, SHARES };

static const Exercise exercises[] = {
    {.name = "weights",
     .call = call_weights,
     .sizes = "nkc",
     .arguments = {{"x", IN_NORMAL, "nk", 0}, {"dy", IN_NORMAL, "nc", 0}, {"dW", OUT, "kc", 0}},
     .cases = {{5, 4, 3}, {2, 3, 6}, {7, 5, 1}},
     .reference = (Function)weights},
    {.name = "bias",
     .call = call_bias,
     .sizes = "nc",
     .arguments = {{"dy", IN_NORMAL, "nc", 0}, {"db", OUT, "c", 0}},
     .cases = {{4, 5}, {2, 6}, {3, 7}},
     .reference = (Function)bias},
    {.name = "center",
     .call = call_center,
     .sizes = "nc",
     .arguments = {{"x", IN_NORMAL, "nc", 0}, {"y", OUT, "nc", 0}},
     .cases = {{4, 5}, {2, 6}, {7, 3}},
     .reference = (Function)center},
    {.name = "update",
     .call = call_update,
     .sizes = "n",
     .arguments = {{"w", IN_OUT, "n", 0}},
     .cases = {{4}, {2}},
     .reference = (Function)update,
     .mistakes = update_mistakes},
    {.name = "shares",
     .call = call_shares,
     .sizes = "nc",
     .arguments = {{"z", IN_NORMAL, "nc", 0}, {"lse", OUT, "n", 0}},
     .cases = {{4, 5}, {2, 6}},
     .reference = (Function)shares}};

static const Exercise *const in_order[] = {&exercises[WEIGHTS], &exercises[BIAS],
                                           &exercises[CENTER],  &exercises[UPDATE],
                                           &exercises[SHARES],  NULL};

const Check check = {"00_test", in_order};

/* How often one asked for something. */
static const Exercise counting = {.name = "counting",
                                  .sizes = "n",
                                  .arguments = {{"asked", OUT_COUNT, "", 0}},
                                  .cases = {{4}, {2}}};

/* -- asking -------------------------------------------------------------------------------------
 */

static Trials answered(int which, Function answer)
{
    Trials trials = trials_new(&exercises[which], 1, 1);
    for (int t = 0; t < trials.count; t++)
        trial_call(trials.exercise, &trials.got[t], answer);
    trials_solve(&trials);
    return trials;
}

static int output_number(const Exercise *exercise)
{
    return count_arguments(exercise) - 1;
}

static bool any_diagnosis(const Trials *trials, int argument, Diagnosis *found)
{
    bool any = false;
    for (int stage = 0; stage < STAGES && !any; stage++)
        any = generic_diagnosis(trials, argument, (Stage)stage, found);
    return any;
}

static void assert_diagnosis(int which, Function answer, const char *expected)
{
    Diagnosis said = {0};
    Trials trials = answered(which, answer);
    assert_false(outputs_agree(&trials));
    bool found = any_diagnosis(&trials, output_number(trials.exercise), &said);
    if (found != (expected != NULL) || (expected && !strstr(said.sentence, expected)))
        fail_msg("expected '%s', got '%s'", expected ? expected : "nothing", said.sentence);
    trials_free(&trials);
}

#define DIAGNOSED(test, which, answer, expected)               \
    static void test(void **state)                             \
    {                                                          \
        (void)state;                                           \
        assert_diagnosis(which, (Function)(answer), expected); \
    }
DIAGNOSED(a_flipped_sign_is_named, WEIGHTS, weights_negative, "sign of dW is flipped")
DIAGNOSED(a_factor_2_is_named, WEIGHTS, weights_twice, "dW is twice what")
DIAGNOSED(a_factor_one_half_is_named, WEIGHTS, weights_half, "dW is half what")
DIAGNOSED(a_factor_1_by_n_is_named, WEIGHTS, weights_mean, "dW is 1/n of what")
DIAGNOSED(a_factor_is_named_by_its_own_letter, WEIGHTS, weights_times_c, "dW is c times what")
DIAGNOSED(a_factor_1_by_n_minus_1_is_named, WEIGHTS, weights_bessel, "dW is 1/(n - 1) of")
DIAGNOSED(a_factor_n_by_n_minus_1_is_named, WEIGHTS, weights_swapped_bessel,
          "dW is n/(n - 1) times what is wanted, in every case. You divided by n - 1 where n")
DIAGNOSED(a_factor_with_flipped_sign_is_named, WEIGHTS, weights_minus_mean,
          "dW is minus 1/n of what")
DIAGNOSED(a_factor_of_two_sizes_is_named, WEIGHTS, weights_per_element, "1/(k * c) of what")
DIAGNOSED(a_logarithm_to_base_2_is_named, WEIGHTS, weights_base_2, "logarithm to base 2")
DIAGNOSED(a_logarithm_to_base_10_is_named, WEIGHTS, weights_base_10, "logarithm to base 10")
DIAGNOSED(a_constant_factor_without_a_name_is_told, WEIGHTS, weights_odd_number, "dW is 0.7 times")
DIAGNOSED(a_factor_of_nearly_1_is_no_factor, WEIGHTS, weights_rounded, NULL)
DIAGNOSED(a_transposed_array_is_named, WEIGHTS, weights_transposed, "dW is transposed")
DIAGNOSED(an_unwritten_array_is_named, WEIGHTS, weights_unwritten, "dW was never written")
DIAGNOSED(an_unwritten_row_is_named, WEIGHTS, weights_row_unwritten,
          "The last row of dW was never written; what was written is right")
DIAGNOSED(adding_to_what_was_never_set_is_named, WEIGHTS, weights_not_cleared,
          "set it to zero first")
DIAGNOSED(what_was_added_to_nothing_is_not_called_right, WEIGHTS, weights_neither_cleared_nor_whole,
          "set it to zero first")
DIAGNOSED(nan_is_named, WEIGHTS, weights_nan, "holds NaN")
DIAGNOSED(infinity_is_named, WEIGHTS, weights_infinite, "holds infinities")
DIAGNOSED(overwriting_instead_of_adding_is_named, WEIGHTS, weights_last_term,
          "Only the last of the n terms of each sum is in dW: you wrote = where += belongs, or set "
          "the sum to zero inside the loop")
DIAGNOSED(a_missing_term_is_named, WEIGHTS, weights_first_term_missing,
          "The first of the n terms of each sum is missing in dW")
DIAGNOSED(a_sum_over_the_other_axis_is_named, BIAS, bias_over_rows, "over the wrong axis")
DIAGNOSED(a_sum_over_all_axes_is_named, BIAS, bias_over_all, "over the wrong axis")
DIAGNOSED(normalising_the_other_axis_is_named, CENTER, center_columns, "over the wrong axis")
DIAGNOSED(rows_that_differ_are_named, WEIGHTS, weights_first_row_only,
          "Everything but the first row of dW is wrong; the rest of dW is right")
DIAGNOSED(a_column_that_differs_is_named, WEIGHTS, weights_last_column, "The last column of dW is")
DIAGNOSED(a_diagonal_that_differs_is_named, WEIGHTS, weights_diagonal, "The diagonal of dW is")
DIAGNOSED(rows_that_depend_on_the_data_are_listed, WEIGHTS, weights_some_rows,
          "Some whole rows (here ")
DIAGNOSED(a_factor_n_is_not_always_a_mean_forgotten, WEIGHTS, weights_times_c,
          "Look for a division by c left out, a factor c too many, or something added c times")
DIAGNOSED(rows_that_are_all_wrong_are_not_some_rows, WEIGHTS, weights_all_rows_but_in_one_case,
          "dW is right in the case n = 7, k = 5, c = 1 and in no other.")
DIAGNOSED(zero_everywhere_is_said, WEIGHTS, weights_zero, "dW is zero everywhere, in every case")
DIAGNOSED(one_number_everywhere_is_said, WEIGHTS, weights_three, "dW is 3 everywhere")
DIAGNOSED(what_is_no_nan_may_be_right, WEIGHTS, weights_one_nan,
          "Every number in it, over all cases, is right.")
DIAGNOSED(what_is_no_nan_may_be_wrong, WEIGHTS, weights_nan_and_wrong,
          "Of the rest not all is right.")
DIAGNOSED(a_case_never_written_is_told, WEIGHTS, weights_never_in_one_case,
          "On some cases dW was never written; what was written is right.")
DIAGNOSED(a_score_of_zero_is_no_term_left_out, SHARES, shares_last_forgotten, NULL)
DIAGNOSED(where_nothing_fits_nothing_is_said, WEIGHTS, weights_mystery, NULL)

static void a_listed_mistake_is_recognised_in_an_updated_argument(void **state)
{
    (void)state;
    Trials trials = answered(UPDATE, (Function)update_listed);
    assert_false(outputs_agree(&trials));
    assert_int_equal(listed_mistake(&trials), 0);
    trials_free(&trials);
}

static void the_right_answer_is_no_listed_mistake(void **state)
{
    (void)state;
    Trials trials = answered(UPDATE, (Function)update);
    assert_true(outputs_agree(&trials));
    assert_int_equal(listed_mistake(&trials), -1);
    trials_free(&trials);
}

/* -- what lay in memory before anything was written to it ---------------------------------------
 */

static real of_bits(uint64_t bits)
{
    real x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static const uint64_t gcc_double = UINT64_C(0xfefefefefefefefe), all_ones = UINT64_MAX;

SPOILT(weights_onto_gcc, dW[j][l] = of_bits(gcc_double) + right[j][l])
SPOILT(weights_times_gcc, dW[j][l] = of_bits(gcc_double) * right[j][l] / 1000)
SPOILT(weights_by_gcc, dW[j][l] = right[j][l] / of_bits(gcc_double))
SPOILT(weights_onto_ones, dW[j][l] = right[j][l] - of_bits(all_ones))
SPOILT(weights_one_of_ones, dW[j][l] = right[j][l] + (j == 1 && l == 0 ? of_bits(all_ones) : 0))
SPOILT(weights_by_gcc_int, dW[j][l] = right[j][l] / (n - 16843010))
SPOILT(weights_times_clang_int, dW[j][l] = right[j][l] * (n - 1431655766))
SPOILT(weights_gcc_float, dW[j][l] = right[j][l] + of_bits(UINT64_C(0xc7dfdfdfc0000000)))
SPOILT(weights_clang_float, dW[j][l] = right[j][l] + of_bits(UINT64_C(0xffffffffe0000000)))
SPOILT(weights_cut, if (j < k - 1) dW[j][l] = j == k - 2 && l == c - 1
                                                  ? of_bits(UINT64_C(0x7f23456789abcdef))
                                                  : right[j][l])
SPOILT(weights_large, dW[j][l] = right[j][l] * 1e9)

static bool is_of_leftovers(Function answer)
{
    Diagnosis said = {0};
    Trials trials = answered(WEIGHTS, answer);
    bool found = leftover_diagnosis(&trials, output_number(trials.exercise), &said);
    trials_free(&trials);
    return found && strstr(said.sentence, "went into dW");
}

static void what_lay_in_memory_is_told_from_all_else(void **state)
{
    (void)state;
    static const Function leftover[] = {
        (Function)weights_onto_gcc,        (Function)weights_times_gcc,
        (Function)weights_by_gcc,          (Function)weights_onto_ones,
        (Function)weights_one_of_ones,     (Function)weights_by_gcc_int,
        (Function)weights_times_clang_int, (Function)weights_gcc_float,
        (Function)weights_clang_float};
    static const Function other[] = {(Function)weights,           (Function)weights_nan,
                                     (Function)weights_infinite,  (Function)weights_zero,
                                     (Function)weights_large,     (Function)weights_not_cleared,
                                     (Function)weights_negative,  (Function)weights_mystery,
                                     (Function)weights_unwritten, (Function)weights_cut};
    for (size_t i = 0; i < sizeof leftover / sizeof *leftover; i++)
        assert_true(is_of_leftovers(leftover[i]));
    for (size_t i = 0; i < sizeof other / sizeof *other; i++)
        assert_false(is_of_leftovers(other[i]));
}

/* -- comparing, drawing, reading reports --------------------------------------------------------
 */

static void errors_are_held_against_the_largest_element(void **state)
{
    (void)state;
    const real want[] = {1000, 1e-9, 0}, near[] = {1000 + 1e-7, 1e-7, 1e-7},
               far[] = {1000, 1e-4, 0};
    assert_true(arrays_agree(3, near, want));
    assert_false(arrays_agree(3, far, want));
    const real zero[] = {0, 0, 0}, dust[] = {1e-15, -1e-16, 0}, more[] = {1e-12, 0, 0};
    assert_true(arrays_agree(3, dust, zero));
    assert_false(arrays_agree(3, more, zero));
}

static void no_number_is_never_right(void **state)
{
    (void)state;
    const real want[] = {1, 2};
    assert_false(arrays_agree(2, (real[]){NAN, 2}, want));
    assert_false(arrays_agree(2, (real[]){1, INFINITY}, want));
    assert_true(arrays_agree(1, (real[]){-INFINITY}, (real[]){-INFINITY}));
}

static void append_line(void *context, const char *line)
{
    strcat(strcat(context, line), "/");
}

static void the_drawing_shows_right_wrong_and_unwritten(void **state)
{
    (void)state;
    char drawing[256] = "";
    Trials trials = answered(WEIGHTS, (Function)weights_row_unwritten);
    ((real *)trials.got[0].array[2])[1] = 9;
    where_draw(&trials, 2, 0, append_line, drawing);
    assert_string_equal(drawing, ". x ./. . ./. . ./o o o/");
    trials_free(&trials);
}

static void reports_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *said, *words;
        int line;
    } reports[] = {
        {"hello\nexercises/08_x.c:42:9: runtime error: index 5 out of bounds for type 'double "
         "[*]'\n",
         "index 5 runs off", 42},
        {"08_x.c:4:9: runtime error: index -16843003 out of bounds for type 'double [*]'\n",
         "used before anything is written", 4},
        {"08_x.c:5:9: runtime error: load of value 170, which is not a valid value for type "
         "'_Bool'\n",
         "used before anything is written", 5},
        {"==7==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x60 at pc\nWRITE of size "
         "8 "
         "at 0x60 thread T0\n    #0 0x1 in f /home/me/exercises/08_x.c:7\nis located 0 bytes to "
         "the "
         "right of 96-byte region [0x20,0x60)\n",
         "writes past the end of an array", 7},
        {"==7==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x60 at pc\nREAD of size 8 "
         "at 0x60 thread T0\n    #0 0x1 in f 08_x.c:7:3\nis located 8 bytes before 96-byte region "
         "[0x20,0x60)\n",
         "reads before the start of an array", 7},
        {"==7==ERROR: AddressSanitizer: SEGV on unknown address 0x0\n==7==The signal is caused by "
         "a "
         "WRITE memory access.\n==7==Hint: address points to the zero page.\n    #0 in f "
         "x/08_x.c:3:1\n",
         "writes through a pointer that points nowhere (it is NULL", 3},
        {"==7==ERROR: AddressSanitizer: stack-overflow on address 0x7f\n", "runs out of stack", 0},
    };
    Finding finding;
    for (size_t i = 0; i < sizeof reports / sizeof *reports; i++) {
        assert_true(finding_read(&finding, reports[i].said, "08_x.c"));
        assert_non_null(strstr(finding.words, reports[i].words));
        assert_int_equal(finding.line, reports[i].line);
    }
    assert_false(finding_read(&finding, "x = 08_x.c:3\n", "08_x.c"));
}

/* Twice as many is no factor that was forgotten. */
static void of_a_count_it_is_said_on_which_side_it_is_wrong(void **state)
{
    static const struct {
        real got[2];
        const char *said;
    } counts[] = {{{0, 0}, "asked, which counts, is 0 in every case."},
                  {{8, 6}, "asked counts too many."},
                  {{4, 2}, "asked counts too few."},
                  {{2, 6}, "asked counts too many in some places and too few in others."}};
    (void)state;
    Trials trials = trials_new(&counting, 1, 1);
    *(real *)trials.want[0].array[0] = 4;
    *(real *)trials.want[1].array[0] = 3;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        Diagnosis said = {0};
        for (int t = 0; t < 2; t++)
            *(real *)trials.got[t].array[0] = counts[i].got[t];
        assert_true(count_diagnosis(&trials, 0, &said));
        assert_string_equal(said.sentence, counts[i].said);
    }
    trials_free(&trials);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flipped_sign_is_named),
        cmocka_unit_test(a_factor_2_is_named),
        cmocka_unit_test(a_factor_one_half_is_named),
        cmocka_unit_test(a_factor_1_by_n_is_named),
        cmocka_unit_test(a_factor_is_named_by_its_own_letter),
        cmocka_unit_test(a_factor_1_by_n_minus_1_is_named),
        cmocka_unit_test(a_factor_n_by_n_minus_1_is_named),
        cmocka_unit_test(a_factor_with_flipped_sign_is_named),
        cmocka_unit_test(a_factor_of_two_sizes_is_named),
        cmocka_unit_test(a_logarithm_to_base_2_is_named),
        cmocka_unit_test(a_logarithm_to_base_10_is_named),
        cmocka_unit_test(a_constant_factor_without_a_name_is_told),
        cmocka_unit_test(a_factor_of_nearly_1_is_no_factor),
        cmocka_unit_test(a_transposed_array_is_named),
        cmocka_unit_test(an_unwritten_array_is_named),
        cmocka_unit_test(an_unwritten_row_is_named),
        cmocka_unit_test(adding_to_what_was_never_set_is_named),
        cmocka_unit_test(what_was_added_to_nothing_is_not_called_right),
        cmocka_unit_test(nan_is_named),
        cmocka_unit_test(infinity_is_named),
        cmocka_unit_test(overwriting_instead_of_adding_is_named),
        cmocka_unit_test(a_missing_term_is_named),
        cmocka_unit_test(a_sum_over_the_other_axis_is_named),
        cmocka_unit_test(a_sum_over_all_axes_is_named),
        cmocka_unit_test(normalising_the_other_axis_is_named),
        cmocka_unit_test(rows_that_differ_are_named),
        cmocka_unit_test(a_column_that_differs_is_named),
        cmocka_unit_test(a_diagonal_that_differs_is_named),
        cmocka_unit_test(rows_that_depend_on_the_data_are_listed),
        cmocka_unit_test(a_factor_n_is_not_always_a_mean_forgotten),
        cmocka_unit_test(rows_that_are_all_wrong_are_not_some_rows),
        cmocka_unit_test(zero_everywhere_is_said),
        cmocka_unit_test(one_number_everywhere_is_said),
        cmocka_unit_test(what_is_no_nan_may_be_right),
        cmocka_unit_test(what_is_no_nan_may_be_wrong),
        cmocka_unit_test(a_case_never_written_is_told),
        cmocka_unit_test(a_score_of_zero_is_no_term_left_out),
        cmocka_unit_test(where_nothing_fits_nothing_is_said),
        cmocka_unit_test(a_listed_mistake_is_recognised_in_an_updated_argument),
        cmocka_unit_test(the_right_answer_is_no_listed_mistake),
        cmocka_unit_test(what_lay_in_memory_is_told_from_all_else),
        cmocka_unit_test(errors_are_held_against_the_largest_element),
        cmocka_unit_test(no_number_is_never_right),
        cmocka_unit_test(the_drawing_shows_right_wrong_and_unwritten),
        cmocka_unit_test(reports_are_read),
        cmocka_unit_test(of_a_count_it_is_said_on_which_side_it_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
