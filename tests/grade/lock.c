/* lock.c: lock FD: locks the file that the caller has open there, for as long as the caller keeps
 * it open, however the caller ends. Status 0; 1 if somebody else has locked it; 2 if it cannot be.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    if (flock(atoi(argv[1]), LOCK_EX | LOCK_NB) == 0)
        return 0;
    if (errno == EWOULDBLOCK)
        return 1;
    perror("lock");
    return 2;
}
