# A step of the names model on the host and where the regions run: steps.csv
set title 'A step of the names model'
set xlabel 'rows of a batch'
set ylabel 'microseconds'
set logscale xy
set format y '10^{%T}'
set key top left
plot 'steps.csv' using 1:(1e6*$2) with points lt 1 pt 7 title 'the library, on the host', \
     '' using 1:(1e6*$3) with points lt 2 pt 7 title 'in regions, parameters there', \
     '' using 1:(1e6*$4) with lines lt 1 title 'a line fitted to the library', \
     '' using 1:(1e6*$5) with lines lt 2 title 'a line fitted to the regions'
