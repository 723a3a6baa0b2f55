# The cost model, model.csv, and beside it what was measured here, by each number of ranks that there
# was a run with: speed.csv.
set title 'What is left of P times the speed of one rank'
set xlabel 'ranks P' offset 0,0.3
set ylabel 'of P times as many images a second (%)'
set logscale x 2
set xrange [1:1024]
set yrange [0:105]
set key below vertical maxrows 3 Left reverse samplen 2
plot 'model.csv' using 1:2 with lines lt 3 title 'model: 64 cut among all', \
     '' using 1:3 with lines lt 1 title 'model: 64 each, a sum a batch', \
     '' using 1:4 with lines lt 2 title 'model: ... a sum in 4 batches', \
     '' using 1:5 with lines lt 4 title 'model: ... a sum in 16', \
     'speed.csv' using 1:2 with points lt 7 pt 6 ps 2.2 title 'measured: 64 each, sent at the end', \
     '' using 1:3 with points lt 7 pt 7 ps 0.9 title 'measured: ... while it goes back'
