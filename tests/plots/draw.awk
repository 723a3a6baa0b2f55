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
            stretch(p, "y", in_band(i, "low") + 0)
            stretch(p, "y", in_band(i, "raw") + 0)
            stretch(p, "y", point[i, "high"] + 0)
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

# What lies below a logarithmic axis is drawn at the curve.
function in_band(i, what) {
    return on_axes(1, point[i, what] + 0) ? point[i, what] : point[i, "y"]
}

# Adds what draws curve k to below[p] and above[p]; the band and the raw curve are pale, and not for a
# terminal, which has no such colours.
function add_curve(p, k, g, c, n, title,    file, rgb, style, i, number) {
    number = ++curves_in[p]
    i = many_columns[p] ? rank[g] : number - 1
    rgb = colour[i % colours + 1]
    style = (many_columns[p] ? c - 1 : 0) + (many_columns[p] ? ys : 1) * int(i / colours)
    style = style % dashes + 1
    file = "'" k ".dat'"
    if (FORMAT == "text") {
        above[p] = above[p] ", " file " using 1:2 with " \
            (n == 1 || number > 7 ? "points pt " : "lines lt ") number " title " quoted(" " title)
        return
    }
    if (size[g] > 1)
        below[p] = below[p] ", " file " using 1:3:4 with filledcurves lc rgb '#d0" rgb "' notitle"
    else if (SMOOTH != "")
        below[p] = below[p] ", " file " using 1:5 with lines lw 1 lc rgb '#b0" rgb "' notitle"
    above[p] = above[p] ", " file " using 1:2 with " (n <= 30 ? "linespoints pt 7 ps 0.6 " : "lines ") \
        "lw 2 lc rgb '#" rgb "' dt " dash[style] " title " quoted(title)
    if (crossed[k])
        above[p] = above[p] ", '" k ".cross' with points pt 2 ps 2 lw 2 lc rgb '#cc0000' notitle"
}

# -- the table ----------------------------------------------------------------------------------

function is_better(a, b, high) {
    return b == "" || (high ? a + 0 > b + 0 : a + 0 < b + 0)
}

# The last value of those in point[], and the lowest; the highest of what is counted in % or dB.
function add_row(title, name, of,    i, best, at, high) {
    high = of == "%" || of == "dB"
    for (i = 1; i <= points; i++)
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

function write_table(    i, k) {
    for (i = 0; i <= table_rows; i++)
        for (k = 1; k <= 6; k++)
            printf("  %" (k < 3 ? "-" : "") width[k] "s%s", table[i, k], k < 6 ? "" : "\n") >"table"
    close("table")
}

# -- the picture --------------------------------------------------------------------------------

function axis_of_x(p) {
    return X == "step" ? name_of[first_in[p], 1] : X == "seconds" ? "seconds of training" : X
}

function with_unit(name, of) {
    if (name == "lr")
        return "learning rate"
    if (name == "gradient")
        return "norm of the gradient"
    return name (of == "" ? "" : " (" of ")")
}

# Of the columns drawn: "batch, dev (nats)", or each with its own unit.
function axis_of_y(p,    c, text, same) {
    same = 1
    for (c = 2; c <= drawn[p]; c++)
        same = same && drawn_unit[p, c] == drawn_unit[p, 1]
    for (c = 1; c <= drawn[p]; c++)
        text = text (c == 1 ? "" : ", ") \
            with_unit(drawn_name[p, c], !same || c == drawn[p] ? drawn_unit[p, c] : "")
    return text
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

function write_terminal(    across, down, size_of_picture) {
    across = panels > 1 ? 2 : 1
    down = int((panels + across - 1) / across)
    if (FORMAT == "text") {
        down = int((LINES - table_rows - 5) / panels) # what the table leaves
        print "set terminal dumb size " COLUMNS "," (down < 16 ? 16 : down) " nofeed mono"
        return
    }
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
        heading = panels > 1 ? title_of(p) : ""
        if (FORMAT == "text") # in which nothing is upright
            heading = heading (heading == "" ? "" : ": ") axis_of_y(p)
        else
            print "set ylabel " quoted(axis_of_y(p)) " noenhanced"
        print "set title " quoted(heading) " noenhanced"
        print "set " (says_enough[p] ? "nokey" : "key")
        print "set xlabel " quoted(axis_of_x(p)) " noenhanced"
        if (LOG ~ /x/)
            set_log_axis(p, "x")
        if (LOG ~ /y/)
            set_log_axis(p, "y")
        print "plot " substr(below[p] above[p], 3)
    }
}

function title_of(p,    r, text) {
    r = first_in[p]
    text = described[r] ? about[r, "chapter"] : short_name(r)
    return text (log_name[r] == "loss" ? "" : ", " log_name[r])
}
