/* 23_device.c: how the answers to exercises 23 are judged. The references know of no teams but
 * where something of a team's is wanted: they gather where the solutions scatter, and take no
 * tiles. What a device is asked for is counted by the one that is lent here, and held like any
 * output. */
#include "23_device.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

/* -- the device that is lent ------------------------------------------------------------------- */

/* A part of the large memory, and how often a number of it was fetched. */
typedef struct {
    const real *begin, *end;
    real fetched;
} Part;

enum { ARRAYS = DEVICE_LOSS + 1 };

/* The device comes first: its functions are called with it, and know what is behind it. */
typedef struct {
    Device device;
    const real *table; /* what is added to, atomically: v rows of e numbers */
    int v, e;
    real *added; /* to each row, so often */
    Part part[2];
    int count[ARRAYS]; /* numbers that there is room for in each array of its memory */
    real *array[ARRAYS], sent[ARRAYS], fetched[ARRAYS];
} Lent;

static void lent_add(Device *device, real *place, real value)
{
    const Lent *lent = (Lent *)device;
    if (place >= lent->table && place < lent->table + lent->v * lent->e)
        lent->added[(place - lent->table) / lent->e] += 1;
    *place += value;
}

static real lent_fetch(Device *device, const real *place)
{
    for (Part *part = ((Lent *)device)->part; part < ((Lent *)device)->part + 2; part++)
        if (place >= part->begin && place < part->end)
            part->fetched += 1;
    return *place;
}

/* No more than there is room for is copied, but all of it is counted. */
static void lent_copy(const Lent *lent, int array, int count, real *to, const real *from)
{
    if (count > 0)
        memcpy(to, from,
               sizeof *to * (size_t)(count < lent->count[array] ? count : lent->count[array]));
}

static void lent_take(Device *device, int array, int count, const real *host)
{
    Lent *lent = (Lent *)device;
    if (array < 0 || array >= ARRAYS)
        return;
    lent->sent[array] += (real)count;
    lent_copy(lent, array, count, lent->array[array], host);
}

static void lent_give(Device *device, int array, int count, real *host)
{
    Lent *lent = (Lent *)device;
    if (array < 0 || array >= ARRAYS)
        return;
    lent->fetched[array] += (real)count;
    lent_copy(lent, array, count, host, lent->array[array]);
}

/* One step for the loss 1/n sum_i (x[i] - p[i % k])^2, of the p before it. */
static void lent_step(Device *device)
{
    Lent *lent = (Lent *)device;
    const int n = lent->count[DEVICE_X], k = lent->count[DEVICE_P];
    const real *x = lent->array[DEVICE_X], lr = *lent->array[DEVICE_LR];
    real *p = lent->array[DEVICE_P], dp[k], loss = 0;
    memset(dp, 0, sizeof dp);
    for (int i = 0; i < n; i++) {
        loss += (x[i] - p[i % k]) * (x[i] - p[i % k]) / (real)n;
        dp[i % k] += 2 * (p[i % k] - x[i]) / (real)n;
    }
    for (int j = 0; j < k; j++)
        p[j] -= lr * dp[j];
    *lent->array[DEVICE_LOSS] = loss;
}

static const Device device_lent = {lent_add, lent_fetch, lent_take, lent_give, lent_step};

/* -- shared by the references and the mistakes ------------------------------------------------- */

/* A row of C gets what came to the look-ups that picked it, of those that are counted in. */
static void gather(int n, int v, int e, const real demb[n][e], const int X[n], const bool in[n],
                   real dC[v][e])
{
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++) {
            dC[r][f] = 0;
            for (int p = n - 1; p >= 0; p--)
                dC[r][f] += in[p] && X[p] == r ? demb[p][f] : 0;
        }
}

static void scale(int n, real factor, real x[n])
{
    for (int i = 0; i < n; i++)
        x[i] *= factor;
}

static void add(int n, const real x[n], real y[n])
{
    for (int i = 0; i < n; i++)
        y[i] += x[i];
}

