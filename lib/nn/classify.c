#include "nn/classify.h"

#include "autograd/autograd.h"
#include "data/loader.h"
#include "error.h"

Tensor *nn_images(ImageSize size, int n, real *x)
{
    NOT_NULL(x);
    return ag_wrap(ag_shape(4, n, size.channels, size.height, size.width), x);
}

static Tensor *class_loss(Tensor *logits, int n, const real *y)
{
    int *classes = ag_alloc((size_t)n * sizeof *classes);
    for (int i = 0; i < n; i++)
        classes[i] = (int)y[i];
    return ag_cross_entropy(logits, classes, AG_MEAN);
}

Tensor *nn_class_loss(Module *net, ImageSize size, int n, real *x, const real *y)
{
    NOT_NULL(net, x, y);
    return class_loss(nn_forward(net, nn_images(size, n, x)), n, y);
}

/* The number of the largest, the first of several. */
static int largest(int n, const real x[n])
{
    int best = 0;
    for (int i = 1; i < n; i++)
        best = x[i] > x[best] ? i : best;
    return best;
}

Score nn_score(Module *net, ImageSize size, const Dataset *data, int batch, int *guess)
{
    NOT_NULL(net, data);
    if (data->length < 1)
        error_stop("nn_score: there are no images");
    if (image_numbers(size) != data->x_size)
        error_stop("nn_score: images of %d numbers: expected %d x %d x %d", data->x_size,
                   size.channels, size.height, size.width);
    Loader loader = loader_new(data, (LoaderOptions){.batch = batch});
    double loss = 0;
    int right = 0, before = 0;
    ag_no_grad_begin();
    while (loader_next(&loader)) {
        const int n = loader.n;
        Tensor *logits = nn_forward(net, nn_images(size, n, loader.x));
        const int classes = logits->shape.dim[1];
        loss += n * (double)ag_item(class_loss(logits, n, loader.y));
        for (int i = 0; i < n; i++) {
            const int class = largest(classes, logits->data + (ptrdiff_t)i * classes);
            right += class == (int)loader.y[i];
            if (guess)
                guess[before + i] = class;
        }
        before += n;
        ag_reset();
    }
    ag_no_grad_end();
    loader_free(&loader);
    return (Score){loss / data->length, 100.0 * right / data->length};
}

double nn_accuracy(Module *net, ImageSize size, const Dataset *data)
{
    enum { BATCH = 100 };
    NOT_NULL(net, data);
    const bool training = net->training;
    nn_train(net, false);
    const Score score = nn_score(net, size, data, BATCH, NULL);
    nn_train(net, training);
    return score.right;
}
