# The loss with one or two transposes left out, the middle one of the runs, at every fifth step: slips.csv
set title 'Two layers learn with wrong gradients (both wrong: cut off at 100)'
set logscale y
set format y '10^{%T}'
set xlabel 'step'
set ylabel 'loss'
set yrange [1e-5:1e2]
set key top right
plot 'slips.csv' every 5 using 1:2 with lines lt 1 lw 4, '' every 5 using 1:3 with lines lt 3, \
     '' every 5 using 1:4 with lines lt 4, '' every 5 using 1:5 with lines lt 5, \
     '' every 5 using 1:6 with lines lt 2, '' every 5 using 1:7 with lines lt 7 dt (6, 6)
