/* Every mistake that the autograd library can name, made on purpose, and the words it finds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ctype.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>

#include "autograd/arena.h"
#include "autograd/autograd.h"
#include "error.h"
#include "heap.h"
#include "kernel/vector.h"

static jmp_buf back;
static char caught[1024];

static void catch (const char *message)
{
    snprintf(caught, sizeof caught, "%s", message);
    longjmp(back, 1);
}

/* What is said of a kernel, a stride and a padding of which one cannot be. */
#define WINDOW(kernel, stride, padding)                         \
    "kernel " #kernel ", stride " #stride ", padding " #padding \
    ": expected a kernel and a stride of 1 or more, and a padding of 0 to half the kernel"

/* -- mistakes ---------------------------------------------------------------------------------- */

#define SHAPE(...) ag_shape(sizeof((int[]){__VA_ARGS__}) / sizeof(int), __VA_ARGS__)
#define CONSTANT(...) ag_zeros(SHAPE(__VA_ARGS__))
#define VARIABLE(...) ag_variable(SHAPE(__VA_ARGS__), CONSTANT(__VA_ARGS__)->data)
#define REALS ((real[8]){0})
#define INDEX(...) ((const int[]){__VA_ARGS__})
#define LIST(...) ((Tensor *const[]){__VA_ARGS__})
#define WEIGHTS(...) ((CrossEntropyOptions){.weight = CONSTANT(__VA_ARGS__)})
#define SMOOTHING(x) ((CrossEntropyOptions){.label_smoothing = (x)})
#define IGNORING(x) ((CrossEntropyOptions){.ignore = true, .ignore_index = (x)})
#define MARGIN(p_, w) ((MultiMarginOptions){.p = (p_), .margin = 1, .weight = (w)})
#define RUNNING(n, m) (&(RunningStats){.mean = CONSTANT(n), .var = CONSTANT(m)})

#define PLAIN conv_options(1, 0)
#define HEADS(n) ((AttentionOptions){.heads = (n)})
#define LENGTHS(...) ((AttentionOptions){.mask.lengths = INDEX(__VA_ARGS__)})
#define GATES(gates, in, h) \
    ((RecurrentWeights){CONSTANT((gates) * (h), in), CONSTANT((gates) * (h), h), NULL, NULL})

#define HUGE_SHAPE ((Shape){.ndim = 2, .dim = {65536, 32768}})

/* So many times the same, side by side along the last axis. */
static Tensor *concat_of_many(int n, int size, int axis)
{
    static Tensor *same[4097];
    Tensor *x = axis ? CONSTANT(1024, size) : CONSTANT(size);
    for (int i = 0; i < n; i++)
        same[i] = x;
    return ag_concat(n, same, axis);
}

/* A tensor (2, 3) that is gone, added to one that is not and has another shape. */
static void add_to_a_tensor_that_is_gone(void)
{
    Tensor *gone = VARIABLE(2, 3);
    ag_reset();
    Tensor *there = CONSTANT(3);
    ag_add(there, gone);
}

/* x and the loss sum x^2 of it, after `change` was done to x. */
static void backward_after(void (*change)(Tensor *x))
{
    Tensor *x = VARIABLE(2, 3), *loss = ag_sum(ag_mul(x, x), AG_ALL, false);
    change(x);
    ag_backward(loss);
}

static void freeze(Tensor *x)
{
    x->requires_grad = false;
}

/* y = x */
static void copy_forward(const Record *r)
{
    memcpy(r->out->data, r->in[0]->data, (size_t)r->out->size * sizeof(real));
}

static void copy_backward(const Record *r)
{
    vector_add(r->out->size, r->out->grad, ag_grad(r->in[0]));
}

#define COPY_INTO(out, x) op_run("copy", out, copy_forward, copy_backward, NULL, 1, LIST(x))

static void copy_into_itself(void)
{
    Tensor *x = CONSTANT(2, 3);
    COPY_INTO(x, x);
}

