/* state.h: what a run must remember, by name: a list of places in memory that are written to a
 * safetensors file together, and read back to where they are.
 *
 *     State *state = state_new();
 *     state_tensor(state, "layer.weight", weight, true);
 *     state_tensor(state, "layer.bias", bias, false);
 *     state_optim(state, "optim", optim);
 *     state_rng(state, "rng", &rng);
 *     state_loader(state, "loader", &loader);
 *     state_longs(state, "step", ag_shape(0), &step);
 *     if (resume && !state_resume(state, path))
 *         return error_report(program);
 *     ...
 *     if (!state_save(state, path))
 *         return error_report(program);
 *     state_free(state);
 *
 * A run that goes on from a file with all of this in it is, to the bit, the run that was never
 * interrupted. */
#ifndef NN_STATE_H
#define NN_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "autograd/tensor.h"
#include "data/loader.h"
#include "data/text.h"
#include "data/vocab.h"
#include "kernel/random.h"
#include "nn/optim.h"
#include "real.h"

typedef struct State State;

/* An empty list, which the caller gives to state_free(). What is listed stays the caller's, and
 * must stay where it is as long as the list is used. */
State *state_new(void);
void state_free(State *state);

/* Each adds a piece. Names are copied. Errors: a name that was given before, "" or
 * "__metadata__". */

/* Numbers, saved as F32 or F64 as `real` is. state_transposed: (in, out) in memory, and (out, in)
 * in the file, as torch.nn.Linear has its weight. */
void state_reals(State *state, const char *name, Shape shape, real *data);
void state_transposed(State *state, const char *name, int in, int out, real *data);

/* A tensor's data. After it has been read back a gradient through what it was before is an error
 * (ag_bump_version()). Error: transposed, but not of two dimensions. */
void state_tensor(State *state, const char *name, Tensor *x, bool transposed);

/* Saved as F64, I32, I64 and U64. */
void state_doubles(State *state, const char *name, Shape shape, double *data);
void state_ints(State *state, const char *name, Shape shape, int *data);
void state_longs(State *state, const char *name, Shape shape, long *data);
void state_u64s(State *state, const char *name, Shape shape, uint64_t *data);

/* A text of any length, saved as U8. *text is from malloc(), or NULL, which is saved as an empty
 * one; when it is read back, the old one is freed and a new one takes its place. */
void state_text(State *state, const char *name, char **text);

/* A source of random numbers, and a loader in the middle of an epoch or at its beginning, with what
 * its transform is to draw. Their pieces are called "name.state", "name.order", ... */
void state_rng(State *state, const char *name, Rng *rng);
void state_loader(State *state, const char *name, Loader *loader);

/* The place in a text that is read in streams: "name.next". */
void state_streams(State *state, const char *name, Streams *streams);

/* What an optimizer remembers and its learning rates: "name.state.0.exp_avg", ... (optim_each()).
 * Its settings are the program's. Call it when all groups and parameters have been added. */
void state_optim(State *state, const char *name, Optim *optim);

/* Something said of the file in it, which is not read back: safetensors_meta(). Errors: a key that
 * was given before, or "format". */
void state_meta(State *state, const char *key, const char *value);

/* The vocabulary that the numbers are for, said in the file as "vocabulary": all its characters
 * (vocab_all()). A file that says another is not read; one that says none is. */
void state_vocab(State *state, const Vocab *vocab);

/* Writes all pieces to a file, which is there whole or not at all. False with error_text() set if
 * it cannot be written. */
bool state_save(const State *state, const char *path);

/* Reads all pieces back. False with error_text() set, and nothing changed, if the file cannot be
 * read, is malformed, or does not fit: a shape differs; a type does (for reals F64, F32, F16 and
 * BF16 are all good); the vocabulary is another; a loader's order is none of its examples, or a
 * place in a text is outside it. Names that are only here or only there are an error if `strict`;
 * else what has a place is read, and state_unmatched() says what has none. */
bool state_load(State *state, const char *path, bool strict);

/* The same for a run that is to go on to the bit: strict, and reals must have the very type of
 * `real`. */
bool state_resume(State *state, const char *path);

/* After the latest state_load(): 'missing "a", "b"; left over "c"', all names that are only here
 * and all that are only in the file; "" if there is none. Good until the next. */
const char *state_unmatched(const State *state);

#endif
