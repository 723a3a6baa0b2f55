/* NULL where something is expected, and sizes of nothing: the library says what is missing, by the
 * function's name and the argument's, and does not crash. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ctype.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "autograd/autograd.h"
#include "data/bytes.h"
#include "data/canvas.h"
#include "data/cifar.h"
#include "data/dataset.h"
#include "data/idx.h"
#include "data/image.h"
#include "data/image_set.h"
#include "data/loader.h"
#include "data/names.h"
#include "data/picture.h"
#include "data/picture_png.h"
#include "data/sequence.h"
#include "data/text.h"
#include "data/transform.h"
#include "data/utf8.h"
#include "data/vocab.h"
#include "error.h"
#include "nn/beam.h"
#include "nn/classify.h"
#include "nn/clip.h"
#include "nn/dtype.h"
#include "nn/init.h"
#include "nn/json.h"
#include "nn/layers.h"
#include "nn/learner.h"
#include "nn/module.h"
#include "nn/optim.h"
#include "nn/parallel.h"
#include "nn/recurrent.h"
#include "nn/safetensors.h"
#include "nn/sample.h"
#include "nn/schedule.h"
#include "nn/state.h"
#include "nn/state_pieces.h"
#include "nn/transformer.h"
#include "parallel/ranks.h"
#include "parallel/shards.h"
#include "safefile.h"
#include "workbook/checkpoint.h"
#include "workbook/fact.h"
#include "workbook/folder.h"
#include "workbook/mean.h"
#include "workbook/options.h"
#include "workbook/plot.h"
#include "workbook/print.h"
#include "workbook/progress.h"
#include "workbook/runinfo.h"
#include "workbook/runlog.h"
#include "workbook/sheet.h"
#include "workbook/table.h"
#include "workbook/terminal.h"
#include "workbook/training.h"

/* What is good, so that only the one argument is not. */
#define X ag_zeros(ag_shape(2, 2, 2))
#define ROW ag_zeros(ag_shape(1, 2))
#define LIST ((Tensor *const[]){X, X})
#define INTS ((int[]){0, 1})
#define REALS ((real[]){1, 2, 3, 4})
#define STATS (&(RunningStats){ROW, ROW, 0.1})
#define RULES             \
    (CrossEntropyOptions) \
    {                     \
        .weight = NULL    \
    }
#define MARGIN              \
    (MultiMarginOptions)    \
    {                       \
        .p = 1, .margin = 1 \
    }
#define SGD       \
    (Sgd)         \
    {             \
        .lr = 0.1 \
    }
#define PLAIN conv_options(1, 0)
#define ONE_HEAD       \
    (AttentionOptions) \
    {                  \
        .heads = 1     \
    }
#define HEARD           \
    (AttentionMask)     \
    {                   \
        .causal = false \
    }
#define ADAM adam_defaults(0.1)
#define BATCHES     \
    (LoaderOptions) \
    {               \
        .batch = 1  \
    }

static real numbers[4];
static Rng rng;
static Dataset set;
static Loader loader;
static Learner learner;
static const double unit = 1;
static const Image image = {{1, 2, 2}, numbers}, no_image = {{1, 2, 2}, NULL};
static Pipeline pipeline;
static Names names;
static Split split;
static Vocab vocab = {.size = 1, .code = (int[]){'.'}};
static Text running;
static Streams streams;
static Sequences sequences;
static ImageSet images;
static Picture picture;
static real digit[28 * 28];
static Bytes bytes;
static Source source;
static Optim *optim;
static Progress progress;
static RunLog run_log;
static SafeFile file;
static Choice choice;
static char list_text[CHOICE_TEXT];
static SafeTensors tensors;
static SafeTensor tensor;
static Json json;
static State *listed;
static char *read_text;
static int64_t whole;
static long count;
static Training training = {.log = {.columns = 3}};
static GradTable table;
static Options options = {.chapter = "01", .about = "", .out = "."};
static char *words[] = {"01", NULL};
static volatile int none; /* what the compiler cannot see, or it would warn */
static real *volatile nowhere;

static double loss(void *context)
{
    (void)context;
    return 0;
}

static jmp_buf back;
static char caught[1024];

/* What was refused; a message begins with the name of the function. */
static const char *refused[1000];
static int n_refused;

static void catch (const char *message)
{
    snprintf(caught, sizeof caught, "%s", message);
    longjmp(back, 1);
}

static void check_refusal(const char *call, const char *message)
{
    if (strcmp(caught, message) != 0)
        fail_msg("%s: expected \"%s\", got \"%s\"", call, message, caught);
    assert_true(n_refused < (int)(sizeof refused / sizeof refused[0]));
    refused[n_refused++] = message;
    ag_reset();
}

