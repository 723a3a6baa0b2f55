/* simd.h: several numbers at a time, private to the kernels of this folder.
 *
 * A Vector is as many reals as one register of the machine holds. GCC and clang add, multiply and
 * compare such a type element by element with the ordinary operators (the compilers' "vector
 * extensions"), so one source serves every machine and both precisions, without a line of
 * assembly. A comparison gives an IntVector that holds -1, all bits set, where it is true. */
#ifndef KERNEL_SIMD_H
#define KERNEL_SIMD_H

#include <stdint.h>

#include "real.h"

#if defined __AVX512F__
#define VECTOR_BYTES 64
#elif defined __AVX__
#define VECTOR_BYTES 32
#else
#define VECTOR_BYTES 16 /* SSE, NEON; elsewhere the compiler makes do with scalars */
#endif

#ifdef REAL_IS_FLOAT
#define LANES (VECTOR_BYTES / 4)
typedef int32_t Int; /* as wide as a real */
#else
#define LANES (VECTOR_BYTES / 8)
typedef int64_t Int;
#endif

#define ALWAYS_INLINE static inline __attribute__((always_inline))

/* for (int i = 0; i < n; i++), unrolled whatever the compiler thinks of it, so that an array which
 * is indexed by i can live in registers. n is known when compiling and at most 8. */
#ifdef __clang__
#define UNROLLED_FOR(i, n) _Pragma("clang loop unroll(full)") for (int i = 0; i < (n); i++)
#else
#define UNROLLED_FOR(i, n) _Pragma("GCC unroll 8") for (int i = 0; i < (n); i++)
#endif

typedef real Vector __attribute__((vector_size(VECTOR_BYTES)));
typedef Int IntVector __attribute__((vector_size(VECTOR_BYTES)));

/* A Vector anywhere in an array of reals, not only at a multiple of its own size. */
typedef Vector UnalignedVector __attribute__((aligned(sizeof(real)), may_alias));

ALWAYS_INLINE Vector load(const real *x)
{
    return *(const UnalignedVector *)x;
}

ALWAYS_INLINE void store(real *x, Vector v)
{
    *(UnalignedVector *)x = v;
}

/* The same for the tail of an array, where only n elements are left: the vector is filled up with
 * padding, and the padding is not stored. Where n >= LANES it is no tail but a whole vector. */
ALWAYS_INLINE Vector load_part(int n, const real *x, real padding)
{
    if (n >= LANES)
        return load(x);
    Vector v = {0};
    for (int i = 0; i < LANES; i++)
        v[i] = i < n ? x[i] : padding;
    return v;
}

ALWAYS_INLINE void store_part(int n, real *x, Vector v)
{
    if (n >= LANES)
        store(x, v);
    else
        for (int i = 0; i < n; i++)
            x[i] = v[i];
}

/* where ? yes : no, element by element. */
ALWAYS_INLINE Vector choose(IntVector where, Vector yes, Vector no)
{
    return (Vector)((where & (IntVector)yes) | (~where & (IntVector)no));
}

#endif
