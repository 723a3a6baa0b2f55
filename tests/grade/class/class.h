/* class.h: what a class handed in, and what it got wrong. */
#ifndef GRADE_CLASS_H
#define GRADE_CLASS_H

#include <stdbool.h>
#include <stdio.h>

typedef enum {
    RIGHT,
    WRONG,
    CRASHED,
    TOO_SLOW,
    NOT_COMPILED,
    REFUSED,
    TO_DO,
    NOT_JUDGED,
    MISSING,
    VERDICTS
} Verdict;

/* What the marks call a verdict, and its colour (0xrrggbb) in the map; MISSING has none. */
extern const char *const verdict_names[VERDICTS];
extern const unsigned verdict_colours[VERDICTS];

/* One student's answer to one exercise. */
typedef struct {
    Verdict verdict;
    double judged, points, most;
    char *labels, *sentences; /* of its mistakes: blanks between, two blanks between */
    char *reason;             /* why it was changed by hand; "" if it was not */
} Cell;

typedef struct {
    char *name;  /* for the eye: the folder's, or its number */
    Cell *cells; /* one for each exercise */
    double points, most;
    unsigned hash; /* of the folder's name */
} Student;

typedef struct {
    char *label, *sentence;
    int count;
    int *who; /* students, from 0 */
} Mistake;

typedef struct {
    char *chapter, *function;
    int verdicts[VERDICTS]; /* how many got each */
    int asked;              /* how many handed the chapter in and were judged */
    int unnamed;            /* wrong, without a name for the mistake */
    Mistake *mistakes;      /* most frequent first */
    int mistake_count;
} Exercise;

typedef struct {
    Exercise *exercises;
    Student *students;
    int exercise_count, student_count;
    bool anonymous;
} Class;

/* Reads the marks of the submissions whose names come on standard input, each with a 0 behind it,
 * in their order. If anonymous, by their points, with numbers in place of names. */
void roll_read(Class *class, const char *results, bool anonymous);

/* Counts verdicts and mistakes. */
void tally(Class *class);

/* The exercises that somebody handed in, most difficult first, and a NULL. */
const Exercise **by_difficulty(const Class *class);

/* Did anybody hand in this chapter? Did this student? */
bool is_handed_in(const Exercise *exercise);
bool has_handed_in(const Student *student, int exercise);

/* The exercise behind the last one of this one's chapter. */
int chapter_end(const Class *class, int exercise);

/* "58 %", of those who were asked. */
char *share_of(const Exercise *exercise);

/* "2 crashed, 3 to do": what else became of it, but for right and missing. */
char *others_of(const Exercise *exercise);

/* A script from which gnuplot draws the map of students by exercises, as SVG on standard output. */
void map_write(FILE *file, const Class *class);

/* The page; map is an SVG file, or NULL. */
void page_write(FILE *file, const Class *class, const char *map);

/* The part of it about each exercise by itself. */
void details_write(FILE *file, const Class *class);

/* The same for other programs: a line for each student and exercise. */
void table_write(FILE *file, const Class *class);

/* Ten lines of it, for the terminal. */
void brief_write(FILE *file, const Class *class);

#endif
