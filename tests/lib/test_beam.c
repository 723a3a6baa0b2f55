/* A beam finds what a search of all sequences finds, if it is wide enough. */
#include "nn/beam.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "child.h"
#include "kernel/random.h"

enum { V = 4, MOST = 4, ALL = 1 + 3 + 9 + 27 + 81 + 300 };

/* What may follow a sequence of `length` tokens: the logarithms of numbers that depend on all of
 * them, made so that they sum to 1. */
static void follow(int length, const int *tokens, double log_probs[V])
{
    Rng rng;
    uint64_t seed = 1;
    double weight[V], sum = 0;
    for (int i = 0; i < length; i++)
        seed = 5 * seed + (uint64_t)tokens[i];
    rng_seed(&rng, seed);
    for (int j = 0; j < V; j++)
        sum += weight[j] = exp(2 * rng_normal(&rng));
    for (int j = 0; j < V; j++)
        log_probs[j] = log(weight[j] / sum);
}

/* The sequences that hypotheses stand for, kept by their parents' numbers. */
typedef struct {
    int tokens[ALL][MOST + 1];
} Hypotheses;

static void follow_each(void *context, int step, int n, const int *parent, const int *token,
                        real *log_probs)
{
    static Hypotheses old;
    Hypotheses *now = context;
    old = *now;
    for (int i = 0; i < n; i++) {
        double row[V];
        memcpy(now->tokens[i], old.tokens[parent[i]], sizeof now->tokens[i]);
        now->tokens[i][step] = token[i];
        follow(step, now->tokens[i] + 1, row); /* behind the mark that began */
        for (int j = 0; j < V; j++)
            log_probs[i * V + j] = (real)row[j];
    }
}

static Beams search(int width, double length_penalty)
{
    static Hypotheses hypotheses;
    return beam_search(
        (BeamOptions){
            .width = width, .vocabulary = V, .most = MOST, .length_penalty = length_penalty},
        follow_each, &hypotheses);
}

/* The scores of all sequences that there are, the best first. */
typedef struct {
    int n;
    double score[ALL];
} Scores;

static void score_all(Scores *scores, int length, int *tokens, double sum, double length_penalty)
{
    double log_probs[V];
    follow(length, tokens, log_probs);
    for (int j = 0; j < V; j++) {
        const double with = sum + log_probs[j];
        tokens[length] = j;
        if (j != 0 && length + 1 < MOST) {
            score_all(scores, length + 1, tokens, with, length_penalty);
            continue;
        }
        const double score = with / pow(length + 1, length_penalty);
        int at = scores->n++;
        for (; at > 0 && score > scores->score[at - 1]; at--)
            scores->score[at] = scores->score[at - 1];
        scores->score[at] = score;
    }
}

static double sum_of(const Beams *beams, int i)
{
    double sum = 0, log_probs[V];
    const int *token = beams->token + i * beams->most;
    for (int t = 0; t < beams->length[i]; t++) {
        follow(t, token, log_probs);
        sum += log_probs[token[t]];
    }
    return sum;
}

static const double close_enough = 64 * (double)REAL_EPSILON;

static void a_beam_for_all_sequences_finds_the_best_in_order(void **state)
{
    (void)state;
    const double penalties[] = {0, 0.6, 1, 2};
    for (int p = 0; p < 4; p++) {
        Scores scores = {0};
        score_all(&scores, 0, (int[MOST]){0}, 0, penalties[p]);
        Beams beams = search(ALL, penalties[p]);
        assert_int_equal(beams.n, scores.n);
        for (int i = 0; i < beams.n; i++)
            assert_true(fabs(beams.score[i] - scores.score[i]) < close_enough * 16);
        beams_free(&beams);
        assert_null(beams.token);
    }
}

