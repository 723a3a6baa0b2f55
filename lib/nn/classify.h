/* classify.h: networks that say of images what they are, and how well. */
#ifndef NN_CLASSIFY_H
#define NN_CLASSIFY_H

#include "data/dataset.h"
#include "data/image.h"
#include "nn/module.h"

/* n images from x on, (n, channels, height, width), which stay the caller's. */
Tensor *nn_images(ImageSize size, int n, real *x);

/* The cross entropy of n images with their classes y, whole numbers; the mean, on the tape. */
Tensor *nn_class_loss(Module *net, ImageSize size, int n, real *x, const real *y);

typedef struct {
    double loss;  /* the mean over the images, */
    double right; /* and how many are taken for what they are, in percent */
} Score;

/* What the network makes of all images of the data, in the mode that it is in, in batches of so
 * many: it takes each for the class of the highest score. guess[i] is the class of image i; NULL if
 * nobody asks. Empties the tape. Errors: no images; images of another size. */
Score nn_score(Module *net, ImageSize size, const Dataset *data, int batch, int *guess);

/* What it knows of them in eval mode, in percent. Then it is in the mode again that it was in. */
double nn_accuracy(Module *net, ImageSize size, const Dataset *data);

#endif
