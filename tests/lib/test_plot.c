/* Pictures are drawn whole or not at all, and it is said how to get one. What only gnuplot or
 * graphviz can show is skipped where that is not installed. */
#include "workbook/plot.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "child.h"
#include "error.h"
#include "scratch.h"

static const char csv[] = "step,train,dev\n0,3.3,3.4\n1,2.9,\n2,2.5,\n3,2.4,2.6\n";
static const char good[] = "set title 'loss'\nplot 'loss.csv' using 1:2, '' using 1:3";

static const char graph[] = "digraph tape {\n    a -> b [label=\"2\"]\n}\n";

typedef struct {
    const char *out, *script; /* a script of NULL draws the graph that lies there */
    const char *file;         /* ... or this one, if not NULL */
    bool no_plot;
    const char *path; /* PATH, if not NULL */
    long file_limit;  /* bytes, if not 0 */
} Drawing;

/* Draws in the scratch folder, so that out is relative as it is in use. */
static void draw(void *context)
{
    Drawing *d = context;
    Options options = {.chapter = "10_mlp", .out = d->out, .no_plot = d->no_plot};
    if (chdir(scratch_folder()) != 0)
        exit(8);
    if (d->path)
        setenv("PATH", d->path, 1);
    if (d->file_limit) {
        struct rlimit limit = {(rlim_t)d->file_limit, (rlim_t)d->file_limit};
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    if (!(d->script ? plot_draw(&options, "loss", d->script)
          : d->file ? plot_draw_file(&options, "loss", d->file)
                    : plot_graph(&options, "tape")))
        exit(error_report("10_mlp"));
}

static void draw_in_terminal(void *context)
{
    Drawing *d = context;
    Options options = {.chapter = "10_mlp", .out = d->out};
    if (chdir(scratch_folder()) != 0)
        exit(8);
    if (d->path)
        setenv("PATH", d->path, 1);
    plot_terminal(&options, d->script);
}

static void expect(Drawing drawing, int status, const char *out, const char *err)
{
    Child child = child_run(draw, &drawing);
    assert_string_equal(child.err, err);
    assert_string_equal(child.out, out);
    assert_int_equal(child.status, status);
}

static bool is_png(const char *name)
{
    return memcmp(scratch_read(name), "\x89PNG\r\n\x1a\n", 8) == 0;
}

static void a_missing_gnuplot_is_no_failure(void **state)
{
    (void)state;
    expect((Drawing){.out = "out", .script = good, .path = "/no/such/folder"}, 0,
           "gnuplot is not installed (`make deps` installs it); then: gnuplot out/loss.gp\n", "");
    assert_non_null(strstr(scratch_read("out/loss.gp"), good));
    assert_int_equal(scratch_count("out"), 2);
}

static void no_plot_writes_the_script_and_says_how_to_draw_it(void **state)
{
    (void)state;
    expect((Drawing){.out = "out", .script = good, .no_plot = true}, 0,
           "to draw it: gnuplot out/loss.gp\n", "");
    assert_non_null(strstr(scratch_read("out/loss.gp"), good));
    assert_int_equal(scratch_count("out"), 2);
}

static void a_script_in_a_file_is_as_good(void **state)
{
    (void)state;
    scratch_write_text("loss of mine.gp", good);
    expect((Drawing){.out = "out", .file = "loss of mine.gp", .no_plot = true}, 0,
           "to draw it: gnuplot out/loss.gp\n", "");
    assert_non_null(strstr(scratch_read("out/loss.gp"), good));
}

static void a_script_in_a_file_that_cannot_be_read_is_an_error(void **state)
{
    (void)state;
    expect((Drawing){.out = "out", .file = "no.gp"}, 1, "",
           "10_mlp: no.gp: cannot be read: No such file or directory\n");
    scratch_write_text("empty.gp", "");
    expect((Drawing){.out = "out", .file = "empty.gp"}, 1, "",
           "10_mlp: empty.gp: cannot be read: it is empty\n");
    mkdir(scratch_path("folder.gp"), 0777);
    assert_int_equal(child_run(draw, &(Drawing){.out = "out", .file = "folder.gp"}).status, 1);
}

static void the_command_can_be_given_to_a_shell(void **state)
{
    (void)state;
    mkdir(scratch_path("it's a folder"), 0777);
    expect((Drawing){.out = "it's a folder", .script = good, .no_plot = true}, 0,
           "to draw it: gnuplot 'it'\\''s a folder/loss.gp'\n", "");
}

static void a_script_that_cannot_be_written_is_an_error(void **state)
{
    (void)state;
    expect((Drawing){.out = "nowhere", .script = good}, 1, "",
           "10_mlp: nowhere/loss.gp: cannot be written: No such file or directory\n");
    scratch_write_text("out/loss.gp", "earlier");
    expect((Drawing){.out = "out", .script = good, .file_limit = 100}, 1, "",
           "10_mlp: out/loss.gp: cannot be written: File too large\n");
    assert_string_equal(scratch_read("out/loss.gp"), "earlier");
    assert_int_equal(scratch_count("out"), 2);
}

/* tape.dot is the program's own: it is there before, and stays. */
static void a_missing_graphviz_is_no_failure(void **state)
{
    (void)state;
    scratch_write_text("out/tape.dot", graph);
    scratch_write_text("out/tape.png", "earlier");
    expect((Drawing){.out = "out", .path = "/no/such/folder"}, 0,
           "graphviz is not installed (`make deps FOR=graphviz` installs it); then: "
           "dot -Tpng -o out/tape.png out/tape.dot\n",
           "");
    expect((Drawing){.out = "out", .no_plot = true}, 0,
           "to draw it: dot -Tpng -o out/tape.png out/tape.dot\n", "");
    assert_string_equal(scratch_read("out/tape.png"), "earlier");
    assert_int_equal(scratch_count("out"), 3);
}

static void the_command_for_a_graph_can_be_given_to_a_shell(void **state)
{
    (void)state;
    mkdir(scratch_path("it's a folder"), 0777);
    expect((Drawing){.out = "it's a folder", .no_plot = true}, 0,
           "to draw it: dot -Tpng -o 'it'\\''s a folder/tape.png' 'it'\\''s a folder/tape.dot'\n",
           "");
}

/* -- what only gnuplot can show --------------------------------------------------------------- */

static void need_gnuplot(void)
{
    if (system("gnuplot --version >/dev/null 2>&1") != 0)
        skip();
}

static void a_picture_is_drawn(void **state)
{
    (void)state;
    need_gnuplot();
    expect((Drawing){.out = "out", .script = good}, 0, "picture: out/loss.png\n", "");
    assert_true(is_png("out/loss.png"));
    assert_int_equal(scratch_count("out"), 3);
}

/* A nan and an infinity are marked at the number before; an empty cell is not. */
static void what_is_no_number_is_marked_where_it_happened(void **state)
{
    (void)state;
    need_gnuplot();
    scratch_write_text("out/loss.csv", "step,batch\n1,3\n2,2.5\n3,nan\n4,\n5,2\n6,inf\n");
    expect((Drawing){.out = "out",
                     .script = "set table 'marks.txt'\nplot 'loss.csv' using 1:(no_number(2))\n"
                               "unset table\n"
                               "plot 'loss.csv' using 1:2, '' using 1:(no_number(2)) @crosses"},
           0, "picture: out/loss.png\n", "");
    const char *marks = scratch_read("out/marks.txt");
    static const char *const lines[] = {" 1  NaN  u", " 2  NaN  u", " 3  2.5  i",
                                        " 4  NaN  u", " 5  NaN  u", " 6  2  i"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        if (!strstr(marks, lines[i]))
            fail_msg("expected \"%s\" in:\n%s", lines[i], marks);
}

static void a_script_finds_the_name_of_its_picture(void **state)
{
    (void)state;
    need_gnuplot();
    expect((Drawing){.out = "out", .script = "plot name.'.csv' using 1:2"}, 0,
           "picture: out/loss.png\n", "");
}

static void the_script_on_disk_draws_the_same_picture(void **state)
{
    (void)state;
    need_gnuplot();
    char command[600];
    expect((Drawing){.out = "out", .script = good}, 0, "picture: out/loss.png\n", "");
    snprintf(command, sizeof command,
             "cd %s && cp out/loss.png first && gnuplot -d out/loss.gp && "
             "cmp first out/loss.png && rm first",
             scratch_folder());
    assert_int_equal(system(command), 0);
}

/* As tests/pictures and others ask for it. */
static void the_script_draws_another_kind_and_size_when_told_so(void **state)
{
    (void)state;
    need_gnuplot();
    char command[600];
    expect((Drawing){.out = "out", .script = good}, 0, "picture: out/loss.png\n", "");
    snprintf(command, sizeof command,
             "cd %s && cp out/loss.png first && gnuplot -d -e \"terminal = 'svg'; scale = 0.5; "
             "picture = 'small.svg'\" out/loss.gp && grep -q 'width=\"500\" height=\"325\"' "
             "out/small.svg && cmp first out/loss.png",
             scratch_folder());
    assert_int_equal(system(command), 0);
}

/* What gnuplot, dot or a shell might take for a command, an option or another place. */
static const char *const odd_folders[] = {
    "a \"b\" it's $HOME",
    "'",
    "-v",
    "-",
    "~",
    "# b",
    "b\\",
    "@b `touch spoiled` $(touch spoiled)",
    "<touch spoiled;",
    "|touch spoiled;",
    "b\nsystem('touch spoiled')",
    "b\n!touch spoiled",
    "b'\nsystem(\"touch spoiled\")\r#",
};
enum { ODD_FOLDERS = sizeof odd_folders / sizeof odd_folders[0] };

/* Makes it, with what is to be drawn in it. */
static const char *odd_folder(int i)
{
    char name[100];
    const char *out = odd_folders[i];
    mkdir(scratch_path(out), 0777);
    snprintf(name, sizeof name, "%s/loss.csv", out);
    scratch_write_text(name, csv);
    snprintf(name, sizeof name, "%s/tape.dot", out);
    scratch_write_text(name, graph);
    return out;
}

static void run_by_shell(void *command)
{
    if (chdir(scratch_folder()) != 0)
        exit(8);
    execlp("sh", "sh", "-c", command, NULL);
}

/* Draws in this folder, then once more with the command that is printed under --no-plot, and leaves
 * nothing but the picture. */
static void expect_drawn_in(const char *out, const char *script, const char *picture)
{
    static const char before[] = "picture: ", to_draw_it[] = "to draw it: ";
    char path[100];
    snprintf(path, sizeof path, "%s/%s", out, picture);
    Child child = child_run(draw, &(Drawing){.out = out, .script = script});
    assert_string_equal(child.err, "");
    assert_int_equal(child.status, 0);
    assert_memory_equal(child.out, before, strlen(before));
    assert_true(is_png(path));
    remove(scratch_path(path));
    child = child_run(draw, &(Drawing){.out = out, .script = script, .no_plot = true});
    assert_memory_equal(child.out, to_draw_it, strlen(to_draw_it));
    child = child_run(run_by_shell, child.out + strlen(to_draw_it));
    assert_string_equal(child.err, "");
    assert_true(is_png(path));
    assert_false(scratch_exists("spoiled"));
    snprintf(path, sizeof path, "%s/spoiled", out);
    assert_false(scratch_exists(path));
}

static void a_folder_may_be_called_anything(void **state)
{
    (void)state;
    need_gnuplot();
    for (int i = 0; i < ODD_FOLDERS; i++)
        expect_drawn_in(odd_folder(i), good, "loss.png");
}

static void a_terminal_gets_its_plot_from_a_folder_called_anything(void **state)
{
    (void)state;
    need_gnuplot();
    for (int i = 0; i < ODD_FOLDERS; i++) {
        Drawing drawing = {.out = odd_folder(i), .script = good};
        Child child = child_run_on_terminal(80, draw_in_terminal, &drawing);
        assert_non_null(strstr(child.out, "train"));
        assert_false(scratch_exists("spoiled"));
    }
}

static void draw_as(void *name)
{
    plot_draw(&(Options){.chapter = "10_mlp", .out = scratch_folder()}, name, good);
}

static void graph_as(void *name)
{
    plot_graph(&(Options){.chapter = "10_mlp", .out = scratch_folder()}, name);
}

static void a_picture_has_a_plain_name(void **state)
{
    (void)state;
    char *names[] = {"", "it's", "|cat", "../loss", "a b", "a\nb"};
    for (int i = 0; i < 6; i++) {
        Child child = child_run(draw_as, names[i]), other = child_run(graph_as, names[i]);
        assert_int_equal(child.status, 1);
        assert_non_null(strstr(child.err, "plot_draw: a picture called '"));
        assert_int_equal(other.status, 1);
        assert_non_null(strstr(other.err, "plot_graph: a picture called '"));
    }
    assert_int_equal(scratch_count("."), 1); /* the folder out */
}

static void a_mistake_in_the_script_is_quoted_and_the_earlier_picture_stands(void **state)
{
    (void)state;
    need_gnuplot();
    scratch_write_text("out/loss.png", "earlier");
    Drawing drawing = {.out = "out", .script = "plot 'loss.csv' using 1:(nonsense)"};
    Child child = child_run(draw, &drawing);
    assert_int_equal(child.status, 1);
    assert_string_equal(child.out, "");
    const char *start = "10_mlp: gnuplot: \"out/loss.gp\" line ";
    assert_memory_equal(child.err, start, strlen(start));
    assert_non_null(strstr(child.err, "undefined variable: nonsense\n"));
    assert_null(strchr(strchr(child.err, '\n') + 1, '\n')); /* one line */
    assert_string_equal(scratch_read("out/loss.png"), "earlier");
    assert_int_equal(scratch_count("out"), 3);
}

static void a_missing_data_file_is_an_error_even_beside_a_good_one(void **state)
{
    (void)state;
    need_gnuplot();
    Drawing drawing = {.out = "out", .script = "plot 'loss.csv' using 1:2, 'lost.csv' using 1:2"};
    Child child = child_run(draw, &drawing);
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "Cannot find or open file \"lost.csv\""));
}

