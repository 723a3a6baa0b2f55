/* cifar.h: images and their labels in the binary format of CIFAR-10. */
#ifndef DATA_CIFAR_H
#define DATA_CIFAR_H

#include <stdbool.h>

#include "data/dataset.h"

enum { CIFAR_CHANNELS = 3, CIFAR_SIDE = 32 };

/* Reads files of records, plain or compressed: a label, 0 to 9, then an image, 3 x 32 x 32 bytes,
 * red, green and blue one after the other. x is the image, the bytes / 255; y is its label. At most
 * `most` examples, the first, if that is above 0; what comes after them is not looked at. False
 * with error_text() set, naming the file and what was expected; data is then empty. */
bool cifar10_read(Dataset *data, int files, const char *const path[], int most);

#endif
