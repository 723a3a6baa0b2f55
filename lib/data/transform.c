#include "data/transform.h"

#include <stdlib.h>
#include <string.h>

#include "data/canvas.h"
#include "error.h"

/* -- steps, each below what it does ----------------------------------------------------------- */

static void normalize(const Transform *step, Rng *rng, Image in, Image out)
{
    (void)rng;
    const int n = image_numbers(in.size), pixels = in.size.height * in.size.width;
    for (int i = 0; i < n; i++) {
        const int c = i / pixels;
        out.x[i] = (real)(((double)in.x[i] - step->mean[c]) / step->std[c]);
    }
}

static ImageSize normalize_result(const Transform *step, ImageSize in)
{
    if (in.channels != step->channels)
        error_stop("transform_normalize: %d means for %d channels", step->channels, in.channels);
    return in;
}

Transform transform_normalize(int channels, const double mean[], const double std[])
{
    NOT_NULL(mean, std);
    if (channels < 1 || channels > TRANSFORM_CHANNELS)
        error_stop("transform_normalize: %d channels: expected 1 to %d", channels,
                   TRANSFORM_CHANNELS);
    Transform step = {.apply = normalize, .result = normalize_result, .channels = channels};
    for (int c = 0; c < channels; c++) {
        if (!(std[c] > 0 && isfinite(std[c]) && isfinite(mean[c])))
            error_stop(
                "transform_normalize: mean %g, std %g: expected a std above 0, and both finite",
                mean[c], std[c]);
        step.mean[c] = mean[c];
        step.std[c] = std[c];
    }
    return step;
}

/* A step whose result has a height and width of its own. */
static Transform sized(const char *name, int height, int width)
{
    if (height < 1 || width < 1)
        error_stop("%s: %d x %d: expected 1 or more", name, height, width);
    return (Transform){.name = name, .height = height, .width = width};
}

static void resize(const Transform *step, Rng *rng, Image in, Image out)
{
    (void)rng;
    image_resize(in, step->bilinear, out);
}

static ImageSize own_size(const Transform *step, ImageSize in)
{
    return (ImageSize){in.channels, step->height, step->width};
}

Transform transform_resize(int height, int width, bool bilinear)
{
    Transform step = sized(__func__, height, width);
    step.apply = resize;
    step.result = own_size;
    step.bilinear = bilinear;
    return step;
}

/* Half of an odd rest goes to the even side, as Python's round() has it. */
static void crop(const Transform *step, Rng *rng, Image in, Image out)
{
    (void)rng;
    const long top = lrint((in.size.height - step->height) / 2.0);
    const long left = lrint((in.size.width - step->width) / 2.0);
    image_window(in, (int)top, (int)left, out);
}

static ImageSize cropped(const Transform *step, ImageSize in)
{
    if (step->height > in.height || step->width > in.width)
        error_stop("%s: %d x %d out of %d x %d", step->name, step->height, step->width, in.height,
                   in.width);
    return own_size(step, in);
}

Transform transform_crop(int height, int width)
{
    Transform step = sized(__func__, height, width);
    step.apply = crop;
    step.result = cropped;
    return step;
}

static void random_crop(const Transform *step, Rng *rng, Image in, Image out)
{
    const int top = rng_below(rng, in.size.height - step->height + 1);
    const int left = rng_below(rng, in.size.width - step->width + 1);
    image_window(in, top, left, out);
}

Transform transform_random_crop(int height, int width)
{
    Transform step = sized(__func__, height, width);
    step.apply = random_crop;
    step.result = cropped;
    return step;
}

static void pad(const Transform *step, Rng *rng, Image in, Image out)
{
    (void)rng;
    image_window(in, -step->pixels, -step->pixels, out);
}

static ImageSize padded(const Transform *step, ImageSize in)
{
    return (ImageSize){in.channels, in.height + 2 * step->pixels, in.width + 2 * step->pixels};
}

/* A step of so many pixels. */
static Transform of_pixels(const char *name, int pixels)
{
    if (pixels < 0 || pixels > 1 << 15)
        error_stop("%s: %d pixels: expected 0 to %d", name, pixels, 1 << 15);
    return (Transform){.name = name, .pixels = pixels};
}