/* What is wrong, the call, the message. */
#define MISTAKES(MISTAKE)                                                                          \
    MISTAKE(shape_of_six_axes, ag_shape(6, 1, 1, 1, 1, 1, 1),                                      \
            "ag_shape: 6 dimensions: expected 0 to 5")                                             \
    MISTAKE(shape_of_minus_one_axes, ag_shape(-1), "ag_shape: -1 dimensions: expected 0 to 5")     \
    MISTAKE(shape_with_a_size_of_zero, SHAPE(2, 0, 3),                                             \
            "ag_shape: (2, 0, 3): every size must be at least 1")                                  \
    MISTAKE(shape_with_a_negative_size, SHAPE(-4),                                                 \
            "ag_shape: (-4): every size must be at least 1")                                       \
    MISTAKE(shape_of_too_many_elements, SHAPE(65536, 32768),                                       \
            "ag_shape: (65536, 32768): more than 2147483647 elements")                             \
    MISTAKE(text_of_a_shape_of_six_axes, ag_shape_text((Shape){.ndim = 6}),                        \
            "ag_shape_text: 6 dimensions: expected 0 to 5")                                        \
    MISTAKE(size_of_a_shape_of_six_axes, ag_shape_size((Shape){.ndim = 6}),                        \
            "ag_shape_size: 6 dimensions: expected 0 to 5")                                        \
    MISTAKE(parameter_of_too_many_elements, ag_parameter(HUGE_SHAPE),                              \
            "ag_parameter: (65536, 32768): more than 2147483647 elements")                         \
    MISTAKE(wrap_of_too_many_elements, ag_wrap(HUGE_SHAPE, (real[]){0}),                           \
            "ag_wrap: (65536, 32768): more than 2147483647 elements")                              \
    MISTAKE(tensor_of_too_many_elements, ag_tensor(HUGE_SHAPE, (real[]){0}),                       \
            "ag_tensor: (65536, 32768): more than 2147483647 elements")                            \
    MISTAKE(variable_of_too_many_elements, ag_variable(HUGE_SHAPE, (real[]){0}),                   \
            "ag_variable: (65536, 32768): more than 2147483647 elements")                          \
    MISTAKE(full_of_too_many_elements, ag_full(HUGE_SHAPE, 1),                                     \
            "ag_full: (65536, 32768): more than 2147483647 elements")                              \
    MISTAKE(zeros_of_too_many_elements, ag_zeros(HUGE_SHAPE),                                      \
            "ag_zeros: (65536, 32768): more than 2147483647 elements")                             \
    MISTAKE(add_of_a_row_and_a_column_too_long, ag_add(CONSTANT(65536, 1), CONSTANT(32768)),       \
            "ag_add: (65536, 32768): more than 2147483647 elements")                               \
    MISTAKE(expand_to_too_many_elements, ag_expand(CONSTANT(1), HUGE_SHAPE),                       \
            "ag_expand: (65536, 32768): more than 2147483647 elements")                            \
    MISTAKE(matmul_of_a_column_and_a_row_too_long,                                                 \
            ag_matmul(CONSTANT(65536, 1), CONSTANT(1, 32768)),                                     \
            "ag_matmul: (65536, 32768): more than 2147483647 elements")                            \
    MISTAKE(linear_of_a_column_and_a_row_too_long,                                                 \
            ag_linear(CONSTANT(65536, 1), CONSTANT(1, 32768), NULL),                               \
            "ag_linear: (65536, 32768): more than 2147483647 elements")                            \
    MISTAKE(embedding_of_too_many_elements,                                                        \
            ag_embedding(CONSTANT(1, 65536), SHAPE(32768), INDEX(0)),                              \
            "ag_embedding: (32768, 65536): more than 2147483647 elements")                         \
    MISTAKE(embedding_for_a_shape_of_seven_axes,                                                   \
            ag_embedding(CONSTANT(1, 2), (Shape){.ndim = 7}, INDEX(0)),                            \
            "ag_embedding: 7 dimensions: expected 0 to 5")                                         \
    MISTAKE(reshape_to_too_many_elements, ag_reshape(CONSTANT(4), HUGE_SHAPE),                     \
            "ag_reshape: (65536, 32768): more than 2147483647 elements")                           \
    MISTAKE(concat_to_more_than_an_int_can_say, concat_of_many(4097, 1 << 20, 0),                  \
            "ag_concat: 4296015872 elements along axis 0: more than 2147483647")                   \
    MISTAKE(concat_to_too_many_elements, concat_of_many(2048, 1 << 10, 1),                         \
            "ag_concat: (1024, 2097152): more than 2147483647 elements")                           \
    MISTAKE(slice_from_one_end_of_int_to_the_other, ag_slice(CONSTANT(4, 3), 0, INT_MIN, INT_MAX), \
            "ag_slice: -2147483648 to 2147483647 along axis 0 of (4, 3): expected 0 <= start < "   \
            "end <= 4")                                                                            \
    MISTAKE(compare_of_nothing, compare(0, (real[]){0}, (real[]){0}),                              \
            "compare: 0 elements: expected 1 or more")                                             \
    MISTAKE(item_of_two_elements, ag_item(CONSTANT(2)),                                            \
            "ag_item: expected one element, got shape (2)")                                        \
    MISTAKE(backward_from_a_matrix, ag_backward(VARIABLE(2, 3)),                                   \
            "ag_backward: the loss has shape (2, 3): take ag_sum() or ag_mean() of it first, or "  \
            "give ag_backward_from() its gradient")                                                \
    MISTAKE(backward_from_a_constant, ag_backward(ag_exp(ag_scalar(1))),                           \
            "ag_backward: nothing that this () tensor was computed from requires a gradient: "     \
            "start from ag_parameter() or ag_variable(), outside ag_no_grad_begin() and "          \
            "ag_no_grad_end()")                                                                    \
    MISTAKE(add_of_a_tensor_that_is_gone, add_to_a_tensor_that_is_gone(),                          \
            "ag_add: this tensor (2, 3) is gone: it was made before the latest ag_reset(), which " \
            "only parameters outlive; copy the numbers that are to be kept")                       \
    MISTAKE(backward_through_what_was_overwritten, backward_after(ag_bump_version),                \
            "ag_backward: the input (2, 3) of ag_mul was overwritten after the forward pass: "     \
            "compute the loss again, or go backwards before you write")                            \
    MISTAKE(backward_through_what_was_frozen, backward_after(freeze),                              \
            "ag_backward: requires_grad of the input (2, 3) of ag_mul was switched off after the " \
            "forward pass: set it before")                                                         \
    MISTAKE(free_of_a_tensor_on_the_strip, ag_free(VARIABLE(2, 3)),                                \
            "ag_free: this tensor (2, 3) is no parameter: ag_reset() takes it")                    \
    MISTAKE(op_without_an_input,                                                                   \
            op_run("copy", CONSTANT(2), copy_forward, copy_backward, NULL, 1, LIST(NULL)),         \
            "copy: input 0 is NULL")                                                               \
    MISTAKE(op_in_place, copy_into_itself(),                                                       \
            "copy: the output (2, 3) is in use already: an op makes a new tensor")                 \
    MISTAKE(op_into_a_leaf, COPY_INTO(VARIABLE(2, 3), VARIABLE(2, 3)),                             \
            "copy: the output (2, 3) is in use already: an op makes a new tensor")                 \
    MISTAKE(op_into_what_another_made, COPY_INTO(ag_exp(VARIABLE(2, 3)), VARIABLE(2, 3)),          \
            "copy: the output (2, 3) is in use already: an op makes a new tensor")                 \
    MISTAKE(numeric_gradient_of_a_matrix, ag_numeric_gradient(VARIABLE(2, 3), VARIABLE(2), REALS), \
            "ag_numeric_gradient: expected a scalar loss, got (2, 3)")                             \
    MISTAKE(numeric_gradient_of_a_constant,                                                        \
            ag_numeric_gradient(ag_scalar(1), VARIABLE(2, 3), REALS),                              \
            "ag_numeric_gradient: this loss () requires no gradient, so it is not on the tape")    \
    MISTAKE(numeric_gradient_for_a_constant,                                                       \
            ag_numeric_gradient(ag_sum(VARIABLE(2), 0, false), CONSTANT(2, 3), REALS),             \
            "ag_numeric_gradient: this x (2, 3) requires no gradient, so it is not on the tape")   \
    MISTAKE(no_grad_end_without_begin, ag_no_grad_end(),                                           \
            "ag_no_grad_end: no ag_no_grad_begin() before it")                                     \
    MISTAKE(add_of_sizes_that_differ, ag_add(CONSTANT(2, 3), CONSTANT(2, 4)),                      \
            "ag_add: shapes do not broadcast: (2, 3) and (2, 4): sizes 3 and 4 differ and neither" \
            " is 1")                                                                               \
    MISTAKE(sub_of_sizes_that_differ, ag_sub(CONSTANT(3), CONSTANT(4, 1, 2)),                      \
            "ag_sub: shapes do not broadcast: (3) and (4, 1, 2): sizes 3 and 2 differ and neither" \
            " is 1")                                                                               \
    MISTAKE(mul_of_sizes_that_differ, ag_mul(CONSTANT(3, 1, 2), CONSTANT(4, 1, 2)),                \
            "ag_mul: shapes do not broadcast: (3, 1, 2) and (4, 1, 2): sizes 3 and 4 differ and "  \
            "neither is 1")                                                                        \
    MISTAKE(div_of_sizes_that_differ, ag_div(CONSTANT(3), CONSTANT(2)),                            \
            "ag_div: shapes do not broadcast: (3) and (2): sizes 3 and 2 differ and neither is 1") \
    MISTAKE(expand_of_sizes_that_differ, ag_expand(CONSTANT(3), SHAPE(2)),                         \
            "ag_expand: shapes do not broadcast: (3) and (2): sizes 3 and 2 differ and neither is" \
            " 1")                                                                                  \
    MISTAKE(expand_to_something_smaller, ag_expand(CONSTANT(3, 2), SHAPE(2)),                      \
            "ag_expand: (3, 2) does not broadcast to (2)")                                         \
    MISTAKE(sum_over_an_axis_it_lacks, ag_sum(CONSTANT(3, 2), 2, false),                           \
            "ag_sum: axis 2 is out of range for shape (3, 2)")                                     \
    MISTAKE(mean_over_an_axis_it_lacks, ag_mean(CONSTANT(3, 2), -3, true),                         \
            "ag_mean: axis -3 is out of range for shape (3, 2)")                                   \
    MISTAKE(max_over_an_axis_of_a_scalar, ag_max(ag_scalar(1), 0, false),                          \
            "ag_max: axis 0 is out of range for shape ()")                                         \
    MISTAKE(var_over_an_axis_it_lacks, ag_var(CONSTANT(3), 1, 0, false),                           \
            "ag_var: axis 1 is out of range for shape (3)")                                        \
    MISTAKE(var_of_one_element_with_bessel, ag_var(CONSTANT(1, 4), 0, 1, false),                   \
            "ag_var: ddof 1 over 1 elements: expected 0, or 1 over at least 2")                    \
    MISTAKE(var_with_ddof_2, ag_var(CONSTANT(8), 0, 2, false),                                     \
            "ag_var: ddof 2 over 8 elements: expected 0, or 1 over at least 2")                    \
    MISTAKE(softmax_over_an_axis_it_lacks, ag_softmax(CONSTANT(3), 1),                             \
            "ag_softmax: axis 1 is out of range for shape (3)")                                    \
    MISTAKE(log_softmax_over_an_axis_it_lacks, ag_log_softmax(CONSTANT(3), -2),                    \
            "ag_log_softmax: axis -2 is out of range for shape (3)")                               \
    MISTAKE(matmul_of_a_vector, ag_matmul(CONSTANT(3), CONSTANT(3, 2)),                            \
            "ag_matmul: expected at least 2 axes each, got (3) @ (3, 2)")                          \
    MISTAKE(matmul_of_inner_sizes_that_differ, ag_matmul(CONSTANT(32, 30), CONSTANT(20, 64)),      \
            "ag_matmul: inner sizes differ: (32, 30) @ (20, 64)")                                  \
    MISTAKE(matmul_t_of_inner_sizes_that_differ,                                                   \
            ag_matmul_t(CONSTANT(4, 3), true, CONSTANT(5, 3), true),                               \
            "ag_matmul: inner sizes differ: (4, 3)^T @ (5, 3)^T")                                  \
    MISTAKE(matmul_of_batches_that_differ, ag_matmul(CONSTANT(2, 4, 3), CONSTANT(3, 3, 4)),        \
            "ag_matmul: shapes do not broadcast: (2) and (3): sizes 2 and 3 differ and neither is" \
            " 1")                                                                                  \
    MISTAKE(linear_with_a_weight_of_one_axis, ag_linear(CONSTANT(2, 3), CONSTANT(3), NULL),        \
            "ag_linear: expected x (..., k) and W (k, m), got (2, 3) and (3)")                     \
    MISTAKE(conv_of_a_matrix, ag_conv2d(CONSTANT(8, 8), CONSTANT(4, 1, 3, 3), NULL, PLAIN),        \
            "ag_conv2d: expected x (n, channels, h, w) and w (out, in, h, w), got (8, 8) and (4, " \
            "1, 3, 3)")                                                                            \
    MISTAKE(conv_with_a_kernel_of_another_op,                                                      \
            ag_conv1d(CONSTANT(2, 3, 8), CONSTANT(4, 3, 3, 3), NULL, PLAIN),                       \
            "ag_conv1d: expected x (n, channels, l) and w (out, in, l), got (2, 3, 8) and (4, 3, " \
            "3, 3)")                                                                               \
    MISTAKE(conv_of_other_channels,                                                                \
            ag_conv2d(CONSTANT(2, 3, 8, 8), CONSTANT(4, 1, 3, 3), NULL, PLAIN),                    \
            "ag_conv2d: 3 channels in x (2, 3, 8, 8), but w (4, 1, 3, 3) takes 1")                 \
    MISTAKE(conv_with_a_bias_of_another_size,                                                      \
            ag_conv2d(CONSTANT(2, 3, 8, 8), CONSTANT(4, 3, 3, 3), CONSTANT(3), PLAIN),             \
            "ag_conv2d: expected a bias of shape (4), got (3)")                                    \
    MISTAKE(conv_with_a_stride_of_zero,                                                            \
            ag_conv2d(CONSTANT(2, 3, 8, 8), CONSTANT(4, 3, 3, 3), NULL,                            \
                      ((ConvOptions){.stride = {1}})),                                             \
            "ag_conv2d: stride 0 in axis 1: expected 1 or more")                                   \
    MISTAKE(conv_with_a_negative_padding,                                                          \
            ag_conv1d(CONSTANT(2, 3, 8), CONSTANT(4, 3, 3), NULL, conv_options(1, -1)),            \
            "ag_conv1d: padding -1 in axis 0: expected 0 or more")                                 \
    MISTAKE(conv_with_a_padding_beyond_all_integers,                                               \
            ag_conv1d(CONSTANT(2, 3, 8), CONSTANT(4, 3, 3), NULL, conv_options(1, 1 << 30)),       \
            "ag_conv1d: padding 1073741824 in axis 0: expected 536870911 at most")                 \
    MISTAKE(conv_with_an_output_padding,                                                           \
            ag_conv1d(CONSTANT(2, 3, 8), CONSTANT(4, 3, 3), NULL,                                  \
                      ((ConvOptions){.stride = {2}, .output_padding = {1}})),                      \
            "ag_conv1d: output_padding 1 in axis 0: expected 0 at most")                           \
    MISTAKE(conv_with_a_kernel_larger_than_the_image,                                              \
            ag_conv3d(CONSTANT(2, 3, 8, 8, 4), CONSTANT(4, 3, 3, 3, 7), NULL, conv_options(1, 1)), \
            "ag_conv3d: a kernel of 7 is larger than 4 elements with a padding of 1 (axis 4 of x " \
            "(2, 3, 8, 8, 4))")                                                                    \
    MISTAKE(conv_of_too_many_elements,                                                             \
            ag_conv1d(CONSTANT(1, 1, 4), CONSTANT(5, 1, 1), NULL, conv_options(1, 1 << 28)),       \
            "ag_conv1d: (1, 5, 536870916): more than 2147483647 elements")                         \
    MISTAKE(conv_transpose_with_w_stored_out_in,                                                   \
            ag_conv_transpose2d(CONSTANT(2, 3, 8, 8), CONSTANT(4, 3, 3, 3), NULL, PLAIN),          \
            "ag_conv_transpose2d: 3 channels in x (2, 3, 8, 8), but w (4, 3, 3, 3) takes 4")       \
    MISTAKE(conv_transpose_with_the_bias_of_x,                                                     \
            ag_conv_transpose1d(CONSTANT(2, 3, 8), CONSTANT(3, 4, 3), CONSTANT(3), PLAIN),         \
            "ag_conv_transpose1d: expected a bias of shape (4), got (3)")                          \
    MISTAKE(conv_transpose_with_an_output_padding_of_the_stride,                                   \
            ag_conv_transpose1d(CONSTANT(2, 3, 8), CONSTANT(3, 4, 3), NULL,                        \
                                ((ConvOptions){.stride = {2}, .output_padding = {2}})),            \
            "ag_conv_transpose1d: output_padding 2 in axis 0: expected 1 at most")                 \
    MISTAKE(conv_transpose_that_leaves_nothing,                                                    \
            ag_conv_transpose1d(CONSTANT(2, 3, 1), CONSTANT(3, 4, 3), NULL, conv_options(1, 2)),   \
            "ag_conv_transpose1d: stride 1, padding 2 and a kernel of 3 make -1 elements of 1 "    \
            "(axis 2 of x (2, 3, 1))")                                                             \
    MISTAKE(                                                                                       \
        conv_transpose_beyond_all_integers,                                                        \
        ag_conv_transpose1d(CONSTANT(1, 1, 4), CONSTANT(1, 1, 1), NULL, conv_options(1 << 30, 0)), \
        "ag_conv_transpose1d: stride 1073741824, padding 0 and a kernel of 1 make 3221225473 "     \
        "elements of 4 (axis 2 of x (1, 1, 4))")                                                   \
    MISTAKE(linear_of_a_scalar, ag_linear(ag_scalar(1), CONSTANT(1, 3), NULL),                     \
            "ag_linear: expected x (..., k) and W (k, m), got () and (1, 3)")                      \
    MISTAKE(linear_with_a_weight_stored_out_in, ag_linear(CONSTANT(5, 3), CONSTANT(4, 3), NULL),   \
            "ag_linear: inner sizes differ: (5, 3) @ (4, 3)")                                      \
    MISTAKE(linear_with_a_bias_of_wrong_size,                                                      \
            ag_linear(CONSTANT(5, 3), CONSTANT(3, 4), CONSTANT(3)),                                \
            "ag_linear: expected a bias of shape (4), got (3)")                                    \
    MISTAKE(linear_with_a_bias_of_two_axes,                                                        \
            ag_linear(CONSTANT(5, 3), CONSTANT(3, 4), CONSTANT(1, 4)),                             \
            "ag_linear: expected a bias of shape (4), got (1, 4)")                                 \
    MISTAKE(reshape_to_another_size, ag_reshape(CONSTANT(3, 4), SHAPE(2, 5)),                      \
            "ag_reshape: (3, 4) has 12 elements, (2, 5) has 10")                                   \
    MISTAKE(transpose_of_an_axis_it_lacks, ag_transpose(CONSTANT(3, 4), 0, 2),                     \
            "ag_transpose: axis 2 is out of range for shape (3, 4)")                               \
    MISTAKE(concat_of_nothing, ag_concat(0, LIST(NULL), 0),                                        \
            "ag_concat: 0 tensors: expected at least 1")                                           \
    MISTAKE(concat_of_sizes_that_differ, ag_concat(2, LIST(CONSTANT(2, 3), CONSTANT(2, 4)), -2),   \
            "ag_concat: (2, 3) and (2, 4) differ elsewhere than along axis 0")                     \
    MISTAKE(concat_of_ranks_that_differ, ag_concat(2, LIST(CONSTANT(2, 3), CONSTANT(2)), 1),       \
            "ag_concat: (2, 3) and (2) differ elsewhere than along axis 1")                        \
    MISTAKE(concat_along_an_axis_they_lack, ag_concat(1, LIST(CONSTANT(2)), 1),                    \
            "ag_concat: axis 1 is out of range for shape (2)")                                     \
    MISTAKE(slice_along_an_axis_it_lacks, ag_slice(CONSTANT(4, 3), 2, 0, 1),                       \
            "ag_slice: axis 2 is out of range for shape (4, 3)")                                   \
    MISTAKE(slice_past_the_end, ag_slice(CONSTANT(4, 3), 1, 1, 4),                                 \
            "ag_slice: 1 to 4 along axis 1 of (4, 3): expected 0 <= start < end <= 3")             \
    MISTAKE(slice_of_nothing, ag_slice(CONSTANT(4, 3), -2, 2, 2),                                  \
            "ag_slice: 2 to 2 along axis -2 of (4, 3): expected 0 <= start < end <= 4")            \
    MISTAKE(slice_from_before_the_start, ag_slice(CONSTANT(4), 0, -1, 2),                          \
            "ag_slice: -1 to 2 along axis 0 of (4): expected 0 <= start < end <= 4")               \
    MISTAKE(embedding_of_a_vector, ag_embedding(CONSTANT(5), SHAPE(1), INDEX(0)),                  \
            "ag_embedding: expected a table (V, E), got (5)")                                      \
    MISTAKE(embedding_with_too_many_axes,                                                          \
            ag_embedding(CONSTANT(5, 2), SHAPE(1, 1, 1, 1, 1), INDEX(0)),                          \
            "ag_embedding: indices of shape (1, 1, 1, 1, 1) leave no axis for the rows")           \
    MISTAKE(embedding_of_a_row_too_far, ag_embedding(CONSTANT(27, 2), SHAPE(3), INDEX(0, 26, 27)), \
            "ag_embedding: index 27 at place 2 is out of range: expected 0 to 26")                 \
    MISTAKE(gather_from_three_axes, ag_gather(CONSTANT(2, 3, 4), INDEX(0, 0)),                     \
            "ag_gather: expected x (n, c), got (2, 3, 4)")                                         \
    MISTAKE(gather_of_a_negative_column, ag_gather(CONSTANT(2, 3), INDEX(0, -1)),                  \
            "ag_gather: index -1 at place 1 is out of range: expected 0 to 2")                     \
    MISTAKE(cross_entropy_of_a_vector, ag_cross_entropy(CONSTANT(3), INDEX(0), AG_MEAN),           \
            "ag_cross_entropy: expected logits (n, c), got (3)")                                   \
    MISTAKE(cross_entropy_of_a_class_too_far,                                                      \
            ag_cross_entropy(CONSTANT(2, 27), INDEX(27, 0), AG_SUM),                               \
            "ag_cross_entropy: index 27 at place 0 is out of range: expected 0 to 26")             \
    MISTAKE(cross_entropy_with_a_class_too_far,                                                    \
            ag_cross_entropy_with(CONSTANT(2, 3), INDEX(-100, 3), IGNORING(-100), AG_MEAN),        \
            "ag_cross_entropy_with: index 3 at place 1 is out of range: expected 0 to 2")          \
    MISTAKE(cross_entropy_with_another_negative_class,                                             \
            ag_cross_entropy_with(CONSTANT(2, 3), INDEX(-100, -1), IGNORING(-100), AG_MEAN),       \
            "ag_cross_entropy_with: index -1 at place 1 is out of range: expected 0 to 2")         \
    MISTAKE(cross_entropy_with_too_much_smoothing,                                                 \
            ag_cross_entropy_with(CONSTANT(2, 3), INDEX(0, 1), SMOOTHING(1.5), AG_MEAN),           \
            "ag_cross_entropy_with: label_smoothing 1.5: expected 0 to 1")                         \
    MISTAKE(cross_entropy_with_weights_for_rows,                                                   \
            ag_cross_entropy_with(CONSTANT(2, 3), INDEX(0, 1), WEIGHTS(2), AG_MEAN),               \
            "ag_cross_entropy_with: expected weights of shape (3), got (2)")                       \
    MISTAKE(cross_entropy_soft_of_three_axes,                                                      \
            ag_cross_entropy_soft(CONSTANT(2, 3, 1), CONSTANT(2, 3, 1), SMOOTHING(0), AG_MEAN),    \
            "ag_cross_entropy_soft: expected logits (n, c), got (2, 3, 1)")                        \
    MISTAKE(                                                                                       \
        cross_entropy_soft_with_targets_of_another_shape,                                          \
        ag_cross_entropy_soft(CONSTANT(2, 3), CONSTANT(3), SMOOTHING(0), AG_MEAN),                 \
        "ag_cross_entropy_soft: expected a target in the shape of the input, got (2, 3) and (3)")  \
    MISTAKE(cross_entropy_soft_with_negative_smoothing,                                            \
            ag_cross_entropy_soft(CONSTANT(2, 3), CONSTANT(2, 3), SMOOTHING(-0.5), AG_MEAN),       \
            "ag_cross_entropy_soft: label_smoothing -0.5: expected 0 to 1")                        \
    MISTAKE(cross_entropy_soft_with_a_class_to_ignore,                                             \
            ag_cross_entropy_soft(CONSTANT(2, 3), CONSTANT(2, 3), IGNORING(0), AG_MEAN),           \
            "ag_cross_entropy_soft: rows of targets cannot be ignored: set them to zero")          \
    MISTAKE(max_pool2d_of_a_vector, ag_max_pool2d(CONSTANT(5), 2, 2, 0),                           \
            "ag_max_pool2d: expected x (..., h, w), got (5)")                                      \
    MISTAKE(avg_pool1d_of_a_scalar, ag_avg_pool1d(ag_scalar(1), 1, 1, 0),                          \
            "ag_avg_pool1d: expected x (..., l), got ()")                                          \
    MISTAKE(max_pool2d_with_no_kernel, ag_max_pool2d(CONSTANT(2, 4, 4), 0, 1, 0),                  \
            "ag_max_pool2d: " WINDOW(0, 1, 0))                                                     \
    MISTAKE(avg_pool2d_that_does_not_move, ag_avg_pool2d(CONSTANT(2, 4, 4), 2, 0, 0),              \
            "ag_avg_pool2d: " WINDOW(2, 0, 0))                                                     \
    MISTAKE(avg_pool1d_with_a_padding_below_0, ag_avg_pool1d(CONSTANT(4), 2, 2, -1),               \
            "ag_avg_pool1d: " WINDOW(2, 2, -1))                                                    \
    MISTAKE(max_pool2d_with_windows_outside, ag_max_pool2d(CONSTANT(2, 4, 4), 3, 2, 2),            \
            "ag_max_pool2d: " WINDOW(3, 2, 2))                                                     \
    MISTAKE(max_pool2d_with_a_kernel_too_large, ag_max_pool2d(CONSTANT(2, 3, 9), 6, 1, 1),         \
            "ag_max_pool2d: a kernel of 6 is larger than x (2, 3, 9) with padding 1")              \
    MISTAKE(avg_pool1d_with_a_kernel_too_large, ag_avg_pool1d(CONSTANT(9, 2), INT_MAX, 1, 3),      \
            "ag_avg_pool1d: a kernel of 2147483647 is larger than x (9, 2) with padding 3")        \
    MISTAKE(attention_of_a_matrix,                                                                 \
            ag_attention(CONSTANT(3, 4), CONSTANT(3, 4), CONSTANT(3, 4), HEADS(1)),                \
            "ag_attention: expected q (n, t, width), k and v (n, s, width), got (3, 4), (3, 4) "   \
            "and (3, 4)")                                                                          \
    MISTAKE(attention_of_other_examples,                                                           \
            ag_attention(CONSTANT(2, 3, 4), CONSTANT(1, 3, 4), CONSTANT(1, 3, 4), HEADS(1)),       \
            "ag_attention: numbers of examples differ: q (2, 3, 4), k (1, 3, 4), v (1, 3, 4)")     \
    MISTAKE(attention_of_keys_of_another_width,                                                    \
            ag_attention(CONSTANT(2, 3, 4), CONSTANT(2, 3, 6), CONSTANT(2, 3, 4), HEADS(2)),       \
            "ag_attention: widths differ: q (2, 3, 4), k (2, 3, 6)")                               \
    MISTAKE(attention_of_a_key_without_a_value,                                                    \
            ag_attention(CONSTANT(2, 3, 4), CONSTANT(2, 5, 4), CONSTANT(2, 3, 4), HEADS(2)),       \
            "ag_attention: keys are not as many as values: k (2, 5, 4), v (2, 3, 4)")              \
    MISTAKE(attention_of_heads_that_do_not_divide,                                                 \
            ag_attention(CONSTANT(2, 3, 4), CONSTANT(2, 3, 4), CONSTANT(2, 3, 3), HEADS(2)),       \
            "ag_attention: 2 heads: expected a number that divides the widths 4 and 3")            \
    MISTAKE(attention_of_negative_heads,                                                           \
            ag_attention_weights(CONSTANT(2, 3, 4), CONSTANT(2, 3, 4), HEADS(-2)),                 \
            "ag_attention_weights: -2 heads: expected a number that divides the widths 4 and 4")   \
    MISTAKE(attention_with_a_length_of_nothing,                                                    \
            ag_attention(CONSTANT(2, 3, 4), CONSTANT(2, 5, 4), CONSTANT(2, 5, 4), LENGTHS(5, 0)),  \
            "ag_attention: the length of example 1 is 0: expected 1 to 5")                         \
    MISTAKE(attention_with_a_length_beyond_the_end,                                                \
            ag_attention_weights(CONSTANT(2, 3, 4), CONSTANT(2, 5, 4), LENGTHS(6, 1)),             \
            "ag_attention_weights: the length of example 0 is 6: expected 1 to 5")                 \
    MISTAKE(attention_before_the_beginning,                                                        \
            ag_attention(CONSTANT(1, 3, 4), CONSTANT(1, 3, 4), CONSTANT(1, 3, 4),                  \
                         (AttentionOptions){.past = -1}),                                          \
            "ag_attention: past -1: expected 0 or more")                                           \
    MISTAKE(attention_with_a_negative_scale,                                                       \
            ag_attention(CONSTANT(1, 3, 4), CONSTANT(1, 3, 4), CONSTANT(1, 3, 4),                  \
                         (AttentionOptions){.scale = -1}),                                         \
            "ag_attention: scale -1: expected 0 or more, and finite")                              \
    MISTAKE(attention_that_drops_more_than_everything,                                             \
            ag_attention(CONSTANT(1, 3, 4), CONSTANT(1, 3, 4), CONSTANT(1, 3, 4),                  \
                         (AttentionOptions){.dropout = 1.5}),                                      \
            "ag_attention: dropout 1.5: expected 0 to 1")                                          \
    MISTAKE(attention_weights_of_too_many_elements,                                                \
            ag_attention_weights(CONSTANT(1, 65536, 1), CONSTANT(1, 32768, 1), HEADS(1)),          \
            "ag_attention_weights: (1, 1, 65536, 32768): more than 2147483647 elements")           \
    MISTAKE(dropout_of_more_than_everything, ag_dropout(CONSTANT(2), 1.5, true, &(Rng){0}),        \
            "ag_dropout: p 1.5: expected 0 to 1")                                                  \
    MISTAKE(dropout_of_less_than_nothing, ag_dropout(CONSTANT(2), -0.5, false, NULL),              \
            "ag_dropout: p -0.5: expected 0 to 1")                                                 \
    MISTAKE(dropout_of_nan, ag_dropout(CONSTANT(2), NAN, true, &(Rng){0}),                         \
            "ag_dropout: p nan: expected 0 to 1")                                                  \
    MISTAKE(l1_loss_of_a_row_and_a_column, ag_l1_loss(CONSTANT(3), CONSTANT(3, 1), AG_MEAN),       \
            "ag_l1_loss: expected a target in the shape of the input, got (3) and (3, 1)")         \
    MISTAKE(mse_loss_of_a_row_and_a_column, ag_mse_loss(CONSTANT(3, 1), CONSTANT(3), AG_MEAN),     \
            "ag_mse_loss: expected a target in the shape of the input, got (3, 1) and (3)")        \
    MISTAKE(smooth_l1_loss_of_shapes_that_differ,                                                  \
            ag_smooth_l1_loss(CONSTANT(3), CONSTANT(1), 1, AG_MEAN),                               \
            "ag_smooth_l1_loss: expected a target in the shape of the input, got (3) and (1)")     \
    MISTAKE(smooth_l1_loss_with_a_negative_beta,                                                   \
            ag_smooth_l1_loss(CONSTANT(3), CONSTANT(3), -1, AG_MEAN),                              \
            "ag_smooth_l1_loss: beta -1: expected 0 or more, and finite")                          \
    MISTAKE(                                                                                       \
        binary_cross_entropy_of_shapes_that_differ,                                                \
        ag_binary_cross_entropy(CONSTANT(3), ag_scalar(1), AG_MEAN),                               \
        "ag_binary_cross_entropy: expected a target in the shape of the input, got (3) and ()")    \
    MISTAKE(binary_cross_entropy_of_a_logit,                                                       \
            ag_binary_cross_entropy(ag_tensor(SHAPE(2), (real[]){0, 1.5}), CONSTANT(2), AG_MEAN),  \
            "ag_binary_cross_entropy: element 1 is 1.5: expected a probability, 0 to 1 (for any "  \
            "number there is ag_binary_cross_entropy_with_logits)")                                \
    MISTAKE(                                                                                       \
        binary_cross_entropy_with_logits_of_shapes_that_differ,                                    \
        ag_binary_cross_entropy_with_logits(CONSTANT(3), CONSTANT(4), NULL, AG_MEAN),              \
        "ag_binary_cross_entropy_with_logits: expected a target in the shape of the input, got "   \
        "(3) and (4)")                                                                             \
    MISTAKE(                                                                                       \
        binary_cross_entropy_with_logits_with_too_many_weights,                                    \
        ag_binary_cross_entropy_with_logits(CONSTANT(3), CONSTANT(3), CONSTANT(2), AG_MEAN),       \
        "ag_expand: shapes do not broadcast: (2) and (3): sizes 2 and 3 differ and neither is 1")  \
    MISTAKE(multi_margin_loss_of_a_vector,                                                         \
            ag_multi_margin_loss(CONSTANT(3), INDEX(0), MARGIN(1, NULL), AG_MEAN),                 \
            "ag_multi_margin_loss: expected logits (n, c), got (3)")                               \
    MISTAKE(multi_margin_loss_with_p_3,                                                            \
            ag_multi_margin_loss(CONSTANT(1, 3), INDEX(0), MARGIN(3, NULL), AG_MEAN),              \
            "ag_multi_margin_loss: p is 3: expected 1 or 2")                                       \
    MISTAKE(multi_margin_loss_of_a_class_too_far,                                                  \
            ag_multi_margin_loss(CONSTANT(1, 3), INDEX(3), MARGIN(1, NULL), AG_MEAN),              \
            "ag_multi_margin_loss: index 3 at place 0 is out of range: expected 0 to 2")           \
    MISTAKE(multi_margin_loss_with_weights_of_two_axes,                                            \
            ag_multi_margin_loss(CONSTANT(1, 3), INDEX(2), MARGIN(2, CONSTANT(1, 3)), AG_MEAN),    \
            "ag_multi_margin_loss: expected weights of shape (3), got (1, 3)")                     \
    MISTAKE(cosine_embedding_loss_of_vectors,                                                      \
            ag_cosine_embedding_loss(CONSTANT(3), CONSTANT(3), INDEX(1), 0, AG_MEAN),              \
            "ag_cosine_embedding_loss: expected two of the same shape (n, d), got (3) and (3)")    \
    MISTAKE(                                                                                       \
        cosine_embedding_loss_of_shapes_that_differ,                                               \
        ag_cosine_embedding_loss(CONSTANT(2, 3), CONSTANT(2, 4), INDEX(1, 1), 0, AG_MEAN),         \
        "ag_cosine_embedding_loss: expected two of the same shape (n, d), got (2, 3) and (2, 4)")  \
    MISTAKE(cosine_embedding_loss_with_a_target_of_0,                                              \
            ag_cosine_embedding_loss(CONSTANT(2, 3), CONSTANT(2, 3), INDEX(1, 0), 0, AG_MEAN),     \
            "ag_cosine_embedding_loss: target 0 at place 1: expected 1 or -1")                     \
    MISTAKE(kl_div_of_shapes_that_differ, ag_kl_div(CONSTANT(2, 3), CONSTANT(3), AG_BATCH_MEAN),   \
            "ag_kl_div: expected a target in the shape of the input, got (2, 3) and (3)")          \
    MISTAKE(gaussian_kl_of_a_deviation_of_0,                                                       \
            ag_gaussian_kl(CONSTANT(2), ag_full(SHAPE(2), 1), CONSTANT(2), CONSTANT(2), AG_SUM),   \
            "ag_gaussian_kl: element 0 of a standard deviation is 0: expected more than 0")        \
    MISTAKE(batch_norm_of_one_row,                                                                 \
            ag_batch_norm(CONSTANT(1, 3), CONSTANT(3), CONSTANT(3), 0, AG_BIASED, NULL),           \
            "ag_batch_norm: expected at least 2 values of each channel, got x (1, 3)")             \
    MISTAKE(batch_norm_of_one_pixel,                                                               \
            ag_batch_norm(CONSTANT(1, 3, 1, 1), CONSTANT(3), CONSTANT(3), 0, AG_BESSEL, NULL),     \
            "ag_batch_norm: expected at least 2 values of each channel, got x (1, 3, 1, 1)")       \
    MISTAKE(batch_norm_of_a_vector,                                                                \
            ag_batch_norm(CONSTANT(3), CONSTANT(3), CONSTANT(3), 0, AG_BESSEL, NULL),              \
            "ag_batch_norm: expected x (n, c) or (n, c, ...), got (3)")                            \
    MISTAKE(batch_norm_with_a_gain_for_columns_of_pixels,                                          \
            ag_batch_norm(CONSTANT(4, 2, 5, 3), CONSTANT(3), CONSTANT(3), 0, AG_BIASED, NULL),     \
            "ag_batch_norm: expected gain and bias of shape (2) for x (4, 2, 5, 3), got (3) and"   \
            " (3)")                                                                                \
    MISTAKE(batch_norm_with_a_gain_for_rows,                                                       \
            ag_batch_norm(CONSTANT(4, 3), CONSTANT(4), CONSTANT(3), 0, AG_BESSEL, NULL),           \
            "ag_batch_norm: expected gain and bias of shape (3) for x (4, 3), got (4) and (3)")    \
    MISTAKE(batch_norm_with_running_statistics_of_wrong_size,                                      \
            ag_batch_norm(CONSTANT(4, 3), CONSTANT(3), CONSTANT(3), 0, AG_BESSEL, RUNNING(3, 4)),  \
            "ag_batch_norm: expected running statistics of shape (3), got (3) and (4)")            \
    MISTAKE(batch_norm_eval_of_a_vector,                                                           \
            ag_batch_norm_eval(CONSTANT(3), CONSTANT(3), CONSTANT(3), 0, RUNNING(3, 3)),           \
            "ag_batch_norm_eval: expected x (n, c) or (n, c, ...), got (3)")                       \
    MISTAKE(batch_norm_eval_with_a_bias_for_rows,                                                  \
            ag_batch_norm_eval(CONSTANT(4, 3), CONSTANT(3), CONSTANT(4), 0, RUNNING(3, 3)),        \
            "ag_batch_norm_eval: expected gain and bias of shape (3) for x (4, 3), got (3) and"    \
            " (4)")                                                                                \
    MISTAKE(batch_norm_eval_with_running_statistics_of_wrong_size,                                 \
            ag_batch_norm_eval(CONSTANT(4, 3), CONSTANT(3), CONSTANT(3), 0, RUNNING(4, 3)),        \
            "ag_batch_norm_eval: expected running statistics of shape (3), got (4) and (3)")       \
    MISTAKE(layer_norm_with_a_gain_of_two_axes,                                                    \
            ag_layer_norm(CONSTANT(2, 3), CONSTANT(1, 3), CONSTANT(3), 0),                         \
            "ag_layer_norm: expected gain and bias of shape (3) for x (2, 3), got (1, 3) and (3)") \
    MISTAKE(layer_norm_of_a_scalar, ag_layer_norm(ag_scalar(1), CONSTANT(1), CONSTANT(1), 0),      \
            "ag_layer_norm: expected x (..., d), got a scalar")                                    \
    MISTAKE(rnn_of_a_matrix, ag_rnn(CONSTANT(5, 2), NULL, GATES(1, 2, 3), NULL),                   \
            "ag_rnn: expected x (t, n, in), got (5, 2)")                                           \
    MISTAKE(lstm_with_the_weights_of_a_gru,                                                        \
            ag_lstm(CONSTANT(5, 4, 2), NULL, NULL, GATES(3, 2, 3), NULL),                          \
            "ag_lstm: expected w_hh (4 hidden, hidden), got (9, 3)")                               \
    MISTAKE(gru_with_weights_for_other_inputs,                                                     \
            ag_gru(CONSTANT(5, 4, 7), NULL, GATES(3, 2, 3), NULL),                                 \
            "ag_gru: expected w_ih (9, 7), got (9, 2)")                                            \
    MISTAKE(rnn_with_one_bias,                                                                     \
            ag_rnn(CONSTANT(5, 4, 2), NULL,                                                        \
                   ((RecurrentWeights){CONSTANT(3, 2), CONSTANT(3, 3), CONSTANT(3), NULL}), NULL), \
            "ag_rnn: expected both biases or none")                                                \
    MISTAKE(rnn_with_a_bias_too_short,                                                             \
            ag_rnn(CONSTANT(5, 4, 2), NULL,                                                        \
                   ((RecurrentWeights){CONSTANT(3, 2), CONSTANT(3, 3), CONSTANT(3), CONSTANT(2)}), \
                   NULL),                                                                          \
            "ag_rnn: expected b_hh (3), got (2)")                                                  \
    MISTAKE(gru_from_a_state_of_other_examples,                                                    \
            ag_gru(CONSTANT(5, 4, 2), CONSTANT(5, 3), GATES(3, 2, 3), NULL),                       \
            "ag_gru: expected h0 (4, 3), got (5, 3)")                                              \
    MISTAKE(lstm_from_a_state_of_three_axes,                                                       \
            ag_lstm(CONSTANT(5, 4, 2), NULL, CONSTANT(1, 4, 3), GATES(4, 2, 3), NULL),             \
            "ag_lstm: expected c0 (4, 3), got (1, 4, 3)")                                          \
    MISTAKE(rnn_of_an_example_of_no_steps,                                                         \
            ag_rnn(CONSTANT(5, 2, 2), NULL, GATES(1, 2, 3), INDEX(5, 0)),                          \
            "ag_rnn: length 0 of example 1: expected 1 to 5")                                      \
    MISTAKE(rnn_of_an_example_longer_than_the_sequence,                                            \
            ag_rnn(CONSTANT(5, 2, 2), NULL, GATES(1, 2, 3), INDEX(6, 5)),                          \
            "ag_rnn: length 6 of example 0: expected 1 to 5")

