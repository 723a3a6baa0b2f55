/* simd.h: several numbers at a time, private to the kernels of this folder.
 *
 * A Vector is as many reals as one register of the machine holds. GCC and clang add, multiply and
 * compare such a type element by element with the ordinary operators (the compilers' "vector
 * extensions"), so one source serves every machine and both precisions, without a line of
 * assembly. A comparison gives an IntVector that holds -1, all bits set, where it is true. */
#ifndef KERNEL_SIMD_H
#define KERNEL_SIMD_H

#include <stddef.h>
#include <stdint.h>

#include "real.h"

#if defined __AVX512F__
#define VECTOR_BYTES 64
#define VECTOR_REGISTERS 32
#elif defined __AVX__
#define VECTOR_BYTES 32
#define VECTOR_REGISTERS 16
#else
#define VECTOR_BYTES 16 /* SSE, NEON; elsewhere the compiler makes do with scalars */
#ifdef __aarch64__
#define VECTOR_REGISTERS 32
#else
#define VECTOR_REGISTERS 16
#endif
#endif

/* Does the machine round a b + c once? */
#if defined __FMA__ || defined __FP_FAST_FMA || defined __ARM_FEATURE_FMA
#define HAS_MULTIPLY_ADD
#endif

#ifdef REAL_IS_FLOAT
#define LANES (VECTOR_BYTES / 4)
typedef int32_t Int; /* as wide as a real */
typedef uint32_t Bits;
#else
#define LANES (VECTOR_BYTES / 8)
typedef int64_t Int;
typedef uint64_t Bits;
#endif

#define ALWAYS_INLINE static inline __attribute__((always_inline))

/* for (int i = 0; i < n; i++), unrolled whatever the compiler thinks of it, so that an array which
 * is indexed by i can live in registers. n is known when compiling and at most 16. FOR_EACH_LANE
 * stays a loop until it is made one instruction on vectors. */
#ifdef __clang__
#if __has_feature(undefined_behavior_sanitizer) /* whose checks, unrolled, take it minutes */
#define UNROLLED_FOR(i, n) for (int i = 0; i < (n); i++)
#define UNROLLED_TWICE_FOR(i, n) for (int i = 0; i < (n); i++)
#else
#define UNROLLED_FOR(i, n) _Pragma("clang loop unroll(full)") for (int i = 0; i < (n); i++)
#define UNROLLED_TWICE_FOR(i, n) _Pragma("clang loop unroll_count(2)") for (int i = 0; i < (n); i++)
#endif
#define FOR_EACH_LANE(i) for (int i = 0; i < LANES; i++)
#else
#define UNROLLED_FOR(i, n) _Pragma("GCC unroll 16") for (int i = 0; i < (n); i++)
#define UNROLLED_TWICE_FOR(i, n) _Pragma("GCC unroll 2") for (int i = 0; i < (n); i++)
#define FOR_EACH_LANE(i) _Pragma("GCC unroll 1") for (int i = 0; i < LANES; i++)
#endif

typedef real Vector __attribute__((vector_size(VECTOR_BYTES)));
typedef Int IntVector __attribute__((vector_size(VECTOR_BYTES)));
typedef Bits BitsVector __attribute__((vector_size(VECTOR_BYTES))); /* where a sum may overflow */

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
 * padding, and the padding is not stored. Where n >= LANES it is no tail but a whole vector. The
 * compiler makes one masked instruction of each loop, where the machine has such. */
ALWAYS_INLINE Vector load_part(ptrdiff_t n, const real *x, real padding)
{
    if (n >= LANES)
        return load(x);
    const int left = (int)n;
    real part[LANES];
    FOR_EACH_LANE (i)
        part[i] = i < left ? x[i] : padding;
    return load(part);
}

ALWAYS_INLINE void store_part(ptrdiff_t n, real *x, Vector v)
{
    if (n >= LANES) {
        store(x, v);
        return;
    }
    const int left = (int)n;
    real part[LANES];
    store(part, v);
    FOR_EACH_LANE (i)
        if (i < left)
            x[i] = part[i];
}

/* The same value in every place; subtracting zero keeps even the sign of a zero. */
ALWAYS_INLINE Vector all(real value)
{
    return value - (Vector){0};
}

/* 0, 1, 2, ... */
ALWAYS_INLINE IntVector lane_numbers(void)
{
    IntVector lane;
    for (int i = 0; i < LANES; i++)
        lane[i] = i;
    return lane;
}

/* a b + c. The compiler is told to fuse nothing by itself (-ffp-contract=off), since it would do so
 * in one place and not in another. Here it must, where the machine can; it makes one instruction of
 * the loop. */
ALWAYS_INLINE Vector multiply_add(Vector a, Vector b, Vector c)
{
#ifdef HAS_MULTIPLY_ADD
    Vector sum;
    for (int i = 0; i < LANES; i++)
        sum[i] = fma(a[i], b[i], c[i]);
    return sum;
#else
    return a * b + c;
#endif
}

/* where ? yes : no, element by element. */
ALWAYS_INLINE Vector choose(IntVector where, Vector yes, Vector no)
{
    return (Vector)((where & (IntVector)yes) | (~where & (IntVector)no));
}

#endif
