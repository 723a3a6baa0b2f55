/* take.c: take PARENT NAME/... COPY [KILOBYTES]: copies a file that a student has handed in, to be
 * looked at and compiled from then on. No link is followed below PARENT, whatever is exchanged
 * meanwhile; only an ordinary file of at most 256 KB is taken, or of what is said. Otherwise says
 * why not, and fails. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_KILOBYTES = 256 };

static int refuse(const char *reason)
{
    puts(reason);
    return 1;
}

static bool is_link(int folder, const char *name)
{
    struct stat status;
    return fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(status.st_mode);
}

/* A pipe is opened without waiting for somebody to write into it. */
static int open_below(int folder, const char *name)
{
    return openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
}

/* The file at the end of a path, each step of it taken from the folder before; -1 if it is refused.
 */
static int walk(int folder, char *path)
{
    bool first = true;
    for (char *slash; (slash = strchr(path, '/')); path = slash + 1, first = false) {
        *slash = '\0';
        int below = open_below(folder, path);
        if (below < 0 && is_link(folder, path))
            printf("%s is a symbolic link\n", first ? "the submission" : "its folder");
        else if (below < 0)
            puts("the file cannot be read");
        if (below < 0)
            return -1;
        folder = below;
    }
    int file = open_below(folder, path);
    if (file < 0)
        puts(is_link(folder, path) ? "the file is a symbolic link" : "the file cannot be read");
    return file;
}

/* The size that it had is no promise: it may grow while it is read. */
static int copy(int file, const char *name, size_t kilobytes)
{
    static char part[1 << 16];
    FILE *to = fopen(name, "w");
    size_t size = 0;
    ssize_t got = 0;
    while (to && size <= kilobytes << 10 && (got = read(file, part, sizeof part)) > 0)
        size += fwrite(part, 1, (size_t)got, to);
    bool written = to && !ferror(to);
    if (!to || fclose(to) != 0 || !written) {
        perror(name);
        return 2;
    }
    if (got < 0)
        return refuse("the file cannot be read");
    if (size > kilobytes << 10) {
        printf("the file is larger than %zu KB\n", kilobytes);
        return 1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct stat status;
    if (argc != 4 && argc != 5)
        return 2;
    int parent = open(argv[1], O_RDONLY | O_DIRECTORY);
    if (parent < 0)
        return refuse("the submission cannot be read");
    int file = walk(parent, argv[2]);
    if (file < 0)
        return 1;
    if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode))
        return refuse("it is no ordinary file");
    return copy(file, argv[3], argc == 5 ? strtoul(argv[4], NULL, 10) : MOST_KILOBYTES);
}
