/* enclose.c: enclose LIST FOLDER command ...: runs a compiler where there is no bubblewrap. It sees
 * the files and folders that LIST names, a line each, and may write in FOLDER alone. Where the
 * system cannot hide files it is nobody who runs it, and not root. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hide.h"

enum { NOT_STARTED = 127 };

static int read_list(const char *name)
{
    char line[4096];
    FILE *file = fopen(name, "r");
    int list = file ? begin_hiding() : -1;
    while (list >= 0 && fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = '\0';
        leave_open(list, line, TO_RUN);
    }
    if (file)
        fclose(file);
    return list;
}

int main(int argc, char **argv)
{
    if (argc < 4)
        return NOT_STARTED;
    int list = read_list(argv[1]);
    leave_open(list, argv[2], TO_WRITE);
    leave_open(list, "/dev/null", TO_WRITE);
    if (!hide_the_rest(list))
        stop_being_root();
    execvp(argv[3], argv + 3);
    perror(argv[3]);
    return NOT_STARTED;
}
