/* conv.h: convolution over one to three axes, and its gradients.
 *
 * As everywhere in deep learning the kernel is not turned: it lies on the image as it is, and
 *
 *     y[n][o][p] = sum_c sum_i w[o][c][i] x[n][c][stride p + i - padding]
 *
 * where p and i run over the axes of space, and x is 0 beyond its border. Arrays are row-major: x
 * (batch, in, x...), w (out, in, kernel...), y (batch, out, y...). The two gradients are the maps
 * that this one, linear in x and in w, goes back by:
 *
 *     dx[n][c][q] = sum_o sum_i w[o][c][i] dy[n][o][(q + padding - i) / stride]    where that
 * divides dw[o][c][i] = sum_n sum_p dy[n][o][p] x[n][c][stride p + i - padding]
 *
 * The first is also the transposed convolution, whose gradients are the other two. */
#ifndef KERNEL_CONV_H
#define KERNEL_CONV_H

#include <stdbool.h>
#include <stddef.h>

#include "real.h"

enum { CONV_AXES = 3 };

/* Where there are fewer axes the first ones have sizes, kernel and stride 1 and no padding. In
 * every axis an image with its padding is at least as large as the kernel, and y = (x + 2 padding -
 * kernel) / stride + 1, rounded down. */
typedef struct {
    int batch, in, out;
    int x[CONV_AXES], kernel[CONV_AXES], stride[CONV_AXES], padding[CONV_AXES], y[CONV_AXES];
    int threads; /* that may share the work: 1, or conv_threads() */
} Conv;

/* What becomes of a sum s: y or, if add is set, y + s; + bias[channel] unless bias is NULL; 0
 * unless that is above 0 if relu is set, where a NaN stays NaN. */
typedef struct {
    real *y;
    bool add;
    const real *bias;
    bool relu;
} ConvResult;

/* An image or a gradient that is read. Where `relu`, the output of a relu, is 0 or less, it counts
 * as 0; NULL: nowhere. */
typedef struct {
    const real *data, *relu;
} ConvSource;

/* As many as OpenMP offers. */
int conv_threads(void);

/* Bytes of scratch that each of the three needs, at an address that is a multiple of 64. What is in
 * it does not matter, before or after. */
size_t conv_forward_scratch(const Conv *c);
size_t conv_input_scratch(const Conv *c);
size_t conv_weight_scratch(const Conv *c);

/* y from x and w; dx from dy and w; dw += what x and dy say of it, and
 * db[o] += the sum of dy[.][o][.], each of which may be NULL. Nothing overlaps anything else.
 * A zero is a factor like any other, that of the padding, too: 0 times infinity is NaN.
 *
 * They allocate nothing. The terms of every sum are added in an order that depends on the shapes
 * alone, by the same operations: the result is the same to the bit for any number of threads, and
 * wherever the machine has a fused multiply-add. */
void conv_forward(const Conv *c, ConvSource x, const real *w, ConvResult y, void *scratch);
void conv_input(const Conv *c, ConvSource dy, const real *w, ConvResult dx, void *scratch);
void conv_weight(const Conv *c, ConvSource x, ConvSource dy, real *dw, real *db, void *scratch);

/* db[o] += the sum of dy (batch, channels, size) over the other two, for a dy that no conv_weight()
 * reads as such; in an order of its own, the same on every machine. */
void conv_bias(int batch, int channels, int size, ConvSource dy, real *db);

#endif