typedef struct {
    const char *name;
    void (*make)(void);
    const char *message;
} Mistake;

#define DEFINE(name, call, message) \
    static void make_##name(void)   \
    {                               \
        call;                       \
    }
#define ROW(name, call, message) {#name "_is_refused", make_##name, message},

MISTAKES(DEFINE)
static const Mistake mistakes[] = {MISTAKES(ROW)};
enum { N_MISTAKES = sizeof mistakes / sizeof mistakes[0] };

/* Leaves the message in `caught`, "" if there was none. */
static void catch_mistake(void (*make)(void))
{
    caught[0] = '\0';
    ErrorHandler *before = error_set_handler(catch);
    if (setjmp(back) == 0)
        make();
    error_set_handler(before);
    ag_reset();
}

static void mistake_is_refused(void **state)
{
    const Mistake *mistake = *state;
    catch_mistake(mistake->make);
    assert_string_equal(caught, mistake->message);
}

static void inputs_of_a_refused_op_are_still_good(void **state)
{
    (void)state;
    Tensor *p = ag_parameter(ag_shape(1, 3));
    catch_mistake(make_add_of_sizes_that_differ);
    ag_backward(ag_sum(ag_exp(p), AG_ALL, false));
    assert_true(p->grad[0] == 1);
    ag_reset();
    ag_free(p);
}

