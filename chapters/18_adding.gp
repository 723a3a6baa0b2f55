# The adding problem: adding.csv. The networks that do not learn it all end at the height of saying
# 1: the wider ones below, in dashes above them, and that height is drawn last.
set logscale y
set xlabel 'step'
set ylabel 'mean squared error on new sums'
set yrange [5e-5:1]
set format y '%g'
set autoscale xfix
set title 'The sum of two of thirty numbers'
set key outside right top Left reverse samplen 2
plot 'adding.csv' using 1:3 with lines lt 2 lw 2 title 'LSTM', \
     '' using 1:4 with lines lt 3 lw 2 title 'GRU', \
     '' using 1:6 with lines lt 2 dt 2 lw 2 title 'LSTM h detached', \
     '' using 1:7 with lines lt 6 lw 7 title 'LSTM c detached', \
     '' using 1:2 with lines lt 1 lw 4.5 title 'RNN', \
     '' using 1:5 with lines lt 4 lw 2.5 title 'LSTM bias 1', \
     '' using 1:8 with lines lt 5 lw 2 dt (14, 14) title 'LSTM both every 10', \
     0.167 with lines dt (3, 9) lw 1.5 lc rgb 'black' title 'saying 1'
