/* Elementary functions, a vector at a time.
 *
 * Each follows the same plan: reduce the argument to a short interval by an identity of the
 * function, evaluate a short series there, and undo the reduction. Every coefficient is one of the
 * series' own: 1/n! for the exponential, 2/(2n+1) for the logarithm, the whole numbers of Lambert's
 * continued fraction for the hyperbolic tangent; there are no tuned constants to take on trust.
 *
 * A vector has no branches: where elements take different ways, both are computed and one is
 * chosen. */
#include "kernel/simd.h"
#include "kernel/vector.h"

#ifdef REAL_IS_FLOAT
enum { MANTISSA_BITS = 23, EXPONENT_BIAS = 127 };
#define SMALLEST_NORMAL FLT_MIN
#define EXP_LOWEST -104.0f    /* e^x is nearer to 0 than to any number below here, */
#define EXP_HIGHEST 89.0f     /* and infinite above here */
#define TANH_IS_ONE 20.0f     /* from here on, and well before */
#define LN2_HIGH 0x1.62e4p-1f /* ln 2 in two parts; the first has zeros at its end, ... */
#define LN2_LOW 0x1.7f7d1cf79abcap-20f
#else
enum { MANTISSA_BITS = 52, EXPONENT_BIAS = 1023 };
#define SMALLEST_NORMAL DBL_MIN
#define EXP_LOWEST -746.0
#define EXP_HIGHEST 710.0
#define TANH_IS_ONE 40.0
#define LN2_HIGH 0x1.62e42feep-1 /* ... so that a whole number times it is exact */
#define LN2_LOW 0x1.a39ef35793c76p-33
#endif

#define LOG2_E ((real)0x1.71547652b82fep+0)
#define SQRT_HALF ((real)0x1.6a09e667f3bcdp-1)

#define LENGTH(x) (int)(sizeof(x) / sizeof *(x))

/* c[0] + c[1] x + c[2] x^2 + ..., by Horner's rule in x^2, each pair of terms by itself: that waits
 * for half as many results as the rule in x does. */
ALWAYS_INLINE Vector polynomial(int n, const real *c, Vector x)
{
    const Vector square = x * x;
    Vector sum = n % 2 ? all(c[n - 1]) : multiply_add(all(c[n - 1]), x, all(c[n - 2]));
    UNROLLED_FOR (i, (n - 1) / 2) {
        int l = (n - 1) / 2 * 2 - 2 - 2 * i;
        sum = multiply_add(sum, square, multiply_add(all(c[l + 1]), x, all(c[l])));
    }
    return sum;
}

/* -- whole numbers and powers of two ----------------------------------------------------------- */

/* From 2^MANTISSA_BITS on, reals are one apart. So adding this number rounds to a whole number,
 * which then stands in the lowest bits of the sum. */
#define ROUNDER ((real)(3ll << (MANTISSA_BITS - 1)))

ALWAYS_INLINE Vector to_real(IntVector n)
{
    return (Vector)(n + (IntVector)all(ROUNDER)) - ROUNDER;
}

/* 2^n, put straight into the exponent's bits, where it has a bias: n + EXPONENT_BIAS is given. */
ALWAYS_INLINE Vector power_of_two(IntVector biased)
{
    return (Vector)((BitsVector)biased << MANTISSA_BITS);
}

/* -- exponential --------------------------------------------------------------------------------
 *
 * e^x = 2^n e^r, where n is the whole number nearest to x / ln 2 and r = x - n ln 2, so that
 * |r| <= ln 2 / 2. In the reduction n ln 2 is subtracted in two parts (Cody and Waite), of which
 * the first is exact. On the interval Taylor's series e^r = 1 + (r + r^2 (1/2! + r/3! + ...))
 * stops where its next term would be below half a unit in the last place of the sum.
 *
 * n may be too large or too small for the exponent of one number, namely where the result is
 * infinite or subnormal, so 2^n is multiplied in as two factors: n + 2 EXPONENT_BIAS is the sum of
 * two biased exponents. Beyond EXP_LOWEST and EXP_HIGHEST what comes out has no meaning. */
