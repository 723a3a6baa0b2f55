/* text.c: texts that live until the program ends. */
#define _GNU_SOURCE /* vasprintf */
#include "text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

_Noreturn void stop(const char *what)
{
    perror(what);
    exit(1);
}

static char *keep(char *text)
{
    static char **kept;
    static size_t count;
    kept = realloc(kept, (count + 1) * sizeof *kept);
    if (!text || !kept)
        stop("text");
    return kept[count++] = text;
}

char *text_of(const char *format, ...)
{
    va_list arguments;
    char *text;
    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0)
        stop("text");
    va_end(arguments);
    return keep(text);
}

/* -- characters ---------------------------------------------------------------------------------
 */

/* How many bytes the character takes, 0 if it is not valid UTF-8. */
static int utf8_length(const unsigned char *s, unsigned *code)
{
    static const unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
    int length = s[0] < 0x80       ? 1
                 : s[0] >> 5 == 6  ? 2
                 : s[0] >> 4 == 14 ? 3
                 : s[0] >> 3 == 30 ? 4
                                   : 0;
    *code = length > 1 ? s[0] & (0x7fu >> length) : s[0];
    for (int i = 1; i < length; i++) {
        if (s[i] >> 6 != 2)
            return 0;
        *code = *code << 6 | (s[i] & 0x3fu);
    }
    bool surrogate = *code >= 0xd800 && *code <= 0xdfff, no_character = (*code & 0xfffe) == 0xfffe;
    bool valid = length < 2 || (*code >= least[length] && *code <= 0x10ffff);
    return valid && !surrogate && !no_character ? length : 0;
}

static bool is_control(unsigned code)
{
    return code < ' ' || (code >= 0x7f && code < 0xa0);
}

char *clean(char *text)
{
    unsigned char *from = (unsigned char *)text, *to = from;
    unsigned code;
    for (int length; *from; from += length ? length : 1) {
        length = utf8_length(from, &code);
        if (length == 0)
            *to++ = '?';
        else if (!is_control(code) || code == '\n' || code == '\t')
            for (int i = 0; i < length; i++)
                *to++ = from[i];
    }
    *to = '\0';
    return text;
}

/* Without width, or turns the direction of writing. */
static bool is_unseen(unsigned code)
{
    return code == 0xad || code == 0x61c || (code >= 0x200b && code <= 0x200f) ||
           (code >= 0x2028 && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f) ||
           code == 0xfeff;
}

char *shown(const char *name)
{
    char *text = keep(calloc(strlen(name) * 6 + 1, 1)), *to = text;
    unsigned code;
    for (const unsigned char *from = (const unsigned char *)name; *from;) {
        int length = utf8_length(from, &code);
        if (length == 0 || is_control(code))
            to += sprintf(to, "\\x%02x", length == 0 ? *from : code);
        else if (is_unseen(code))
            to += sprintf(to, "\\u%04x", code);
        else
            to += sprintf(to, "%s%.*s", code == '\\' ? "\\" : "", length, (const char *)from);
        from += length ? length : 1;
    }
    return text;
}

/* -- reading ------------------------------------------------------------------------------------
 */

enum { MOST = 1 << 20 };

/* A file's first part, and a byte more if it is longer. NULL, and errno, if it cannot be read. */
static char *read_start(const char *path)
{
    char *text = keep(calloc(MOST + 4, 1)); /* the last character may be cut off */
    FILE *file = fopen(path, "r");
    if (!file)
        return NULL;
    size_t size = fread(text, 1, MOST + 1, file);
    bool failed = ferror(file);
    fclose(file);
    for (size_t i = 0; i < size; i++)
        text[i] = text[i] ? text[i] : '?';
    return failed ? NULL : text;
}

char *read_text(const char *path)
{
    char *text = read_start(path);
    if (!text)
        return text_of("%s", "");
    text[MOST] = '\0';
    return clean(text);
}

char *read_whole(const char *path)
{
    char *text = read_start(path);
    if (text && text[MOST])
        errno = EFBIG;
    if (!text || text[MOST])
        stop(path);
    return clean(text);
}

static char *cut(char **text, const char *separator)
{
    char *part = *text;
    *text += strcspn(*text, separator);
    if (**text)
        *(*text)++ = '\0';
    return part;
}

char *next_line(char **text)
{
    return **text ? cut(text, "\n") : NULL;
}

char *next_field(char **line)
{
    return cut(line, "\t");
}

/* -- writing ------------------------------------------------------------------------------------
 */

void put_xml(FILE *file, const char *text)
{
    for (; *text; text++)
        switch (*text) {
        case '&':
            fputs("&amp;", file);
            break;
        case '<':
            fputs("&lt;", file);
            break;
        case '>':
            fputs("&gt;", file);
            break;
        case '"':
            fputs("&quot;", file);
            break;
        case '\n':
            fputs("&#10;", file);
            break;
        case '\t':
            fputs("&#9;", file);
            break;
        default:
            fputc(*text, file);
        }
}

void put_csv(FILE *file, const char *text)
{
    fputs(*text && strchr("=+-@", *text) ? "\"'" : "\"", file);
    for (; *text; text++)
        fprintf(file, *text == '"' ? "\"\"" : "%c", *text);
    fputc('"', file);
}

static char *unfinished(const char *folder, const char *name)
{
    return text_of("%s/%s.new", folder, name);
}

FILE *open_new(const char *folder, const char *name)
{
    const char *path = unfinished(folder, name);
    remove(path);
    FILE *file = fopen(path, "wx"); /* follows no link */
    if (!file)
        stop(path);
    return file;
}

void close_new(FILE *file, const char *folder, const char *name)
{
    const char *path = text_of("%s/%s", folder, name);
    if (ferror(file) | fclose(file) || rename(unfinished(folder, name), path) != 0)
        stop(path);
}
