/* 21_vae_pictures.h: the plane of codes, as pictures and as points; pictures of codes drawn at
 * random; and what lies between two pictures. */
#ifndef CHAPTER_21_VAE_PICTURES_H
#define CHAPTER_21_VAE_PICTURES_H

#include "21_vae_training.h"
#include "workbook/plot.h"
#include "workbook/sheet.h"

/* -- pictures on a sheet ---------------------------------------------------------------------- */

/* Room for pictures in the numbers of a sheet. */
typedef struct {
    ImageSize size;
    int count, most, numbers; /* numbers in a picture */
    real *x;
} Sheet;

static inline Sheet sheet_new(ImageSize size, int most)
{
    Sheet s = {size, 0, most, image_numbers(size), NULL};
    s.x = malloc((size_t)most * (size_t)s.numbers * sizeof *s.x);
    if (!s.x)
        error_stop("no memory for %d pictures", most);
    return s;
}

/* A picture whose numbers are 0 to 1. Ink is black where there is but one channel. */
static inline void sheet_add(Sheet *s, const real *picture)
{
    real *to = s->x + (ptrdiff_t)s->count * s->numbers;
    for (int at = 0; at < s->numbers; at++) {
        const real shade = s->size.channels == 1 ? 1 - picture[at] : picture[at];
        to[at] = (shade - (real)LESSON_MEAN) / (real)LESSON_DEVIATION;
    }
    s->count++;
}

/* What the network makes of n codes z (n, d). */
static inline void sheet_decode(Sheet *s, Module *net, int n, const real *z)
{
    ag_no_grad_begin();
    const Tensor *logits = vae_decode(net, ag_tensor(ag_shape(2, n, ((const Vae *)net)->d), z));
    real *p = ag_alloc_reals(logits->size);
    vector_sigmoid(logits->size, logits->data, p);
    for (int i = 0; i < n; i++)
        sheet_add(s, p + (ptrdiff_t)i * s->numbers);
    ag_no_grad_end();
    ag_reset();
}

/* Draws it, so many pictures in a row. Frees it. False with error_text() set, as those below. */
static inline bool sheet_draw(Sheet *s, const Options *options, const char *name, int across,
                              int gap)
{
    const real **image = malloc((size_t)s->count * sizeof *image);
    char script[64];
    if (!image)
        error_stop("no memory for %d pictures", s->count);
    for (int i = 0; i < s->count; i++)
        image[i] = s->x + (ptrdiff_t)i * s->numbers;
    snprintf(script, sizeof script, "chapters/21_%s.gp", name);
    bool drawn = sheet_write(options, name, s->size, s->count, image, across, gap) &&
                 plot_draw_file(options, name, script);
    free(image);
    free(s->x);
    return drawn;
}

/* -- the plane -------------------------------------------------------------------------------- */

enum { PLANE_HALF = 6, PLANE_SIDE = 2 * PLANE_HALF + 1 };

/* plane.png: what codes from -2.4 to 2.4 in both numbers become, 0.4 apart. */
static inline bool draw_plane(const Options *options, Module *net, const Images *images)
{
    Sheet s = sheet_new(images->size, PLANE_SIDE * PLANE_SIDE);
    real z[PLANE_SIDE * PLANE_SIDE][2];
    for (int i = 0; i < PLANE_SIDE; i++)
        for (int j = 0; j < PLANE_SIDE; j++) {
            z[i * PLANE_SIDE + j][0] = (real)0.4 * (real)(j - PLANE_HALF);
            z[i * PLANE_SIDE + j][1] = (real)0.4 * (real)(PLANE_HALF - i);
        }
    sheet_decode(&s, net, PLANE_SIDE * PLANE_SIDE, *z);
    return sheet_draw(&s, options, "plane", PLANE_SIDE, 0);
}

/* mu (d) and logvar (d) of new image i */
static inline void code_of(Module *net, const Images *images, int i, real *mu, real *logvar)
{
    const Dataset *test = &images->test;
    const size_t size = (size_t)((const Vae *)net)->d * sizeof *mu;
    ag_no_grad_begin();
    const Codes q =
        vae_encode(net, nn_images(images->size, 1, test->x + (ptrdiff_t)i * test->x_size));
    memcpy(mu, q.mu->data, size);
    memcpy(logvar, q.logvar->data, size);
    ag_no_grad_end();
    ag_reset();
}

