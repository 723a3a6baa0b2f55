/* console.h: a program at a terminal, driven by keys and read off its screen. */
#ifndef TESTS_CONSOLE_H
#define TESTS_CONSOLE_H

#include <stdbool.h>

/* Starts words[0] on a terminal of this size, as the only one there is; the last word is NULL. */
void console_start(int rows, int columns, const char *const words[]);

void console_press(const char *keys);
void console_resize(int rows, int columns);
void console_signal(int number);

/* Waits until a text stands on the screen, or stands there no longer; false if it takes more than
 * so many seconds, or the program ends before. */
bool console_shows(const char *text, double seconds);
bool console_loses(const char *text, double seconds);

/* The screen as it is, a line per row, without what comes to be blank at the ends. */
const char *console_screen(void);

/* What has been written since the start, with all that steers the terminal. */
const char *console_raw(void);

/* The last column that was written to since the drawing in the upper left corner last began, or the
 * size last changed; from 1. */
int console_widest(void);

/* Waits for the end: exit status, minus the signal if one ended it, -1000 if it had to be killed
 * after so many seconds. */
int console_end(double seconds);

/* After the end: whether modes, screen and cursor are what they were. */
bool console_is_as_before(void);

void console_close(void);

#endif
