/* 09_embedding.h: the functions of exercises 09. Their tasks stand above them in 09_embedding.c. */
#ifndef EXERCISES_09_EMBEDDING_H
#define EXERCISES_09_EMBEDDING_H

#include "real.h"

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e]);

void bag_backward(int n, int t, int v, int e, const real dbag[n][e], const int X[n][t],
                  real dC[v][e]);

void padded_embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n],
                               real dC[v][e]);

void position_backward(int n, int t, int e, const real demb[n][t][e], real dP[t][e]);

void tied_embedding_backward(int n, int v, int e, const real dlogits[n][v], const real C[v][e],
                             const int X[n], real dC[v][e]);

#endif
