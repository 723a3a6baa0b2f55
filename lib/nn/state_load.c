#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/utf8.h"
#include "error.h"
#include "nn/state_pieces.h"

enum { NAMED_IN_ERROR = 3 };

/* Zeros. */
static void *room(size_t size)
{
    void *memory = calloc(1, size + 1);
    if (!memory)
        error_stop("state_load: out of memory for %zu bytes", size);
    return memory;
}

/* A file beside the pieces. */
typedef struct {
    const SafeTensors *file;
    const SafeTensor **found; /* for each piece its tensor, or NULL */
    const char **missing, **left;
    int n_missing, n_left;
} Match;

static void match_begin(Match *match, const SafeTensors *file, const State *state)
{
    *match = (Match){.file = file};
    match->found = room((size_t)state->n * sizeof *match->found);
    match->missing = room((size_t)state->n * sizeof *match->missing);
    match->left = room((size_t)file->n * sizeof *match->left);
    bool *used = room((size_t)file->n);
    for (int i = 0; i < state->n; i++) {
        const char *name = state->piece[i].tensor.name;
        match->found[i] = safetensors_find(file, name);
        if (match->found[i])
            used[match->found[i] - file->tensor] = true;
        else
            match->missing[match->n_missing++] = name;
    }
    for (int i = 0; i < file->n; i++)
        if (!used[i])
            match->left[match->n_left++] = file->tensor[i].name;
    free(used);
}

static void match_end(Match *match)
{
    free(match->found);
    free(match->missing);
    free(match->left);
}

/* -- names ------------------------------------------------------------------------------------ */

/* 'missing "a", "b" and 2 more'. Control characters become "?": a terminal may get to see them. */
static void write_names(FILE *stream, const char *what, int n, const char *const names[], int most)
{
    fputs(what, stream);
    for (int i = 0; i < n && i < most; i++) {
        fputs(i ? ", \"" : " \"", stream);
        for (const char *c = names[i]; *c; c++)
            fputc((unsigned char)*c < ' ' || *c == '\x7f' ? '?' : *c, stream);
        fputc('"', stream);
    }
    if (n > most)
        fprintf(stream, " and %d more", n - most);
}

/* At most so many names of each kind, in a block for free(). */
static char *names_text(const Match *match, int most)
{
    char *text;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    if (!stream)
        error_stop("state_load: out of memory");
    if (match->n_missing)
        write_names(stream, "missing", match->n_missing, match->missing, most);
    if (match->n_left)
        write_names(stream, match->n_missing ? "; left over" : "left over", match->n_left,
                    match->left, most);
    if (fclose(stream) != 0)
        error_stop("state_load: out of memory");
    return text;
}

static bool check_names(const Match *match, bool strict)
{
    if (!strict || match->n_missing + match->n_left == 0)
        return true;
    char *text = names_text(match, NAMED_IN_ERROR);
    error_return("%s: %s", match->file->path, text);
    free(text);
    return false;
}

/* -- what is said ----------------------------------------------------------------------------- */

/* Bytes in the first few characters of a text. */
static int first_few(const char *text)
{
    const size_t length = strlen(text);
    int code, bytes = 0;
    for (int i = 0; i < 20 && text[bytes]; i++) {
        const int n = utf8_decode(text + bytes, length - (size_t)bytes, &code);
        bytes += n > 0 ? n : 1;
    }
    return bytes;
}

/* Both texts are shown from where they part. */
static bool refuse_meta(const SafeTensors *file, const char *key, const char *found,
                        const char *expected)
{
    int parting = 0;
    while (found[parting] && found[parting] == expected[parting])
        parting++;
    while (parting > 0 && ((unsigned char)found[parting] & 0xC0) == 0x80)
        parting--;
    found += parting;
    expected += parting;
    return error_return("%s: is of another %s: \"%.*s\" where \"%.*s\" is expected", file->path,
                        key, first_few(found), found, first_few(expected), expected);
}

static bool check_metas(const State *state, const SafeTensors *file)
{
    for (int i = 0; i < state->metas; i++) {
        const SafeMeta own = state->meta[i];
        const char *found = safetensors_meta(file, own.key);
        if (state->same[i] && found && strcmp(found, own.value) != 0)
            return refuse_meta(file, own.key, found, own.value);
    }
    return true;
}