#define REFUSED(call, message)         \
    do {                               \
        caught[0] = '\0';              \
        if (setjmp(back) == 0) {       \
            call;                      \
        }                              \
        check_refusal(#call, message); \
    } while (0)

static void tensors_and_the_tape_refuse_it(void **state)
{
    (void)state;
    REFUSED(ag_wrap(ag_shape(0), NULL), "ag_wrap: values is NULL");
    REFUSED(ag_tensor(ag_shape(0), NULL), "ag_tensor: values is NULL");
    REFUSED(ag_variable(ag_shape(0), NULL), "ag_variable: values is NULL");
    REFUSED(ag_item(NULL), "ag_item: scalar is NULL");
    REFUSED(ag_print(NULL, X), "ag_print: name is NULL");
    REFUSED(ag_print("x", NULL), "ag_print: x is NULL");
    REFUSED(ag_backward(NULL), "ag_backward: loss is NULL");
    REFUSED(ag_backward_telling(NULL, NULL, NULL), "ag_backward_telling: loss is NULL");
    REFUSED(ag_backward_telling(X, NULL, NULL), "ag_backward_telling: ready is NULL");
    REFUSED(ag_backward_from(NULL, REALS), "ag_backward_from: out is NULL");
    REFUSED(ag_backward_from(X, NULL), "ag_backward_from: dout is NULL");
    REFUSED(ag_zero_grad(1, NULL), "ag_zero_grad: tensors is NULL");
    REFUSED(ag_zero_grad(1, (Tensor *[]){NULL}), "ag_zero_grad: tensors[i] is NULL");
    REFUSED(ag_detach(NULL), "ag_detach: x is NULL");
    REFUSED(ag_bump_version(NULL), "ag_bump_version: x is NULL");
}

static void ops_refuse_it(void **state)
{
    (void)state;
    REFUSED(ag_add(NULL, X), "ag_add: a is NULL");
    REFUSED(ag_add(X, NULL), "ag_add: b is NULL");
    REFUSED(ag_sub(NULL, X), "ag_sub: a is NULL");
    REFUSED(ag_sub(X, NULL), "ag_sub: b is NULL");
    REFUSED(ag_mul(NULL, X), "ag_mul: a is NULL");
    REFUSED(ag_mul(X, NULL), "ag_mul: b is NULL");
    REFUSED(ag_div(NULL, X), "ag_div: a is NULL");
    REFUSED(ag_div(X, NULL), "ag_div: b is NULL");
    REFUSED(ag_expand(NULL, ag_shape(0)), "ag_expand: x is NULL");
    REFUSED(ag_neg(NULL), "ag_neg: x is NULL");
    REFUSED(ag_pow(NULL, 2), "ag_pow: x is NULL");
    REFUSED(ag_exp(NULL), "ag_exp: x is NULL");
    REFUSED(ag_log(NULL), "ag_log: x is NULL");
    REFUSED(ag_sqrt(NULL), "ag_sqrt: x is NULL");
    REFUSED(ag_abs(NULL), "ag_abs: x is NULL");
    REFUSED(ag_tanh(NULL), "ag_tanh: x is NULL");
    REFUSED(ag_sigmoid(NULL), "ag_sigmoid: x is NULL");
    REFUSED(ag_relu(NULL), "ag_relu: x is NULL");
    REFUSED(ag_softplus(NULL), "ag_softplus: x is NULL");
    REFUSED(ag_gelu(NULL), "ag_gelu: x is NULL");
    REFUSED(ag_gelu_tanh(NULL), "ag_gelu_tanh: x is NULL");
    REFUSED(ag_sum(NULL, 0, false), "ag_sum: x is NULL");
    REFUSED(ag_mean(NULL, AG_ALL, false), "ag_mean: x is NULL");
    REFUSED(ag_var(NULL, 0, 0, false), "ag_var: x is NULL");
    REFUSED(ag_max(NULL, AG_ALL, false), "ag_max: x is NULL");
    REFUSED(ag_matmul(NULL, X), "ag_matmul: a is NULL");
    REFUSED(ag_matmul(X, NULL), "ag_matmul: b is NULL");
    REFUSED(ag_matmul_t(NULL, false, X, false), "ag_matmul_t: a is NULL");
    REFUSED(ag_matmul_t(X, true, NULL, false), "ag_matmul_t: b is NULL");
    REFUSED(ag_linear(NULL, X, NULL), "ag_linear: x is NULL");
    REFUSED(ag_linear(X, NULL, NULL), "ag_linear: w is NULL");
    REFUSED(ag_conv1d(NULL, X, NULL, PLAIN), "ag_conv1d: x is NULL");
    REFUSED(ag_conv1d(X, NULL, X, PLAIN), "ag_conv1d: w is NULL");
    REFUSED(ag_conv2d(NULL, X, NULL, PLAIN), "ag_conv2d: x is NULL");
    REFUSED(ag_conv2d(X, NULL, X, PLAIN), "ag_conv2d: w is NULL");
    REFUSED(ag_conv3d(NULL, X, NULL, PLAIN), "ag_conv3d: x is NULL");
    REFUSED(ag_conv3d(X, NULL, X, PLAIN), "ag_conv3d: w is NULL");
    REFUSED(ag_conv_transpose1d(NULL, X, NULL, PLAIN), "ag_conv_transpose1d: x is NULL");
    REFUSED(ag_conv_transpose1d(X, NULL, X, PLAIN), "ag_conv_transpose1d: w is NULL");
    REFUSED(ag_conv_transpose2d(NULL, X, NULL, PLAIN), "ag_conv_transpose2d: x is NULL");
    REFUSED(ag_conv_transpose2d(X, NULL, X, PLAIN), "ag_conv_transpose2d: w is NULL");
    REFUSED(ag_conv_transpose3d(NULL, X, NULL, PLAIN), "ag_conv_transpose3d: x is NULL");
    REFUSED(ag_conv_transpose3d(X, NULL, X, PLAIN), "ag_conv_transpose3d: w is NULL");
    REFUSED(ag_reshape(NULL, ag_shape(0)), "ag_reshape: x is NULL");
    REFUSED(ag_transpose(NULL, 0, 1), "ag_transpose: x is NULL");
    REFUSED(ag_concat(1, NULL, 0), "ag_concat: x is NULL");
    REFUSED(ag_concat(2, ((Tensor *[]){X, NULL}), 0), "ag_concat: x[i] is NULL");
    REFUSED(ag_concat(1, (Tensor *[]){NULL}, 0), "ag_concat: x[i] is NULL");
    REFUSED(ag_slice(NULL, 0, 0, 1), "ag_slice: x is NULL");
    REFUSED(ag_embedding(NULL, ag_shape(0), INTS), "ag_embedding: table is NULL");
    REFUSED(ag_embedding(X, ag_shape(0), NULL), "ag_embedding: index is NULL");
    REFUSED(ag_gather(NULL, INTS), "ag_gather: x is NULL");
    REFUSED(ag_gather(X, NULL), "ag_gather: index is NULL");
    REFUSED(ag_softmax(NULL, 0), "ag_softmax: x is NULL");
    REFUSED(ag_log_softmax(NULL, 0), "ag_log_softmax: x is NULL");
    REFUSED(ag_attention(NULL, X, X, ONE_HEAD), "ag_attention: q is NULL");
    REFUSED(ag_attention(X, NULL, X, ONE_HEAD), "ag_attention: k is NULL");
    REFUSED(ag_attention(X, X, NULL, ONE_HEAD), "ag_attention: v is NULL");
    REFUSED(ag_attention(X, X, X, (AttentionOptions){.dropout = 0.5}), "ag_attention: rng is NULL");
    REFUSED(ag_attention_weights(NULL, X, ONE_HEAD), "ag_attention_weights: q is NULL");
    REFUSED(ag_attention_weights(X, NULL, ONE_HEAD), "ag_attention_weights: k is NULL");
    REFUSED(ag_max_pool2d(NULL, 2, 2, 0), "ag_max_pool2d: x is NULL");
    REFUSED(ag_avg_pool1d(NULL, 2, 2, 0), "ag_avg_pool1d: x is NULL");
    REFUSED(ag_avg_pool2d(NULL, 2, 2, 0), "ag_avg_pool2d: x is NULL");
    REFUSED(ag_dropout(NULL, 0.5, true, &rng), "ag_dropout: x is NULL");
    REFUSED(ag_dropout(X, 0.5, true, NULL), "ag_dropout: rng is NULL");
    const RecurrentWeights w = {.w_ih = X, .w_hh = X}, no_ih = {.w_hh = X}, no_hh = {.w_ih = X};
    REFUSED(ag_rnn(NULL, NULL, w, NULL), "ag_rnn: x is NULL");
    REFUSED(ag_rnn(X, NULL, no_ih, NULL), "ag_rnn: w.w_ih is NULL");
    REFUSED(ag_rnn(X, NULL, no_hh, NULL), "ag_rnn: w.w_hh is NULL");
    REFUSED(ag_lstm(NULL, NULL, NULL, w, NULL), "ag_lstm: x is NULL");
    REFUSED(ag_lstm(X, NULL, NULL, no_ih, NULL), "ag_lstm: w.w_ih is NULL");
    REFUSED(ag_lstm(X, NULL, NULL, no_hh, NULL), "ag_lstm: w.w_hh is NULL");
    REFUSED(ag_gru(NULL, NULL, w, NULL), "ag_gru: x is NULL");
    REFUSED(ag_gru(X, NULL, no_ih, NULL), "ag_gru: w.w_ih is NULL");
    REFUSED(ag_gru(X, NULL, no_hh, NULL), "ag_gru: w.w_hh is NULL");
}

static void losses_refuse_it(void **state)
{
    (void)state;
    REFUSED(ag_l1_loss(NULL, X, AG_MEAN), "ag_l1_loss: input is NULL");
    REFUSED(ag_l1_loss(X, NULL, AG_MEAN), "ag_l1_loss: target is NULL");
    REFUSED(ag_mse_loss(NULL, X, AG_MEAN), "ag_mse_loss: input is NULL");
    REFUSED(ag_mse_loss(X, NULL, AG_MEAN), "ag_mse_loss: target is NULL");
    REFUSED(ag_smooth_l1_loss(NULL, X, 1, AG_MEAN), "ag_smooth_l1_loss: input is NULL");
    REFUSED(ag_smooth_l1_loss(X, NULL, 1, AG_MEAN), "ag_smooth_l1_loss: target is NULL");
    REFUSED(ag_binary_cross_entropy(NULL, X, AG_SUM), "ag_binary_cross_entropy: probs is NULL");
    REFUSED(ag_binary_cross_entropy(X, NULL, AG_SUM), "ag_binary_cross_entropy: target is NULL");
    REFUSED(ag_binary_cross_entropy_with_logits(NULL, X, NULL, AG_SUM),
            "ag_binary_cross_entropy_with_logits: logits is NULL");
    REFUSED(ag_binary_cross_entropy_with_logits(X, NULL, NULL, AG_SUM),
            "ag_binary_cross_entropy_with_logits: target is NULL");
    REFUSED(ag_cross_entropy(NULL, INTS, AG_MEAN), "ag_cross_entropy: logits is NULL");
    REFUSED(ag_cross_entropy(X, NULL, AG_MEAN), "ag_cross_entropy: target is NULL");
    REFUSED(ag_cross_entropy_with(NULL, INTS, RULES, AG_MEAN),
            "ag_cross_entropy_with: logits is NULL");
    REFUSED(ag_cross_entropy_with(X, NULL, RULES, AG_MEAN),
            "ag_cross_entropy_with: target is NULL");
    REFUSED(ag_cross_entropy_soft(NULL, X, RULES, AG_MEAN),
            "ag_cross_entropy_soft: logits is NULL");
    REFUSED(ag_cross_entropy_soft(X, NULL, RULES, AG_MEAN),
            "ag_cross_entropy_soft: target is NULL");
    REFUSED(ag_multi_margin_loss(NULL, INTS, MARGIN, AG_SUM),
            "ag_multi_margin_loss: input is NULL");
    REFUSED(ag_multi_margin_loss(X, NULL, MARGIN, AG_SUM), "ag_multi_margin_loss: target is NULL");
    REFUSED(ag_cosine_embedding_loss(NULL, X, INTS, 0, AG_SUM),
            "ag_cosine_embedding_loss: a is NULL");
    REFUSED(ag_cosine_embedding_loss(X, NULL, INTS, 0, AG_SUM),
            "ag_cosine_embedding_loss: b is NULL");
    REFUSED(ag_cosine_embedding_loss(X, X, NULL, 0, AG_SUM),
            "ag_cosine_embedding_loss: target is NULL");
    REFUSED(ag_kl_div(NULL, X, AG_SUM), "ag_kl_div: input is NULL");
    REFUSED(ag_kl_div(X, NULL, AG_SUM), "ag_kl_div: target is NULL");
    REFUSED(ag_gaussian_kl(NULL, X, X, X, AG_SUM), "ag_gaussian_kl: mean_p is NULL");
    REFUSED(ag_gaussian_kl(X, NULL, X, X, AG_SUM), "ag_gaussian_kl: std_p is NULL");
    REFUSED(ag_gaussian_kl(X, X, NULL, X, AG_SUM), "ag_gaussian_kl: mean_q is NULL");
    REFUSED(ag_gaussian_kl(X, X, X, NULL, AG_SUM), "ag_gaussian_kl: std_q is NULL");
}

static void normalisations_refuse_it(void **state)
{
    (void)state;
    REFUSED(ag_batch_norm(NULL, ROW, ROW, 0, AG_BESSEL, NULL), "ag_batch_norm: x is NULL");
    REFUSED(ag_batch_norm(X, NULL, ROW, 0, AG_BESSEL, NULL), "ag_batch_norm: gain is NULL");
    REFUSED(ag_batch_norm(X, ROW, NULL, 0, AG_BESSEL, NULL), "ag_batch_norm: bias is NULL");
    REFUSED(ag_batch_norm(X, ROW, ROW, 0, AG_BESSEL, &(RunningStats){.mean = ROW}),
            "ag_batch_norm: running->var is NULL");
    REFUSED(ag_batch_norm_eval(NULL, ROW, ROW, 0, STATS), "ag_batch_norm_eval: x is NULL");
    REFUSED(ag_batch_norm_eval(X, NULL, ROW, 0, STATS), "ag_batch_norm_eval: gain is NULL");
    REFUSED(ag_batch_norm_eval(X, ROW, NULL, 0, STATS), "ag_batch_norm_eval: bias is NULL");
    REFUSED(ag_batch_norm_eval(X, ROW, ROW, 0, NULL), "ag_batch_norm_eval: running is NULL");
    REFUSED(ag_batch_norm_eval(X, ROW, ROW, 0, &(RunningStats){.var = ROW}),
            "ag_batch_norm_eval: running->mean is NULL");
    REFUSED(ag_batch_norm(X, ROW, ROW, -1, AG_BESSEL, NULL),
            "ag_batch_norm: eps -1: expected 0 or more, and finite");
    REFUSED(ag_batch_norm(X, ROW, ROW, 0, AG_BESSEL, &(RunningStats){ROW, ROW, NAN}),
            "ag_batch_norm: momentum nan: expected 0 or more, and finite");
    REFUSED(ag_batch_norm_eval(X, ROW, ROW, NAN, STATS),
            "ag_batch_norm_eval: eps nan: expected 0 or more, and finite");
    REFUSED(ag_layer_norm(X, ROW, ROW, INFINITY),
            "ag_layer_norm: eps inf: expected 0 or more, and finite");
    REFUSED(ag_layer_norm(NULL, ROW, ROW, 0), "ag_layer_norm: x is NULL");
    REFUSED(ag_layer_norm(X, NULL, ROW, 0), "ag_layer_norm: gain is NULL");
    REFUSED(ag_layer_norm(X, ROW, NULL, 0), "ag_layer_norm: bias is NULL");
}

static void judges_refuse_it(void **state)
{
    (void)state;
    REFUSED(compare(1, NULL, numbers), "compare: a is NULL");
    REFUSED(compare(1, numbers, NULL), "compare: b is NULL");
    REFUSED(compare_scale(1, NULL), "compare_scale: x is NULL");
    REFUSED(compare(0, numbers, numbers), "compare: 0 elements: expected 1 or more");
    REFUSED(numeric_gradient(NULL, NULL, 1, numbers, numbers), "numeric_gradient: loss is NULL");
    REFUSED(numeric_gradient(loss, NULL, 1, NULL, numbers), "numeric_gradient: x is NULL");
    REFUSED(numeric_gradient(loss, NULL, 1, numbers, NULL), "numeric_gradient: gradient is NULL");
    REFUSED(numeric_kink(NULL, NULL, numbers, 0, 1), "numeric_kink: loss is NULL");
    REFUSED(numeric_kink(loss, NULL, NULL, 0, 1), "numeric_kink: x is NULL");
    REFUSED(ag_numeric_gradient(NULL, X, REALS), "ag_numeric_gradient: loss is NULL");
    REFUSED(ag_numeric_gradient(X, NULL, REALS), "ag_numeric_gradient: x is NULL");
    REFUSED(ag_numeric_gradient(X, X, NULL), "ag_numeric_gradient: gradient is NULL");
}

static void data_refuses_it(void **state)
{
    (void)state;
    REFUSED(dataset_new(-1, 2, 1), "dataset_new: -1 examples of 2 and 1 numbers");
    REFUSED(dataset_new(5, 0, 1), "dataset_new: 5 examples of 0 and 1 numbers");
    REFUSED(dataset_new(5, 2, 0), "dataset_new: 5 examples of 2 and 0 numbers");
    REFUSED(dataset_free(NULL), "dataset_free: data is NULL");
    REFUSED(dataset_item(NULL, 0, numbers, numbers), "dataset_item: data is NULL");
    REFUSED(dataset_item(&set, 0, NULL, numbers), "dataset_item: x is NULL");
    REFUSED(dataset_item(&set, 0, numbers, NULL), "dataset_item: y is NULL");
    REFUSED(dataset_standardize(NULL, 0, 1), "dataset_standardize: data is NULL");
    REFUSED(dataset_standardize(&set, 0, 0),
            "dataset_standardize: a deviation of 0: expected more than 0");
    REFUSED(dataset_standardize(&(Dataset){.index = INTS}, 0, 1),
            "dataset_standardize: a part: expected the whole");
    REFUSED(random_split(NULL, 1, 1, INTS, &set), "random_split: data is NULL");
    REFUSED(random_split(&set, 1, 1, NULL, &set), "random_split: length is NULL");
    REFUSED(random_split(&set, 1, 1, INTS, NULL), "random_split: part is NULL");
    REFUSED(loader_new(NULL, (LoaderOptions){.batch = 1}), "loader_new: data is NULL");
    REFUSED(loader_new(&set, (LoaderOptions){.batch = 0}), "loader_new: a batch of 0 examples");
    REFUSED(loader_free(NULL), "loader_free: loader is NULL");
    REFUSED(loader_next(NULL), "loader_next: loader is NULL");
    REFUSED(loader_next(&loader), "loader_next: loader->data is NULL");
    REFUSED(loader_batches(NULL), "loader_batches: loader is NULL");
    REFUSED(loader_batches(&loader), "loader_batches: loader->data is NULL");
    REFUSED(names_read(NULL, "names.txt"), "names_read: names is NULL");
    REFUSED(names_read(&names, NULL), "names_read: path is NULL");
    REFUSED(names_read_split(NULL, &split, "names.txt"), "names_read_split: names is NULL");
    REFUSED(names_read_split(&names, NULL, "names.txt"), "names_read_split: split is NULL");
    REFUSED(names_read_split(&names, &split, NULL), "names_read_split: path is NULL");
    REFUSED(names_free(NULL), "names_free: names is NULL");
    REFUSED(names_shuffle(NULL, &rng), "names_shuffle: names is NULL");
    REFUSED(names_shuffle(&names, NULL), "names_shuffle: rng is NULL");
    REFUSED(examples_make(NULL, 0, 0, 1), "examples_make: names is NULL");
    REFUSED(examples_make(&names, 0, 0, 0), "examples_make: names 0 .. 0 of 0 with context 0");
    REFUSED(examples_free(NULL), "examples_free: examples is NULL");
    REFUSED(canvas_between(NULL, 0, 1), "canvas_between: rng is NULL");
    REFUSED(canvas_noise(NULL, 1, 1, &unit, numbers), "canvas_noise: rng is NULL");
    REFUSED(canvas_noise(&rng, 1, 1, NULL, numbers), "canvas_noise: clean is NULL");
    REFUSED(canvas_noise(&rng, 1, 1, &unit, NULL), "canvas_noise: x is NULL");
    REFUSED(canvas_expect(NULL, "hard", 1, 1), "canvas_expect: who is NULL");
    REFUSED(canvas_expect("draw", NULL, 1, 1), "canvas_expect: name is NULL");
    REFUSED(image_numbers((ImageSize){1, 2, 0}), "image_numbers: an image of 1 x 2 x 0");
    REFUSED(image_numbers((ImageSize){3, 65536, 65536}),
            "image_numbers: an image of 3 x 65536 x 65536");
    REFUSED(image_from_bytes(NULL, image), "image_from_bytes: bytes is NULL");
    REFUSED(image_from_bytes((unsigned char[]){0}, no_image), "image_from_bytes: out.x is NULL");
    REFUSED(image_window(no_image, 0, 0, image), "image_window: in has no numbers");
    REFUSED(image_flip(image, no_image), "image_flip: out has no numbers");
    REFUSED(image_resize(no_image, true, image), "image_resize: in has no numbers");
    REFUSED(image_rotate(no_image, 1, image), "image_rotate: in has no numbers");
    REFUSED(image_rotate(image, INFINITY, image), "image_rotate: inf degrees");
    REFUSED(transform_normalize(1, NULL, &unit), "transform_normalize: mean is NULL");
    REFUSED(transform_normalize(1, &unit, NULL), "transform_normalize: std is NULL");
    REFUSED(transform_normalize(5, &unit, &unit),
            "transform_normalize: 5 channels: expected 1 to 4");
    REFUSED(transform_resize(0, 1, true), "transform_resize: 0 x 1: expected 1 or more");
    REFUSED(transform_crop(1, 0), "transform_crop: 1 x 0: expected 1 or more");
    REFUSED(transform_random_crop(-1, 1), "transform_random_crop: -1 x 1: expected 1 or more");
    REFUSED(transform_pad(-1), "transform_pad: -1 pixels: expected 0 to 32768");
    REFUSED(transform_shift(-1), "transform_shift: -1 pixels: expected 0 to 32768");
    REFUSED(transform_flip(-1), "transform_flip: p -1: expected 0 to 1");
    REFUSED(transform_rotate(NAN), "transform_rotate: degrees nan: expected 0 to 180");
    REFUSED(pipeline_new(1, NULL, image.size), "pipeline_new: step is NULL");
    REFUSED(pipeline_new(-1, NULL, image.size), "pipeline_new: fewer than 0 steps");
    REFUSED(pipeline_free(NULL), "pipeline_free: pipeline is NULL");
    REFUSED(pipeline_apply(NULL, &rng, image, image), "pipeline_apply: pipeline is NULL");
    REFUSED(pipeline_apply(&pipeline, NULL, image, image), "pipeline_apply: rng is NULL");
    REFUSED(pipeline_apply(&pipeline, &rng, no_image, image), "pipeline_apply: in.x is NULL");
    REFUSED(pipeline_apply(&pipeline, &rng, image, no_image), "pipeline_apply: out.x is NULL");
    REFUSED(transform_apply(0, NULL, NULL, image, image), "transform_apply: rng is NULL");
    REFUSED(transform_apply(0, NULL, &rng, no_image, image), "transform_apply: in.x is NULL");
    REFUSED(transform_apply(0, NULL, &rng, image, no_image), "transform_apply: out.x is NULL");
}

static void texts_refuse_it(void **state)
{
    (void)state;
    char text[8];
    REFUSED(utf8_decode(NULL, 1, INTS), "utf8_decode: bytes is NULL");
    REFUSED(utf8_decode("a", 1, NULL), "utf8_decode: code is NULL");
    REFUSED(utf8_encode('a', NULL), "utf8_encode: bytes is NULL");
    REFUSED(utf8_encode(0xD800, text),
            "utf8_encode: 55296: expected a code point, and no half of a surrogate pair");
    REFUSED(utf8_length(NULL), "utf8_length: text is NULL");
    REFUSED(utf8_mark(NULL, 1), "utf8_mark: bytes is NULL");
    REFUSED(vocab_of(1, NULL), "vocab_of: codes is NULL");
    REFUSED(vocab_of(1, (int[]){-1}), "vocab_of: -1: expected code points");
    REFUSED(vocab_free(NULL), "vocab_free: vocab is NULL");
    REFUSED(vocab_index(NULL, 'a'), "vocab_index: vocab is NULL");
    REFUSED(vocab_numbers(NULL, "a", 1, INTS), "vocab_numbers: vocab is NULL");
    REFUSED(vocab_numbers(&vocab, NULL, 1, INTS), "vocab_numbers: text is NULL");
    REFUSED(vocab_numbers(&vocab, "a", 1, NULL), "vocab_numbers: numbers is NULL");
    REFUSED(vocab_text(NULL, 1, INTS, text), "vocab_text: vocab is NULL");
    REFUSED(vocab_text(&vocab, 1, NULL, text), "vocab_text: numbers is NULL");
    REFUSED(vocab_text(&vocab, 1, INTS, NULL), "vocab_text: text is NULL");
    REFUSED(vocab_text(&vocab, 2, INTS, text), "vocab_text: number 1: expected 0 to 0");
    REFUSED(vocab_all(NULL), "vocab_all: vocab is NULL");
    REFUSED(text_read(NULL, "text.txt"), "text_read: text is NULL");
    REFUSED(text_read(&running, NULL), "text_read: path is NULL");
    REFUSED(text_free(NULL), "text_free: text is NULL");
    REFUSED(streams_new(2, NULL, 1, 1), "streams_new: numbers is NULL");
    REFUSED(streams_new(2, INTS, 0, 1),
            "streams_new: 0 streams in pieces of 1: expected 1 or more");
    REFUSED(streams_new(2, INTS, 1, 0),
            "streams_new: 1 streams in pieces of 0: expected 1 or more");
    REFUSED(streams_new(2, INTS, 2, 1),
            "streams_new: 2 numbers for 2 streams: expected one more, or more");
    REFUSED(streams_free(NULL), "streams_free: streams is NULL");
    REFUSED(streams_next(NULL), "streams_next: streams is NULL");
    REFUSED(sequences_of_names(NULL, 0, 0), "sequences_of_names: names is NULL");
    REFUSED(sequences_of_names(&names, 0, 1), "sequences_of_names: names 0 .. 1 of 0");
    REFUSED(sequences_new(0, 1), "sequences_new: 0 sequences of 1 numbers: expected 1 or more");
    REFUSED(sequences_free(NULL), "sequences_free: sequences is NULL");
    REFUSED(sequences_take(NULL, 1, 1, numbers, 0), "sequences_take: sequences is NULL");
    REFUSED(sequences_take(&sequences, 1, 1, NULL, 0), "sequences_take: rows is NULL");
    REFUSED(sequences_shift(NULL, &sequences, 0, 0), "sequences_shift: input is NULL");
    REFUSED(sequences_shift(&sequences, NULL, 0, 0), "sequences_shift: target is NULL");
    REFUSED(sequences_mask(NULL, numbers), "sequences_mask: sequences is NULL");
    REFUSED(sequences_mask(&sequences, NULL), "sequences_mask: mask is NULL");
}

static void sampling_refuses_it(void **state)
{
    (void)state;
    const SampleOptions as_it_is = {.temperature = 1};
    REFUSED(sample_probs(2, NULL, as_it_is, numbers), "sample_probs: logits is NULL");
    REFUSED(sample_probs(2, REALS, as_it_is, NULL), "sample_probs: probs is NULL");
    REFUSED(sample_draw(NULL, 2, REALS, as_it_is, numbers), "sample_draw: rng is NULL");
    REFUSED(sample_draw(&rng, 2, NULL, as_it_is, numbers), "sample_draw: logits is NULL");
    REFUSED(sample_draw(&rng, 2, REALS, as_it_is, NULL), "sample_draw: probs is NULL");
    REFUSED(beam_search((BeamOptions){.width = 1}, NULL, NULL), "beam_search: step is NULL");
    REFUSED(beams_free(NULL), "beams_free: beams is NULL");
}

static void readers_of_images_refuse_it(void **state)
{
    (void)state;
    int h, w;
    REFUSED(idx_read(NULL, &h, &w, "a", "b", 0), "idx_read: data is NULL");
    REFUSED(idx_read(&set, NULL, &w, "a", "b", 0), "idx_read: h is NULL");
    REFUSED(idx_read(&set, &h, NULL, "a", "b", 0), "idx_read: w is NULL");
    REFUSED(idx_read(&set, &h, &w, NULL, "b", 0), "idx_read: images is NULL");
    REFUSED(idx_read(&set, &h, &w, "a", NULL, 0), "idx_read: labels is NULL");
    REFUSED(cifar10_read(NULL, 1, (const char *[]){"a"}, 0), "cifar10_read: data is NULL");
    REFUSED(cifar10_read(&set, 1, NULL, 0), "cifar10_read: path is NULL");
    REFUSED(cifar10_read(&set, 0, (const char *[]){"a"}, 0), "cifar10_read: 0 files");
    REFUSED(image_set_read(NULL, "a", 0), "image_set_read: set is NULL");
    REFUSED(image_set_read(&images, NULL, 0), "image_set_read: folder is NULL");
    REFUSED(image_set_lesson(NULL, "", 1, 1, 1, 2), "image_set_lesson: set is NULL");
    REFUSED(image_set_lesson(&images, NULL, 1, 1, 1, 2), "image_set_lesson: folder is NULL");
    REFUSED(image_set_free(NULL), "image_set_free: set is NULL");
    REFUSED(picture_read(NULL, "a"), "picture_read: picture is NULL");
    REFUSED(picture_read(&picture, NULL), "picture_read: path is NULL");
    REFUSED(picture_read_png(NULL, &bytes, "a"), "picture_read_png: picture is NULL");
    REFUSED(picture_read_png(&picture, NULL, "a"), "picture_read_png: bytes is NULL");
    REFUSED(picture_read_png(&picture, &bytes, NULL), "picture_read_png: path is NULL");
    REFUSED(picture_free(NULL), "picture_free: picture is NULL");
    REFUSED(picture_to_digit(NULL, digit), "picture_to_digit: picture is NULL");
    REFUSED(picture_to_digit(&picture, NULL), "picture_to_digit: digit is NULL");
    REFUSED(picture_to_digit(&picture, digit),
            "picture_to_digit: a picture of 0 x 0 x 0: expected 1 or 3 channels");
    REFUSED(picture_read_digit(NULL, digit), "picture_read_digit: path is NULL");
    REFUSED(picture_read_digit("a", NULL), "picture_read_digit: digit is NULL");
    REFUSED(bytes_free(NULL), "bytes_free: bytes is NULL");
    REFUSED(source_exists(NULL), "source_exists: path is NULL");
    REFUSED(source_open(NULL, "a"), "source_open: source is NULL");
    REFUSED(source_open(&source, NULL), "source_open: path is NULL");
    REFUSED(source_close(NULL), "source_close: source is NULL");
    REFUSED(source_read(NULL, 1, &bytes), "source_read: source is NULL");
    REFUSED(source_read(&source, 1, NULL), "source_read: bytes is NULL");
}

static void optimizers_and_initialisations_refuse_it(void **state)
{
    (void)state;
    REFUSED(init_normal(NULL, 1, 4, numbers), "init_normal: rng is NULL");
    REFUSED(init_normal(&rng, 1, 4, NULL), "init_normal: x is NULL");
    REFUSED(init_normal(&rng, -1, 4, numbers),
            "init_normal: std -1: expected 0 or more, and finite");
    REFUSED(init_uniform(NULL, 0, 1, 4, numbers), "init_uniform: rng is NULL");
    REFUSED(init_uniform(&rng, 0, 1, 4, NULL), "init_uniform: x is NULL");
    REFUSED(init_uniform(&rng, 1, 0, 4, numbers),
            "init_uniform: from 1 to 0: expected a lower and a higher number");
    REFUSED(init_uniform(&rng, 1, 1, 4, numbers),
            "init_uniform: from 1 to 1: expected a lower and a higher number");
    REFUSED(init_uniform(&rng, 0, INFINITY, 4, numbers),
            "init_uniform: from 0 to inf: expected a lower and a higher number");
    REFUSED(init_kaiming_normal(NULL, INIT_RELU, 1, 4, numbers),
            "init_kaiming_normal: rng is NULL");
    REFUSED(init_kaiming_normal(&rng, INIT_RELU, 1, 4, NULL), "init_kaiming_normal: x is NULL");
    REFUSED(init_kaiming_normal(&rng, INIT_RELU, 0, 4, numbers),
            "init_kaiming_normal: fan_in 0: expected 1 or more");
    REFUSED(init_xavier_uniform(NULL, INIT_TANH, 1, 1, 4, numbers),
            "init_xavier_uniform: rng is NULL");
    REFUSED(init_xavier_uniform(&rng, INIT_TANH, 1, 1, 4, NULL), "init_xavier_uniform: x is NULL");
    REFUSED(init_xavier_uniform(&rng, INIT_TANH, 0, 1, 4, numbers),
            "init_xavier_uniform: fan_in 0: expected 1 or more");
    REFUSED(init_xavier_uniform(&rng, INIT_TANH, 1, -1, 4, numbers),
            "init_xavier_uniform: fan_out -1: expected 1 or more");
    REFUSED(optim_sgd(NULL, SGD), "optim_sgd: optim is NULL");
    REFUSED(optim_adam(NULL, ADAM), "optim_adam: optim is NULL");
    REFUSED(optim_adamw(NULL, ADAM), "optim_adamw: optim is NULL");
    REFUSED(optim_add(NULL, 1, LIST), "optim_add: optim is NULL");
    REFUSED(optim_add(optim, 1, NULL), "optim_add: parameters is NULL");
    REFUSED(optim_add(optim, 1, (Tensor *[]){NULL}), "optim_add: x is NULL");
    REFUSED(optim_add_array(NULL, 4, numbers, REALS), "optim_add_array: optim is NULL");
    REFUSED(optim_add_array(optim, 4, NULL, REALS), "optim_add_array: p is NULL");
    REFUSED(optim_add_array(optim, 4, numbers, NULL), "optim_add_array: gradient is NULL");
    REFUSED(optim_add_array(optim, 0, numbers, REALS),
            "optim_add_array: 0 elements: expected 1 or more");
    REFUSED(optim_step(NULL), "optim_step: optim is NULL");
    REFUSED(optim_zero_grad(NULL), "optim_zero_grad: optim is NULL");
    REFUSED(optim_lr(NULL, 0), "optim_lr: optim is NULL");
    REFUSED(optim_set_lr(NULL, 0, 1), "optim_set_lr: optim is NULL");
    REFUSED(optim_each(NULL, NULL, NULL), "optim_each: optim is NULL");
}

static void files_of_tensors_refuse_it(void **unused)
{
    (void)unused;
    REFUSED(dtype_named(NULL), "dtype_named: name is NULL");
    REFUSED(dtype_float(DTYPE_F32, NULL), "dtype_float: at is NULL");
    REFUSED(dtype_float(DTYPE_I8, numbers), "dtype_float: I8: expected F64, F32, F16 or BF16");
    REFUSED(dtype_whole(DTYPE_I8, NULL, &whole), "dtype_whole: at is NULL");
    REFUSED(dtype_whole(DTYPE_I8, numbers, NULL), "dtype_whole: number is NULL");
    REFUSED(dtype_whole(DTYPE_F16, numbers, &whole),
            "dtype_whole: F16: expected a type of whole numbers");
    REFUSED(json_object(NULL, NULL, NULL), "json_object: json is NULL");
    REFUSED(json_string(NULL, &read_text), "json_string: json is NULL");
    REFUSED(json_string(&json, NULL), "json_string: text is NULL");
    REFUSED(json_numbers(NULL, 1, &whole, INTS), "json_numbers: json is NULL");
    REFUSED(json_numbers(&json, 1, NULL, INTS), "json_numbers: numbers is NULL");
    REFUSED(json_numbers(&json, 1, &whole, NULL), "json_numbers: n is NULL");
    REFUSED(json_end(NULL), "json_end: json is NULL");
    REFUSED(json_expected(NULL, "x"), "json_expected: json is NULL");
    REFUSED(json_expected(&json, NULL), "json_expected: what is NULL");
    REFUSED(json_write_string(NULL, "x"), "json_write_string: stream is NULL");
    REFUSED(json_write_string(stdout, NULL), "json_write_string: text is NULL");
    REFUSED(safetensors_open(NULL, "x"), "safetensors_open: file is NULL");
    REFUSED(safetensors_open(&tensors, NULL), "safetensors_open: path is NULL");
    REFUSED(safetensors_close(NULL), "safetensors_close: file is NULL");
    REFUSED(safetensors_find(NULL, "x"), "safetensors_find: file is NULL");
    REFUSED(safetensors_find(&tensors, NULL), "safetensors_find: name is NULL");
    REFUSED(safetensors_meta(NULL, "x"), "safetensors_meta: file is NULL");
    REFUSED(safetensors_meta(&tensors, NULL), "safetensors_meta: key is NULL");
    REFUSED(safetensors_count(NULL), "safetensors_count: tensor is NULL");
    REFUSED(safetensors_bytes(NULL), "safetensors_bytes: tensor is NULL");
    REFUSED(safetensors_shape_text(NULL), "safetensors_shape_text: tensor is NULL");
    REFUSED(safetensors_reals(NULL, &tensor, numbers), "safetensors_reals: file is NULL");
    REFUSED(safetensors_reals(&tensors, NULL, numbers), "safetensors_reals: tensor is NULL");
    REFUSED(safetensors_reals(&tensors, &tensor, NULL), "safetensors_reals: to is NULL");
    REFUSED(safetensors_whole(NULL, &tensor, &whole), "safetensors_whole: file is NULL");
    REFUSED(safetensors_whole(&tensors, NULL, &whole), "safetensors_whole: tensor is NULL");
    REFUSED(safetensors_whole(&tensors, &tensor, NULL), "safetensors_whole: to is NULL");
    REFUSED(safetensors_exactly(NULL, &tensor, DTYPE_I64, &whole),
            "safetensors_exactly: file is NULL");
    REFUSED(safetensors_exactly(&tensors, NULL, DTYPE_I64, &whole),
            "safetensors_exactly: tensor is NULL");
    REFUSED(safetensors_exactly(&tensors, &tensor, DTYPE_I64, NULL),
            "safetensors_exactly: to is NULL");
    REFUSED(safetensors_save(NULL, 0, &tensor, 0, NULL), "safetensors_save: path is NULL");
    REFUSED(safetensors_save("x", 0, NULL, 0, NULL), "safetensors_save: tensors is NULL");
}

static Tensor *loss_of_shard(int first, int n, void *context)
{
    (void)first;
    (void)n;
    return context;
}

static Tensor *loss_of_learner(Learner *l, int first, int n, Tensor *x, void *context)
{
    (void)l;
    (void)context;
    return first < n ? x : NULL;
}

static void ranks_refuse_it(void **state)
{
    (void)state;
    int one[1] = {1}, zero[1] = {0};
    char *program[] = {"01", NULL}, **arguments = program;
    const ShardSumOptions shards = {.shards = 1};
    Module *net = nn_flatten();
    REFUSED(ranks_begin(NULL, &arguments), "ranks_begin: argc is NULL");
    REFUSED(ranks_begin(one, NULL), "ranks_begin: argv is NULL");
    REFUSED(ranks_broadcast(1, NULL), "ranks_broadcast: data is NULL");
    REFUSED(ranks_sum(1, NULL), "ranks_sum: x is NULL");
    REFUSED(ranks_exchange(NULL, one, zero, 1, numbers), "ranks_exchange: data is NULL");
    REFUSED(ranks_exchange(REALS, NULL, zero, 1, numbers), "ranks_exchange: count is NULL");
    REFUSED(ranks_exchange(REALS, one, NULL, 1, numbers), "ranks_exchange: at is NULL");
    REFUSED(ranks_exchange(REALS, one, zero, 1, NULL), "ranks_exchange: received is NULL");
    REFUSED(ranks_gather(NULL, one, zero), "ranks_gather: data is NULL");
    REFUSED(ranks_gather(numbers, NULL, zero), "ranks_gather: count is NULL");
    REFUSED(ranks_gather(numbers, one, NULL), "ranks_gather: at is NULL");
    REFUSED(ranks_sum_somehow(1, NULL), "ranks_sum_somehow: data is NULL");
    REFUSED(ranks_arrived(NULL), "ranks_arrived: journey is NULL");
    REFUSED(ranks_wait(NULL), "ranks_wait: journey is NULL");
    REFUSED(shard_push(NULL, 0, (ShardNode){0, 1}, NULL, NULL), "shard_push: stack is NULL");
    REFUSED(shard_nodes(0, 1, NULL), "shard_nodes: nodes is NULL");
    REFUSED(shard_sum_new(1, NULL, shards), "shard_sum_new: sizes is NULL");
    REFUSED(shard_sum_free(NULL), "shard_sum_free: sum is NULL");
    REFUSED(shard_sum_count(NULL), "shard_sum_count: sum is NULL");
    REFUSED(shard_sum_first(NULL), "shard_sum_first: sum is NULL");
    REFUSED(shard_sum_last(NULL), "shard_sum_last: sum is NULL");
    REFUSED(shard_sum_put(NULL, 0, REALS, 1), "shard_sum_put: sum is NULL");
    REFUSED(shard_sum_end(NULL), "shard_sum_end: sum is NULL");
    REFUSED(shard_sum_of(NULL, 0), "shard_sum_of: sum is NULL");
    REFUSED(shard_sum_bytes(NULL), "shard_sum_bytes: sum is NULL");
    REFUSED(shard_sum_waited(NULL), "shard_sum_waited: sum is NULL");
    REFUSED(parallel_new(NULL, NULL, shards), "parallel_new: net is NULL");
    REFUSED(parallel_free(NULL), "parallel_free: p is NULL");
    REFUSED(parallel_sum(NULL), "parallel_sum: p is NULL");
    REFUSED(parallel_gradient(NULL, 1, loss_of_shard, NULL), "parallel_gradient: p is NULL");
    Parallel *parallel = parallel_new(net, NULL, shards);
    REFUSED(parallel_gradient(parallel, 1, NULL, NULL), "parallel_gradient: loss is NULL");
    parallel_free(parallel);
    nn_free(net);
}

static void learners_refuse_it(void **state)
{
    (void)state;
    const ImageSize size = {1, 1, 2};
    Module *net = nn_flatten();
    REFUSED(nn_images(size, 2, NULL), "nn_images: x is NULL");
    REFUSED(nn_class_loss(NULL, size, 2, REALS, REALS), "nn_class_loss: net is NULL");
    REFUSED(nn_class_loss(net, size, 2, NULL, REALS), "nn_class_loss: x is NULL");
    REFUSED(nn_class_loss(net, size, 2, REALS, NULL), "nn_class_loss: y is NULL");
    REFUSED(nn_score(NULL, size, &set, 1, NULL), "nn_score: net is NULL");
    REFUSED(nn_score(net, size, NULL, 1, NULL), "nn_score: data is NULL");
    REFUSED(nn_accuracy(NULL, size, &set), "nn_accuracy: net is NULL");
    REFUSED(nn_accuracy(net, size, NULL), "nn_accuracy: data is NULL");
    REFUSED(learner_begin(NULL, net, size, &set, BATCHES), "learner_begin: l is NULL");
    REFUSED(learner_begin(&learner, NULL, size, &set, BATCHES), "learner_begin: net is NULL");
    REFUSED(learner_begin(&learner, net, size, NULL, BATCHES), "learner_begin: data is NULL");
    REFUSED(learner_free(NULL), "learner_free: l is NULL");
    REFUSED(learner_gradient(NULL), "learner_gradient: l is NULL");
    REFUSED(learner_share(NULL, 1), "learner_share: l is NULL");
    REFUSED(learner_gradient_of(NULL, loss_of_learner, NULL), "learner_gradient_of: l is NULL");
    REFUSED(learner_gradient_of(&learner, NULL, NULL), "learner_gradient_of: loss is NULL");
    REFUSED(learner_step(NULL), "learner_step: l is NULL");
    REFUSED(learner_mean(NULL), "learner_mean: l is NULL");
    REFUSED(learner_state(NULL, "l", &learner), "learner_state: state is NULL");
    REFUSED(learner_state(listed, NULL, &learner), "learner_state: name is NULL");
    REFUSED(learner_state(listed, "l", NULL), "learner_state: l is NULL");
    nn_free(net);
}

static void modules_refuse_it(void **state)
{
    (void)state;
    int n;
    char *unmatched;
    const ConvOptions plain = conv_options(1, 0);
    const RecurrentOptions layer = {0};
    Module *relu = nn_relu(), *rows = nn_embedding(&rng, 2, 2),
           *row = nn_sequential(0, (Module *[]){NULL});
    REFUSED(nn_module(sizeof *relu, NULL, NULL), "nn_module: kind is NULL");
    REFUSED(nn_module(1, "ReLU", NULL),
            "nn_module: ReLU: 1 bytes: expected a struct that begins with a Module");
    REFUSED(nn_describe(NULL, "x"), "nn_describe: m is NULL");
    REFUSED(nn_parameter(NULL, "x", ag_shape(0)), "nn_parameter: m is NULL");
    REFUSED(nn_parameter(relu, NULL, ag_shape(0)), "nn_parameter: name is NULL");
    REFUSED(nn_parameter_transposed(NULL, "x", 1, 1), "nn_parameter_transposed: m is NULL");
    REFUSED(nn_buffer(NULL, "x", ag_shape(0)), "nn_buffer: m is NULL");
    REFUSED(nn_count(NULL, "x", &(long){0}), "nn_count: m is NULL");
    REFUSED(nn_count(relu, "x", NULL), "nn_count: count is NULL");
    REFUSED(nn_child(NULL, "x", relu), "nn_child: m is NULL");
    REFUSED(nn_child(relu, "x", NULL), "nn_child: child is NULL");
    REFUSED(nn_forward(NULL, X), "nn_forward: m is NULL");
    REFUSED(nn_forward(relu, NULL), "nn_forward: x is NULL");
    REFUSED(nn_sequential(1, NULL), "nn_sequential: modules is NULL");
    REFUSED(nn_sequential(1, (Module *[]){NULL}), "nn_sequential: modules[i] is NULL");
    REFUSED(nn_append(NULL, relu), "nn_append: sequential is NULL");
    REFUSED(nn_append(row, NULL), "nn_append: module is NULL");
    REFUSED(nn_find(NULL, ""), "nn_find: m is NULL");
    REFUSED(nn_find(relu, NULL), "nn_find: path is NULL");
    REFUSED(nn_replace(NULL, "x", relu), "nn_replace: m is NULL");
    REFUSED(nn_replace(row, "x", NULL), "nn_replace: module is NULL");
    REFUSED(nn_train(NULL, true), "nn_train: m is NULL");
    REFUSED(nn_freeze(NULL, true), "nn_freeze: m is NULL");
    REFUSED(nn_each(NULL, NULL, NULL), "nn_each: m is NULL");
    REFUSED(nn_each(relu, NULL, NULL), "nn_each: visit is NULL");
    REFUSED(nn_parameters(NULL, &n), "nn_parameters: m is NULL");
    REFUSED(nn_parameters(relu, NULL), "nn_parameters: n is NULL");
    REFUSED(nn_size(NULL), "nn_size: m is NULL");
    REFUSED(nn_state(NULL, "", relu), "nn_state: state is NULL");
    REFUSED(nn_save(NULL, "x"), "nn_save: m is NULL");
    REFUSED(nn_save(relu, NULL), "nn_save: path is NULL");
    REFUSED(nn_load(NULL, "x"), "nn_load: m is NULL");
    REFUSED(nn_load_part(NULL, "x", &unmatched), "nn_load_part: m is NULL");
    REFUSED(nn_load_part(relu, "x", NULL), "nn_load_part: unmatched is NULL");
    REFUSED(nn_print(NULL), "nn_print: m is NULL");
    REFUSED(nn_print_state(NULL), "nn_print_state: m is NULL");
    REFUSED(nn_linear(NULL, 1, 1), "nn_linear: rng is NULL");
    REFUSED(nn_conv1d(NULL, 1, 1, 1, plain), "nn_conv1d: rng is NULL");
    REFUSED(nn_conv2d(NULL, 1, 1, 1, plain), "nn_conv2d: rng is NULL");
    REFUSED(nn_conv_transpose1d(NULL, 1, 1, 1, plain), "nn_conv_transpose1d: rng is NULL");
    REFUSED(nn_conv_transpose2d(NULL, 1, 1, 1, plain), "nn_conv_transpose2d: rng is NULL");
    REFUSED(nn_no_bias(NULL), "nn_no_bias: m is NULL");
    REFUSED(nn_embedding(NULL, 1, 1), "nn_embedding: rng is NULL");
    REFUSED(nn_embed(NULL, ag_shape(0), INTS), "nn_embed: embedding is NULL");
    REFUSED(nn_embed(rows, ag_shape(0), NULL), "nn_embed: index is NULL");
    REFUSED(nn_dropout(NULL, 0.5), "nn_dropout: rng is NULL");
    REFUSED(nn_rnn(NULL, 1, 1, layer), "nn_rnn: rng is NULL");
    REFUSED(nn_lstm(NULL, 1, 1, layer), "nn_lstm: rng is NULL");
    REFUSED(nn_gru(NULL, 1, 1, layer), "nn_gru: rng is NULL");
    REFUSED(nn_rnn_cell(NULL, 1, 1, true), "nn_rnn_cell: rng is NULL");
    REFUSED(nn_lstm_cell(NULL, 1, 1, true), "nn_lstm_cell: rng is NULL");
    REFUSED(nn_gru_cell(NULL, 1, 1, true), "nn_gru_cell: rng is NULL");
    REFUSED(nn_recurrent(NULL, X, NULL, NULL), "nn_recurrent: m is NULL");
    REFUSED(nn_recurrent(relu, NULL, NULL, NULL), "nn_recurrent: x is NULL");
    REFUSED(nn_recurrent_keep(NULL), "nn_recurrent_keep: state is NULL");
    REFUSED(nn_recurrent_free(NULL), "nn_recurrent_free: state is NULL");
    REFUSED(grad_norm(1, NULL), "grad_norm: parameters is NULL");
    REFUSED(clip_grad_norm(1, NULL, 1), "clip_grad_norm: parameters is NULL");
    REFUSED(clip_grad_value(1, NULL, 1), "clip_grad_value: parameters is NULL");
    REFUSED(clip_grad_norm(1, LIST, -1),
            "clip_grad_norm: max_norm -1: expected 0 or more, and finite");
    nn_free(NULL);
    nn_free(relu);
    nn_free(rows);
    nn_free(row);
    ag_reset();
}

static void transformers_refuse_it(void **state)
{
    (void)state;
    const TransformerOptions small = {.width = 2, .heads = 1, .feedforward = 2};
    Module *m = nn_multihead_attention(&rng, 2, 1, 0), *places = nn_sinusoidal_positions(2);
    Module *encoder = nn_encoder(&rng, small, 1), *decoder = nn_decoder(&rng, small, 1);
    AttentionCache kept = attention_cache_new(2, 2, 2);
    TransformerCache *encoding = transformer_cache_new(encoder, 2, 2),
                     *decoding = transformer_cache_new(decoder, 2, 2);
    REFUSED(nn_multihead_attention(NULL, 2, 1, 0), "nn_multihead_attention: rng is NULL");
    REFUSED(nn_attend(NULL, X, X, X, HEARD), "nn_attend: attention is NULL");
    REFUSED(nn_attend(m, NULL, X, X, HEARD), "nn_attend: q is NULL");
    REFUSED(nn_attend(m, X, NULL, X, HEARD), "nn_attend: k is NULL");
    REFUSED(nn_attend(m, X, X, NULL, HEARD), "nn_attend: v is NULL");
    REFUSED(nn_watch(NULL, true), "nn_watch: m is NULL");
    REFUSED(nn_attention_weights(NULL), "nn_attention_weights: attention is NULL");
    REFUSED(attention_cache_free(NULL), "attention_cache_free: cache is NULL");
    REFUSED(attention_cache_pick(NULL, (int[2]){0}), "attention_cache_pick: cache is NULL");
    REFUSED(attention_cache_pick(&kept, NULL), "attention_cache_pick: from is NULL");
    REFUSED(nn_attention_fill(NULL, X, &kept), "nn_attention_fill: attention is NULL");
    REFUSED(nn_attention_fill(m, NULL, &kept), "nn_attention_fill: x is NULL");
    REFUSED(nn_attention_fill(m, X, NULL), "nn_attention_fill: cache is NULL");
    REFUSED(nn_attend_cached(NULL, X, &kept, HEARD), "nn_attend_cached: attention is NULL");
    REFUSED(nn_attend_cached(m, NULL, &kept, HEARD), "nn_attend_cached: q is NULL");
    REFUSED(nn_attend_cached(m, X, NULL, HEARD), "nn_attend_cached: cache is NULL");
    REFUSED(nn_learned_positions(NULL, 2, 2), "nn_learned_positions: rng is NULL");
    REFUSED(nn_add_positions(NULL, X, 0), "nn_add_positions: m is NULL");
    REFUSED(nn_add_positions(places, NULL, 0), "nn_add_positions: x is NULL");
    REFUSED(nn_encoder_layer(NULL, small), "nn_encoder_layer: rng is NULL");
    REFUSED(nn_decoder_layer(NULL, small), "nn_decoder_layer: rng is NULL");
    REFUSED(nn_encoder(NULL, small, 1), "nn_encoder: rng is NULL");
    REFUSED(nn_decoder(NULL, small, 1), "nn_decoder: rng is NULL");
    REFUSED(nn_transformer(NULL, small, 1, 1), "nn_transformer: rng is NULL");
    REFUSED(nn_encode(NULL, X, HEARD), "nn_encode: m is NULL");
    REFUSED(nn_encode(encoder, NULL, HEARD), "nn_encode: x is NULL");
    REFUSED(nn_decode(NULL, X, X, HEARD, HEARD), "nn_decode: m is NULL");
    REFUSED(nn_decode(decoder, NULL, X, HEARD, HEARD), "nn_decode: y is NULL");
    REFUSED(nn_decode(decoder, X, NULL, HEARD, HEARD), "nn_decode: memory is NULL");
    REFUSED(transformer_cache_new(NULL, 1, 1), "transformer_cache_new: m is NULL");
    REFUSED(transformer_cache_clear(NULL), "transformer_cache_clear: cache is NULL");
    REFUSED(transformer_cache_pick(NULL, (int[2]){0}), "transformer_cache_pick: cache is NULL");
    REFUSED(transformer_cache_pick(encoding, NULL), "transformer_cache_pick: from is NULL");
    REFUSED(transformer_cache_tokens(NULL), "transformer_cache_tokens: cache is NULL");
    REFUSED(nn_encode_next(NULL, X), "nn_encode_next: cache is NULL");
    REFUSED(nn_encode_next(encoding, NULL), "nn_encode_next: x is NULL");
    REFUSED(nn_decode_next(NULL, X, X, HEARD), "nn_decode_next: cache is NULL");
    REFUSED(nn_decode_next(decoding, NULL, X, HEARD), "nn_decode_next: y is NULL");
    REFUSED(nn_decode_next(decoding, X, NULL, HEARD), "nn_decode_next: memory is NULL");
    transformer_cache_free(NULL);
    transformer_cache_free(encoding);
    transformer_cache_free(decoding);
    attention_cache_free(&kept);
    Module *const made[] = {m, places, encoder, decoder};
    for (int i = 0; i < 4; i++)
        nn_free(made[i]);
    ag_reset();
}

static void states_refuse_it(void **unused)
{
    (void)unused;
    const Shape one = ag_shape(0);
    REFUSED(state_reals(NULL, "x", one, numbers), "state_reals: state is NULL");
    REFUSED(state_reals(listed, NULL, one, numbers), "state_reals: name is NULL");
    REFUSED(state_reals(listed, "x", one, NULL), "state_reals: data is NULL");
    REFUSED(state_transposed(NULL, "x", 1, 1, numbers), "state_transposed: state is NULL");
    REFUSED(state_transposed(listed, NULL, 1, 1, numbers), "state_transposed: name is NULL");
    REFUSED(state_transposed(listed, "x", 1, 1, NULL), "state_transposed: data is NULL");
    REFUSED(state_tensor(NULL, "x", X, false), "state_tensor: state is NULL");
    REFUSED(state_tensor(listed, NULL, X, false), "state_tensor: name is NULL");
    REFUSED(state_tensor(listed, "x", NULL, false), "state_tensor: x is NULL");
    REFUSED(state_doubles(NULL, "x", one, &(double){0}), "state_doubles: state is NULL");
    REFUSED(state_doubles(listed, NULL, one, &(double){0}), "state_doubles: name is NULL");
    REFUSED(state_doubles(listed, "x", one, NULL), "state_doubles: data is NULL");
    REFUSED(state_ints(NULL, "x", one, INTS), "state_ints: state is NULL");
    REFUSED(state_ints(listed, NULL, one, INTS), "state_ints: name is NULL");
    REFUSED(state_ints(listed, "x", one, NULL), "state_ints: data is NULL");
    REFUSED(state_longs(NULL, "x", one, &count), "state_longs: state is NULL");
    REFUSED(state_longs(listed, NULL, one, &count), "state_longs: name is NULL");
    REFUSED(state_longs(listed, "x", one, NULL), "state_longs: data is NULL");
    REFUSED(state_u64s(NULL, "x", one, rng.state), "state_u64s: state is NULL");
    REFUSED(state_u64s(listed, NULL, one, rng.state), "state_u64s: name is NULL");
    REFUSED(state_u64s(listed, "x", one, NULL), "state_u64s: data is NULL");
    REFUSED(state_text(NULL, "x", &read_text), "state_text: state is NULL");
    REFUSED(state_text(listed, NULL, &read_text), "state_text: name is NULL");
    REFUSED(state_text(listed, "x", NULL), "state_text: text is NULL");
    REFUSED(state_rng(NULL, "x", &rng), "state_rng: state is NULL");
    REFUSED(state_rng(listed, NULL, &rng), "state_rng: name is NULL");
    REFUSED(state_rng(listed, "x", NULL), "state_rng: rng is NULL");
    REFUSED(state_loader(NULL, "x", &loader), "state_loader: state is NULL");
    REFUSED(state_loader(listed, NULL, &loader), "state_loader: name is NULL");
    REFUSED(state_loader(listed, "x", NULL), "state_loader: loader is NULL");
    REFUSED(state_loader(listed, "x", &(Loader){.n = 0}), "state_loader: loader->data is NULL");
    REFUSED(state_optim(NULL, "x", optim), "state_optim: state is NULL");
    REFUSED(state_optim(listed, NULL, optim), "state_optim: name is NULL");
    REFUSED(state_optim(listed, "x", NULL), "state_optim: optim is NULL");
    REFUSED(state_meta(NULL, "k", "v"), "state_meta: state is NULL");
    REFUSED(state_meta(listed, NULL, "v"), "state_meta: key is NULL");
    REFUSED(state_meta(listed, "k", NULL), "state_meta: value is NULL");
    REFUSED(state_streams(NULL, "x", &streams), "state_streams: state is NULL");
    REFUSED(state_streams(listed, NULL, &streams), "state_streams: name is NULL");
    REFUSED(state_streams(listed, "x", NULL), "state_streams: streams is NULL");
    REFUSED(state_vocab(NULL, &vocab), "state_vocab: state is NULL");
    REFUSED(state_vocab(listed, NULL), "state_vocab: vocab is NULL");
    REFUSED(state_add(NULL, DTYPE_F32, one, numbers, "x"), "state_add: state is NULL");
    REFUSED(state_save(NULL, "x"), "state_save: state is NULL");
    REFUSED(state_save(listed, NULL), "state_save: path is NULL");
    REFUSED(state_load(NULL, "x", true), "state_load: state is NULL");
    REFUSED(state_load(listed, NULL, true), "state_load: path is NULL");
    REFUSED(state_resume(NULL, "x"), "state_resume: state is NULL");
    REFUSED(state_resume(listed, NULL), "state_resume: path is NULL");
    REFUSED(state_unmatched(NULL), "state_unmatched: state is NULL");
}

static void no_refresh(void *context)
{
    (void)context;
}

static void the_workbook_refuses_it(void **state)
{
    (void)state;
    const real *const rows[] = {numbers};
    REFUSED(fact(NULL, 1, 1, 1), "fact: name is NULL");
    REFUSED(fact_row(NULL, 1, 2, numbers, numbers), "fact_row: name is NULL");
    REFUSED(fact_row("x", 1, 2, nowhere, numbers), "fact_row: found is NULL");
    REFUSED(fact_row("x", 1, 2, numbers, nowhere), "fact_row: expected is NULL");
    REFUSED(fact_row("x", 1, none, numbers, numbers), "fact_row: x: 0 numbers: expected 1 or more");
    REFUSED(fact_same(NULL, 1, numbers, numbers), "fact_same: name is NULL");
    REFUSED(fact_same("x", 1, NULL, numbers), "fact_same: found is NULL");
    REFUSED(fact_same("x", 1, numbers, NULL), "fact_same: expected is NULL");
    REFUSED(fact_that(NULL, true), "fact_that: name is NULL");
    REFUSED(options_parse(NULL, 1, words), "options_parse: options is NULL");
    REFUSED(options_parse(&options, 1, NULL), "options_parse: argv is NULL");
    REFUSED(options_parse(&(Options){.about = ""}, 1, words),
            "options_parse: options->chapter is NULL");
    REFUSED(options_parse(&(Options){.chapter = "01"}, 1, words),
            "options_parse: options->about is NULL");
    REFUSED(plot_draw_file(NULL, "loss", "a.gp"), "plot_draw_file: options is NULL");
    REFUSED(plot_draw_file(&options, NULL, "a.gp"), "plot_draw_file: name is NULL");
    REFUSED(plot_draw_file(&options, "loss", NULL), "plot_draw_file: file is NULL");
    REFUSED(plot_draw(NULL, "loss", "plot x"), "plot_draw: options is NULL");
    REFUSED(plot_draw(&options, NULL, "plot x"), "plot_draw: name is NULL");
    REFUSED(plot_draw(&options, "loss", NULL), "plot_draw: script is NULL");
    REFUSED(plot_draw(&(Options){.chapter = "01"}, "loss", "plot x"),
            "plot_draw: options->out is NULL");
    REFUSED(plot_graph(NULL, "tape"), "plot_graph: options is NULL");
    REFUSED(plot_graph(&options, NULL), "plot_graph: name is NULL");
    REFUSED(plot_graph(&(Options){.chapter = "01"}, "tape"), "plot_graph: options->out is NULL");
    REFUSED(plot_terminal(NULL, "plot x"), "plot_terminal: options is NULL");
    REFUSED(plot_terminal(&options, NULL), "plot_terminal: script is NULL");
    REFUSED(plot_terminal(&(Options){.chapter = "01"}, "plot x"),
            "plot_terminal: options->out is NULL");
    REFUSED(sheet_write(NULL, "x", (ImageSize){1, 1, 1}, 1, rows, 1, 0),
            "sheet_write: options is NULL");
    REFUSED(sheet_write(&options, NULL, (ImageSize){1, 1, 1}, 1, rows, 1, 0),
            "sheet_write: name is NULL");
    REFUSED(sheet_write(&options, "x", (ImageSize){1, 1, 1}, 1, NULL, 1, 0),
            "sheet_write: image is NULL");
    REFUSED(sheet_write(&options, "x", (ImageSize){1, 1, 1}, 1, rows, 0, 0),
            "sheet_write: 1 images, 0 across, 0 apart: expected 1, 1 and 0 or more");
    REFUSED(print_row(NULL, 1, numbers), "print_row: name is NULL");
    REFUSED(print_row("x", 1, NULL), "print_row: x is NULL");
    REFUSED(print_matrix(NULL, 2, 2, numbers, 3), "print_matrix: name is NULL");
    REFUSED(print_matrix("x", 2, 2, NULL, 3), "print_matrix: x is NULL");
    REFUSED(print_matrix("x", 0, 2, numbers, 3), "print_matrix: x: 0 x 2 elements");
    REFUSED(print_matrix("x", 2, 0, numbers, 3), "print_matrix: x: 2 x 0 elements");
    REFUSED(print_matrix("x", 2, -1, numbers, 3), "print_matrix: x: 2 x -1 elements");
    REFUSED(print_matrix("x", 65536, 65536, numbers, 3), "print_matrix: x: 65536 x 65536 elements");
    REFUSED(progress_begin(NULL, "training", 1), "progress_begin: progress is NULL");
    REFUSED(progress_begin(&progress, NULL, 1), "progress_begin: what is NULL");
    REFUSED(progress_step(NULL, 1, NULL), "progress_step: progress is NULL");
    REFUSED(progress_end(NULL), "progress_end: progress is NULL");
    REFUSED(runlog_open(NULL, ".", "loss", "x"), "runlog_open: log is NULL");
    REFUSED(runlog_open(&run_log, NULL, "loss", "x"), "runlog_open: dir is NULL");
    REFUSED(runlog_open(&run_log, ".", NULL, "x"), "runlog_open: name is NULL");
    REFUSED(runlog_open(&run_log, ".", "loss", NULL), "runlog_open: header is NULL");
    REFUSED(runlog_open(&run_log, ".", "loss", "a,b\nc"),
            "runlog_open: loss: a header of more than one line, or with a quote");
    REFUSED(runlog_open_partial(NULL, ".", "loss", "x"), "runlog_open_partial: log is NULL");
    REFUSED(runlog_open_partial(&run_log, NULL, "loss", "x"), "runlog_open_partial: dir is NULL");
    REFUSED(runlog_open_partial(&run_log, ".", NULL, "x"), "runlog_open_partial: name is NULL");
    REFUSED(runlog_open_partial(&run_log, ".", "loss", NULL),
            "runlog_open_partial: header is NULL");
    REFUSED(runlog_row(NULL, (double[]){1}), "runlog_row: log is NULL");
    REFUSED(runlog_text(NULL), "runlog_text: log is NULL");
    REFUSED(runlog_append(NULL, "x"), "runlog_append: log is NULL");
    REFUSED(runlog_append(&run_log, NULL), "runlog_append: text is NULL");
    REFUSED(runlog_row(&run_log, NULL), "runlog_row: values is NULL");
    REFUSED(runlog_row(&run_log, (double[]){1}), "runlog_row: log->file.stream is NULL");
    REFUSED(runlog_close(&run_log), "safefile_commit: file->stream is NULL");
    REFUSED(runlog_discard(&run_log), "safefile_discard: file->stream is NULL");
    REFUSED(runlog_close(NULL), "runlog_close: log is NULL");
    REFUSED(runlog_discard(NULL), "runlog_discard: log is NULL");
    REFUSED(safefile_open_partial(NULL, ".", "a"), "safefile_open_partial: file is NULL");
    REFUSED(safefile_open_partial(&file, NULL, "a"), "safefile_open_partial: dir is NULL");
    REFUSED(safefile_open_partial(&file, ".", NULL), "safefile_open_partial: name is NULL");
    REFUSED(runinfo_write(NULL, &(RunInfo){.log = "loss"}), "runinfo_write: options is NULL");
    REFUSED(runinfo_write(&options, NULL), "runinfo_write: info is NULL");
    REFUSED(runinfo_write(&options, &(RunInfo){.log = "loss"}),
            "runinfo_write: info->header is NULL");
    REFUSED(training_begin(NULL, &options, "loss", "x", 1, 1), "training_begin: t is NULL");
    REFUSED(training_begin(&training, NULL, "loss", "x", 1, 1), "training_begin: options is NULL");
    REFUSED(training_begin(&training, &options, NULL, "x", 1, 1), "training_begin: name is NULL");
    REFUSED(training_begin(&training, &options, "loss", NULL, 1, 1),
            "training_begin: header is NULL");
    REFUSED(training_refresh(NULL, no_refresh, NULL), "training_refresh: t is NULL");
    REFUSED(training_refresh(&training, NULL, NULL), "training_refresh: refresh is NULL");
    REFUSED(training_epoch(NULL, 1), "training_epoch: t is NULL");
    REFUSED(training_next(NULL), "training_next: t is NULL");
    REFUSED(training_loss(NULL, 1, 1, 1, numbers), "training_loss: t is NULL");
    REFUSED(training_loss(&training, 1, 1, 1, NULL), "training_loss: gradient is NULL");
    REFUSED(training_row_due(NULL), "training_row_due: t is NULL");
    REFUSED(training_eval_due(NULL), "training_eval_due: t is NULL");
    REFUSED(training_mean(NULL), "training_mean: t is NULL");
    REFUSED(training_say(NULL, "x"), "training_say: t is NULL");
    REFUSED(training_say(&training, NULL), "training_say: format is NULL");
    REFUSED(training_row(NULL, (double[]){1}), "training_row: t is NULL");
    REFUSED(training_row(&training, NULL), "training_row: values is NULL");
    REFUSED(training_end(NULL), "training_end: t is NULL");
    REFUSED(training_give_up(NULL), "training_give_up: t is NULL");
    REFUSED(training_keep(NULL, NULL), "training_keep: t is NULL");
    REFUSED(training_keep(&training, NULL), "training_keep: state is NULL");
    REFUSED(training_loss_tensors(NULL, 1, 1, 1, LIST), "training_loss_tensors: t is NULL");
    REFUSED(training_loss_tensors(&training, 1, 1, 1, NULL),
            "training_loss_tensors: parameters is NULL");
    REFUSED(checkpoint_due(NULL), "checkpoint_due: t is NULL");
    REFUSED(checkpoint_write(NULL), "checkpoint_write: t is NULL");
    REFUSED(safefile_open(NULL, ".", "x"), "safefile_open: file is NULL");
    REFUSED(safefile_open(&file, NULL, "x"), "safefile_open: dir is NULL");
    REFUSED(safefile_open(&file, ".", NULL), "safefile_open: name is NULL");
    REFUSED(safefile_open_path(NULL, "x"), "safefile_open_path: file is NULL");
    REFUSED(safefile_open_path(&file, NULL), "safefile_open_path: path is NULL");
    REFUSED(safefile_write(NULL, "x", 1), "safefile_write: file is NULL");
    REFUSED(safefile_write(&file, NULL, 1), "safefile_write: bytes is NULL");
    REFUSED(safefile_write(&file, "x", 1), "safefile_write: file->stream is NULL");
    REFUSED(safefile_flush(NULL), "safefile_flush: file is NULL");
    REFUSED(safefile_commit(NULL), "safefile_commit: file is NULL");
    REFUSED(safefile_discard(NULL), "safefile_discard: file is NULL");
    REFUSED(safefile_prefix(NULL), "safefile_prefix: dir is NULL");
    REFUSED(mean_of(2, NULL), "mean_of: x is NULL");
    REFUSED(mean_of(0, &unit), "mean_of: 0 numbers: expected 1 or more");
    REFUSED(folder_make(NULL), "folder_make: path is NULL");
    REFUSED(choice_begin(NULL), "choice_begin: choice is NULL");
    REFUSED(choice_text(NULL, list_text), "choice_text: choice is NULL");
    REFUSED(choice_text(&choice, NULL), "choice_text: text is NULL");
    REFUSED(choice_take(NULL, "x"), "choice_take: choice is NULL");
    REFUSED(choice_take(&choice, NULL), "choice_take: given is NULL");
    REFUSED(choice_list(NULL, " or ", list_text, sizeof list_text), "choice_list: choice is NULL");
    REFUSED(choice_list(&choice, NULL, list_text, sizeof list_text),
            "choice_list: before_last is NULL");
    REFUSED(choice_list(&choice, " or ", NULL, 0), "choice_list: text is NULL");
    REFUSED(table_begin(NULL), "table_begin: table is NULL");
    REFUSED(table_row(NULL, "x", 2, 2, numbers, numbers, NULL), "table_row: table is NULL");
    REFUSED(table_row(&table, NULL, 2, 2, numbers, numbers, NULL), "table_row: name is NULL");
    REFUSED(table_row(&table, "x", 2, 2, NULL, numbers, NULL), "table_row: hand is NULL");
    REFUSED(table_row(&table, "x", 2, 2, numbers, NULL, NULL),
            "table_row: x: nothing to compare with");
    REFUSED(table_row(&table, "x", 0, 2, numbers, numbers, NULL), "table_row: x: 0 x 2 elements");
    REFUSED(table_row(&table, "x", 65536, 32768, numbers, numbers, NULL),
            "table_row: x: 65536 x 32768 elements");
    REFUSED(table_step(NULL, "dx", X, X, X), "table_step: table is NULL");
    REFUSED(table_step(&table, NULL, X, X, X), "table_step: dname is NULL");
    REFUSED(table_step(&table, "dx", NULL, X, X), "table_step: hand is NULL");
    REFUSED(table_step(&table, "dx", X, NULL, X), "table_step: loss is NULL");
    REFUSED(table_step(&table, "dx", X, X, NULL), "table_step: x is NULL");
    REFUSED(table_variable(NULL, ag_shape(1, 2)), "table_variable: rng is NULL");
    REFUSED(table_loss(NULL, numbers), "table_loss: y is NULL");
    REFUSED(table_loss(X, NULL), "table_loss: dy is NULL");
    REFUSED(table_tensor(NULL, "x", numbers, X, X), "table_tensor: table is NULL");
    REFUSED(table_tensor(&table, NULL, numbers, X, X), "table_tensor: name is NULL");
    REFUSED(table_tensor(&table, "x", NULL, X, X), "table_tensor: hand is NULL");
    REFUSED(table_tensor(&table, "x", numbers, NULL, X), "table_tensor: loss is NULL");
    REFUSED(table_tensor(&table, "x", numbers, X, NULL), "table_tensor: x is NULL");
    REFUSED(table_tensor(&table, "x", numbers, X, X),
            "table_tensor: x: no gradient has reached it: call ag_backward() first");
    REFUSED(table_end(NULL), "table_end: table is NULL");
    REFUSED(terminal_is(NULL), "terminal_is: stream is NULL");
    REFUSED(terminal_size(NULL), "terminal_size: stream is NULL");
    REFUSED(terminal_has_color(NULL), "terminal_has_color: stream is NULL");
}

/* -- none is forgotten ------------------------------------------------------------------------- */

/* For these NULL is good, or they are called by ops only, with what the ops have made. */
static const char *const exempt[] = {
    "ag_free",     "optim_free",     "state_free",   "nn_free",      "op_run",
    "ag_new_for",  "ag_data",        "ag_grad",      "ag_replay",    "shape_size",
    "tensor_live", "tape_unchanged", "choice_count", "choice_print", "transformer_cache_free"};

static bool is_exempt(const char *name)
{
    for (size_t i = 0; i < sizeof exempt / sizeof exempt[0]; i++)
        if (strcmp(exempt[i], name) == 0)
            return true;
    return false;
}

static bool was_refused(const char *name)
{
    size_t length = strlen(name);
    for (int i = 0; i < n_refused; i++)
        if (strncmp(refused[i], name, length) == 0 && refused[i][length] == ':')
            return true;
    return false;
}

/* If a prototype that takes a pointer begins at `line`, its name. */
static bool takes_pointer(const char *line, char name[64])
{
    const char *open = line + strcspn(line, "(\n"), *end = strstr(line, ");"), *start = open;
    if (!isalpha((unsigned char)*line) || *open != '(' || !end || strncmp(line, "typedef", 7) == 0)
        return false;
    if (open + strcspn(open, "{") < end) /* a function's body, not a prototype */
        return false;
    while (isalnum((unsigned char)start[-1]) || start[-1] == '_')
        start--;
    snprintf(name, 64, "%.*s", (int)(open - start), start);
    return open + strcspn(open, "*[") < end;
}

static int check_header(const char *path)
{
    static char text[1 << 16];
    char name[64];
    int found = 0;
    FILE *header = fopen(path, "r");
    assert_non_null(header);
    text[fread(text, 1, sizeof text - 1, header)] = '\0';
    fclose(header);
    for (const char *line = text; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
        if (!takes_pointer(line, name) || is_exempt(name))
            continue;
        found++;
        if (!was_refused(name))
            fail_msg("%s: no test here gives NULL to %s()", path, name);
    }
    return found;
}

static void every_function_that_takes_a_pointer_is_tried(void **state)
{
    (void)state;
    static const char *const public[] = {"lib/autograd/compare.h",
                                         "lib/autograd/numeric.h",
                                         "lib/autograd/tensor.h",
                                         "lib/autograd/tape.h",
                                         "lib/autograd/ops.h",
                                         "lib/data/*.h",
                                         "lib/nn/*.h",
                                         "lib/safefile.h",
                                         "lib/workbook/*.h"};
    int found = 0;
    glob_t headers;
    for (size_t i = 0; i < sizeof public / sizeof public[0]; i++)
        assert_int_equal(glob(public[i], i ? GLOB_APPEND : 0, NULL, &headers), 0);
    for (size_t i = 0; i < headers.gl_pathc; i++)
        found += check_header(headers.gl_pathv[i]);
    globfree(&headers);
    assert_true(found > 90);
}

static int setup(void **state)
{
    (void)state;
    rng_seed(&rng, 1);
    set = dataset_new(2, 2, 1);
    optim = optim_new();
    listed = state_new();
    error_set_handler(catch);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    error_set_handler(NULL);
    optim_free(optim);
    state_free(listed);
    dataset_free(&set);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tensors_and_the_tape_refuse_it),
        cmocka_unit_test(ops_refuse_it),
        cmocka_unit_test(losses_refuse_it),
        cmocka_unit_test(normalisations_refuse_it),
        cmocka_unit_test(judges_refuse_it),
        cmocka_unit_test(data_refuses_it),
        cmocka_unit_test(texts_refuse_it),
        cmocka_unit_test(sampling_refuses_it),
        cmocka_unit_test(readers_of_images_refuse_it),
        cmocka_unit_test(optimizers_and_initialisations_refuse_it),
        cmocka_unit_test(files_of_tensors_refuse_it),
        cmocka_unit_test(ranks_refuse_it),
        cmocka_unit_test(learners_refuse_it),
        cmocka_unit_test(modules_refuse_it),
        cmocka_unit_test(transformers_refuse_it),
        cmocka_unit_test(states_refuse_it),
        cmocka_unit_test(the_workbook_refuses_it),
        cmocka_unit_test(every_function_that_takes_a_pointer_is_tried),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
