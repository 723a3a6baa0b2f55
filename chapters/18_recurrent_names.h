/* 18_recurrent_names.h: the names that networks learn from, letter by letter, and those that they
 * make up. */
#ifndef CHAPTER_18_RECURRENT_NAMES_H
#define CHAPTER_18_RECURRENT_NAMES_H

#include "18_recurrent_training.h"
#include "data/loader.h"
#include "data/sequence.h"
#include "nn/sample.h"

enum { EMBEDDING = 32, CHUNK = 256 };

static const char names_of_book[] = "chapters/data/names.txt";

typedef struct {
    Names names;
    Dataset train, dev, test;
} Data;

/* Reads the names and cuts them in three, as chapter 10 does: the same names are in each part,
 * whatever --seed is. */
static inline bool data_read(Data *data, const char *path)
{
    Split split;
    if (!names_read_split(&data->names, &split, path))
        return false;
    const int count = data->names.count;
    data->train = sequences_of_names(&data->names, 0, split.train_end);
    data->dev = sequences_of_names(&data->names, split.train_end, split.dev_end);
    data->test = sequences_of_names(&data->names, split.dev_end, count);
    return true;
}

static inline void data_free(Data *data)
{
    dataset_free(&data->train);
    dataset_free(&data->dev);
    dataset_free(&data->test);
    names_free(&data->names);
}

/* -- a batch ------------------------------------------------------------------------------------
 */

/* n names, and their letters step by step: of each step those that go in, and those that are to
 * come out, where a name is at its end SEQUENCE_PADDING. */
typedef struct {
    Sequences in, out;
    int *x, *y; /* (t, n) */
} Letters;

static inline Letters letters_new(int n, int longest)
{
    const size_t size = sizeof(int) * (size_t)n * (size_t)longest;
    Letters l = {sequences_new(n, longest), sequences_new(n, longest), malloc(size), malloc(size)};
    if (!l.x || !l.y)
        error_stop("no memory for a batch of %d names", n);
    return l;
}

static inline void letters_free(Letters *l)
{
    sequences_free(&l->in);
    sequences_free(&l->out);
    free(l->x);
    free(l->y);
}

/* n rows of a data set. The sequences lie name by name, a layer reads step by step. */
static inline void letters_take(Letters *l, int n, int size, const real *x, const real *y)
{
    sequences_take(&l->in, n, size, x, VOCAB_MARK);
    sequences_take(&l->out, n, size, y, SEQUENCE_PADDING);
    for (int s = 0; s < l->in.t; s++)
        for (int i = 0; i < n; i++) {
            l->x[s * n + i] = l->in.number[i * l->in.t + s];
            l->y[s * n + i] = l->out.number[i * l->in.t + s];
        }
}

/* The next n names of a loader, epoch after epoch. */
static inline void letters_next(Letters *l, Loader *loader)
{
    while (!loader_next(loader))
        ;
    letters_take(l, loader->n, loader->x_size, loader->x, loader->y);
}

/* Of all real letters the mean loss. Padding is read, too, but behind all that counts. */
static inline Tensor *letters_loss(const Net *net, const Letters *l)
{
    const CrossEntropyOptions real_ones = {.ignore = true, .ignore_index = SEQUENCE_PADDING};
    const int n = l->in.n, t = l->in.t;
    Tensor *X = nn_embed(net->embedding, ag_shape(2, t, n), l->x);
    Tensor *logits = nn_forward(net->head, net_states(net, X));
    const int v = logits->shape.dim[2];
    return ag_cross_entropy_with(ag_reshape(logits, ag_shape(2, t * n, v)), l->y, real_ones,
                                 AG_MEAN);
}

/* The mean loss over all letters of a part, in nats. */
static inline double names_loss(const Net *net, const Dataset *data)
{
    double sum = 0;
    long letters = 0;
    Letters l = letters_new(CHUNK, data->x_size);
    ag_no_grad_begin();
    for (int first = 0; first < data->length; first += CHUNK) {
        const int n = data->length - first < CHUNK ? data->length - first : CHUNK;
        letters_take(&l, n, data->x_size, data->x + (ptrdiff_t)first * data->x_size,
                     data->y + (ptrdiff_t)first * data->y_size);
        sum += (double)ag_item(letters_loss(net, &l)) * l.out.total;
        letters += l.out.total;
        ag_reset();
    }
    ag_no_grad_end();
    letters_free(&l);
    return sum / (double)letters;
}

/* -- names of its own ---------------------------------------------------------------------------
 */

/* The state after one letter, of one name. */
static inline Memory read_letter(const Net *net, const RecurrentWeights *w, int letter,
                                 Memory before)
{
    Tensor *X = nn_embed(net->embedding, ag_shape(1, 1), &letter);
    return cell_step(net->cell, w, times(X, w->w_ih, w->b_ih), before);
}

static inline Memory nothing_read(const Net *net)
{
    const int m = weights_of(net->layer).w_hh->shape.dim[1];
    return (Memory){ag_zeros(ag_shape(2, 1, m)), ag_zeros(ag_shape(2, 1, m))};
}

/* Draws letters, each from what the network expects after all those before it. Returns how many
 * came before the mark. */
static inline int sample_name(Rng *rng, const Net *net, SampleOptions how,
                              int name[NAME_MAX_LENGTH])
{
    const RecurrentWeights w = weights_of(net->layer);
    int letter = VOCAB_MARK, length = 0;
    ag_no_grad_begin();
    Memory memory = nothing_read(net);
    while (length < NAME_MAX_LENGTH) {
        memory = read_letter(net, &w, letter, memory);
        Tensor *logits = nn_forward(net->head, memory.h);
        letter = sample_draw(rng, logits->size, logits->data, how, logits->data);
        if (letter == VOCAB_MARK)
            break;
        name[length++] = letter;
    }
    ag_no_grad_end();
    ag_reset();
    return length;
}

/* As many as options->sample, several a line. */
static inline void make_names_up(const Options *options, Rng *rng, const Net *net,
                                 const Vocab *vocab)
{
    int name[NAME_MAX_LENGTH];
    char text[NAME_SIZE];
    for (int i = 0; i < options->sample; i++) {
        const int length = sample_name(rng, net, options->sampling, name);
        printf("%s%s%s", i % 8 ? "" : "  ", vocab_text(vocab, length, name, text),
               i % 8 == 7 || i == options->sample - 1 ? "\n" : " ");
    }
}

#endif
