/* probe.c: linked with confine.c, as the runner is: probe FILE says what holds a submission here
 * besides limits, and whether the FILE is hidden from it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
    int network = socket(AF_INET, SOCK_STREAM, 0), filtered = network < 0 && errno == EPERM;
    int file = open(argc == 3 ? argv[2] : "", O_RDONLY), hidden = file < 0 && errno == EACCES;
    printf("%s system call filter; the book is %s\n", filtered ? "a" : "no",
           hidden ? "out of sight" : "in sight");
    return 0;
}
