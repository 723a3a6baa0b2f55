#include "report.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "kernel/simd.h"

static void print_cpu(void)
{
    char line[256], model_name[128] = "unknown";
    FILE *file = fopen("/proc/cpuinfo", "r");
    while (file && fgets(line, sizeof line, file))
        sscanf(line, "model name : %127[^\n]", model_name);
    if (file)
        fclose(file);
    printf("CPU       %s, %ld processors, vectors of %d bytes\n", model_name,
           sysconf(_SC_NPROCESSORS_ONLN), VECTOR_BYTES);
}

static void print_compiler(const char *command)
{
#ifdef __clang__
    printf("compiler  clang %s\n", __clang_version__);
#else
    printf("compiler  gcc %s\n", __VERSION__);
#endif
    printf("flags     %s\n", command);
}

void print_heading(const char *command)
{
    print_cpu();
    print_compiler(command);
    printf("\nMedians of processor time on one thread, by turns; ratio = their time / ours.\n");
    printf("Limit: the share of our time that multiply-add units (FMA), loads from the nearest "
           "cache or\n"
           "memory would take if nothing else did; the larger of them.\n");
    printf("\n%-36s %8s %-9s %8s %-16s %6s   %-12s   %s\n", "", "ours", "", "theirs", "", "ratio",
           "limit", "target");
}

static void print_number(int width, double x)
{
    if (isnan(x))
        printf("%*s", width, "-");
    else
        printf("%*.*f", width, x < 10 ? 2 : x < 1000 ? 1 : 0, x);
}

/* A target is met if what is printed meets it. */
static void print_target(Target target, double x)
{
    bool least = target.kind == AT_LEAST;
    x = round(100 * x) / 100;
    if (target.kind != NO_TARGET) {
        const char *verdict = (least ? x >= target.value : x <= target.value) ? "ok" : "MISSED";
        printf("   %s %-5g %s", least ? ">=" : "<=", target.value, isnan(x) ? "-" : verdict);
    }
    printf("\n");
    fflush(stdout);
}

void figure(const char *what, double ours, const char *unit, Target target)
{
    printf("%-36s ", what);
    print_number(8, ours);
    printf(" %-*s", target.kind == NO_TARGET ? 0 : 57, unit);
    print_target(target, ours);
}

void versus(const char *what, double scale, const char *unit, double ours, double theirs,
            const char *name, Work work, Target target)
{
    bool limited = work.multiplications > 0 || work.bytes > 0;
    printf("%-36s ", what);
    print_number(8, scale * ours);
    printf(" %-9s ", unit);
    print_number(8, scale * theirs);
    printf(" %-16s ", name);
    print_number(6, theirs / ours);
    printf("   %-12s", limited ? binding_limit(work, ours) : "");
    print_target(target, theirs / ours);
}
