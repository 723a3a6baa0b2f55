# A product of some rows on the host and where the regions run: costs.csv
set title 'A product of n rows with a matrix of 128 x 128'
set xlabel 'rows'
set ylabel 'microseconds'
set logscale xy
set format y '10^{%T}'
set key top left
plot 'costs.csv' using 1:(1e6*$2) with points lt 1 pt 7 title 'the library, on the host', \
     '' using 1:(1e6*$3) with points lt 2 pt 7 title 'a region, rows there already', \
     '' using 1:(1e6*$4) with points lt 3 pt 6 ps 1.5 title 'a region, rows sent and fetched', \
     '' using 1:(1e6*$5) with lines lt 3 title 'the same, its parts added up', \
     '' using 1:(1e6*$6) with lines lt 1 title 'the line of the host'
