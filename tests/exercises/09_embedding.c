/* 09_embedding.c: how the answers to exercises 09 are judged. The references gather where the
 * solutions scatter: each element of dC asks every look-up whether it came from its row. */
#include <stdbool.h>

#include "09_embedding.h"

#include "check.h"

/* -- 1. embedding_backward -------------------------------------------------------------------- */

static void reference_embedding(int n, int v, int e, const real demb[n][e], const int X[n],
                                real dC[v][e])
{
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++) {
            dC[r][f] = 0;
            for (int p = 0; p < n; p++)
                dC[r][f] += X[p] == r ? demb[p][f] : 0;
        }
}

static void embedding_divided(int n, int v, int e, const real demb[n][e], const int X[n],
                              real dC[v][e])
{
    reference_embedding(n, v, e, demb, X, dC);
    for (int r = 0; r < v; r++) {
        int count = 0;
        for (int p = 0; p < n; p++)
            count += X[p] == r;
        for (int f = 0; f < e && count > 0; f++)
            dC[r][f] /= (real)count;
    }
}

static void embedding_only_picked(int n, int v, int e, const real demb[n][e], const int X[n],
                                  real dC[v][e])
{
    for (int p = 0; p < n; p++)
        for (int f = 0; f < e; f++) {
            dC[X[p]][f] = 0;
            for (int q = 0; q < n; q++)
                dC[X[p]][f] += X[q] == X[p] ? demb[q][f] : 0;
        }
}

/* The number of the look-up taken for the row ... */
static void embedding_to_place(int n, int v, int e, const real demb[n][e], const int X[n],
                               real dC[v][e])
{
    int row[n];
    (void)X;
    for (int p = 0; p < n; p++)
        row[p] = p;
    reference_embedding(n, v, e, demb, row, dC);
}

/* ... and again from the first row, when all have had one. */
static void embedding_to_place_in_turn(int n, int v, int e, const real demb[n][e], const int X[n],
                                       real dC[v][e])
{
    int row[n];
    (void)X;
    for (int p = 0; p < n; p++)
        row[p] = p % v;
    reference_embedding(n, v, e, demb, row, dC);
}

static void embedding_shifted(int by, int n, int v, int e, const real demb[n][e], const int X[n],
                              real dC[v][e])
{
    int row[n];
    for (int p = 0; p < n; p++)
        row[p] = X[p] + by;
    reference_embedding(n, v, e, demb, row, dC);
}

static void embedding_one_less(int n, int v, int e, const real demb[n][e], const int X[n],
                               real dC[v][e])
{
    embedding_shifted(-1, n, v, e, demb, X, dC);
}

static void embedding_one_more(int n, int v, int e, const real demb[n][e], const int X[n],
                               real dC[v][e])
{
    embedding_shifted(1, n, v, e, demb, X, dC);
}

static void embedding_first_only(int n, int v, int e, const real demb[n][e], const int X[n],
                                 real dC[v][e])
{
    int row[n];
    for (int p = 0; p < n; p++) {
        row[p] = X[p];
        for (int q = 0; q < p; q++)
            row[p] = X[q] == X[p] ? -1 : row[p];
    }
    reference_embedding(n, v, e, demb, row, dC);
}

static void embedding_zero_left_out(int n, int v, int e, const real demb[n][e], const int X[n],
                                    real dC[v][e])
{
    reference_embedding(n, v, e, demb, X, dC);
    for (int f = 0; f < e; f++)
        dC[0][f] = 0;
}

static void embedding_all_rows(int n, int v, int e, const real demb[n][e], const int X[n],
                               real dC[v][e])
{
    (void)X;
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++) {
            dC[r][f] = 0;
            for (int p = 0; p < n; p++)
                dC[r][f] += demb[p][f];
        }
}

/* A sum that goes on into the next column. */
static void embedding_carried(int n, int v, int e, const real demb[n][e], const int X[n],
                              real dC[v][e])
{
    reference_embedding(n, v, e, demb, X, dC);
    for (int r = 0; r < v; r++)
        for (int f = 1; f < e; f++)
            dC[r][f] += dC[r][f - 1];
}

