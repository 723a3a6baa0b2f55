#include "data/image.h"

#include <limits.h>
#include <stddef.h>

#include "data/canvas.h"
#include "error.h"

int image_numbers(ImageSize size)
{
    const int c = size.channels, h = size.height, w = size.width;
    if (c < 1 || h < 1 || w < 1 || h > INT_MAX / w || c > INT_MAX / (h * w))
        error_stop("image_numbers: an image of %d x %d x %d", c, h, w);
    return c * h * w;
}

bool image_same_size(ImageSize a, ImageSize b)
{
    return a.channels == b.channels && a.height == b.height && a.width == b.width;
}

static void check(const char *who, Image in, Image out, bool same_size)
{
    if (!in.x || !out.x)
        error_stop("%s: %s has no numbers", who, in.x ? "out" : "in");
    image_numbers(in.size);
    image_numbers(out.size);
    if (in.size.channels != out.size.channels || (same_size && !image_same_size(in.size, out.size)))
        error_stop("%s: %d x %d x %d cannot become %d x %d x %d", who, in.size.channels,
                   in.size.height, in.size.width, out.size.channels, out.size.height,
                   out.size.width);
}

/* Channel c of an image. */
static real *plane(Image image, int c)
{
    return image.x + (size_t)c * (size_t)(image.size.height * image.size.width);
}

void image_from_bytes(const unsigned char *bytes, Image out)
{
    NOT_NULL(bytes, out.x);
    const int n = image_numbers(out.size);
    for (int i = 0; i < n; i++)
        plane(out, i % out.size.channels)[i / out.size.channels] = (real)bytes[i] / 255;
}

static real at(Image image, int c, int i, int j)
{
    bool there = i >= 0 && i < image.size.height && j >= 0 && j < image.size.width;
    return there ? plane(image, c)[i * image.size.width + j] : 0;
}

void image_window(Image in, int top, int left, Image out)
{
    check(__func__, in, out, false);
    real *x = out.x;
    for (int c = 0; c < out.size.channels; c++)
        for (int i = 0; i < out.size.height; i++)
            for (int j = 0; j < out.size.width; j++)
                *x++ = at(in, c, i + top, j + left);
}

void image_flip(Image in, Image out)
{
    check(__func__, in, out, true);
    real *x = out.x;
    for (int c = 0; c < out.size.channels; c++)
        for (int i = 0; i < out.size.height; i++)
            for (int j = 0; j < out.size.width; j++)
                *x++ = at(in, c, i, out.size.width - 1 - j);
}

/* The two pixels of a row of n on either side of a place, and their weights: 1 - distance. */
typedef struct {
    int pixel[2];
    real weight[2]; /* 0 for one that is beyond the edge */
} Neighbours;

static Neighbours neighbours(double place, int n)
{
    const int before = (int)floor(place);
    const real after = (real)(place - before);
    const bool is_first = before >= 0 && before < n, is_second = before >= -1 && before < n - 1;
    return (Neighbours){{is_first ? before : 0, is_second ? before + 1 : 0},
                        {is_first ? 1 - after : 0, is_second ? after : 0}};
}

/* out's pixel (i, j) of every channel is what `in` has at this place between its pixels. */
static void put_between(Image in, double row, double column, Image out, int i, int j)
{
    const Neighbours up = neighbours(row, in.size.height),
                     across = neighbours(column, in.size.width);
    for (int c = 0; c < out.size.channels; c++) {
        const real *above = plane(in, c) + up.pixel[0] * in.size.width;
        const real *below = plane(in, c) + up.pixel[1] * in.size.width;
        const int left = across.pixel[0], right = across.pixel[1];
        plane(out, c)[i * out.size.width + j] =
            up.weight[0] * (across.weight[0] * above[left] + across.weight[1] * above[right]) +
            up.weight[1] * (across.weight[0] * below[left] + across.weight[1] * below[right]);
    }
}

/* Where the middle of pixel i of n lies among the pixels of a row of m, on the first or last at
 * most. */
static double middle(int i, int n, int m)
{
    return fmin(m - 1, fmax(0, (i + 0.5) * m / n - 0.5));
}

/* The pixel of a row of m that the upper left corner of pixel i of n lies in, as PyTorch has it. */
static int nearest(int i, int n, int m)
{
    return (int)((long long)i * m / n);
}

void image_resize(Image in, bool bilinear, Image out)
{
    check(__func__, in, out, false);
    const int h = out.size.height, w = out.size.width;
    for (int i = 0; i < h; i++)
        for (int j = 0; j < w; j++) {
            double row = bilinear ? middle(i, h, in.size.height) : nearest(i, h, in.size.height);
            double column = bilinear ? middle(j, w, in.size.width) : nearest(j, w, in.size.width);
            put_between(in, row, column, out, i, j);
        }
}

/* Each pixel of the turned image is looked up where it came from. With y downwards, turning back a
 * counter-clockwise turn is a turn from x to y. */
void image_rotate(Image in, double degrees, Image out)
{
    check(__func__, in, out, true);
    if (!isfinite(degrees))
        error_stop("image_rotate: %g degrees", degrees);
    const Point back = canvas_direction(fmod(degrees, 360) * (3.14159265358979323846 / 180));
    const double y = (in.size.height - 1) / 2.0, x = (in.size.width - 1) / 2.0;
    for (int i = 0; i < out.size.height; i++)
        for (int j = 0; j < out.size.width; j++) {
            Point from = canvas_turn((Point){j - x, i - y}, back);
            put_between(in, from.y + y, from.x + x, out, i, j);
        }
}
