# What is left of the gradient at the first block: depth.csv. On the right what is not tiny.
curves = "'' using 1:3 with linespoints lt 2 pt 7, '' using 1:4 with linespoints lt 3 pt 7, \
'' using 1:5 with linespoints lt 4 pt 7, '' using 1:6 with linespoints lt 6 pt 7, \
'' using 1:7 with linespoints lt 1 dt 2 pt 6, '' using 1:8 with linespoints lt 3 dt 2 pt 6, \
'' using 1:9 with linespoints lt 4 dt 2 pt 6, '' using 1:10 with linespoints lt 5 dt 2 pt 6"
set multiplot layout 1,2
set logscale y
set format y '10^{%T}'
set xlabel 'blocks'
set ylabel 'norm of the gradient of its first kernel'
set yrange [1e-36:1e7]
set key bottom left Left reverse font ',11' samplen 2 spacing 1
set title 'The first block, before training'
plot 'depth.csv' using 1:2 with linespoints lt 1 pt 7, @curves
set title 'The same, from 10^{-3} up'
set ylabel ''
set yrange [1e-3:1e6]
unset key
plot 'depth.csv' using 1:2 with linespoints lt 1 pt 7, @curves
unset multiplot