static int tiles(int n, int t)
{
    return (n + t - 1) / t;
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* As if all of these numbers had been fetched so many times. */
static void fetch_all(Device *device, int times, int n, const real x[n])
{
    for (int i = 0; i < n * times; i++)
        device->fetch(device, &x[i % n]);
}

/* -- 1. team_bias_backward --------------------------------------------------------------------- */

#define BIAS int n, int m, int g, const real dy[n][m], real partial[g][m], real db[m]
#define BIAS_ARGUMENTS n, m, g, dy, partial, db

/* Row i belongs to team[i]; to none if that is -1. */
static void bias_of_teams(const int *team, BIAS)
{
    memset(partial, 0, sizeof(real[g][m]));
    memset(db, 0, sizeof(real[m]));
    for (int i = n - 1; i >= 0; i--)
        if (team[i] >= 0) {
            add(m, dy[i], partial[team[i]]);
            add(m, dy[i], db);
        }
}

static void reference_bias(BIAS)
{
    int team[n];
    for (int i = 0; i < n; i++)
        for (team[i] = 0; n * (team[i] + 1) / g <= i;)
            team[i]++;
    bias_of_teams(team, BIAS_ARGUMENTS);
}

/* Teams of so many rows; what is left goes to the last, or is lost. */
static void bias_in_runs(int rows, bool is_lost, BIAS)
{
    int team[n];
    for (int i = 0; i < n; i++)
        team[i] = rows > 0 && i / rows < g ? i / rows : is_lost ? -1 : g - 1;
    bias_of_teams(team, BIAS_ARGUMENTS);
}

static void bias_rest_lost(BIAS)
{
    bias_in_runs(n / g, true, BIAS_ARGUMENTS);
}

static void bias_rest_to_the_last(BIAS)
{
    bias_in_runs(n / g, false, BIAS_ARGUMENTS);
}

static void bias_rounded_up(BIAS)
{
    bias_in_runs(tiles(n, g), false, BIAS_ARGUMENTS);
}

static void bias_in_turn(BIAS)
{
    int team[n];
    for (int i = 0; i < n; i++)
        team[i] = i % g;
    bias_of_teams(team, BIAS_ARGUMENTS);
}

/* n (b / g) is 0 for all but b = g. */
static void bias_divided_first(BIAS)
{
    bias_in_runs(n + 1, false, n, m, 1, dy, (void *)partial[g - 1], db);
    for (int b = 0; b < g - 1; b++)
        memset(partial[b], 0, sizeof partial[b]);
}

/* The first row of the next team is added, too. */
static void bias_overlapping(BIAS)
{
    reference_bias(BIAS_ARGUMENTS);
    for (int b = 0; b < g; b++)
        if (n * (b + 1) / g < n) {
            add(m, dy[n * (b + 1) / g], partial[b]);
            add(m, dy[n * (b + 1) / g], db);
        }
}

static void bias_mean_in_team(BIAS)
{
    reference_bias(BIAS_ARGUMENTS);
    memset(db, 0, sizeof(real[m]));
    for (int b = 0; b < g; b++) {
        const int rows = n * (b + 1) / g - n * b / g;
        scale(m, rows > 0 ? 1 / (real)rows : 1, partial[b]);
        add(m, partial[b], db);
    }
}

/* The first teams have one row more. */
static void bias_rest_to_the_first(BIAS)
{
    int team[n];
    for (int i = 0, b = 0, left = 0; i < n; i++, left--) {
        for (; left == 0; b++)
            left = n / g + (b < n % g);
        team[i] = b - 1;
    }
    bias_of_teams(team, BIAS_ARGUMENTS);
}

static void bias_start_rounded_up(BIAS)
{
    int team[n];
    for (int i = 0; i < n; i++)
        for (team[i] = 0; tiles(n * (team[i] + 1), g) <= i;)
            team[i]++;
    bias_of_teams(team, BIAS_ARGUMENTS);
}

static const Mistake bias_mistakes[] = {
    {MISTAKE(bias_rest_lost), "The rows that n / g leaves over belong to no team of yours. Team b "
                              "has the rows from n b / g to before n (b + 1) / g: in that order of "
                              "multiplying and dividing none is left over."},
    {MISTAKE(bias_rest_to_the_last),
     "The last team has all that n / g leaves over, which may be nearly twice as much as the "
     "others have; they wait for it. Its rows begin at n b / g."},
    {MISTAKE(bias_rounded_up),
     "Your teams have n / g rows, rounded up, and the last one what is then left, if anything. "
     "Team b has the rows from n b / g to before n (b + 1) / g, so no two differ by more than one "
     "row."},
    {MISTAKE(bias_rest_to_the_first), "Your first teams have the rows that are left over, one "
                                      "each. That is as even, but here team b "
                                      "begins at row n b / g, rounded down."},
    {MISTAKE(bias_start_rounded_up),
     "Your teams begin at n b / g rounded up. In whole numbers n * b / g is rounded down."},
    {MISTAKE(bias_in_turn), "Your rows are dealt out in turn. Team b has a run of them here, from "
                            "n b / g to before n (b + 1) / g."},
    {MISTAKE(bias_divided_first),
     "All rows are the last team's. In whole numbers b / g is 0 for every b below g: multiply by n "
     "first, and divide then."},
    {MISTAKE(bias_overlapping),
     "The first row of each team but the first is also in the sum of the "
     "team before. That one ends before n (b + 1) / g."},
    {TURNED("divided-by-g:partial[b][j]"),
     "You divided by g. The sum of all rows is the sum of the teams' "
     "sums; nothing is averaged."},
    {MISTAKE(bias_mean_in_team),
     "partial has the mean of each team's rows, and db adds these up. A mean forgets how many "
     "rows there were: it is sums that add up."},
    {0}};

CALL(team_bias_backward, n[0], n[1], n[2], a[0], a[1], a[2])

static const Exercise exercise_team_bias_backward = {
    .name = "team_bias_backward",
    .call = call_team_bias_backward,
    .sizes = "nmg",
    .arguments = {{"dy", IN_NORMAL, "nm", 0}, {"partial", OUT, "gm", 0}, {"db", OUT, "m", 0}},
    .cases = {{11, 2, 4}, {7, 4, 3}, {5, 3, 8}, {13, 2, 6}},
    .reference = JUDGE((Function)reference_bias),
    .mistakes = JUDGE(bias_mistakes),
};

/* -- 2. scatter_copies ------------------------------------------------------------------------- */

#define COPIES                                                                             \
    int n, int v, int e, int g, const real demb[n][e], const int X[n], real copy[g][v][e], \
        real dC[v][e]
#define COPIES_ARGUMENTS n, v, e, g, demb, X, copy, dC

/* Look-up p belongs to team[p]. */
static void copies_of_teams(const int *team, COPIES)
{
    bool in[n];
    memset(dC, 0, sizeof(real[v][e]));
    for (int b = 0; b < g; b++) {
        for (int p = 0; p < n; p++)
            in[p] = team[p] == b;
        gather(n, v, e, demb, X, in, copy[b]);
        add(v * e, *copy[b], *dC);
    }
}

static void reference_copies(COPIES)
{
    int team[n];
    for (int p = 0; p < n; p++)
        team[p] = p % g;
    copies_of_teams(team, COPIES_ARGUMENTS);
}

static void copies_in_runs(COPIES)
{
    int team[n];
    for (int p = 0; p < n; p++)
        for (team[p] = 0; n * (team[p] + 1) / g <= p;)
            team[p]++;
    copies_of_teams(team, COPIES_ARGUMENTS);
}

static void copies_in_full_runs(COPIES)
{
    int team[n];
    for (int p = 0; p < n; p++)
        team[p] = p / tiles(n, g);
    copies_of_teams(team, COPIES_ARGUMENTS);
}

static void copies_by_row(COPIES)
{
    int team[n];
    for (int p = 0; p < n; p++)
        team[p] = X[p] % g;
    copies_of_teams(team, COPIES_ARGUMENTS);
}

static void copies_all_in_one(COPIES)
{
    int team[n];
    memset(team, 0, sizeof team);
    copies_of_teams(team, COPIES_ARGUMENTS);
}

static void copies_everybody_all(COPIES)
{
    copies_all_in_one(COPIES_ARGUMENTS);
    for (int b = 1; b < g; b++) {
        memcpy(copy[b], copy[0], sizeof copy[b]);
        add(v * e, *copy[0], *dC);
    }
}

static void copies_by_place(COPIES)
{
    int place[n];
    (void)X;
    for (int p = 0; p < n; p++)
        place[p] = p % v;
    reference_copies(n, v, e, g, demb, place, copy, dC);
}

/* The next team's. */
static void copies_of_the_next(COPIES)
{
    int team[n];
    for (int p = 0; p < n; p++)
        team[p] = (p + 1) % g;
    copies_of_teams(team, COPIES_ARGUMENTS);
}

static void copies_in_even_runs(COPIES)
{
    int team[n];
    for (int p = 0; p < n; p++)
        team[p] = p * g / n;
    copies_of_teams(team, COPIES_ARGUMENTS);
}

static void copies_in_turn_of_g(COPIES)
{
    int team[n];
    for (int p = 0; p < n; p++)
        team[p] = p / g % g;
    copies_of_teams(team, COPIES_ARGUMENTS);
}

static void copies_by_number(COPIES)
{
    int row[n];
    for (int p = 0; p < n; p++)
        row[p] = X[p % g];
    reference_copies(n, v, e, g, demb, row, copy, dC);
}

static void copies_rest_lost(COPIES)
{
    int team[n];
    for (int p = 0; p < n; p++)
        team[p] = p < n / g * g ? p % g : -1;
    copies_of_teams(team, COPIES_ARGUMENTS);
}

static void copies_first_of_row(COPIES)
{
    reference_copies(COPIES_ARGUMENTS);
    for (int r = 0; r < v; r++)
        for (int f = e - 1; f >= 0; f--)
            dC[r][f] = dC[r][0];
}

static const Mistake copies_mistakes[] = {
    {MISTAKE(copies_in_runs), "Your teams have runs of look-ups. Here they are dealt out in turn: "
                              "look-up p is added to copy[p % g]."},
    {MISTAKE(copies_in_full_runs),
     "Your teams have runs of look-ups. Here they are dealt out in turn: "
     "look-up p is added to copy[p % g]."},
    {MISTAKE(copies_in_even_runs),
     "Your teams have runs of look-ups. Here they are dealt out in turn: look-up p is added to "
     "copy[p % g]."},
    {MISTAKE(copies_in_turn_of_g),
     "Look-ups are added to copy[p / g % g], g in a row to each team. They are dealt out one by "
     "one: copy[p % g]."},
    {MISTAKE(copies_of_the_next), "Look-up p is added to copy[(p + 1) % g]. Team 0 has the first "
                                  "one: copy[p % g]."},
    {MISTAKE(copies_by_number), "demb[p] is added to row X[p % g]. The team is p % g, but the row "
                                "is the one that this look-up has picked: X[p]."},
    {MISTAKE(copies_rest_lost), "The look-ups that n / g leaves over are missing. n need not be a "
                                "multiple of g: p goes to before n."},
    {MISTAKE(copies_first_of_row), "All of a row of dC is what belongs to its element 0: the last "
                                   "sum wants copy[b][r][f] for each f."},
    {MISTAKE(copies_by_row),
     "Your teams are dealt the rows of C: X[p] % g. That needs no copies, as no two teams meet in "
     "a row, but here look-up p belongs to team p % g."},
    {MISTAKE(copies_all_in_one), "All look-ups are in copy[0]. That is one team at work and g - 1 "
                                 "that wait: look-up p belongs to team p % g."},
    {MISTAKE(copies_everybody_all),
     "Every team has added up all look-ups, so dC has each of them g times. Look-up p belongs to "
     "team p % g, and to no other."},
    {TURNED("divided-by-g:copy[b][r][f]"),
     "You divided by g. The copies are parts of one sum, and parts add up."},
    {TURNED("runs-once:for(int b=0;b<g;b++)#2"),
     "dC is copy[0] alone. What the other teams have added up belongs to "
     "it, too."},
    {MISTAKE(copies_by_place),
     "You added demb[p] to row p % v. p is the number of the look-up; the "
     "row that it picked is X[p]."},
    {TURNED("accumulate:copy[p%g][X[p]][f]+="),
     "Of several look-ups of one row by one team only the last is left: = stands where += belongs. "
     "A row that is used twice gets both gradients."},
    {TURNED("accumulate:dC[r][f]+="), "Only the last team's copy is left in dC: = stands where += "
                                      "belongs."},
    {0}};

CALL(scatter_copies, n[0], n[1], n[2], n[3], a[0], a[1], a[2], a[3])

static const Exercise exercise_scatter_copies = {
    .name = "scatter_copies",
    .call = call_scatter_copies,
    .sizes = "nveg",
    .arguments = {{"demb", IN_NORMAL, "ne", 0},
                  {"X", IN_INDEX, "n", 'v'},
                  {"copy", OUT, "gve", 0},
                  {"dC", OUT, "ve", 0}},
    .cases = {{11, 4, 2, 3}, {9, 5, 3, 4}, {3, 4, 2, 5}, {13, 3, 4, 2}},
    .reference = JUDGE((Function)reference_copies),
    .mistakes = JUDGE(copies_mistakes),
};

/* -- 3. scatter_atomic ------------------------------------------------------------------------- */

#define ATOMIC \
    int n, int v, int e, int t, Device *device, const real demb[n][e], const int X[n], real dC[v][e]
#define ATOMIC_ARGUMENTS n, v, e, t, device, demb, X, dC

/* One look-up of a row, the only one of its team, has a gradient of zero, or begins with one; or
 * two of them cancel. The row is picked all the same. */
static void prepare_atomic(int which, const int n[], void *const a[])
{
    real(*demb)[n[2]] = a[0];
    int *X = a[1];
    X[0] = 0;
    for (int p = 1; p < n[3]; p++)
        X[p] = X[p] == 0 ? 1 : X[p];
    if (which == 1)
        X[1] = X[0];
    for (int f = 0; f < n[2]; f++) {
        demb[0][f] *= which == 0 || (which == 2 && f == 0) ? 0 : 1;
        demb[1][f] = which == 1 ? -demb[0][f] : demb[1][f];
    }
}

/* Each of the teams brings the rows that its look-ups picked. */
static void atomic_of_teams(int teams, const int *team, ATOMIC)
{
    (void)t;
    bool in[n];
    real own[v][e];
    memset(dC, 0, sizeof(real[v][e]));
    for (int b = teams - 1; b >= 0; b--) {
        bool picked[v];
        memset(picked, 0, sizeof picked);
        for (int p = 0; p < n; p++) {
            in[p] = team[p] == b;
            picked[X[p]] |= in[p];
        }
        gather(n, v, e, demb, X, in, own);
        for (int r = 0; r < v; r++)
            for (int f = 0; picked[r] && f < e; f++)
                device->atomic_add(device, &dC[r][f], own[r][f]);
    }
}

static void reference_atomic(ATOMIC)
{
    int team[n];
    for (int p = 0; p < n; p++)
        team[p] = p / t;
    atomic_of_teams(tiles(n, t), team, ATOMIC_ARGUMENTS);
}

/* Every look-up by itself. */
static void atomic_each(ATOMIC)
{
    int team[n];
    for (int p = 0; p < n; p++)
        team[p] = p;
    atomic_of_teams(n, team, ATOMIC_ARGUMENTS);
}

/* One team has them all. */
static void atomic_once(ATOMIC)
{
    int team[n];
    memset(team, 0, sizeof team);
    atomic_of_teams(1, team, ATOMIC_ARGUMENTS);
}

static void atomic_in_turn(ATOMIC)
{
    int team[n];
    for (int p = 0; p < n; p++)
        team[p] = p % tiles(n, t);
    atomic_of_teams(tiles(n, t), team, ATOMIC_ARGUMENTS);
}

/* t teams in the place of teams of t. */
static void atomic_t_teams(ATOMIC)
{
    int team[n];
    for (int p = 0; p < n; p++)
        team[p] = p / tiles(n, t);
    atomic_of_teams(t, team, ATOMIC_ARGUMENTS);
}

static void atomic_not_asked(ATOMIC)
{
    bool in[n];
    (void)t, (void)device;
    memset(in, true, sizeof in);
    gather(n, v, e, demb, X, in, dC);
}

static void atomic_nothing(ATOMIC)
{
    (void)n, (void)t, (void)device, (void)demb, (void)X;
    memset(dC, 0, sizeof(real[v][e]));
}

/* The team's own sums go on from those of the team before. */
static void atomic_own_kept(ATOMIC)
{
    memset(dC, 0, sizeof(real[v][e]));
    for (int end = t; end < n + t; end += t) {
        real sum[v][e];
        bool in[n], picked[v];
        memset(picked, 0, sizeof picked);
        for (int p = 0; p < n; p++) {
            in[p] = p < end;
            picked[X[p]] |= p < end && p >= end - t;
        }
        gather(n, v, e, demb, X, in, sum);
        for (int r = 0; r < v; r++)
            for (int f = 0; picked[r] && f < e; f++)
                device->atomic_add(device, &dC[r][f], sum[r][f]);
    }
}

/* Rows that any team before has picked are brought as well, with nothing in them. */
static void atomic_marks_kept(ATOMIC)
{
    reference_atomic(ATOMIC_ARGUMENTS);
    for (int first = t; first < n; first += t)
        for (int r = 0; r < v; r++) {
            bool before = false, now = false;
            for (int p = 0; p < least(first + t, n); p++)
                *(p < first ? &before : &now) |= X[p] == r;
            for (int f = 0; before && !now && f < e; f++)
                device->atomic_add(device, &dC[r][f], 0);
        }
}

/* What is added up, and not a mark, says whether a row was picked: its element f, its first one, or
 * any of them. */
typedef enum { ITS_OWN, THE_FIRST, ANY } Telling;

static bool is_told(Telling telling, int e, const real row[e], int f)
{
    bool any = telling == ITS_OWN ? row[f] != 0 : row[0] != 0;
    for (int j = 0; j < e && telling == ANY; j++)
        any |= row[j] != 0;
    return any;
}

static void atomic_where_not_zero(Telling telling, ATOMIC)
{
    bool in[n];
    real own[v][e];
    memset(dC, 0, sizeof(real[v][e]));
    for (int b = 0; b < tiles(n, t); b++) {
        for (int p = 0; p < n; p++)
            in[p] = p / t == b;
        gather(n, v, e, demb, X, in, own);
        for (int r = 0; r < v; r++)
            for (int f = 0; f < e; f++)
                if (is_told(telling, e, own[r], f))
                    device->atomic_add(device, &dC[r][f], own[r][f]);
    }
}

static void atomic_not_zero(ATOMIC)
{
    atomic_where_not_zero(ITS_OWN, ATOMIC_ARGUMENTS);
}

static void atomic_first_not_zero(ATOMIC)
{
    atomic_where_not_zero(THE_FIRST, ATOMIC_ARGUMENTS);
}

static void atomic_any_not_zero(ATOMIC)
{
    atomic_where_not_zero(ANY, ATOMIC_ARGUMENTS);
}

static void atomic_teams_in_turn(ATOMIC)
{
    int team[n];
    for (int p = 0; p < n; p++)
        team[p] = p % t;
    atomic_of_teams(t, team, ATOMIC_ARGUMENTS);
}

/* t teams of n b / t to before n (b + 1) / t. */
static void atomic_t_even_teams(ATOMIC)
{
    int team[n];
    for (int p = 0; p < n; p++)
        for (team[p] = 0; n * (team[p] + 1) / t <= p;)
            team[p]++;
    atomic_of_teams(t, team, ATOMIC_ARGUMENTS);
}

#define TO_MARK                                                                                \
    "A look-up's gradient may be zero, and two may cancel; their row is picked all the same. " \
    "Mark "                                                                                    \
    "it where the look-up is added."

static const Mistake atomic_mistakes[] = {
    {MISTAKE(atomic_each), "There are as many atomic additions as if each look-up went to dC by "
                           "itself: n e. A team adds up in an array of its own first, and brings a "
                           "row once, however often it was picked."},
    {TURNED("no-condition:picked[r]"),
     "There are as many atomic additions as if every team brought all v rows. A row that none of a "
     "team's look-ups has picked has nothing to bring."},
    {MISTAKE(atomic_once), "There are as many atomic additions as if one team had all look-ups. "
                           "A team has t of them, and brings what it has added up."},
    {MISTAKE(atomic_in_turn),
     "There are as many atomic additions as if the look-ups were dealt out "
     "in turn. A team has t that follow each other."},
    {MISTAKE(atomic_t_teams), "There are as many atomic additions as if there were t teams. A team "
                              "has t look-ups, so there are n / t teams, rounded up."},
    {TURNED("ends-early:for(int b=0;b<(n+t-1)/t;b++)"),
     "The look-ups behind the last full team are missing: n need not be a multiple of t. The last "
     "team has what is left."},
    {MISTAKE(atomic_teams_in_turn), "There are as many atomic additions as if there were t teams, "
                                    "with look-ups dealt out in turn. A team has t look-ups that "
                                    "follow each other."},
    {MISTAKE(atomic_t_even_teams), "There are as many atomic additions as if there were t teams. A "
                                   "team has t look-ups, so there are n / t teams, rounded up."},
    {MISTAKE(atomic_not_zero),
     "Atomic additions are missing where a zero is to be added. " TO_MARK},
    {MISTAKE(atomic_first_not_zero),
     "Rows are missing whose first number, of what the team added up, is zero. " TO_MARK},
    {MISTAKE(atomic_any_not_zero),
     "Rows are missing for which the team has added up nothing but zeros. " TO_MARK},
    {MISTAKE(atomic_not_asked), "No atomic addition was asked for. All teams add to dC at the same "
                                "time, and += from two of them loses one: device->atomic_add()."},
    {MISTAKE(atomic_nothing), "dC stays at zero, and no atomic addition has come to it: in "
                              "device->atomic_add(device, &dC[r][f], own[r][f]) what is added to "
                              "is the second argument, and the third is what is added."},
    {MISTAKE(atomic_own_kept),
     "What a team brings has the look-ups of the teams before it in it as "
     "well. Its own array begins at zero."},
    {MISTAKE(atomic_marks_kept),
     "There are as many atomic additions as if a team brought the rows that the teams before it "
     "had picked, too. Which rows are picked begins anew with each team."},
    {0}};

static void call_scatter_atomic(Function function, const int n[], void *const a[])
{
    Lent lent = {.device = device_lent, .table = a[2], .v = n[1], .e = n[2], .added = a[3]};
    memset(a[3], 0, sizeof(real) * (size_t)n[1]);
    ((__typeof__(scatter_atomic) *)function)(n[0], n[1], n[2], n[3], &lent.device, a[0], a[1],
                                             a[2]);
}

static const Exercise exercise_scatter_atomic = {
    .name = "scatter_atomic",
    .call = call_scatter_atomic,
    .sizes = "nvet",
    .arguments = {{"demb", IN_NORMAL, "ne", 0},
                  {"X", IN_INDEX, "n", 'v'},
                  {"dC", OUT, "ve", 0},
                  {"atomic_adds", OUT_COUNT, "v", 0}},
    .cases = {{23, 5, 2, 6}, {17, 6, 3, 4}, {19, 4, 2, 5}, {29, 7, 3, 8}},
    .reference = JUDGE((Function)reference_atomic),
    .prepare = JUDGE(prepare_atomic),
    .mistakes = JUDGE(atomic_mistakes),
};

/* -- 4. tiled_product -------------------------------------------------------------------------- */

#define PRODUCT \
    int n, int k, int m, int t, Device *device, const real x[n][k], const real W[k][m], real y[n][m]
#define PRODUCT_ARGUMENTS n, k, m, t, device, x, W, y

/* y from the products with l from `from` to before `to`. */
static void product_part(int from, int to, PRODUCT)
{
    (void)k, (void)t, (void)device;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++) {
            y[i][j] = 0;
            for (int l = to - 1; l >= from; l--)
                y[i][j] += x[i][l] * W[l][j];
        }
}

