#include "workbook/plot.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "error.h"
#include "workbook/safefile.h"
#include "workbook/terminal.h"

enum { MESSAGE_SIZE = 512 };

extern char **environ;

/* -- the script ----------------------------------------------------------------------------- */

/* What all pictures of the book have in common, in the terminal too. The colours are those of Okabe
 * and Ito (2008), which colour-blind readers can tell apart. */
static const char common[] = "set datafile separator ','\n"
                             "set key autotitle columnhead noenhanced\n"
                             "set style data lines\n"
                             "set linetype 1 lc rgb '#0072b2' lw 2\n" /* blue */
                             "set linetype 2 lc rgb '#d55e00' lw 2\n" /* vermilion */
                             "set linetype 3 lc rgb '#009e73' lw 2\n" /* green */
                             "set linetype 4 lc rgb '#cc79a7' lw 2\n" /* purple */
                             "set linetype 5 lc rgb '#e69f00' lw 2\n" /* orange */
                             "set linetype 6 lc rgb '#56b4e9' lw 2\n" /* sky blue */
                             "set linetype 7 lc rgb '#000000' lw 2\n"
                             "set linetype cycle 7\n";

static const char on_paper[] =
    "set terminal pngcairo size 1000,650 font 'sans,13' background 'white'\n"
    "set output picture\n"
    "set border 3 lc rgb '#606060'\n"
    "set tics nomirror out textcolor rgb '#303030'\n"
    "set grid lc rgb '#e0e0e0' lw 1 lt 1\n"
    "set key top right spacing 1.3\n";

/* The text in single quotes, in which only the quote itself is special: gnuplot and the shell
 * differ in how that is written. */
static const char gnuplot_quote[] = "''", shell_quote[] = "'\\''";

static void print_quoted(FILE *stream, const char *text, const char *quote)
{
    fputc('\'', stream);
    for (; *text; text++)
        fputs(*text == '\'' ? quote : (char[]){*text, '\0'}, stream);
    fputc('\'', stream);
}

/* Writes <out>/<name>.gp. It is drawn by hand from where the program ran, hence the cd. */
static bool write_script(SafeFile *file, const Options *options, const char *name,
                         const char *script)
{
    char gp[256];
    snprintf(gp, sizeof gp, "%s.gp", name);
    if (!safefile_open(file, options->out, gp))
        return false;
    fprintf(file->stream, "# gnuplot %s\ncd ", file->path);
    print_quoted(file->stream, options->out, gnuplot_quote);
    fprintf(file->stream, "\nif (!exists('picture')) picture = '%s.png'\n%s%s\n%s\n", name,
            on_paper, common, script);
    return safefile_commit(file);
}

/* -- gnuplot -------------------------------------------------------------------------------- */

typedef enum { DREW, FAILED, MISSING } Outcome;

/* Starts gnuplot with no shell in between and returns 0 or the errno. input may be NULL. */
static int start(pid_t *child, char *arguments[], FILE *input, FILE *said)
{
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    if (input)
        posix_spawn_file_actions_adddup2(&actions, fileno(input), STDIN_FILENO);
    else
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, fileno(said), STDERR_FILENO);
    fflush(stdout);
    int reason = posix_spawnp(child, arguments[0], &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    return reason;
}

static Outcome wait_for(pid_t child)
{
    int status;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return FAILED;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
        return MISSING; /* some systems find out only in the child */
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? DREW : FAILED;
}

/* Of what gnuplot said, the first line that names a place in the script ("loss.gp" line 12: ...),
 * or else the first line. In front of a place stands the text there, with a caret below. */
static void read_message(FILE *said, char *message, int size)
{
    char line[MESSAGE_SIZE];
    rewind(said);
    message[0] = '\0';
    while (message[0] != '"' && fgets(line, sizeof line, said)) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '"' || !message[0])
            snprintf(message, (size_t)size, "%s", line);
    }
}

