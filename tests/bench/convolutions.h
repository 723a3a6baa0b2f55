/* convolutions.h: the convolutions of some networks, there and back, beside PyTorch's. */
#ifndef BENCH_CONVOLUTIONS_H
#define BENCH_CONVOLUTIONS_H

void convolutions(void);

#endif
