/* brief.c: ten lines of the page, for the terminal. */
#include <string.h>

#include "../text.h"
#include "class.h"

enum { LINES = 10, COLUMNS = 100 };

/* What there is room for, in whole characters. */
static char *shortened(const char *text, int room)
{
    if ((int)strlen(text) <= room)
        return text_of("%s", text);
    for (room -= 3; room > 0 && ((unsigned char)text[room] & 0xc0) == 0x80;)
        room--;
    return text_of("%.*s...", room > 0 ? room : 0, text);
}

static void write_line(FILE *file, const Exercise *exercise)
{
    int used = fprintf(file, "  %5s  %2.2s %-28s", share_of(exercise), exercise->chapter,
                       exercise->function);
    if (exercise->mistake_count > 0) {
        const Mistake *mistake = &exercise->mistakes[0];
        used += fprintf(file, "  %d x ", mistake->count);
        fputs(shortened(mistake->sentence, COLUMNS - used), file);
    } else {
        fprintf(file, "  %s", others_of(exercise));
    }
    fputc('\n', file);
}

void brief_write(FILE *file, const Class *class)
{
    const Exercise **list = by_difficulty(class);
    int hard = 0;
    while (list[hard] && list[hard]->verdicts[RIGHT] < list[hard]->asked)
        hard++;
    if (!list[0])
        fprintf(file, "nothing was handed in\n");
    else if (hard == 0)
        fprintf(file, "all that was handed in is right\n");
    else
        fprintf(file, "what the class got wrong: %d exercise%s, most difficult first\n", hard,
                hard == 1 ? "" : "s");
    for (int i = 0; i < hard && i < LINES - 1; i++)
        write_line(file, list[i]);
}
