#include "nn/json.h"

#include <string.h>

#include "error.h"

bool json_expected(const Json *json, const char *what)
{
    NOT_NULL(json, what);
    return error_return("%s: header, byte %td: expected %s", json->path, json->at - json->start,
                        what);
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void skip_space(Json *json)
{
    while (json->at < json->end && is_space(*json->at))
        json->at++;
}

/* Passes over white space, then over this character if it comes next. */
static bool took(Json *json, char wanted)
{
    skip_space(json);
    if (json->at == json->end || *json->at != wanted)
        return false;
    json->at++;
    return true;
}

bool json_object(Json *json, JsonMember *member, void *context)
{
    NOT_NULL(json);
    if (!took(json, '{'))
        return json_expected(json, "\"{\"");
    if (took(json, '}'))
        return true;
    do {
        char *key;
        if (!json_string(json, &key))
            return false;
        if (!took(json, ':'))
            return json_expected(json, "\":\"");
        if (!member(json, key, context))
            return false;
    } while (took(json, ','));
    return took(json, '}') || json_expected(json, "\",\" or \"}\"");
}

bool json_end(Json *json)
{
    NOT_NULL(json);
    skip_space(json);
    return json->at == json->end || json_expected(json, "nothing more");
}

/* -- strings ---------------------------------------------------------------------------------- */

/* The bytes of the character of UTF-8 that begins here: 1 to 4; 0 if none does. */
static int utf8_length(const char *at, const char *end)
{
    const unsigned char *c = (const unsigned char *)at;
    long left = end - at;
    int length = c[0] < 0x80 ? 1 : c[0] < 0xc2 ? 0 : c[0] < 0xe0 ? 2 : c[0] < 0xf0 ? 3 : 4;
    if (length > left || c[0] > 0xf4)
        return 0;
    for (int i = 1; i < length; i++)
        if (c[i] >> 6 != 2)
            return 0;
    bool overlong = (c[0] == 0xe0 && c[1] < 0xa0) || (c[0] == 0xf0 && c[1] < 0x90);
    bool surrogate = c[0] == 0xed && c[1] >= 0xa0, beyond = c[0] == 0xf4 && c[1] >= 0x90;
    return overlong || surrogate || beyond ? 0 : length;
}

/* Writes a character and returns the place after it. */
static char *utf8_put(char *to, uint32_t character)
{
    if (character < 0x80) {
        *to++ = (char)character;
        return to;
    }
    int more = character < 0x800 ? 1 : character < 0x10000 ? 2 : 3;
    *to++ = (char)(0xf00 >> (more + 1) | character >> 6 * more); /* 110xxxxx, 1110xxxx, 11110xxx */
    while (more-- > 0)
        *to++ = (char)(0x80 | (character >> 6 * more & 0x3f));
    return to;
}

/* Four hexadecimal digits. */
static bool read_unit(Json *json, uint32_t *unit)
{
    *unit = 0;
    for (int i = 0; i < 4; i++, json->at++) {
        static const char digits[] = "0123456789abcdef";
        char lower = json->at < json->end ? (char)(*json->at | 0x20) : '\0';
        const char *digit = memchr(digits, lower, sizeof digits - 1);
        if (!digit || *json->at < '0')
            return json_expected(json, "four hexadecimal digits");
        *unit = *unit << 4 | (uint32_t)(digit - digits);
    }
    return true;
}

/* What follows \u. What does not fit into four digits stands there as two surrogates. */
static bool read_character(Json *json, uint32_t *character)
{
    uint32_t low;
    if (!read_unit(json, character))
        return false;
    if (*character == 0)
        return json_expected(json, "no \\u0000");
    if (*character < 0xd800 || *character >= 0xe000)
        return true;
    if (*character >= 0xdc00 || json->end - json->at < 2 || memcmp(json->at, "\\u", 2) != 0)
        return json_expected(json, "a pair of surrogates");
    json->at += 2;
    if (!read_unit(json, &low))
        return false;
    if (low < 0xdc00 || low >= 0xe000)
        return json_expected(json, "a pair of surrogates");
    *character = 0x10000 + ((*character - 0xd800) << 10) + (low - 0xdc00);
    return true;
}

/* What follows a backslash. */
static bool read_escape(Json *json, uint32_t *character)
{
    static const char names[] = "\"\\/bfnrt", stands_for[] = "\"\\/\b\f\n\r\t";
    const char *name = json->at < json->end ? memchr(names, *json->at, sizeof names - 1) : NULL;
    if (name) {
        json->at++;
        *character = (uint32_t)stands_for[name - names];
        return true;
    }
    if (json->at == json->end || *json->at != 'u')
        return json_expected(json, "an escape: one of \"\\/bfnrtu");
    json->at++;
    return read_character(json, character);
}

bool json_string(Json *json, char **text)
{
    NOT_NULL(json, text);
    if (!took(json, '"'))
        return json_expected(json, "a string");
    char *to = *text = json->at;
    while (json->at < json->end && *json->at != '"') {
        int length = utf8_length(json->at, json->end);
        if (length == 0 || (unsigned char)*json->at < ' ')
            return json_expected(json, "a character of UTF-8, control characters escaped");
        if (*json->at == '\\') {
            uint32_t character = 0;
            json->at++;
            if (!read_escape(json, &character))
                return false;
            to = utf8_put(to, character);
        } else {
            memmove(to, json->at, (size_t)length);
            to += length;
            json->at += length;
        }
    }
    if (json->at == json->end)
        return json_expected(json, "the end of the string");
    json->at++;
    *to = '\0';
    return true;
}

void json_write_string(FILE *stream, const char *text)
{
    NOT_NULL(stream, text);
    const char *end = text + strlen(text);
    fputc('"', stream);
    while (text < end) {
        int length = utf8_length(text, end);
        if (length == 0)
            fputs("\\ufffd", stream);
        else if (*text == '"' || *text == '\\')
            fprintf(stream, "\\%c", *text);
        else if ((unsigned char)*text < ' ')
            fprintf(stream, "\\u%04x", (unsigned)*text);
        else
            fwrite(text, 1, (size_t)length, stream);
        text += length ? length : 1;
    }
    fputc('"', stream);
}

/* -- numbers ---------------------------------------------------------------------------------- */

static bool is_digit(const Json *json)
{
    return json->at < json->end && *json->at >= '0' && *json->at <= '9';
}

static bool read_number(Json *json, int64_t *number)
{
    skip_space(json);
    if (!is_digit(json))
        return json_expected(json, "a whole number, 0 or more");
    bool zero = *json->at == '0';
    *number = 0;
    do {
        if (__builtin_mul_overflow(*number, 10, number) ||
            __builtin_add_overflow(*number, *json->at - '0', number))
            return json_expected(json, "a number of at most 63 bits");
        json->at++;
    } while (is_digit(json) && !zero);
    return true;
}

bool json_numbers(Json *json, int most, int64_t numbers[], int *n)
{
    NOT_NULL(json, numbers, n);
    *n = 0;
    if (!took(json, '['))
        return json_expected(json, "\"[\"");
    if (took(json, ']'))
        return true;
    do {
        if (*n == most)
            return error_return("%s: header, byte %td: expected at most %d numbers", json->path,
                                json->at - json->start, most);
        if (!read_number(json, &numbers[(*n)++]))
            return false;
    } while (took(json, ','));
    return took(json, ']') || json_expected(json, "\",\" or \"]\"");
}
