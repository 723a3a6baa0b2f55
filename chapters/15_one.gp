# One network: loss.csv.
set title 'What one network learns'
set xlabel 'step'
set ylabel 'loss (nats an image)'
plot 'loss.csv' using 1:2, '' using 1:(no_number(2)) @crosses
