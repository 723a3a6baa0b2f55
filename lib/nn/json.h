/* json.h: as much of JSON as the header of a safetensors file is made of: objects, texts, lists of
 * whole numbers. Strict: nothing is let pass that the standard (RFC 8259) does not allow. */
#ifndef NN_JSON_H
#define NN_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* A place in a text that is being read. What is read is taken out of the text itself: of a string
 * the escapes become what they stand for, and a NUL takes the place of its end. */
typedef struct {
    const char *path; /* the file, for messages */
    char *start, *at, *end;
} Json;

/* All that follow return false with error_text() set, "file: header, byte 17: expected ...", if
 * there is something else at this place. White space before it is passed over. */

/* An object: member(json, key, context) is to read the value of each key. */
typedef bool JsonMember(Json *json, char *key, void *context);
bool json_object(Json *json, JsonMember *member, void *context);

/* A string, in UTF-8, without a NUL in it. */
bool json_string(Json *json, char **text);

/* A list of at most so many whole numbers, 0 or more and at most INT64_MAX. */
bool json_numbers(Json *json, int most, int64_t numbers[], int *n);

/* Nothing but white space up to the end. */
bool json_end(Json *json);

/* Sets the message that at this place something else was expected. */
bool json_expected(const Json *json, const char *what);

/* Writes text as a string. What is not UTF-8 in it is written as U+FFFD. */
void json_write_string(FILE *stream, const char *text);

#endif
