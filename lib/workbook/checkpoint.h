/* checkpoint.h: what training.c needs of checkpoint.c; training_keep() stands in training.h. */
#ifndef WORKBOOK_CHECKPOINT_H
#define WORKBOOK_CHECKPOINT_H

#include "workbook/training.h"

/* Whether it is time for a checkpoint after the present step. */
bool checkpoint_due(const Training *training);

/* Writes one, if there is none of the present step. False with error_text() set. */
bool checkpoint_write(Training *training);

/* Ends a training of which nothing is to stay. */
void training_give_up(Training *training);

#endif
