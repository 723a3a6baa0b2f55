#include "workbook/interrupt.h"

#include <signal.h>
#include <stddef.h>

#include "parallel/ranks.h"

static const int signals[] = {SIGINT, SIGTERM};
enum { SIGNALS = sizeof signals / sizeof signals[0] };

static struct sigaction before[SIGNALS];
static volatile sig_atomic_t noted;

static void note(int signal)
{
    noted = signal;
    for (int i = 0; i < SIGNALS; i++) /* whichever comes next is obeyed at once */
        sigaction(signals[i], &(struct sigaction){.sa_handler = SIG_DFL}, NULL);
}

void interrupt_catch(void)
{
    struct sigaction noting = {.sa_handler = note, .sa_flags = SA_RESTART};
    for (int i = 0; i < SIGNALS; i++) {
        sigaction(signals[i], NULL, &before[i]);
        if (before[i].sa_handler != SIG_IGN) /* nohup, or a shell's background */
            sigaction(signals[i], &noting, NULL);
    }
}

void interrupt_release(void)
{
    for (int i = 0; i < SIGNALS; i++)
        sigaction(signals[i], &before[i], NULL);
}

int interrupt_signal(void)
{
    return noted;
}

bool interrupt_anywhere(void)
{
    const int signal = (int)ranks_most(noted);
    if (signal)
        noted = signal;
    return signal != 0;
}

int interrupt_status(int status)
{
    return noted ? 128 + noted : status;
}
