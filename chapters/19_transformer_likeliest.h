/* 19_transformer_likeliest.h: the names that a model holds to be the likeliest, as wholes. */
#ifndef CHAPTER_19_TRANSFORMER_LIKELIEST_H
#define CHAPTER_19_TRANSFORMER_LIKELIEST_H

#include <math.h>
#include <string.h>

#include "19_transformer_names.h"
#include "nn/beam.h"

enum { BEAM = 20, BEST = 5 }; /* names that are looked at side by side, and that are shown */

typedef struct {
    Net *net;
    TransformerCache *cache;
    int width;
} Search;

/* What may follow each of n beginnings. The cache is for `width`; where there are fewer, the first
 * one stands in. */
static inline void search_step(void *context, int step, int n, const int *parent, const int *token,
                               real *log_probs)
{
    const Search *s = context;
    int from[BEAM] = {0}, last[BEAM] = {0};
    for (int i = 0; i < n; i++) {
        from[i] = parent[i];
        last[i] = token[i];
    }
    if (step > 0)
        transformer_cache_pick(s->cache, from);
    Tensor *x = nn_encode_next(s->cache, net_input(s->net, s->width, 1, step, last));
    Tensor *rows = ag_log_softmax(net_head(s->net, x), 1);
    memcpy(log_probs, ag_data(rows), (size_t)(n * s->net->plan.words) * sizeof *log_probs);
}

/* With a width of 1 it takes the likeliest letter each time. */
static inline Beams search_names(Net *net, int width)
{
    const int most = net->plan.places;
    Search s = {net, transformer_cache_new(net->stack, width, most), width};
    const BeamOptions options = {.width = width,
                                 .vocabulary = net->plan.words,
                                 .begin = VOCAB_MARK,
                                 .end = VOCAB_MARK,
                                 .most = most};
    ag_no_grad_begin();
    Beams beams = beam_search(options, search_step, &s);
    ag_no_grad_end();
    ag_reset();
    transformer_cache_free(s.cache);
    return beams;
}

static inline void names_say(const Vocab *vocab, const Beams *beams, int shown)
{
    char *text = malloc((size_t)beams->most * UTF8_MOST + 1);
    if (!text)
        error_stop("no memory for a name");
    for (int i = 0; i < beams->n && i < shown; i++) {
        const int letters = beams->length[i] - beams->ended[i];
        printf("  1 in %-8.0f  %s\n", exp(-beams->sum[i]),
               vocab_text(vocab, letters, beams->token + (size_t)i * (size_t)beams->most, text));
    }
    free(text);
}

static inline void likeliest_names(const Vocab *vocab, Net *net)
{
    Beams greedy = search_names(net, 1), wide = search_names(net, BEAM);
    printf("\nThe likeliest letter each time, and how probable that name is:\n");
    names_say(vocab, &greedy, 1);
    printf("The likeliest names that a beam of %d finds:\n", BEAM);
    names_say(vocab, &wide, BEST);
    beams_free(&greedy);
    beams_free(&wide);
}

#endif