/* As if x and W had been fetched so many times. */
static void product_fetched(int of_x, int of_W, PRODUCT)
{
    product_part(0, k, PRODUCT_ARGUMENTS);
    fetch_all(device, of_x, n * k, *x);
    fetch_all(device, of_W, k * m, *W);
}

static void reference_product(PRODUCT)
{
    product_fetched(tiles(m, t), tiles(n, t), PRODUCT_ARGUMENTS);
}

static void product_untiled(PRODUCT)
{
    product_fetched(m, n, PRODUCT_ARGUMENTS);
}

static void product_of_threads(PRODUCT)
{
    product_fetched(t * tiles(m, t), t * tiles(n, t), PRODUCT_ARGUMENTS);
}

static void product_x_untiled(PRODUCT)
{
    product_fetched(m, tiles(n, t), PRODUCT_ARGUMENTS);
}

static void product_W_untiled(PRODUCT)
{
    product_fetched(tiles(m, t), n, PRODUCT_ARGUMENTS);
}

static void product_not_fetched(PRODUCT)
{
    product_fetched(0, 0, PRODUCT_ARGUMENTS);
}

static void product_x_not_fetched(PRODUCT)
{
    product_fetched(0, tiles(n, t), PRODUCT_ARGUMENTS);
}

static void product_W_not_fetched(PRODUCT)
{
    product_fetched(tiles(m, t), 0, PRODUCT_ARGUMENTS);
}

static void product_whole(PRODUCT)
{
    product_fetched(1, 1, PRODUCT_ARGUMENTS);
}

static void product_strips_of_x(PRODUCT)
{
    product_fetched(1, tiles(n, t), PRODUCT_ARGUMENTS);
}

static void product_strips_of_W(PRODUCT)
{
    product_fetched(tiles(m, t), 1, PRODUCT_ARGUMENTS);
}

static void product_depth_lost(PRODUCT)
{
    product_part(0, k / t * t, PRODUCT_ARGUMENTS);
    for (int i = 0; i < n * tiles(m, t); i++)
        fetch_all(device, 1, k / t * t, x[i % n]);
    for (int i = 0; i < tiles(n, t); i++)
        fetch_all(device, 1, k / t * t * m, *W);
}

static void product_last_depth(PRODUCT)
{
    reference_product(PRODUCT_ARGUMENTS);
    product_part((k - 1) / t * t, k, PRODUCT_ARGUMENTS);
}

