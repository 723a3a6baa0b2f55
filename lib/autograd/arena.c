/* arena.c: the strip that tensors of one training step lie on.
 *
 * Memory is taken from blocks, each twice the size of the one before. arena_reset() starts again at
 * the first block, so a training loop allocates during its first steps and never after. Under the
 * address sanitizer each piece is a block of its own instead: then reading past the end of a
 * tensor, or using one after arena_reset(), is caught. */
#include "autograd/arena.h"

#include <stdint.h>
#include <stdlib.h>

#include "error.h"

#if defined(__SANITIZE_ADDRESS__)
#define SEPARATE_BLOCKS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SEPARATE_BLOCKS 1
#endif
#endif
#ifndef SEPARATE_BLOCKS
#define SEPARATE_BLOCKS 0
#endif

enum { ALIGNMENT = 64, FIRST_BLOCK = 1 << 18 };

typedef struct Block {
    struct Block *next;
    size_t size, used;
    unsigned char *memory;
} Block;

static Block *first, *current;
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
static void next_block(size_t size)
{
    while (current && current->next) {
        current = current->next;
        current->used = 0;
        if (current->size >= size)
            return;
    }
    size_t wanted = SEPARATE_BLOCKS ? 0 : current ? 2 * current->size : FIRST_BLOCK;
    Block *block = block_new(wanted > size ? wanted : size);
    if (current)
        current->next = block;
    else
        first = block;
    current = block;
}

void *arena_alloc(size_t bytes)
{
    if (bytes > SIZE_MAX / 4)
        error_stop("arena_alloc: %zu bytes are more than any machine has", bytes);
    size_t size = bytes;
    if (!SEPARATE_BLOCKS) /* exact blocks let the sanitizer see one byte too far */
        size = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (SEPARATE_BLOCKS || !current || current->size - current->used < size)
        next_block(size);
    void *piece = current->memory + current->used;
    current->used += size;
    return piece;
}

void arena_reset(void)
{
    if (SEPARATE_BLOCKS) {
        while (first) {
            Block *next = first->next;
            footprint -= first->size;
            free(first->memory);
            free(first);
            first = next;
        }
    }
    current = first;
    if (current)
        current->used = 0;
}

size_t arena_footprint(void)
{
    return footprint;
}
