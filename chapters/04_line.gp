# The points, and the two lines fitted to them: line.png
set title 'One weight, one bias: the fitted lines'
set xlabel 'x'
set ylabel 'y'
set key bottom right
plot 'points.csv' using 1:2 with points pt 7 ps 0.6 lc rgb '#b0c4d8', \
     '' using 1:3 with points pt 6 ps 0.8 lc rgb '#606060', \
     '' using 1:4 with lines lt 2 lw 5, \
     '' using 1:5 with lines lt 7 dt (8, 6)
