/* lines.c: files that a teacher writes, line by line, and what is wrong with them. */
#include "lines.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "text.h"

Lines open_lines(const char *path)
{
    return (Lines){.path = path, .rest = read_whole(path), .sound = true};
}

/* Spreadsheets write a mark before the first line, and a carriage return at each end. */
static char *trim(char *line, int number)
{
    if (number == 1 && strncmp(line, "\xef\xbb\xbf", 3) == 0)
        line += 3;
    for (char *tab = line; (tab = strchr(tab, '\t'));)
        *tab = ' ';
    line += strspn(line, " ");
    for (size_t end = strlen(line); end > 0 && isspace((unsigned char)line[end - 1]);)
        line[--end] = '\0';
    return line;
}

char *next_of(Lines *lines)
{
    for (char *line; (line = next_line(&lines->rest));) {
        line = trim(line, ++lines->number);
        if (*line && *line != '#')
            return line;
    }
    return NULL;
}

void complain_of(Lines *lines, const char *complaint)
{
    fprintf(stderr, "%s:%d: %s\n", lines->path, lines->number, complaint);
    lines->sound = false;
}

bool is_points(const char *text)
{
    size_t whole = strspn(text, "0123456789"), point = text[whole] == '.';
    size_t part = point ? strspn(text + whole + 1, "0123456789") : 0;
    return whole + part > 0 && whole < 5 && !text[whole + point + part];
}

char *no_points(const char *text)
{
    return text_of("%s: points are a number such as 0, 0.5 or 2, below 10000", shown(text));
}
