set title 'dlogits of one batch: dark, what came, is pushed up; light is pushed down'
set encoding utf8
stats 'dlogits.csv' matrix skip 1 nooutput
set ylabel 'row of the batch'
set xtics scale 0
set autoscale xfix
set yrange [31.5:-0.5]
unset key
unset grid
set palette gray
# Letters stand below their columns as long as there is room for them.
if (STATS_size_x <= 80) {
    set xlabel 'letter (. ends a name)'
    plot 'dlogits.csv' matrix columnheaders with image
} else {
    set xlabel 'number of the letter (0 ends a name)'
    plot 'dlogits.csv' matrix skip 1 with image
}
