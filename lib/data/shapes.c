#include "data/shapes.h"

#include <stdbool.h>

#include "data/canvas.h"
#include "error.h"

/* -- the shapes --------------------------------------------------------------------------------
 * Each is a function that is above 0 inside of it and below 0 outside: how far p is from its edge,
 * exactly or about. Shapes are centred at the origin and reach about as far as the unit circle. */

static double length(double x, double y)
{
    return sqrt(x * x + y * y);
}

static double disc(Point p)
{
    return 0.85 - length(p.x, p.y);
}

static double ring(Point p)
{
    return 0.24 - fabs(length(p.x, p.y) - 0.7);
}

static double triangle(Point p)
{
    return 1.1 * 0.5 - fmax(p.y, 0.8660254037844386 * fabs(p.x) - 0.5 * p.y);
}

static double square(Point p)
{
    return 0.75 - fmax(fabs(p.x), fabs(p.y));
}

/* Five arms have ten halves, each the mirror image of its neighbour: three mirrors fold them into
 * one, whose edge is one line. */
static double star(Point p)
{
    const double cos_36 = 0.8090169943749475, sin_36 = 0.5877852522924731;
    p.x = fabs(p.x);
    double beyond = cos_36 * p.x + sin_36 * p.y;
    if (beyond > 0)
        p = (Point){p.x - 2 * cos_36 * beyond, p.y - 2 * sin_36 * beyond};
    beyond = -cos_36 * p.x + sin_36 * p.y;
    if (beyond > 0)
        p = (Point){p.x + 2 * cos_36 * beyond, p.y - 2 * sin_36 * beyond};
    return 0.45 - 0.8 * fabs(p.x) + 0.45 * p.y;
}

static double cross(Point p)
{
    const double x = fabs(p.x), y = fabs(p.y);
    return fmin(0.9 - fmax(x, y), 0.3 - fmin(x, y));
}

/* A square that stands on a corner, and a disc on each of its upper sides. */
static double heart(Point p)
{
    const double corner = 0.85, root = 0.7071067811865476, x = fabs(p.x);
    return fmax(root * (corner - x - fabs(p.y)),
                root * corner - length(x - corner / 2, p.y + corner / 2));
}

static double moon(Point p)
{
    return fmin(0.95 - length(p.x, p.y), length(p.x - 0.4, p.y) - 0.75);
}

/* The radius is a circle's and |cos(3 angle)|, which has six humps and is a polynomial in the
 * cosine of the angle, x / radius. */
static double flower(Point p)
{
    const double radius = length(p.x, p.y), c = radius > 0 ? p.x / radius : 0;
    return 0.5 + 0.42 * fabs((4 * c * c - 3) * c) - radius;
}

/* A disc, and the two lines that touch it on their way to the tip. */
static double drop(Point p)
{
    const double radius = 0.6, sin_tip = 5.0 / 13,
                 cos_tip = 12.0 / 13; /* of half the tip's angle */
    const double x = fabs(p.x), y = p.y - 0.35;
    bool past_the_touch = sin_tip * x + cos_tip * y < 0;
    return radius - (past_the_touch ? cos_tip * x - sin_tip * y : length(x, y));
}

static const struct {
    const char *name;
    double (*inside)(Point p);
} shapes[SHAPE_CLASSES] = {
    {"disc", disc},   {"ring", ring},   {"triangle", triangle}, {"square", square}, {"star", star},
    {"cross", cross}, {"heart", heart}, {"moon", moon},         {"flower", flower}, {"drop", drop}};

const char *shape_name(int shape)
{
    if (shape < 0 || shape >= SHAPE_CLASSES)
        error_stop("shape_name: shape %d of %d", shape, SHAPE_CLASSES);
    return shapes[shape].name;
}

/* -- colours ---------------------------------------------------------------------------------- */

enum { RED, GREEN, BLUE, COLOURS };

typedef struct {
    double part[COLOURS];
} Colour;

static Colour mixed(Colour a, Colour b, double t)
{
    for (int k = 0; k < COLOURS; k++)
        a.part[k] += t * (b.part[k] - a.part[k]);
    return a;
}

/* Red, green and blue stand a third of the colour circle apart; each is full for a third of it and
 * falls to nothing in a sixth on either side. Then towards white, and towards black. */
static Colour colour_of(double hue, double saturation, double value)
{
    Colour colour;
    for (int k = 0; k < COLOURS; k++) {
        double away = hue - k / 3.0;
        away = fabs(away - floor(away + 0.5)); /* around the circle, 0 to 1/2 */
        double pure = fmin(1, fmax(0, 2 - 6 * away));
        colour.part[k] = value * (1 - saturation * (1 - pure));
    }
    return colour;
}

static Colour new_colour(Rng *rng, bool light)
{
    double hue = rng_uniform(rng);
    double saturation = canvas_between(rng, 0.35, 0.9);
    double value = light ? canvas_between(rng, 0.65, 1) : canvas_between(rng, 0.15, 0.45);
    return colour_of(hue, saturation, value);
}