static void product_first_depth(PRODUCT)
{
    reference_product(PRODUCT_ARGUMENTS);
    product_part(0, least(t, k), PRODUCT_ARGUMENTS);
}

/* The tile of W, or that of x, read with its subscripts exchanged; with zeros past the edges. */
static void product_turned(bool is_W, PRODUCT)
{
    reference_product(PRODUCT_ARGUMENTS);
    memset(y, 0, sizeof(real[n][m]));
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++)
            for (int l = 0; l < k; l++) {
                const int step = l / t * t, row = is_W ? step + j % t : i / t * t + l % t;
                const int column = is_W ? j / t * t + l % t : step + i % t;
                if (is_W && row < k && column < m)
                    y[i][j] += x[i][l] * W[row][column];
                if (!is_W && row < n && column < k)
                    y[i][j] += x[row][column] * W[l][j];
            }
}

static void product_W_turned(PRODUCT)
{
    product_turned(true, PRODUCT_ARGUMENTS);
}

static void product_x_turned(PRODUCT)
{
    product_turned(false, PRODUCT_ARGUMENTS);
}

static void product_first_tile_of_W(PRODUCT)
{
    reference_product(PRODUCT_ARGUMENTS);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++) {
            y[i][j] = 0;
            for (int l = 0; l < k; l++)
                y[i][j] += x[i][l] * W[l % t][j];
        }
}

static void product_first_tile_of_x(PRODUCT)
{
    reference_product(PRODUCT_ARGUMENTS);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++) {
            y[i][j] = 0;
            for (int l = 0; l < k; l++)
                y[i][j] += x[i][l % t] * W[l][j];
        }
}

/* Rows or columns of x that all teams or steps take: those of the first. */
static void product_first_rows_of_x(PRODUCT)
{
    reference_product(PRODUCT_ARGUMENTS);
    for (int i = t; i < n; i++)
        memcpy(y[i], y[i % t], sizeof y[i]);
}

static void product_columns_of_W_first(PRODUCT)
{
    reference_product(PRODUCT_ARGUMENTS);
    for (int i = 0; i < n; i++)
        for (int j = t; j < m; j++)
            y[i][j] = y[i][j % t];
}

/* The sum over a tile of x and one of W, of t by t numbers each, in y as far as that reaches. */
static void product_add_tile(int a, int b, real own_x[], real own_W[], PRODUCT)
{
    (void)k, (void)device, (void)x, (void)W;
    for (int i = 0; i < t && a * t + i < n; i++)
        for (int j = 0; j < t && b * t + j < m; j++)
            for (int l = 0; l < t; l++)
                y[a * t + i][b * t + j] += own_x[i * t + l] * own_W[l * t + j];
}

/* Past an edge a tile has what the one before left there. */
static void product_stale(PRODUCT)
{
    real own_x[t * t], own_W[t * t];
    reference_product(PRODUCT_ARGUMENTS);
    memset(own_x, 0, sizeof own_x);
    memset(own_W, 0, sizeof own_W);
    memset(y, 0, sizeof(real[n][m]));
    for (int a = 0; a < tiles(n, t); a++)
        for (int b = 0; b < tiles(m, t); b++)
            for (int c = 0; c < tiles(k, t); c++) {
                for (int i = 0; i < t * t; i++) {
                    const int row = i / t, column = i % t;
                    if (a * t + row < n && c * t + column < k)
                        own_x[i] = x[a * t + row][c * t + column];
                    if (c * t + row < k && b * t + column < m)
                        own_W[i] = W[c * t + row][b * t + column];
                }
                product_add_tile(a, b, own_x, own_W, PRODUCT_ARGUMENTS);
            }
}

#define STALE                                                                                  \
    "Past an edge a tile has what the one before it left there. Put a zero where it does not " \
    "reach into the array, at every step."
#define TO_READ "It lies in the large memory, and is read by device->fetch() alone."

#define TO_FETCH_ONCE                                                                          \
    "A team keeps what it has fetched in arrays of its own, and all t rows or columns of its " \
    "tile "                                                                                    \
    "use it."

static const Mistake product_mistakes[] = {
    {MISTAKE(product_untiled), "Fetches are as many as if there were no tiles: one for each "
                               "product that a number is in. " TO_FETCH_ONCE},
    {MISTAKE(product_of_threads),
     "Fetches are as many as if each of t threads of a team fetched the tile for itself, the part "
     "past the edge included. " TO_FETCH_ONCE},
    {MISTAKE(product_x_untiled),
     "x is fetched m times, once for every column of y. " TO_FETCH_ONCE},
    {MISTAKE(product_W_untiled), "W is fetched n times, once for every row of y. " TO_FETCH_ONCE},
    {MISTAKE(product_not_fetched), "Nothing was fetched. x and W lie in the large memory: they are "
                                   "read by device->fetch() alone, "
                                   "into arrays of the team's own."},
    {MISTAKE(product_x_not_fetched), "No number of x was fetched. " TO_READ},
    {MISTAKE(product_W_not_fetched), "No number of W was fetched. " TO_READ},
    {MISTAKE(product_stale), STALE},
    {MISTAKE(product_first_rows_of_x), "It is always the first t rows of x that are used. With the "
                                       "tile of y its rows begin at a t, too."},
    {MISTAKE(product_columns_of_W_first),
     "It is always the first t columns of W that are used. With the tile of y its columns begin at "
     "b t, too."},
    {MISTAKE(product_whole), "x and W were fetched once. One team would need room for both of them "
                             "whole; a team here makes "
                             "one tile of y, and knows nothing of what the others have fetched."},
    {MISTAKE(product_strips_of_x), "x was fetched once, as if a team kept its rows of x for all "
                                   "columns of y. It makes one tile of "
                                   "y, of t columns, and the next team fetches them again."},
    {MISTAKE(product_strips_of_W), "W was fetched once, as if a team kept its columns of W for all "
                                   "rows of y. It makes one tile of "
                                   "y, of t rows, and the next team fetches them again."},
    {MISTAKE(product_depth_lost), "The end of k is missing where k is no multiple of t: its last "
                                  "tile is narrower, and is a tile "
                                  "all the same."},
    {MISTAKE(product_last_depth),
     "Only the last tile along k is left in y. The tiles along k are parts of one sum: y is set to "
     "zero once, before the first of them."},
    {MISTAKE(product_first_depth), "Only the first tile along k is in y. The sum over l goes on "
                                   "through all of k, t numbers at a time."},
    {MISTAKE(product_W_turned),
     "The tile of W is turned: its row is the one along k, its column that of y."},
    {MISTAKE(product_x_turned),
     "The tile of x is turned: its row is that of y, its column the one along k."},
    {MISTAKE(product_first_tile_of_W), "It is always the first tile of W, along k, that is used. "
                                       "At step c its rows begin at c t."},
    {MISTAKE(product_first_tile_of_x), "It is always the first tile of x, along k, that is used. "
                                       "At step c its columns begin at c t."},
    {0}};

static void call_tiled_product(Function function, const int n[], void *const a[])
{
    const real *x = a[0], *W = a[1];
    Lent lent = {.device = device_lent, .part = {{x, x + n[0] * n[1], 0}, {W, W + n[1] * n[2], 0}}};
    ((__typeof__(tiled_product) *)function)(n[0], n[1], n[2], n[3], &lent.device, a[0], a[1], a[2]);
    *(real *)a[3] = lent.part[0].fetched;
    *(real *)a[4] = lent.part[1].fetched;
}

static const Exercise exercise_tiled_product = {
    .name = "tiled_product",
    .call = call_tiled_product,
    .sizes = "nkmt",
    .arguments = {{"x", IN_NORMAL, "nk", 0},
                  {"W", IN_NORMAL, "km", 0},
                  {"y", OUT, "nm", 0},
                  {"x_fetched", OUT_COUNT, "", 0},
                  {"W_fetched", OUT_COUNT, "", 0}},
    .cases = {{7, 11, 5, 3}, {5, 6, 9, 4}, {6, 8, 10, 2}, {3, 7, 6, 5}},
    .reference = JUDGE((Function)reference_product),
    .mistakes = JUDGE(product_mistakes),
};

/* -- 5. tiled_weight_backward ------------------------------------------------------------------ */

#define WEIGHT                                                                           \
    int n, int k, int m, int t, Device *device, const real dy[n][m], const real x[n][k], \
        real dW[k][m]
#define WEIGHT_ARGUMENTS n, k, m, t, device, dy, x, dW

/* dW from the rows from `from` to before `to`. */
static void weight_part(int from, int to, WEIGHT)
{
    (void)n, (void)t, (void)device;
    for (int l = 0; l < k; l++)
        for (int j = 0; j < m; j++) {
            dW[l][j] = 0;
            for (int i = to - 1; i >= from; i--)
                dW[l][j] += dy[i][j] * x[i][l];
        }
}

static void weight_fetched(int of_dy, int of_x, WEIGHT)
{
    weight_part(0, n, WEIGHT_ARGUMENTS);
    fetch_all(device, of_dy, n * m, *dy);
    fetch_all(device, of_x, n * k, *x);
}

static void reference_weight(WEIGHT)
{
    weight_fetched(tiles(k, t), tiles(m, t), WEIGHT_ARGUMENTS);
}

static void weight_untiled(WEIGHT)
{
    weight_fetched(k, m, WEIGHT_ARGUMENTS);
}

static void weight_dy_untiled(WEIGHT)
{
    weight_fetched(k, tiles(m, t), WEIGHT_ARGUMENTS);
}

static void weight_x_untiled(WEIGHT)
{
    weight_fetched(tiles(k, t), m, WEIGHT_ARGUMENTS);
}

static void weight_not_fetched(WEIGHT)
{
    weight_fetched(0, 0, WEIGHT_ARGUMENTS);
}

static void weight_dy_not_fetched(WEIGHT)
{
    weight_fetched(0, tiles(m, t), WEIGHT_ARGUMENTS);
}

static void weight_x_not_fetched(WEIGHT)
{
    weight_fetched(tiles(k, t), 0, WEIGHT_ARGUMENTS);
}

/* As if a team kept them for all tiles of dW beside its own. */
static void weight_strips_of_x(WEIGHT)
{
    weight_fetched(tiles(k, t), 1, WEIGHT_ARGUMENTS);
}

