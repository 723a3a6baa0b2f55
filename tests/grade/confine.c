/* confine.c: linked into the runner when marks are given. Before main(), and so before any answer
 * is loaded, the process gives up what an answer never needs: being root, starting processes,
 * opening files for writing, sockets, signals to others, looking into other processes.
 *
 * The system call filter is an allow-list: everything else fails with EPERM, whichever way it was
 * called. It needs no privilege, and so works inside containers where bubblewrap does not. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "hide.h"
#include "sanitized.h"

enum { MOST_BYTES = 1 << 30 };

/* What the runner's own ASAN_OPTIONS leave open. The address sanitizer reserves terabytes, so the
 * limit on memory is its own: on each allocation here, on all together in ASAN_OPTIONS. */
const char *__asan_default_options(void);
__attribute__((visibility("default"))) const char *__asan_default_options(void)
{
    return "max_allocation_size_mb=1024:detect_leaks=0";
}

#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__))
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#ifdef __x86_64__
#define THIS_MACHINE AUDIT_ARCH_X86_64
#else
#define THIS_MACHINE AUDIT_ARCH_AARCH64
#endif
#define FIELD(name) ((unsigned)offsetof(struct seccomp_data, name))
#define DENIED (SECCOMP_RET_ERRNO | EPERM)
#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, field)
#define SKIP_UNLESS(value, lines) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, lines)
#define SKIP_IF_ANY(bits, lines) BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, bits, lines, 0)
#define ALLOW BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define DENY BPF_STMT(BPF_RET | BPF_K, DENIED)
#define WRITING (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_APPEND)
#define READING_ONLY(number, flags) \
    SKIP_UNLESS(number, 4), LOAD(FIELD(flags)), SKIP_IF_ANY(WRITING, 1), ALLOW, DENY

static const int harmless[] = {
    SYS_read,
    SYS_write,
    SYS_close,
    SYS_fstat,
    SYS_lseek,
    SYS_pread64,
    SYS_readlinkat,
    SYS_getcwd,
    SYS_mmap,
    SYS_munmap,
    SYS_mprotect,
    SYS_mremap,
    SYS_madvise,
    SYS_brk,
    SYS_futex,
    SYS_sched_yield,
    SYS_rt_sigaction,
    SYS_rt_sigprocmask,
    SYS_rt_sigreturn,
    SYS_sigaltstack,
    SYS_getpid,
    SYS_gettid,
    SYS_getrandom,
    SYS_sched_getaffinity,
    SYS_nanosleep,
    SYS_clock_gettime,
    SYS_clock_nanosleep,
    SYS_newfstatat,
    SYS_exit,
    SYS_exit_group,
    SYS_uname,
    SYS_set_robust_list,
    SYS_getrusage,
#ifdef SYS_open
    SYS_stat,
    SYS_lstat,
    SYS_access,
    SYS_readlink,
#endif
#ifdef SYS_rseq
    SYS_rseq,
#endif
};

enum { HARMLESS = sizeof harmless / sizeof *harmless, LONGEST_FILTER = 2 * HARMLESS + 32 };

/* So that a report names the line of a crash, the sanitizer may open files, but only for reading;
 * and a process may raise a signal in itself, and ask for its limits. */
static unsigned write_filter(struct sock_filter filter[LONGEST_FILTER])
{
    const struct sock_filter head[] = {
        LOAD(FIELD(arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, THIS_MACHINE, 1, 0),
        DENY,
        LOAD(FIELD(nr)),
    };
    const struct sock_filter tail[] = {
        READING_ONLY(SYS_openat, args[2]),
#ifdef SYS_open
        READING_ONLY(SYS_open, args[1]),
#endif
        SKIP_UNLESS(SYS_tgkill, 4),
        LOAD(FIELD(args[0])),
        SKIP_UNLESS((unsigned)getpid(), 1),
        ALLOW,
        DENY,
        SKIP_UNLESS(SYS_prlimit64, 6),
        LOAD(FIELD(args[2])),
        SKIP_UNLESS(0, 3),
        LOAD(FIELD(args[2]) + 4),
        SKIP_UNLESS(0, 1),
        ALLOW,
        DENY,
        DENY,
    };
    unsigned n = 0;
    for (size_t i = 0; i < sizeof head / sizeof *head; i++)
        filter[n++] = head[i];
    for (size_t i = 0; i < HARMLESS; i++) {
        filter[n++] = (struct sock_filter)SKIP_UNLESS((unsigned)harmless[i], 1);
        filter[n++] = (struct sock_filter)ALLOW;
    }
    for (size_t i = 0; i < sizeof tail / sizeof *tail; i++)
        filter[n++] = tail[i];
    return n;
}

/* For all threads: the sanitizer has one. */
static void filter_system_calls(void)
{
    struct sock_filter filter[LONGEST_FILTER];
    struct sock_fprog program = {(unsigned short)write_filter(filter), filter};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program);
}
#else
static void filter_system_calls(void)
{
}
#endif

#ifdef __linux__
#include <link.h>

/* The libraries of the runner; its own has no name. */
static int leave_library(struct dl_phdr_info *info, size_t size, void *list)
{
    (void)size;
    if (*info->dlpi_name)
        leave_open(*(int *)list, info->dlpi_name, TO_READ);
    return 0;
}

/* What the process has loaded it may read again, so that a report names the line of a crash. */
static void hide_files(const char *runner, const char *answers)
{
    int list = begin_hiding();
    dl_iterate_phdr(leave_library, &list);
    leave_open(list, runner, TO_READ);
    leave_open(list, answers, TO_READ);
    leave_open(list, "/proc/self", TO_READ);
    hide_the_rest(list);
}
#else
static void hide_files(const char *runner, const char *answers)
{
    (void)runner, (void)answers;
}
#endif

/* If memory runs out all the same, this is the process to end. */
static void volunteer(void)
{
    int file = open("/proc/self/oom_score_adj", O_WRONLY);
    if (file >= 0 && write(file, "1000", 4) == 4)
        errno = 0;
    if (file >= 0)
        close(file);
}

__attribute__((constructor)) static void confine(int argc, char **argv)
{
    volunteer();
    stop_being_root();
#if !ADDRESS_SANITIZED
    setrlimit(RLIMIT_AS, &(struct rlimit){MOST_BYTES, MOST_BYTES});
#endif
    setrlimit(RLIMIT_NPROC, &(struct rlimit){0, 0});
    setrlimit(RLIMIT_STACK, &(struct rlimit){8 << 20, 8 << 20});
#ifdef __GLIBC__ /* elsewhere a constructor has no arguments */
    if (argc > 1)
        hide_files(argv[0], argv[1]);
#else
    (void)argc, (void)argv;
#endif
    filter_system_calls();
}
