# The loss of the batches, mean over the seeds, without batch norm and with it: norm.csv
set title 'The first steps of a LeNet, without batch norm (dashed) and with it'
set xlabel 'step'
set ylabel 'loss (nats)'
set key outside bottom center horizontal
plot for [i=0:2] 'norm.csv' using 1:2+2*i lt i+1 dt 2, \
     for [i=0:2] '' using 1:3+2*i lt i+1
