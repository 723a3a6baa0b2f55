# For tests/check/errors and tests/check/warnings, which put it before their own: what a compiler says.

# A message is a line with a place, and what follows it up to the next. A heading says where the next
# one belongs ("In function ...:"); clang counts them at the end.
function is_message(text) { return text ~ /^[^ \t].*:[0-9]+:[0-9]+: / }
function is_heading(text) { return text ~ /^[^ \t].*(: .*:|:[0-9]+[:,])$/ }
function is_count(text) { return text ~ /^[0-9]+ (error|warning).* generated\.$/ }

# "float-conversion" of "... [-Wfloat-conversion]"; in any language that is where it stands.
function flag_of(message) {
    return match(message, /\[-W[^] ]*\]$/) ? substr(message, RSTART + 3, RLENGTH - 4) : ""
}
function is_warning(message) { return flag_of(message) != "" || index(message, ": warning: ") }

# What something is turned into: 'int', or 'rate' (aka 'float').
function target_of(message) {
    gsub(/\342\200[\230\231]/, "\047", message)
    return match(message, / to \047[^\047]*\047( [({]aka \047[^\047]*\047)?/) ? \
        substr(message, RSTART + 5, RLENGTH - 5) : ""
}

# Of what -Wconversion finds, this stands in honest code: whole numbers of other sizes and signs, a long
# double that is rounded at the end, and a real as a condition.
function is_harmless(message,    flag) {
    flag = flag_of(message)
    if (flag == "conversion") return !index(message, "imaginary")
    if (flag ~ /^(implicit-)?float-conversion$/) return target_of(message) ~ /^(real|double|_Bool|bool)/
    return flag ~ /^(sign-compare|shorten-64-to-32|implicit-int-conversion.*)$/ || flag ~ /^implicit-.*int-float/
}
