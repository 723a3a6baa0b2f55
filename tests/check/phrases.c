#include "phrases.h"

#include <stdbool.h>
#include <string.h>

static const Phrase numbers[NUMBERS + FORMS] = {
    [TIMES_0] = {"missing-term", "%s is left out%m%z"},
    [TIMES_MINUS_1] = {"wrong-sign", "%s has the wrong sign%m"},
    [TIMES_2] = {"times-2", "%s is twice what it should be%m"},
    [TIMES_HALF] = {"times-1/2", "%s is half of what it should be%m"},
    [TIMES_4] = {"times-4", "%s is four times what it should be%m"},
    [TIMES_QUARTER] = {"times-1/4", "%s is a quarter of what it should be%m"},
    [NUMBERS + N] = {"times-%n", "%s is %n times what it should be%m; look for a division by %n "
                                 "left out, or something added %n times over"},
    [NUMBERS + PER_N] = {"divided-by-%n", "%s is 1/%n of what it should be%m; look for a division "
                                          "by %n too many"},
    [NUMBERS + N_LESS] = {"times-(%n-1)", "%s is %n - 1 times what it should be%m"},
    [NUMBERS + PER_N_LESS] = {"divided-by-(%n-1)", "%s is 1/(%n - 1) of what it should be%m"},
    [NUMBERS + N_LESS_PER_N] = {"%n-for-(%n-1)", "%s is (%n - 1)/%n of what it should be%m; look "
                                                 "for a division by %n where %n - 1 belongs"},
    [NUMBERS + N_PER_N_LESS] = {"(%n-1)-for-%n", "%s is %n/(%n - 1) of what it should be%m; look "
                                                 "for a division by %n - 1 where %n belongs"},
    [NUMBERS + ROOT_N] = {"times-root-%n", "%s is sqrt(%n) times what it should be%m"},
    [NUMBERS + PER_ROOT_N] = {"divided-by-root-%n", "%s is 1/sqrt(%n) of what it should be%m"},
};

static const Phrase factors[CHANGES] = {
    [LEFT_OUT] = {"missing-factor", "a factor is left out: %t"},
    [INVERTED] = {"inverted", "there is a division by %t where a multiplication belongs"},
    [SQUARED] = {"squared", "the square of %u stands where %u belongs%b"},
    [ROOTED] = {"rooted", "the square root of %u stands where %u belongs%b"},
    [ONE_MINUS] = {"one-minus", "1 - %u stands where %u belongs%b"},
    [NEGATED] = {"negated", "the sign of %t is wrong"},
    [EXP] = {"exp-of", "exp(%u) stands where %u belongs%b"},
    [LOG] = {"log-of", "log(%u) stands where %u belongs%b"},
    [TANH] = {"tanh-of", "tanh(%u) stands where %u belongs%b"},
    [SIGMOID] = {"sigmoid-of", "the sigmoid of %u stands where %u belongs%b"},
    [ABSOLUTE] = {"absolute", "|%u| stands where %u belongs%b"},
    [TRUNCATED] = {"truncated", "what stands behind the point is cut off from %t, as in an int"},
};

static const Phrase arguments[CHANGES] = {
    [LEFT_OUT] = {"one-for", "1 stands where %u belongs%b"},
    [INVERTED] = {"inverse", "1/%u stands where %u belongs%b"},
    [NEGATED] = {"negated", "the sign of %t is turned, or what is made of it is taken for its "
                            "opposite, as p for 1 - p"},
};

static const Phrase divisors[CHANGES] = {
    [LEFT_OUT] = {"missing-divisor", "a division is left out: by %t"},
    [INVERTED] = {"inverted", "there is a multiplication by %t where a division belongs"},
    [SQUARED] = {"squared", "there are two divisions by %u where one belongs%b"},
};

static const Change operands[OPERANDS] = {
    [OPERAND_ABSOLUTE] = ABSOLUTE, [OPERAND_NEGATED] = NEGATED, [OPERAND_TRUNCATED] = TRUNCATED};

static const Phrase loops[LOOPS] = {
    [BEGINS_LATE] = {"begins-late", "a loop%l begins one too late"},
    [ENDS_EARLY] = {"ends-early", "a loop%l ends one too soon"},
    [RUNS_ONCE] = {"runs-once", "a loop%l runs only once: only its first element or term is there"},
    [NEVER_RUNS] = {"never-runs", "a loop%l is left out"},
};

static const Phrase calls[CALLS] = {
    [FIRST_ARGUMENT] = {"no-call", "%f() is left out, in %t"},
    [SECOND_ARGUMENT] = {"second-alone", "%f() is left out, in %t"},
    [OTHER_EXTREME] = {"other-extreme", "fmin stands where fmax belongs, or fmax where fmin"},
};

