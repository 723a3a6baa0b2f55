#include "answer.h"

#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "wire.h"

static void write_problems(Answer *answer)
{
    FILE *file = answer->run.problems;
    for (int t = 0; t < answer->trials.count; t++) {
        const Trial *given = &answer->trials.given[t];
        fwrite(given->sizes, sizeof given->sizes, 1, file);
        for (int i = 0; i < count_arguments(answer->exercise); i++) {
            const Argument *argument = &answer->exercise->arguments[i];
            if (is_input(argument))
                fwrite(given->array[i], array_bytes(answer->exercise, argument, given->sizes), 1,
                       file);
        }
    }
}

static bool read_arrays(Answer *answer, Trial *got)
{
    const Exercise *exercise = answer->exercise;
    bool all = true;
    for (int i = 0; i < count_arguments(exercise) && all; i++) {
        size_t bytes = array_bytes(exercise, &exercise->arguments[i], got->sizes);
        all = fread(got->array[i], bytes, 1, answer->run.records) == 1;
    }
    return all;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* The rest of the records is then the stack, in words. */
static int read_line(Answer *answer, const char *source)
{
    char words[SAID_SIZE];
    words[fread(words, 1, sizeof words - 1, answer->run.records)] = '\0';
    return line_in(words, base_name(source));
}

/* Reads all records; the last one says how far it got, and *begun where its arrays lay. */
static What read_records(Answer *answer, Record *begun, const char *source)
{
    What last = 0;
    Record record;
    while (fread(&record, sizeof record, 1, answer->run.records) == 1) {
        if (record.what == STOPPED) {
            answer->stopped = read_line(answer, source);
            break;
        }
        last = (What)record.what;
        if (last == BEGUN)
            *begun = record;
        if (last != RETURNED)
            continue;
        if (answer->returned == answer->trials.count ||
            !read_arrays(answer, &answer->trials.got[answer->returned]))
            break;
        answer->returned++;
    }
    return last;
}

/* "an array" becomes "dC" if the block that was left is an argument's. */
static void name_region(const Answer *answer, Finding *finding, const Record *begun)
{
    char *place = strstr(finding->words, "an array");
    for (int i = 0; place && finding->region && i < count_arguments(answer->exercise); i++)
        if (begun->address[i] == finding->region)
            snprintf(place, sizeof finding->words - (size_t)(place - finding->words), "%s",
                     answer->exercise->arguments[i].name);
}

/* " (n = 5, k = 3)" */
static const char *in_which_case(const Answer *answer, char words[LABEL_SIZE + 4])
{
    char sizes[LABEL_SIZE];
    int which = answer->returned < answer->trials.count ? answer->returned : 0;
    const Trial *trial = &answer->trials.given[which];
    snprintf(words, LABEL_SIZE + 4, " (%s)", sizes_in_words(sizes, answer->exercise, trial->sizes));
    return words;
}

static void set_reason(Answer *answer, Verdict verdict, const char *first, const char *second)
{
    answer->verdict = verdict;
    snprintf(answer->reason, sizeof answer->reason, "%s%s", first, second);
}

static void explain_crash(Answer *answer, Finding *finding, const Record *begun, const char *source)
{
    char place[LABEL_SIZE + 4], sizes[LABEL_SIZE + 4];
    name_region(answer, finding, begun);
    snprintf(place, sizeof place, "%.120s:%d: ", source, finding->line);
    set_reason(answer, CRASHED, finding->line ? place : "", finding->words);
    strncat(answer->reason, in_which_case(answer, sizes),
            sizeof answer->reason - strlen(answer->reason) - 1);
}

static void explain_signal(Answer *answer)
{
    char sizes[LABEL_SIZE + 4], words[128];
    int number = WTERMSIG(answer->run.status);
    snprintf(words, sizeof words, "signal %d: %s", number, strsignal(number));
    set_reason(answer, CRASHED, words, in_which_case(answer, sizes));
}

/* Where a function that is nowhere is named, in the words of glibc's loader or those of macOS; NULL
 * if they were not said. */
static const char *find_missing_function(const char *said)
{
    static const char *const words[] = {
        "undefined symbol: ", "symbol not found in flat namespace '_", "Symbol not found: _"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        const char *found = strstr(said, words[i]);
        if (found)
            return found + strlen(words[i]);
    }
    return NULL;
}

/* Some systems see at once, when the file is loaded, that a function is missing; others when it is
 * called, and then they exit or abort. Returns false if that is not what happened. */
static bool explain_missing_function(Answer *answer)
{
    char words[128];
    const char *name = find_missing_function(answer->run.said);
    if (!name)
        return false;
    snprintf(words, sizeof words, "calls %.*s(), which is nowhere defined",
             (int)strcspn(name, " ,'\n"), name);
    answer->printed = 0;
    set_reason(answer, CRASHED, words, "");
    return true;
}

/* It ended before it was done, and neither a signal nor a sanitizer ended it. */
static void explain_exit(Answer *answer, What last)
{
    char sizes[LABEL_SIZE + 4], words[128];
    int status = WEXITSTATUS(answer->run.status);
    if (last == 0) {
        set_reason(answer, CRASHED, "the program ended while the file was being loaded", "");
    } else {
        snprintf(words, sizeof words, "ended the whole program, with exit status %d", status);
        set_reason(answer, CRASHED, words, in_which_case(answer, sizes));
    }
}

/* One process is asked for all rounds. */
static double seconds_in_all(const Setting *setting)
{
    return setting->seconds * setting->rounds;
}

static void explain_slowness(Answer *answer, What last, const Setting *setting)
{
    char sizes[LABEL_SIZE + 4], words[256], place[LABEL_SIZE + 4] = "";
    if (answer->stopped)
        snprintf(place, sizeof place, "%.120s:%d: ", setting->source, answer->stopped);
    snprintf(words, sizeof words, "%sstopped after %g s", place, seconds_in_all(setting));
    if (last == 0)
        set_reason(answer, TOO_SLOW, words, ", while the file was being loaded");
    else
        set_reason(answer, TOO_SLOW, words, in_which_case(answer, sizes));
}

static void sort_out(Answer *answer, const Setting *setting)
{
    Record begun = {0};
    Finding finding;
    const Run *run = &answer->run;
    What last = read_records(answer, &begun, setting->source);
    bool found = finding_read(&finding, run->said, base_name(setting->source));
    answer->printed = found ? (size_t)(finding.report - run->said) : strlen(run->said);
    bool clean = WIFEXITED(run->status) && WEXITSTATUS(run->status) == 0 && !run->late;
    if (clean && last == STILL_TO_DO)
        answer->verdict = TO_DO;
    else if (clean && last == MISSING)
        set_reason(answer, ABSENT, "there is no such function in ", setting->source);
    else if (clean && last == FINISHED && answer->returned == answer->trials.count)
        answer->verdict = CORRECT;
    else if (run->late)
        explain_slowness(answer, last, setting);
    else if (explain_missing_function(answer))
        return;
    else if (last == UNLOADABLE)
        set_reason(answer, CRASHED, "the compiled file cannot be loaded", "");
    else if (found)
        explain_crash(answer, &finding, &begun, setting->source);
    else if (WIFSIGNALED(run->status))
        explain_signal(answer);
    else
        explain_exit(answer, last);
}

/* The text up to the next tab or the end of the line; *rest is what follows. */
static char *next_field(char **rest)
{
    char *field = *rest;
    *rest += strcspn(field, "\t\n");
    if (**rest)
        *(*rest)++ = '\0';
    return field;
}

/* True if the function was left out, because it does not compile or is refused. */
static bool explain_left_out(Answer *answer, const char *answers)
{
    char path[1024], line[1200];
    snprintf(path, sizeof path, "%.*s.broken", (int)(strlen(answers) - strlen(".so")), answers);
    FILE *file = fopen(path, "r");
    bool found = false;
    while (file && !found && fgets(line, sizeof line, file)) {
        char *rest = line;
        found = strcmp(next_field(&rest), answer->exercise->name) == 0;
        const char *verdict = next_field(&rest);
        if (found)
            set_reason(answer, strcmp(verdict, "refused") == 0 ? REFUSED : NOT_COMPILED,
                       next_field(&rest), "");
    }
    if (file)
        fclose(file);
    return found;
}

static int at_once(void)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    return processors < 2 ? 2 : processors > 8 ? 8 : (int)processors;
}