static void as_many_elements_as_an_int_counts_are_no_mistake(void **state)
{
    (void)state;
    assert_int_equal(ag_shape_size(ag_shape(2, INT_MAX, 1)), INT_MAX);
}

/* -- no memory left
 * ---------------------------------------------------------------------------- */

static const char *const out_of_memory[] = {
    "arena_alloc: 18446744073709551615 bytes are more than any machine has",
    "arena_alloc: out of memory: 0 bytes in use, 4194304 more wanted",
    "ag_parameter: out of memory for (2, 3)",
    "ag_op: out of memory for a tape of 512 records",
};
enum { N_OUT_OF_MEMORY = sizeof out_of_memory / sizeof out_of_memory[0] };

static void make_huge_request(void)
{
    ag_alloc(SIZE_MAX);
}

static void make_large_request(void)
{
    heap_exhaust(true);
    ag_alloc(1 << 22);
}

static void make_parameter(void)
{
    heap_exhaust(true);
    ag_parameter(SHAPE(2, 3));
}

static void make_long_tape(void)
{
    Tensor *x = VARIABLE(1);
    while (ag_tape_length() < 256)
        ag_exp(x);
    heap_exhaust(true);
    ag_exp(x);
}

static void check_out_of_memory(void (*make)(void), const char *message)
{
    if (!HEAP_WATCHED || SIZE_MAX != UINT64_MAX)
        skip(); /* see heap.h; and the number of bytes is written for 64 bits */
    catch_mistake(make);
    heap_exhaust(false);
    assert_string_equal(caught, message);
}