static const Phrase bases[] = {
    [BASE_2] = {"base-2", "the base of %t is 2 and not e"},
    [BASE_10] = {"base-10", "the base of %t is 10 and not e"},
};

static const Phrase comparisons[COMPARISONS] = {
    [WITH_OR_WITHOUT_EQUAL] = {"equal", "where two things that are compared are equal, the "
                                        "other case is taken%m"},
    [REVERSED] = {"reversed", "a comparison is the wrong way round%m"},
    [BOTH] = {"reversed-equal", "a comparison is the wrong way round%m"},
};

static const Phrase conditions[CONDITIONS] = {
    [HOLDS_ALWAYS] = {"no-condition", "a condition is left out%m"},
    [HOLDS_NEVER] = {"never", "a case is left out%m"},
    [HOLDS_OTHERWISE] = {"otherwise", "a condition is the wrong way round%m"},
};

static const Phrase stores[STORES] = {
    [AS_INT] = {"int", "what stands behind the point is cut off on the way, as in an int or in a "
                       "quotient of whole numbers"},
    [AS_FLOAT] = {"float", "something on the way is kept in a float, which has seven digits; real "
                           "is a double here"},
};

#define AROUND_SUM                                                                                 \
    "only one of the terms of %t is multiplied or divided by what stands beside them, as without " \
    "parentheses"
static const Phrase around_sum = {"parentheses", AROUND_SUM};
static const Phrase around_product = {"parentheses", "parentheses are left out around %t: "
                                                     "a / (b * c) is not a / b * c"};
static const Phrase minus_sum = {"parentheses-minus", AROUND_SUM};
static const Phrase part_sum = {"parentheses-part", AROUND_SUM};
static const Phrase too_soon = {"parentheses", "the parentheses of a function end too soon, in "
                                               "%t"};
static const Phrase moved_out = {"moved-out", "f(a) + b stands where f(a + b) belongs, f(a + b) "
                                              "being %t"};
static const Phrase moved_in = {"moved-in", "f(a + b) stands where f(a) + b belongs, f(a) + b "
                                            "being %t"};
static const Phrase spread = {"spread", "a term is multiplied or divided by what belongs to its "
                                        "neighbour alone: a * (b + c) is not a * b + c"};
static const Phrase accumulate = {"accumulate", "only the last term of a sum is left: = stands "
                                                "where += belongs, or the sum is set to zero "
                                                "inside its loop"};
static const Phrase used_early = {"used-early", "a sum is used before it is complete: it takes two "
                                                "loops, one after the other"};
static const Phrase not_reset = {"not-reset", "a sum, or a running product, is not begun anew each "
                                              "time: it carries on what those before have left"};
static const Phrase added = {"added", "two things are added that should be multiplied%m"};
static const Phrase instead = {"instead", "%i stands where %t belongs"};
static const Phrase index_instead = {"index", "an index of %a is %i where it should be %t"};
static const Phrase stale = {"stale", "%t is taken as it was at first, where its new value "
                                      "belongs"};
static const Phrase skipped = {"skipped", "%t keeps its old value where a new one belongs"};

static const Phrase exponent = {"inverted", "the exponent of %t has the wrong sign, or it divides "
                                            "where it should multiply"};
static const Phrase divisors_exponent = {"inverted", "the exponent of %t has the wrong sign, or it "
                                                     "multiplies where it should divide"};
static const Phrase order = {"order",
                             "two steps are done in the wrong order: the one that makes %i "
                             "before the one that makes %t"};
static const Phrase order_of_one = {"order", "two steps that make %t are done in the wrong order"};
static const Phrase order_on_the_way = {"order", "two steps on the way are done in the wrong "
                                                 "order"};
static const Phrase size = {"size", "%i stands where %t belongs"};
static const Phrase end = {"runs-to", "a loop that should run to %t stops at %i"};
static const Phrase extra = {"times", "%s is multiplied by %i once too often%m"};
static const Phrase extra_divisor = {"over", "%s is divided by %i once too often%m"};

/* Whether one of the signs stands between two things, inside of so many parentheses. */
static bool has_sign(const char *text, const char *signs, int depth)
{
    for (const char *at = text; *at; at++) {
        depth += (*at == ')' || *at == ']') - (*at == '(' || *at == '[');
        if (depth == 0 && at > text && strchr(signs, *at) && !strchr("([,+-*/", at[-1]))
            return true;
    }
    return false;
}

static const Phrase *phrase_of_parentheses(const Dial *dial, int position)
{
    if (has_sign(dial->text, "+-", 0))
        return &moved_in;
    if (position == ENDS_INSIDE)
        return &moved_out;
    if (dial->text[0] != '(')
        return &too_soon;
    return has_sign(dial->text, "+-", 1) ? &around_sum : &around_product;
}

