#include "workbook/folder.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"

enum { PATH_SIZE = 1024 };

/* As mkdir -p does. That a parent cannot be made shows when its child cannot. */
bool folder_make(const char *path)
{
    NOT_NULL(path);
    char part[PATH_SIZE];
    struct stat status;
    if (snprintf(part, sizeof part, "%s", path) >= (int)sizeof part)
        return error_return("%.40s...: the path is too long", path);
    for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(part, 0777);
        *slash = '/';
    }
    int reason = mkdir(part, 0777) == 0 ? 0 : errno;
    if (stat(path, &status) != 0)
        return error_return("%s: cannot be made: %s", path, strerror(reason ? reason : errno));
    if (!S_ISDIR(status.st_mode))
        return error_return("%s: is not a folder", path);
    if (access(path, W_OK | X_OK) != 0)
        return error_return("%s: cannot be written: %s", path, strerror(errno));
    return true;
}
