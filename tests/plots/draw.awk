# Writes what gnuplot reads, and the table. Part of tests/plots/plots.

function set_up_colours() { # those of Okabe and Ito (2008), which colour-blind readers tell apart
    colours = split("0072b2 d55e00 009e73 cc79a7 e69f00 56b4e9 000000", colour, " ")
    dashes = split("solid|(10,5)|(3,3)|(14,4,3,4)|(22,6)|(12,4,3,4,3,4)|(3,8)|(8,12)", dash, "|")
}

# A text for gnuplot.
function quoted(text) {
    gsub(/'/, "''", text)
    return "'" text "'"
}

# The i-th column of Y that run r has, or by default its first one; "" if it has no more.
function wanted(r, i,    k, n) {
    if (ys == 0)
        return i == 1 ? name_of[r, 2] : ""
    for (k = 1; k <= ys; k++)
        if ((r, y_name[k]) in column && ++n == i)
            return y_name[k]
    return ""
}

# -- a curve ------------------------------------------------------------------------------------

function on_axes(x, y) {
    return (LOG !~ /x/ || x > 0) && (LOG !~ /y/ || y > 0)
}

# Writes the points of curve k, <k>.dat: x, y, low, high, raw; and <k>.cross where it ends because it
# is no longer finite. Returns how many points there are.
function write_points(p, k,    i, n, file, last, broken) {
    file = k ".dat"
    printf "" >file
    for (i = 1; i <= points; i++) {
        if (!is_number(point[i, "y"])) {
            print "" >file
            if (!broken && last != "")
                print point[i, "x"], last >(k ".cross")
            crossed[k] = crossed[k] || (!broken && last != "")
            broken = 1
        } else if (on_axes(point[i, "x"] + 0, point[i, "y"] + 0)) {
            last = point[i, "y"]
            print point[i, "x"], last, in_band(i, "low"), point[i, "high"], in_band(i, "raw") >file
            stretch(p, "x", point[i, "x"] + 0)
            stretch("of " k, "y", in_band(i, "low") + 0)
            stretch("of " k, "y", in_band(i, "raw") + 0)
            stretch("of " k, "y", point[i, "high"] + 0)
            broken = 0
            n++
        } else {
            left_out++
        }
    }
    close(file)
    close(k ".cross")
    return n
}

function stretch(p, axis, value) {
    if (!((p, axis) in lowest) || value < lowest[p, axis])
        lowest[p, axis] = value
    if (!((p, axis) in highest) || value > highest[p, axis])
        highest[p, axis] = value
}

# The axis of each panel is as long as its curves ask for. One that comes a thousand times as high as the
# same column of another run, or ten times and is no longer finite then, would make a line of the others:
# it leaves the picture instead.
function fit_axes(    k, p, c, least, high) {
    for (k = 1; k <= curves; k++) {
        c = panel_of[k] SUBSEP column_of[k]
        high = highest["of " k, "y"]
        if (points_of[k] && (!(c in least) || high < least[c]))
            least[c] = high
    }
    for (k = 1; k <= curves; k++) {
        p = panel_of[k]
        c = least[p, column_of[k]]
        high = highest["of " k, "y"]
        if (LOG !~ /y/ && c > 0 && high > (crossed[k] ? 10 : 1000) * c) {
            title[k] = title[k] " (beyond the picture, up to " shown(high) ")"
            cut_short[p] = 1
        } else if (points_of[k]) {
            stretch(p, "y", lowest["of " k, "y"])
            stretch(p, "y", high)
        }
    }
}

# What lies below a logarithmic axis is drawn at the curve.
function in_band(i, what) {
    return on_axes(1, point[i, what] + 0) ? point[i, what] : point[i, "y"]
}

# Adds what draws curve k to below[p] and above[p]; the band and the raw curve are pale, and not for a
# terminal, which has no such colours.
function add_curve(p, k,    g, c, file, rgb, style, number) {
    number = ++curves_in[p]
    longest[p] = length(title[k]) > longest[p] + 0 ? length(title[k]) : longest[p]
    g = group_of[k]
    c = column_of[k]
    if (groups_in[family_of[p]] == 1) { # a colour for each column
        rgb = colour[(c - 1) % colours + 1]
        style = dash[int((c - 1) / colours) % dashes + 1]
    } else { # or for each run, and dashes for each column
        rgb = colour[rank[g] % colours + 1]
        style = dash[(c - 1 + drawn[p] * int(rank[g] / colours)) % dashes + 1]
    }
    file = "'" k ".dat'"
    if (FORMAT == "text") {
        above[p] = above[p] ", " file " using 1:2 with " \
            (points_of[k] == 1 || number > 7 ? "points pt " : "lines lt ") number " title " quoted(" " title[k])
        return
    }
    if (size[g] > 1)
        below[p] = below[p] ", " file " using 1:3:4 with filledcurves lc rgb '#d0" rgb "' notitle"
    if (SMOOTH != "")
        below[p] = below[p] ", " file " using 1:5 with lines lw 1 lc rgb '#b0" rgb "' notitle"
    above[p] = above[p] ", " file " using 1:2 with " (points_of[k] <= 30 ? "linespoints pt 7 ps 0.6 " : "lines ") \
        "lw 2 lc rgb '#" rgb "' dt " style " title " quoted(title[k])
    if (crossed[k])
        above[p] = above[p] ", '" k ".cross' with points pt 2 ps 2 lw 2 lc rgb '#cc0000' notitle"
}

# -- the table ----------------------------------------------------------------------------------

function is_better(a, b, high) {
    return b == "" || (high ? a + 0 > b + 0 : a + 0 < b + 0)
}

# The last value of those in point[], and the lowest; the highest of what is counted in % or dB. No learning
# rate is the best, no gradient either.
function add_row(title, name, of,    i, best, at, high) {
    high = of == "%" || of == "dB"
    for (i = 1; i <= points && name != "lr" && name != "gradient"; i++)
        if (is_number(point[i, "raw"]) && is_better(point[i, "raw"], best, high)) {
            best = point[i, "raw"]
            at = point[i, "step"]
        }
    set_row(++table_rows, title, name, points ? shown(point[points, "raw"]) : "-",
            points ? point[points, "step"] : "-", best == "" ? "-" : shown(best), at == "" ? "-" : at)
}

function shown(value) {
    return is_number(value) ? sprintf("%.5g", value) : value
}

function set_row(i, a, b, c, d, e, f,    k, part) {
    split(a SUBSEP b SUBSEP c SUBSEP d SUBSEP e SUBSEP f, part, SUBSEP)
    for (k = 1; k <= 6; k++) {
        table[i, k] = part[k]
        width[k] = length(part[k]) > width[k] + 0 ? length(part[k]) : width[k]
    }
}

function set_heads(    r, at) {
    at = "at " name_of[1, 1]
    for (r = 2; r <= runs; r++)
        if (name_of[r, 1] != name_of[1, 1])
            at = "at"
    set_row(0, "run", "column", "final", at, "best", at)
}

function write_table(    i, k) {
    for (i = 0; i <= table_rows; i++)
        for (k = 1; k <= 6; k++)
            printf("  %" (k < 3 ? "-" : "") width[k] "s%s", table[i, k], k < 6 ? "" : "\n") >"table"
    close("table")
}

function note(text) {
    print text >"notes"
    notes++
}

# -- the picture --------------------------------------------------------------------------------

function axis_of_x(p) {
    return X == "step" ? name_of[first_in[family_of[p]], 1] : X == "seconds" ? "seconds of training" : X
}

function with_unit(name, of) {
    if (name == "lr")
        return "learning rate"
    if (name == "gradient")
        return "norm of the gradient"
    return name (of == "" ? "" : " (" of ")")
}

# Of the columns drawn, as many as fit: "batch, dev (nats)".
function axis_of_y(p,    c, text) {
    text = drawn_name[p, 1]
    for (c = 2; c <= drawn[p]; c++) {
        if (length(text ", " drawn_name[p, c]) > 30) {
            text = text ", ..."
            break
        }
        text = text ", " drawn_name[p, c]
    }
    return with_unit(text, drawn_unit[p, 1])
}

# Notes the column of a panel, for its axis; returns which it is.
function note_column(p, name, of,    c) {
    for (c = 1; c <= drawn[p]; c++)
        if (drawn_name[p, c] == name)
            return c
    drawn_name[p, ++drawn[p]] = name
    drawn_unit[p, c] = of
    return c
}

# A panel has its share of the lines that the table and what is below leave, and no fewer than are readable.
function fit_terminal(p,    across, high, least) {
    across = int((COLUMNS - 10) / (longest[p] + 9)) # names in a line of the key
    across = across < 1 ? 1 : across
    least = 15 + (says_enough[p] ? 0 : int((curves_in[p] + across - 1) / across))
    high = int((LINES - table_rows - notes - 5) / panels)
    print "set key maxcols " across
    print "set terminal dumb size " COLUMNS "," (high < least ? least : high) " mono"
}

function write_terminal(    across, down, size_of_picture) {
    if (FORMAT == "text")
        return
    across = panels > 1 ? 2 : 1
    down = int((panels + across - 1) / across)
    size_of_picture = panels > 1 ? 700 * across "," 550 * down : "1000,650"
    if (FORMAT == "png")
        print "set terminal pngcairo size " size_of_picture " font 'sans,13' background 'white'"
    if (FORMAT == "svg")
        print "set terminal svg size " size_of_picture " font 'sans,13' background 'white'"
    if (FORMAT == "pdf")
        print "set terminal pdfcairo size " \
            (panels > 1 ? 7 * across "," 5.5 * down : "10,6.5") " font 'sans,13'"
    print "set output 'picture'"
    print "set border 3 lc rgb '#606060'"
    print "set tics nomirror out textcolor rgb '#303030'"
    print "set grid lc rgb '#e0e0e0' lw 1 lt 1"
    if (panels > 1)
        print "set multiplot layout " down "," across
}

function set_range_of_y(p,    margin) {
    margin = (highest[p, "y"] - lowest[p, "y"]) / 10
    if (FORMAT == "text") # few numbers: each has a line of its own
        print "set ytics " (LOG !~ /y/ && margin > 0 ? even_step(5 * margin) : "auto")
    if (cut_short[p])
        printf("set yrange [%.9g:%.9g]\n", lowest[p, "y"] - margin, highest[p, "y"] + margin)
    else
        print "set yrange [*:*]"
}

# On a logarithmic axis gnuplot numbers decades only, of which there may be one or none.
function set_log_axis(p, axis,    low, high, text, step, v, d) {
    low = lowest[p, axis]
    high = highest[p, axis]
    print "set " axis "range [" low * 0.97 ":" high * 1.03 "]"
    print "set " axis "tics auto"
    if (high < 4 * low && high > low) {
        step = even_step((high - low) / 4)
        for (v = step * int(low / step); v <= high * 1.03; v += step)
            text = text sprintf(", %.6g", v)
    } else if (high < 100 * low) {
        for (v = even_step(low); v > low; v /= 10)
            ;
        for (; v <= high; v *= 10)
            for (d = 1; d <= 5; d += d == 2 ? 3 : 1)
                text = text sprintf(", %.6g", d * v)
    }
    if (text != "")
        print "set " axis "tics (" substr(text, 3) ")"
}

# The largest of ..., 0.1, 0.2, 0.5, 1, 2, 5, ... that is not above `most`.
function even_step(most,    step) {
    for (step = 1; step > most; step /= 10)
        ;
    while (step * 10 <= most)
        step *= 10
    return step * (step * 5 <= most ? 5 : step * 2 <= most ? 2 : 1)
}

function write_script(    p, heading) {
    print "set encoding utf8"
    write_terminal()
    print "set key outside top center horizontal Left reverse noenhanced"
    print "set style fill noborder"
    if (LOG != "")
        print "set logscale " LOG
    for (p = 1; p <= panels; p++) {
        heading = title_of(family_of[p])
        if (alone[family_of[p]])
            heading = heading in_brackets("", endings(alone[family_of[p]]))
        if (FORMAT == "text") # in which nothing is upright
            heading = heading ": " axis_of_y(p)
        else
            print "set ylabel " quoted(axis_of_y(p)) " noenhanced"
        print "set title " quoted(heading) " noenhanced"
        if (FORMAT == "text")
            fit_terminal(p)
        print "set " (says_enough[p] ? "nokey" : "key")
        print "set xlabel " quoted(axis_of_x(p)) " noenhanced"
        set_range_of_y(p)
        if (LOG ~ /x/)
            set_log_axis(p, "x")
        if (LOG ~ /y/)
            set_log_axis(p, "y")
        print "plot " substr(below[p] above[p], 3)
    }
}

function title_of(f,    r) {
    r = first_in[f]
    if (!described[r])
        return short_name(r)
    return about[r, "chapter"] (log_name[r] == "loss" ? "" : ", " log_name[r])
}
