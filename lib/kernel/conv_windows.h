/* conv_windows.h: an image, seen through windows; private to conv.c and conv_weight.c.
 *
 * For every target t the window lies on the image at step t + first, and is `taps` wide, in each of
 * three axes; parts of it may lie beyond the border, where there are zeros. A target and a tap name
 * an element of the image, and if the image has been copied with a border of zeros, its place is
 * that of the target plus that of the tap: two numbers that two tables hold. So nothing has to be
 * laid out anew for each window: im2col without the columns.
 *
 * What is copied at a time is a block, some channels of what a box of neighbouring targets sees:
 * small enough for the second-level cache. In it, the elements of a row are sorted by their
 * remainder after division by the step, so that neighbouring targets always find neighbours. */
#ifndef KERNEL_CONV_WINDOWS_H
#define KERNEL_CONV_WINDOWS_H

#include <stddef.h>

#include "kernel/conv.h"

typedef struct {
    int images, channels, size[CONV_AXES]; /* of each image */
    int step[CONV_AXES], first[CONV_AXES], taps[CONV_AXES], targets[CONV_AXES];
    /* windows_cut() finds these: */
    int block_channels;      /* in a block */
    int box[CONV_AXES];      /* targets in a box */
    int boxes;               /* of them in all */
    int extent[CONV_AXES];   /* of what a box sees */
    int part;                /* of a row of it, elements of the same remainder */
    ptrdiff_t block_channel; /* elements of a channel in a block */
} Windows;

/* A box: its first target, how many targets it has in each axis, and how many that is. */
typedef struct {
    int start[CONV_AXES], count[CONV_AXES], positions;
} Box;

/* Decides on blocks of so many terms (channels x taps) and boxes of so many targets at most. The
 * targets of a box lie one behind the other, as they do in memory; in row-major order those of a
 * smaller box, at the end of an axis, have the same places as the first ones of a full box. */
void windows_cut(Windows *w, int most_terms, int most_targets);

/* The box of this number, 0 <= i < w->boxes. */
Box windows_box(const Windows *w, int i);

/* Taps in a window, all sizes multiplied; targets in a full box; elements that a block takes, with
 * those beyond its end that a vector may read. */
int windows_taps(const Windows *w);
int windows_positions(const Windows *w);
size_t windows_block(const Windows *w);

/* Copies n channels of an image, from channel c on: what the box sees, but for what lies beyond the
 * border. That stays as it is, and has to be cleared when a block is used for another box. */
void windows_clear(const Windows *w, real *block);
void windows_copy(const Windows *w, ConvSource x, int image, int c, int n, const Box *box,
                  real *block);

/* Copies n elements, but 0 where relu is 0 or less; relu may be NULL. */
void conv_copy(int n, const real *x, const real *relu, real *y);

/* Where each tap of each channel of a block is, block_channels x taps of them, from the place of
 * the target; and where a target of a box is. */
void windows_offsets(const Windows *w, int offset[]);
int windows_place(const Windows *w, int z, int y, int x);

/* What y sees of x. */
Windows conv_windows(const Conv *c, int most_terms, int most_targets);

/* How many threads share the work of one pass, and which of them this is. */
int conv_threads_of(const Conv *c);
size_t conv_thread(void);

/* Takes so many bytes of scratch, of which `used` have been taken; in whole lines of the cache. Of
 * NULL it only counts. */
void *conv_take(void *scratch, size_t *used, size_t bytes);

#endif
