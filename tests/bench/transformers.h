/* transformers.h: a transformer's training step, attention alone, and decoding with a cache. */
#ifndef BENCH_TRANSFORMERS_H
#define BENCH_TRANSFORMERS_H

void transformers(void);

#endif
