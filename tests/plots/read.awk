# What runs have left: logs in CSV, run.json. Part of tests/plots/plots.

function fail(status, message) {
    printf "make plots: %s\n", message >"/dev/stderr"
    exit failed = status
}

function plain_name(text) { # no control character reaches the terminal, or ends a line of gnuplot's
    gsub(/[[:cntrl:]]/, "?", text)
    return text
}

# The next line of a file, without a carriage return; whether there is one.
function next_line(file) {
    if ((getline line <file) <= 0)
        return 0
    sub(/\r$/, "", line)
    return 1
}

# Cuts a line of a CSV into field[1..], quoted ones too ("a ""b"", c"); returns how many.
function cut(text, field,    n, cell) {
    for (n = 1; ; n++) {
        cell = ""
        if (text ~ /^"/) {
            while (match(text, /^"[^"]*"/)) {
                cell = cell (cell == "" ? "" : "\"") substr(text, 2, RLENGTH - 2)
                text = substr(text, RLENGTH + 1)
            }
        }
        match(text, /^[^,]*/)
        field[n] = cell substr(text, 1, RLENGTH)
        if (RLENGTH == length(text))
            return n
        text = substr(text, RLENGTH + 2)
    }
}

function is_number(text) {
    return text ~ /^[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)?$/
}

# Reads run r's log into column[r, name], columns[r], name_of[r, c], rows[r] and cell[r, row, c].
function read_log(r,    file, field, n, c, text, numbers) {
    file = r ".csv"
    if (!next_line(file) || line == "")
        fail(not_yet, log_of[r] ": there is nothing in it yet")
    columns[r] = cut(line, field)
    for (c = 1; c <= columns[r]; c++) {
        name_of[r, c] = plain_name(field[c])
        column[r, name_of[r, c]] = c
        numbers += is_number(field[c])
    }
    if (numbers == columns[r])
        fail(1, log_of[r] ": line 1: expected the names of the columns, not numbers")
    while (next_line(file)) {
        n = cut(line, field)
        rows[r]++
        for (c = 1; c <= n && c <= columns[r]; c++) {
            text = field[c]
            if (text != "" && !is_number(text) && tolower(text) !~ /^[-+]?(nan|inf|infinity)$/)
                fail(1, log_of[r] ": line " rows[r] + 1 ": " plain_name(text) " is no number")
            cell[r, rows[r], c] = text
        }
        if (rows[r] > 1 && cell[r, rows[r], 1] + 0 < cell[r, rows[r] - 1, 1] + 0)
            goes_back[r] = goes_back[r] ? goes_back[r] : rows[r] + 1
    }
    close(file)
}

# Reads second[r, step] of the rows of run r.
function read_seconds(r,    file, field) {
    file = r ".seconds"
    for (next_line(file); next_line(file); )
        if (cut(line, field) == 2)
            second[r, field[1] + 0] = field[2]
    close(file)
}

# -- JSON: an object of texts, numbers, words and objects of these ------------------------------

# Takes what matches from the beginning of `json`, and the blanks after it.
function take(pattern,    token) {
    if (!match(json, "^" pattern))
        return ""
    token = substr(json, 1, RLENGTH)
    json = substr(json, RLENGTH + 1)
    sub(/^[ \t\r\n]+/, "", json)
    return token
}

function take_text(    text) {
    text = take("\"([^\"\\\\]|\\\\.)*\"")
    text = substr(text, 2, length(text) - 2)
    gsub(/\\u00[01]./, "?", text)
    gsub(/\\\\/, "\001", text)
    gsub(/\\/, "", text)
    gsub(/\001/, "\\", text)
    return plain_name(text)
}

# Sets option[r, "lr"], unit[r, "batch"], about[r, "chapter"]; cut_off if its end is not there.
function take_object(r, inside,    name, value) {
    take("[{]")
    while (json ~ /^"/) {
        name = take_text()
        take(":")
        if (json ~ /^[{]/) {
            take_object(r, name)
        } else {
            value = json ~ /^"/ ? take_text() : take("[-+.0-9a-zA-Z]+")
            if (inside == "options")
                set_option(r, name, value)
            else if (inside == "units")
                unit[r, name] = value
            else
                about[r, name] = value
        }
        take(",")
    }
    if (take("[}]") == "")
        cut_off = 1
}

function set_option(r, name, value) {
    gsub(/_/, "-", name) # as it is given
    if (!(name in known_option)) {
        known_option[name] = 1
        option_name[++option_names] = name
    }
    option[r, name] = is_number(value) && value !~ /^-?[0-9]+$/ ? sprintf("%.7g", value) : value
}

function read_json(r,    file) {
    file = r ".json"
    json = ""
    while (next_line(file))
        json = json line "\n"
    close(file)
    if (json == "")
        return
    cut_off = 0
    take_object(r, "")
    if (json != "" || cut_off)
        fail(1, json_of[r] ": expected one object in JSON, as a run leaves it")
    described[r] = 1
    if (about[r, "log"] != log_name[r] ".csv") # of another log of the same run
        forget(r)
}

function forget(r,    c) {
    delete about[r, "steps_an_epoch"]
    delete about[r, "status"]
    delete option[r, "steps"]
    for (c = 1; c <= columns[r]; c++)
        delete unit[r, name_of[r, c]]
}
