# The test loss of the first seed, without dropout and with it: dropout.csv
set title 'Test loss without dropout (dashed) and with p = 1/2'
set xlabel 'step'
set ylabel 'test loss (nats)'
set key outside bottom center horizontal
plot for [i=0:2] 'dropout.csv' using 1:2+2*i lt i+1 dt 2, \
     for [i=0:2] '' using 1:3+2*i lt i+1
