# Ten losses: xor_loss.png
set title 'XOR with two hidden units, ten seeds'
set logscale y
set xlabel 'step'
set ylabel 'loss (nats)'
set key outside right
set yrange [5e-4:2]
plot for [i=2:8] 'xor_loss.csv' using 1:i lt i-1, \
     for [i=9:11] '' using 1:i lt i-8 dt 2
