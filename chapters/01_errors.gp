# How far off the gradient is for every step size: steep on the right, the wall of rounding on the
# left.
set logscale xy
set format xy '10^{%T}'
set xlabel 'step size h'
set ylabel 'relative error of the gradient'
set xrange [1e-16:1]
set yrange [1e-17:10]
set key top center
set label 'round-off' at 1e-13,1e-5 center
set label 'slope 1' at 1e-3,3e-2 center
set label 'slope 2' at 2e-2,1e-7 center
plot 'errors.csv' using 1:2 lt 2, '' using 1:3 lt 6 lw 5, \
     '' using 1:4 lt 7 dt (12, 6)
