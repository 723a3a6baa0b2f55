# Five ways to learn five new classes from few examples: few.png
set title 'Five new classes, from few examples'
set xlabel 'examples in all, logarithmic'
set ylabel 'known of new images (%)'
set logscale x
set xtics (25, 50, 100, 250)
set xrange [22:285]
set yrange [0:100]
set key outside right center
# Of one seed there are no error bars.
bar(mean, error) = error > 0 ? mean : NaN
plot for [i=0:4] 'few.csv' using 1:2+2*i with linespoints lt i+1 pt 7 title columnheader(2+2*i), \
     for [i=0:4] 'few.csv' using 1:(bar(column(2+2*i), column(3+2*i))):3+2*i with yerrorbars lt i+1 pt 7 notitle, \
     20 with lines dt 2 lc rgb '#808080' title 'chance'
