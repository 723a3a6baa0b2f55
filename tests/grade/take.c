/* take.c: take PARENT NAME/... COPY: copies a file that a student has handed in, to be looked at
 * and compiled from then on. No link is followed below PARENT, whatever is exchanged meanwhile;
 * only an ordinary file of at most 256 KB is taken. Otherwise says why not, and fails. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_BYTES = 256 << 10 };

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
            printf("%s is a symbolic link\n", first ? "the submission" : "exercises/");
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

int main(int argc, char **argv)
{
    static char text[MOST_BYTES + 1];
    struct stat status;
    size_t size = 0;
    if (argc != 4)
        return 2;
    int parent = open(argv[1], O_RDONLY | O_DIRECTORY);
    int file = parent < 0 ? -1 : walk(parent, argv[2]);
    if (parent < 0)
        return refuse("the submission cannot be read");
    if (file < 0)
        return 1;
    if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode))
        return refuse("it is no ordinary file");
    for (ssize_t got; size <= MOST_BYTES; size += (size_t)got)
        if ((got = read(file, text + size, sizeof text - size)) < 0)
            return refuse("the file cannot be read");
        else if (got == 0)
            break;
    if (size > MOST_BYTES)
        return refuse("the file is larger than 256 KB");
    FILE *copy = fopen(argv[3], "w");
    if (!copy || fwrite(text, 1, size, copy) != size || fclose(copy) != 0) {
        perror(argv[3]);
        return 2;
    }
    return 0;
}
