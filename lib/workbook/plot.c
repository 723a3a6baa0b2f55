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
#include "safefile.h"
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
                             "set linetype cycle 7\n"
                             /* no_number(c): in a row whose column c is nan or infinite, the last
                              * number above it, to mark where a curve ends; else nothing */
                             "last_number = NaN\n"
                             "is_number(c) = !strlen(strcol(c)) || "
                             "!strstrt('nan inf -inf', strcol(c))\n"
                             "no_number(c) = is_number(c) ? (last_number = "
                             "valid(c) ? column(c) : last_number, NaN) : last_number\n"
                             "crosses = \"with points pt 2 ps 2 lw 2 lc rgb '#cc0000' notitle\"\n";

/* Whoever runs the script may say otherwise: gnuplot -e "terminal='svg'; picture='loss.svg'". */
static const char on_paper[] =
    "if (!exists('terminal')) terminal = 'pngcairo'\n"
    "if (!exists('scale')) scale = 1\n"
    "set terminal @terminal size 1000*scale,650*scale font 'sans,13' background 'white'\n"
    "set output picture\n"
    "set border 3 lc rgb '#606060'\n"
    "set tics nomirror out textcolor rgb '#303030'\n"
    "set grid lc rgb '#e0e0e0' lw 1 lt 1\n"
    "set key top right spacing 1.3\n";

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"

/* A name becomes part of commands, quoted nowhere. */
static void check_name(const char *who, const char *name)
{
    if (!*name || name[strspn(name, LETTERS)])
        error_stop("%s: a picture called '%s': expected letters, digits, _ and -", who, name);
}

/* Into the folder of the run, in which the data files lie. A command of gnuplot's ends with its
 * line, in quotes too; a control character is therefore written by its number, which only double
 * quotes take. */
static void print_cd(FILE *stream, const Options *options)
{
    fprintf(stream, "cd '%s", safefile_prefix(options->out));
    for (const char *c = options->out; *c; c++)
        if ((unsigned char)*c < ' ')
            fprintf(stream, "'.\"\\%03o\".'", (unsigned)*c);
        else
            fputs(*c == '\'' ? "''" : (char[]){*c, '\0'}, stream);
    fputs("'\n", stream);
}

/* Writes <out>/<name>.gp. It is drawn by hand from where the program ran, hence the cd. */
static bool write_script(SafeFile *file, const Options *options, const char *name,
                         const char *script)
{
    char gp[sizeof file->path]; /* a longer one than fits is too long for the path as well */
    snprintf(gp, sizeof gp, "%s.gp", name);
    if (!safefile_open(file, options->out, gp))
        return false;
    fprintf(file->stream, "# Draws %s.png, with gnuplot, from where the program ran.\n", name);
    print_cd(file->stream, options);
    fprintf(file->stream, "name = '%s'\nif (!exists('picture')) picture = name.'.png'\n%s%s\n%s\n",
            name, on_paper, common, script);
    return safefile_commit(file);
}

/* -- the programs that draw ------------------------------------------------------------------ */

typedef enum { DREW, FAILED, MISSING } Outcome;

/* Starts a program with no shell in between and returns 0 or the errno. input may be NULL. */
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

/* Of what was said, the first line that names the mistake, or else the first line. gnuplot begins
 * it with the place ("loss.gp" line 12: ...), below the text there and a caret; dot with Error,
 * below its warnings. */
static void read_message(FILE *said, char *message, int size)
{
    char line[MESSAGE_SIZE];
    bool named = false;
    rewind(said);
    message[0] = '\0';
    while (!named && fgets(line, sizeof line, said)) {
        line[strcspn(line, "\n")] = '\0';
        named = line[0] == '"' || strncmp(line, "Error", strlen("Error")) == 0;
        if (named || !message[0])
            snprintf(message, (size_t)size, "%s", line);
    }
}

/* Sets error_text() if the program failed. That a data file is missing is to gnuplot only worth a
 * warning; here it is a failure, for a curve is missing too. */
static Outcome run_program(char *arguments[], FILE *input)
{
    pid_t child;
    char message[MESSAGE_SIZE];
    FILE *said = tmpfile();
    if (!said) {
        error_return("%s: no temporary file for its messages: %s", arguments[0], strerror(errno));
        return FAILED;
    }
    int reason = start(&child, arguments, input, said);
    Outcome outcome = reason == 0 ? wait_for(child) : (reason == ENOENT ? MISSING : FAILED);
    read_message(said, message, sizeof message);
    fclose(said);
    if (strstr(message, "Cannot find or open file"))
        outcome = FAILED;
    if (outcome == FAILED)
        error_return("%s: %s", arguments[0], reason ? strerror(reason) : message);
    return outcome;
}

/* -- pictures ------------------------------------------------------------------------------- */

