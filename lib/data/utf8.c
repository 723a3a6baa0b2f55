#include "data/utf8.h"

#include <string.h>

#include "error.h"

/* The forms of UTF-8, by length: what of the first byte says which it is, what that is, and the
 * least character for which the form is the shortest. */
static const struct {
    unsigned mask, lead;
    int least;
} forms[UTF8_MOST + 1] = {
    {0}, {0x80, 0x00, 0}, {0xE0, 0xC0, 0x80}, {0xF0, 0xE0, 0x800}, {0xF8, 0xF0, 0x10000}};

static bool is_code(int code)
{
    bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    return code >= 0 && code < UTF8_CODES && !surrogate;
}

int utf8_decode(const char *bytes, size_t n, int *code)
{
    NOT_NULL(bytes, code);
    const unsigned first = (unsigned char)bytes[0];
    int length = 1;
    *code = -1;
    while (length <= UTF8_MOST && (first & forms[length].mask) != forms[length].lead)
        length++;
    if (length > UTF8_MOST || (size_t)length > n)
        return 0;
    unsigned value = first & ~forms[length].mask;
    for (int i = 1; i < length; i++) {
        const unsigned next = (unsigned char)bytes[i];
        if ((next & 0xC0) != 0x80)
            return 0;
        value = value << 6 | (next & 0x3F);
    }
    if ((int)value < forms[length].least || !is_code((int)value))
        return 0;
    *code = (int)value;
    return length;
}

int utf8_encode(int code, char bytes[UTF8_MOST])
{
    NOT_NULL(bytes);
    if (!is_code(code))
        error_stop("utf8_encode: %d: expected a code point, and no half of a surrogate pair", code);
    int length = UTF8_MOST;
    while (code < forms[length].least)
        length--;
    for (int i = length - 1; i > 0; i--, code >>= 6)
        bytes[i] = (char)(0x80 | (code & 0x3F));
    bytes[0] = (char)(forms[length].lead | (unsigned)code);
    return length;
}

/* Every character has one byte that is not a continuation. */
size_t utf8_length(const char *text)
{
    NOT_NULL(text);
    size_t length = 0;
    for (; *text; text++)
        length += ((unsigned char)*text & 0xC0) != 0x80;
    return length;
}

int utf8_mark(const char *bytes, size_t n)
{
    NOT_NULL(bytes);
    static const char mark[] = "\xEF\xBB\xBF";
    return n >= 3 && memcmp(bytes, mark, 3) == 0 ? 3 : 0;
}

bool utf8_is_letter(int code)
{
    /* Of the control characters, those that join letters or keep them apart (200C, 200D) are left:
     * Persian and the languages of India spell with them. */
    static const int no_letters[][2] = {
        {0x00, 0x26},     {0x28, 0x2C},     {0x2E, 0x40},     {0x5B, 0x60},      {0x7B, 0xA0},
        {0x1680, 0x1680}, {0x2000, 0x200B}, {0x200E, 0x200F}, {0x2028, 0x202F},  {0x205F, 0x206F},
        {0x3000, 0x3000}, {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFF}, {0xE0000, 0xE007F}};
    for (size_t i = 0; i < sizeof no_letters / sizeof no_letters[0]; i++)
        if (code >= no_letters[i][0] && code <= no_letters[i][1])
            return false;
    return is_code(code);
}
