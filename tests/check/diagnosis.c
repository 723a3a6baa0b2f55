#include "diagnosis.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool diagnosis_say(Diagnosis *diagnosis, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    vsnprintf(diagnosis->sentence, sizeof diagnosis->sentence, format, values);
    va_end(values);
    return true;
}

bool diagnosis_label(Diagnosis *diagnosis, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    vsnprintf(diagnosis->label, sizeof diagnosis->label, format, values);
    va_end(values);
    return true;
}

void diagnosis_of(Diagnosis *diagnosis, const char *output)
{
    size_t used = strlen(diagnosis->label);
    snprintf(diagnosis->label + used, sizeof diagnosis->label - used, ":%s", output);
}

void diagnosis_add(Diagnosis *diagnosis, const char *words)
{
    size_t room = sizeof diagnosis->sentence - strlen(diagnosis->sentence) - 1;
    strncat(diagnosis->sentence, words, room);
}
