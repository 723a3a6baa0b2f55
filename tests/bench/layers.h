/* layers.h: pooling, batch norm and dropout, there and back, beside PyTorch's. */
#ifndef BENCH_LAYERS_H
#define BENCH_LAYERS_H

void layers(void);

#endif
