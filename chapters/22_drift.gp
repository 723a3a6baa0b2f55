# How far the weights of four ranks have come from those of one process: drift.csv.
set title 'Four ranks beside one process: the largest difference of a weight'
set xlabel 'step'
set ylabel 'difference'
set logscale y
set format y '10^{%T}'
set key bottom right
plot 'drift.csv' using 1:2 with lines lt 1 title 'equal parts: rounding', \
     '' using 1:3 with lines lt 2 title '40 12 8 4, weighted: rounding', \
     '' using 1:4 with lines lt 4 title '40 12 8 4, the mean of means', \
     '' using 1:6 with lines lt 3 title 'each rank its own start', \
     '' using 1:8 with lines lt 6 title 'all ranks the same part'
