# A model of names: loss.csv, batches as a line and the dev part as points.
set title 'A transformer learns names'
set xlabel 'step'
set ylabel 'loss (nats a letter)'
plot 'loss.csv' using 1:2, '' using 1:3 with points lt 2 pt 7, '' using 1:(no_number(2)) @crosses
