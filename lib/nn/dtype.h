/* dtype.h: the types of number that a safetensors file holds, little-endian, as they lie in it. */
#ifndef NN_DTYPE_H
#define NN_DTYPE_H

#include <stdbool.h>
#include <stdint.h>

#include "real.h"

typedef enum {
    DTYPE_F64,
    DTYPE_I64,
    DTYPE_U64,
    DTYPE_F32,
    DTYPE_I32,
    DTYPE_U32,
    DTYPE_F16,
    DTYPE_BF16,
    DTYPE_I16,
    DTYPE_U16,
    DTYPE_I8,
    DTYPE_U8,
    DTYPE_BOOL,
    DTYPES
} Dtype;

/* What a `real` is saved as. */
#ifdef REAL_IS_FLOAT
#define DTYPE_REAL DTYPE_F32
#else
#define DTYPE_REAL DTYPE_F64
#endif

/* "BF16". */
const char *dtype_name(Dtype type);

/* Bytes of one number. */
int dtype_size(Dtype type);

/* F64, F32, F16 or BF16. */
bool dtype_is_float(Dtype type);

/* The type of this name; DTYPES if none has it. */
Dtype dtype_named(const char *name);

/* The number whose bits these are, exactly. F16, IEEE's half precision: a sign, 5 bits of exponent
 * and 10 of fraction. BF16: the upper half of a float. */
float dtype_half(uint16_t bits);
float dtype_bfloat(uint16_t bits);

/* The number of a float type that lies at this place. */
double dtype_float(Dtype type, const void *at);

/* The whole number that lies at this place; false if it is a U64 that an int64_t does not hold. */
bool dtype_whole(Dtype type, const void *at, int64_t *number);

#endif
