/* function.c: a function of the solution, and the table of all. */
#include <stdio.h>

#include "calls.h"
#include "error.h"
#include "parse.h"
#include "text.h"
#include "writer.h"

enum { MAX_FUNCTIONS = 100 };

static struct {
    const char *name, *sizes;
    int first, count;
} written[MAX_FUNCTIONS];
static int written_count;

/* -- arguments -- */

/* `Device *device`: something that is passed on, and of which nothing is known */
static bool read_other(Parser *parser, Writer *writer)
{
    if (parser->at->kind != TOKEN_WORD || !is_token(parser->at + 1, "*"))
        return false;
    parser->at += 2;
    declare(&writer->scope, parser->at->text, TYPE_OTHER);
    parser->at++;
    return true;
}

/* `const real x[n][k]`, `real *db`, `int n` */
static bool read_argument(Parser *parser, Writer *writer)
{
    bool is_const = is_token(parser->at, "const");
    const char *type = parse_type(parser);
    if (!type)
        return read_other(parser, writer);
    bool is_pointer = accept(parser, "*");
    Variable *variable = declare(&writer->scope, parser->at->text, type_named(type));
    parser->at++;
    while (!parser->failed && accept(parser, "[")) {
        const Token *first = parser->at;
        parse_expression(parser);
        add_dimension(variable, text_of(first, parser->at));
        expect(parser, "]");
    }
    bool is_value = !is_pointer && variable->dimensions == 0;
    variable->is_argument = true;
    variable->is_pointer = is_pointer;
    variable->is_input = is_const || is_value;
    variable->is_in_out = !is_const && !is_value && has_word(writer->given, variable->name);
    variable->has_value = variable->is_input || variable->is_in_out;
    if (is_value && variable->type == TYPE_INT)
        writer->sizes = add_words(writer->sizes, variable->name);
    return true;
}

static bool read_arguments(Parser *parser, Writer *writer)
{
    expect(parser, "(");
    if (accept(parser, "void"))
        expect(parser, ")");
    else
        do
            parser->failed |= !read_argument(parser, writer);
        while (!parser->failed && accept(parser, ","));
    expect(parser, ")");
    return !parser->failed;
}

/* -- its text -- */

static const char *write_top(const Writer *writer)
{
    if (!writer->has_terms)
        return writer->top;
    const char *sizes = "";
    int count = 0;
    for (int i = 0; i < writer->scope.count; i++)
        if (has_word(writer->sizes, writer->scope.variable[i].name)) {
            sizes = format("%s%s, ", sizes, writer->scope.variable[i].name);
            count++;
        }
    return format("real dial_times[NUMBERS + FORMS * %d];\n"
                  "dial_coefficients(%d, (const int[]){%s0}, dial_times);\n%s",
                  count, count, sizes, writer->top);
}

static const char *write_body(Writer *writer, const Token *name)
{
    Parser parser = {name + 1, false};
    writer->function = name->text;
    writer->sizes = writer->target = writer->top = "";
    writer->updated = NULL;
    writer->scope.count = 0;
    writer->loops = writer->sums = writer->earlies = writer->lates = writer->names = 0;
    if (!read_arguments(&parser, writer) || !is_token(parser.at, "{"))
        return NULL;
    const Node *body = parse_statement(&parser);
    if (parser.failed)
        return NULL;
    const char *text = write_statement(writer, body);
    return format("%s\n{\n%s%s}\n", text_of(name + 1, body->first), write_top(writer), text);
}

/* From `(` to behind the `)` that belongs to it, and likewise for others. */
static const Token *behind_pair(const Token *at)
{
    int depth = 0;
    do {
        depth += has_word("( { [", at->text) - has_word(") } ]", at->text);
        at++;
    } while (depth > 0 && at->kind != TOKEN_END);
    return at;
}

const char *write_function(const Token *start, const Token **at)
{
    const Token *name = *at, *body = behind_pair(name + 1);
    if (!is_token(body, "{"))
        return NULL;
    Writer *writer = keep(sizeof *writer);
    int first = count_dials();
    writer->guarded = writer->given = "";
    const char *text = write_body(writer, name);
    forget_dials(first);
    if (text)
        text = write_body(writer, name);
    *at = behind_pair(body);
    if (written_count == MAX_FUNCTIONS)
        error_stop("dial: more than %d functions", MAX_FUNCTIONS);
    written[written_count].name = name->text;
    written[written_count].sizes = writer->sizes;
    written[written_count].first = first;
    written[written_count++].count = count_dials() - first;
    if (name > start && is_token(name - 1, "real"))
        add_call(name->text);
    if (!text)
        return format("%s\n", text_of(start, *at));
    return format("%s%s", text_of(start, name + 1), text);
}

void print_functions(void)
{
    printf("const Dialed dialed[] = {\n");
    for (int i = 0; i < written_count; i++)
        printf("    {\"%s\", (Function)%s, \"%s\", %d, %d},\n", written[i].name, written[i].name,
               written[i].sizes, written[i].first, written[i].count);
    printf("    {0}};\n");
}
