/* todo.c: what a program of the book does where it meets an exercise that is still to be done. The
 * exercise check does something else, and has a todo() of its own. */
#include "error.h"
#include "real.h"

void todo(const char *function)
{
    error_stop("%s is still to do; `make check` says when it is right", function);
}