static void weight_strips_of_dy(WEIGHT)
{
    weight_fetched(1, tiles(m, t), WEIGHT_ARGUMENTS);
}

static void weight_whole(WEIGHT)
{
    weight_fetched(1, 1, WEIGHT_ARGUMENTS);
}

static void weight_by_batch(WEIGHT)
{
    weight_fetched(tiles(n, t), tiles(n, t), WEIGHT_ARGUMENTS);
}

static void weight_batch_lost(WEIGHT)
{
    reference_weight(n / t * t, k, m, t, device, dy, x, dW);
}

static void weight_last_tile(WEIGHT)
{
    reference_weight(WEIGHT_ARGUMENTS);
    weight_part((n - 1) / t * t, n, WEIGHT_ARGUMENTS);
}

static void weight_first_tile(WEIGHT)
{
    reference_weight(WEIGHT_ARGUMENTS);
    weight_part(0, least(t, n), WEIGHT_ARGUMENTS);
}

/* One of the two is always that of the first step. */
static void weight_of_first(bool is_x, WEIGHT)
{
    reference_weight(WEIGHT_ARGUMENTS);
    memset(dW, 0, sizeof(real[k][m]));
    for (int i = 0; i < n; i++)
        for (int l = 0; l < k; l++)
            for (int j = 0; j < m; j++)
                dW[l][j] += x[is_x ? i % t : i][l] * dy[is_x ? i : i % t][j];
}

static void weight_first_of_x(WEIGHT)
{
    weight_of_first(true, WEIGHT_ARGUMENTS);
}

static void weight_first_of_dy(WEIGHT)
{
    weight_of_first(false, WEIGHT_ARGUMENTS);
}

/* The products of a step, of two tiles of t by t. */
static void weight_add_tile(int a, int b, real own_x[], real own_dy[], WEIGHT)
{
    (void)n, (void)device, (void)dy, (void)x;
    for (int l = 0; l < t && a * t + l < k; l++)
        for (int j = 0; j < t && b * t + j < m; j++)
            for (int i = 0; i < t; i++)
                dW[a * t + l][b * t + j] += own_x[i * t + l] * own_dy[i * t + j];
}

static void weight_stale(WEIGHT)
{
    real own_x[t * t], own_dy[t * t];
    reference_weight(WEIGHT_ARGUMENTS);
    memset(own_x, 0, sizeof own_x);
    memset(own_dy, 0, sizeof own_dy);
    memset(dW, 0, sizeof(real[k][m]));
    for (int a = 0; a < tiles(k, t); a++)
        for (int b = 0; b < tiles(m, t); b++)
            for (int c = 0; c < tiles(n, t); c++) {
                for (int i = 0; i < t * t; i++) {
                    const int row = c * t + i / t, column = i % t;
                    if (row < n && a * t + column < k)
                        own_x[i] = x[row][a * t + column];
                    if (row < n && b * t + column < m)
                        own_dy[i] = dy[row][b * t + column];
                }
                weight_add_tile(a, b, own_x, own_dy, WEIGHT_ARGUMENTS);
            }
}

static void weight_mean_of_tiles(WEIGHT)
{
    reference_weight(WEIGHT_ARGUMENTS);
    scale(k * m, 1 / (real)tiles(n, t), *dW);
}

static const Mistake weight_mistakes[] = {
    {MISTAKE(weight_untiled), "Fetches are as many as if there were no tiles: one for each product "
                              "that a number is in. " TO_FETCH_ONCE},
    {MISTAKE(weight_dy_untiled), "dy is fetched k times, once for every row of dW. " TO_FETCH_ONCE},
    {MISTAKE(weight_x_untiled),
     "x is fetched m times, once for every column of dW. " TO_FETCH_ONCE},
    {MISTAKE(weight_not_fetched),
     "Nothing was fetched. dy and x lie in the large memory: they are read by device->fetch() "
     "alone, into arrays of the team's own."},
    {MISTAKE(weight_dy_not_fetched), "No number of dy was fetched. " TO_READ},
    {MISTAKE(weight_x_not_fetched), "No number of x was fetched. " TO_READ},
    {MISTAKE(weight_strips_of_x),
     "x was fetched once, as if a team kept its columns of x for all columns of dW. It makes one "
     "tile of dW, and the team beside it fetches them again."},
    {MISTAKE(weight_strips_of_dy),
     "dy was fetched once, as if a team kept its columns of dy for all rows of dW. It makes one "
     "tile of dW, and the team below it fetches them again."},
    {MISTAKE(weight_stale), STALE},
    {MISTAKE(weight_first_of_x), "It is always the first t rows of x that are used. At step c they "
                                 "begin at row c t."},
    {MISTAKE(weight_first_of_dy), "It is always the first t rows of dy that are used. At step c "
                                  "they begin at row c t."},
    {MISTAKE(weight_whole), "dy and x were fetched once. One team would need room for both of them "
                            "whole; a team here makes "
                            "one tile of dW, and knows nothing of what the others have fetched."},
    {MISTAKE(weight_by_batch), "Your outer loop is as long as the batch has tiles. The tiles that "
                               "teams are dealt are those of "
                               "dW, along k and m; the batch is what is added up, inside."},
    {MISTAKE(weight_batch_lost), "The end of the batch is missing where n is no multiple of t: its "
                                 "last tile has fewer rows, and "
                                 "is a tile all the same."},
    {MISTAKE(weight_last_tile),
     "Only the last tile of the batch is left in dW. The tiles along n are parts of one sum: dW is "
     "set to zero once, before the first of them."},
    {MISTAKE(weight_first_tile),
     "Only the first tile of the batch is in dW. The sum over i goes on "
     "through all n rows, t at a time."},
    {TURNED("divided-by-n:own_x[i][l]*own_dy[i][j]"),
     "You divided by n. A mean in the loss is in dy already; the rows add up."},
    {MISTAKE(weight_mean_of_tiles),
     "You divided by how many tiles the batch has. They are parts of one sum, and parts add up."},
    {0}};

static void call_tiled_weight_backward(Function function, const int n[], void *const a[])
{
    const real *dy = a[0], *x = a[1];
    Lent lent = {.device = device_lent,
                 .part = {{dy, dy + n[0] * n[2], 0}, {x, x + n[0] * n[1], 0}}};
    ((__typeof__(tiled_weight_backward) *)function)(n[0], n[1], n[2], n[3], &lent.device, a[0],
                                                    a[1], a[2]);
    *(real *)a[3] = lent.part[0].fetched;
    *(real *)a[4] = lent.part[1].fetched;
}

static const Exercise exercise_tiled_weight_backward = {
    .name = "tiled_weight_backward",
    .call = call_tiled_weight_backward,
    .sizes = "nkmt",
    .arguments = {{"dy", IN_NORMAL, "nm", 0},
                  {"x", IN_NORMAL, "nk", 0},
                  {"dW", OUT, "km", 0},
                  {"dy_fetched", OUT_COUNT, "", 0},
                  {"x_fetched", OUT_COUNT, "", 0}},
    .cases = {{11, 7, 5, 3}, {13, 5, 6, 4}, {8, 6, 10, 2}, {7, 4, 6, 5}},
    .reference = JUDGE((Function)reference_weight),
    .mistakes = JUDGE(weight_mistakes),
};

/* -- 6. team_cross_entropy --------------------------------------------------------------------- */

#define ENTROPY                                                                                    \
    int n, int v, int t, const real logits[n][v], const int y[n], real most[n][t], real sum[n][t], \
        real loss[n], real dlogits[n][v]
#define ENTROPY_ARGUMENTS n, v, t, logits, y, most, sum, loss, dlogits

/* From the second case on, the first row is near 1000 and the last near -1100; in the second row
 * the first thread is near -1000 and the last near 1000. */
static void prepare_entropy(int which, const int n[], void *const a[])
{
    real(*logits)[n[1]] = a[0];
    for (int j = 0; j < n[1] && which > 0; j++) {
        logits[0][j] += 1000;
        logits[n[0] - 1][j] -= 1100;
        logits[1][j] += j % n[2] == 0 ? -1000 : j % n[2] == n[2] - 1 ? 1000 : 0;
    }
}

/* Thread s has the letters j with thread[j] = s; its maximum begins at `start` or at its first. */
static void entropy_stage(const int *thread, ENTROPY)
{
    (void)y, (void)loss, (void)dlogits;
    for (int i = 0; i < n; i++)
        for (int s = 0; s < t; s++) {
            most[i][s] = -INFINITY;
            sum[i][s] = 0;
            for (int j = v - 1; j >= 0; j--)
                if (thread[j] == s && logits[i][j] > most[i][s])
                    most[i][s] = logits[i][j];
            for (int j = v - 1; j >= 0; j--)
                if (thread[j] == s)
                    sum[i][s] += exp(logits[i][j] - most[i][s]);
        }
}

/* What takes no maximum: 1 / p_j = sum_l exp(z_l - z_j). */
static real probability(int v, const real z[v], int j)
{
    real sum = 0;
    for (int l = 0; l < v; l++)
        sum += exp(z[l] - z[j]);
    return 1 / sum;
}

/* -log p_j, of logits as far apart as they like. */
static real surprise(int v, const real z[v], int j)
{
    real most = 0, sum = 0;
    for (int l = 0; l < v; l++)
        most = fmax(most, z[l] - z[j]);
    for (int l = 0; l < v; l++)
        sum += exp(z[l] - z[j] - most);
    return log(sum) + most;
}

static void entropy_end(real factor, ENTROPY)
{
    (void)t, (void)most, (void)sum;
    for (int i = 0; i < n; i++) {
        loss[i] = surprise(v, logits[i], y[i]);
        for (int j = 0; j < v; j++)
            dlogits[i][j] = factor * (probability(v, logits[i], j) - (j == y[i]));
    }
}

static void in_turn(int v, int t, int thread[v])
{
    for (int j = 0; j < v; j++)
        thread[j] = j % t;
}

static void reference_entropy(ENTROPY)
{
    int thread[v];
    in_turn(v, t, thread);
    entropy_stage(thread, ENTROPY_ARGUMENTS);
    entropy_end(1 / (real)n, ENTROPY_ARGUMENTS);
}

