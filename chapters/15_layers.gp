# The gradient on its way back through forty blocks, from right to left: layers.csv.
set title 'The gradient on its way through forty blocks'
set logscale y
set format y '10^{%T}'
set xlabel 'block; the loss is behind the last, and the gradient goes from right to left'
set ylabel 'norm of the gradient of its first kernel'
set key bottom right
plot 'layers.csv' using 1:2 with linespoints pt 7 ps 0.5, '' using 1:3 with linespoints pt 7 ps 0.5, \
     '' using 1:4 with linespoints pt 7 ps 0.5, '' using 1:5 with linespoints pt 7 ps 0.5
