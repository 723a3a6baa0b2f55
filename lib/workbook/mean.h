/* mean.h: what several runs say together. */
#ifndef WORKBOOK_MEAN_H
#define WORKBOOK_MEAN_H

typedef struct {
    double mean;
    double error; /* the standard error of the mean: sqrt(sum of (x - mean)^2 / (n - 1) / n); 0 of
                     a single number */
} Mean;

/* Of n numbers. Error: n below 1. */
Mean mean_of(int n, const double *x);

#endif
