/* lines.h: files that a teacher writes, line by line, and what is wrong with them. */
#ifndef GRADE_LINES_H
#define GRADE_LINES_H

#include <stdbool.h>

typedef struct {
    const char *path;
    char *rest; /* what has not been read */
    int number; /* of the line that was read last, from 1 */
    bool sound; /* nothing was complained of */
} Lines;

/* Ends the program if the file cannot be read, or is larger than 1 MB. */
Lines open_lines(const char *path);

/* The next line that is neither empty nor begins with #, without white space around it, tabs as
 * blanks. NULL at the end. */
char *next_of(Lines *lines);

/* Says what is wrong with the line that was read last: file, line, complaint. */
void complain_of(Lines *lines, const char *complaint);

/* 2, 0.5, .5: no sign, no exponent, no word, and below 10000. */
bool is_points(const char *text);

/* What is wrong with text that is no points. */
char *no_points(const char *text);

#endif
