set title 'What a code of so many numbers loses of a digit'
set xlabel 'numbers in the code'
set ylabel 'mean squared error of a pixel'
set logscale xy
set xtics (2, 4, 8, 16, 32)
set ytics (0.01, 0.02, 0.04, 0.06)
set xrange [1.8:36]
set yrange [*<0.006:0.1<*] noextend
plot 'codes.csv' using 1:3 with linespoints pt 7, '' using 1:2 with linespoints pt 7
