# The adding problem: adding.csv.
set logscale y
set xlabel 'step'
set ylabel 'mean squared error on new sums'
set yrange [1e-4:1]
set title 'The sum of two of thirty numbers'
set key outside right top Left reverse samplen 2
plot for [i=2:8] 'adding.csv' using 1:i with lines lt i-1 title columnheader(i), \
     0.167 with lines dt 3 lc rgb 'gray' title 'saying 1'
