#define _GNU_SOURCE
#include "hide.h"

#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NOBODY = 65534 };

#if defined(__linux__) && __has_include(<linux/landlock.h>)
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

enum {
    EXECUTE = 1 << 0,
    WRITE_FILE = 1 << 1,
    READ_FILE = 1 << 2,
    READ_FOLDER = 1 << 3,
    ANY_ACCESS = (1 << 13) - 1
};

int begin_hiding(void)
{
    struct landlock_ruleset_attr handled = {.handled_access_fs = ANY_ACCESS};
    return (int)syscall(SYS_landlock_create_ruleset, &handled, sizeof handled, 0);
}

void leave_open(int list, const char *path, Use use)
{
    static const unsigned access[] = {
        [TO_READ] = READ_FILE | READ_FOLDER,
        [TO_RUN] = READ_FILE | READ_FOLDER | EXECUTE,
        [TO_WRITE] = ANY_ACCESS,
    };
    struct stat status;
    int place = open(path, O_PATH | O_CLOEXEC);
    if (place < 0)
        return;
    bool folder = fstat(place, &status) == 0 && S_ISDIR(status.st_mode);
    struct landlock_path_beneath_attr rule = {
        .allowed_access = access[use] & (folder ? ANY_ACCESS : EXECUTE | WRITE_FILE | READ_FILE),
        .parent_fd = place,
    };
    syscall(SYS_landlock_add_rule, list, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    close(place);
}

bool hide_the_rest(int list)
{
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    bool hidden = list >= 0 && syscall(SYS_landlock_restrict_self, list, 0) == 0;
    if (list >= 0)
        close(list);
    return hidden;
}
#else
int begin_hiding(void)
{
    return -1;
}

void leave_open(int list, const char *path, Use use)
{
    (void)list, (void)path, (void)use;
}

bool hide_the_rest(int list)
{
    (void)list;
    return false;
}
#endif

void stop_being_root(void)
{
    if (geteuid() != 0)
        return;
    if (setgroups(0, NULL) != 0 || setgid(NOBODY) != 0 || setuid(NOBODY) != 0) {
        perror("root cannot become nobody");
        _exit(EXIT_FAILURE);
    }
}