static const Mistake embedding_mistakes[] = {
    {TURNED("accumulate:dC[X[p]][f]+="),
     "Of several look-ups of one row only the last is left: = stands where += belongs, or it is "
     "set to zero inside the loop. A row that is used twice reaches the loss twice, and its "
     "gradients add up."},
    {MISTAKE(embedding_divided),
     "You divided by how often a row occurs. The loss really does depend on a frequent row through "
     "more places; add the gradients and leave it at that."},
    {MISTAKE(embedding_only_picked),
     "Rows that no index picked were left unwritten. The loss does not depend on them, so their "
     "gradient is zero: set all of dC to zero first."},
    {MISTAKE(embedding_to_place), "You added demb[p] to row p. p is the number of the look-up; the "
                                  "row that was picked is X[p]."},
    {MISTAKE(embedding_to_place_in_turn), "You dealt demb[p] out to the rows in turn. The row that "
                                          "was picked is X[p]: its gradient goes to dC[X[p]]."},
    {MISTAKE(embedding_one_less), "Your rows are one too early. X counts from 0: what was picked "
                                  "as C[X[p]] goes back to dC[X[p]]."},
    {MISTAKE(embedding_one_more), "Your rows are one too late. X counts from 0: what was picked as "
                                  "C[X[p]] goes back to dC[X[p]]."},
    {MISTAKE(embedding_first_only), "Of several look-ups of one row only the first is left. A row "
                                    "that is used twice reaches the loss twice: add them all."},
    {MISTAKE(embedding_zero_left_out),
     "Row 0 got nothing. There is no padding here: index 0 names a row like any other."},
    {MISTAKE(embedding_all_rows),
     "You gave every row the gradients of all look-ups. dC[r] gets those with X[p] = r alone."},
    {MISTAKE(embedding_carried), "A number of a row still holds those to its left. Each column has "
                                 "a sum of its own: begin it at zero."},
    {0}};

CALL(embedding_backward, n[0], n[1], n[2], a[0], a[1], a[2])

static const Exercise exercise_embedding_backward = {
    .name = "embedding_backward",
    .call = call_embedding_backward,
    .sizes = "nve",
    .arguments = {{"demb", IN_NORMAL, "ne", 0}, {"X", IN_INDEX, "n", 'v'}, {"dC", OUT, "ve", 0}},
    .cases = {{7, 4, 3}, {2, 5, 3}, {9, 3, 2}, {5, 3, 1}},
    .reference = JUDGE((Function)reference_embedding),
    .mistakes = JUDGE(embedding_mistakes),
};

/* -- 2. bag_backward -------------------------------------------------------------------------- */

static void reference_bag(int n, int t, int v, int e, const real dbag[n][e], const int X[n][t],
                          real dC[v][e])
{
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++) {
            dC[r][f] = 0;
            for (int i = 0; i < n; i++)
                for (int w = 0; w < t; w++)
                    dC[r][f] += X[i][w] == r ? dbag[i][f] : 0;
        }
}

static void bag_once_a_bag(int n, int t, int v, int e, const real dbag[n][e], const int X[n][t],
                           real dC[v][e])
{
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++) {
            dC[r][f] = 0;
            for (int i = 0; i < n; i++) {
                int found = 0;
                for (int w = 0; w < t; w++)
                    found = found || X[i][w] == r;
                dC[r][f] += found ? dbag[i][f] : 0;
            }
        }
}

static void bag_of_word(int n, int t, int v, int e, const real dbag[n][e], const int X[n][t],
                        real dC[v][e])
{
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++) {
            dC[r][f] = 0;
            for (int i = 0; i < n; i++)
                for (int w = 0; w < t; w++)
                    dC[r][f] += X[i][w] == r ? dbag[w % n][f] : 0;
        }
}

static void bag_last_word(int n, int t, int v, int e, const real dbag[n][e], const int X[n][t],
                          real dC[v][e])
{
    int last[n];
    for (int i = 0; i < n; i++)
        last[i] = X[i][t - 1];
    reference_embedding(n, v, e, dbag, last, dC);
}

static void bag_divided(int n, int t, int v, int e, const real dbag[n][e], const int X[n][t],
                        real dC[v][e])
{
    reference_bag(n, t, v, e, dbag, X, dC);
    for (int r = 0; r < v; r++) {
        int count = 0;
        for (int at = 0; at < n * t; at++)
            count += (&X[0][0])[at] == r;
        for (int f = 0; f < e && count > 0; f++)
            dC[r][f] /= (real)count;
    }
}

