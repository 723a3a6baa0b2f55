/* 13_convolution_report.h: what LeNet has learnt, in words and in pictures. */
#ifndef CHAPTER_13_CONVOLUTION_REPORT_H
#define CHAPTER_13_CONVOLUTION_REPORT_H

#include "13_convolution_pictures.h"
#include "13_convolution_training.h"
#include "data/picture.h"

static inline void print_confusion(int confusion[CLASSES][CLASSES])
{
    printf("\nWhat LeNet took each digit for:\n         ");
    for (int j = 0; j < CLASSES; j++)
        printf(" %4d", j);
    printf("\n");
    for (int i = 0; i < CLASSES; i++) {
        printf("  a %d was", i);
        for (int j = 0; j < CLASSES; j++)
            if (confusion[i][j])
                printf(" %4d", confusion[i][j]);
            else
                printf("    .");
        printf("\n");
    }
}

static inline void count_guesses(const Dataset *test, const int guess[test->length],
                                 int confusion[CLASSES][CLASSES])
{
    memset(confusion, 0, sizeof(int[CLASSES][CLASSES]));
    for (int i = 0; i < test->length; i++)
        confusion[(int)test->y[i]][guess[i]]++;
}

/* A text, and pictures. Returns what it knows of the test digits, in percent, in *known. */
static inline bool report(const Options *options, const Digits *digits, Module *lenet,
                          double *known)
{
    const Dataset *test = &digits->test;
    int confusion[CLASSES][CLASSES], *guess = malloc((size_t)test->length * sizeof *guess);
    if (!guess)
        error_stop("no memory for %d guesses", test->length);
    *known = nn_score(lenet, digit_size, test, 100, guess).right;
    count_guesses(test, guess, confusion);
    printf("LeNet-5, %ld parameters, knows %.2f %% of %d new digits\n", nn_size(lenet), *known,
           test->length);
    print_confusion(confusion);
    bool drawn = draw_digits(options, &digits->train) && draw_wrong(options, test, guess) &&
                 draw_maps(options, lenet, test) && draw_confusion(options, confusion);
    free(guess);
    return drawn;
}

/* What it says of the digit in a picture of one's own. */
static inline void look_at(Module *lenet, const char *path, real digit[DIGIT_PIXELS])
{
    ag_no_grad_begin();
    const Tensor *probs = ag_softmax(nn_forward(lenet, nn_images(digit_size, 1, digit)), 1);
    ag_no_grad_end();
    printf("\n%s, as LeNet gets to see it:\n", path);
    for (int y = 0; y < DIGIT_SIDE; y += 2) {
        printf("  ");
        for (int x = 0; x < DIGIT_SIDE; x++) {
            real ink = (digit[y * DIGIT_SIDE + x] + digit[(y + 1) * DIGIT_SIDE + x]) / 2;
            printf("%c", " .:+#"[(int)fmin(4, ink * 5)]);
        }
        printf("\n");
    }
    printf("It says, in percent:\n");
    for (int j = 0; j < CLASSES; j++)
        printf("  %d %6.1f\n", j, 100 * (double)probs->data[j]);
    ag_reset();
}

#endif
