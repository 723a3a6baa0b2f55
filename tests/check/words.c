#include "words.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "phrases.h"
#include "spelling.h"
#include "twins.h"

enum { LONGEST_FORMULA = 24 };

/* One position of one dial, and the outputs it is about. */
typedef struct {
    const Dial *dial;
    int position;
    const Dialed *copy;
    bool vaguely; /* several places would do: nothing is said of which */
} Place;

/* -- the parts of a sentence ----------------------------------------------------------------------
 */

/* Whether the words of a formula are all known to the student: arguments, sizes, numbers and
 * functions. */
static bool is_known(const Place *place, const char *text)
{
    char word[TAG_SIZE];
    for (size_t length; *text; text += length ? length : 1) {
        length = word_length(text);
        snprintf(word, sizeof word, "%.*s", (int)length, text);
        bool is_name = length && !isdigit((unsigned char)*word) && text[length] != '(';
        if (is_name && !is_among(word, place->dial->mentions) &&
            !is_among(word, place->copy->sizes))
            return false;
    }
    return true;
}

/* Writes what the dial is on as a formula by hand if that is short and the student knows all of it.
 */
static bool is_formula(const Place *place, char *words, size_t size)
{
    char formula[DIAGNOSIS_SIZE];
    spell(place->dial->text, formula, sizeof formula);
    bool in_parentheses = is_in_parentheses(formula);
    size_t length = strlen(formula);
    snprintf(words, size, "%.*s", (int)length - 2 * in_parentheses, formula + in_parentheses);
    return !place->vaguely && length <= LONGEST_FORMULA && is_known(place, formula);
}

/* A short formula of what the student knows as it is; anything else by the arguments in it. */
static void describe_thing(const Place *place, char *words, size_t size)
{
    char formula[DIAGNOSIS_SIZE], made_of[LABEL_SIZE];
    const Dial *dial = place->dial;
    list_words(dial->mentions, made_of, sizeof made_of);
    if (dial->kind == DIAL_INDEX || dial->kind == DIAL_END)
        snprintf(words, size, "%s", dial->text);
    else if (dial->kind == DIAL_ORDER)
        snprintf(words, size, "%s", *made_of ? made_of : "something on the way");
    else if (place->vaguely)
        snprintf(words, size, "something");
    else if (is_formula(place, formula, sizeof formula))
        snprintf(words, size, "%s", formula);
    else if (*made_of)
        snprintf(words, size, "something made of %s", made_of);
    else
        snprintf(words, size, "a number");
}

/* "(1 - beta1)", or "u" for what is no formula. */
static void describe_short(const Place *place, char *words, size_t size)
{
    char formula[DIAGNOSIS_SIZE];
    if (!is_formula(place, formula, sizeof formula))
        snprintf(words, size, "u");
    else
        snprintf(words, size, strpbrk(formula, "+-/") ? "(%s)" : "%s", formula);
}

/* What u is, if it was used. */
static void describe_being(const Place *place, char *words, size_t size)
{
    char thing[LABEL_SIZE + 32];
    bool known = is_formula(place, words, size);
    words[0] = '\0';
    describe_thing(place, thing, sizeof thing);
    if (!known)
        snprintf(words, size, ", u being %s", thing);
}

/* The size that ends a loop. */
static void describe_steps(const Place *place, char *words, size_t size)
{
    const char *end = strchr(place->dial->text, '<');
    char bound[TAG_SIZE] = "";
    words[0] = '\0';
    if (end)
        snprintf(bound, sizeof bound, "%.*s", (int)strcspn(end + 1, ";"), end + 1);
    if (is_among(bound, place->copy->sizes))
        snprintf(words, size, " of %s steps", bound);
}

static void describe_mentions(const Place *place, char *words, size_t size)
{
    char list[LABEL_SIZE];
    bool is_one_of_some = place->dial->kind == DIAL_TERM || place->dial->kind == DIAL_COMPARE ||
                          place->dial->kind == DIAL_CONDITION;
    list_words(place->vaguely ? "" : place->dial->mentions, list, sizeof list);
    snprintf(words, size,
             !*list           ? "%s"
             : is_one_of_some ? ": one with %s in it"
                              : ": what is made of %s",
             list);
}

/* The one that is indexed, if the student knows it. */
static void describe_array(const Place *place, char *words, size_t size)
{
    const char *array = place->dial->mentions;
    int length = (int)strcspn(array, " ");
    snprintf(words, size, "%.*s", length ? length : LABEL_SIZE, length ? array : "an array");
}

/* X[i] read as i. */
static bool is_own_index(const Dial *dial, const char *instead)
{
    const char *index = strchr(dial->text, '[');
    size_t length = strlen(instead);
    return index && strncmp(index + 1, instead, length) == 0 && index[length + 1] == ']';
}

