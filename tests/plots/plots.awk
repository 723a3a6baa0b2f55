# From the runs' files to gnuplot's script (standard output), its data and the table. In the folder are
# <r>.csv, and <r>.json and <r>.seconds where there are such, of each run r, and `runs`: four lines for
# each, its name, its log's path, its run.json's, and what writes the log: a process that is "here", one that
# is "gone", or "none" any more. The rest is in the environment. The functions are
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
    take_columns()
    gsub(/_/, "-", GROUP)
}

# The columns asked for, y_name[1..ys], each once.
function take_columns(    i, n, name, seen) {
    n = Y == "" ? 0 : cut(Y, name)
    for (i = 1; i <= n; i++) {
        gsub(/^ +| +$/, "", name[i])
        if (!seen[name[i]]++)
            y_name[++ys] = name[i]
    }
}

function read_runs() {
    while (next_line("runs")) {
        run_name[++runs] = line
        next_line("runs")
        log_of[runs] = log_name[runs] = line
        next_line("runs")
        json_of[runs] = line
        next_line("runs")
        writer[runs] = line
        sub(/[.]csv$/, "", log_name[runs])
        sub(/.*\//, "", log_name[runs])
        sub(/[.]partial-[0-9]+$/, "", log_name[runs])
    }
    for (r = 1; r <= runs; r++) {
        read_log(r)
        read_json(r)
        if (X == "seconds")
            read_seconds(r)
        family[r] = family_for(r)
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

# The columns of each panel; which group of its family each is; and the one run that has no other beside it.
function survey(    g, i, r) {
    for (g = 1; g <= groups; g++) {
        r = leader[g]
        rank[g] = groups_in[family[r]]++
        alone[family[r]] = rank[g] == 0 && size[g] == 1 ? g : 0
        for (i = 1; wanted(r, i) != ""; i++)
            note_column(panel_for(r, wanted(r, i)), wanted(r, i), unit_of(r, wanted(r, i)))
    }
}

function take_column(g, name,    p, r, k) {
    r = leader[g]
    p = panel_for(r, name)
    k = ++curves
    take_points(g, name)
    panel_of[k] = p
    group_of[k] = g
    column_of[k] = note_column(p, name)
    points_of[k] = write_points(p, k)
    title[k] = label[g] (drawn[p] > 1 ? ", " name : "")
    if (alone[family[r]]) {
        title[k] = name
        says_enough[p] = drawn[p] == 1 # the name of the axis
    }
    add_row(label[g], name, unit_of(r, name))
}

function write_notes(    r) {
    if (left_out)
        note("LOG=" LOG ": without " left_out " point" (left_out > 1 ? "s" : "") " not above 0")
    for (r = 1; r <= runs; r++) {
        if (goes_back[r])
            note(log_of[r] ": line " goes_back[r] ": " name_of[r, 1] " goes back")
        if (writer[r] == "gone")
            note(log_of[r] ": no process here writes it: it was broken off, or its machine is another")
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
    set_heads()
    for (g = 1; g <= groups; g++)
        for (i = 1; (name = wanted(leader[g], i)) != ""; i++)
            take_column(g, name)
    fit_axes()
    for (k = 1; k <= curves; k++)
        if (points_of[k] > 0)
            add_curve(panel_of[k], k)
    for (p = 1; p <= panels; p++)
        if (above[p] == "")
            fail(left_out ? 1 : not_yet, log_of[first_in[family_of[p]]] ": there is nothing to draw " \
                (left_out ? "with LOG=" LOG : "in it yet"))
    write_notes()
    write_script()
    write_table()
}
