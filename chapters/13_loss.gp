# Points that are not seen let it draw a run that ended before its first row.
unseen = "'+' using (0):(1) with dots lc rgb 'white' notitle"
set xrange [0:*]
set lmargin 11
set rmargin 3
set multiplot layout 2,1 title 'LeNet-5 and a network without convolutions, on the same digits'
set xlabel ''
set ylabel 'loss (nats an image)'
set logscale y
plot @unseen, 'loss.csv' using 1:2 with lines lt 1, '' using 1:3 with lines lt 2, \
     '' using 1:(no_number(2)) @crosses
unset logscale y
set xlabel 'step'
set ylabel 'known of new digits (%)'
set yrange [0:100]
set key bottom right
plot @unseen, 'loss.csv' using 1:4 with linespoints lt 1 pt 7, \
     '' using 1:5 with linespoints lt 2 pt 7
unset multiplot