Transform transform_pad(int pixels)
{
    Transform step = of_pixels(__func__, pixels);
    step.apply = pad;
    step.result = padded;
    return step;
}

static void shift(const Transform *step, Rng *rng, Image in, Image out)
{
    const int down = rng_below(rng, 2 * step->pixels + 1) - step->pixels;
    const int right = rng_below(rng, 2 * step->pixels + 1) - step->pixels;
    image_window(in, -down, -right, out);
}

Transform transform_shift(int most)
{
    Transform step = of_pixels(__func__, most);
    step.apply = shift;
    return step;
}

static void flip(const Transform *step, Rng *rng, Image in, Image out)
{
    if (rng_uniform(rng) < step->most)
        image_flip(in, out);
    else
        image_window(in, 0, 0, out);
}

Transform transform_flip(double p)
{
    canvas_expect(__func__, "p", p, 1);
    return (Transform){.apply = flip, .most = p};
}

static void rotate(const Transform *step, Rng *rng, Image in, Image out)
{
    image_rotate(in, canvas_between(rng, -step->most, step->most), out);
}

Transform transform_rotate(double degrees)
{
    canvas_expect(__func__, "degrees", degrees, 180);
    return (Transform){.apply = rotate, .most = degrees};
}

/* -- one after another ------------------------------------------------------------------------ */

static ImageSize result_of(const Transform *step, ImageSize in)
{
    return step->result ? step->result(step, in) : in;
}

static void *allocate(size_t count, size_t size)
{
    void *block = calloc(count + 1, size);
    if (!block)
        error_stop("pipeline_new: out of memory for %zu times %zu bytes", count, size);
    return block;
}

Pipeline pipeline_new(int n, const Transform step[], ImageSize in)
{
    if (n < 0 || (n > 0 && !step))
        error_stop("pipeline_new: %s", n < 0 ? "fewer than 0 steps" : "step is NULL");
    Pipeline pipeline = {.in = in, .out = in, .n = n};
    int most = image_numbers(in);
    pipeline.step = allocate((size_t)n, sizeof *step);
    for (int i = 0; i < n; i++) {
        pipeline.step[i] = step[i];
        pipeline.out = result_of(&step[i], pipeline.out);
        const int numbers = image_numbers(pipeline.out);
        most = numbers > most ? numbers : most;
    }
    for (int k = 0; k < 2; k++)
        pipeline.room[k] = allocate((size_t)most, sizeof(real));
    return pipeline;
}

void pipeline_free(Pipeline *pipeline)
{
    NOT_NULL(pipeline);
    free(pipeline->step);
    free(pipeline->room[0]);
    free(pipeline->room[1]);
    *pipeline = (Pipeline){0};
}

static void check_size(const char *what, ImageSize size, ImageSize expected)
{
    if (!image_same_size(size, expected))
        error_stop("pipeline_apply: %s is %d x %d x %d: expected %d x %d x %d", what, size.channels,
                   size.height, size.width, expected.channels, expected.height, expected.width);
}

/* Each step's result goes into the room that the step before did not write, the last one's out. */
void pipeline_apply(const Pipeline *pipeline, Rng *rng, Image in, Image out)
{
    NOT_NULL(pipeline, rng, in.x, out.x);
    check_size("in", in.size, pipeline->in);
    check_size("out", out.size, pipeline->out);
    for (int i = 0; i < pipeline->n; i++) {
        const Transform *step = &pipeline->step[i];
        Image to = {result_of(step, in.size), pipeline->room[i % 2]};
        if (i == pipeline->n - 1)
            to.x = out.x;
        step->apply(step, rng, in, to);
        in = to;
    }
    if (pipeline->n == 0)
        memcpy(out.x, in.x, (size_t)image_numbers(in.size) * sizeof *in.x);
}

void transform_apply(int n, const Transform step[], Rng *rng, Image in, Image out)
{
    NOT_NULL(rng, in.x, out.x);
    Pipeline pipeline = pipeline_new(n, step, in.size);
    pipeline_apply(&pipeline, rng, in, out);
    pipeline_free(&pipeline);
}
