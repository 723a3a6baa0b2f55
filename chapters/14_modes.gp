# How many are right in train mode, against the size of the batches, and the errors: modes.csv
set title 'Train mode left on'
set logscale x 2
set xrange [0.9:220]
set xlabel 'test images in a batch'
set ylabel 'right (%)'
set key outside top center horizontal
set pointsize 0.8
plot 'modes.csv' using 1:2:5 with yerrorlines pt 7, '' using 1:3:6 with yerrorlines pt 7, \
     '' using 1:4 with lines dt 2