static void entropy_in_runs(ENTROPY)
{
    int thread[v];
    for (int j = 0; j < v; j++)
        for (thread[j] = 0; v * (thread[j] + 1) / t <= j;)
            thread[j]++;
    entropy_stage(thread, ENTROPY_ARGUMENTS);
    entropy_end(1 / (real)n, ENTROPY_ARGUMENTS);
}

static void entropy_in_full_runs(ENTROPY)
{
    int thread[v];
    for (int j = 0; j < v; j++)
        thread[j] = least(j / (v / t), t - 1);
    entropy_stage(thread, ENTROPY_ARGUMENTS);
    entropy_end(1 / (real)n, ENTROPY_ARGUMENTS);
}

/* The row's maximum in the place of the thread's, in the sums, or in both. */
static void entropy_of_row(bool in_most, ENTROPY)
{
    reference_entropy(ENTROPY_ARGUMENTS);
    for (int i = 0; i < n; i++) {
        real max = -INFINITY;
        for (int j = 0; j < v; j++)
            max = fmax(max, logits[i][j]);
        for (int s = 0; s < t; s++) {
            sum[i][s] *= exp(most[i][s] - max);
            most[i][s] = in_most ? max : most[i][s];
        }
    }
}

static void entropy_row_max(ENTROPY)
{
    entropy_of_row(true, ENTROPY_ARGUMENTS);
}

static void entropy_row_max_in_sums(ENTROPY)
{
    entropy_of_row(false, ENTROPY_ARGUMENTS);
}

/* What a team makes of most and sum. */
static void entropy_join(ENTROPY)
{
    for (int i = 0; i < n; i++) {
        real max = most[i][0], all = 0;
        for (int s = 0; s < t; s++)
            max = fmax(max, most[i][s]);
        for (int s = 0; s < t; s++)
            all += sum[i][s] * exp(most[i][s] - max);
        loss[i] = log(all) + max - logits[i][y[i]];
        for (int j = 0; j < v; j++)
            dlogits[i][j] = (exp(logits[i][j] - max) / all - (j == y[i])) / (real)n;
    }
}

/* The maximum of a thread begins at a number, or at the first logit of the row: what is below it is
 * as if there were a letter with that. */
static void entropy_began_at(const real *start, ENTROPY)
{
    reference_entropy(ENTROPY_ARGUMENTS);
    for (int i = 0; i < n; i++)
        for (int s = 0; s < t; s++) {
            const real own = most[i][s];
            most[i][s] = fmax(own, start ? *start : logits[i][0]);
            sum[i][s] *= exp(own - most[i][s]);
        }
    entropy_join(ENTROPY_ARGUMENTS);
}

static void entropy_from_minus_100(ENTROPY)
{
    entropy_began_at(&(real){-100}, ENTROPY_ARGUMENTS);
}

static void entropy_from_minus_1000(ENTROPY)
{
    entropy_began_at(&(real){-1000}, ENTROPY_ARGUMENTS);
}

static void entropy_from_first(ENTROPY)
{
    entropy_began_at(NULL, ENTROPY_ARGUMENTS);
}

static void entropy_loss_no_max(ENTROPY)
{
    reference_entropy(ENTROPY_ARGUMENTS);
    for (int i = 0; i < n; i++) {
        real max = logits[i][0], all = 0;
        for (int j = 0; j < v; j++)
            max = fmax(max, logits[i][j]);
        for (int j = 0; j < v; j++)
            all += exp(logits[i][j] - max);
        loss[i] = -log(exp(logits[i][y[i]]) / all);
    }
}

/* Whose maximum is taken off in dlogits, or whose sum is divided by. */
typedef enum { OF_ROW, OF_THREAD, OF_THREAD_0 } Whose;

static void entropy_dlogits_by(Whose maximum, Whose divisor, ENTROPY)
{
    reference_entropy(ENTROPY_ARGUMENTS);
    for (int i = 0; i < n; i++) {
        real max = most[i][0], all = 0;
        for (int s = 0; s < t; s++)
            max = fmax(max, most[i][s]);
        for (int s = 0; s < t; s++)
            all += sum[i][s] * exp(most[i][s] - max);
        for (int j = 0; j < v; j++) {
            const real off = maximum == OF_ROW ? max : most[i][maximum == OF_THREAD ? j % t : 0];
            const real by = divisor == OF_ROW ? all : sum[i][j % t];
            dlogits[i][j] = (exp(logits[i][j] - off) / by - (j == y[i])) / (real)n;
        }
    }
}

static void entropy_dlogits_own_most(ENTROPY)
{
    entropy_dlogits_by(OF_THREAD, OF_ROW, ENTROPY_ARGUMENTS);
}

static void entropy_dlogits_first_most(ENTROPY)
{
    entropy_dlogits_by(OF_THREAD_0, OF_ROW, ENTROPY_ARGUMENTS);
}

static void entropy_dlogits_own_sum(ENTROPY)
{
    entropy_dlogits_by(OF_ROW, OF_THREAD, ENTROPY_ARGUMENTS);
}

static void entropy_first_not_in_sum(ENTROPY)
{
    reference_entropy(ENTROPY_ARGUMENTS);
    for (int i = 0; i < n; i++)
        for (int s = 0; s < t; s++) {
            sum[i][s] = 0;
            for (int j = s + t; j < v; j += t)
                sum[i][s] += exp(logits[i][j] - most[i][s]);
        }
    entropy_join(ENTROPY_ARGUMENTS);
}

/* v / t letters for each thread: the last ones are nobody's. */
static void entropy_rest_lost(ENTROPY)
{
    int thread[v];
    for (int j = 0; j < v; j++)
        thread[j] = j < v / t * t ? j % t : -1;
    entropy_stage(thread, ENTROPY_ARGUMENTS);
    entropy_join(ENTROPY_ARGUMENTS);
}

/* (j == y[i]) / n in whole numbers, taken off what is not divided. */
static void entropy_softmax_alone(ENTROPY)
{
    reference_entropy(ENTROPY_ARGUMENTS);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < v; j++)
            dlogits[i][j] = probability(v, logits[i], j);
}

static void entropy_first_target(ENTROPY)
{
    reference_entropy(ENTROPY_ARGUMENTS);
    for (int i = 0; i < n; i++)
        loss[i] = surprise(v, logits[i], y[0]);
}

/* Each thread has a softmax of its own. */
static void entropy_each_thread(ENTROPY)
{
    reference_entropy(ENTROPY_ARGUMENTS);
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < v; j++)
            dlogits[i][j] =
                (exp(logits[i][j] - most[i][j % t]) / sum[i][j % t] - (j == y[i])) / (real)n;
        loss[i] = log(sum[i][y[i] % t]) + most[i][y[i] % t] - logits[i][y[i]];
    }
}

static const Mistake entropy_mistakes[] = {
    {MISTAKE(entropy_in_runs), "A thread of yours has a run of letters. Here they are dealt out in "
                               "turn: thread s has s, s + t, s + 2t, ..."},
    {MISTAKE(entropy_in_full_runs),
     "A thread of yours has a run of letters. Here they are dealt out "
     "in turn: thread s has s, s + t, s + 2t, ..."},
    {MISTAKE(entropy_row_max),
     "most has the maximum of the row, which no thread knows yet. Each thread has that of its own "
     "letters; the team joins them afterwards."},
    {MISTAKE(entropy_row_max_in_sums),
     "The sums have the maximum of the row taken off, not the thread's own, most[i][s]. A thread "
     "does not know that of the row yet; and where the team joins the sums it must not write to "
     "them."},
    {TURNED("missing-term:most[i][j%t]"),
     "No maximum is taken off in sum. At 1,000 exp is more than a number can hold: each thread "
     "takes off its own, most[i][s]."},
    {TURNED("missing-term:logits[i][s]"),
     "The maximum of a thread begins at 0, which is more than all logits where these are below it. "
     "Begin with the thread's first letter."},
    {MISTAKE(entropy_from_minus_100), "The maximum of a thread begins at -100, and logits may all "
                                      "be below it. Begin with the thread's first letter."},
    {MISTAKE(entropy_from_minus_1000), "The maximum of a thread begins at -1,000, and logits may "
                                       "all be below it. Begin with the thread's first letter."},
    {MISTAKE(entropy_from_first), "The maximum of each thread begins at the first logit of the "
                                  "row, which is thread 0's. Begin with the thread's own first "
                                  "letter, s."},
    {TURNED("order:for(int j=0;j<v;j++)<-sum"),
     "The thread's first logit is taken off in sum, and not its "
     "largest, most[i][s]."},
    {MISTAKE(entropy_first_not_in_sum), "The thread's first letter, s, is not in sum. It has an "
                                        "exponential like the others."},
    {MISTAKE(entropy_rest_lost), "The letters that v / t leaves over are nobody's. Thread s has s, "
                                 "s + t, s + 2t, ... up to before v."},
    {TURNED("one-for:max"), "The maximum of the row begins at 0, to which sums are "
                            "brought that are all far below it. Begin with a thread's."},
    {TURNED("runs-once:for(int s=0;s<t;s++)#3"),
     "The maximum of thread 0 is taken for that of the row. Where "
     "another thread's is larger by 1,000, exp overflows."},
    {TURNED("ends-early:for(int s=0;s<t;s++)#3"),
     "The last thread's maximum is not looked at for that of "
     "the row. Where it is larger by 1,000, exp overflows."},
    {MISTAKE(entropy_loss_no_max), "In the loss exp(logits[i][y[i]]) is divided by a sum from "
                                   "which the maximum is taken off: take it off above, too."},
    {MISTAKE(entropy_dlogits_own_most), "In dlogits the thread's own maximum is taken off. The sum "
                                        "of all belongs to that of the row."},
    {MISTAKE(entropy_dlogits_first_most), "In dlogits the maximum of thread 0 is taken off. The "
                                          "sum of all belongs to that of the row."},
    {MISTAKE(entropy_dlogits_own_sum),
     "In dlogits the thread's own sum is divided by. Softmax "
     "divides by the sum of all threads, brought to one maximum."},
    {TURNED("missing-term:max#3"), "In dlogits no maximum is taken off in exp, though it is in "
                                   "the sum below: take off the row's."},
    {TURNED("missing-term:(j==y[i])"),
     "dlogits is the softmax by n; 1/n is missing where the letter came. In C (j == y[i]) / n is a "
     "division of whole numbers, and is 0."},
    {MISTAKE(entropy_softmax_alone),
     "dlogits is the softmax itself: it is not divided by n, and 1/n is missing where the letter "
     "came. In C (j == y[i]) / n is a division of whole numbers, and is 0."},
    {MISTAKE(entropy_first_target), "The logit in loss[i] is that of letter y[0] in every row. Row "
                                    "i has y[i]."},
    {TURNED("missing-term:logits[i][y[i]]"),
     "loss[i] is the log of the sum alone. What came is missing: minus "
     "logits[i][y[i]]."},
    {TURNED("missing-factor:exp(most[i][s]-max)"),
     "The threads' sums were added as they are, though each has another maximum taken off. Bring "
     "them to one: sum[i][s] exp(most[i][s] - max)."},
    {TURNED("inverted:exp(most[i][s]-max)"),
     "The sums are brought to the row's maximum the wrong way: a thread whose maximum is below it "
     "has a sum that is too large, and is to be multiplied by exp(most[i][s] - max), at most 1."},
    {MISTAKE(entropy_each_thread),
     "Each thread has a softmax of its own letters here. Those of a row add up to 1 over all "
     "threads: join their sums first."},
    {TURNED("divided-by-n:log(all)+max-logits[i][y[i]]"),
     "You divided loss[i] by n. It is the loss of row i alone; the mean "
     "is taken of all of them, and shows in dlogits."},
    {TURNED("missing-term:max#2"),
     "The row's maximum is missing from the loss: log of the sum without it, plus max, minus "
     "logits[i][y[i]]."},
    {0}};

