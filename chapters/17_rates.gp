# A rate that stays against one that falls along a cosine: rates.png
set title 'Half a cosine against a constant rate'
set xlabel 'learning rate at the beginning'
set ylabel 'known of new digits (%)'
set logscale x
set xtics (0.01, 0.02, 0.05, 0.1)
set xrange [0.009:0.11]
set key bottom left
plot for [i=0:1] 'rates.csv' using 1:2+2*i:3+2*i with yerrorlines lt i+1 pt 7 title columnheader(2+2*i)