ALWAYS_INLINE Vector exp_in_range(Vector x)
{
#ifdef REAL_IS_FLOAT
    static const real c[] = {1. / 2, 1. / 6, 1. / 24, 1. / 120, 1. / 720, 1. / 5040};
#else
    static const real c[] = {1. / 2,       1. / 6,        1. / 24,        1. / 120,
                             1. / 720,     1. / 5040,     1. / 40320,     1. / 362880,
                             1. / 3628800, 1. / 39916800, 1. / 479001600, 1. / 6227020800};
#endif
    Vector rounded = multiply_add(x, all(LOG2_E), all(ROUNDER)), n = rounded - ROUNDER;
    Vector r = multiply_add(n, all(-LN2_LOW), multiply_add(n, all(-LN2_HIGH), x));
    Vector y = 1 + multiply_add(r * r, polynomial(LENGTH(c), c, r), r);

    IntVector biased =
        (IntVector)((BitsVector)rounded - ((BitsVector)all(ROUNDER) - 2 * EXPONENT_BIAS));
    IntVector half = biased >> 1;
    return y * power_of_two(half) * power_of_two(biased - half);
}

ALWAYS_INLINE Vector exp_of(Vector x)
{
    Vector y = exp_in_range(x);
    y = choose(x < EXP_LOWEST, all(0), y);
    return choose(x > EXP_HIGHEST, all((real)INFINITY), y);
}

/* -- logarithm ----------------------------------------------------------------------------------
 *
 * x = 2^e (1 + f) with 1 + f between sqrt(1/2) and sqrt(2), and ln x = e ln 2 + ln(1 + f). With
 * s = f / (2 + f), which is at most 0.172,
 *
 *     ln(1 + f) = ln (1 + s)/(1 - s) = 2 (s + s^3/3 + s^5/5 + ...) = 2s + s R,
 *
 * R = s^2 (2/3 + 2/5 s^2 + ...). The leading term 2s has been rounded; since 2s = f - s f, the
 * result is arranged around the exact f instead: ln(1 + f) = f - (h - s (h + R)), h = f^2 / 2.
 * (This arrangement is that of fdlibm, Sun Microsystems 1993.) */
ALWAYS_INLINE Vector log_of_parts(Vector e, Vector f, Vector correction)
{
#ifdef REAL_IS_FLOAT
    static const real c[] = {2. / 3, 2. / 5, 2. / 7, 2. / 9};
#else
    static const real c[] = {2. / 3,  2. / 5,  2. / 7,  2. / 9,  2. / 11,
                             2. / 13, 2. / 15, 2. / 17, 2. / 19, 2. / 21};
#endif
    Vector s = f / (2 + f);
    Vector z = s * s;
    Vector R = z * polynomial(LENGTH(c), c, z);
    Vector h = (real)0.5 * f * f;
    Vector low = multiply_add(s, h + R, multiply_add(e, all(LN2_LOW), correction));
    return multiply_add(e, all(LN2_HIGH), f - (h - low));
}

/* Takes x > 0 apart: returns f and sets *e, where x = 2^e (1 + f). A subnormal x is lifted into the
 * normal range first. The difference to sqrt(1/2), taken in the bits, has floor(e) in its exponent;
 * subtracting that again from the bits of x leaves 1 + f. */
ALWAYS_INLINE Vector take_apart(Vector x, Vector *e)
{
    const real up = (real)(1ll << (MANTISSA_BITS + 1));
    IntVector subnormal = x < SMALLEST_NORMAL;
    IntVector bits = (IntVector)choose(subnormal, x * up, x) & ~(IntVector)all((real)-0.0);
    IntVector above = bits - (IntVector)all(SQRT_HALF);
    *e = to_real((above >> MANTISSA_BITS) - (subnormal & (MANTISSA_BITS + 1)));
    return (Vector)(bits - (above & ~(((Int)1 << MANTISSA_BITS) - 1))) - 1;
}

/* The logarithm's values where there is none: at 0, below 0, at infinity, at NaN. */
ALWAYS_INLINE Vector log_at_the_ends(Vector x, Vector y)
{
    y = choose(x > 0, y, all((real)NAN));
    y = choose(x == 0, all((real)-INFINITY), y);
    return choose(x == (real)INFINITY, x, y);
}

