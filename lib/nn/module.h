/* module.h: layers with names, and the networks that are made of them.
 *
 *     Module *net = nn_sequential(4, (Module *[]){
 *         nn_conv2d(&rng, 1, 6, 5, conv_options(1, 2)), nn_relu(),
 *         nn_flatten(), nn_linear(&rng, 6 * 28 * 28, 10)});
 *     int n;
 *     Tensor **parameters = nn_parameters(net, &n);
 *     optim_add(optim, n, parameters);
 *     ...
 *     Tensor *logits = nn_forward(net, x);
 *
 * A module is a struct with a forward function, tensors and children, each under the name that it
 * has in PyTorch: net's first kernel is "0.weight", in a state dict as in a file. The layers there
 * are stand in layers.h; one of one's own begins with a Module:
 *
 *     typedef struct {
 *         Module module;
 *         Module *body;
 *     } Residual;
 *
 *     static Tensor *residual_forward(Module *m, Tensor *x)
 *     {
 *         return ag_add(x, nn_forward(((Residual *)m)->body, x));
 *     }
 *
 *     Residual *r = nn_module(sizeof *r, "Residual", residual_forward);
 *     r->body = nn_child(&r->module, "body", nn_sequential(...));
 *
 * A module with several inputs or outputs has no forward but a function of its own, which takes
 * what it takes; names, modes, saving and printing are the same. */
#ifndef NN_MODULE_H
#define NN_MODULE_H

#include <stdbool.h>

#include "autograd/tensor.h"
#include "nn/state.h"

enum { NN_NAME_SIZE = 32, NN_PATH_SIZE = 256 };

typedef struct Module Module;

typedef Tensor *ModuleForward(Module *m, Tensor *x);

/* What a module keeps under a name: a tensor or a count. */
typedef struct {
    char name[NN_NAME_SIZE];
    Tensor *tensor;
    long *count;     /* of steps, in the module's own struct, if tensor is NULL */
    bool buffer;     /* part of the module's state that no gradient reaches */
    bool transposed; /* PyTorch stores it (out, in) where it is (in, out) here */
} ModuleTensor;

typedef struct {
    char name[NN_NAME_SIZE];
    Module *module;
} ModuleChild;

struct Module {
    const char *kind;            /* PyTorch's name of the layer, "Conv2d" */
    char settings[80];           /* "1, 6, kernel_size=5, padding=2" */
    ModuleForward *forward;      /* NULL: it has a function of its own */
    ModuleForward *forward_relu; /* the same followed by relu, in one pass; may be NULL */
    bool training;               /* what dropout and batch norm ask; on at the beginning */
    ModuleTensor *tensor;
    ModuleChild *child;
    int tensors, children;
};

/* -- making one ------------------------------------------------------------------------------- */

/* A struct of `size` bytes that begins with a Module; what follows it is zero. Owned by the caller,
 * or by the module that it becomes a child of. */
void *nn_module(size_t size, const char *kind, ModuleForward *forward);

/* Sets what is printed in parentheses behind the kind. */
void nn_describe(Module *m, const char *format, ...) __attribute__((__format__(__printf__, 2, 3)));

/* A new tensor of zeros under this name, owned by m: one that is learnt; one that is not, such as a
 * running mean; a matrix (in, out) that PyTorch stores the other way round. Error, here and below:
 * a name that is empty, too long, has a dot in it or is taken. */
Tensor *nn_parameter(Module *m, const char *name, Shape shape);
Tensor *nn_buffer(Module *m, const char *name, Shape shape);
Tensor *nn_parameter_transposed(Module *m, const char *name, int in, int out);

/* A whole number that is saved with the tensors; it lies in m's own struct. */
void nn_count(Module *m, const char *name, long *count);

/* Gives m a child, which it owns from now on. Returns the child. */
Module *nn_child(Module *m, const char *name, Module *child);

/* Frees m, its tensors and its children. NULL is allowed. */
void nn_free(Module *m);

/* -- using one -------------------------------------------------------------------------------- */

/* m(x). Error: m has no forward. */
Tensor *nn_forward(Module *m, Tensor *x);

/* One module after the other; they become the children "0", "1", ... Where a relu follows a layer
 * that can do both in one pass, it does. */
Module *nn_sequential(int n, Module *const modules[]);

/* Adds a module at the end of a sequential one. */
void nn_append(Module *sequential, Module *module);

/* The module at a path of names, nn_find(net, "features.0"); m itself at "". Error: there is none.
 */
Module *nn_find(Module *m, const char *path);

/* Frees the module at a path and puts another in its place, such as a new head. Error: as above. */
void nn_replace(Module *m, const char *path, Module *module);

/* Train mode or eval mode, for m and all that is in it. */
void nn_train(Module *m, bool training);

/* Whether the parameters of m and of all that is in it stay as they are: no gradient is computed
 * for them. As in PyTorch, a batch norm that is frozen still moves its running statistics in train
 * mode; nn_train(m, false) holds these. */
void nn_freeze(Module *m, bool frozen);

/* -- the walk --------------------------------------------------------------------------------- */

/* Called with the path of a tensor or count, "features.0.weight". */
typedef void NnVisit(const char *path, const ModuleTensor *tensor, void *context);

/* Visits all that m and its children keep, in PyTorch's order: a module's own before its
 * children's, each in the order in which they were given. */
void nn_each(const Module *m, NnVisit *visit, void *context);

/* The parameters, frozen or not, in the order of nn_each(): *n of them, in a block for free(). */
Tensor **nn_parameters(const Module *m, int *n);

/* Numbers in its parameters. */
long nn_size(const Module *m);

/* -- saving and showing ----------------------------------------------------------------------- */

/* Adds all that m keeps to the list of what a run must remember, each path behind a prefix ("" or
 * "model."). */
void nn_state(State *state, const char *prefix, const Module *m);

/* m's state dict in a safetensors file, as PyTorch names and stores it. False with error_text()
 * set if it cannot be written. */
bool nn_save(const Module *m, const char *path);

/* Reads it back. False with error_text() set, and m unchanged, if the file cannot be read or does
 * not fit, to the last name (state_load()). */
bool nn_load(Module *m, const char *path);

/* The same for a file with more or fewer names than m has: what is in both is read. *unmatched
 * becomes a text that says what is not, for free(): "" if all is. */
bool nn_load_part(Module *m, const char *path, char **unmatched);

/* Prints the modules that m is made of, as print(model) does, each with the shapes of its tensors
 * and the count of its parameters. */
void nn_print(const Module *m);

/* Prints the state dict: each path and its shape, as PyTorch has it. */
void nn_print_state(const Module *m);

#endif