static void begin(Answer *answer, const Setting *setting)
{
    run_open(&answer->run);
    write_problems(answer);
    run_start(&answer->run, setting->runner, setting->answers, answer->exercise->name,
              seconds_in_all(setting));
}

static void begin_anew(Answer *answer, const Setting *setting)
{
    answer->trials = trials_new(answer->exercise, setting->seed, setting->rounds);
    begin(answer, setting);
}

/* True once: when it has ended, and it has been sorted out how. */
static bool is_over(Answer *answer, const Setting *setting)
{
    if (!run_is_over(&answer->run, seconds_in_all(setting)))
        return false;
    answer->run.pid = 0;
    sort_out(answer, setting);
    run_close(&answer->run);
    return true;
}

static void wait_a_little(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 500000}, NULL);
}

void answers_collect(Answer *answers, int n, const Setting *setting)
{
    int started = 0, over = 0, most = at_once();
    while (over < n) {
        for (; started < n && started - over < most; started++)
            if (explain_left_out(&answers[started], setting->answers))
                over++;
            else
                begin_anew(&answers[started], setting);
        int before = over;
        for (int i = 0; i < started; i++)
            over += answers[i].run.pid && is_over(&answers[i], setting);
        if (over == before)
            wait_a_little();
    }
}

bool answer_again(Trials *trials, const Setting *setting)
{
    Answer answer = {.exercise = trials->exercise, .trials = *trials};
    begin(&answer, setting);
    while (!is_over(&answer, setting))
        wait_a_little();
    return answer.verdict == CORRECT;
}

void answer_free(Answer *answer)
{
    trials_free(&answer->trials);
}
