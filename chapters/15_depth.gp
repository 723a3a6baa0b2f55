# What is left of the gradient at the first block: depth.csv.
set title 'The gradient of the first block, before training'
set logscale y
set format y '10^{%T}'
set xlabel 'blocks'
set ylabel 'norm'
set yrange [1e-36:1e7]
set key bottom left
plot 'depth.csv' using 1:2 with linespoints lt 1 pt 7, '' using 1:3 with linespoints lt 2 pt 7, \
     '' using 1:4 with linespoints lt 3 pt 7, '' using 1:5 with linespoints lt 4 pt 7, \
     '' using 1:6 with linespoints lt 6 pt 7, '' using 1:7 with linespoints lt 1 dt 2 pt 6, \
     '' using 1:8 with linespoints lt 3 dt 2 pt 6, '' using 1:9 with linespoints lt 4 dt 2 pt 6, \
     '' using 1:10 with linespoints lt 5 dt 2 pt 6
