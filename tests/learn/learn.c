/* learn.c: shows one exercise after the other, and checks it whenever its file is saved.
 *
 *     build/learn/learn folder
 *
 * from the root of the book; make learn calls it. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "book.h"
#include "command.h"
#include "error.h"
#include "pages.h"
#include "screen.h"

enum { TICK = 50 /* ms */, CTRL_C = 3, ENTER = '\r', CTRL_Z = 26 };

static Place at;

/* -- going about the book ---------------------------------------------------------------------- */

/* A file for each folder, with the name of the exercise shown last. */
static const char *bookmark(void)
{
    static char path[512];
    int length = snprintf(path, sizeof path, "build/learn/at.%s", book.folder);
    for (char *c = path + strlen("build/learn/"); c < path + length && *c; c++)
        if (*c == '/')
            *c = '_';
    return path;
}

static void go_to(int exercise)
{
    const Chapter *chapter = &book.chapters[book.exercises[exercise].chapter];
    at.current = exercise;
    at.view = EXERCISE;
    at.question = NO_QUESTION;
    at.hints = 0;
    at.greets = at.solution = false;
    page_top();
    if (!chapter->report && !verdict_is(exercise, "right") && !verdict_is(exercise, "to do"))
        book_check(book.exercises[exercise].chapter);
    FILE *file = fopen(bookmark(), "w");
    if (!file)
        return; /* then make learn begins with the first that is to do */
    fprintf(file, "%s %s\n", chapter->name, book.exercises[exercise].function);
    fclose(file);
}

static void go_on(int from)
{
    int next = book_next(from);
    if (next >= 0)
        go_to(next);
    else
        at.view = END;
}

static void take_up(void)
{
    char chapter[128], function[128];
    int last = 0;
    FILE *file = fopen(bookmark(), "r");
    if (file && fscanf(file, "%127s %127s", chapter, function) == 2)
        last = book_find(chapter, function);
    if (file)
        fclose(file);
    go_on(last > 0 ? last : 0);
    at.greets = !file;
}

/* -- keys -------------------------------------------------------------------------------------- */

static void say(char *message)
{
    free(at.message);
    at.message = message;
}

static void reset(const char *function)
{
    char number[3] = "";
    memcpy(number, book.chapters[book.exercises[at.current].chapter].name, 2);
    const char *const words[] = {"tests/check/reset", number, book.folder, function, NULL};
    say(command_run(words).text);
    at.solution = false;
}

static void answer(int key)
{
    if (at.question == SHOW_SOLUTION && key == 'y')
        at.solution = true;
    if (at.question == RESET && (key == 'f' || key == 'c'))
        reset(key == 'f' ? book.exercises[at.current].function : NULL);
    at.question = NO_QUESTION;
    page_top();
}

static void leave_for_a_while(void)
{
    screen_close();
    kill(0, SIGTSTP);
    screen_open();
}

static void press_in_list(int key)
{
    int last = book.count - 1;
    if (key == KEY_UP || key == 'k')
        at.cursor -= 1;
    if (key == KEY_DOWN || key == 'j')
        at.cursor += 1;
    if (key == KEY_PAGE_UP || key == 'b')
        at.cursor -= page_height();
    if (key == KEY_PAGE_DOWN || key == ' ')
        at.cursor += page_height();
    at.cursor = at.cursor < 0 ? 0 : at.cursor > last ? last : at.cursor;
    if (key == ENTER)
        go_to(at.cursor);
    if (key == 'l' || key == KEY_ESCAPE)
        at.view = EXERCISE;
}

static void scroll(int key)
{
    if (key == KEY_UP || key == 'k')
        page_scroll(-1);
    if (key == KEY_DOWN || key == 'j')
        page_scroll(1);
    if (key == KEY_PAGE_UP || key == 'b')
        page_scroll(1 - page_height());
    if (key == KEY_PAGE_DOWN || key == ' ')
        page_scroll(page_height() - 1);
}

