/* class.c: what the class got wrong: class [--anonymous] [--map FILE.svg | --draw] OUT <names
 *
 * OUT/NAME/verdicts.tsv (marks.c) is read for each name, which has a 0 behind it. OUT gets
 * class.html and class.csv; standard output, ten lines of it. With --draw, nothing but a script for
 * gnuplot on standard output; what that prints is the map that the page is given. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "../text.h"
#include "class.h"

static _Noreturn void stop_for_usage(void)
{
    fprintf(stderr, "class [--anonymous] [--map FILE.svg | --draw] OUT <names\n");
    exit(2);
}

int main(int argc, char **argv)
{
    static const struct option known[] = {{"anonymous", no_argument, NULL, 'a'},
                                          {"map", required_argument, NULL, 'm'},
                                          {"draw", no_argument, NULL, 'd'},
                                          {0}};
    const char *map = NULL;
    bool anonymous = false, draw = false;
    for (int option; (option = getopt_long(argc, argv, "", known, NULL)) != -1;) {
        if (option == '?')
            stop_for_usage();
        anonymous |= option == 'a';
        draw |= option == 'd';
        map = option == 'm' ? optarg : map;
    }
    if (optind + 1 != argc)
        stop_for_usage();
    const char *results = argv[optind];
    Class class = {0};
    roll_read(&class, results, anonymous);
    tally(&class);
    if (draw) {
        map_write(stdout, &class);
        return 0;
    }
    FILE *file = open_new(results, "class.csv");
    table_write(file, &class);
    close_new(file, results, "class.csv");
    file = open_new(results, "class.html");
    page_write(file, &class, map);
    close_new(file, results, "class.html");
    brief_write(stdout, &class);
    return 0;
}