/* The first test to run: the arena holds nothing yet. */
static void no_memory_for_the_strip_or_a_parameter_is_said(void **state)
{
    (void)state;
    check_out_of_memory(make_huge_request, out_of_memory[0]);
    check_out_of_memory(make_large_request, out_of_memory[1]);
    check_out_of_memory(make_parameter, out_of_memory[2]);
}

/* The last test to run: what the tape is good for afterwards is nobody's concern. */
static void no_memory_for_the_tape_is_said(void **state)
{
    (void)state;
    check_out_of_memory(make_long_tape, out_of_memory[3]);
}

/* -- none is forgotten
 * ------------------------------------------------------------------------- */

/* True if printf could make `text` of `format`; a directive stands for any characters.
 */
static bool could_print(const char *format, const char *text)
{
    if (*format == '\0')
        return *text == '\0';
    if (*format != '%')
        return *format == *text && could_print(format + 1, text + 1);
    format += strcspn(format, "disuxgfc") + 1;
    for (;; text++) {
        if (could_print(format, text))
            return true;
        if (*text == '\0')
            return false;
    }
}

static bool is_made_here(const char *format)
{
    for (int i = 0; i < N_MISTAKES; i++)
        if (could_print(format, mistakes[i].message))
            return true;
    for (int i = 0; i < N_OUT_OF_MEMORY; i++)
        if (could_print(format, out_of_memory[i]))
            return true;
    return false;
}