/* "-" or "dw,db": what a step makes. */
static void describe_made(const char *arguments, char *words, size_t size)
{
    size_t used = 0;
    if (*arguments == '-')
        arguments = "something on the way";
    for (; *arguments && used + 2 < size; arguments++)
        used += (size_t)snprintf(words + used, size - used, *arguments == ',' ? ", " : "%c",
                                 *arguments);
}

/* What stands instead, if the student knows it. */
static void describe_instead(const Place *place, char *words, size_t size)
{
    char what[TAG_SIZE];
    const Exercise *exercise = find_exercise(place->copy->name);
    word_at(place->dial->instead, place->position - 1, what);
    switch (place->dial->kind) {
    case DIAL_ORDER:
        describe_made(what, words, size);
        return;
    case DIAL_EXTRA:
        spell(what + 2 * (strncmp(what, "1/", 2) == 0), words, size);
        return;
    case DIAL_SIZE:
    case DIAL_END:
        snprintf(words, size, "%s", what);
        return;
    default:
        break;
    }
    snprintf(words, size, "%s",
             place->dial->kind == DIAL_INDEX   ? what
             : is_own_index(place->dial, what) ? "the place of an element"
                                               : "another result");
    for (int i = 0; exercise && i < count_arguments(exercise); i++)
        if (strcmp(exercise->arguments[i].name, what + (*what == '*')) == 0)
            snprintf(words, size, "%s", what);
}

static const char *size_at(const Place *place, char word[TAG_SIZE])
{
    return word_at(place->copy->sizes, (place->position - NUMBERS) / FORMS, word);
}

/* -- the sentence --------------------------------------------------------------------------------
 */

/* Where a size divides, whole numbers may have been divided. */
static void describe_zero(const Place *place, char *words, size_t size)
{
    const char *divided = strstr(place->dial->text, "/(real)");
    size_t length = divided ? word_length(divided + 7) : 0;
    snprintf(words, size, length ? " (in C, 1/%.*s of whole numbers is 0)" : "%.*s", (int)length,
             length ? divided + 7 : "");
}

static void fill_gap(const Place *place, char gap, char *words, size_t size)
{
    char size_name[TAG_SIZE];
    bool is_term = place->dial->kind == DIAL_TERM;
    switch (gap) {
    case 's':
        snprintf(words, size, is_term ? "a term" : "something");
        break;
    case 't':
        describe_thing(place, words, size);
        break;
    case 'u':
        describe_short(place, words, size);
        break;
    case 'b':
        describe_being(place, words, size);
        break;
    case 'f':
        snprintf(words, size, "%.*s", (int)strcspn(place->dial->text, "("), place->dial->text);
        break;
    case 'l':
        describe_steps(place, words, size);
        break;
    case 'm':
        describe_mentions(place, words, size);
        break;
    case 'i':
        describe_instead(place, words, size);
        break;
    case 'a':
        describe_array(place, words, size);
        break;
    case 'z':
        describe_zero(place, words, size);
        break;
    default:
        snprintf(words, size, "%s", size_at(place, size_name));
    }
}

static void fill_in(const Place *place, const char *pattern, char *text, size_t size)
{
    char words[LABEL_SIZE + 64];
    size_t used = 0;
    for (; *pattern && used + 1 < size; pattern++) {
        snprintf(words, sizeof words, "%c", *pattern);
        if (*pattern == '%')
            fill_gap(place, *++pattern, words, sizeof words);
        used += (size_t)snprintf(text + used, size - used, "%s", words);
    }
    text[used < size ? used : size - 1] = '\0';
}

/* So many dials of the function before this one would have the same label. */
static int namesakes(const Place *place)
{
    int count = 0;
    for (const Dial *d = dials + place->copy->first; d < place->dial; d++)
        count += d->kind == place->dial->kind && strcmp(d->text, place->dial->text) == 0;
    return count;
}

static void append_label(const Place *place, Diagnosis *found)
{
    char kind[TAG_SIZE], what[TAG_SIZE], label[3 * TAG_SIZE];
    int used = 0, before = namesakes(place);
    fill_in(place, phrase_of(place->dial, place->position)->label, kind, sizeof kind);
    used = snprintf(label, sizeof label, "%s%s%s:%s", found->label, *found->label ? "+" : "", kind,
                    place->dial->text);
    if (place->dial->instead[0])
        used += snprintf(label + used, sizeof label - (size_t)used, "<-%s",
                         word_at(place->dial->instead, place->position - 1, what));
    if (before)
        snprintf(label + used, sizeof label - (size_t)used, "#%d", before + 1);
    diagnosis_label(found, "%.*s", TAG_SIZE - 1, label);
}

