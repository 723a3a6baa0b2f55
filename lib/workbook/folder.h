/* folder.h: where a run puts what it makes. */
#ifndef WORKBOOK_FOLDER_H
#define WORKBOOK_FOLDER_H

#include <stdbool.h>

/* Makes a folder with its parents, if they are not there. False with error_text() set if it cannot
 * be made, is no folder or cannot be written. */
bool folder_make(const char *path);

#endif
