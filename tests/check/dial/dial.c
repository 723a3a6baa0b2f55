/* dial.c: `dial solutions/NN_name.c` prints build/check/NN_name/dials.c: the solutions with dials
 * (see tests/check/dial.h). What it does not understand it copies as it is. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "text.h"
#include "writer.h"

static const char *read_file(const char *path)
{
    FILE *file = fopen(path, "r");
    if (!file)
        error_stop("dial: cannot read %s", path);
    char part[1024];
    const char *all = "";
    while (fgets(part, sizeof part, file))
        all = format("%s%s", all, part);
    fclose(file);
    return all;
}

/* A name before a ( outside of all functions, where a body follows. */
static void print_copies(const Token *at)
{
    const Token *start = at;
    while (at->kind != TOKEN_END) {
        const char *function = NULL;
        if (at->kind == TOKEN_WORD && is_token(at + 1, "("))
            function = write_function(start, &at);
        if (function) {
            printf("%s\n", function);
            start = at;
        } else if (at->kind == TOKEN_DIRECTIVE) {
            printf("%s%s%s\n", text_of(start, at), start < at ? "\n" : "", at->text);
            start = ++at;
        } else {
            at++;
        }
    }
    if (start < at)
        printf("%s\n", text_of(start, at));
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: dial solutions/NN_name.c\n");
        return EXIT_FAILURE;
    }
    const Token *tokens = tokenize(read_file(argv[1]));
    printf("#include \"dial.h\"\n#include \"dial_run.h\"\n");
    print_copies(tokens);
    print_dials();
    print_functions();
    return EXIT_SUCCESS;
}
