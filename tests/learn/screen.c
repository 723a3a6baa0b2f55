#define _GNU_SOURCE /* wcwidth */
#include "screen.h"

#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "workbook/terminal.h"

/* -- the terminal ------------------------------------------------------------------------------ */

/* A screen of its own, no cursor, pasted text marked as such; and back, with the last row blank
 * where the terminal has one screen only. */
#define OWN_SCREEN "\033[?1049h\033[?25l\033[?2004h"
#define OLD_SCREEN "\033[999;1H\033[K\033[?2004l\033[?25h\033[?1049l"

static struct termios before;
static volatile sig_atomic_t is_open, was_stopped;
static TerminalSize size;
static bool has_color;

static void say(const char *text)
{
    if (write(STDOUT_FILENO, text, strlen(text)) < 0)
        is_open = false; /* nobody is there to read it */
}

static void on_continue(int number)
{
    (void)number;
    was_stopped = true;
}

void screen_open(void)
{
    if (!is_open && tcgetattr(STDIN_FILENO, &before) != 0)
        error_stop("the terminal does not say how it is set: %s", strerror(errno));
    struct termios own = before;
    own.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG | IEXTEN);
    own.c_iflag &= ~(tcflag_t)(IXON | ICRNL);
    own.c_cc[VMIN] = 1;
    own.c_cc[VTIME] = 0;
    is_open = true;
    signal(SIGCONT, on_continue);
    tcsetattr(STDIN_FILENO, TCSADRAIN, &own);
    say(OWN_SCREEN);
    setlocale(LC_CTYPE, "");
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

bool screen_has_changed(void)
{
    TerminalSize now = terminal_size(stdout);
    bool changed = was_stopped || now.columns != size.columns || now.rows != size.rows;
    if (was_stopped)
        screen_open(); /* the shell has set the terminal for itself */
    was_stopped = false;
    size = now;
    return changed;
}

/* -- keys -------------------------------------------------------------------------------------- */

enum { PASTE_BEGINS = -1, PASTE_ENDS = -2, REST_OF_KEY = 50 /* ms */ };

/* What has been typed and not been taken yet. */
static char typed[64];
static int typed_length;

/* How many bytes the first key has sent: one, or ESC [ ... letter, or ESC O letter. 0 if more of
 * them are to come. */
static int key_length(void)
{
    if (typed[0] != KEY_ESCAPE)
        return 1;
    if (typed_length > 1 && typed[1] != '[' && typed[1] != 'O')
        return 1;
    for (int i = 2; i < typed_length; i++)
        if (typed[i] >= '@' && typed[i] <= '~')
            return i + 1;
    return typed_length < (int)sizeof typed ? 0 : typed_length;
}

static int take_key(void)
{
    static const struct {
        const char *sequence;
        int key;
    } table[] = {{"\033[A", KEY_UP},          {"\033OA", KEY_UP},       {"\033[B", KEY_DOWN},
                 {"\033OB", KEY_DOWN},        {"\033[5~", KEY_PAGE_UP}, {"\033[6~", KEY_PAGE_DOWN},
                 {"\033[200~", PASTE_BEGINS}, {"\033[201~", PASTE_ENDS}};
    int length = key_length() ? key_length() : 1;
    int key = length == 1 ? (unsigned char)typed[0] : KEY_NONE;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (length == (int)strlen(table[i].sequence) &&
            memcmp(typed, table[i].sequence, (size_t)length) == 0)
            key = table[i].key;
    typed_length -= length;
    memmove(typed, typed + length, (size_t)typed_length);
    return key;
}

/* False if the terminal is gone. */
static bool listen_for(int milliseconds)
{
    fd_set waiting;
    FD_ZERO(&waiting);
    FD_SET(STDIN_FILENO, &waiting);
    struct timeval patience = {.tv_usec = milliseconds * 1000};
    if (select(STDIN_FILENO + 1, &waiting, NULL, NULL, &patience) <= 0)
        return true;
    ssize_t got = read(STDIN_FILENO, typed + typed_length, sizeof typed - (size_t)typed_length);
    typed_length += got > 0 ? (int)got : 0;
    return got > 0 || (got < 0 && errno == EINTR);
}

/* What is pasted was meant for the editor. */
int screen_key(int milliseconds)
{
    static bool pasting;
    if (typed_length == 0 && !listen_for(milliseconds))
        return KEY_END;
    if (typed_length == 0)
        return KEY_NONE;
    if (key_length() == 0 && !listen_for(REST_OF_KEY))
        return KEY_END;
    if (key_length() == 0 && typed_length > 1)
        return KEY_NONE; /* a slow line has brought half a key */
    int key = take_key();
    if (key == PASTE_BEGINS || key == PASTE_ENDS)
        pasting = key == PASTE_BEGINS;
    return pasting || key == PASTE_ENDS ? KEY_NONE : key;
}

