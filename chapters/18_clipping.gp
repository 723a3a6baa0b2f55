# The same run with its gradient clipped and without: clipping.csv.
set multiplot layout 1,2
set xlabel 'step'
set rmargin 3
set key top right Left reverse samplen 2
set title 'Loss (nats a letter)'
set yrange [2:30]
set logscale y
set ytics (2, 3, 5, 10, 20)
plot for [i=2:4] 'clipping.csv' using 1:i with lines lt i-1 title columnheader(i), \
     3.296 with lines dt 3 lc rgb 'black' title 'knowing nothing'
set title 'Norm of the gradient, before it is clipped'
set yrange [0.1:*]
set ytics auto
plot for [i=5:7] 'clipping.csv' using 1:i with lines lt i-4 notitle, \
     1 with lines dt 2 lc rgb 'black' title 'the bounds, 1 and 0.25', \
     0.25 with lines dt 2 lc rgb 'black' notitle
unset multiplot
