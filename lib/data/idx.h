/* idx.h: images and their labels in the format of MNIST. */
#ifndef DATA_IDX_H
#define DATA_IDX_H

#include <stdbool.h>

#include "data/dataset.h"

/* Reads two files of unsigned bytes, as MNIST and Fashion-MNIST are given away (plain or
 * compressed; of a name without .gz also the file with it): images: 00 00 08 03, count, rows,
 * columns (big-endian, 4 bytes each), then count images labels: 00 00 08 01, count, then count
 * labels 0 to 9 x is an image of *h rows and *w columns, the bytes / 255; y is its label. At most
 * `most` examples, the first, if that is above 0; the files are then not looked at any further.
 * False with error_text() set, naming the file and what was expected; data is then empty. */
bool idx_read(Dataset *data, int *h, int *w, const char *images, const char *labels, int most);

#endif
