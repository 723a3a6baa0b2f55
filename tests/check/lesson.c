#include "lesson.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    char lesson[256], title[256];
} Link;

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* "3. `batch_norm_backward`: ...": the name that an item begins with; NULL if it is no item. */
static const char *item_name(const char *line)
{
    size_t digits = strspn(line, "0123456789");
    return digits > 0 && begins(line + digits, ". `") ? line + digits + strlen(". `") : NULL;
}

static bool is_name(const char *text, const char *function)
{
    return begins(text, function) && text[strlen(function)] == '`';
}

/* Takes a link off the line, "[Adam](03_optimizers.md#adam)"; false if there is none. One without a
 * file leads to a section of the lesson that it stands in. */
static bool next_link(const char **line, const char *lesson, Link *link)
{
    const char *title = strchr(*line, '['), *file = title ? strstr(title, "](") : NULL;
    const char *anchor = file ? strchr(file, '#') : NULL, *slash = strrchr(lesson, '/');
    if (!anchor)
        return false;
    title += strlen("[");
    snprintf(link->title, sizeof link->title, "%.*s", (int)(file - title), title);
    file += strlen("](");
    int folder = slash ? (int)(slash + 1 - lesson) : 0, length = (int)(anchor - file);
    snprintf(link->lesson, sizeof link->lesson, "%.*s%.*s", length ? folder : (int)strlen(lesson),
             lesson, length, file);
    *line = anchor;
    return true;
}

/* A lesson is named once if both links lead into it. */
static void name_sections(const char *lesson, const char *line, size_t size, char text[size])
{
    Link link, before = {.lesson = ""};
    for (size_t used = 0; used < size && next_link(&line, lesson, &link); before = link) {
        const char *joint = used ? ", and " : "";
        int length = strcmp(link.lesson, before.lesson) == 0
                         ? snprintf(text + used, size - used, " and \"%s\"", link.title)
                         : snprintf(text + used, size - used, "%s%s, \"%s\"", joint, link.lesson,
                                    link.title);
        used += (size_t)length;
    }
}

void lesson_section(const char *lesson, const char *function, size_t size, char text[size])
{
    char *line = NULL;
    size_t room = 0;
    bool in_exercises = false, mine = false;
    text[0] = '\0';
    FILE *file = fopen(lesson, "r");
    if (!file)
        return;
    while (getline(&line, &room, file) > 0) {
        const char *name = item_name(line), *words = line + strspn(line, " ");
        if (begins(line, "## "))
            in_exercises = begins(line, "## Exercises");
        if (name)
            mine = in_exercises && is_name(name, function);
        if (mine && begins(words, "- *Read:* "))
            name_sections(lesson, words, size, text);
    }
    free(line);
    fclose(file);
}
