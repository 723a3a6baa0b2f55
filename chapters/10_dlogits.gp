set title 'dlogits of one batch: dark, what came, is pushed up; light is pushed down'
set xlabel 'letter (. ends a name)'
set ylabel 'row of the batch'
set xtics ('.' 0) scale 0
letter(i) = substr('abcdefghijklmnopqrstuvwxyz', i, i)
set for [i=1:26] xtics add (letter(i) i)
set xrange [-0.5:26.5]
set yrange [31.5:-0.5]
unset key
unset grid
set palette gray
plot 'dlogits.csv' matrix skip 1 with image
