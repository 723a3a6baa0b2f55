set title 'What sharing a kernel is worth: LeNet-5 and a network without convolutions'
set xlabel 'images to learn from'
set ylabel 'known of new digits (%)'
set logscale x
set xtics (100, 250, 500, 1000, 2000, 4000)
set xrange [90:4500]
set yrange [*:100]
set key bottom right
plot 'few.csv' using 1:2 with linespoints pt 7, '' using 1:3 with linespoints pt 7
