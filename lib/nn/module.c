#include "nn/module.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "grown.h"

/* -- making one ------------------------------------------------------------------------------- */

void *nn_module(size_t size, const char *kind, ModuleForward *forward)
{
    NOT_NULL(kind);
    if (size < sizeof(Module))
        error_stop("nn_module: %s: %zu bytes: expected a struct that begins with a Module", kind,
                   size);
    Module *m = calloc(1, size);
    if (!m)
        error_stop("nn_module: %s: out of memory", kind);
    m->kind = kind;
    m->forward = forward;
    m->training = true;
    return m;
}

void nn_describe(Module *m, const char *format, ...)
{
    NOT_NULL(m, format);
    va_list args;
    va_start(args, format);
    vsnprintf(m->settings, sizeof m->settings, format, args);
    va_end(args);
}

/* Copies a name that is new in m. */
static void set_name(char to[NN_NAME_SIZE], const char *who, const Module *m, const char *name)
{
    size_t length = strlen(name);
    if (length == 0 || length >= NN_NAME_SIZE || strchr(name, '.'))
        error_stop("%s: the name \"%s\" in %s: expected 1 to %d characters and no dot", who, name,
                   m->kind, NN_NAME_SIZE - 1);
    for (int i = 0; i < m->tensors; i++)
        if (strcmp(m->tensor[i].name, name) == 0)
            error_stop("%s: %s has a \"%s\" already", who, m->kind, name);
    for (int i = 0; i < m->children; i++)
        if (strcmp(m->child[i].name, name) == 0)
            error_stop("%s: %s has a \"%s\" already", who, m->kind, name);
    memcpy(to, name, length + 1);
}

/* Where a new tensor or count of this name is kept. */
static ModuleTensor *add_tensor(const char *who, Module *m, const char *name)
{
    error_if_null(who, "m, name", (const void *[]){m, name}, 2);
    ModuleTensor new = {.buffer = false};
    set_name(new.name, who, m, name);
    m->tensor = grown(who, m->tensor, m->tensors, sizeof new);
    m->tensor[m->tensors] = new;
    return &m->tensor[m->tensors++];
}

Tensor *nn_parameter(Module *m, const char *name, Shape shape)
{
    return add_tensor(__func__, m, name)->tensor = ag_parameter(shape);
}

Tensor *nn_parameter_transposed(Module *m, const char *name, int in, int out)
{
    ModuleTensor *t = add_tensor(__func__, m, name);
    t->transposed = true;
    return t->tensor = ag_parameter(ag_shape(2, in, out));
}

Tensor *nn_buffer(Module *m, const char *name, Shape shape)
{
    ModuleTensor *t = add_tensor(__func__, m, name);
    t->buffer = true;
    t->tensor = ag_parameter(shape);
    t->tensor->requires_grad = false;
    return t->tensor;
}

void nn_count(Module *m, const char *name, long *count)
{
    NOT_NULL(count);
    ModuleTensor *t = add_tensor(__func__, m, name);
    t->buffer = true;
    t->count = count;
}

Module *nn_child(Module *m, const char *name, Module *child)
{
    NOT_NULL(m, name, child);
    ModuleChild new = {.module = child};
    set_name(new.name, __func__, m, name);
    m->child = grown(__func__, m->child, m->children, sizeof new);
    m->child[m->children++] = new;
    return child;
}

void nn_free(Module *m)
{
    if (!m)
        return;
    for (int i = 0; i < m->children; i++)
        nn_free(m->child[i].module);
    for (int i = 0; i < m->tensors; i++)
        if (m->tensor[i].tensor)
            ag_free(m->tensor[i].tensor);
    free(m->child);
    free(m->tensor);
    free(m);
}

/* -- one after the other ---------------------------------------------------------------------- */

Tensor *nn_forward(Module *m, Tensor *x)
{
    NOT_NULL(m, x);
    if (!m->forward)
        error_stop("nn_forward: %s has several inputs or outputs, and a function of its own",
                   m->kind);
    return m->forward(m, x);
}

static Tensor *sequential_forward(Module *m, Tensor *x)
{
    for (int i = 0; i < m->children; i++) {
        Module *next = m->child[i].module;
        bool relu = i + 1 < m->children && strcmp(m->child[i + 1].module->kind, "ReLU") == 0;
        if (relu && next->forward_relu) {
            x = next->forward_relu(next, x);
            i++;
        } else {
            x = nn_forward(next, x);
        }
    }
    return x;
}

