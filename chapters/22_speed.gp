# The cost model, model.csv, and beside it what was measured here, by each number of ranks that there
# was a run with: speed.csv.
set title 'What is left of P times the speed of one rank'
set xlabel 'ranks P'
set ylabel 'of P times as many images a second (%)'
set logscale x 2
set xrange [1:1024]
set yrange [0:105]
set key below Left reverse maxcols 2
plot 'model.csv' using 1:2 with lines lt 3 title 'model: a batch of 64, cut among all', \
     '' using 1:3 with lines lt 1 title 'each rank 64, sums after each batch', \
     '' using 1:4 with lines lt 2 title 'after every fourth batch', \
     '' using 1:5 with lines lt 4 title 'after every sixteenth', \
     'speed.csv' using 1:2 with points lt 7 pt 6 ps 1.5 title 'measured, each 64, sent at the end', \
     '' using 1:3 with points lt 7 pt 7 ps 1.5 title 'measured, sent during the backward pass'