static void a_script_that_draws_nothing_is_an_error(void **state)
{
    (void)state;
    need_gnuplot();
    expect((Drawing){.out = "out", .script = "set title 'no plot command'"}, 1, "",
           "10_mlp: out/loss.png: gnuplot did not draw it to its end\n");
}

static void a_picture_cut_off_by_a_full_disk_is_an_error(void **state)
{
    (void)state;
    need_gnuplot();
    scratch_write_text("out/loss.png", "earlier");
    Drawing drawing = {.out = "out", .script = good, .file_limit = 4096};
    Child child = child_run(draw, &drawing);
    assert_int_equal(child.status, 1);
    assert_string_equal(scratch_read("out/loss.png"), "earlier");
    assert_int_equal(scratch_count("out"), 3);
}

static int longest_line(const char *text)
{
    size_t longest = 0;
    while (*text) {
        size_t length = strcspn(text, "\r\n");
        longest = length > longest ? length : longest;
        text += length + (text[length] != '\0');
    }
    return (int)longest;
}

static void a_terminal_gets_a_plot_of_its_width(void **state)
{
    (void)state;
    need_gnuplot();
    Drawing drawing = {.out = "out", .script = good};
    int widths[] = {60, 100};
    for (int i = 0; i < 2; i++) {
        Child child = child_run_on_terminal(widths[i], draw_in_terminal, &drawing);
        assert_int_equal(child.status, 0);
        assert_non_null(strstr(child.out, "train"));
        assert_in_range(longest_line(child.out), widths[i] - 10, widths[i] - 1);
        assert_int_equal(child.out[strlen(child.out) - 1], '\n');
    }
}

