# Three models of names, of the same size: loss.csv, batches as lines and the dev part as points.
set title 'Three models of names, of the same size'
set xlabel 'step'
set ylabel 'loss (nats a letter)'
plot for [i=2:4] 'loss.csv' using 1:i lt i-1 title columnheader(i), \
     for [i=5:7] '' using 1:i with points lt i-4 pt 7 title columnheader(i), \
     '' using 1:(no_number(2)) @crosses
