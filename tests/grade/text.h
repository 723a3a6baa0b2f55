/* text.h: texts that live until the program ends, and how they are written where they could do
 * harm. */
#ifndef GRADE_TEXT_H
#define GRADE_TEXT_H

#include <stdio.h>

/* Ends the program: what, and why it did not work (errno). */
_Noreturn void stop(const char *what);

/* A text made as by printf. */
char *text_of(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Leaves valid UTF-8 without control characters, except new lines and tabs. In place. */
char *clean(char *text);

/* A name for the eye, on one line: what could not be seen in it, or would turn the line around, is
 * written as \x1b or \u202e, so that names that differ look different. */
char *shown(const char *name);

/* The first part of a file (1 MB), clean; "" if there is none. */
char *read_text(const char *path);

/* All of a file of at most 1 MB, clean. Ends the program if that cannot be read. */
char *read_whole(const char *path);

/* Cuts the next line off a text. NULL at its end. */
char *next_line(char **text);

/* Cuts the next field, which ends with a tab, off a line. "" at its end. */
char *next_field(char **line);

/* With what XML and HTML take for their own written as &lt; and the like. */
void put_xml(FILE *file, const char *text);

/* Between quotes, as CSV wants it. What a spreadsheet would calculate gets an apostrophe before it.
 */
void put_csv(FILE *file, const char *text);

/* Writes folder/name: nobody sees it before it is whole. */
FILE *open_new(const char *folder, const char *name);
void close_new(FILE *file, const char *folder, const char *name);

#endif