/* codes.png: where the new images lie on it, and how sure that is. */
static inline bool draw_codes(const Options *options, Module *net, const Images *images)
{
    const Dataset *test = &images->test;
    RunLog log;
    if (!runlog_open(&log, options->out, "codes", "mu 1,mu 2,sigma 1,sigma 2,class"))
        return false;
    for (int i = 0; i < test->length; i++) {
        real mu[2], logvar[2];
        code_of(net, images, i, mu, logvar);
        runlog_row(&log, (double[]){(double)mu[0], (double)mu[1], (double)exp(logvar[0] / 2),
                                    (double)exp(logvar[1] / 2), (double)test->y[i * test->y_size]});
    }
    return runlog_close(&log) && plot_draw_file(options, "codes", "chapters/21_codes.gp");
}

/* -- pictures of the network's own ------------------------------------------------------------ */

enum { ACROSS = 11, SAMPLED = 3 };

/* samples.png: above new images, then what becomes of codes from N(0, 1) by each of the first three
 * networks. */
static inline bool draw_samples(const Options *options, Module *const net[SAMPLED],
                                const Images *images)
{
    Sheet s = sheet_new(images->size, (1 + SAMPLED) * ACROSS);
    Rng rng;
    rng_seed(&rng, options->seed);
    for (int i = 0; i < ACROSS; i++)
        sheet_add(&s, images->test.x + (ptrdiff_t)i * images->test.x_size);
    for (int k = 0; k < SAMPLED; k++) {
        const Tensor *code = ag_zeros(ag_shape(2, ACROSS, ((const Vae *)net[k])->d));
        sheet_decode(&s, net[k], ACROSS, noise_for(code, &rng));
    }
    return sheet_draw(&s, options, "samples", ACROSS, 4);
}

/* A row of pictures from a (share 0) to b (share 1). */
static inline real mixed(real a, real b, int step)
{
    const real share = (real)step / (ACROSS - 1);
    return (1 - share) * a + share * b;
}

enum { MOST_NUMBERS = 16 };

/* What lies between two new images in the code of a network. */
static inline void between_codes(Sheet *s, Module *net, const Images *images, int from, int to)
{
    const int d = ((const Vae *)net)->d;
    real a[MOST_NUMBERS], b[MOST_NUMBERS], logvar[MOST_NUMBERS], z[ACROSS * MOST_NUMBERS];
    code_of(net, images, from, a, logvar);
    code_of(net, images, to, b, logvar);
    for (int i = 0; i < ACROSS; i++)
        for (int j = 0; j < d; j++)
            z[i * d + j] = mixed(a[j], b[j], i);
    sheet_decode(s, net, ACROSS, z);
}

static inline void between_pixels(Sheet *s, const Images *images, int from, int to)
{
    const int m = images->test.x_size;
    const real *a = images->test.x + (ptrdiff_t)from * m, *b = images->test.x + (ptrdiff_t)to * m;
    real *x = ag_alloc_reals(m);
    for (int i = 0; i < ACROSS; i++) {
        for (int at = 0; at < m; at++)
            x[at] = mixed(a[at], b[at], i);
        sheet_add(s, x);
    }
    ag_reset();
}

/* between.png: two pairs of new images, and what lies between them in two numbers, in 16, and pixel
 * by pixel. */
static inline bool draw_between(const Options *options, Module *const net[2], const Images *images)
{
    static const int pair[2][2] = {{3, 8}, {1, 7}}; /* drawn digits come in turn */
    Sheet s = sheet_new(images->size, 6 * ACROSS);
    for (int p = 0; p < 2; p++) {
        for (int k = 0; k < 2; k++)
            between_codes(&s, net[k], images, pair[p][0], pair[p][1]);
        between_pixels(&s, images, pair[p][0], pair[p][1]);
    }
    return sheet_draw(&s, options, "between", ACROSS, 4);
}

#endif
