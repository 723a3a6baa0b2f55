# Four kinds of network, of 4 blocks and of 20: loss.csv.
set multiplot layout 1,2
set xlabel 'step'
set yrange [0:2.6]
set rmargin 3
set key bottom left Left reverse font ',11' samplen 2
set xtics font ',10'
set title '4 blocks'
set ylabel 'loss (nats an image)'
plot 'loss.csv' using 1:2 lt 1 title 'plain', '' using 1:3 lt 2 title 'plain with batch norm', \
     '' using 1:4 lt 3 title 'residual', '' using 1:5 lt 4 title 'residual with batch norm', \
     '' using 1:(no_number(2)) @crosses
set title '20 blocks, the same colours'
set ylabel ''
plot for [i=6:9] 'loss.csv' using 1:i lt i-5 notitle, '' using 1:(no_number(6)) @crosses
unset multiplot