/* Only the first look-up of each word in all bags. */
static void bag_first_lookup(int n, int t, int v, int e, const real dbag[n][e], const int X[n][t],
                             real dC[v][e])
{
    bool found[v];
    for (int r = 0; r < v; r++) {
        found[r] = false;
        for (int f = 0; f < e; f++)
            dC[r][f] = 0;
    }
    for (int i = 0; i < n; i++)
        for (int w = 0; w < t; w++) {
            int r = X[i][w];
            for (int f = 0; f < e && !found[r]; f++)
                dC[r][f] = dbag[i][f];
            found[r] = true;
        }
}

static const Mistake bag_mistakes[] = {
    {TURNED("divided-by-t:dbag[i][f]"),
     "You divided by t. That is the gradient of the mean of the rows; this bag adds them up, and "
     "each of them receives the whole of dbag[i]."},
    {TURNED("runs-once:for(int w=0;w<t;w++)"),
     "Only the first word of each bag received a gradient. All t of them went into the sum."},
    {MISTAKE(bag_once_a_bag), "A word that stands twice in one bag received its gradient once. It "
                              "was added twice, so it counts twice."},
    {MISTAKE(bag_of_word), "You took row w of dbag, the number of the word. Word w of bag i gets "
                           "what its bag gets: dbag[i]."},
    {MISTAKE(bag_last_word),
     "Only the last word of each bag received a gradient. All t of them went into the sum."},
    {MISTAKE(bag_divided), "You divided by how often a word occurs. The loss really does depend on "
                           "a frequent word through more places: add the gradients."},
    {MISTAKE(bag_first_lookup), "Of several look-ups of one word only the first is left. All of "
                                "them reach the loss, and their gradients add up."},
    {TURNED("accumulate:dC[X[i][w]][f]+="),
     "Of several look-ups of one word only the last is left: = stands where += belongs, or it is "
     "set to zero inside the loop. All of them reach the loss and add up."},
    {0}};

CALL(bag_backward, n[0], n[1], n[2], n[3], a[0], a[1], a[2])

static const Exercise exercise_bag_backward = {
    .name = "bag_backward",
    .call = call_bag_backward,
    .sizes = "ntve",
    .arguments = {{"dbag", IN_NORMAL, "ne", 0}, {"X", IN_INDEX, "nt", 'v'}, {"dC", OUT, "ve", 0}},
    .cases = {{6, 3, 4, 2}, {2, 4, 5, 3}, {4, 6, 3, 1}},
    .reference = JUDGE((Function)reference_bag),
    .mistakes = JUDGE(bag_mistakes),
};

/* -- 3. padded_embedding_backward ------------------------------------------------------------- */

static void reference_padded(int n, int v, int e, const real demb[n][e], const int X[n],
                             real dC[v][e])
{
    reference_embedding(n, v, e, demb, X, dC);
    for (int f = 0; f < e; f++)
        dC[0][f] = 0;
}

static void padded_unwritten(int n, int v, int e, const real demb[n][e], const int X[n],
                             real dC[v][e])
{
    real padding[e];
    for (int f = 0; f < e; f++)
        padding[f] = dC[0][f];
    reference_embedding(n, v, e, demb, X, dC);
    for (int f = 0; f < e; f++)
        dC[0][f] = padding[f];
}

static void padded_column_cleared(int n, int v, int e, const real demb[n][e], const int X[n],
                                  real dC[v][e])
{
    reference_embedding(n, v, e, demb, X, dC);
    for (int r = 0; r < v; r++)
        dC[r][0] = 0;
}

static void padded_number_cleared(int n, int v, int e, const real demb[n][e], const int X[n],
                                  real dC[v][e])
{
    reference_embedding(n, v, e, demb, X, dC);
    dC[0][0] = 0;
}

static void padded_last_row(int n, int v, int e, const real demb[n][e], const int X[n],
                            real dC[v][e])
{
    reference_embedding(n, v, e, demb, X, dC);
    for (int f = 0; f < e; f++)
        dC[v - 1][f] = 0;
}