/* -- does it fit? ----------------------------------------------------------------------------- */

static bool check_type(const SafeTensors *file, const SafeTensor *found, const Piece *piece,
                       bool exact)
{
    Dtype type = found->type, own = piece->tensor.type;
    if (type == own || (piece->reals && !exact && dtype_is_float(type)))
        return true;
    const char *why = !piece->reals ? ""
                      : exact       ? ", for a run to go on to the bit"
                                    : " or the like";
    return error_return("%s: \"%.80s\": dtype %s: expected %s%s", file->path, found->name,
                        dtype_name(type), dtype_name(own), why);
}

static bool check_shape(const SafeTensors *file, const SafeTensor *found, const Piece *piece)
{
    SafeTensor own = piece->tensor;
    bool same = found->ndim == own.ndim;
    for (int d = 0; same && !piece->text && d < own.ndim; d++)
        same = found->dim[d] == own.dim[d];
    if (same)
        return true;
    if (piece->text)
        return error_return("%s: \"%.80s\": shape %s: expected one dimension", file->path,
                            found->name, safetensors_shape_text(found));
    return error_return("%s: \"%.80s\": shape %s: expected %s", file->path, found->name,
                        safetensors_shape_text(found), safetensors_shape_text(&own));
}

static bool check_values(const SafeTensors *file, const SafeTensor *found, const Piece *piece)
{
    if (!piece->check)
        return true;
    size_t bytes = safetensors_bytes(found);
    void *values = room(bytes);
    memcpy(values, found->data, bytes);
    const char *expected = piece->check(values, piece->context);
    free(values);
    return !expected ||
           error_return("%s: \"%.80s\": expected %s", file->path, found->name, expected);
}

static bool check_pieces(const State *state, const Match *match, bool exact)
{
    const SafeTensors *file = match->file;
    for (int i = 0; i < state->n; i++) {
        const SafeTensor *found = match->found[i];
        const Piece *piece = &state->piece[i];
        if (found && !(check_type(file, found, piece, exact) && check_shape(file, found, piece) &&
                       check_values(file, found, piece)))
            return false;
    }
    return true;
}

/* -- reading ---------------------------------------------------------------------------------- */

static void take_text(const SafeTensor *found, char **text)
{
    size_t length = safetensors_bytes(found);
    char *fresh = room(length);
    memcpy(fresh, found->data, length);
    free(*text);
    *text = fresh;
}

static void take_transposed(const SafeTensors *file, const SafeTensor *found, real *to)
{
    int64_t out = found->dim[0], in = found->dim[1];
    real *from = room((size_t)(out * in) * sizeof *from);
    safetensors_reals(file, found, from);
    for (int64_t o = 0; o < out; o++)
        for (int64_t i = 0; i < in; i++)
            to[i * out + o] = from[o * in + i];
    free(from);
}

static void take(const SafeTensors *file, const SafeTensor *found, const Piece *piece)
{
    if (piece->text)
        take_text(found, piece->text);
    else if (piece->transposed)
        take_transposed(file, found, piece->memory);
    else if (piece->reals)
        safetensors_reals(file, found, piece->memory);
    else
        safetensors_exactly(file, found, piece->tensor.type, piece->memory);
    if (piece->owner)
        ag_bump_version(piece->owner);
}

static bool load(State *state, const char *path, bool strict, bool exact)
{
    SafeTensors file;
    Match match;
    if (!safetensors_open(&file, path))
        return false;
    match_begin(&match, &file, state);
    bool fits = check_metas(state, &file) && check_names(&match, strict) &&
                check_pieces(state, &match, exact);
    for (int i = 0; fits && i < state->n; i++)
        if (match.found[i])
            take(&file, match.found[i], &state->piece[i]);
    free(state->unmatched);
    state->unmatched = names_text(&match, state->n + file.n);
    match_end(&match);
    safetensors_close(&file);
    return fits;
}

bool state_load(State *state, const char *path, bool strict)
{
    NOT_NULL(state, path);
    return load(state, path, strict, false);
}

bool state_resume(State *state, const char *path)
{
    NOT_NULL(state, path);
    return load(state, path, true, true);
}
