/* transform.h: what is done to an image before a network sees it, step after step.
 *
 *     const Transform steps[] = {transform_pad(4), transform_random_crop(32, 32),
 *                                transform_flip(0.5), transform_normalize(3, mean, std)};
 *     Pipeline augment = pipeline_new(4, steps, (ImageSize){3, 32, 32});
 *     Loader loader =
 *         loader_new(&train, (LoaderOptions){.batch = 64, .transform = &augment});
 *
 * The steps are torchvision.transforms', and what they leave open is chosen here: beyond the edges
 * is 0, a rotation is bilinear. */
#ifndef DATA_TRANSFORM_H
#define DATA_TRANSFORM_H

#include <stdbool.h>

#include "data/image.h"
#include "kernel/random.h"

enum { TRANSFORM_CHANNELS = 4 }; /* of a normalisation, at most */

/* One step. Made by one of the functions below. */
typedef struct Transform Transform;
struct Transform {
    const char *name; /* of the function, for messages */
    void (*apply)(const Transform *step, Rng *rng, Image in, Image out);
    ImageSize (*result)(const Transform *step, ImageSize in); /* NULL: the size stays */
    int height, width, pixels, channels;
    bool bilinear;
    double most; /* degrees, or a probability */
    double mean[TRANSFORM_CHANNELS], std[TRANSFORM_CHANNELS];
};

/* (x - mean) / std, each channel with its own. Error: channels not 1 to TRANSFORM_CHANNELS; a std
 * that is not above 0 and finite. */
Transform transform_normalize(int channels, const double mean[], const double std[]);

/* Error in these: a height or width below 1. */
Transform transform_resize(int height, int width, bool bilinear); /* see image_resize() */
Transform transform_crop(int height, int width);                  /* the middle: CenterCrop */
Transform transform_random_crop(int height, int width);           /* any part, each as likely */

Transform transform_pad(int pixels);        /* so many zeros on all four sides. Error: below 0 */
Transform transform_shift(int most);        /* by 0 to most pixels, down or up, and left or right */
Transform transform_flip(double p);         /* left to right, with probability p */
Transform transform_rotate(double degrees); /* by an angle uniform on [-degrees, degrees) */

/* Steps for images of one size, with the room they need between them: for one thread at a
 * time. */
typedef struct {
    ImageSize in, out;

    /* The pipeline's own. */
    int n;
    Transform *step;
    real *room[2];
} Pipeline;

/* Error: an image that a step cannot be applied to: "transform_crop: 40 x 40 out of 32 x 32". */
Pipeline pipeline_new(int n, const Transform step[], ImageSize in);
void pipeline_free(Pipeline *pipeline);

/* out becomes what the steps make of `in`; they do not overlap. Random steps draw from rng.
 * Allocates nothing. Error: an image of another size. */
void pipeline_apply(const Pipeline *pipeline, Rng *rng, Image in, Image out);

/* The same, for one image. */
void transform_apply(int n, const Transform step[], Rng *rng, Image in, Image out);

#endif
