#include "screen.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <termios.h>
#include <unistd.h>

#include "workbook/terminal.h"

/* -- the terminal ------------------------------------------------------------------------------ */

#define OWN_SCREEN "\033[?1049h\033[?25l"
#define OLD_SCREEN "\033[?25h\033[?1049l"

static struct termios before;
static volatile sig_atomic_t is_open;
static TerminalSize size;
static bool has_color;

static void say(const char *text)
{
    if (write(STDOUT_FILENO, text, strlen(text)) < 0)
        is_open = false; /* nobody is there to read it */
}

void screen_open(void)
{
    if (tcgetattr(STDIN_FILENO, &before) != 0)
        error_stop("the terminal does not say how it is set: %s", strerror(errno));
    struct termios own = before;
    own.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG | IEXTEN);
    own.c_iflag &= ~(tcflag_t)(IXON | ICRNL);
    own.c_cc[VMIN] = 1;
    own.c_cc[VTIME] = 0;
    is_open = true;
    tcsetattr(STDIN_FILENO, TCSADRAIN, &own);
    say(OWN_SCREEN);
    size = terminal_size(stdout);
    has_color = terminal_has_color(stdout);
}

void screen_close(void)
{
    if (!is_open)
        return;
    is_open = false;
    say(OLD_SCREEN);
    tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
}

bool screen_was_resized(void)
{
    TerminalSize now = terminal_size(stdout);
    bool changed = now.columns != size.columns || now.rows != size.rows;
    size = now;
    return changed;
}

/* -- keys -------------------------------------------------------------------------------------- */

/* What has been typed and not been taken yet. */
static char typed[64];
static int typed_length;

static bool take(const char *sequence)
{
    int length = (int)strlen(sequence);
    if (length > typed_length || memcmp(typed, sequence, (size_t)length) != 0)
        return false;
    typed_length -= length;
    memmove(typed, typed + length, (size_t)typed_length);
    return true;
}

