/* screen.h: the terminal as one page: lines to scroll through, two lines below them, and keys. */
#ifndef LEARN_SCREEN_H
#define LEARN_SCREEN_H

#include <stdbool.h>

#include "error.h"

typedef enum { PLAIN, CODE, BOLD, DIM, GREEN, YELLOW, RED, STATUS, KEYS } Style;

enum { KEY_NONE = 0, KEY_ESCAPE = 27, KEY_UP = 256, KEY_DOWN, KEY_PAGE_UP, KEY_PAGE_DOWN, KEY_END };

/* Takes the terminal over: a screen of its own, and keys one by one, Ctrl-C among them. May be
 * called again. */
void screen_open(void);

/* Gives it back as it was. May be called twice, and in a signal handler. */
void screen_close(void);

/* Waits for a key, at most so long. KEY_NONE if there was none, KEY_END when the terminal is
 * gone. */
int screen_key(int milliseconds);

/* True once after the terminal has got another size, or the program was stopped for a while. */
bool screen_has_changed(void);

/* A page is written anew, line by line, whenever something on it changes. A line that is too long
 * goes on below, as far in as it began; code further in, and broken behind a comma where it can be.
 */
void page_begin(void);
void page_line(Style style, const char *format, ...) ERROR_PRINTF(2, 3);
void page_text(Style style, int indent, const char *text, int length);
void page_blank(void);

/* The next line is to be in sight. */
void page_focus(void);

/* Moves by so many lines, or back to the top. */
void page_scroll(int lines);
void page_top(void);

/* How much of it there is room for. */
int page_width(void);
int page_height(void);

/* Shows it, and below it the status and what keys there are: words with two spaces between them. */
void page_show(const char *status, const char *keys);

#endif
