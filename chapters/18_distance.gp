# What is left of a state's gradient, against the distance: distance.csv. In the order of the lines'
# right ends.
set logscale y
set format y '10^{%T}'
set xlabel 'steps back'
set ylabel 'gradient of the state, beside that of the last'
set yrange [1e-14:1e7]
set xrange [0:50]
set key outside right top Left reverse samplen 2
set title 'How far back a gradient reaches, before training'
plot 'distance.csv' using 1:5 with lines lt 1 dt 4 title 'RNN, orthogonal x 3', \
     '' using 1:4 with lines lt 1 dt 3 title 'RNN, orthogonal x 1.5', \
     '' using 1:9 with lines lt 2 dt 4 title 'LSTM, its c, bias + 3', \
     '' using 1:8 with lines lt 2 dt 3 title 'LSTM, forget bias + 3', \
     '' using 1:11 with lines lt 3 dt 2 title 'GRU, update bias + 2', \
     '' using 1:3 with lines lt 1 dt 2 title 'RNN, orthogonal', \
     '' using 1:7 with lines lt 2 dt 2 title 'LSTM, forget bias + 1', \
     '' using 1:10 with lines lt 3 title 'GRU', \
     '' using 1:6 with lines lt 2 title 'LSTM', \
     '' using 1:2 with lines lt 1 title 'RNN'