static int take_key(void)
{
    static const struct {
        const char *sequence;
        int key;
    } table[] = {{"\033[A", KEY_UP},   {"\033OA", KEY_UP},       {"\033[B", KEY_DOWN},
                 {"\033OB", KEY_DOWN}, {"\033[5~", KEY_PAGE_UP}, {"\033[6~", KEY_PAGE_DOWN}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (take(table[i].sequence))
            return table[i].key;
    int key = (unsigned char)typed[0];
    if (key == KEY_ESCAPE && typed_length > 1) {
        typed_length = 0; /* some other key that sends more than one byte */
        return KEY_NONE;
    }
    take((char[]){typed[0], '\0'});
    return key;
}

int screen_key(int milliseconds)
{
    if (typed_length > 0)
        return take_key();
    fd_set waiting;
    FD_ZERO(&waiting);
    FD_SET(STDIN_FILENO, &waiting);
    struct timeval patience = {.tv_usec = milliseconds * 1000};
    if (select(STDIN_FILENO + 1, &waiting, NULL, NULL, &patience) <= 0)
        return KEY_NONE;
    typed_length = (int)read(STDIN_FILENO, typed, sizeof typed);
    if (typed_length > 0)
        return take_key();
    bool interrupted = typed_length < 0 && errno == EINTR;
    typed_length = 0;
    return interrupted ? KEY_NONE : KEY_END;
}

/* -- the page ---------------------------------------------------------------------------------- */

typedef struct {
    Style style;
    char *text;
} Line;

static struct {
    Line *lines;
    int count, room, top, focus;
} page = {.focus = -1};

void page_begin(void)
{
    for (int i = 0; i < page.count; i++)
        free(page.lines[i].text);
    page.count = 0;
    page.focus = -1;
}

static void append(Style style, int indent, const char *text, int length)
{
    if (page.count == page.room) {
        page.room = page.room ? 2 * page.room : 64;
        page.lines = realloc(page.lines, (size_t)page.room * sizeof *page.lines);
    }
    char *line = malloc((size_t)(indent + length) + 1);
    if (!page.lines || !line)
        error_stop("out of memory");
    memset(line, ' ', (size_t)indent);
    memcpy(line + indent, text, (size_t)length);
    line[indent + length] = '\0';
    page.lines[page.count++] = (Line){style, line};
}

/* In UTF-8 a character's bytes after the first are 10xxxxxx. */
static bool begins_character(char c)
{
    return ((unsigned char)c & 0xc0) != 0x80;
}

/* How many bytes of the text fit into so many columns: all, or up to a space if there is one. */
static int fitting(Style style, const char *text, int length, int columns)
{
    int space = 0, comma = 0, used = 0;
    for (int i = 0; i < length; i++) {
        used += begins_character(text[i]);
        if (used > columns)
            return style == CODE && comma > 0 ? comma : space > 0 ? space : i;
        if (text[i] == ' ')
            space = i;
        if (text[i] == ' ' && i > 0 && text[i - 1] == ',')
            comma = i;
    }
    return length;
}

static int skip_spaces(const char **text, int *length)
{
    int spaces = 0;
    for (; *length > 0 && **text == ' '; (*text)++, (*length)--)
        spaces++;
    return spaces;
}

void page_text(Style style, int indent, const char *text, int length)
{
    int columns = size.columns - 1;
    indent += skip_spaces(&text, &length);
    for (int first = 1; length > 0; first = 0) {
        int margin = indent + (style == CODE && !first ? 4 : 0);
        margin = margin > columns / 2 ? columns / 2 : margin;
        int part = fitting(style, text, length, columns - margin);
        append(style, margin, text, part);
        text += part, length -= part;
        skip_spaces(&text, &length);
    }
}

void page_line(Style style, const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    page_text(style, 0, text, (int)strlen(text));
}

void page_blank(void)
{
    append(PLAIN, 0, "", 0);
}

void page_focus(void)
{
    page.focus = page.count;
}

int page_height(void)
{
    return size.rows > 4 ? size.rows - 3 : 1;
}

void page_scroll(int lines)
{
    page.top += lines;
}

void page_top(void)
{
    page.top = 0;
}

static void keep_in_sight(void)
{
    int height = page_height();
    if (page.focus >= 0 && page.top > page.focus - 2)
        page.top = page.focus - 2;
    if (page.focus >= 0 && page.top + height < page.focus + 3)
        page.top = page.focus + 3 - height;
    if (page.top > page.count - height)
        page.top = page.count - height;
    if (page.top < 0)
        page.top = 0;
}

/* Nothing that could steer the terminal gets through. */
static void put_row(int row, Style style, const char *text)
{
    static const char *const codes[] = {[PLAIN] = "",   [CODE] = "",     [BOLD] = "1", [DIM] = "2",
                                        [GREEN] = "32", [YELLOW] = "33", [RED] = "31"};
    bool styled = has_color && style > CODE;
    printf("\033[%d;1H", row + 1);
    if (styled)
        printf("\033[%sm", codes[style]);
    int columns = 0;
    for (; *text && columns < size.columns - 1; text++) {
        bool plain = (unsigned char)*text >= ' ' && *text != 127;
        putchar(plain ? *text : *text == '\t' ? ' ' : '?');
        columns += begins_character(text[1]);
    }
    printf("%s\033[K", styled ? "\033[0m" : "");
}

void page_show(const char *status, const char *keys)
{
    keep_in_sight();
    int height = page_height();
    for (int row = 0; row < height; row++) {
        bool filled = page.top + row < page.count;
        Line line = filled ? page.lines[page.top + row] : (Line){PLAIN, ""};
        put_row(row, line.style, line.text);
    }
    bool more = page.top + height < page.count;
    put_row(height, DIM, more ? "-- more below: space --" : "");
    put_row(height + 1, PLAIN, status);
    put_row(height + 2, BOLD, keys);
    fflush(stdout);
}
