/* 09_embedding.c: how the answers to exercises 09 are judged. The references gather where the
 * solutions scatter: each element of dC asks every look-up whether it came from its row. */
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

static const Mistake embedding_mistakes[] = {
    {TURNED("accumulate:dC[X[p]][f]+="),
     "You wrote = where += belongs: of several look-ups of one row only the last is left. A row "
     "that is used twice reaches the loss twice, and its gradients add up."},
    {MISTAKE(embedding_divided),
     "You divided by how often a row occurs. The loss really does depend on a frequent row through "
     "more places; add the gradients and leave it at that."},
    {MISTAKE(embedding_only_picked),
     "Rows that no index picked were left unwritten. The loss does not depend on them, so their "
     "gradient is zero: set all of dC to zero first."},
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

static const Mistake bag_mistakes[] = {
    {TURNED("divided-by-t:dbag[i][f]"),
     "You divided by t. That is the gradient of the mean of the rows; this bag adds them up, and "
     "each of them receives the whole of dbag[i]."},
    {TURNED("runs-once:for(int w=0;w<t;w++)"),
     "Only the first word of each bag received a gradient. All t of them went into the sum."},
    {MISTAKE(bag_once_a_bag), "A word that stands twice in one bag received its gradient once. It "
                              "was added twice, so it counts twice."},
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

static const Mistake padded_mistakes[] = {
    {TURNED("no-condition:X[p]!=0"),
     "The padding row received a gradient. Its row is never trained: leave out the look-ups with "
     "X[p] = 0, so that dC[0] stays zero."},
    {MISTAKE(padded_unwritten),
     "dC[0] was left unwritten. No gradient means zero, and zero has to be written."},
    {TURNED("accumulate:dC[X[p]][f]+="),
     "You wrote = where += belongs: of several look-ups of one row only the last is left."},
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

static const Mistake position_mistakes[] = {
    {TURNED("divided-by-n:demb[i][s][f]"),
     "You divided by n. P[s] is added to every sentence, so its gradient is the sum over the "
     "sentences, not their mean."},
    {TURNED("accumulate:dP[s][f]+="),
     "Only the last sentence is left: = where += belongs. P[s] was repeated for all n sentences; "
     "repeated forward is summed backward."},
    {MISTAKE(position_over_places), "You summed over the places as well. P has a row for each "
                                    "place; only the sentences share it."},
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

static const Mistake tied_mistakes[] = {
    {TURNED("missing-term:dlogits[p][r]*C[r][f]"),
     "One of the two paths is missing: C is also the table that emb was looked up in. Send dlogits "
     "C back to the rows that were picked, and add."},
    {TURNED("missing-term:dlogits[p][r]*C[X[p]][f]"),
     "One of the two paths is missing: C also scores the words, logits = emb C^T. Add dlogits^T "
     "emb."},
    {MISTAKE(tied_halved), "You took the mean of the two paths. A variable that is used twice gets "
                           "the sum of both gradients."},
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