static void padded_until_padding(int n, int v, int e, const real demb[n][e], const int X[n],
                                 real dC[v][e])
{
    int until = 0;
    while (until < n && X[until] != 0)
        until++;
    reference_embedding(until, v, e, demb, X, dC);
}

static void padded_divided(int n, int v, int e, const real demb[n][e], const int X[n],
                           real dC[v][e])
{
    embedding_divided(n, v, e, demb, X, dC);
    for (int f = 0; f < e; f++)
        dC[0][f] = 0;
}

static void padded_mean(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    int words = 0;
    for (int p = 0; p < n; p++)
        words += X[p] != 0;
    reference_padded(n, v, e, demb, X, dC);
    for (int at = 0; at < v * e && words > 0; at++)
        (&dC[0][0])[at] /= (real)words;
}

static const Mistake padded_mistakes[] = {
    {TURNED("no-condition:X[p]!=0"),
     "The padding row received a gradient. Its row is never trained: leave out the look-ups with "
     "X[p] = 0, so that dC[0] stays zero."},
    {MISTAKE(padded_unwritten),
     "dC[0] was left unwritten. No gradient means zero, and zero has to be written."},
    {TURNED("accumulate:dC[X[p]][f]+="),
     "Of several look-ups of one row only the last is left: = stands where += belongs, or it is "
     "set to zero inside the loop."},
    {MISTAKE(embedding_one_less), "Your rows are one too early. The padding has a row of its own "
                                  "in C, row 0, so index X[p] means row X[p]."},
    {MISTAKE(padded_column_cleared),
     "You cleared column 0 of dC. The padding is a row: dC[0][f] is zero for every f."},
    {MISTAKE(padded_number_cleared), "You cleared the first number of the padding row only. All e "
                                     "of them are zero: dC[0][f] for every f."},
    {MISTAKE(padded_last_row), "You cleared the last row, and the padding row received a gradient. "
                               "The padding is index 0: dC[0] is zero."},
    {TURNED("instead:X[p]<-p"), "You left out the look-up at place 0. The padding is known by its "
                                "index: leave out those with X[p] = 0, wherever they stand."},
    {TURNED("reversed:X[p]!=0<-=="),
     "You kept the padding and left out all the rest: the condition is the wrong way round."},
    {MISTAKE(padded_until_padding), "You stopped at the first padding. Behind it there may be more "
                                    "words: leave it out and go on."},
    {MISTAKE(padded_divided), "You divided by how often a row occurs. The loss really does depend "
                              "on a frequent row through more places: add the gradients."},
    {MISTAKE(padded_mean), "You divided by the number of words that are no padding. Nothing is "
                           "averaged here: add the gradients of the look-ups."},
    {0}};

CALL(padded_embedding_backward, n[0], n[1], n[2], a[0], a[1], a[2])

static const Exercise exercise_padded_embedding_backward = {
    .name = "padded_embedding_backward",
    .call = call_padded_embedding_backward,
    .sizes = "nve",
    .arguments = {{"demb", IN_NORMAL, "ne", 0}, {"X", IN_INDEX, "n", 'v'}, {"dC", OUT, "ve", 0}},
    .cases = {{11, 4, 3}, {12, 5, 2}, {9, 2, 1}},
    .reference = JUDGE((Function)reference_padded),
    .mistakes = JUDGE(padded_mistakes),
};

/* -- 4. position_backward --------------------------------------------------------------------- */

static void reference_position(int n, int t, int e, const real demb[n][t][e], real dP[t][e])
{
    for (int at = 0; at < t * e; at++) {
        (&dP[0][0])[at] = 0;
        for (int i = n - 1; i >= 0; i--)
            (&dP[0][0])[at] += (&demb[i][0][0])[at];
    }
}

static void position_over_places(int n, int t, int e, const real demb[n][t][e], real dP[t][e])
{
    for (int s = 0; s < t; s++)
        for (int f = 0; f < e; f++) {
            dP[s][f] = 0;
            for (int i = 0; i < n; i++)
                for (int u = 0; u < t; u++)
                    dP[s][f] += demb[i][u][f];
        }
}

static void position_first_twice(int n, int t, int e, const real demb[n][t][e], real dP[t][e])
{
    reference_position(n, t, e, demb, dP);
    for (int s = 0; s < t; s++)
        for (int f = 0; f < e; f++)
            dP[s][f] += demb[0][s][f];
}

