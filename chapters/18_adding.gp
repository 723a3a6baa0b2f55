# The adding problem: adding.csv. The networks that do not learn it all end at the height of saying
# 1, so they are thin, and that height is drawn last.
set logscale y
set xlabel 'step'
set ylabel 'mean squared error on new sums'
set yrange [1e-4:1]
set autoscale xfix
set title 'The sum of two of thirty numbers'
set key outside right top Left reverse samplen 2
plot 'adding.csv' using 1:3 with lines lt 2 lw 2 title 'LSTM', \
     '' using 1:4 with lines lt 3 lw 2 title 'GRU', \
     '' using 1:6 with lines lt 2 dt 2 lw 2 title 'LSTM h detached', \
     '' using 1:5 with lines lt 4 title 'LSTM bias 1', \
     '' using 1:2 with lines lt 1 title 'RNN', \
     '' using 1:7 with lines lt 6 title 'LSTM c detached', \
     '' using 1:8 with lines lt 7 title 'LSTM both every 10', \
     0.167 with lines dt (4, 8) lw 2 lc rgb 'black' title 'saying 1'
