/* safefile.h: files that are there whole or not at all. */
#ifndef SAFEFILE_H
#define SAFEFILE_H

#include <stdbool.h>
#include <stdio.h>

/* A file being written. It stands under a temporary name beside its place and takes it when
 * complete and on the disk, so a reader never meets half a file, and a failed run or a loss of
 * power leaves the earlier file alone. */
typedef struct {
    FILE *stream;         /* write here; NULL before it is opened and when it is closed */
    char path[1024];      /* the file to be */
    char temporary[1056]; /* the file it still is */
    bool partial;         /* of safefile_open_partial() */
    int reason;           /* errno of the first write that is known to have failed, or 0 */
} SafeFile;

/* "./" for a relative folder whose name a program could take for something else: an option (-v), a
 * pipe (to gnuplot: <command), a home (~); "" for any other. */
const char *safefile_prefix(const char *dir);

/* From now on what is written goes nowhere: for the processes of a run that another one writes
 * for. */
void safefile_write_nothing(void);

/* Opens dir/name for writing, "" being the folder we are in. False with error_text() set on
 * failure. */
bool safefile_open(SafeFile *file, const char *dir, const char *name);

/* The same for a file given by its path. */
bool safefile_open_path(SafeFile *file, const char *path);

/* The same for what takes long to be whole and is worth having in part: as long as it is not, it is
 * dir/name with .partial-<process> before the extension, loss.partial-4711.csv; and there it stays
 * if it cannot be completed. */
bool safefile_open_partial(SafeFile *file, const char *dir, const char *name);

/* fwrite() to the stream, for much at once: the reason is still known at the end if it fails. */
void safefile_write(SafeFile *file, const void *bytes, size_t size);

/* Writes out what is buffered, to be read under the temporary name. False with error_text() set if
 * that cannot be; safefile_commit() will say so again. */
bool safefile_flush(SafeFile *file);

/* Writes out what is buffered and gives the file its name. False with error_text() set if anything
 * went wrong since opening (a full disk, say); the temporary file is then removed, a partial one
 * named. */
bool safefile_commit(SafeFile *file);

/* Gives the file up: removes the temporary, leaves an earlier file of that name alone. */
void safefile_discard(SafeFile *file);

#endif
