# What is to be drawn: families of runs, one for each chapter; panels, one for each family and unit; and
# curves, one for each column of Y and each run, or each group of runs. Part of tests/plots/plots.

# -- panels and labels --------------------------------------------------------------------------

# A run whose chapter is not known goes to where one with such a log is.
function family_for(r,    f, here, alike) {
    for (f = 1; f <= families; f++) {
        here = first_in[f]
        alike = described[r] && described[here] ? about[r, "chapter"] == about[here, "chapter"] : \
            name_of[r, 2] == name_of[here, 2]
        if (alike && log_name[r] == log_name[here]) {
            first_in[f] = described[here] ? here : r
            return f
        }
    }
    first_in[++families] = r
    return families
}

# Where a run has left none it is that of its family.
function unit_of(r, name) {
    if (!((r, name) in unit))
        r = first_in[family[r]]
    return (r, name) in unit ? unit[r, name] : ""
}

function panel_for(r, name,    kind) {
    kind = name == "lr" || name == "gradient" ? name : "in " unit_of(r, name)
    if (!((family[r], kind) in panel)) {
        panel[family[r], kind] = ++panels
        family_of[panels] = family[r]
    }
    return panel[family[r], kind]
}

function value_of(r, name) { # which does not make one, as option[r, name] would
    return (r, name) in option ? option[r, name] : ""
}

function setting(r, name, value) {
    if (value == "true")
        return name
    if (value == "false")
        return "not " name
    return (r, name) in option ? name " " value : "no " name
}

# What its options say that not all runs of the family have: "lr 0.1, quick"; `but` is not said.
function what_differs(r, but,    i, o, name, value, text, differs) {
    for (i = 1; i <= option_names; i++) {
        name = option_name[i]
        differs = 0
        for (o = 1; o <= runs; o++)
            differs += described[o] && family[o] == family[r] && value_of(o, name) != value_of(r, name)
        if (name == but || !differs)
            continue
        value = value_of(r, name)
        text = text (text == "" ? "" : ", ") setting(r, name, value)
    }
    return text
}

# The last name in its path, or all of it if another run has the same.
function short_name(r,    o, last) {
    last = base_name(run_name[r])
    for (o = 1; o <= runs; o++)
        if (o != r && base_name(run_name[o]) == last)
            return run_name[r]
    return last
}

