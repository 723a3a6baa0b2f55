#include "nn/beam.h"

#include <math.h>
#include <stdlib.h>

#include "error.h"

static const double clearly_above_0 = 1e-3; /* rounding leaves less of ln 1 */

/* A token behind hypothesis `parent` of the step before, and the sum of all log probabilities. */
typedef struct {
    int parent, token;
    double sum;
} Hypothesis;

typedef struct {
    Hypothesis last;
    int step;
    double score;
} Result;

typedef struct {
    BeamOptions options;
    Hypothesis *best; /* (width) of a step, the best first */
    Hypothesis *past; /* (most, width): those of each step that went on */
    Result *result;   /* (width), the best first */
    int n_best, n_results;

    /* What goes on, as BeamStep gets it. */
    int n, *parent, *token;
    real *log_probs;
} Search;

static void *allocated(size_t n, size_t size)
{
    void *block = calloc(n, size);
    if (!block)
        error_stop("beam_search: out of memory for %zu times %zu bytes", n, size);
    return block;
}

static void check(BeamOptions o)
{
    if (o.width < 1 || o.vocabulary < 1 || o.most < 1)
        error_stop("beam_search: width %d, vocabulary %d, most %d: expected 1 or more", o.width,
                   o.vocabulary, o.most);
    if (o.begin < 0 || o.begin >= o.vocabulary || o.end < 0 || o.end >= o.vocabulary)
        error_stop("beam_search: begin %d, end %d: expected 0 to %d", o.begin, o.end,
                   o.vocabulary - 1);
    error_if_negative("beam_search", "length_penalty", o.length_penalty);
}

static Search search_new(BeamOptions o)
{
    check(o);
    const size_t width = (size_t)o.width, most = (size_t)o.most;
    Search s = {.options = o,
                .best = allocated(width, sizeof *s.best),
                .past = allocated(most * width, sizeof *s.past),
                .result = allocated(width, sizeof *s.result),
                .n = 1,
                .parent = allocated(width, sizeof *s.parent),
                .token = allocated(width, sizeof *s.token),
                .log_probs = allocated(width * (size_t)o.vocabulary, sizeof *s.log_probs)};
    s.token[0] = o.begin;
    return s;
}

static void search_free(Search *s)
{
    free(s->best);
    free(s->past);
    free(s->result);
    free(s->parent);
    free(s->token);
    free(s->log_probs);
}

/* The place of those of a step that went on. */
static Hypothesis *past(const Search *s, int step)
{
    return s->past + (size_t)step * (size_t)s->options.width;
}

/* Puts h among the best `places` of this step, behind those that are as good. */
static void offer(Search *s, int places, Hypothesis h)
{
    if (s->n_best == places && !(h.sum > s->best[places - 1].sum))
        return;
    int at = s->n_best < places ? s->n_best++ : places - 1;
    for (; at > 0 && h.sum > s->best[at - 1].sum; at--)
        s->best[at] = s->best[at - 1];
    s->best[at] = h;
}

/* The best of all that may follow, as many as there is room for beside the results. */
static void find_best(Search *s, int step)
{
    const int v = s->options.vocabulary, places = s->options.width - s->n_results;
    s->n_best = 0;
    for (int i = 0; i < s->n; i++) {
        const double sum = step > 0 ? past(s, step - 1)[i].sum : 0;
        const real *row = s->log_probs + (size_t)i * (size_t)v;
        for (int j = 0; j < v; j++) {
            if (!((double)row[j] <= clearly_above_0))
                error_stop("beam_search: a log probability of %g", (double)row[j]);
            if (isfinite(row[j]))
                offer(s, places, (Hypothesis){i, j, sum + (double)row[j]});
        }
    }
}

/* Puts h among the results, behind those that are as good. */
static void add_result(Search *s, int step, Hypothesis h)
{
    const double score = h.sum / pow(step + 1, s->options.length_penalty);
    int at = s->n_results++;
    for (; at > 0 && score > s->result[at - 1].score; at--)
        s->result[at] = s->result[at - 1];
    s->result[at] = (Result){h, step, score};
}

/* Of the best, those that have ended become results, and at the last step all; the rest goes on. */
static void go_on(Search *s, int step)
{
    s->n = 0;
    for (int i = 0; i < s->n_best; i++) {
        const Hypothesis h = s->best[i];
        if (h.token == s->options.end || step + 1 == s->options.most) {
            add_result(s, step, h);
            continue;
        }
        past(s, step)[s->n] = h;
        s->parent[s->n] = h.parent;
        s->token[s->n] = h.token;
        s->n++;
    }
}

/* The results with their tokens, which are gathered from the last to the first. */
static Beams gather(const Search *s)
{
    const size_t n = (size_t)s->options.width, most = (size_t)s->options.most;
    Beams beams = {.n = s->n_results,
                   .most = s->options.most,
                   .token = allocated(n * most, sizeof *beams.token),
                   .length = allocated(n, sizeof *beams.length),
                   .ended = allocated(n, sizeof *beams.ended),
                   .sum = allocated(n, sizeof *beams.sum),
                   .score = allocated(n, sizeof *beams.score)};
    for (int i = 0; i < beams.n; i++) {
        Hypothesis h = s->result[i].last;
        beams.length[i] = s->result[i].step + 1;
        beams.ended[i] = h.token == s->options.end;
        beams.sum[i] = h.sum;
        beams.score[i] = s->result[i].score;
        for (int at = s->result[i].step; at >= 0; at--) {
            beams.token[(size_t)i * most + (size_t)at] = h.token;
            h = at > 0 ? past(s, at - 1)[h.parent] : h;
        }
    }
    return beams;
}

Beams beam_search(BeamOptions options, BeamStep *step, void *context)
{
    if (!step)
        error_stop("beam_search: step is NULL");
    Search s = search_new(options);
    for (int t = 0; t < options.most && s.n > 0; t++) {
        step(context, t, s.n, s.parent, s.token, s.log_probs);
        find_best(&s, t);
        go_on(&s, t);
    }
    Beams beams = gather(&s);
    search_free(&s);
    return beams;
}

void beams_free(Beams *beams)
{
    NOT_NULL(beams);
    free(beams->token);
    free(beams->length);
    free(beams->ended);
    free(beams->sum);
    free(beams->score);
    *beams = (Beams){0};
}