Module *nn_sequential(int n, Module *const modules[])
{
    NOT_NULL(modules);
    for (int i = 0; i < n; i++)
        NOT_NULL(modules[i]);
    Module *m = nn_module(sizeof *m, "Sequential", sequential_forward);
    for (int i = 0; i < n; i++)
        nn_append(m, modules[i]);
    return m;
}

void nn_append(Module *sequential, Module *module)
{
    NOT_NULL(sequential, module);
    char name[NN_NAME_SIZE];
    if (sequential->forward != sequential_forward)
        error_stop("nn_append: %s: expected what nn_sequential() has made", sequential->kind);
    snprintf(name, sizeof name, "%d", sequential->children);
    nn_child(sequential, name, module);
}

/* -- finding ---------------------------------------------------------------------------------- */

/* Where a module at a path that is not empty hangs in its parent. */
static ModuleChild *find_child(const char *who, Module *m, const char *path)
{
    const char *rest = path;
    for (;;) {
        size_t length = strcspn(rest, ".");
        ModuleChild *found = NULL;
        for (int i = 0; i < m->children; i++)
            if (strncmp(m->child[i].name, rest, length) == 0 && m->child[i].name[length] == '\0')
                found = &m->child[i];
        if (!found)
            error_stop("%s: there is no module \"%s\": %s has no \"%.*s\"", who, path, m->kind,
                       (int)length, rest);
        if (rest[length] == '\0')
            return found;
        m = found->module;
        rest += length + 1;
    }
}

Module *nn_find(Module *m, const char *path)
{
    NOT_NULL(m, path);
    return *path ? find_child(__func__, m, path)->module : m;
}

void nn_replace(Module *m, const char *path, Module *module)
{
    NOT_NULL(m, path, module);
    ModuleChild *place = find_child(__func__, m, path);
    nn_free(place->module);
    place->module = module;
}

/* -- modes ------------------------------------------------------------------------------------ */

void nn_train(Module *m, bool training)
{
    NOT_NULL(m);
    m->training = training;
    for (int i = 0; i < m->children; i++)
        nn_train(m->child[i].module, training);
}

static void freeze(const char *path, const ModuleTensor *t, void *frozen)
{
    (void)path;
    if (t->buffer)
        return;
    t->tensor->requires_grad = !*(const bool *)frozen;
    t->tensor->grad = NULL;
}

void nn_freeze(Module *m, bool frozen)
{
    NOT_NULL(m);
    nn_each(m, freeze, &frozen);
}

/* -- the walk --------------------------------------------------------------------------------- */

/* path ends at `end`, where m's names go. */
static void each(const Module *m, char path[NN_PATH_SIZE], char *end, NnVisit *visit, void *context)
{
    const size_t room = (size_t)(path + NN_PATH_SIZE - end);
    for (int i = 0; i < m->tensors; i++) {
        if (strlen(m->tensor[i].name) >= room)
            error_stop("nn_each: %s%s: a path of more than %d characters", path, m->tensor[i].name,
                       NN_PATH_SIZE - 1);
        strcpy(end, m->tensor[i].name);
        visit(path, &m->tensor[i], context);
    }
    for (int i = 0; i < m->children; i++) {
        if (strlen(m->child[i].name) + 1 >= room)
            error_stop("nn_each: %s%s: a path of more than %d characters", path, m->child[i].name,
                       NN_PATH_SIZE - 1);
        int length = sprintf(end, "%s.", m->child[i].name);
        each(m->child[i].module, path, end + length, visit, context);
    }
}

void nn_each(const Module *m, NnVisit *visit, void *context)
{
    NOT_NULL(m, visit);
    char path[NN_PATH_SIZE] = "";
    each(m, path, path, visit, context);
}

typedef struct {
    int n;
    long size;
    Tensor **tensor; /* NULL: they are only counted */
} Parameters;

static void take_parameter(const char *path, const ModuleTensor *t, void *context)
{
    (void)path;
    Parameters *list = context;
    if (t->buffer)
        return;
    if (list->tensor)
        list->tensor[list->n] = t->tensor;
    list->n++;
    list->size += t->tensor->size;
}

Tensor **nn_parameters(const Module *m, int *n)
{
    NOT_NULL(m, n);
    Parameters list = {0}, counted = {0};
    nn_each(m, take_parameter, &counted);
    list.tensor = malloc(sizeof *list.tensor * (size_t)(counted.n + 1));
    if (!list.tensor)
        error_stop("nn_parameters: out of memory");
    nn_each(m, take_parameter, &list);
    *n = list.n;
    return list.tensor;
}

long nn_size(const Module *m)
{
    NOT_NULL(m);
    Parameters counted = {0};
    nn_each(m, take_parameter, &counted);
    return counted.size;
}