/* -- patterns --------------------------------------------------------------------------------- */

enum { STRIPES, CHECKS, SLOPE, PATTERNS };

typedef struct {
    int pattern;
    Colour one, other; /* which the pattern mixes */
    Point wave;        /* along it the colours change, in waves a pixel */
    double phase;
} Paint;

static Paint new_paint(Rng *rng, bool light, double depth)
{
    Paint paint = {.pattern = rng_below(rng, PATTERNS)};
    paint.one = new_colour(rng, light);
    bool other_light = rng_below(rng, 2);
    Colour other = new_colour(rng, other_light);
    paint.other = mixed(paint.one, other, depth);
    double waves = paint.pattern == SLOPE ? 0.5 / SHAPE_SIDE : canvas_between(rng, 0.08, 0.25);
    double angle = canvas_between(rng, 0, 6.283185307179586);
    paint.wave = canvas_direction(angle);
    paint.wave.x *= waves;
    paint.wave.y *= waves;
    paint.phase = rng_uniform(rng);
    return paint;
}

/* A wave of height 1 and length 1, out of parabolas. */
static double wave(double x)
{
    x -= floor(x);
    return x < 0.5 ? 16 * x * (0.5 - x) : 16 * (x - 0.5) * (x - 1);
}

static Colour colour_at(const Paint *paint, double x, double y)
{
    double along = paint->wave.x * x + paint->wave.y * y + paint->phase;
    double height = wave(along);
    if (paint->pattern == CHECKS)
        height *= wave(paint->wave.x * y - paint->wave.y * x);
    return mixed(paint->one, paint->other, 0.5 + 0.5 * height);
}

/* -- images ----------------------------------------------------------------------------------- */

typedef double Picture[COLOURS][SHAPE_SIDE][SHAPE_SIDE];

static void put(Picture picture, int i, int j, Colour colour, double cover)
{
    for (int k = 0; k < COLOURS; k++)
        picture[k][i][j] += cover * (colour.part[k] - picture[k][i][j]);
}

static void draw_shape(Rng *rng, int shape, const ShapeOptions *options, Picture picture)
{
    const double hard = options->hard, middle = (SHAPE_SIDE - 1) / 2.0;
    bool light = rng_below(rng, 2);
    Paint ground = new_paint(rng, !light, hard);
    Paint figure = new_paint(rng, light, hard);
    double x = middle + canvas_between(rng, -8, 8) * hard;
    double y = middle + canvas_between(rng, -8, 8) * hard;
    double radius = 10 * (1 + canvas_between(rng, -0.5, 0.5) * hard);
    double angle = canvas_between(rng, -1, 1) * options->turn;
    Point back = canvas_direction(-angle);
    for (int i = 0; i < SHAPE_SIDE; i++)
        for (int j = 0; j < SHAPE_SIDE; j++) {
            Point p = canvas_turn((Point){(j - x) / radius, (i - y) / radius}, back);
            double cover = canvas_cover(radius * shapes[shape].inside(p));
            put(picture, i, j, colour_at(&ground, j, i), 1);
            if (cover > 0)
                put(picture, i, j, colour_at(&figure, j, i), cover);
        }
}

/* Something small that happens to be in front. */
static void draw_disc(Rng *rng, double hard, Picture picture)
{
    bool light = rng_below(rng, 2);
    Colour colour = new_colour(rng, light);
    double x = canvas_between(rng, 0, SHAPE_SIDE);
    double y = canvas_between(rng, 0, SHAPE_SIDE);
    double radius = canvas_between(rng, 0, 6) * hard - 0.5;
    for (int i = 0; i < SHAPE_SIDE; i++)
        for (int j = 0; j < SHAPE_SIDE; j++)
            if (fabs(j - x) <= radius + 1 && fabs(i - y) <= radius + 1)
                put(picture, i, j, colour, canvas_cover(radius - length(j - x, i - y)));
}

Dataset shapes_draw(uint64_t seed, int n, ShapeOptions options)
{
    canvas_expect(__func__, "hard", options.hard, 1);
    canvas_expect(__func__, "turn", options.turn, 3.15);
    error_if_negative(__func__, "noise", options.noise);
    const int classes = options.classes ? options.classes : SHAPE_CLASSES - options.first;
    if (options.first < 0 || classes < 1 || classes > SHAPE_CLASSES - options.first)
        error_stop("shapes_draw: %d shapes from %d on: there are %d", classes, options.first,
                   SHAPE_CLASSES);
    Dataset data = dataset_new(n, SHAPE_NUMBERS, 1);
    Rng rng;
    rng_seed(&rng, seed);
    real *x = data.x;
    for (int i = 0; i < n; i++, x += SHAPE_NUMBERS) {
        Picture picture = {{{0}}};
        draw_shape(&rng, options.first + i % classes, &options, picture);
        for (int k = 0; k < 2; k++)
            draw_disc(&rng, options.hard, picture);
        canvas_noise(&rng, SHAPE_NUMBERS, options.noise, picture[0][0], x);
        data.y[i] = (real)(i % classes);
    }
    return data;
}
