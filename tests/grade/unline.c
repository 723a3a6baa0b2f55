/* unline.c: a C file without its line directives: unline <file >file
 *
 * #line 12 "file" and # 12 "file" say that what follows stands elsewhere, in a file that the
 * compiler would then quote. They become blanks. #pragma GCC dependency "file" asks how old a file
 * is, and leaves no trace: the word becomes another, everywhere, since a variable may be called so.
 * Everything else stays where it is. */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { MOST_BYTES = 1 << 20 };

static char text[MOST_BYTES + 8]; /* followed by a new line and zeros */
static size_t size;

/* Compilers take a byte that is zero for a blank. */
static bool is_blank(char c)
{
    return c != '\n' && (c == '\0' || isspace((unsigned char)c));
}

/* A line that ends with a backslash goes on in the next. */
static size_t past_splices(size_t i)
{
    while (i < size && text[i] == '\\') {
        size_t end = i + 1;
        while (end < size && is_blank(text[end]))
            end++;
        if (text[end] != '\n')
            break;
        i = end + 1;
    }
    return i;
}

static size_t next(size_t i)
{
    return past_splices(i + 1);
}

static bool is_at(size_t i, char first, char second)
{
    return i < size && text[i] == first && text[next(i)] == second;
}

static size_t past_comment(size_t i)
{
    if (is_at(i, '/', '/'))
        while (i < size && text[i] != '\n')
            i = next(i);
    if (!is_at(i, '/', '*'))
        return i;
    for (i = next(next(i)); i < size && !is_at(i, '*', '/');)
        i = next(i);
    return next(next(i));
}

static size_t past_blanks(size_t i)
{
    for (size_t before = i + 1; i < size && i != before;) {
        before = i;
        i = is_blank(text[i]) ? next(i) : past_comment(i);
    }
    return i;
}

static size_t past_quotes(size_t i)
{
    char quote = text[i];
    for (i = next(i); i < size && text[i] != quote && text[i] != '\n'; i = next(i))
        if (text[i] == '\\' && text[next(i)] != '\n')
            i = next(i);
    return text[i] == quote ? next(i) : i;
}

/* The end of the line, of which a comment may take several. */
static size_t past_line(size_t i)
{
    while (i < size && text[i] != '\n') {
        size_t after = past_comment(i);
        if (after == i)
            after = text[i] == '"' || text[i] == '\'' ? past_quotes(i) : next(i);
        i = after;
    }
    return i;
}

/* # and %: begin a directive. */
static bool is_line_directive(size_t i)
{
    char word[6] = "";
    if (is_at(i, '%', ':'))
        i = next(i);
    else if (text[i] != '#')
        return false;
    i = past_blanks(next(i));
    for (size_t n = 0; n < 5 && i < size && isalnum((unsigned char)text[i]); i = next(i))
        word[n++] = text[i];
    return isdigit((unsigned char)word[0]) || strcmp(word, "line") == 0;
}

static bool is_in_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static void rename_dependency(void)
{
    static const char word[] = "dependency", another[] = "dependenc_";
    for (size_t i = 0; i + strlen(word) <= size; i++)
        if (memcmp(text + i, word, strlen(word)) == 0 && !is_in_word(text[i + strlen(word)]) &&
            (i == 0 || !is_in_word(text[i - 1])))
            memcpy(text + i, another, strlen(another));
}

int main(void)
{
    size = fread(text, 1, MOST_BYTES, stdin);
    text[size] = '\n';
    size_t byte_order_mark = strncmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    for (size_t i = past_splices(byte_order_mark); i < size; i = next(i)) {
        size_t begin = i = past_blanks(i);
        i = past_line(i);
        if (is_line_directive(begin))
            for (size_t k = begin; k < i && k < size; k++)
                text[k] = text[k] == '\n' ? '\n' : ' ';
    }
    rename_dependency();
    return fwrite(text, 1, size, stdout) != size;
}
