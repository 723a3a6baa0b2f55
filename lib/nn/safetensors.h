/* safetensors.h: named arrays in a file, in the format of
 * https://github.com/huggingface/safetensors: the length of the header (8 bytes, little-endian),
 * the header (JSON: of each tensor its dtype, its shape and where its numbers lie), the numbers. It
 * holds no code, so a file from a stranger can do no harm; whatever is wrong with one is found when
 * it is opened. */
#ifndef NN_SAFETENSORS_H
#define NN_SAFETENSORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nn/dtype.h"
#include "real.h"

enum { SAFETENSORS_MAX_DIMS = 8 };

/* Row-major and contiguous. A scalar has ndim 0; a dim may be 0, and then there are no numbers. */
typedef struct {
    const char *name;
    Dtype type;
    int ndim;
    int64_t dim[SAFETENSORS_MAX_DIMS];
    const void *data; /* of a file that was read: aligned to nothing */
} SafeTensor;

/* What a file says beside its tensors: two texts. */
typedef struct {
    const char *key, *value;
} SafeMeta;

/* A file that was read, whole, with its tensors in the order of their names. */
typedef struct {
    int n, metas;
    SafeTensor *tensor;
    SafeMeta *meta;
    char *path, *header, *data; /* what all of the above point into */
} SafeTensors;

/* Reads a file and checks all of it: false, with nothing to be closed and error_text() saying what
 * was expected and where, if it is not exactly what the format allows (which asks that the numbers
 * of one tensor begin where those of another end, without a gap and up to the end of the file, and
 * that no name comes twice). */
bool safetensors_open(SafeTensors *file, const char *path);
void safetensors_close(SafeTensors *file);

/* The tensor of this name, or the text that goes with this key; NULL if there is none. */
const SafeTensor *safetensors_find(const SafeTensors *file, const char *name);
const char *safetensors_meta(const SafeTensors *file, const char *key);

/* Numbers in it, and bytes. */
size_t safetensors_count(const SafeTensor *tensor);
size_t safetensors_bytes(const SafeTensor *tensor);

/* "(6, 25)"; good until the fourth call from now. */
const char *safetensors_shape_text(const SafeTensor *tensor);

/* Copies all numbers. False with error_text() set if they are of another type than the function
 * takes; nothing has been written then.
 *     safetensors_reals    F64, F32, F16 or BF16, rounded to `real`
 *     safetensors_whole    any type of whole numbers, as long as an int64_t holds them
 *     safetensors_exactly  this type, bit by bit, into an array of such numbers */
bool safetensors_reals(const SafeTensors *file, const SafeTensor *tensor, real *to);
bool safetensors_whole(const SafeTensors *file, const SafeTensor *tensor, int64_t *to);
bool safetensors_exactly(const SafeTensors *file, const SafeTensor *tensor, Dtype type, void *to);

/* Writes a file, which is there whole or not at all (safefile.h). The header has the tensors in the
 * order given, but the wider types first, so that each lies at a multiple of its size. To what is
 * said beside them (meta: NULL if nothing) {"format": "pt"} is added: PyTorch's arrays. False with
 * error_text() set if it cannot be written. Errors: a name or a key that comes twice, "" or
 * "__metadata__" as a name, the key "format". */
bool safetensors_save(const char *path, int n, const SafeTensor tensors[], int metas,
                      const SafeMeta meta[]);

#endif