/* Sets error_text() if gnuplot failed. That a data file is missing is to it only worth a warning;
 * here it is a failure, for a curve is missing too. */
static Outcome run_gnuplot(char *arguments[], FILE *input)
{
    pid_t child;
    char message[MESSAGE_SIZE];
    FILE *said = tmpfile();
    if (!said) {
        error_return("gnuplot: no temporary file for its messages: %s", strerror(errno));
        return FAILED;
    }
    int reason = start(&child, arguments, input, said);
    Outcome outcome = reason == 0 ? wait_for(child) : (reason == ENOENT ? MISSING : FAILED);
    read_message(said, message, sizeof message);
    fclose(said);
    if (strstr(message, "Cannot find or open file"))
        outcome = FAILED;
    if (outcome == FAILED)
        error_return("gnuplot: %s", reason ? strerror(reason) : message);
    return outcome;
}

/* -- pictures ------------------------------------------------------------------------------- */

/* True if its last chunk is there: gnuplot can meet a full disk and not say so. */
static bool png_is_whole(const SafeFile *picture)
{
    static const char end[] = "IEND\xae\x42\x60\x82";
    char last[sizeof end] = "";
    FILE *file = fopen(picture->temporary, "rb");
    if (!file)
        return false;
    bool whole = fseek(file, -(long)strlen(end), SEEK_END) == 0 &&
                 fread(last, strlen(end), 1, file) == 1 && memcmp(last, end, sizeof end) == 0;
    fclose(file);
    return whole;
}

static Outcome draw_png(const SafeFile *script, const SafeFile *picture)
{
    char output[sizeof picture->temporary + 16];
    snprintf(output, sizeof output, "picture = '%s'", strrchr(picture->temporary, '/') + 1);
    Outcome outcome =
        run_gnuplot((char *[]){"gnuplot", "-d", "-e", output, (char *)script->path, NULL}, NULL);
    if (outcome == DREW && !png_is_whole(picture)) {
        error_return("%s: gnuplot did not draw it to its end", picture->path);
        return FAILED;
    }
    return outcome;
}

/* The command that draws a script, to be copied to a shell. */
static void print_command(const char *before, const char *path)
{
    printf("%sgnuplot ", before);
    bool plain = !path[strspn(path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                    "0123456789_./-+=:,@%")];
    if (plain)
        printf("%s", path);
    else
        print_quoted(stdout, path, shell_quote);
    printf("\n");
}

bool plot_draw(const Options *options, const char *name, const char *script)
{
    SafeFile gp, picture;
    char png[256];
    if (!write_script(&gp, options, name, script))
        return false;
    if (options->no_plot) {
        print_command("to draw it: ", gp.path);
        return true;
    }
    snprintf(png, sizeof png, "%s.png", name);
    if (!safefile_open(&picture, options->out, png))
        return false;
    Outcome outcome = draw_png(&gp, &picture);
    if (outcome == DREW) {
        bool done = safefile_commit(&picture);
        if (done)
            printf("picture: %s\n", picture.path);
        return done;
    }
    safefile_discard(&picture);
    if (outcome == MISSING)
        print_command("gnuplot is not installed (`make deps` installs it); then: ", gp.path);
    return outcome == MISSING;
}

void plot_terminal(const Options *options, const char *script)
{
    FILE *input = terminal_is(stdout) ? tmpfile() : NULL;
    if (!input)
        return;
    TerminalSize size = terminal_size(stdout);
    fprintf(input, "cd ");
    print_quoted(input, options->out, gnuplot_quote);
    fprintf(input, "\nset terminal dumb size %d,%d nofeed mono\n%s%s\n", size.columns - 2,
            size.rows < 30 ? size.rows - 4 : 26, common, script);
    rewind(input);
    if (run_gnuplot((char *[]){"gnuplot", "-d", NULL}, input) == DREW)
        printf("\n"); /* gnuplot ends in the middle of a line */
    fclose(input);
}