CALL(team_cross_entropy, n[0], n[1], n[2], a[0], a[1], a[2], a[3], a[4], a[5])

static const Exercise exercise_team_cross_entropy = {
    .name = "team_cross_entropy",
    .call = call_team_cross_entropy,
    .sizes = "nvt",
    .arguments = {{"logits", IN_NORMAL, "nv", 0},
                  {"y", IN_INDEX, "n", 'v'},
                  {"most", OUT, "nt", 0},
                  {"sum", OUT, "nt", 0},
                  {"loss", OUT, "n", 0},
                  {"dlogits", OUT, "nv", 0}},
    .cases = {{4, 11, 3}, {5, 7, 4}, {3, 13, 5}, {6, 5, 2}},
    .reference = JUDGE((Function)reference_entropy),
    .prepare = JUDGE(prepare_entropy),
    .mistakes = JUDGE(entropy_mistakes),
};

/* -- 7. train_resident ------------------------------------------------------------------------- */

#define RESIDENT                                                                        \
    int s, int t, int n, int k, Device *device, const real X[s][t][n], const real p[k], \
        const real lr[s], real loss[s][t], real saved[s][k]
#define RESIDENT_ARGUMENTS s, t, n, k, device, X, p, lr, loss, saved

/* Small enough that a parameter does not run away: a step goes a part of the way to the batch. */
static void prepare_resident(int which, const int n[], void *const a[])
{
    real *lr = a[2];
    (void)which;
    for (int r = 0; r < n[0]; r++)
        lr[r] = (real)0.25 * (real)n[3] / (real)(r + 1);
}

/* When an array is copied: before each step, before each round, at the beginning alone. */
typedef enum { EACH_STEP, EACH_ROUND, ONCE } When;

typedef struct {
    When send_p, send_X, send_lr, fetch_p, fetch_loss;
    bool first_p;              /* it is always the p of the beginning that is sent */
    bool early_p;              /* fetched before the last step of a round */
    bool early_loss;           /* fetched before its step */
    bool send_late;            /* X, after its step */
    bool no_launch;            /* no step is done */
    bool not_p, not_X, not_lr; /* not sent at all */
    bool late_lr;              /* that of the round before */
    bool first_X;              /* the batches of the first round, in every round */
    bool needless_X, needless_lr, needless_loss; /* X and lr are fetched, the loss is sent */
} Habit;

static bool is_due(When when, int r, int i)
{
    return when == EACH_STEP || (i == 0 && (when == EACH_ROUND || r == 0));
}

static void resident_send(const Habit *habit, int r, int i, RESIDENT)
{
    (void)s, (void)t;
    if (!habit->not_p && is_due(habit->send_p, r, i))
        device->to_device(device, DEVICE_P, k,
                          r + i == 0 || habit->first_p ? p : saved[i > 0 ? r : r - 1]);
    if (!habit->not_lr && is_due(habit->send_lr, r, i))
        device->to_device(device, DEVICE_LR, 1, &lr[habit->late_lr && r > 0 ? r - 1 : r]);
    if (!habit->not_X && !habit->send_late && is_due(habit->send_X, r, i))
        device->to_device(device, DEVICE_X, n, X[habit->first_X ? 0 : r][i]);
    if (habit->needless_loss)
        device->to_device(device, DEVICE_LOSS, 1, &loss[r][i]);
}

static void resident_fetch_loss(const Habit *habit, int r, int i, RESIDENT)
{
    (void)s, (void)n, (void)k, (void)X, (void)p, (void)lr, (void)saved;
    if (habit->fetch_loss == EACH_STEP || i == t - 1)
        device->from_device(device, DEVICE_LOSS, 1, &loss[r][i]);
}

static void resident_fetch_p(const Habit *habit, int r, int i, RESIDENT)
{
    (void)n, (void)X, (void)p, (void)lr, (void)loss;
    if (habit->fetch_p == EACH_STEP || (habit->fetch_p == EACH_ROUND && i == t - 1) ||
        (r == s - 1 && i == t - 1))
        device->from_device(device, DEVICE_P, k, saved[r]);
}

/* What nobody wants to see. */
static void resident_fetch_needless(const Habit *habit, int n, Device *device)
{
    real unseen[n];
    if (habit->needless_X)
        device->from_device(device, DEVICE_X, n, unseen);
    if (habit->needless_lr)
        device->from_device(device, DEVICE_LR, 1, unseen);
}

static void resident_by(Habit habit, RESIDENT)
{
    for (int r = 0; r < s; r++)
        for (int i = 0; i < t; i++) {
            resident_send(&habit, r, i, RESIDENT_ARGUMENTS);
            if (habit.early_loss)
                resident_fetch_loss(&habit, r, i, RESIDENT_ARGUMENTS);
            if (habit.early_p)
                resident_fetch_p(&habit, r, i, RESIDENT_ARGUMENTS);
            if (!habit.no_launch)
                device->launch(device);
            if (habit.send_late)
                device->to_device(device, DEVICE_X, n, X[r][i]);
            if (!habit.early_loss)
                resident_fetch_loss(&habit, r, i, RESIDENT_ARGUMENTS);
            if (!habit.early_p)
                resident_fetch_p(&habit, r, i, RESIDENT_ARGUMENTS);
            resident_fetch_needless(&habit, n, device);
        }
}

#define RIGHT .send_p = ONCE, .send_lr = EACH_ROUND, .fetch_p = EACH_ROUND

static void reference_resident(RESIDENT)
{
    resident_by((Habit){RIGHT}, RESIDENT_ARGUMENTS);
}

#define RESIDENT_MISTAKE(name, ...)                            \
    static void name(RESIDENT)                                 \
    {                                                          \
        resident_by((Habit){__VA_ARGS__}, RESIDENT_ARGUMENTS); \
    }

RESIDENT_MISTAKE(resident_all_each_step, .send_p = EACH_STEP)
RESIDENT_MISTAKE(resident_p_to_and_fro, .send_p = EACH_STEP, .send_lr = EACH_ROUND)
RESIDENT_MISTAKE(resident_p_fetched_each_step, .send_p = ONCE, .send_lr = EACH_ROUND)
RESIDENT_MISTAKE(resident_p_sent_each_round, .send_p = EACH_ROUND, .send_lr = EACH_ROUND,
                 .fetch_p = EACH_ROUND)
RESIDENT_MISTAKE(resident_first_p_each_step, .send_p = EACH_STEP, .send_lr = EACH_ROUND,
                 .fetch_p = EACH_ROUND, .first_p = true)
RESIDENT_MISTAKE(resident_first_p_each_round, .send_p = EACH_ROUND, .send_lr = EACH_ROUND,
                 .fetch_p = EACH_ROUND, .first_p = true)
RESIDENT_MISTAKE(resident_lr_each_step, .send_p = ONCE, .fetch_p = EACH_ROUND)
RESIDENT_MISTAKE(resident_lr_once, .send_p = ONCE, .send_lr = ONCE, .fetch_p = EACH_ROUND)
RESIDENT_MISTAKE(resident_X_each_round, RIGHT, .send_X = EACH_ROUND)
RESIDENT_MISTAKE(resident_X_once, RIGHT, .send_X = ONCE)
RESIDENT_MISTAKE(resident_X_late, RIGHT, .send_late = true)
RESIDENT_MISTAKE(resident_fetched_early, RIGHT, .early_p = true, .early_loss = true)
RESIDENT_MISTAKE(resident_loss_early, RIGHT, .early_loss = true)
RESIDENT_MISTAKE(resident_p_early, RIGHT, .early_p = true)
RESIDENT_MISTAKE(resident_not_launched, RIGHT, .no_launch = true)
RESIDENT_MISTAKE(resident_p_not_sent, RIGHT, .not_p = true)
RESIDENT_MISTAKE(resident_X_not_sent, RIGHT, .not_X = true)
RESIDENT_MISTAKE(resident_lr_not_sent, RIGHT, .not_lr = true)
RESIDENT_MISTAKE(resident_lr_late, RIGHT, .late_lr = true)
RESIDENT_MISTAKE(resident_X_of_first_round, RIGHT, .first_X = true)
RESIDENT_MISTAKE(resident_X_fetched, RIGHT, .needless_X = true)
RESIDENT_MISTAKE(resident_lr_fetched, RIGHT, .needless_lr = true)
RESIDENT_MISTAKE(resident_loss_sent, RIGHT, .needless_loss = true)
RESIDENT_MISTAKE(resident_loss_each_round, RIGHT, .fetch_loss = EACH_ROUND)
RESIDENT_MISTAKE(resident_p_at_the_end, .send_p = ONCE, .send_lr = EACH_ROUND, .fetch_p = ONCE)

