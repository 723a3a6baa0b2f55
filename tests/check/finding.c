#include "finding.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "leftover.h"

/* What the address sanitizer calls it, and what it is. %s is "reads" or "writes", the second one
 * "past the end" or "before the start". */
static const struct {
    const char *name, *words;
} address_findings[] = {
    {"dynamic-stack-buffer-overflow", "%s %s of a local array"},
    {"stack-buffer-overflow", "%s %s of a local array"},
    {"stack-buffer-underflow", "%s before the start of a local array"},
    {"heap-buffer-overflow", "%s %s of an array"},
    {"global-buffer-overflow", "%s %s of a global array"},
    {"heap-use-after-free", "%s memory that was given back with free()"},
    {"stack-use-after-scope", "%s a local variable that is gone"},
    {"stack-use-after-return", "%s a local variable that is gone"},
    {"stack-overflow", "runs out of stack: a recursion without end, or a huge local array (malloc "
                       "large ones)"},
    {"attempting double-free", "gives the same memory back twice"},
    {"attempting free on address which was not malloc()-ed", "frees what malloc() never gave"},
    {"allocation-size-too-big", "asks malloc() for more memory than there is"},
    {"requested allocation size", "asks malloc() for more memory than there is"},
    {"AddressSanitizer failed to allocate",
     "the address sanitizer was refused memory (ulimit -v?)"},
    {"negative-size-param", "passes a negative size to a library function"},
    {"memcpy-param-overlap", "copies between overlapping arrays with memcpy()"},
    {"dynamic-stack", "has a local array of an impossible size"},
    {"FPE", "divides an integer by zero"},
    {"ABRT", "stops itself with abort()"},
    {"hard rss limit exhausted", "takes more than a gigabyte of memory"},
};

static const char *direction(const char *report)
{
    bool before = strstr(report, "to the left of") || strstr(report, " before ");
    return before ? "before the start" : "past the end";
}

static void describe_segv(Finding *finding, const char *report, const char *verb)
{
    bool null = strstr(report, "zero page") != NULL;
    snprintf(finding->words, sizeof finding->words, "%s through a pointer that points nowhere%s",
             verb, null ? " (it is NULL, or nearly)" : "");
}

static void describe_address(Finding *finding, const char *report)
{
    bool writes = strstr(report, "WRITE of size") || strstr(report, "by a WRITE");
    const char *verb = writes ? "writes" : "reads", *end = strchr(report, '\n');
    const char *region = strstr(report, "-byte region [");
    if (region)
        finding->region = strtoull(region + strlen("-byte region ["), NULL, 16);
    for (size_t i = 0; i < sizeof address_findings / sizeof *address_findings; i++) {
        const char *found = strstr(report, address_findings[i].name);
        if (!found || (end && found > end))
            continue;
        snprintf(finding->words, sizeof finding->words, address_findings[i].words, verb,
                 direction(report));
        return;
    }
    describe_segv(finding, report, verb);
}

/* An index or a truth value in which nothing was stored; see leftover.c. */
static bool is_of_leftovers(const char *message)
{
    long long index, truth;
    if (sscanf(message, "index %lld out of bounds", &index) == 1)
        return is_leftover_int((double)index);
    return sscanf(message, "load of value %lld, which is not a valid value for type", &truth) ==
               1 &&
           (truth == 0xFE || truth == 0xAA);
}

/* "index 5 out of bounds for type 'double [5]'"; the others read well enough as they are. */
static void describe_undefined(Finding *finding, const char *message)
{
    int length = (int)strcspn(message, "\n"), index;
    if (is_of_leftovers(message))
        snprintf(finding->words, sizeof finding->words,
                 "a variable is used before anything is written to it");
    else if (sscanf(message, "index %d out of bounds", &index) == 1)
        snprintf(finding->words, sizeof finding->words,
                 "index %d runs off the row (or array) it is used in", index);
    else if (strncmp(message, "store to null pointer", 21) == 0)
        snprintf(finding->words, sizeof finding->words, "writes through a NULL pointer");
    else if (strncmp(message, "load of null pointer", 20) == 0)
        snprintf(finding->words, sizeof finding->words, "reads through a NULL pointer");
    else if (strstr(message, "insufficient space"))
        snprintf(finding->words, sizeof finding->words, "%s past the end of an array",
                 strncmp(message, "store", 5) == 0 ? "writes" : "reads");
    else
        snprintf(finding->words, sizeof finding->words, "%.*s", length, message);
}

int line_in(const char *report, const char *file)
{
    size_t length = strlen(file);
    for (const char *at = report; (at = strstr(at, file)); at += length)
        if ((at == report || at[-1] == '/' || at[-1] == ' ' || at[-1] == '\n') && at[length] == ':')
            return atoi(at + length + 1);
    return 0;
}

static const char *start_of_line(const char *text, const char *at)
{
    while (at > text && at[-1] != '\n')
        at--;
    return at;
}

/* The banner belongs to the report. */
static const char *before_banner(const char *text, const char *report)
{
    for (;;) {
        const char *line = report > text ? start_of_line(text, report - 1) : report;
        bool banner = strncmp(line, "====", 4) == 0 || strncmp(line, "AddressSan", 10) == 0;
        if (line == report || !banner)
            return report;
        report = line;
    }
}

bool finding_read(Finding *finding, const char *said, const char *file)
{
    const char *address = strstr(said, "ERROR: AddressSanitizer"), *place;
    const char *undefined = strstr(said, ": runtime error: ");
    const char *limit = strstr(said, "hard rss limit exhausted");
    *finding = (Finding){.report = address ? address : undefined ? undefined : limit};
    if (!finding->report)
        return false;
    place = start_of_line(said, finding->report);
    if (!address && undefined)
        describe_undefined(finding, undefined + strlen(": runtime error: "));
    else
        describe_address(finding, finding->report);
    finding->line = line_in(place, file);
    finding->report = before_banner(said, place);
    return true;
}
