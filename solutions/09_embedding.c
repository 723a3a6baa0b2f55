/* 09_embedding.c: exercises to chapter 09, the gradient of picking rows.
 *
 * Replace each TODO() by the body of the function, then type `make check-09`. Outputs come
 * uninitialised: write every element. Gradients of C are over the whole table, rows that were never
 * picked included. */
#include "09_embedding.h"

/* 1. One look-up a row.
 *
 *     emb[p] = C[X[p]]
 *
 * given    demb (n, e), and X (n) with values 0 .. v-1
 * wanted   dC (v, e) */
void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++)
            dC[r][f] = 0;
    for (int p = 0; p < n; p++)
        for (int f = 0; f < e; f++)
            dC[X[p]][f] += demb[p][f];
}

/* 2. A bag of t words: their rows are added up.
 *
 *     bag[i] = C[X[i][0]] + ... + C[X[i][t-1]]
 *
 * given    dbag (n, e), and X (n, t) with values 0 .. v-1
 * wanted   dC (v, e) */
void bag_backward(int n, int t, int v, int e, const real dbag[n][e], const int X[n][t],
                  real dC[v][e])
{
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++)
            dC[r][f] = 0;
    for (int i = 0; i < n; i++)
        for (int w = 0; w < t; w++)
            for (int f = 0; f < e; f++)
                dC[X[i][w]][f] += dbag[i][f];
}

/* 3. A padding row: index 0 fills up short sentences. Its row is looked up like any other, but it
 * is never trained, so its gradient is to be zero.
 *
 *     emb[p] = C[X[p]]
 *
 * given    demb (n, e), and X (n) with values 0 .. v-1
 * wanted   dC (v, e), with dC[0] = 0 */
void padded_embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n],
                               real dC[v][e])
{
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++)
            dC[r][f] = 0;
    for (int p = 0; p < n; p++)
        for (int f = 0; f < e && X[p] != 0; f++)
            dC[X[p]][f] += demb[p][f];
}

/* 4. A position embedding: P has a row for each place in the sentence, the same for every sentence.
 *
 *     emb[i][s] = C[X[i][s]] + P[s]        for sentence i, place s
 *
 * given    demb (n, t, e)
 * wanted   dP (t, e) */
void position_backward(int n, int t, int e, const real demb[n][t][e], real dP[t][e])
{
    for (int s = 0; s < t; s++)
        for (int f = 0; f < e; f++) {
            dP[s][f] = 0;
            for (int i = 0; i < n; i++)
                dP[s][f] += demb[i][s][f];
        }
}

/* 5. Tied embeddings: the table that words are looked up in also scores the words that may follow.
 *
 *     emb[p]       = C[X[p]]                       (n, e)
 *     logits[p][r] = sum_f emb[p][f] C[r][f]       (n, v)    logits = emb C^T
 *
 * given    dlogits (n, v), C (v, e), and X (n) with values 0 .. v-1
 * wanted   dC (v, e), through both places where C is used */
void tied_embedding_backward(int n, int v, int e, const real dlogits[n][v], const real C[v][e],
                             const int X[n], real dC[v][e])
{
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++)
            dC[r][f] = 0;
    for (int p = 0; p < n; p++)
        for (int r = 0; r < v; r++)
            for (int f = 0; f < e; f++) {
                dC[r][f] += dlogits[p][r] * C[X[p]][f]; /* C as the scores */
                dC[X[p]][f] += dlogits[p][r] * C[r][f]; /* C as the table */
            }
}
