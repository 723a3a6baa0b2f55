# What five students know while they learn: loss.png, few.png, unlabelled.png, noisy.png
set title 'Five students of one teacher: how much they know'
set xlabel 'step'
set ylabel 'known of new images (%)'
set key bottom right
plot for [i=7:11] name.'.csv' using 1:i with linespoints pt 2*i-7 title columnheader(i - 5)