static void results_are_what_they_say(void **state)
{
    (void)state;
    for (int width = 1; width < 40; width++) {
        Beams beams = search(width, 0.7);
        assert_int_equal(beams.n, width);
        for (int i = 0; i < beams.n; i++) {
            const int length = beams.length[i], *token = beams.token + i * beams.most;
            assert_true(fabs(beams.sum[i] - sum_of(&beams, i)) < close_enough * 16);
            assert_true(fabs(beams.score[i] - beams.sum[i] / pow(length, 0.7)) < 1e-12);
            assert_true(i == 0 || beams.score[i] <= beams.score[i - 1]);
            assert_int_equal(beams.ended[i], token[length - 1] == 0);
            assert_true(beams.ended[i] || length == MOST);
            for (int t = 0; t < length - 1; t++)
                assert_true(token[t] != 0);
        }
        beams_free(&beams);
    }
}

static void a_beam_of_width_1_is_greedy(void **state)
{
    (void)state;
    int greedy[MOST], length = 0;
    double log_probs[V];
    do {
        int best = 0;
        follow(length, greedy, log_probs);
        for (int j = 1; j < V; j++)
            best = log_probs[j] > log_probs[best] ? j : best;
        greedy[length++] = best;
    } while (greedy[length - 1] != 0 && length < MOST);
    Beams beams = search(1, 1);
    assert_int_equal(beams.n, 1);
    assert_int_equal(beams.length[0], length);
    assert_memory_equal(beams.token, greedy, (size_t)length * sizeof *greedy);
    beams_free(&beams);
}

/* By hand: a (0.6) is likelier than b (0.4), but what follows a is not so sure to end. Tokens are
 * the end mark, a and b. */
static void end_soon(void *context, int step, int n, const int *parent, const int *token,
                     real *log_probs)
{
    (void)context;
    (void)parent;
    static const double first[3] = {0, 0.6, 0.4};
    static const double then[3][3] = {{0}, {0.4, 0.3, 0.3}, {0.9, 0.05, 0.05}};
    for (int i = 0; i < n; i++)
        for (int j = 0; j < 3; j++)
            log_probs[3 * i + j] = (real)log(step == 0 ? first[j] : then[token[i]][j]);
}

static Beams search_by_hand(int width, int most, double length_penalty)
{
    return beam_search(
        (BeamOptions){
            .width = width, .vocabulary = 3, .most = most, .length_penalty = length_penalty},
        end_soon, NULL);
}

static void a_beam_of_width_2_finds_what_greed_misses(void **state)
{
    (void)state;
    Beams greedy = search_by_hand(1, 9, 0), beams = search_by_hand(2, 9, 0);
    assert_int_equal(greedy.token[0], 1);
    assert_true(fabs(greedy.sum[0] - log(0.24)) < close_enough);
    assert_int_equal(beams.token[0], 2);
    assert_int_equal(beams.length[0], 2);
    assert_true(beams.ended[0]);
    assert_true(fabs(beams.sum[0] - log(0.36)) < close_enough);
    assert_true(fabs(beams.sum[1] - log(0.24)) < close_enough);
    beams_free(&greedy);
    beams_free(&beams);
}

static void what_does_not_end_is_cut_off(void **state)
{
    (void)state;
    Beams beams = search_by_hand(5, 1, 0); /* at the first step nothing can end */
    assert_int_equal(beams.n, 2);
    assert_int_equal(beams.length[0], 1);
    assert_false(beams.ended[0]);
    assert_int_equal(beams.token[0], 1);
    assert_int_equal(beams.token[1], 2);
    beams_free(&beams);
}

/* The end at once (0.3), or a (0.7) and a and a and then the end, which has 0.25 together. */
static void now_or_later(void *context, int step, int n, const int *parent, const int *token,
                         real *log_probs)
{
    (void)context;
    (void)parent;
    (void)token;
    const double on = step == 0 ? 0.7 : pow(0.25 / 0.7, 1. / 3), end = step < 3 ? 0.3 : on;
    for (int i = 0; i < n; i++) {
        log_probs[2 * i] = (real)(step == 0 || step == 3 ? log(end) : -INFINITY);
        log_probs[2 * i + 1] = (real)(step < 3 ? log(on) : -INFINITY);
    }
}