/* == and != are the opposites of each other. */
static const Phrase *phrase_of_comparison(const Dial *dial, int position)
{
    bool is_opposite = dial->instead[0] == '!' || dial->instead[0] == '=';
    return &comparisons[is_opposite ? REVERSED : position];
}

/* The other step makes something else, or the same. */
static const Phrase *phrase_of_order(const Dial *dial, int position)
{
    const char *other = dial->instead;
    for (; position > 1; position--)
        other = strchr(other, ' ') + 1;
    size_t length = strcspn(other, " ");
    if (!dial->mentions[0] && *other == '-')
        return &order_on_the_way;
    bool is_same = length == strlen(dial->mentions) && strncmp(other, dial->mentions, length) == 0;
    return is_same ? &order_of_one : &order;
}

static const Phrase *phrase_of_extra(int position)
{
    return position % 2 ? &extra : &extra_divisor;
}

static const Phrase *phrase_of_call(const Dial *dial, int position)
{
    bool has_base = strncmp(dial->text, "log(", 4) == 0 || strncmp(dial->text, "exp(", 4) == 0;
    return position >= BASE_2 && has_base ? &bases[position] : &calls[position];
}

const Phrase *phrase_of(const Dial *dial, int position)
{
    int number = position < NUMBERS ? position : NUMBERS + (position - NUMBERS) % FORMS;
    bool is_exp = strncmp(dial->text, "exp(", 4) == 0;
    switch (dial->kind) {
    case DIAL_TERM:
    case DIAL_RESULT:
        return &numbers[number];
    case DIAL_DIVISOR:
        if (position == INVERTED && is_exp)
            return &divisors_exponent;
        return divisors[position].label ? &divisors[position] : &factors[position];
    case DIAL_ARGUMENT:
        return arguments[position].label ? &arguments[position] : &factors[position];
    case DIAL_OPERAND:
        return &factors[operands[position]];
    case DIAL_FACTOR:
        return position == INVERTED && is_exp ? &exponent : &factors[position];
    case DIAL_READ:
        return &instead;
    case DIAL_INDEX:
        return &index_instead;
    case DIAL_LOOP:
        return &loops[position];
    case DIAL_ADDS:
        return &accumulate;
    case DIAL_RESET:
        return &not_reset;
    case DIAL_EARLY:
        return &used_early;
    case DIAL_CALL:
        return phrase_of_call(dial, position);
    case DIAL_COMPARE:
        return phrase_of_comparison(dial, position);
    case DIAL_CONDITION:
        return &conditions[position];
    case DIAL_PARENTHESES:
        return phrase_of_parentheses(dial, position);
    case DIAL_SPREAD:
        return &spread;
    case DIAL_STALE:
        return &stale;
    case DIAL_SKIPPED:
        return &skipped;
    case DIAL_ORDER:
        return phrase_of_order(dial, position);
    case DIAL_SIZE:
        return &size;
    case DIAL_END:
        return &end;
    case DIAL_EXTRA:
        return phrase_of_extra(position);
    case DIAL_MINUS:
        return &minus_sum;
    case DIAL_PART:
        return &part_sum;
    case DIAL_DIFFERENCE:
        return &factors[TRUNCATED];
    case DIAL_PRODUCT:
        return &added;
    case DIAL_STORED:
        return &stores[position];
    }
    return NULL;
}

int phrase_rank(const Dial *dial, int position)
{
    switch (dial->kind) {
    case DIAL_FACTOR:
    case DIAL_DIVISOR:
    case DIAL_ARGUMENT:
        return position == LEFT_OUT ? 1 : position == INVERTED ? 2 : position <= ROOTED ? 4 : 6;
    case DIAL_TERM:
        return position <= TIMES_MINUS_1 ? 2 : 5;
    case DIAL_RESULT:
        return position <= TIMES_MINUS_1 ? 3 : 6;
    case DIAL_COMPARE:
        return position == WITH_OR_WITHOUT_EQUAL ? 2 : 1;
    case DIAL_LOOP:
        return position == NEVER_RUNS ? 4 : 1;
    case DIAL_READ:
    case DIAL_INDEX:
    case DIAL_SPREAD:
        return 3;
    case DIAL_SKIPPED:
        return 2;
    case DIAL_ORDER:
    case DIAL_SIZE:
    case DIAL_END:
        return 4;
    case DIAL_OPERAND:
    case DIAL_DIFFERENCE:
    case DIAL_PRODUCT:
        return 6;
    case DIAL_EXTRA:
    case DIAL_STORED:
        return 7;
    default:
        return 1;
    }
}
