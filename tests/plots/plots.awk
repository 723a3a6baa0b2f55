# From the runs' files to gnuplot's script (standard output), its data and the table. In the folder are
# <r>.csv, and <r>.json and <r>.seconds where there are such, of each run r, and `runs`: three lines for
# each, its name, its log's path and its run.json's. The rest is in the environment. The functions are
# in read.awk, curves.awk and draw.awk.

function take_settings() {
    X = ENVIRON["PLOTS_X"]
    Y = ENVIRON["PLOTS_Y"]
    LOG = ENVIRON["PLOTS_LOG"]
    SMOOTH = ENVIRON["PLOTS_SMOOTH"]
    GROUP = ENVIRON["PLOTS_GROUP"]
    FORMAT = ENVIRON["PLOTS_FORMAT"]
    COLUMNS = ENVIRON["PLOTS_COLUMNS"]
    LINES = ENVIRON["PLOTS_LINES"]
    ys = Y == "" ? 0 : cut(Y, y_name)
    gsub(/_/, "-", GROUP)
}

function read_runs() {
    while (next_line("runs")) {
        run_name[++runs] = line
        next_line("runs")
        log_of[runs] = log_name[runs] = line
        next_line("runs")
        json_of[runs] = line
        sub(/[.]csv$/, "", log_name[runs])
        sub(/.*\//, "", log_name[runs])
        sub(/[.]partial-[0-9]+$/, "", log_name[runs])
    }
    for (r = 1; r <= runs; r++) {
        read_log(r)
        read_json(r)
        if (X == "seconds")
            read_seconds(r)
        panel[r] = panel_for(r)
    }
}

function columns_of(r,    c, text) {
    for (c = 2; c <= columns[r]; c++)
        text = text (c == 2 ? "" : ", ") name_of[r, c]
    return text
}

# Whether what is asked for is there.
function check_runs(    r, k, found) {
    for (r = 1; r <= runs; r++) {
        if (columns[r] < 2)
            fail(1, log_of[r] ": expected two columns or more, and has " columns[r])
        if (wanted(r, 1) == "")
            fail(2, "Y=" Y ": expected columns of " log_of[r] ": " columns_of(r))
        if (X == "epoch" && !((r, "steps_an_epoch") in about))
            fail(1, log_of[r] ": how many steps an epoch has is not known")
        if (GROUP != "" && !((r, GROUP) in option))
            fail(2, "GROUP=" GROUP ": expected an option that each run has, as seed; " run_name[r] \
                " has " options_of(r))
    }
    for (k = 1; k <= ys; k++) {
        found = 0
        for (r = 1; r <= runs; r++)
            found += (r, y_name[k]) in column
        if (!found)
            fail(2, "Y=" Y ": expected columns of " log_of[1] ": " columns_of(1))
    }
}

function options_of(r,    i, text) {
    if (!described[r])
        return "none: there is no " json_of[r]
    for (i = 1; i <= option_names; i++)
        if ((r, option_name[i]) in option)
            text = text (text == "" ? "" : ", ") option_name[i]
    return text
}

# The columns of each panel, and which of its groups each is.
function survey(    g, i, p, r) {
    for (g = 1; g <= groups; g++) {
        r = leader[g]
        p = panel[r]
        rank[g] = groups_in[p]++
        for (i = 1; wanted(r, i) != ""; i++)
            note_column(p, wanted(r, i), unit[r, wanted(r, i)])
    }
    for (p = 1; p <= panels; p++)
        many_columns[p] = drawn[p] > 1
}

function draw_group(g,    i, p, r, name, n, k, title) {
    r = leader[g]
    p = panel[r]
    for (i = 1; (name = wanted(r, i)) != ""; i++) {
        k = ++curves
        take_points(g, name)
        n = write_points(p, k)
        title = label[g] (many_columns[p] ? ", " name : "")
        if (groups_in[p] == 1 && size[g] == 1) {
            title = name
            says_enough[p] = !many_columns[p] # the name of the axis
        }
        add_row(label[g], name, unit[r, name])
        if (n > 0)
            add_curve(p, k, g, note_column(p, name), n, title)
        else
            empty = empty (empty == "" ? "" : ", ") title
    }
}

BEGIN {
    not_yet = 3 # status
    take_settings()
    read_runs()
    check_runs()
    gather()
    name_groups()
    set_up_colours()
    survey()
    set_row(0, "run", "column", "final", "at step", "best", "at step")
    for (g = 1; g <= groups; g++)
        draw_group(g)
    for (p = 1; p <= panels; p++)
        if (above[p] == "")
            fail(left_out ? 1 : not_yet, log_of[first_in[p]] ": there is nothing to draw " \
                (left_out ? "with LOG=" LOG : "in it yet"))
    write_script()
    write_table()
    if (left_out)
        printf("LOG=%s: without %d point%s not above 0\n", LOG, left_out, left_out > 1 ? "s" : "") >"notes"
}
