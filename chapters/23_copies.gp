# How long a copy takes, and the line that was fitted to it: copies.csv
set title 'Copies between the host and where the regions run'
set xlabel 'bytes'
set ylabel 'microseconds'
set logscale xy
set format x '10^{%T}'
set format y '10^{%T}'
set key top left
plot 'copies.csv' using 1:(1e6*$2) with points lt 1 pt 7, \
     '' using 1:(1e6*$3) with points lt 2 pt 6 ps 1.5, \
     '' using 1:(1e6*$4) with lines lt 1 title 'latency + bytes / bandwidth', \
     '' using 1:(1e6*$5) with lines lt 2 dt 2 title 'the same, of the way back'
