/* diagnosis.h: one thing that is wrong with an answer, in two forms. */
#ifndef CHECK_DIAGNOSIS_H
#define CHECK_DIAGNOSIS_H

#include <stdbool.h>

enum { DIAGNOSIS_SIZE = 512, TAG_SIZE = 96 };

typedef struct {
    char label[TAG_SIZE];          /* the same wherever the mistake is made: "sign:dW" */
    char sentence[DIAGNOSIS_SIZE]; /* as a teacher says it */
} Diagnosis;

/* Always true, so that a rule can end with it. What is too long is cut off. */
bool diagnosis_say(Diagnosis *diagnosis, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
bool diagnosis_label(Diagnosis *diagnosis, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Appends to the sentence; what there is no room for is cut off. */
void diagnosis_add(Diagnosis *diagnosis, const char *words);

/* Appends ":dW" to the label. */
void diagnosis_of(Diagnosis *diagnosis, const char *output);

#endif