/* -- the page ---------------------------------------------------------------------------------- */

enum { LEAST_COLUMNS = 10 }; /* that lines are broken for */

typedef struct {
    Style style;
    char *text;
} Line;

static struct {
    Line *lines;
    int count, room, top, focus, height;
} page = {.focus = -1, .height = 1};

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

/* A character, as the learner's language has it: its bytes, the columns that it takes, and what
 * stands there instead if the terminal cannot show it, or would obey it. */
typedef struct {
    int bytes, columns;
    const char *instead;
} Glyph;

static const char *plain_text_for(const char *character)
{
    static const char *const table[][2] = {{"\t", " "}, {"×", "x"}, {"²", "^2"}, {"−", "-"},
                                           {"‘", "'"},  {"’", "'"}, {"“", "\""}, {"”", "\""}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (strncmp(character, table[i][0], strlen(table[i][0])) == 0)
            return table[i][1];
    return "?";
}

static Glyph glyph_at(const char *text, int length)
{
    wchar_t wide;
    int bytes = (int)mbrtowc(&wide, text, (size_t)length, &(mbstate_t){0});
    if (bytes > 0 && wcwidth(wide) >= 0)
        return (Glyph){bytes, wcwidth(wide), NULL};
    for (bytes = 1; bytes < length && ((unsigned char)text[bytes] & 0xc0) == 0x80;)
        bytes++; /* all of one in UTF-8 */
    const char *instead = plain_text_for(text);
    return (Glyph){bytes, (int)strlen(instead), instead};
}

/* How many bytes of the text fit into so many columns: all, or up to where it may be broken: in
 * code behind a comma, in the lines below the page between two keys, else at a space. */
static int fitting(Style style, const char *text, int length, int columns)
{
    const char *joint = style == CODE ? ", " : style == STATUS || style == KEYS ? "  " : " ";
    int space = 0, best = 0, used = 0;
    Glyph glyph;
    for (int i = 0; i < length; i += glyph.bytes) {
        glyph = glyph_at(text + i, length - i);
        used += glyph.columns;
        if (text[i] == ' ')
            space = i;
        if (used > columns)
            return best > 0 ? best : space > 0 ? space : i;
        if (strncmp(text + i, joint, strlen(joint)) == 0)
            best = i + (int)strcspn(joint, " ");
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
    int columns = page_width();
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

int page_width(void)
{
    return size.columns > LEAST_COLUMNS ? size.columns - 1 : LEAST_COLUMNS;
}

int page_height(void)
{
    return page.height;
}

void page_scroll(int lines)
{
    page.top += lines;
}

void page_top(void)
{
    page.top = 0;
}

static void keep_in_sight(int count)
{
    if (page.focus >= 0 && page.top > page.focus - 2)
        page.top = page.focus - 2;
    if (page.focus >= 0 && page.top + page.height < page.focus + 3)
        page.top = page.focus + 3 - page.height;
    if (page.top > count - page.height)
        page.top = count - page.height;
    if (page.top < 0)
        page.top = 0;
}

/* Nothing that could steer the terminal gets through. */
static void put_row(int row, Style style, const char *text)
{
    static const char *const codes[] = {
        [PLAIN] = "",    [CODE] = "",  [BOLD] = "1",  [DIM] = "2", [GREEN] = "32",
        [YELLOW] = "33", [RED] = "31", [STATUS] = "", [KEYS] = "1"};
    bool styled = has_color && *codes[style];
    if (row >= size.rows)
        return;
    printf("\033[%d;1H", row + 1);
    if (styled)
        printf("\033[%sm", codes[style]);
    int length = (int)strlen(text), columns = 0;
    Glyph glyph;
    for (int i = 0; i < length; i += glyph.bytes) {
        glyph = glyph_at(text + i, length - i);
        columns += glyph.columns;
        if (columns > size.columns - 1)
            break;
        if (glyph.instead)
            fputs(glyph.instead, stdout);
        else
            fwrite(text + i, 1, (size_t)glyph.bytes, stdout);
    }
    printf("%s\033[K", styled ? "\033[0m" : "");
}

void page_show(const char *status, const char *keys)
{
    int count = page.count;
    page_text(STATUS, 0, status, (int)strlen(status));
    page_text(KEYS, 0, keys, (int)strlen(keys));
    int below = page.count - count + 1;
    page.height = size.rows > below ? size.rows - below : 1;
    keep_in_sight(count);
    for (int row = 0; row < page.height; row++) {
        bool filled = page.top + row < count;
        Line line = filled ? page.lines[page.top + row] : (Line){PLAIN, ""};
        put_row(row, line.style, line.text);
    }
    bool more = page.top + page.height < count;
    put_row(page.height, DIM, more ? "-- more below: space --" : "");
    for (int i = 1; i < below; i++)
        put_row(page.height + i, page.lines[count + i - 1].style, page.lines[count + i - 1].text);
    fflush(stdout);
}
