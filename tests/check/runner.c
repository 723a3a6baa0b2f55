/* runner.c: the process in which a student's answer runs: runner answers.so function
 *
 * It knows the inputs and nothing of the right answers. Every array is allocated by itself and
 * exactly, so that the address sanitizer sees one element too far. */
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sanitized.h"
#include "shape.h"
#include "wire.h"

#if ADDRESS_SANITIZED
#include <sanitizer/common_interface_defs.h>
#endif

static void write_all(const void *bytes, size_t size)
{
    for (ssize_t wrote; size > 0; bytes = (const char *)bytes + wrote, size -= (size_t)wrote)
        if ((wrote = write(RECORD_FD, bytes, size)) <= 0)
            _exit(EXIT_FAILURE);
}

static bool read_all(void *bytes, size_t size)
{
    for (ssize_t got; size > 0; bytes = (char *)bytes + got, size -= (size_t)got)
        if ((got = read(PROBLEM_FD, bytes, size)) <= 0)
            return false;
    return true;
}

static void say(What what)
{
    Record record = {.what = (int)what};
    write_all(&record, sizeof record);
}

static _Noreturn void finish(What what)
{
    fflush(NULL);
    say(what);
    _exit(EXIT_SUCCESS);
}

/* The only name that answers can see here: TODO() calls it. */
__attribute__((visibility("default"))) _Noreturn void todo(const char *function)
{
    (void)function; /* the one that was asked, or a helper of its */
    finish(STILL_TO_DO);
}

/* Time is up: leaves the functions and lines that are under way, as a crash does, and ends. */
static void stop(int number)
{
#if ADDRESS_SANITIZED
    const Record record = {.what = STOPPED};
    if (write(RECORD_FD, &record, sizeof record) == (ssize_t)sizeof record) {
        __sanitizer_set_report_fd(
            (void *)(intptr_t)RECORD_FD); /* not into what the answer prints */
        __sanitizer_print_stack_trace();
    }
#endif
    raise(number);
}

/* The second time the signal does what it always does: ends the process. */
static void stop_when_time_is_up(void)
{
    struct sigaction action = {.sa_handler = stop, .sa_flags = (int)(SA_RESETHAND | SA_NODEFER)};
    sigemptyset(&action.sa_mask);
    sigaction(SIGXCPU, &action, NULL);
}

static void *allocate(const Exercise *exercise, const Argument *argument, const int sizes[])
{
    const uint64_t unwritten = UNWRITTEN_BITS;
    size_t count = (size_t)element_count(exercise, argument, sizes);
    char *array = malloc(count * element_bytes(argument));
    if (!array)
        _exit(EXIT_FAILURE);
    for (size_t i = 0; i < count && !is_input(argument); i++)
        memcpy(array + i * sizeof unwritten, &unwritten, sizeof unwritten);
    return array;
}

/* Reads the next problem, runs the answer on it and leaves what came back. */
static bool run_case(const Exercise *exercise, Function answer)
{
    int sizes[MAX_SIZES];
    void *array[MAX_ARGUMENTS] = {0};
    size_t bytes[MAX_ARGUMENTS] = {0};
    Record begun = {.what = BEGUN};
    if (!read_all(sizes, sizeof sizes))
        return false;
    for (int i = 0; i < count_arguments(exercise); i++) {
        const Argument *argument = &exercise->arguments[i];
        array[i] = allocate(exercise, argument, sizes);
        bytes[i] = array_bytes(exercise, argument, sizes);
        begun.address[i] = (uintptr_t)array[i];
        if (is_input(argument) && !read_all(array[i], bytes[i]))
            return false;
    }
    write_all(&begun, sizeof begun);
    exercise->call(answer, sizes, array);
    say(RETURNED);
    for (int i = 0; i < count_arguments(exercise); i++) {
        write_all(array[i], bytes[i]);
        free(array[i]);
    }
    return true;
}

int main(int argc, char **argv)
{
    const Exercise *exercise = argc == 3 ? find_exercise(argv[2]) : NULL;
    if (!exercise)
        return EXIT_FAILURE;
    stop_when_time_is_up();
    setvbuf(stdout, NULL, _IOLBF, 0); /* what was printed before a crash is not lost */
    void *answers = dlopen(argv[1], RTLD_LAZY | RTLD_LOCAL);
    if (!answers) {
        fprintf(stderr, "%s\n", dlerror());
        finish(UNLOADABLE);
    }
    say(LOADED);
    void *found = dlsym(answers, exercise->name);
    if (!found)
        finish(MISSING);
    Function answer;
    memcpy(&answer, &found, sizeof answer);
    while (run_case(exercise, answer))
        ;
    finish(FINISHED);
}
