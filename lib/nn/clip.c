#include "nn/clip.h"

#include "autograd/tape.h"
#include "error.h"
#include "kernel/vector.h"

/* x's gradient, or NULL. */
static real *grad_of(const char *who, const Tensor *x)
{
    error_if_null(who, "a parameter", (const void *[]){x}, 1);
    tensor_live(who, x);
    return x->grad;
}

double grad_norm(int n, Tensor *const parameters[])
{
    NOT_NULL(parameters);
    double sum = 0;
    for (int i = 0; i < n; i++) {
        const real *g = grad_of(__func__, parameters[i]);
        if (g)
            sum += (double)vector_dot(parameters[i]->size, g, g);
    }
    return sqrt(sum);
}

double clip_grad_norm(int n, Tensor *const parameters[], double max_norm)
{
    NOT_NULL(parameters);
    error_if_negative(__func__, "max_norm", max_norm);
    const double norm = grad_norm(n, parameters), factor = max_norm / (norm + 1e-6);
    for (int i = 0; i < n && factor < 1 && isfinite(norm); i++)
        for (int j = 0; parameters[i]->grad && j < parameters[i]->size; j++)
            parameters[i]->grad[j] *= (real)factor;
    return norm;
}

void clip_grad_value(int n, Tensor *const parameters[], double most)
{
    NOT_NULL(parameters);
    error_if_negative(__func__, "most", most);
    const real high = (real)most;
    for (int i = 0; i < n; i++) {
        real *g = grad_of(__func__, parameters[i]);
        for (int j = 0; g && j < parameters[i]->size; j++)
            g[j] = g[j] > high ? high : g[j] < -high ? -high : g[j];
    }
}
