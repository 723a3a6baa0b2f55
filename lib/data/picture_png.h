/* picture_png.h: pictures in PNG, through libpng where it is there. */
#ifndef DATA_PICTURE_PNG_H
#define DATA_PICTURE_PNG_H

#include "data/bytes.h"
#include "data/picture.h"

/* Makes the picture of the bytes of a PNG file, path in messages. False with error_text() set if
 * they are none, or if this program was built without libpng; picture->x is then to be freed all
 * the same. */
bool picture_read_png(Picture *picture, const Bytes *bytes, const char *path);

#endif
