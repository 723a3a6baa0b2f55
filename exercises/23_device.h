/* 23_device.h: the functions of exercises 23. Their tasks stand above them in 23_device.c. */
#ifndef EXERCISES_23_DEVICE_H
#define EXERCISES_23_DEVICE_H

#include "real.h"

/* What a device has in its memory, for exercise 7. */
enum { DEVICE_P, DEVICE_X, DEVICE_LR, DEVICE_LOSS };

/* A device, which does what it is asked for, and counts. The functions are called with it:
 * device->fetch(device, &x[i][l]). */
typedef struct Device Device;
struct Device {
    /* Adds value to *place, in one go: no other team can come in between. */
    void (*atomic_add)(Device *device, real *place, real value);

    /* Gives back *place, from the large memory, which is far away. */
    real (*fetch)(Device *device, const real *place);

    /* Copies count numbers between the host's memory and the device's. */
    void (*to_device)(Device *device, int array, int count, const real *host);
    void (*from_device)(Device *device, int array, int count, real *host);

    /* Runs one step of training on the device. */
    void (*launch)(Device *device);
};

void team_bias_backward(int n, int m, int g, const real dy[n][m], real partial[g][m], real db[m]);

void scatter_copies(int n, int v, int e, int g, const real demb[n][e], const int X[n],
                    real copy[g][v][e], real dC[v][e]);

void scatter_atomic(int n, int v, int e, int t, Device *device, const real demb[n][e],
                    const int X[n], real dC[v][e]);

void tiled_product(int n, int k, int m, int t, Device *device, const real x[n][k],
                   const real W[k][m], real y[n][m]);

void tiled_weight_backward(int n, int k, int m, int t, Device *device, const real dy[n][m],
                           const real x[n][k], real dW[k][m]);

void team_cross_entropy(int n, int v, int t, const real logits[n][v], const int y[n],
                        real most[n][t], real sum[n][t], real loss[n], real dlogits[n][v]);

void train_resident(int s, int t, int n, int k, Device *device, const real X[s][t][n],
                    const real p[k], const real lr[s], real loss[s][t], real saved[s][k]);

#endif
