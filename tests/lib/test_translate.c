/* An encoder-decoder is asked for its likeliest answer: a beam search that goes through the cache,
 * beside the sum of every answer there is, each decoded whole and without a cache. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "autograd/autograd.h"
#include "nn/beam.h"
#include "nn/layers.h"
#include "nn/transformer.h"

/* Three words and the mark, and answers of at most three tokens: 1 + 3 that the mark ends early,
 * and 9 + 27 of three tokens. */
enum { V = 4, MARK = 0, MOST = 3, WIDTH = 8, S = 5, ALL = 1 + 3 + 9 + 27 };

static const AttentionMask causal = {.causal = true}, all_of_them = {.causal = false};

typedef struct {
    Rng rng;
    Module *embedding, *places, *both, *head;
    Tensor *question; /* (1, S, WIDTH) */
} Translator;

static Tensor *normal(Rng *rng, Shape shape)
{
    Tensor *x = ag_zeros(shape);
    for (int i = 0; i < x->size; i++)
        x->data[i] = (real)rng_normal(rng);
    return x;
}

static void translator_begin(Translator *t, uint64_t seed)
{
    const TransformerOptions options = {.width = WIDTH, .heads = 2, .feedforward = 12};
    rng_seed(&t->rng, seed);
    t->embedding = nn_embedding(&t->rng, V, WIDTH);
    t->places = nn_sinusoidal_positions(WIDTH);
    t->both = nn_transformer(&t->rng, options, 1, 2);
    t->head = nn_linear(&t->rng, WIDTH, V);
    t->question = normal(&t->rng, ag_shape(3, 1, S, WIDTH));
    nn_train(t->both, false);
}

static void translator_end(Translator *t)
{
    nn_free(t->embedding);
    nn_free(t->places);
    nn_free(t->both);
    nn_free(t->head);
    ag_reset();
}

/* Tokens (n, length), of which the first stands in this place. */
static Tensor *embedded(Translator *t, int n, int length, const int *token, int place)
{
    Tensor *x = nn_embed(t->embedding, ag_shape(2, n, length), token);
    return nn_add_positions(t->places, x, place);
}

static Tensor *log_probs_of(Translator *t, Tensor *y)
{
    return ag_log_softmax(nn_forward(t->head, y), 2);
}

/* -- without a cache --------------------------------------------------------------------------- */

/* The sum of the log probabilities of an answer of so many tokens, which stand behind the mark. */
static double sum_of(Translator *t, int length, const int *token)
{
    double sum = 0;
    Tensor *memory = nn_encode(t->both, t->question, all_of_them);
    Tensor *y = nn_decode(t->both, embedded(t, 1, length, token, 0), memory, causal, all_of_them);
    const Tensor *log_probs = log_probs_of(t, y);
    for (int i = 0; i < length; i++)
        sum += (double)log_probs->data[i * V + token[i + 1]];
    return sum;
}

/* The sums of all answers that go on from here, into sums. Returns how many. */
static int sum_all(Translator *t, int length, int *token, double *sums)
{
    int count = 0;
    for (int j = 0; j < V; j++) {
        token[length + 1] = j;
        if (j == MARK || length + 1 == MOST)
            sums[count++] = sum_of(t, length + 1, token);
        else
            count += sum_all(t, length + 1, token, sums + count);
    }
    return count;
}

static double greatest(int n, const double *x)
{
    double most = x[0];
    for (int i = 1; i < n; i++)
        most = fmax(most, x[i]);
    return most;
}

/* -- with a cache ------------------------------------------------------------------------------ */

typedef struct {
    Translator *translator;
    TransformerCache *cache;
    Tensor *memory; /* (width, S, WIDTH): the question's, for each hypothesis */
    int width;
} Search;

static void next(void *context, int step, int n, const int *parent, const int *token,
                 real *log_probs)
{
    const Search *s = context;
    int from[ALL] = {0}, last[ALL] = {0}; /* of hypotheses that are not there those of the first */
    for (int i = 0; i < n; i++) {
        from[i] = parent[i];
        last[i] = token[i];
    }
    if (step > 0)
        transformer_cache_pick(s->cache, from);
    Tensor *x = embedded(s->translator, s->width, 1, last, step);
    Tensor *y = nn_decode_next(s->cache, x, s->memory, all_of_them);
    const Tensor *rows = log_probs_of(s->translator, y);
    for (int i = 0; i < n * V; i++)
        log_probs[i] = rows->data[i];
}

static Beams likeliest(Translator *t, int width)
{
    Search s = {.translator = t, .width = width};
    Tensor *one = nn_encode(t->both, t->question, all_of_them);
    s.memory = ag_expand(one, ag_shape(3, width, S, WIDTH));
    s.cache = transformer_cache_new(t->both, width, MOST);
    Beams beams = beam_search(
        (BeamOptions){.width = width, .vocabulary = V, .begin = MARK, .end = MARK, .most = MOST},
        next, &s);
    transformer_cache_free(s.cache);
    return beams;
}

/* -- the tests --------------------------------------------------------------------------------- */

/* Whatever the beam finds is worth what it says; one that is wide enough finds the best. */
static void a_beam_through_the_cache_finds_the_likeliest_answer(void **state)
{
    (void)state;
    int missed = 0;
    for (int seed = 1; seed <= 20; seed++) {
        Translator t;
        double sums[ALL + 1];
        translator_begin(&t, (uint64_t)seed);
        const int count = sum_all(&t, 0, (int[MOST + 1]){MARK}, sums);
        assert_int_equal(count, ALL);
        const int widths[] = {1, 3, ALL};
        for (int k = 0; k < 3; k++) {
            Beams beams = likeliest(&t, widths[k]);
            for (int i = 0; i < beams.n; i++) {
                int token[MOST + 1] = {MARK};
                for (int j = 0; j < beams.length[i]; j++)
                    token[j + 1] = beams.token[i * MOST + j];
                const double sum = sum_of(&t, beams.length[i], token);
                assert_true(fabs(beams.sum[i] - sum) < 64 * (double)REAL_EPSILON);
            }
            const double lost = greatest(count, sums) - beams.sum[0];
            assert_true(lost > -64 * (double)REAL_EPSILON);
            missed += widths[k] == 1 && lost > 0.01;
            assert_true(widths[k] < ALL || lost < 64 * (double)REAL_EPSILON);
            beams_free(&beams);
        }
        translator_end(&t);
    }
    assert_in_range(missed, 1, 19); /* or a beam would be for nothing */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_beam_through_the_cache_finds_the_likeliest_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
