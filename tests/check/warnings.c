#include "warnings.h"

#include <string.h>

/* Cuts a field off the line: up to the tab, or to the end. */
static char *take_field(char **line)
{
    char *field = *line;
    *line += strcspn(*line, "\t\n");
    if (**line)
        *(*line)++ = '\0';
    return field;
}

Warnings warnings_of(const char *function, const Setting *setting)
{
    Warnings warnings = {.count = 0};
    char path[1024], line[WARNING_SIZE];
    int base = (int)(strlen(setting->answers) - strlen(".so"));
    snprintf(path, sizeof path, "%.*s.warnings", base, setting->answers);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file)) {
        char *rest = line, *name = take_field(&rest), *number = take_field(&rest);
        if (strcmp(name, function) != 0)
            continue;
        if (warnings.count < MOST_WARNINGS)
            snprintf(warnings.text[warnings.count], WARNING_SIZE, "%.120s:%.9s: %.360s",
                     setting->source, number, take_field(&rest));
        warnings.count++;
    }
    if (file)
        fclose(file);
    return warnings;
}
