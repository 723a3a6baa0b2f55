set title 'batch norm takes the straight line out of a gradient'
set xlabel 'bnraw'
set ylabel 'gradient of hprebn'
set key bottom right
set xzeroaxis lc rgb '#0072b2' lt 1 lw 2
plot 'paths.csv' using 1:2 with points pt 7 lt 2 title 'through bnraw alone', \
     '' using 1:3 with lines lt 2 title 'the straight line nearest to it', \
     '' using 1:4 with points pt 7 lt 1 title 'dhprebn: what is left of it'