void label_turn(const Turn *turn, const Dialed *copy, Diagnosis *found)
{
    diagnosis_label(found, "%s", turn->are_twins ? "twins" : "");
    for (int i = 0; i < (turn->are_twins ? 1 : turn->count); i++) {
        const Place place = {&dials[turn->dial[i]], turn->position[i], copy, false};
        append_label(&place, found);
    }
}

static bool has_label(const Turn *turn, const Dialed *copy, const char *label)
{
    Diagnosis found;
    label_turn(turn, copy, &found);
    return strcmp(found.label, label) == 0;
}

bool turn_labelled(const Dialed *copy, const char *label, Turn *turn)
{
    bool twins = strncmp(label, "twins+", 6) == 0;
    for (int d = copy->first; d < copy->first + copy->count; d++)
        for (int at = 1; at < dials[d].positions && strstr(label, dials[d].text); at++) {
            *turn = (Turn){.count = 1, .dial = {d}, .position = {at}};
            if (!twins && has_label(turn, copy, label))
                return true;
            if (twins && ((turn_twins(copy, d, at, turn) && has_label(turn, copy, label)) ||
                          (turn_square(copy, d, at, turn) && has_label(turn, copy, label))))
                return true;
        }
    return false;
}

/* Twins are one idea: what is said of them must hold for all. */
static bool differ(const Turn *turn)
{
    for (int i = 1; i < turn->count; i++)
        if (strcmp(dials[turn->dial[i]].text, dials[turn->dial[0]].text) != 0)
            return true;
    return false;
}

static void add_clause(const Turn *turn, int which, const Dialed *copy, bool vaguely,
                       Diagnosis *found)
{
    char clause[DIAGNOSIS_SIZE];
    const Place place = {&dials[turn->dial[which]], turn->position[which], copy, vaguely};
    fill_in(&place, phrase_of(place.dial, place.position)->clause, clause, sizeof clause);
    diagnosis_add(found, clause);
}

/* "if a factor is left out: x." */
static void describe_turn(const Turn *turn, const Dialed *copy, bool vaguely, Diagnosis *found)
{
    label_turn(turn, copy, found);
    if (turn->count == 1 || turn->are_twins) {
        diagnosis_say(found, "if ");
        add_clause(turn, 0, copy, vaguely || (turn->are_twins && differ(turn)), found);
        diagnosis_add(found, ".");
        return;
    }
    Diagnosis first, second;
    first.sentence[0] = second.sentence[0] = '\0';
    add_clause(turn, 0, copy, vaguely, &first);
    add_clause(turn, 1, copy, vaguely, &second);
    if (strcmp(first.sentence, second.sentence) == 0)
        diagnosis_say(found, "if in two places %s.", first.sentence);
    else
        diagnosis_say(found, "if two things are wrong at once: %s. And %s.", first.sentence,
                      second.sentence);
}

/* Two rather unlikely mistakes at once are a coincidence before one, and so is one in many places.
 */
static int rank_of(const Turn *turn)
{
    int rank = phrase_rank(&dials[turn->dial[0]], turn->position[0]);
    for (int i = 1; i < turn->count; i++)
        rank += turn->are_twins ? 1 : phrase_rank(&dials[turn->dial[i]], turn->position[i]);
    return rank;
}

const Turn *likeliest_turn(const Turns *turns)
{
    const Turn *likeliest = &turns->list[0];
    for (int i = 1; i < turns->count; i++)
        if (rank_of(&turns->list[i]) < rank_of(likeliest))
            likeliest = &turns->list[i];
    return likeliest;
}

/* How many different sentences there are for the likeliest turns; the first two are left. */
static int collect(const Turns *turns, const Dialed *copy, bool vaguely, Diagnosis said[2])
{
    int different = 0, least = rank_of(likeliest_turn(turns));
    for (int i = 0; i < turns->count; i++) {
        Diagnosis next;
        if (rank_of(&turns->list[i]) > least)
            continue;
        describe_turn(&turns->list[i], copy, vaguely, &next);
        if ((different > 0 && strcmp(next.sentence, said[0].sentence) == 0) ||
            (different > 1 && strcmp(next.sentence, said[1].sentence) == 0))
            continue;
        if (different < 2)
            said[different] = next;
        different++;
    }
    return different;
}

int words_for(const Turns *turns, const Dialed *copy, const char *outputs, Diagnosis *found)
{
    Diagnosis said[2];
    int different = collect(turns, copy, false, said);
    if (different > 2)
        different = collect(turns, copy, true, said);
    diagnosis_label(found, "%s", said[0].label);
    diagnosis_say(found, "%s %s what comes out ", outputs, strchr(outputs, ',') ? "are" : "is");
    diagnosis_add(found, said[0].sentence);
    if (different == 2) {
        diagnosis_add(found, " Or ");
        diagnosis_add(found, said[1].sentence);
    }
    return different <= 2 ? different : 0;
}
