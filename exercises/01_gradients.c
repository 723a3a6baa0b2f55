/* 01_gradients.c: exercises to chapter 01, four ways to one number.
 *
 * Replace each TODO() by the body of the function, then type `make check-01`. Outputs come
 * uninitialised: write every element. exp, pow, fabs, fmax and the like are there, and of complex
 * numbers the type `double complex`, the imaginary unit I, creal and cimag. */
#include "01_gradients.h"

/* 1. A polynomial with k coefficients, at n places.
 *
 *     p(x) = c[0] + c[1] x + c[2] x^2 + ... + c[k-1] x^(k-1)
 *     L    = p(x[0]) + ... + p(x[n-1])
 *
 * given    x (n), in which there may be zeros, and c (k)
 * wanted   dx (n) */
void polynomial_backward(int n, int k, const real x[n], const real c[k], real dx[n])
{
    TODO();
}

/* 2. x times the bell curve.
 *
 *     L = sum_i x[i] exp(-x[i]^2)
 *
 * given    x (n)
 * wanted   dx (n) */
void bell_backward(int n, const real x[n], real dx[n])
{
    TODO();
}

/* 3. A quotient: how large a share of a + b is a?
 *
 *     L = sum_i a[i] / (a[i] + b[i])
 *
 * given    a (n) and b (n), all positive
 * wanted   da (n) and db (n) */
void share_backward(int n, const real a[n], const real b[n], real da[n], real db[n])
{
    TODO();
}

/* 4. The polynomial of exercise 1 again, but now the places x stand still and its k coefficients
 * are what can be nudged. This is how a curve is fitted.
 *
 *     L = p(x[0]) + ... + p(x[n-1])
 *
 * given    x (n)
 * wanted   dc (k) */
void coefficients_backward(int n, int k, const real x[n], real dc[k])
{
    TODO();
}

/* 5. Log-sum-exp, a soft maximum, of three numbers, n times.
 *
 *     L = sum_i log(exp(a[i]) + exp(b[i]) + exp(c[i]))
 *
 * given    a (n), b (n) and c (n), none so large that exp() would overflow
 * wanted   da (n), db (n) and dc (n) */
void logsumexp_backward(int n, const real a[n], const real b[n], const real c[n], real da[n],
                        real db[n], real dc[n])
{
    TODO();
}

/* 6. The polynomial of exercise 1, nudged: the central difference with step h. What is wanted is
 * what this formula gives, its error included, not the derivative. h may be as large as 1/2.
 *
 *     dx[i] = (L with x[i] + h  -  L with x[i] - h) / 2h
 *
 * given    h, x (n) and c (k)
 * wanted   dx (n) */
void central_difference(int n, int k, real h, const real x[n], const real c[k], real dx[n])
{
    TODO();
}

/* 7. The polynomial of exercise 1, nudged in a direction that does not exist: the complex step. h
 * is 1e-20 or smaller, so that x + h is x, and still every digit is to be right.
 *
 *     dx[i] = Im(L with x[i] + ih) / h
 *
 * given    h, x (n) and c (k)
 * wanted   dx (n) */
void complex_step(int n, int k, real h, const real x[n], const real c[k], real dx[n])
{
    TODO();
}

/* 8. How far apart are two gradients? Element by element, the difference, without its sign, in
 * units of the larger of the two, without their signs. Where both are zero, they agree.
 *
 *     error[i] = |hand[i] - numeric[i]| / max(|hand[i]|, |numeric[i]|)      0 if both are 0
 *
 * given    hand (n) and numeric (n)
 * wanted   error (n) */
void relative_error(int n, const real hand[n], const real numeric[n], real error[n])
{
    TODO();
}
