/* Files are watched by looking at them twenty times a second: seven calls of stat, too little to
 * measure. That works on every system and also where entr and inotify hear nothing (network drives,
 * folders shared with a virtual machine), and a file renamed onto another is seen like any save. */
#ifdef __APPLE__
#define st_mtim st_mtimespec
#endif
#include "book.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "command.h"
#include "error.h"

Book book;

/* -- watching ---------------------------------------------------------------------------------- */

/* What changes when a file is saved, in place or by renaming. */
typedef struct {
    ino_t inode;
    off_t size;
    struct timespec changed;
} Stamp;

typedef struct {
    Stamp seen, checked;
    bool stale;
} Watch;

typedef struct {
    char before[256];
    bool is_new;
} Change;

static Watch *watches;  /* of each chapter */
static Change *changes; /* of each exercise */
static Command command;
static int checking = -1; /* the chapter */
static time_t opened;

static Stamp stamp_of(const char *file)
{
    struct stat found;
    if (stat(file, &found) != 0)
        return (Stamp){0};
    return (Stamp){found.st_ino, found.st_size, found.st_mtim};
}

static bool same(Stamp a, Stamp b)
{
    return a.inode == b.inode && a.size == b.size && a.changed.tv_sec == b.changed.tv_sec &&
           a.changed.tv_nsec == b.changed.tv_nsec;
}

/* A file that looks as it did a moment ago has been written to its end. */
static void look(int chapter)
{
    Watch *watch = &watches[chapter];
    Stamp now = stamp_of(book.chapters[chapter].file);
    bool settled = same(now, watch->seen);
    watch->seen = now;
    if (settled && !same(now, watch->checked)) {
        watch->checked = now;
        watch->stale = true;
    }
}

/* -- verdicts ---------------------------------------------------------------------------------- */

static int count_lines(const char *text)
{
    int lines = 0;
    for (; *text; text++)
        lines += *text == '\n';
    return lines;
}

/* The chapter of this name; a new one counts as checked unless it was saved during the first check.
 */
static int chapter_named(const char *name)
{
    for (int i = 0; i < book.chapter_count; i++)
        if (strcmp(book.chapters[i].name, name) == 0)
            return i;
    Chapter *chapter = &book.chapters[book.chapter_count];
    chapter->name = strdup(name);
    chapter->compiles = true;
    snprintf(chapter->file, sizeof chapter->file, "%s/%s.c", book.folder, name);
    struct stat found;
    bool known = stat(chapter->file, &found) != 0 || found.st_ctime < opened;
    watches[book.chapter_count].checked = known ? stamp_of(chapter->file) : (Stamp){.size = -1};
    return book.chapter_count++;
}

/* A verdict is new if it differs from the last one there was while the file compiled; that it does
 * not compile is new whenever it has been found out. */
static void note_change(int exercise, bool checked, const char *verdict, const char *headline)
{
    Change *change = &changes[exercise];
    if (strcmp(verdict, "does not compile") == 0) {
        change->is_new |= checked;
        return;
    }
    char now[sizeof change->before];
    snprintf(now, sizeof now, "%s %s", verdict, headline);
    change->is_new |= strcmp(now, change->before) != 0;
    memcpy(change->before, now, sizeof now);
}

static void forget_changes(void)
{
    for (int i = 0; i < book.count; i++)
        changes[i].is_new = false;
}

static void add_exercise(char *line)
{
    char *fields[4];
    for (int i = 0; i < 4; i++) {
        fields[i] = line ? line : "";
        line = line ? strchr(line, '\t') : NULL;
        if (line)
            *line++ = '\0';
    }
    int chapter = chapter_named(fields[0]);
    note_change(book.count, chapter == checking, fields[2], fields[3]);
    bool right = strcmp(fields[2], "right") == 0;
    book.chapters[chapter].count++;
    book.chapters[chapter].right += right;
    if (strcmp(fields[2], "does not compile") == 0)
        book.chapters[chapter].compiles = false;
    book.right += right;
    book.exercises[book.count++] = (Exercise){chapter, fields[1], fields[2], fields[3]};
}