static void where_there_is_no_terminal_or_no_gnuplot_nothing_is_drawn_in_it(void **state)
{
    (void)state;
    Drawing drawing = {.out = "out", .script = good};
    Child child = child_run(draw_in_terminal, &drawing);
    assert_string_equal(child.out, "");
    assert_string_equal(child.err, "");
    drawing.path = "/no/such/folder";
    child = child_run_on_terminal(80, draw_in_terminal, &drawing);
    assert_string_equal(child.out, "");
    assert_int_equal(child.status, 0);
}

/* -- what only graphviz can show -------------------------------------------------------------- */

static void need_graphviz(void)
{
    if (system("dot -V >/dev/null 2>&1") != 0)
        skip();
}

static void a_graph_is_drawn_in_a_folder_called_anything(void **state)
{
    (void)state;
    need_graphviz();
    for (int i = 0; i < ODD_FOLDERS; i++)
        expect_drawn_in(odd_folder(i), NULL, "tape.png");
}

/* dot warns of the shape first; what is quoted is the error. */
static void a_mistake_in_a_graph_is_quoted_and_the_earlier_picture_stands(void **state)
{
    (void)state;
    need_graphviz();
    scratch_write_text("out/tape.png", "earlier");
    scratch_write_text("out/tape.dot", "digraph good {\n    a [shape=none_such]\n}\n"
                                       "digraph bad {\n    a -> -> b\n}\n");
    Drawing drawing = {.out = "out"};
    Child child = child_run(draw, &drawing);
    assert_int_equal(child.status, 1);
    assert_string_equal(child.out, "");
    const char *start = "10_mlp: dot: Error: ";
    assert_memory_equal(child.err, start, strlen(start));
    assert_non_null(strstr(child.err, "line 5"));
    assert_null(strchr(strchr(child.err, '\n') + 1, '\n')); /* one line */
    assert_string_equal(scratch_read("out/tape.png"), "earlier");
    assert_int_equal(scratch_count("out"), 3);
}

