#include "data/picture.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"

enum { SIDE = 28, INK_SIDE = 20 };

/* A part of a picture in grey. x[i * row + j] is its row i, column j. */
typedef struct {
    int h, w, row;
    real *x;
} Ink;

static Ink grey(const Picture *picture)
{
    size_t pixels = (size_t)picture->h * (size_t)picture->w;
    Ink ink = {.h = picture->h, .w = picture->w, .row = picture->w};
    ink.x = calloc(pixels, sizeof *ink.x);
    if (!ink.x)
        error_stop("picture_to_digit: out of memory for %zu pixels", pixels);
    const real *red = picture->x, *green = red + pixels, *blue = green + pixels;
    if (picture->channels == 1)
        memcpy(ink.x, picture->x, pixels * sizeof *ink.x);
    else
        for (size_t i = 0; i < pixels; i++)
            ink.x[i] = (real)0.299 * red[i] + (real)0.587 * green[i] + (real)0.114 * blue[i];
    return ink;
}

static int ascending(const void *a, const void *b)
{
    real x = *(const real *)a, y = *(const real *)b;
    return (x > y) - (x < y);
}

/* The median along the border: ink that touches it is less than half of it. */
static real ground_of(const Ink *all)
{
    size_t h = (size_t)all->h, w = (size_t)all->w, n = 0;
    real *border = malloc(2 * (h + w) * sizeof *border);
    if (!border)
        error_stop("picture_to_digit: out of memory for a border of %zu x %zu", h, w);
    for (size_t j = 0; j < w; j++) {
        border[n++] = all->x[j];
        border[n++] = all->x[(h - 1) * w + j];
    }
    for (size_t i = 0; i < h; i++) {
        border[n++] = all->x[i * w];
        border[n++] = all->x[i * w + w - 1];
    }
    qsort(border, n, sizeof *border, ascending);
    real median = border[n / 2];
    free(border);
    return median;
}

static real strongest(const Ink *ink)
{
    real most = 0;
    for (int i = 0; i < ink->h; i++)
        for (int j = 0; j < ink->w; j++) {
            real x = ink->x[(size_t)i * (size_t)ink->row + (size_t)j];
            most = x > most ? x : most;
        }
    return most;
}

/* From brightness to ink: 0 on the ground, 1 where it is the strongest. */
static bool find_ink(Ink *all)
{
    size_t pixels = (size_t)all->h * (size_t)all->w;
    real ground = ground_of(all), sign = ground > (real)0.5 ? -1 : 1;
    for (size_t i = 0; i < pixels; i++)
        all->x[i] = sign * (all->x[i] - ground);
    real most = strongest(all);
    if (most < (real)0.1)
        return error_return("expected a digit that is %s than its ground, found none",
                            sign < 0 ? "darker" : "lighter");
    for (size_t i = 0; i < pixels; i++) {
        real x = all->x[i] / most;
        all->x[i] = x < (real)0.2 ? 0 : x;
    }
    return true;
}

/* The smallest part that holds all of the ink. */
static Ink crop(const Ink *all)
{
    int top = all->h, bottom = 0, left = all->w, right = 0;
    for (int i = 0; i < all->h; i++)
        for (int j = 0; j < all->w; j++)
            if (all->x[(size_t)i * (size_t)all->row + (size_t)j] > 0) {
                top = i < top ? i : top;
                bottom = i;
                left = j < left ? j : left;
                right = j > right ? j : right;
            }
    return (Ink){.h = bottom - top + 1,
                 .w = right - left + 1,
                 .row = all->row,
                 .x = all->x + (size_t)top * (size_t)all->row + left};
}

/* How much of pixel i lies between begin and end, 0 .. 1. */
static real overlap(int i, real begin, real end)
{
    real from = begin > i ? begin : i, to = end < i + 1 ? end : i + 1;
    return to > from ? to - from : 0;
}

/* The mean of the ink over the rows top .. bottom and the columns left .. right, which need not be
 * whole numbers. */
static real mean_over(const Ink *ink, real top, real bottom, real left, real right)
{
    real sum = 0;
    for (int i = (int)top; i < ink->h && i < bottom; i++)
        for (int j = (int)left; j < ink->w && j < right; j++)
            sum += overlap(i, top, bottom) * overlap(j, left, right) *
                   ink->x[(size_t)i * (size_t)ink->row + (size_t)j];
    return sum / ((bottom - top) * (right - left));
}

/* A side of the scaled ink, whose longer side is INK_SIDE: in proportion, and 1 at least. */
static int scaled(int side, int longer)
{
    int length = (int)floor((real)(side * INK_SIDE) / (real)longer + (real)0.5);
    return length < 1 ? 1 : length;
}

static void scale(const Ink *ink, Ink *to)
{
    int longer = ink->h > ink->w ? ink->h : ink->w;
    to->h = scaled(ink->h, longer);
    to->w = scaled(ink->w, longer);
    real down = (real)ink->h / (real)to->h, along = (real)ink->w / (real)to->w;
    for (int i = 0; i < to->h; i++)
        for (int j = 0; j < to->w; j++)
            to->x[i * to->row + j] = mean_over(ink, (real)i * down, (real)(i + 1) * down,
                                               (real)j * along, (real)(j + 1) * along);
}

/* Where the ink begins for its centre of mass to lie in the middle, as far as there is room. */
static int offset(real centre, int length)
{
    int begin = (int)floor((real)SIDE / 2 - centre + (real)0.5), most = SIDE - length;
    return begin < 0 ? 0 : begin > most ? most : begin;
}

static void place(const Ink *ink, real digit[SIDE * SIDE])
{
    real sum = 0, down = 0, along = 0;
    for (int i = 0; i < ink->h; i++)
        for (int j = 0; j < ink->w; j++) {
            real x = ink->x[i * ink->row + j];
            sum += x;
            down += x * ((real)i + (real)0.5);
            along += x * ((real)j + (real)0.5);
        }
    int top = offset(down / sum, ink->h), left = offset(along / sum, ink->w);
    real most = strongest(ink); /* less than 1 if the pen was thin */
    memset(digit, 0, SIDE * SIDE * sizeof *digit);
    for (int i = 0; i < ink->h; i++)
        for (int j = 0; j < ink->w; j++)
            digit[(top + i) * SIDE + left + j] = ink->x[i * ink->row + j] / most;
}

bool picture_to_digit(const Picture *picture, real digit[28 * 28])
{
    NOT_NULL(picture, digit);
    if (!picture->x || picture->h < 1 || picture->w < 1 ||
        (picture->channels != 1 && picture->channels != 3))
        error_stop("picture_to_digit: a picture of %d x %d x %d: expected 1 or 3 channels",
                   picture->channels, picture->h, picture->w);
    real pixels[INK_SIDE * INK_SIDE];
    Ink all = grey(picture), small = {.row = INK_SIDE, .x = pixels};
    bool good = find_ink(&all);
    if (good) {
        Ink ink = crop(&all);
        scale(&ink, &small);
        place(&small, digit);
    }
    free(all.x);
    return good;
}
