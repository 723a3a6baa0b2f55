/* call.c: a call of a function of mathematics. */
#include "calls.h"
#include "text.h"
#include "writer.h"

/* A size that is passed on has to stay what it is. */
static const char *write_plain_call(Writer *writer, const Node *node)
{
    const char *arguments = "";
    for (const Node *k = node->kids; k; k = k->next) {
        bool is_real = type_of(&writer->scope, k) != TYPE_INT;
        arguments = format("%s%s%s", arguments, *arguments ? ", " : "",
                           is_real ? write_argument(writer, DIAL_ARGUMENT, k) : node_text(k));
    }
    return format("%s(%s)", node->first->text, arguments);
}

const char *write_call(Writer *writer, const Node *node)
{
    const MathCall *call = find_call(node->first->text);
    const Node *second = kid(node, 1);
    if (!call || call->positions == 0)
        return write_plain_call(writer, node);
    int number = writer->names++;
    const char *a = format("x%d", number), *b = second ? format("y%d", number) : a;
    const char *all =
        format("const real %s = %s;\n", a, write_argument(writer, DIAL_ARGUMENT, node->kids));
    if (second)
        all = format("%sconst real %s = %s;\n", all, b,
                     write_argument(writer, DIAL_ARGUMENT, second));
    int dial = add_dial(writer, DIAL_CALL, node, "", call->positions);
    const char *arguments = second ? format("%s, %s", a, b) : a;
    return format("({\n%sdial_at[%d] ? dial_called(dial_at[%d], %s, %s, %s) : %s(%s);\n})", all,
                  dial, dial, call->family, a, b, call->name, arguments);
}
