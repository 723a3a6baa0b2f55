/* arena.h: memory that is handed out piece by piece and taken back all at once. */
#ifndef AUTOGRAD_ARENA_H
#define AUTOGRAD_ARENA_H

#include <stddef.h>

/* `bytes` of uninitialised memory, aligned for any vector, valid until arena_reset(). Asks the
 * system for memory only when more is in use than ever before. Error: none left. */
void *arena_alloc(size_t bytes);

/* Takes back everything handed out. The memory is kept for the next round. */
void arena_reset(void);

/* Bytes that the arena holds from the system. Constant in a steady training loop. */
size_t arena_footprint(void);

#endif