static void position_over_numbers(int n, int t, int e, const real demb[n][t][e], real dP[t][e])
{
    reference_position(n, t, e, demb, dP);
    for (int s = 0; s < t; s++) {
        real sum = 0;
        for (int f = 0; f < e; f++)
            sum += dP[s][f];
        for (int f = 0; f < e; f++)
            dP[s][f] = sum;
    }
}

static void position_reversed(int n, int t, int e, const real demb[n][t][e], real dP[t][e])
{
    real forward[t][e];
    reference_position(n, t, e, demb, forward);
    for (int s = 0; s < t; s++)
        for (int f = 0; f < e; f++)
            dP[s][f] = forward[t - 1 - s][f];
}

/* A sum that goes on into the next place. */
static void position_carried(int n, int t, int e, const real demb[n][t][e], real dP[t][e])
{
    reference_position(n, t, e, demb, dP);
    for (int s = 1; s < t; s++)
        for (int f = 0; f < e; f++)
            dP[s][f] += dP[s - 1][f];
}

static const Mistake position_mistakes[] = {
    {TURNED("divided-by-n:demb[i][s][f]"),
     "You divided by n. P[s] is added to every sentence, so its gradient is the sum over the "
     "sentences, not their mean."},
    {TURNED("accumulate:dP[s][f]+="),
     "Only the last sentence is left: = stands where += belongs, or it is set to zero inside the "
     "loop. P[s] was repeated for all n sentences; repeated forward is summed backward."},
    {MISTAKE(position_over_places), "You summed over the places as well. P has a row for each "
                                    "place; only the sentences share it."},
    {MISTAKE(position_first_twice),
     "The first sentence counts twice: either begin with it or add it in the loop."},
    {MISTAKE(position_over_numbers), "You summed over the e numbers as well. Each of them has a "
                                     "place of its own in P; only the sentences share it."},
    {MISTAKE(position_reversed),
     "You have the places in reverse order: what belongs to demb[i][s] is P[s]."},
    {MISTAKE(position_carried), "A place still holds those before it. Each place has a row of its "
                                "own: begin its sums at zero."},
    {TURNED("runs-once:for(int i=0;i<n;i++)"),
     "Only the first sentence is in dP. P[s] was repeated for all n sentences; repeated forward is "
     "summed backward."},
    {TURNED("divided-by-t:demb[i][s][f]"), "You divided by t. Each P[s] is used at its own place, "
                                           "once in each of the n sentences: sum over these."},
    {0}};

CALL(position_backward, n[0], n[1], n[2], a[0], a[1])

static const Exercise exercise_position_backward = {
    .name = "position_backward",
    .call = call_position_backward,
    .sizes = "nte",
    .arguments = {{"demb", IN_NORMAL, "nte", 0}, {"dP", OUT, "te", 0}},
    .cases = {{5, 3, 4}, {2, 5, 3}, {4, 3, 1}},
    .reference = JUDGE((Function)reference_position),
    .mistakes = JUDGE(position_mistakes),
};

/* -- 5. tied_embedding_backward --------------------------------------------------------------- */

/* C as the scores: dC[r] = sum_p dlogits[p][r] emb[p] */
static void tied_scores_only(int n, int v, int e, const real dlogits[n][v], const real C[v][e],
                             const int X[n], real dC[v][e])
{
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++) {
            dC[r][f] = 0;
            for (int p = 0; p < n; p++)
                dC[r][f] += dlogits[p][r] * C[X[p]][f];
        }
}

/* C as the table: demb = dlogits C, scattered */
static void tied_table_only(int n, int v, int e, const real dlogits[n][v], const real C[v][e],
                            const int X[n], real dC[v][e])
{
    real demb[n][e];
    for (int p = 0; p < n; p++)
        for (int f = 0; f < e; f++) {
            demb[p][f] = 0;
            for (int r = 0; r < v; r++)
                demb[p][f] += dlogits[p][r] * C[r][f];
        }
    reference_embedding(n, v, e, demb, X, dC);
}