/* The string literals that follow each other at `source`, as one. */
static void read_literals(const char *source, size_t room, char *text)
{
    size_t n = 0;
    for (source += strspn(source, " \n"); *source == '"'; source += strspn(source, " \n")) {
        for (source++; *source != '"' && n + 1 < room; source++)
            text[n++] = *source;
        source++;
    }
    text[n] = '\0';
}

static int check_messages_of(const char *path)
{
    static char source[1 << 17], format[1024];
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t size = fread(source, 1, sizeof source - 1, file);
    fclose(file);
    source[size] = '\0';
    assert_true(size < sizeof source - 1);
    int found = 0;
    for (const char *at = source; (at = strstr(at, "error_stop(")); found++) {
        at += strlen("error_stop(");
        read_literals(at, sizeof format, format);
        if (!is_made_here(format))
            fail_msg("%s: no test makes \"%s\"", path, format);
    }
    return found;
}

static void every_message_of_the_library_is_tested(void **state)
{
    (void)state;
    glob_t files;
    assert_int_equal(glob("lib/autograd/*.c", 0, NULL, &files), 0); /* run where lib/ is */
    int found = 0;
    for (size_t i = 0; i < files.gl_pathc; i++)
        found += check_messages_of(files.gl_pathv[i]);
    globfree(&files);
    assert_true(found > 20);
}

int main(void)
{
    struct CMUnitTest tests[N_MISTAKES + 5] = {
        cmocka_unit_test(no_memory_for_the_strip_or_a_parameter_is_said),
        cmocka_unit_test(every_message_of_the_library_is_tested),
        cmocka_unit_test(inputs_of_a_refused_op_are_still_good),
        cmocka_unit_test(as_many_elements_as_an_int_counts_are_no_mistake),
        [N_MISTAKES + 4] = cmocka_unit_test(no_memory_for_the_tape_is_said),
    };
    for (int i = 0; i < N_MISTAKES; i++)
        tests[i + 4] = (struct CMUnitTest){.name = mistakes[i].name,
                                           .test_func = mistake_is_refused,
                                           .initial_state = (void *)(uintptr_t)&mistakes[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
