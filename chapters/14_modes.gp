# How many are right in train mode, against the size of the batches, and the errors: modes.csv
set title 'Train mode left on'
set logscale x 2
set xrange [0.9:220]
set xlabel 'test images in a batch'
set ylabel 'right (%)'
set key outside top center horizontal
set pointsize 0.8
# A little to the left and to the right, for neither to hide the other's errors.
plot 'modes.csv' using ($1/1.015):2:5 with yerrorlines pt 7, \
     '' using ($1*1.015):3:6 with yerrorlines pt 5, \
     '' using 1:4 with lines dt 2
