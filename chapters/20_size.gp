stats 'codes.csv' using 2:3 nooutput
set title 'What a code of so many numbers loses of a digit'
set xlabel 'numbers in the code'
set ylabel 'mean squared error of a pixel'
set logscale xy
set xtics (2, 4, 8, 16, 32)
set ytics (0.01, 0.02, 0.04, 0.06)
set xrange [1.8:36]
set yrange [0.9*(STATS_min_x < STATS_min_y ? STATS_min_x : STATS_min_y): \
            1.1*(STATS_max_x > STATS_max_y ? STATS_max_x : STATS_max_y)]
plot 'codes.csv' using 1:3 with linespoints pt 7, '' using 1:2 with linespoints pt 7
