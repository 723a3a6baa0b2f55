# How many are right in train mode, against the size of the batches: modes.csv
set title 'Train mode left on'
set logscale x 2
set xlabel 'test images in a batch'
set ylabel 'right (%)'
set key center right
plot 'modes.csv' using 1:2 with linespoints, '' using 1:3 with linespoints, \
     '' using 1:4 with lines dt 2
