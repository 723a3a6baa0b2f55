# Ten losses: xor_loss.png
set title 'XOR with two hidden units, ten seeds'
set logscale y
set xlabel 'step'
set ylabel 'loss (nats)'
set key outside right
set yrange [5e-4:2]
# Some learn alike: every second seed is drawn in dashes, over the others, and no two look the same.
plot for [i=2:10:2] 'xor_loss.csv' using 1:i lt (i-2)%7+1 lw 3.5, \
     for [i=3:11:2] '' using 1:i lt (i-2)%7+1 dt 2