/* Reads all verdicts anew; the exercises point into the text that is kept. */
static void read_verdicts(void)
{
    static char *kept;
    Command state = command_run((const char *[]){"tests/learn/state", book.folder, NULL});
    int lines = count_lines(state.text);
    if (state.status != 0 || lines == 0 || (book.count > 0 && lines != book.count)) {
        free(state.text); /* the files are being written to; they are read again after the check */
        return;
    }
    free(kept);
    kept = state.text;
    if (book.count == 0) {
        book.exercises = calloc((size_t)lines, sizeof *book.exercises);
        book.chapters = calloc((size_t)lines, sizeof *book.chapters);
        watches = calloc((size_t)lines, sizeof *watches);
        changes = calloc((size_t)lines, sizeof *changes);
        if (!book.exercises || !book.chapters || !watches || !changes)
            error_stop("out of memory");
    }
    for (int i = 0; i < book.chapter_count; i++)
        book.chapters[i].right = book.chapters[i].count = 0;
    for (int i = 0; i < book.chapter_count; i++)
        book.chapters[i].compiles = true;
    book.count = book.right = 0;
    for (char *line = strtok(kept, "\n"); line; line = strtok(NULL, "\n"))
        add_exercise(line);
}

void book_open(const char *folder, void (*wait)(const char *begun))
{
    book.folder = folder;
    opened = time(NULL);
    setenv("TELL", "1", 1);
    command = command_start((const char *[]){"tests/check/progress", folder, NULL});
    unsetenv("TELL");
    while (!command_is_over(&command))
        wait(command.text);
    if (command.status == 0)
        read_verdicts();
    if (book.count == 0)
        error_stop("%s", command.text);
    free(command.text);
    forget_changes();
}

/* -- the check --------------------------------------------------------------------------------- */

int book_checking(void)
{
    return checking;
}

void book_check(int chapter)
{
    if (checking != chapter)
        watches[chapter].stale = true;
}

static bool start_check(void)
{
    for (int i = 0; i < book.chapter_count && checking < 0; i++)
        if (watches[i].stale)
            checking = i;
    if (checking < 0)
        return false;
    watches[checking].stale = false;
    char number[3] = "";
    memcpy(number, book.chapters[checking].name, 2);
    command = command_start(
        (const char *[]){"tests/check/check", "--brief", "--from", book.folder, number, NULL});
    return true;
}

static void keep(char **place, char *text)
{
    free(*place);
    *place = text;
}

/* A check has been made if all is right, something is not right, or it does not compile. */
static void end_check(void)
{
    Chapter *chapter = &book.chapters[checking];
    bool made = command.status == 0 || command.status == 1 || command.status == 3;
    keep(&book.trouble, NULL);
    if (watches[checking].stale) {
        free(command.text);
    } else {
        keep(made ? &chapter->report : &book.trouble, command.text);
        read_verdicts();
    }
    checking = -1;
}

/* Files that are saved at once are checked one after the other, and then there is news. */
News book_watch(void)
{
    for (int i = 0; i < book.chapter_count; i++)
        look(i);
    if (checking < 0) {
        bool started = start_check();
        if (started)
            forget_changes();
        return started ? CHECK_STARTED : NOTHING_NEW;
    }
    if (watches[checking].stale)
        command_kill(); /* of what has been saved anew */
    if (!command_is_over(&command))
        return NOTHING_NEW;
    end_check();
    return start_check() ? CHECK_STARTED : ALL_CHECKED;
}

/* -- finding one's way ------------------------------------------------------------------------- */

int book_next(int from)
{
    for (int i = 0; i < book.count; i++)
        if (!verdict_is((from + i) % book.count, "right"))
            return (from + i) % book.count;
    return -1;
}

static bool draws_attention(int exercise)
{
    return changes[exercise].is_new && !verdict_is(exercise, "to do");
}

int book_changed(int shown)
{
    if (changes[shown].is_new)
        return shown;
    for (int i = 0; i < book.count; i++)
        if (draws_attention(i))
            return i;
    return -1;
}

bool book_has_news(int chapter)
{
    for (int i = 0; i < book.count; i++)
        if (book.exercises[i].chapter == chapter && draws_attention(i))
            return true;
    return false;
}

int book_find(const char *chapter, const char *function)
{
    for (int i = 0; i < book.count; i++)
        if (strcmp(book.chapters[book.exercises[i].chapter].name, chapter) == 0 &&
            strcmp(book.exercises[i].function, function) == 0)
            return i;
    return -1;
}

bool verdict_is(int exercise, const char *verdict)
{
    return strcmp(book.exercises[exercise].verdict, verdict) == 0;
}
