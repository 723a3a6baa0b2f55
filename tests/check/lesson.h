/* lesson.h: where the lessons derive what an exercise asks for.
 *
 * In a lesson's section "Exercises" each function has an item, and below it a line with links to
 * one section or two, each with the section's title for its text:
 *
 *     3. `batch_norm_backward`: the one-line form, with Bessel's correction.
 *        - *Read:* [All of it in one line](#all-of-it-in-one-line).
 */
#ifndef CHECK_LESSON_H
#define CHECK_LESSON_H

#include <stddef.h>

/* Writes what the function's line in the lesson (a path) leads to,
 *
 *     chapters/08_batchnorm.md, "All of it in one line"
 *
 * or "" if there is no such file or line. A section of another lesson, which lies in the same
 * folder, comes with its own path. */
void lesson_section(const char *lesson, const char *function, size_t size, char text[size]);

#endif
