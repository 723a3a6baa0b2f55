/* arena.c: memory that is handed out piece by piece and taken back all at once.
 *
 * Memory is taken from blocks, each twice the size of the one before. arena_reset() starts again at
 * the first block, so a training loop allocates during its first steps and never after. Under the
 * address sanitizer each piece is a block of its own instead: then reading past the end of a
 * tensor, or using one after arena_reset(), is caught. */
#include "autograd/arena.h"

#include <stdint.h>
#include <stdlib.h>

#include "error.h"
#include "sanitized.h"

enum { ALIGNMENT = 64, FIRST_BLOCK = 1 << 18 };

typedef struct Block {
    struct Block *next;
    size_t size, used;
    unsigned char *memory;
} Block;

static size_t footprint;

static Block *block_new(size_t size)
{
    Block *block = malloc(sizeof *block);
    void *memory = NULL;
    if (!block || posix_memalign(&memory, ALIGNMENT, size) != 0)
        error_stop("arena_alloc: out of memory: %zu bytes in use, %zu more wanted", footprint,
                   size);
    *block = (Block){.size = size, .memory = memory};
    footprint += size;
    return block;
}

/* Moves on to a block with room for `size` bytes: one of an earlier round, or a new one. */
static void next_block(Arena *arena, size_t size)
{
    Block *last = arena->current;
    while (last && last->next) {
        last = last->next;
        last->used = 0;
        if (last->size >= size) {
            arena->current = last;
            return;
        }
    }
    size_t wanted = ADDRESS_SANITIZED ? 0 : last ? 2 * last->size : FIRST_BLOCK;
    arena->current = block_new(wanted > size ? wanted : size);
    if (last)
        last->next = arena->current;
    else
        arena->first = arena->current;
}

void *arena_alloc(Arena *arena, size_t bytes)
{
    if (bytes > SIZE_MAX / 4)
        error_stop("arena_alloc: %zu bytes are more than any machine has", bytes);
    size_t size = bytes;
    if (!ADDRESS_SANITIZED) /* exact blocks let the sanitizer see one byte too far */
        size = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    Block *block = arena->current;
    if (ADDRESS_SANITIZED || !block || block->size - block->used < size) {
        next_block(arena, size);
        block = arena->current;
    }
    void *piece = block->memory + block->used;
    block->used += size;
    return piece;
}

/* Gives every block back to the system. */
static void release(Arena *arena)
{
    while (arena->first) {
        Block *next = arena->first->next;
        footprint -= arena->first->size;
        free(arena->first->memory);
        free(arena->first);
        arena->first = next;
    }
}

void arena_reset(Arena *arena)
{
    if (ADDRESS_SANITIZED)
        release(arena);
    arena->current = arena->first;
    if (arena->current)
        arena->current->used = 0;
}

size_t arena_footprint(void)
{
    return footprint;
}
