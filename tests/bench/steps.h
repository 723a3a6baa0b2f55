/* steps.h: whole training steps of the networks of part IV, beside PyTorch's. */
#ifndef BENCH_STEPS_H
#define BENCH_STEPS_H

void steps(void);

#endif
