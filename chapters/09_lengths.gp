# How long the rows of dC are, against how often each was looked up: lengths.csv
set title 'A row of dC that is looked up more often has a longer gradient'
set xlabel 'look-ups of the row, n'
set ylabel 'length of its row of dC'
set xrange [-0.5:*]
set yrange [0:*]
set key top left
plot 'lengths.csv' using 1:2 with points pt 7 ps 1.3 lt 1, '' using 1:3 with points pt 2 ps 1.3 lt 2, \
     '' using 1:4 with points pt 6 ps 1.3 lt 3, \
     [0:*] sqrt(10*x) with lines dt 2 lc rgb '#808080' title 'square root of 10 n'