static void reference_tied(int n, int v, int e, const real dlogits[n][v], const real C[v][e],
                           const int X[n], real dC[v][e])
{
    real table[v][e];
    tied_scores_only(n, v, e, dlogits, C, X, dC);
    tied_table_only(n, v, e, dlogits, C, X, table);
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++)
            dC[r][f] += table[r][f];
}

static void tied_halved(int n, int v, int e, const real dlogits[n][v], const real C[v][e],
                        const int X[n], real dC[v][e])
{
    reference_tied(n, v, e, dlogits, C, X, dC);
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++)
            dC[r][f] /= 2;
}

static void tied_twice_scores(int n, int v, int e, const real dlogits[n][v], const real C[v][e],
                              const int X[n], real dC[v][e])
{
    tied_scores_only(n, v, e, dlogits, C, X, dC);
    for (int at = 0; at < v * e; at++)
        (&dC[0][0])[at] *= 2;
}

static void tied_twice_table(int n, int v, int e, const real dlogits[n][v], const real C[v][e],
                             const int X[n], real dC[v][e])
{
    tied_table_only(n, v, e, dlogits, C, X, dC);
    for (int at = 0; at < v * e; at++)
        (&dC[0][0])[at] *= 2;
}

/* Where a word scores itself it counts `times` times, and not twice. */
static void tied_own_word(int times, int n, int v, int e, const real dlogits[n][v],
                          const real C[v][e], const int X[n], real dC[v][e])
{
    reference_tied(n, v, e, dlogits, C, X, dC);
    for (int p = 0; p < n; p++)
        for (int f = 0; f < e; f++)
            dC[X[p]][f] += (real)(times - 2) * dlogits[p][X[p]] * C[X[p]][f];
}

static void tied_own_word_once(int n, int v, int e, const real dlogits[n][v], const real C[v][e],
                               const int X[n], real dC[v][e])
{
    tied_own_word(1, n, v, e, dlogits, C, X, dC);
}

static void tied_without_own_word(int n, int v, int e, const real dlogits[n][v], const real C[v][e],
                                  const int X[n], real dC[v][e])
{
    tied_own_word(0, n, v, e, dlogits, C, X, dC);
}

/* The path through the table by another way of going back through emb[p] = C[X[p]]. */
typedef void Scatter(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e]);

static void tied_with(Scatter *scatter, int n, int v, int e, const real dlogits[n][v],
                      const real C[v][e], const int X[n], real dC[v][e])
{
    real demb[n][e], table[v][e];
    for (int p = 0; p < n; p++)
        for (int f = 0; f < e; f++) {
            demb[p][f] = 0;
            for (int r = 0; r < v; r++)
                demb[p][f] += dlogits[p][r] * C[r][f];
        }
    tied_scores_only(n, v, e, dlogits, C, X, dC);
    scatter(n, v, e, demb, X, table);
    for (int at = 0; at < v * e; at++)
        (&dC[0][0])[at] += (&table[0][0])[at];
}

static void tied_to_place(int n, int v, int e, const real dlogits[n][v], const real C[v][e],
                          const int X[n], real dC[v][e])
{
    tied_with(embedding_to_place, n, v, e, dlogits, C, X, dC);
}

static void tied_to_place_in_turn(int n, int v, int e, const real dlogits[n][v], const real C[v][e],
                                  const int X[n], real dC[v][e])
{
    tied_with(embedding_to_place_in_turn, n, v, e, dlogits, C, X, dC);
}

static void last_lookup(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    for (int at = 0; at < v * e; at++)
        (&dC[0][0])[at] = 0;
    for (int p = 0; p < n; p++)
        for (int f = 0; f < e; f++)
            dC[X[p]][f] = demb[p][f];
}

static void tied_last_lookup(int n, int v, int e, const real dlogits[n][v], const real C[v][e],
                             const int X[n], real dC[v][e])
{
    tied_with(last_lookup, n, v, e, dlogits, C, X, dC);
}

/* One array for demb[p], not set to zero for the next look-up. */
static void carried_lookup(int n, int v, int e, const real demb[n][e], const int X[n],
                           real dC[v][e])
{
    real sums[n][e];
    for (int p = 0; p < n; p++)
        for (int f = 0; f < e; f++)
            sums[p][f] = demb[p][f] + (p > 0 ? sums[p - 1][f] : 0);
    reference_embedding(n, v, e, sums, X, dC);
}

