/* recurrent.h: the part of the benchmark that is about recurrent layers. */
#ifndef BENCH_RECURRENT_H
#define BENCH_RECURRENT_H

void recurrent_layers(void);

#endif
