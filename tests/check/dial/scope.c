#include "scope.h"

#include "calls.h"
#include "error.h"
#include "text.h"

Variable *declare(Scope *scope, const char *name, Type type)
{
    if (scope->count == MAX_VARIABLES)
        error_stop("dial: more than %d variables in a function", MAX_VARIABLES);
    Variable *variable = &scope->variable[scope->count++];
    *variable =
        (Variable){.name = name, .type = type, .shape = "", .mentions = "", .stored_dial = -1};
    return variable;
}

void add_dimension(Variable *variable, const char *size)
{
    if (variable->dimensions == MAX_DIMENSIONS)
        error_stop("dial: %s has more than %d dimensions", variable->name, MAX_DIMENSIONS);
    variable->dimension[variable->dimensions++] = size;
    variable->shape = format("%s[%s]", variable->shape, size);
}

Variable *find_variable(Scope *scope, const char *name)
{
    for (int i = scope->count - 1; i >= 0; i--)
        if (same(scope->variable[i].name, name))
            return &scope->variable[i];
    return NULL;
}

Variable *variable_of(Scope *scope, const Node *node)
{
    if (node->kind == NAME)
        return find_variable(scope, node->first->text);
    if (node->kind == ELEMENT || node->kind == POINTED)
        return find_variable(scope, node->kids->first->text);
    return NULL;
}

Type type_named(const char *name)
{
    if (same(name, "int"))
        return TYPE_INT;
    if (same(name, "real") || same(name, "double"))
        return TYPE_REAL;
    return same(name, "double complex") || same(name, "real complex") ? TYPE_COMPLEX : TYPE_OTHER;
}

static Type most_of(Scope *scope, const Node *first)
{
    Type most = TYPE_INT;
    for (const Node *k = first; k; k = k->next) {
        Type type = type_of(scope, k);
        most = type > most ? type : most;
    }
    return most;
}

/* A whole array or a pointer is no number. */
static Type type_of_variable(Scope *scope, const Node *node)
{
    const Variable *variable = variable_of(scope, node);
    if (node->kind == NAME && is_token(node->first, "I"))
        return TYPE_COMPLEX;
    if (!variable || (node->kind == POINTED) != variable->is_pointer)
        return TYPE_OTHER;
    int subscripts = 0;
    for (const Node *k = node->kids; node->kind == ELEMENT && k->next; k = k->next)
        subscripts++;
    return subscripts == variable->dimensions ? variable->type : TYPE_OTHER;
}

static Type type_of_call(Scope *scope, const Node *node)
{
    Type given = most_of(scope, node->kids);
    const MathCall *call = find_call(node->first->text);
    if (call && !*call->family)
        return TYPE_REAL;
    if (given == TYPE_OTHER || !call)
        return TYPE_OTHER;
    if (given == TYPE_COMPLEX)
        return has_word("creal cimag cabs", node->first->text) ? TYPE_REAL : TYPE_OTHER;
    return TYPE_REAL;
}

static Type type_of_number(const char *text)
{
    for (; *text; text++)
        if (*text < '0' || *text > '9')
            return TYPE_REAL;
    return TYPE_INT;
}

Type type_of(Scope *scope, const Node *node)
{
    switch (node->kind) {
    case NUMBER:
        return type_of_number(node->first->text);
    case NAME:
    case ELEMENT:
    case POINTED:
        return type_of_variable(scope, node);
    case CALL_OF:
        return type_of_call(scope, node);
    case CAST:
        return type_of(scope, node->kids) == TYPE_OTHER ? TYPE_OTHER : type_named(node->sign);
    case BINARY:
        if (is_binary(node, "== != < > <= >= && ||"))
            return most_of(scope, node->kids) == TYPE_OTHER ? TYPE_OTHER : TYPE_INT;
        return most_of(scope, node->kids);
    case UNARY:
    case PARENTHESES:
        return same(node->sign, "!") ? TYPE_INT : type_of(scope, node->kids);
    case TERNARY:
        return most_of(scope, node->kids) == TYPE_OTHER ? TYPE_OTHER : most_of(scope, kid(node, 1));
    case ASSIGNMENT:
        return type_of(scope, node->kids);
    default:
        return TYPE_OTHER;
    }
}

const char *read_as(const Variable *variable)
{
    return variable->is_pointer ? format("*%s", variable->name) : variable->name;
}

static bool is_mentioned(const Variable *variable)
{
    return variable->is_argument && (variable->type != TYPE_INT || variable->dimensions > 0);
}

static void collect_mentions(Scope *scope, const Node *node, const char **direct,
                             const char **through)
{
    for (const Token *at = node->first; at < node->last; at++) {
        const Variable *variable = find_variable(scope, at->text);
        if (!variable)
            continue;
        *through = add_words(*through, variable->mentions);
        if (is_mentioned(variable))
            *direct = add_words(*direct, variable->name);
    }
}

const char *mentions_of(Scope *scope, const Node *node)
{
    const char *direct = "", *through = "";
    collect_mentions(scope, node, &direct, &through);
    return *direct ? direct : through;
}

void make_of(Scope *scope, Variable *variable, const Node *node)
{
    const char *direct = "", *through = "";
    collect_mentions(scope, node, &direct, &through);
    variable->mentions = add_words(variable->mentions, add_words(direct, through));
}

const char *meaning_of(Scope *scope, const Node *node)
{
    const char *meaning = "!";
    for (const Token *at = node->first; at < node->last; at++) {
        if (at->kind != TOKEN_WORD)
            continue;
        const Variable *variable = find_variable(scope, at->text);
        if (!variable)
            return "";
        bool is_local = !variable->is_argument && !variable->header;
        meaning = format("%s %s %s %d", meaning, at->text, variable->header ? variable->header : "",
                         is_local ? (int)(variable - scope->variable) : -1);
    }
    return meaning;
}
