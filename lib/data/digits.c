#include "data/digits.h"

#include "data/canvas.h"
#include "error.h"

/* A digit is a line through these points, (x, y) in a box 20 wide and 30 high with y downwards: a
 * quadratic B-spline, which is drawn towards each point in turn, and leads from the middle of one
 * side to the middle of the next. A point that stands twice is a corner, or an end. */
enum { MOST_POINTS = 13, PIECES = 5 };

typedef struct {
    int n;
    signed char at[2 * MOST_POINTS]; /* x y x y ... */
} Glyph;

typedef double Picture[DIGIT_SIDE][DIGIT_SIDE];

static const Glyph glyphs[10] = {
    {10, {10, 0, 6, 0, 1, 9, 1, 21, 6, 30, 14, 30, 19, 21, 19, 9, 14, 0, 10, 0}},
    {4, {5, 7, 12, 0, 12, 0, 11, 30}},
    {8, {2, 8, 3, -2, 19, -2, 19, 10, 11, 19, 2, 29, 2, 29, 19, 29}},
    {10, {2, 4, 7, -2, 18, -1, 17, 13, 7, 14, 7, 14, 20, 14, 20, 30, 6, 32, 1, 25}},
    {6, {14, 30, 14, 0, 14, 0, 1, 21, 1, 21, 20, 20}},
    {10, {18, 0, 4, 0, 4, 0, 3, 13, 3, 13, 11, 9, 20, 13, 19, 29, 7, 32, 1, 26}},
    {10, {15, 0, 7, 2, 1, 13, 1, 26, 10, 32, 19, 28, 19, 17, 10, 14, 3, 17, 2, 24}},
    {4, {1, 1, 19, 0, 19, 0, 8, 30}},
    {13, {10, 0, 4,  -1, 1,  7,  10, 14, 19, 18, 20, 26, 10,
          32, 0, 26, 1,  18, 10, 14, 19, 7,  16, -1, 10, 0}},
    {9, {18, 9, 16, 0, 9, 0, 2, 1, 1, 14, 9, 15, 17, 15, 18, 8, 15, 30}},
};

/* How one hand writes. */
typedef struct {
    double width, height; /* of a unit of the box, in pixels */
    double slant;         /* to the right for every unit upwards */
    Point turn, middle;
    double wobble; /* by which a point is missed at most, in units */
    double radius; /* of the pen's tip, on average over the line; */
    double taper;  /* it is (1 - taper) of that where the line begins, (1 + taper) where it ends */
    double ink;
} Hand;

static Hand new_hand(Rng *rng, double hard)
{
    Hand hand;
    double size = 0.65 * (1 + canvas_between(rng, -0.2, 0.2) * hard);
    hand.height = size;
    hand.width = size * (1 + canvas_between(rng, -0.2, 0.2) * hard);
    hand.slant = 0.1 + canvas_between(rng, -0.25, 0.25) * hard;
    hand.turn = canvas_direction(canvas_between(rng, -0.2, 0.2) * hard);
    hand.middle.x = 13.5 + canvas_between(rng, -3.6, 3.6) * hard;
    hand.middle.y = 13.5 + canvas_between(rng, -3.6, 3.6) * hard;
    hand.wobble = 0.9 * hard;
    hand.radius = 1.45 * (1 + canvas_between(rng, -0.4, 0.4) * hard);
    hand.taper = canvas_between(rng, -0.25, 0.25) * hard;
    hand.ink = fmin(1, 0.88 + canvas_between(rng, -0.12, 0.12) * hard);
    return hand;
}

/* Where this hand puts a point of a glyph. */
static Point placed(Rng *rng, const Hand *hand, const signed char at[2])
{
    double x = at[0] - 10 + canvas_between(rng, -1, 1) * hand->wobble;
    double y = at[1] - 15 + canvas_between(rng, -1, 1) * hand->wobble;
    Point p = {(x - hand->slant * y) * hand->width, y * hand->height};
    p = canvas_turn(p, hand->turn);
    return (Point){p.x + hand->middle.x, p.y + hand->middle.y};
}

/* A straight piece of a line, with round ends: what is nearer to it than the radius is covered. */
static void draw_piece(Point a, Point b, double radius, Picture picture)
{
    const double reach = radius + 0.5, most = DIGIT_SIDE - 1;
    const double dx = b.x - a.x, dy = b.y - a.y, length2 = dx * dx + dy * dy;
    const int top = (int)fmax(0, fmin(a.y, b.y) - reach);
    const int left = (int)fmax(0, fmin(a.x, b.x) - reach);
    const double bottom = fmin(most, fmax(a.y, b.y) + reach);
    const double right = fmin(most, fmax(a.x, b.x) + reach);
    for (int i = top; i <= bottom; i++)
        for (int j = left; j <= right; j++) {
            double x = j - a.x, y = i - a.y;
            double along = length2 > 0 ? (x * dx + y * dy) / length2 : 0;
            along = along < 0 ? 0 : along > 1 ? 1 : along;
            x -= along * dx;
            y -= along * dy;
            const double covered = canvas_cover(radius - sqrt(x * x + y * y));
            picture[i][j] = fmax(picture[i][j], covered);
        }
}

static Point between(Point a, Point b, double t)
{
    return (Point){a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)};
}

static void draw_glyph(Rng *rng, const Glyph *glyph, const Hand *hand, Picture picture)
{
    Point p[MOST_POINTS];
    const int last = glyph->n - 1;
    for (int i = 0; i <= last; i++)
        p[i] = placed(rng, hand, glyph->at + 2 * i);
    Point pen = p[0];
    for (int i = 0; i <= last; i++) {
        Point from = pen, to = i < last ? between(p[i], p[i + 1], 0.5) : p[last];
        double radius = hand->radius * (1 + hand->taper * (2.0 * i / last - 1));
        for (int k = 1; k <= PIECES; k++) { /* de Casteljau's way along the curve from, p[i], to */
            double t = (double)k / PIECES;
            Point next = between(between(from, p[i], t), between(p[i], to, t), t);
            draw_piece(pen, next, radius, picture);
            pen = next;
        }
    }
}

Dataset digits_draw(uint64_t seed, int n, DigitOptions options)
{
    canvas_expect(__func__, "hard", options.hard, 2);
    error_if_negative(__func__, "noise", options.noise);
    Dataset digits = dataset_new(n, DIGIT_PIXELS, 1);
    Rng rng;
    rng_seed(&rng, seed);
    real *x = digits.x;
    for (int i = 0; i < n; i++, x += DIGIT_PIXELS) {
        Picture picture = {{0}};
        const int digit = i % 10;
        const Hand hand = new_hand(&rng, options.hard);
        draw_glyph(&rng, &glyphs[digit], &hand, picture);
        for (int k = 0; k < DIGIT_PIXELS; k++)
            picture[k / DIGIT_SIDE][k % DIGIT_SIDE] *= hand.ink;
        canvas_noise(&rng, DIGIT_PIXELS, options.noise, picture[0], x);
        digits.y[i] = (real)digit;
    }
    return digits;
}
