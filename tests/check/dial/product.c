/* product.c: f * g / h. Its factors get names of their own, so that each can take part in two dials
 * and is still calculated once. */
#include "text.h"
#include "writer.h"

enum { MAX_FACTORS = 10 };

typedef struct {
    const Node *node;
    bool divides;
    const char *name; /* of the variable that it is in */
    int with_next;    /* the dial that adds it to the next one; -1: none */
} Factor;

typedef struct {
    Factor factor[MAX_FACTORS];
    int count;
    bool understood;
} Product;

/* From left to right; a quotient of two ints is cut off, and stays as it is. */
static void collect(Writer *writer, const Node *node, Product *product)
{
    const Node *left = node->kids, *right = kid(node, 1);
    if (is_binary(left, "* /"))
        collect(writer, left, product);
    else
        product->factor[product->count++] = (Factor){left, false, "", -1};
    bool divides = same(node->sign, "/");
    if (product->count == MAX_FACTORS || (divides && type_of(&writer->scope, node) == TYPE_INT))
        product->understood = false;
    else
        product->factor[product->count++] = (Factor){right, divides, "", -1};
}

static bool is_size(Writer *writer, const Node *node)
{
    while (node->kind == CAST || node->kind == PARENTHESES)
        node = node->kids;
    return node->kind == NAME && has_word(writer->sizes, node->first->text);
}

static bool is_one(const Node *node)
{
    return node->kind == NUMBER && is_token(node->first, "1");
}

/* (real)(j == y[i]) is 0 or 1, and stays so. */
static bool is_truth(const Node *node)
{
    while (node->kind == CAST || node->kind == PARENTHESES)
        node = node->kids;
    return is_binary(node, "== != < > <= >= && ||");
}

/* Of a size or a literal, most changes mean nothing: there are terms for other numbers. */
static const char *write_changed(Writer *writer, DialKind kind, const Node *node, const char *value)
{
    int positions = is_size(writer, node) || is_literal(node) ? ROOTED + 1 : CHANGES;
    if (is_truth(node))
        positions = LEFT_OUT + 1;
    int dial = add_dial(writer, kind, node, "", positions);
    return format("dial_changed(dial_at[%d], %s)", dial, value);
}

static const char *write_factor(Writer *writer, DialKind kind, const Node *node)
{
    if (node->kind == UNARY && same(node->sign, "-"))
        return format("-%s", write_factor(writer, kind, node->kids));
    if (type_of(&writer->scope, node) == TYPE_COMPLEX)
        return write_real(writer, node);
    const char *value = write_real(writer, node);
    return is_one(node) ? value : write_changed(writer, kind, node, value);
}

const char *write_argument(Writer *writer, DialKind kind, const Node *node)
{
    const char *value = write_real(writer, node);
    if (is_literal(node) || is_binary(bare(node), "* /") ||
        type_of(&writer->scope, node) > TYPE_REAL)
        return value;
    return write_changed(writer, kind, node, value);
}

static const char *write_names(Writer *writer, Product *product)
{
    const char *all = "";
    int number = writer->names++;
    for (int i = 0; i < product->count; i++) {
        Factor *f = &product->factor[i];
        f->name = format("f%d_%d", number, i);
        const char *type =
            type_of(&writer->scope, f->node) == TYPE_COMPLEX ? "double complex" : "real";
        DialKind kind = f->divides ? DIAL_DIVISOR : DIAL_FACTOR;
        all = format("%sconst %s %s = %s;\n", all, type, f->name,
                     write_factor(writer, kind, f->node));
    }
    return all;
}

static bool can_be_added(Writer *writer, const Factor *factor)
{
    return !factor->divides && !is_literal(factor->node) &&
           type_of(&writer->scope, factor->node) != TYPE_COMPLEX;
}

static void add_to_next(Writer *writer, Product *product)
{
    for (int i = 0; i + 1 < product->count; i++) {
        Factor *a = &product->factor[i], *b = a + 1;
        if (!can_be_added(writer, a) || !can_be_added(writer, b))
            continue;
        Node both = {BINARY, "*", a->node->first, b->node->last, NULL, NULL};
        a->with_next = add_dial(writer, DIAL_PRODUCT, &both, "", 2);
    }
}

/* Where a * b becomes a + b, a is 1 and b is the sum. */
static const char *write_use(const Product *product, int i)
{
    const Factor *f = &product->factor[i], *before = f - 1;
    const char *use = f->name;
    if (f->with_next >= 0)
        use = format("dial_at[%d] ? 1 : %s", f->with_next, use);
    if (i > 0 && before->with_next >= 0)
        use = format("dial_at[%d] ? %s + %s : %s", before->with_next, before->name, f->name, use);
    return format("(%s)", use);
}

const char *write_product(Writer *writer, const Node *node)
{
    Product product = {.understood = true};
    collect(writer, node, &product);
    if (!product.understood)
        return node_text(node);
    const char *all = write_names(writer, &product);
    add_to_next(writer, &product);
    const char *value = write_use(&product, 0);
    for (int i = 1; i < product.count; i++)
        value = format("%s %s %s", value, product.factor[i].divides ? "/" : "*",
                       write_use(&product, i));
    return format("({\n%s%s;\n})", all, value);
}