static void a_length_penalty_makes_up_for_length(void **state)
{
    (void)state;
    const int expected[] = {1, 4};
    for (int penalty = 0; penalty < 2; penalty++) {
        Beams beams = beam_search(
            (BeamOptions){.width = 2, .vocabulary = 2, .most = 9, .length_penalty = penalty},
            now_or_later, NULL);
        assert_int_equal(beams.n, 2);
        assert_int_equal(beams.length[0], expected[penalty]);
        assert_true(fabs(beams.sum[1 - penalty] - log(0.25)) < close_enough);
        beams_free(&beams);
    }
}

static void all_are_alike(void *context, int step, int n, const int *parent, const int *token,
                          real *log_probs)
{
    (void)context;
    (void)step;
    (void)parent;
    (void)token;
    for (int i = 0; i < 3 * n; i++)
        log_probs[i] = -1;
}

static void of_equal_ones_the_lower_parent_and_token_come_first(void **state)
{
    (void)state;
    const int token[3][2] = {{0, 0}, {1, 0}, {1, 1}}, length[3] = {1, 2, 2};
    Beams beams =
        beam_search((BeamOptions){.width = 3, .vocabulary = 3, .most = 2}, all_are_alike, NULL);
    assert_int_equal(beams.n, 3);
    assert_memory_equal(beams.token, token, sizeof token);
    assert_memory_equal(beams.length, length, sizeof length);
    beams_free(&beams);
}

static void nothing_can_follow(void *context, int step, int n, const int *parent, const int *token,
                               real *log_probs)
{
    (void)step;
    (void)parent;
    (void)token;
    for (int i = 0; i < 2 * n; i++)
        log_probs[i] = *(const real *)context;
}

static void where_nothing_can_follow_there_is_no_result(void **state)
{
    (void)state;
    Beams beams = beam_search((BeamOptions){.width = 2, .vocabulary = 2, .most = 3},
                              nothing_can_follow, &(real){(real)-INFINITY});
    assert_int_equal(beams.n, 0);
    beams_free(&beams);
}

static void search_with(void *options)
{
    beam_search(*(BeamOptions *)options, nothing_can_follow, &(real){1});
}

static void a_search_that_makes_no_sense_stops_the_program(void **state)
{
    (void)state;
    struct {
        BeamOptions options;
        const char *words;
    } mistakes[] = {
        {{.width = 0, .vocabulary = 2, .most = 1},
         "beam_search: width 0, vocabulary 2, most 1: expected 1 or more\n"},
        {{.width = 1, .vocabulary = 2, .most = 1, .end = 2},
         "beam_search: begin 0, end 2: expected 0 to 1\n"},
        {{.width = 1, .vocabulary = 2, .most = 1, .length_penalty = -1},
         "beam_search: length_penalty -1: expected 0 or more, and finite\n"},
        {{.width = 1, .vocabulary = 2, .most = 1}, "beam_search: a log probability of 1\n"},
    };
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++)
        assert_string_equal(child_run(search_with, &mistakes[i].options).err, mistakes[i].words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_beam_for_all_sequences_finds_the_best_in_order),
        cmocka_unit_test(results_are_what_they_say),
        cmocka_unit_test(a_beam_of_width_1_is_greedy),
        cmocka_unit_test(a_beam_of_width_2_finds_what_greed_misses),
        cmocka_unit_test(what_does_not_end_is_cut_off),
        cmocka_unit_test(a_length_penalty_makes_up_for_length),
        cmocka_unit_test(of_equal_ones_the_lower_parent_and_token_come_first),
        cmocka_unit_test(where_nothing_can_follow_there_is_no_result),
        cmocka_unit_test(a_search_that_makes_no_sense_stops_the_program),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