static void a_graph_that_is_missing_or_empty_is_an_error(void **state)
{
    (void)state;
    need_graphviz();
    Drawing drawing = {.out = "out"};
    Child child = child_run(draw, &drawing);
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "out/tape.dot"));
    scratch_write_text("out/tape.dot", "");
    expect(drawing, 1, "", "10_mlp: out/tape.png: dot did not draw it to its end\n");
    assert_int_equal(scratch_count("out"), 2);
}

static void a_graph_cut_off_by_a_full_disk_is_an_error(void **state)
{
    (void)state;
    need_graphviz();
    scratch_write_text("out/tape.dot", graph);
    scratch_write_text("out/tape.png", "earlier");
    Drawing drawing = {.out = "out", .file_limit = 1024};
    Child child = child_run(draw, &drawing);
    assert_int_equal(child.status, 1);
    assert_string_equal(scratch_read("out/tape.png"), "earlier");
    assert_int_equal(scratch_count("out"), 3);
}

/* Each test begins with the data alone. */
static int setup(void **state)
{
    if (scratch_setup(state) != 0 || mkdir(scratch_path("out"), 0777) != 0)
        return -1;
    scratch_write_text("out/loss.csv", csv);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_missing_gnuplot_is_no_failure),
        TEST(no_plot_writes_the_script_and_says_how_to_draw_it),
        TEST(a_script_in_a_file_is_as_good),
        TEST(a_script_in_a_file_that_cannot_be_read_is_an_error),
        TEST(the_command_can_be_given_to_a_shell),
        TEST(a_script_that_cannot_be_written_is_an_error),
        TEST(a_missing_graphviz_is_no_failure),
        TEST(the_command_for_a_graph_can_be_given_to_a_shell),
        TEST(a_picture_is_drawn),
        TEST(what_is_no_number_is_marked_where_it_happened),
        TEST(a_script_finds_the_name_of_its_picture),
        TEST(the_script_on_disk_draws_the_same_picture),
        TEST(the_script_draws_another_kind_and_size_when_told_so),
        TEST(a_folder_may_be_called_anything),
        TEST(a_terminal_gets_its_plot_from_a_folder_called_anything),
        TEST(a_picture_has_a_plain_name),
        TEST(a_mistake_in_the_script_is_quoted_and_the_earlier_picture_stands),
        TEST(a_missing_data_file_is_an_error_even_beside_a_good_one),
        TEST(a_script_that_draws_nothing_is_an_error),
        TEST(a_picture_cut_off_by_a_full_disk_is_an_error),
        TEST(a_terminal_gets_a_plot_of_its_width),
        TEST(where_there_is_no_terminal_or_no_gnuplot_nothing_is_drawn_in_it),
        TEST(a_graph_is_drawn_in_a_folder_called_anything),
        TEST(a_mistake_in_a_graph_is_quoted_and_the_earlier_picture_stands),
        TEST(a_graph_that_is_missing_or_empty_is_an_error),
        TEST(a_graph_cut_off_by_a_full_disk_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