/* The right losses, but this checkpoint of each round. */
static void resident_saved_before(RESIDENT)
{
    real late[s][k];
    resident_by((Habit){RIGHT}, s, t, n, k, device, X, p, lr, loss, late);
    for (int r = 0; r < s; r++)
        memcpy(saved[r], r ? late[r - 1] : p, sizeof saved[r]);
}

static void resident_never_fetched(RESIDENT)
{
    real late[s][k];
    resident_by((Habit){RIGHT}, s, t, n, k, device, X, p, lr, loss, late);
    for (int r = 0; r < s; r++)
        memcpy(saved[r], p, sizeof saved[r]);
    ((Lent *)device)->fetched[DEVICE_P] = 0;
}

/* s learning rates, of which there is room for the first. */
static void resident_all_rates(RESIDENT)
{
    real first[s];
    for (int r = 0; r < s; r++)
        first[r] = lr[0];
    resident_by((Habit){RIGHT}, s, t, n, k, device, X, p, first, loss, saved);
    ((Lent *)device)->sent[DEVICE_LR] *= (real)s;
}

/* Each checkpoint is written over the one before. */
static void resident_saved_in_first(RESIDENT)
{
    real each[s][k];
    resident_by((Habit){RIGHT}, s, t, n, k, device, X, p, lr, loss, each);
    memcpy(saved[0], each[s - 1], sizeof saved[0]);
}

/* At the end of a round as many losses as it has steps, of which there is one. */
static void resident_losses_at_once(RESIDENT)
{
    real each[s][t];
    resident_by((Habit){RIGHT}, s, t, n, k, device, X, p, lr, each, saved);
    for (int r = 0; r < s; r++)
        loss[r][0] = each[r][t - 1];
}

static void resident_p_back_again(RESIDENT)
{
    resident_by((Habit){RIGHT}, RESIDENT_ARGUMENTS);
    ((Lent *)device)->sent[DEVICE_P] *= (real)(s + 1);
}

/* The first batch of a round at every step; or all at once, and behind the first there is no room
 * for them. */
static void resident_first_batch(RESIDENT)
{
    resident_by((Habit){RIGHT, .send_X = EACH_ROUND}, RESIDENT_ARGUMENTS);
    ((Lent *)device)->sent[DEVICE_X] *= (real)t;
}

static const Mistake resident_mistakes[] = {
    {MISTAKE(resident_all_each_step),
     "Parameters and learning rate go to the device before every step, and the parameters come "
     "back "
     "after it. The device has them: it made the parameters itself, and the learning rate is the "
     "same for a whole round."},
    {MISTAKE(resident_p_to_and_fro),
     "The parameters go to the device and back with every step. They live there: send them once, "
     "and fetch them where a checkpoint is wanted, after a round."},
    {MISTAKE(resident_p_fetched_each_step), "The parameters are fetched after every step. They are "
                                            "wanted after a round; until then nobody "
                                            "on the host looks at them."},
    {MISTAKE(resident_p_sent_each_round),
     "The parameters are sent at the beginning of every round. From the first one on the device "
     "has "
     "them: it made them itself, and a checkpoint takes nothing away from there."},
    {MISTAKE(resident_first_p_each_step),
     "Before every step the parameters of the beginning are sent, over those that the device has "
     "learnt. p on the host does not change: it is out of date after the first step."},
    {MISTAKE(resident_first_p_each_round),
     "Every round begins with the parameters of the beginning again, sent over those that the "
     "device "
     "has learnt. p on the host does not change: it is out of date after the first step."},
    {MISTAKE(resident_lr_each_step), "The learning rate is sent with every step. It changes from "
                                     "round to round: s numbers are enough."},
    {MISTAKE(resident_lr_once),
     "All rounds have the learning rate of the first. The device keeps a copy, and does not notice "
     "that another is wanted: send lr[r] before the first step of round r."},
    {MISTAKE(resident_X_each_round), "All steps of a round take its first batch. Each step has one "
                                     "of its own: send X[r][i] before it."},
    {MISTAKE(resident_X_once), "All steps take the first batch of all. Each step has one of its "
                               "own: send X[r][i] before it."},
    {MISTAKE(resident_X_late),
     "A batch is sent after its step, which took the one before: the first "
     "step had none. Send, then launch."},
    {MISTAKE(resident_fetched_early), "Loss and parameters are fetched before the step that makes "
                                      "them. What comes back then is what "
                                      "the step before left."},
    {MISTAKE(resident_loss_each_round),
     "Only the last loss of each round is fetched. Each step writes its own over the one before."},
    {MISTAKE(resident_p_at_the_end),
     "The parameters are fetched at the very end alone. A checkpoint "
     "is wanted after each round: saved[r]."},
    {MISTAKE(resident_saved_before),
     "saved is one round late: it has the parameters with which a round begins. They are wanted "
     "after its last step."},
    {MISTAKE(resident_never_fetched), "saved has the parameters of the beginning. What the device "
                                      "has learnt is on the device until it is fetched."},
    {MISTAKE(resident_first_batch),
     "All steps of a round take its first batch, though as many numbers are sent as all batches "
     "have. DEVICE_X has room for the n numbers of one: send X[r][i] before step i."},
    {MISTAKE(resident_loss_early), "A loss is fetched before the step that makes it. What comes "
                                   "back then is the loss of the step before."},
    {MISTAKE(resident_p_early), "The parameters are fetched before the last step of a round, and "
                                "wanted after it."},
    {MISTAKE(resident_all_rates),
     "All rounds have the learning rate of the first, though s of them are sent each time. "
     "DEVICE_LR has room for one: send &lr[r], one number."},
    {MISTAKE(resident_X_of_first_round), "Every round takes the batches of the first. Round r has "
                                         "its own: X[r][i]."},
    {MISTAKE(resident_saved_in_first), "Every checkpoint is written over the one before. That of "
                                       "round r belongs in saved[r]."},
    {MISTAKE(resident_losses_at_once),
     "All t losses of a round are fetched at its end. DEVICE_LOSS has one, the last: fetch each "
     "after its step."},
    {MISTAKE(resident_p_back_again),
     "The parameters are sent at the beginning, and then once more for each round. From the first "
     "step on the device has them, and a checkpoint takes nothing away from there."},
    {MISTAKE(resident_not_launched), "No step is done: device->launch(device) is what does one."},
    {MISTAKE(resident_p_not_sent), "The parameters are not sent. The device's memory has nothing "
                                   "in it at first, and a step takes them from DEVICE_P."},
    {MISTAKE(resident_X_not_sent), "No batch is sent. The device's memory has nothing in it at "
                                   "first, and a step takes its batch from DEVICE_X."},
    {MISTAKE(resident_lr_not_sent), "The learning rate is not sent. The device's memory has "
                                    "nothing in it at first, and a step takes it from DEVICE_LR."},
    {MISTAKE(resident_lr_late), "Every round but the first has the learning rate of the one "
                                "before. Send lr[r] before the first step of round r."},
    {MISTAKE(resident_X_fetched), "The batch is fetched as well. The host has it: it sent it."},
    {MISTAKE(resident_lr_fetched),
     "The learning rate is fetched as well. The host has it: it sent it."},
    {MISTAKE(resident_loss_sent), "The loss is sent as well. A step writes it; the device needs "
                                  "none from the host."},
    {0}};

static void call_train_resident(Function function, const int n[], void *const a[])
{
    const int count[ARRAYS] = {
        [DEVICE_P] = n[3], [DEVICE_X] = n[2], [DEVICE_LR] = 1, [DEVICE_LOSS] = 1};
    Lent lent = {.device = device_lent};
    real memory[ARRAYS][n[2] + n[3]];
    for (int i = 0; i < ARRAYS; i++) {
        for (int j = 0; j < n[2] + n[3]; j++)
            memory[i][j] = NAN;
        lent.array[i] = memory[i];
        lent.count[i] = count[i];
    }
    ((__typeof__(train_resident) *)function)(n[0], n[1], n[2], n[3], &lent.device, a[0], a[1], a[2],
                                             a[3], a[4]);
    *(real *)a[5] = lent.sent[DEVICE_P];
    *(real *)a[6] = lent.sent[DEVICE_X];
    *(real *)a[7] = lent.sent[DEVICE_LR];
    *(real *)a[8] = lent.fetched[DEVICE_P];
    *(real *)a[9] = lent.fetched[DEVICE_LOSS];
    *(real *)a[10] = lent.fetched[DEVICE_X];
    *(real *)a[11] = lent.fetched[DEVICE_LR];
    *(real *)a[12] = lent.sent[DEVICE_LOSS];
}

static const Exercise exercise_train_resident = {
    .name = "train_resident",
    .call = call_train_resident,
    .sizes = "stnk",
    .arguments = {{"X", IN_NORMAL, "stn", 0},
                  {"p", IN_NORMAL, "k", 0},
                  {"lr", IN_PREPARED, "s", 0},
                  {"loss", OUT, "st", 0},
                  {"saved", OUT, "sk", 0},
                  {"P_sent", OUT_COUNT, "", 0},
                  {"X_sent", OUT_COUNT, "", 0},
                  {"LR_sent", OUT_COUNT, "", 0},
                  {"P_fetched", OUT_COUNT, "", 0},
                  {"LOSS_fetched", OUT_COUNT, "", 0},
                  {"X_fetched", OUT_COUNT, "", 0},
                  {"LR_fetched", OUT_COUNT, "", 0},
                  {"LOSS_sent", OUT_COUNT, "", 0}},
    .cases = {{3, 4, 7, 5}, {4, 3, 6, 2}, {2, 5, 9, 4}},
    .reference = JUDGE((Function)reference_resident),
    .prepare = JUDGE(prepare_resident),
    .mistakes = JUDGE(resident_mistakes),
};

/* -- all, in their order ----------------------------------------------------------------------- */

static const Exercise *const exercises[] = {
    &exercise_team_bias_backward,    &exercise_scatter_copies,
    &exercise_scatter_atomic,        &exercise_tiled_product,
    &exercise_tiled_weight_backward, &exercise_team_cross_entropy,
    &exercise_train_resident,        NULL};

const Check check = {"23_device", exercises};
