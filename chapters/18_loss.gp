# What three networks have learnt of names: loss.csv.
set xlabel 'letters read'
set ylabel 'loss (nats a letter)'
set format x '%.0s%c'
set title 'Names, letter by letter'
plot 'loss.csv' using 2:3 with lines lt 1 title 'RNN', '' using 2:4 with lines lt 2 title 'LSTM', \
     '' using 2:5 with lines lt 3 title 'GRU', \
     '' using 2:6 with linespoints lt 1 pt 7 title 'RNN, dev', \
     '' using 2:7 with linespoints lt 2 pt 7 title 'LSTM, dev', \
     '' using 2:8 with linespoints lt 3 pt 7 title 'GRU, dev'
