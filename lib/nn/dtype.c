#include "nn/dtype.h"

#include <string.h>

#include "error.h"

/* The numbers of a file are copied to memory as they are. */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "expected a little-endian machine");

static const struct {
    const char *name;
    int size;
} dtypes[DTYPES] = {
    [DTYPE_F64] = {"F64", 8},   [DTYPE_I64] = {"I64", 8},   [DTYPE_U64] = {"U64", 8},
    [DTYPE_F32] = {"F32", 4},   [DTYPE_I32] = {"I32", 4},   [DTYPE_U32] = {"U32", 4},
    [DTYPE_F16] = {"F16", 2},   [DTYPE_BF16] = {"BF16", 2}, [DTYPE_I16] = {"I16", 2},
    [DTYPE_U16] = {"U16", 2},   [DTYPE_I8] = {"I8", 1},     [DTYPE_U8] = {"U8", 1},
    [DTYPE_BOOL] = {"BOOL", 1},
};

const char *dtype_name(Dtype type)
{
    return dtypes[type].name;
}

int dtype_size(Dtype type)
{
    return dtypes[type].size;
}

bool dtype_is_float(Dtype type)
{
    return type == DTYPE_F64 || type == DTYPE_F32 || type == DTYPE_F16 || type == DTYPE_BF16;
}

Dtype dtype_named(const char *name)
{
    NOT_NULL(name);
    int type = 0;
    while (type < DTYPES && strcmp(dtypes[type].name, name) != 0)
        type++;
    return (Dtype)type;
}

static float float_of(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* The exponent of a half is biased by 15, of a float by 127; of 31 and 255 are infinity and NaN. */
float dtype_half(uint16_t bits)
{
    uint32_t sign = (uint32_t)(bits >> 15) << 31, exponent = bits >> 10 & 31,
             fraction = bits & 1023;
    if (exponent == 0) /* subnormal: no leading 1, in steps of 2^-24 */
        return copysignf((float)fraction * 0x1p-24f, float_of(sign));
    uint32_t wide = exponent == 31 ? 255 : exponent + 127 - 15;
    return float_of(sign | wide << 23 | fraction << 13);
}

float dtype_bfloat(uint16_t bits)
{
    return float_of((uint32_t)bits << 16);
}

/* In a file nothing need be aligned. */
static uint64_t bits_at(Dtype type, const void *at)
{
    uint64_t bits = 0;
    memcpy(&bits, at, (size_t)dtypes[type].size);
    return bits;
}

double dtype_float(Dtype type, const void *at)
{
    NOT_NULL(at);
    uint64_t bits = bits_at(type, at);
    double x;
    switch (type) {
    case DTYPE_F64:
        memcpy(&x, &bits, sizeof x);
        return x;
    case DTYPE_F32:
        return float_of((uint32_t)bits);
    case DTYPE_F16:
        return dtype_half((uint16_t)bits);
    case DTYPE_BF16:
        return dtype_bfloat((uint16_t)bits);
    default:
        error_stop("dtype_float: %s: expected F64, F32, F16 or BF16", dtype_name(type));
    }
}

bool dtype_whole(Dtype type, const void *at, int64_t *number)
{
    NOT_NULL(at, number);
    uint64_t bits = bits_at(type, at);
    if (dtype_is_float(type))
        error_stop("dtype_whole: %s: expected a type of whole numbers", dtype_name(type));
    int above = 64 - 8 * dtypes[type].size; /* bits, which take the sign's value */
    bool has_sign = type == DTYPE_I64 || type == DTYPE_I32 || type == DTYPE_I16 || type == DTYPE_I8;
    *number = has_sign ? (int64_t)(bits << above) >> above : (int64_t)bits;
    return type != DTYPE_U64 || bits <= INT64_MAX;
}
