# A rate that stays against one that falls along a cosine: rates.png
set title 'Half a cosine against a constant rate'
set xlabel 'learning rate at the beginning, logarithmic'
set ylabel 'known of new digits (%)'
set logscale x
set xtics (0.01, 0.02, 0.05, 0.1)
set xrange [0.009:0.11]
set yrange [0:105]
set ytics 0, 20, 100
set key bottom left at graph 0.02, graph 0.2
# Of one seed there are no error bars.
bar(mean, error) = error > 0 ? mean : NaN
plot for [i=0:1] 'rates.csv' using 1:2+2*i with linespoints lt i+1 pt 7 title columnheader(2+2*i), \
     for [i=0:1] 'rates.csv' using 1:(bar(column(2+2*i), column(3+2*i))):3+2*i with yerrorbars lt i+1 pt 7 notitle, \
     10 with lines dt 2 lc rgb '#808080' title 'chance'
