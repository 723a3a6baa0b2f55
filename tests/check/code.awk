# For tests/check/prototypes and tests/check/regions, which put it before their own.

# The line without comments; what stands in quotes becomes 0.
function code_of(line,    code, found) {
    while (line != "") {
        if (in_comment) {
            if (!match(line, /\*\//)) return code
            in_comment = 0
            line = substr(line, RSTART + 2)
            code = code " "
            continue
        }
        if (!match(line, /\/[*]|\/\/|"([^"\\]|\\.)*"|\047([^\047\\]|\\.)*\047/)) return code line
        found = substr(line, RSTART, RLENGTH)
        code = code substr(line, 1, RSTART - 1)
        line = substr(line, RSTART + RLENGTH)
        if (found == "//") return code
        if (found == "/*") in_comment = 1
        else code = code "0"
    }
    return code
}
