#include "workbook/safefile.h"

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

/* Sets the path. */
static bool find_place(SafeFile *file, const char *dir, const char *name)
{
    *file = (SafeFile){.stream = NULL};
    size_t length = strlen(dir);
    const char *slash = length == 0 || dir[length - 1] == '/' ? "" : "/";
    int needed =
        snprintf(file->path, sizeof file->path, "%s%s%s%s", safefile_prefix(dir), dir, slash, name);
    if (needed >= (int)sizeof file->path)
        return error_return("%.40s...: a path of %d characters is too long", file->path, needed);
    return true;
}

static bool open_temporary(SafeFile *file)
{
    file->stream = fopen(file->temporary, "w");
    return file->stream || error_return("%s: cannot be written: %s", file->path, strerror(errno));
}

bool safefile_open(SafeFile *file, const char *dir, const char *name)
{
    NOT_NULL(file, dir, name);
    if (!find_place(file, dir, name))
        return false;
    snprintf(file->temporary, sizeof file->temporary, "%s.%ld.tmp", file->path, (long)getpid());
    return open_temporary(file);
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

/* On failure errno is the reason, or 0 if it is no longer known. */
static bool close_stream(SafeFile *file)
{
    bool written = !ferror(file->stream);
    errno = 0;
    bool closed = fclose(file->stream) == 0;
    file->stream = NULL;
    return written && closed;
}

bool safefile_commit(SafeFile *file)
{
    NOT_NULL(file);
    NOT_NULL(file->stream);
    if (close_stream(file) && rename(file->temporary, file->path) == 0)
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
    close_stream(file);
    remove(file->temporary);
}