ALWAYS_INLINE Vector log_of(Vector x)
{
    Vector e;
    Vector f = take_apart(x, &e);
    return log_at_the_ends(x, log_of_parts(e, f, all(0)));
}

/* ln(1 + x). The sum u = 1 + x is rounded; what it lost, d = (1 + x) - u, is found exactly (Knuth's
 * two-sum) and added to first order: ln(u + d) = ln u + d/u. Where x is so small that e is 0, x is
 * f itself. */
ALWAYS_INLINE Vector log1p_of(Vector x)
{
    Vector u = 1 + x;
    Vector back = u - 1;
    Vector lost = (x - back) + (1 - (u - back));
    Vector e;
    Vector f = take_apart(u, &e);

    IntVector small = (x > (real)-0.29) & (x < (real)0.41);
    f = choose(small, x, f);
    Vector y = log_of_parts(e, f, choose(small, all(0), lost / u));
    return choose(x == 0, x, log_at_the_ends(u, y));
}

/* -- hyperbolic tangent and sigmoid -------------------------------------------------------------
 *
 * tanh x = 1 - 2 / (e^2x + 1) for x >= 0, and tanh(-x) = -tanh x. Where tanh x < 1/2 the
 * subtraction would cancel leading digits. There Lambert's continued fraction
 *
 *     tanh x = x / (1 + z/(3 + z/(5 + z/(7 + ...)))),    z = x^2,
 *
 * is cut off after its fifth level (float) or eighth (double) and written as one fraction, from
 * which x is split off: tanh x = x - x z P(z) / Q(z). Both cases end in one common division. */
ALWAYS_INLINE Vector tanh_of(Vector x)
{
#ifdef REAL_IS_FLOAT
    static const real P[] = {315, 14};
    static const real Q[] = {945, 420, 15};
#else
    static const real P[] = {675675, 45045, 594, 1};
    static const real Q[] = {2027025, 945945, 51975, 630, 1};
#endif
    IntVector sign = (IntVector)x & (IntVector)all((real)-0.0);
    Vector size = (Vector)((IntVector)x ^ sign);
    IntVector small = size < (real)0.5493; /* artanh(1/2) = ln(3) / 2 */
    Vector z = size * size;

    Vector numerator = choose(small, size * z * polynomial(LENGTH(P), P, z), all(2));
    Vector denominator = choose(small, polynomial(LENGTH(Q), Q, z), exp_in_range(2 * size) + 1);
    Vector y = choose(small, size, all(1)) - numerator / denominator;
    y = choose(size > TANH_IS_ONE, all(1), y);
    return (Vector)((IntVector)y | sign);
}

/* 1 / (1 + e^-x) = e^x / (e^x + 1): the form is taken whose exponential cannot overflow. What the
 * sum u = 1 + e lost in rounding is put back afterwards: n / (u + lost) = n/u (1 - lost/u) to first
 * order, and where it matters, at small e, u is nearly 1. */
ALWAYS_INLINE Vector sigmoid_of(Vector x)
{
    const IntVector sign = (IntVector)all((real)-0.0);
    Vector negative = (Vector)((IntVector)x | sign);
    Vector e = choose(negative < EXP_LOWEST, all(0), exp_in_range(negative));
    Vector u = 1 + e, lost = e - (u - 1);
    Vector y = choose(x < 0, e, all(1)) / u;
    return multiply_add(-y, lost, y);
}

/* -- error function -----------------------------------------------------------------------------
 *
 * For |x| <= 9/8 the series
 *
 *     erf x = 2 / sqrt pi (x - x^3/(1! 3) + x^5/(2! 5) - x^7/(3! 7) + ...),
 *
 * whose 2 / sqrt pi is 1 and a rest: x itself is added last, and rounded once. Above, its terms
 * grow before they fall and would cancel. There Laplace's continued fraction
 *
 *     erfc x = e^-x^2 / sqrt pi  1/(x + (1/2)/(x + (2/2)/(x + (3/2)/(x + ...))))
 *
 * is cut off, made one fraction p / q from its end to its beginning, and taken from 1, next to
 * which it is so small that what rounding does to it does not matter. */
