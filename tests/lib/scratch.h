/* scratch.h: a folder for the files of one test. */
#ifndef TESTS_SCRATCH_H
#define TESTS_SCRATCH_H

#include <stdbool.h>
#include <stddef.h>

/* cmocka setup and teardown: makes an empty folder, and removes it with all that is in it. */
int scratch_setup(void **state);
int scratch_teardown(void **state);

const char *scratch_folder(void);

/* folder/name. Good until the eighth call from now. */
const char *scratch_path(const char *name);

void scratch_write(const char *name, const void *bytes, size_t size);
void scratch_write_text(const char *name, const char *text);

/* The content as a string, "" if there is no such file; good until the next call. */
const char *scratch_read(const char *name);

bool scratch_exists(const char *name);

/* How many files and folders lie in folder/name. */
int scratch_count(const char *name);

#endif
