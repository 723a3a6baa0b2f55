#include "safefile.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "error.h"

const char *safefile_prefix(const char *dir)
{
    NOT_NULL(dir);
    return *dir == '/' || *dir == '.' || isalnum((unsigned char)*dir) ? "" : "./";
}

static bool path_fits(const SafeFile *file, int needed)
{
    if (needed >= (int)sizeof file->path)
        return error_return("%.40s...: a path of %d characters is too long", file->path, needed);
    return true;
}

/* Sets the path. */
static bool find_place(SafeFile *file, const char *dir, const char *name)
{
    *file = (SafeFile){.stream = NULL};
    size_t length = strlen(dir);
    const char *slash = length == 0 || dir[length - 1] == '/' ? "" : "/";
    int needed =
        snprintf(file->path, sizeof file->path, "%s%s%s%s", safefile_prefix(dir), dir, slash, name);
    return path_fits(file, needed);
}

static bool nowhere;

void safefile_write_nothing(void)
{
    nowhere = true;
}

static bool open_temporary(SafeFile *file)
{
    if (nowhere)
        snprintf(file->temporary, sizeof file->temporary, "/dev/null");
    file->stream = fopen(file->temporary, "wb");
    return file->stream || error_return("%s: cannot be written: %s", file->path, strerror(errno));
}

static bool open_beside(SafeFile *file)
{
    snprintf(file->temporary, sizeof file->temporary, "%s.%ld.tmp", file->path, (long)getpid());
    return open_temporary(file);
}

bool safefile_open(SafeFile *file, const char *dir, const char *name)
{
    NOT_NULL(file, dir, name);
    return find_place(file, dir, name) && open_beside(file);
}

bool safefile_open_path(SafeFile *file, const char *path)
{
    NOT_NULL(file, path);
    *file = (SafeFile){.stream = NULL};
    int needed = snprintf(file->path, sizeof file->path, "%s", path);
    return path_fits(file, needed) && open_beside(file);
}

bool safefile_open_partial(SafeFile *file, const char *dir, const char *name)
{
    NOT_NULL(file, dir, name);
    if (!find_place(file, dir, name))
        return false;
    const char *dot = strrchr(name, '.'), *extension = dot ? dot : "";
    int length = (int)(strlen(file->path) - strlen(extension));
    snprintf(file->temporary, sizeof file->temporary, "%.*s.partial-%ld%s", length, file->path,
             (long)getpid(), extension);
    file->partial = true;
    return open_temporary(file);
}

static void note_failure(SafeFile *file)
{
    if (!file->reason)
        file->reason = errno;
}

void safefile_write(SafeFile *file, const void *bytes, size_t size)
{
    NOT_NULL(file, bytes);
    NOT_NULL(file->stream);
    if (fwrite(bytes, 1, size, file->stream) != size)
        note_failure(file);
}

/* Waits until the file is on the disk: a name that reached it before the data did would name, after
 * a loss of power, half a file. Not every kind of file system knows how to wait. */
static bool synchronise(FILE *stream)
{
    return fsync(fileno(stream)) == 0 || errno == EINVAL || errno == ENOTSUP;
}

/* On failure errno is the reason, or 0 if it is no longer known. */
static bool close_stream(SafeFile *file, bool keep)
{
    bool written = !ferror(file->stream);
    if (written && keep && !(fflush(file->stream) == 0 && synchronise(file->stream))) {
        written = false;
        note_failure(file);
    }
    errno = 0;
    bool closed = fclose(file->stream) == 0;
    file->stream = NULL;
    if (file->reason)
        errno = file->reason;
    return written && closed;
}

bool safefile_flush(SafeFile *file)
{
    NOT_NULL(file);
    NOT_NULL(file->stream);
    if (fflush(file->stream) == 0)
        return true;
    note_failure(file);
    return error_return("%s: cannot be written: %s", file->path, strerror(file->reason));
}

bool safefile_commit(SafeFile *file)
{
    NOT_NULL(file);
    NOT_NULL(file->stream);
    if (close_stream(file, true) && (nowhere || rename(file->temporary, file->path) == 0))
        return true;
    const char *reason = errno ? strerror(errno) : "an error on the way";
    if (file->partial)
        return error_return("%s: cannot be written: %s; what there was room for is %s", file->path,
                            reason, file->temporary);
    error_return("%s: cannot be written: %s", file->path, reason);
    remove(file->temporary);
    return false;
}

void safefile_discard(SafeFile *file)
{
    NOT_NULL(file);
    NOT_NULL(file->stream);
    close_stream(file, false);
    if (!nowhere)
        remove(file->temporary);
}