static void tied_carried(int n, int v, int e, const real dlogits[n][v], const real C[v][e],
                         const int X[n], real dC[v][e])
{
    tied_with(carried_lookup, n, v, e, dlogits, C, X, dC);
}

/* The scores first; the last look-up of a row is written over them. */
static void tied_overwritten(int n, int v, int e, const real dlogits[n][v], const real C[v][e],
                             const int X[n], real dC[v][e])
{
    real scores[v][e];
    tied_with(last_lookup, n, v, e, dlogits, C, X, dC);
    tied_scores_only(n, v, e, dlogits, C, X, scores);
    for (int r = 0; r < v; r++) {
        bool picked = false;
        for (int p = 0; p < n; p++)
            picked = picked || X[p] == r;
        for (int f = 0; f < e && picked; f++)
            dC[r][f] -= scores[r][f];
    }
}

static const Mistake tied_mistakes[] = {
    {TURNED("missing-term:dlogits[p][r]*C[r][f]"),
     "One of the two paths is missing: C is also the table that emb was looked up in. Send dlogits "
     "C back to the rows that were picked, and add."},
    {TURNED("missing-term:dlogits[p][r]*C[X[p]][f]"),
     "One of the two paths is missing: C also scores the words, logits = emb C^T. Add dlogits^T "
     "emb."},
    {MISTAKE(tied_halved), "You took the mean of the two paths. A variable that is used twice gets "
                           "the sum of both gradients."},
    {MISTAKE(tied_twice_scores),
     "You doubled the path through the scores. The one through the table is not the same: send "
     "dlogits C back to the rows that were picked, and add."},
    {MISTAKE(tied_twice_table), "You doubled the path through the table. The one through the "
                                "scores is not the same: add dlogits^T emb."},
    {MISTAKE(tied_own_word_once), "Where a word scores itself, r = X[p], you counted it once. "
                                  "There, too, C stands in both places, and both paths add up."},
    {MISTAKE(tied_without_own_word), "You left out where a word scores itself, r = X[p]. There, "
                                     "too, C stands in both places, and both paths add up."},
    {MISTAKE(tied_to_place), "You sent the path through the table back to row p, the number of the "
                             "look-up. The row that was picked is X[p]."},
    {MISTAKE(tied_to_place_in_turn), "You dealt the path through the table out to the rows in "
                                     "turn. The row that was picked is X[p]."},
    {MISTAKE(tied_last_lookup), "Of several look-ups of one row only the last is left in the path "
                                "through the table: = where += belongs."},
    {MISTAKE(tied_carried), "What goes back to look-up p still holds that of the look-ups before "
                            "it: begin demb[p] at zero for each p."},
    {MISTAKE(tied_overwritten), "The path through the table was written over what the scores had "
                                "put there: = where += belongs. Both paths add up."},
    {TURNED("index:X[p]<-r"),
     "In the scores row r is multiplied by emb[p], so its gradient needs C[X[p]] and not C[r]."},
    {TURNED("index:r<-X[p]#4"),
     "The gradient of emb[p] is dlogits C, summed over the rows r: C[r] and not C[X[p]]."},
    {0}};

CALL(tied_embedding_backward, n[0], n[1], n[2], a[0], a[1], a[2], a[3])

static const Exercise exercise_tied_embedding_backward = {
    .name = "tied_embedding_backward",
    .call = call_tied_embedding_backward,
    .sizes = "nve",
    .arguments = {{"dlogits", IN_NORMAL, "nv", 0},
                  {"C", IN_NORMAL, "ve", 0},
                  {"X", IN_INDEX, "n", 'v'},
                  {"dC", OUT, "ve", 0}},
    .cases = {{6, 4, 3}, {2, 5, 3}, {4, 3, 1}},
    .reference = JUDGE((Function)reference_tied),
    .mistakes = JUDGE(tied_mistakes),
};

/* -- all, in their order ----------------------------------------------------------------------- */

static const Exercise *const exercises[] = {
    &exercise_embedding_backward,        &exercise_bag_backward,
    &exercise_padded_embedding_backward, &exercise_position_backward,
    &exercise_tied_embedding_backward,   NULL};

const Check check = {"09_embedding", exercises};