static void press_in_exercise(int key)
{
    if (key == 'h' || key == 's')
        page_top();
    if (key == 'h' && at.hints < count_hints(at.current))
        at.hints++;
    else if (key == 's' && (at.solution || verdict_is(at.current, "right")))
        at.solution = !at.solution;
    else if (key == 's')
        at.question = SHOW_SOLUTION;
    else if (key == 'r')
        at.question = RESET;
    else if (key == 'n' || key == ENTER)
        go_on(at.current + 1);
}

/* False if it was a key that ends the program. */
static bool press(int key)
{
    if (key == CTRL_C || key == KEY_END || (key == 'q' && at.question == NO_QUESTION))
        return false;
    say(NULL);
    if (key == CTRL_Z) {
        leave_for_a_while();
    } else if (at.question != NO_QUESTION) {
        answer(key);
    } else if (at.view == LIST) {
        press_in_list(key);
    } else if (key == 'l') {
        at.cursor = at.current;
        at.view = LIST;
    } else {
        scroll(key);
        if (at.view == EXERCISE)
            press_in_exercise(key);
    }
    return true;
}

/* -- the whole --------------------------------------------------------------------------------- */

/* If the learner has been at work on another exercise than the one shown, that one is shown. */
static void follow(void)
{
    time_t now = time(NULL);
    strftime(at.checked, sizeof at.checked, "checked %H:%M:%S", localtime(&now));
    at.greets = at.greets && verdict_is(at.current, "to do");
    if (at.view == LIST)
        return;
    int changed = book_changed(at.current);
    if (changed >= 0 && (changed != at.current || at.view == END))
        go_to(changed);
    page_top();
}

static void learn(void)
{
    take_up();
    draw(&at);
    for (;;) {
        int key = screen_key(TICK);
        if (key != KEY_NONE && !press(key))
            return;
        News news = book_watch();
        if (news == ALL_CHECKED)
            follow();
        bool other_screen = screen_has_changed();
        if (key != KEY_NONE || news != NOTHING_NEW || other_screen)
            draw(&at);
    }
}

static void leave(void)
{
    screen_close(); // NOLINT(bugprone-signal-handler): it only calls write and tcsetattr,
    command_kill(); // NOLINT(bugprone-signal-handler): and this one kill
}

/* While the first check runs. */
static void wait_a_tick(const char *begun)
{
    draw_beginning(begun);
    int key = screen_key(TICK);
    screen_has_changed();
    if (key == CTRL_Z)
        leave_for_a_while();
    if (key == 'q' || key == CTRL_C || key == KEY_END)
        exit(EXIT_SUCCESS);
}

static void on_error(const char *message)
{
    leave();
    fprintf(stderr, "%s\n", message);
    exit(EXIT_FAILURE);
}

static void on_signal(int number)
{
    leave();
    signal(number, SIG_DFL);
    raise(number);
}

static void see_to_the_end(void)
{
    int fatal[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++)
        signal(fatal[i], on_signal);
    atexit(leave);
    error_set_handler(on_error);
}

static bool can_show_pages(void)
{
    const char *terminal = getenv("TERM");
    return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && terminal &&
           strcmp(terminal, "dumb") != 0;
}

int main(int count, char **words)
{
    if (count != 2) {
        fprintf(stderr, "usage: build/learn/learn folder\n");
        return 2;
    }
    if (!can_show_pages()) {
        fprintf(stderr, "make learn needs a terminal that can move its cursor; make next and "
                        "make check-NN do without\n");
        return 2;
    }
    unsetenv("MAKEFLAGS"); /* the checks call make themselves */
    unsetenv("MAKELEVEL");
    setenv("CHECK_COLUMNS", "1000", 1);
    see_to_the_end();
    char *folder = words[1];
    for (size_t length = strlen(folder); length > 1 && folder[length - 1] == '/'; length--)
        folder[length - 1] = '\0';
    screen_open();
    book_open(folder, wait_a_tick);
    learn();
    leave();
    printf("%d of %d exercises right. make learn takes up from here.\n", book.right, book.count);
    return EXIT_SUCCESS;
}