static const char to_draw_it[] = "to draw it: ";

static bool open_picture(SafeFile *picture, const Options *options, const char *name)
{
    char png[sizeof picture->path];
    snprintf(png, sizeof png, "%s.png", name);
    return safefile_open(picture, options->out, png);
}

/* True if its last chunk is there: a full disk can be met and not be told of. */
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

/* In single quotes only the quote itself is special to a shell. */
static void print_for_shell(const char *word)
{
    fputc('\'', stdout);
    for (; *word; word++)
        fputs(*word == '\'' ? "'\\''" : (char[]){*word, '\0'}, stdout);
    fputc('\'', stdout);
}

/* A command, to be copied to a shell. */
static void print_command(const char *before, char *arguments[])
{
    printf("%s", before);
    for (int i = 0; arguments[i]; i++) {
        const char *word = arguments[i];
        fputs(i > 0 ? " " : "", stdout);
        if (word[strspn(word, LETTERS "./+=:,@%")])
            print_for_shell(word);
        else
            printf("%s", word);
    }
    printf("\n");
}

/* Renders an open picture with `now`, which writes its temporary file, and gives it its name. Where
 * the program is not there, says so (`missing`) and how to draw the picture later. */
static bool render(SafeFile *picture, char *now[], char *later[], const char *missing)
{
    Outcome outcome = run_program(now, NULL);
    if (outcome == DREW && png_is_whole(picture)) {
        bool done = safefile_commit(picture);
        if (done)
            printf("picture: %s\n", picture->path);
        return done;
    }
    safefile_discard(picture);
    if (outcome == DREW)
        return error_return("%s: %s did not draw it to its end", picture->path, now[0]);
    if (outcome == MISSING)
        print_command(missing, later);
    return outcome == MISSING;
}

bool plot_draw(const Options *options, const char *name, const char *script)
{
    NOT_NULL(options, name, script);
    NOT_NULL(options->out);
    SafeFile gp, picture;
    check_name("plot_draw", name);
    if (!write_script(&gp, options, name, script))
        return false;
    char *later[] = {"gnuplot", gp.path, NULL};
    if (options->no_plot) {
        print_command(to_draw_it, later);
        return true;
    }
    if (!open_picture(&picture, options, name))
        return false;
    char output[sizeof picture.temporary + 16];
    snprintf(output, sizeof output, "picture = '%s'", strrchr(picture.temporary, '/') + 1);
    char *now[] = {"gnuplot", "-d", "-e", output, gp.path, NULL};
    return render(&picture, now, later,
                  "gnuplot is not installed (`make deps` installs it); then: ");
}

/* The text of a file, to be freed; NULL with error_text() set. */
static char *read_text(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    size_t length = 0;
    if (!file || getdelim(&text, &length, '\0', file) < 0) {
        error_return("%s: cannot be read: %s", path, file ? "it is empty" : strerror(errno));
        free(text);
        text = NULL;
    }
    if (file)
        fclose(file);
    return text;
}

bool plot_draw_file(const Options *options, const char *name, const char *file)
{
    NOT_NULL(options, name, file);
    char *script = read_text(file);
    bool done = script && plot_draw(options, name, script);
    free(script);
    return done;
}

bool plot_graph(const Options *options, const char *name)
{
    NOT_NULL(options, name);
    NOT_NULL(options->out);
    SafeFile picture;
    check_name("plot_graph", name);
    if (!open_picture(&picture, options, name))
        return false;
    char dot[sizeof picture.path];
    snprintf(dot, sizeof dot, "%s", picture.path);
    strcpy(strrchr(dot, '.'), ".dot");
    char *now[] = {"dot", "-Tpng", "-o", picture.temporary, dot, NULL};
    char *later[] = {"dot", "-Tpng", "-o", picture.path, dot, NULL};
    if (options->no_plot) {
        safefile_discard(&picture);
        print_command(to_draw_it, later);
        return true;
    }
    return render(&picture, now, later,
                  "graphviz is not installed (`make deps FOR=graphviz` installs it); then: ");
}

void plot_terminal(const Options *options, const char *script)
{
    NOT_NULL(options, script);
    NOT_NULL(options->out);
    FILE *input = terminal_is(stdout) ? tmpfile() : NULL;
    if (!input)
        return;
    TerminalSize size = terminal_size(stdout);
    print_cd(input, options);
    fprintf(input, "set terminal dumb size %d,%d nofeed mono\n%s%s\n", size.columns - 2,
            size.rows < 30 ? size.rows - 4 : 26, common, script);
    rewind(input);
    if (run_program((char *[]){"gnuplot", "-d", NULL}, input) == DREW)
        printf("\n"); /* gnuplot ends in the middle of a line */
    fclose(input);
}
