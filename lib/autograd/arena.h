/* arena.h: memory that is handed out piece by piece and taken back all at once. */
#ifndef AUTOGRAD_ARENA_H
#define AUTOGRAD_ARENA_H

#include <stddef.h>

/* Begins as zeros, with nothing in it. */
typedef struct {
    struct Block *first, *current;
} Arena;

/* `bytes` of uninitialised memory, aligned for any vector, valid until arena_reset(). Asks the
 * system for memory only where no block that is left has room for the piece: never in a round that
 * asks for the same pieces, in the same order, as an earlier one. Error: none left. */
void *arena_alloc(Arena *arena, size_t bytes);

/* Takes back everything handed out. The memory is kept for the next round. */
void arena_reset(Arena *arena);

/* Bytes that all arenas hold from the system. Constant in a steady training loop. */
size_t arena_footprint(void);

#endif
