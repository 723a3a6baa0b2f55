#define _GNU_SOURCE /* posix_openpt */
#include "console.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { ROWS = 60, COLUMNS = 200, RAW_SIZE = 1 << 20 };

static struct {
    int master, terminal, pid, status;
    bool ended;
    struct termios before;
    char cells[ROWS][COLUMNS];
    int row, column, widest;
    bool own_screen, no_cursor, marked_pastes;
    char raw[RAW_SIZE];
    size_t used, parsed;
} console;

static void must(bool holds, const char *what)
{
    if (holds)
        return;
    perror(what);
    abort();
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void clear_screen(void)
{
    memset(console.cells, ' ', sizeof console.cells);
    console.row = console.column = console.widest = 0;
}

void console_resize(int rows, int columns)
{
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
    clear_screen();
    must(ioctl(console.terminal, TIOCSWINSZ, &size) == 0, "size of the pseudo-terminal");
}

void console_start(int rows, int columns, const char *const words[])
{
    memset(&console, 0, sizeof console);
    console.master = posix_openpt(O_RDWR | O_NOCTTY);
    must(console.master >= 0 && grantpt(console.master) == 0 && unlockpt(console.master) == 0,
         "pseudo-terminal");
    console.terminal = open(ptsname(console.master), O_RDWR | O_NOCTTY);
    must(console.terminal >= 0, "pseudo-terminal");
    console_resize(rows, columns);
    must(tcgetattr(console.terminal, &console.before) == 0, "modes of the pseudo-terminal");
    fflush(NULL);
    console.pid = fork();
    must(console.pid >= 0, "fork");
    if (console.pid > 0)
        return;
    setsid();
    ioctl(console.terminal, TIOCSCTTY, 0);
    for (int fd = 0; fd < 3; fd++)
        dup2(console.terminal, fd);
    close(console.master);
    close(console.terminal);
    execvp(words[0], (char *const *)words);
    perror(words[0]);
    _exit(127);
}

void console_press(const char *keys)
{
    must(write(console.master, keys, strlen(keys)) == (ssize_t)strlen(keys), "keys");
}

void console_signal(int number)
{
    kill(console.pid, number);
}

/* -- the screen -------------------------------------------------------------------------------- */

/* ESC [ parameters letter: the few that are in use. */
static void obey(const char *parameters, char letter)
{
    int row = 1, column = 1;
    if (letter == 'H') {
        sscanf(parameters, "%d;%d", &row, &column);
        console.row = row < ROWS ? row - 1 : ROWS - 1;
        console.column = column < COLUMNS ? column - 1 : COLUMNS - 1;
        if (row == 1 && column == 1)
            console.widest = 0; /* what was drawn for an earlier size is drawn over */
    } else if (letter == 'K') {
        memset(&console.cells[console.row][console.column], ' ',
               (size_t)(COLUMNS - console.column));
    } else if (letter == 'h' || letter == 'l') {
        if (strcmp(parameters, "?1049") == 0)
            console.own_screen = letter == 'h';
        if (strcmp(parameters, "?25") == 0)
            console.no_cursor = letter == 'l';
        if (strcmp(parameters, "?2004") == 0)
            console.marked_pastes = letter == 'h';
        if (strcmp(parameters, "?1049") == 0)
            clear_screen();
    }
}

static void put(char c)
{
    if ((c & 0xc0) == 0x80)
        return; /* a character's second byte */
    if (c == '\r') {
        console.column = 0;
    } else if (c == '\n') {
        console.row += console.row < ROWS - 1;
    } else if (console.row < ROWS && console.column < COLUMNS - 1) {
        console.cells[console.row][console.column++] = c;
        console.widest = console.column > console.widest ? console.column : console.widest;
    }
}

/* Takes in what is complete; a sequence cut short waits for the rest. */
static void parse(void)
{
    while (console.parsed < console.used) {
        const char *at = console.raw + console.parsed;
        if (*at != '\033') {
            put(*at);
            console.parsed++;
            continue;
        }
        size_t length = at[1] == '[' ? 2 + strspn(at + 2, "?;0123456789") : 1;
        if (at[length] == '\0')
            return;
        char parameters[32];
        snprintf(parameters, sizeof parameters, "%.*s", (int)length - 2, at + 2);
        obey(parameters, at[length]);
        console.parsed += length + 1;
    }
}

static void read_for(int milliseconds)
{
    struct pollfd waiting = {.fd = console.master, .events = POLLIN};
    if (poll(&waiting, 1, milliseconds) <= 0)
        return;
    must(console.used < RAW_SIZE - 1, "less output");
    ssize_t got = read(console.master, console.raw + console.used, RAW_SIZE - 1 - console.used);
    if (got > 0)
        console.used += (size_t)got;
    parse();
}

const char *console_screen(void)
{
    static char text[ROWS * (COLUMNS + 1) + 1];
    size_t used = 0, kept = 0;
    for (int row = 0; row < ROWS; row++) {
        for (int column = 0; column < COLUMNS; column++) {
            text[used++] = console.cells[row][column];
            if (text[used - 1] != ' ')
                kept = used;
        }
        used = kept > used - COLUMNS ? kept : used - COLUMNS;
        text[used++] = '\n';
    }
    text[kept] = '\0';
    return text;
}

const char *console_raw(void)
{
    return console.raw;
}

int console_widest(void)
{
    return console.widest;
}

static bool has_ended(void)
{
    if (!console.ended)
        console.ended = waitpid(console.pid, &console.status, WNOHANG) == console.pid;
    return console.ended;
}

static bool wait_for(const char *text, bool there, double seconds)
{
    double last = now() + seconds;
    bool ended;
    do {
        ended = has_ended();
        read_for(10);
        if ((strstr(console_screen(), text) != NULL) == there)
            return true;
    } while (!ended && now() < last);
    return false;
}

bool console_shows(const char *text, double seconds)
{
    return wait_for(text, true, seconds);
}

bool console_loses(const char *text, double seconds)
{
    return wait_for(text, false, seconds);
}

/* -- the end ----------------------------------------------------------------------------------- */

int console_end(double seconds)
{
    double last = now() + seconds;
    while (!has_ended()) {
        read_for(10);
        if (now() > last) {
            console_close();
            return -1000;
        }
    }
    read_for(50);
    return WIFSIGNALED(console.status) ? -WTERMSIG(console.status) : WEXITSTATUS(console.status);
}

bool console_is_as_before(void)
{
    struct termios after;
    const struct termios *before = &console.before;
    return tcgetattr(console.terminal, &after) == 0 && after.c_iflag == before->c_iflag &&
           after.c_oflag == before->c_oflag && after.c_cflag == before->c_cflag &&
           after.c_lflag == before->c_lflag &&
           memcmp(after.c_cc, before->c_cc, sizeof after.c_cc) == 0 && !console.own_screen &&
           !console.no_cursor && !console.marked_pastes;
}

void console_close(void)
{
    if (console.pid > 0 && !console.ended) {
        kill(-console.pid, SIGKILL);
        waitpid(console.pid, &console.status, 0);
        console.ended = true;
    }
    if (console.master > 0) {
        close(console.master);
        close(console.terminal);
    }
    console.master = 0;
}
