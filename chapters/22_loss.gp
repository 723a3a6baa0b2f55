# Points that are not seen let it draw a run that ended before its first row. Behind the losses of
# the networks comes what they know of new digits, then 'lr' and 'gradient'.
stats 'loss.csv' using 1 nooutput
networks = exists('STATS_columns') ? (STATS_columns - 3) / 2 : 1
unseen = "'+' using (0):(middle) with dots lc rgb 'white' notitle"
set xrange [0:*]
set lmargin 11
set rmargin 3
set multiplot layout 2,1 title 'LeNet-5, its batches cut in shards'
set xlabel ''
set ylabel 'loss (nats an image)'
set logscale y
middle = 1
plot @unseen, for [i=2:1+networks] 'loss.csv' using 1:i with lines lt i-1, \
     '' using 1:(no_number(2)) @crosses
unset logscale y
set xlabel 'step'
set ylabel 'known of new digits (%)'
set yrange [0:100]
set key bottom right
middle = 50
plot @unseen, for [i=2+networks:1+2*networks] 'loss.csv' using 1:i with linespoints lt i-1-networks pt 7 \
         title columnheader(i-networks)
unset multiplot