function base_name(path) {
    sub(/\/+$/, "", path)
    sub(/.*\//, "", path)
    return path
}

# Gathers runs that differ in nothing but the option GROUP: members[g], the numbers of the runs.
function gather(    r, g, i, key, place) {
    for (r = 1; r <= runs; r++) {
        key = family[r]
        for (i = 1; i <= option_names; i++)
            key = key SUBSEP (option_name[i] == GROUP ? "" : value_of(r, option_name[i]))
        if (GROUP == "" || !(key in place))
            place[key] = ++groups
        g = place[key]
        members[g] = members[g] (size[g]++ ? " " : "") r
        leader[g] = size[g] == 1 ? r : leader[g]
    }
}

# How a run has ended, if it is not finished.
function ending(r,    status) {
    if (writer[r] == "here")
        return "going on"
    if (writer[r] == "gone")
        return "not ended"
    status = (r, "status") in about ? about[r, "status"] : "finished"
    if (status == "running") # a log has its name when its run has ended
        return "of an earlier run"
    return status == "finished" ? "" : status
}

# "interrupted", of one run; of several how many are not finished; or nothing.
function endings(g,    list, m, i, unfinished) {
    m = split(members[g], list, " ")
    if (m == 1)
        return ending(list[1])
    for (i = 1; i <= m; i++)
        unfinished += ending(list[i]) != ""
    return unfinished ? unfinished " not finished" : ""
}

function in_brackets(a, b) { # each may be nothing
    a = a (a != "" && b != "" ? ", " : "") b
    return a == "" ? "" : " (" a ")"
}

# label[g]; what is the same for two groups has the name of the run behind it.
function name_groups(    g, o, text, alike) {
    for (g = 1; g <= groups; g++) {
        text[g] = described[leader[g]] ? what_differs(leader[g], GROUP) : ""
        if (text[g] == "" && size[g] == 1)
            text[g] = short_name(leader[g])
        if (size[g] > 1)
            text[g] = text[g] (text[g] == "" ? "" : ", ") "mean of " size[g]
    }
    for (g = 1; g <= groups; g++) {
        alike = 0
        for (o = 1; o <= groups; o++)
            alike += o != g && family[leader[o]] == family[leader[g]] && text[o] == text[g]
        label[g] = text[g] in_brackets(alike ? short_name(leader[g]) : "", endings(g))
    }
}

# -- the numbers of a run -----------------------------------------------------------------------

# Of a run that goes on the seconds of the latest rows can still be on their way.
function has_place(r, row,    step) {
    step = cell[r, row, 1]
    if (X != "seconds" || (r, step + 0) in second)
        return 1
    if (log_of[r] !~ /[.]partial-[0-9]+[.]csv$/)
        fail(1, log_of[r] ": the seconds of its step " step " are not known")
    return 0
}

# x of a row.
function place_of(r, row,    step) {
    step = cell[r, row, 1]
    if (X == "epoch")
        return step / about[r, "steps_an_epoch"]
    return X == "seconds" ? second[r, step + 0] : step
}

# The cells of a column that are not empty: count, step_at[], x_at[], raw_at[].
function take_series(r, c,    row) {
    count = 0
    for (row = 1; row <= rows[r]; row++)
        if (cell[r, row, c] != "" && is_number(cell[r, row, 1]) && has_place(r, row)) {
            step_at[++count] = cell[r, row, 1]
            x_at[count] = place_of(r, row)
            raw_at[count] = cell[r, row, c]
        }
}

# y_at[] from raw_at[]: smoothed, each stretch of finite numbers by itself.
function smooth_series(    i, from) {
    for (i = 1; i <= count; i++)
        y_at[i] = raw_at[i]
    for (i = from = 1; SMOOTH != "" && i <= count + 1; i++)
        if (i > count || !is_number(raw_at[i])) {
            if (SMOOTH ~ /^median:/)
                running_median(from, i - 1, (substr(SMOOTH, 8) - 1) / 2)
            else
                running_mean(from, i - 1, SMOOTH + 0)
            from = i + 1
        }
}

# Each weighs w times as much as the one behind it; the weights sum to 1, from the first on.
function running_mean(from, to, w,    i, sum, weight) {
    for (i = from; i <= to; i++) {
        sum = w * sum + (1 - w) * raw_at[i]
        weight = w * weight + (1 - w)
        y_at[i] = sprintf("%.9g", sum / weight)
    }
}

# The middle one of each and `half` at either side, fewer at the ends.
function running_median(from, to, half,    i, j, k, n, h, sorted) {
    for (i = from; i <= to; i++) {
        h = half < i - from ? half : i - from
        h = h < to - i ? h : to - i
        n = 0
        for (j = i - h; j <= i + h; j++) {
            for (k = n++; k > 0 && sorted[k] > raw_at[j] + 0; k--)
                sorted[k + 1] = sorted[k]
            sorted[k + 1] = raw_at[j] + 0
        }
        y_at[i] = sorted[h + 1]
    }
}

# -- the points of a curve ----------------------------------------------------------------------

# The mean over a group's runs at each step that all of them have, and the lowest and highest: points,
# point[i, "step"], "x", "y", "low", "high", "raw". Where one is not finite, "y" is nan.
function take_points(g, name,    list, m, r, i, s, seen, sum) {
    m = split(members[g], list, " ")
    for (r = 1; r <= m; r++) {
        take_series(list[r], column[list[r], name])
        smooth_series()
        for (i = 1; i <= count; i++) {
            s = step_at[i] + 0
            if (seen[s] != r - 1)
                continue
            seen[s] = r
            add_value(sum, s, x_at[i], y_at[i], raw_at[i])
        }
    }
    points = 0
    take_series(list[1], column[list[1], name])
    for (i = 1; i <= count; i++) {
        s = step_at[i] + 0
        if (seen[s] != m)
            continue
        seen[s] = 0 # a step that comes twice is drawn once
        point[++points, "step"] = step_at[i]
        point[points, "x"] = sprintf("%.9g", sum[s, "x"] / m)
        point[points, "y"] = sum[s, "broken"] ? "nan" : sprintf("%.9g", sum[s, "y"] / m)
        point[points, "raw"] = sum[s, "broken"] ? "nan" : sprintf("%.9g", sum[s, "raw"] / m)
        point[points, "low"] = sum[s, "low"]
        point[points, "high"] = sum[s, "high"]
    }
}

function add_value(sum, s, x, y, raw) {
    sum[s, "x"] += x
    if (!is_number(y)) {
        sum[s, "broken"] = 1
        return
    }
    sum[s, "y"] += y
    sum[s, "raw"] += raw
    if (!((s, "low") in sum) || y + 0 < sum[s, "low"])
        sum[s, "low"] = y + 0
    if (!((s, "high") in sum) || y + 0 > sum[s, "high"])
        sum[s, "high"] = y + 0
}