#ifdef REAL_IS_FLOAT
enum { ERF_TERMS = 13, ERFC_LEVELS = 36 }; /* enough at 9/8 */
#define ERF_IS_ONE 4.0f
#else
enum { ERF_TERMS = 21, ERFC_LEVELS = 153 };
#define ERF_IS_ONE 6.0
#endif

#define SQRT_PI ((real)0x1.c5bf891b4ef6bp+0)
#define TWO_BY_SQRT_PI 0x1.20dd750429b6dp+0
#define TERM(n, factorial) (((n) % 2 ? -1 : 1) * TWO_BY_SQRT_PI / ((factorial) * (2 * (n) + 1)))

ALWAYS_INLINE Vector erf_of(Vector x)
{
    static const real c[] = {TWO_BY_SQRT_PI - 1,
                             TERM(1, 1.),
                             TERM(2, 2.),
                             TERM(3, 6.),
                             TERM(4, 24.),
                             TERM(5, 120.),
                             TERM(6, 720.),
                             TERM(7, 5040.),
                             TERM(8, 40320.),
                             TERM(9, 362880.),
                             TERM(10, 3628800.),
                             TERM(11, 39916800.),
                             TERM(12, 479001600.),
                             TERM(13, 6227020800.),
                             TERM(14, 87178291200.),
                             TERM(15, 1307674368000.),
                             TERM(16, 20922789888000.),
                             TERM(17, 355687428096000.),
                             TERM(18, 6402373705728000.),
                             TERM(19, 121645100408832000.),
                             TERM(20, 2432902008176640000.)};
    IntVector sign = (IntVector)x & (IntVector)all((real)-0.0);
    Vector size = (Vector)((IntVector)x ^ sign);
    Vector near = multiply_add(size, polynomial(ERF_TERMS, c, size * size), size);

    Vector far = choose(size < ERF_IS_ONE, size, all(ERF_IS_ONE)), p = far, q = all(1);
    for (int k = ERFC_LEVELS; k > 0; k--) {
        Vector next = multiply_add(far, p, (real)0.5 * (real)k * q);
        q = p;
        p = next;
    }
    Vector y = 1 - exp_in_range(-far * far) * q / (p * SQRT_PI);
    y = choose(size <= (real)1.125, near, y);
    y = choose(size != size, x, y);
    return (Vector)((IntVector)y | sign);
}

/* -- over arrays --------------------------------------------------------------------------------
 *
 * The last, partial vector goes through the very same instructions as the others, so an element's
 * result does not depend on its place. Long arrays are cut into pieces of whole vectors. */

enum { PIECE = 1 << 13, LONG_ARRAY = 1 << 17 }; /* shorter is done before a thread wakes */

typedef void Map(int n, const real *x, real *y);

static void map_pieces(Map *map, int n, const real *x, real *y)
{
    if (n < LONG_ARRAY) {
        map(n, x, y);
        return;
    }
#ifdef _OPENMP
#pragma omp parallel for
#endif
    for (int i = 0; i < n / PIECE; i++)
        map(PIECE, x + i * PIECE, y + i * PIECE);
    int rest = n % PIECE;
    map(rest, x + n - rest, y + n - rest);
}

#define VECTOR_FUNCTION(name)                                                \
    static void map_##name(int n, const real *x, real *y)                    \
    {                                                                        \
        for (ptrdiff_t i = 0; i < n; i += LANES)                             \
            store_part(n - i, y + i, name##_of(load_part(n - i, x + i, 1))); \
    }                                                                        \
    void vector_##name(int n, const real *x, real *y)                        \
    {                                                                        \
        map_pieces(map_##name, n, x, y);                                     \
    }

VECTOR_FUNCTION(exp)
VECTOR_FUNCTION(log)
VECTOR_FUNCTION(log1p)
VECTOR_FUNCTION(tanh)
VECTOR_FUNCTION(sigmoid)
VECTOR_FUNCTION(erf)
