#include "workbook/terminal.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "error.h"

bool terminal_is(FILE *stream)
{
    NOT_NULL(stream);
    const char *piped = stream == stdout ? getenv("WORKBOOK_PIPED") : NULL;
    return isatty(fileno(stream)) && !(piped && *piped);
}

static int first_positive(int asked, const char *variable, int otherwise)
{
    if (asked > 0)
        return asked;
    const char *text = getenv(variable);
    int set = text ? atoi(text) : 0;
    return set > 0 ? set : otherwise;
}

TerminalSize terminal_size(FILE *stream)
{
    NOT_NULL(stream);
    struct winsize window = {0};
    if (ioctl(fileno(stream), TIOCGWINSZ, &window) != 0)
        window = (struct winsize){0};
    return (TerminalSize){.columns = first_positive(window.ws_col, "COLUMNS", 80),
                          .rows = first_positive(window.ws_row, "LINES", 24)};
}

bool terminal_has_color(FILE *stream)
{
    NOT_NULL(stream);
    const char *no_color = getenv("NO_COLOR");
    return terminal_is(stream) && !(no_color && *no_color);
}
