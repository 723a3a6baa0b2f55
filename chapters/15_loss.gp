# Four kinds of network, of 4 blocks and of 20: loss.csv.
set multiplot layout 1,2
set xlabel 'step'
set yrange [0:2.6]
set key bottom left
set title '4 blocks'
set ylabel 'loss (nats an image)'
plot for [i=2:5] 'loss.csv' using 1:i lt i-1, '' using 1:(no_number(2)) @crosses
set title '20 blocks'
set ylabel ''
plot for [i=6:9] 'loss.csv' using 1:i lt i-5, '' using 1:(no_number(6)) @crosses
unset multiplot
