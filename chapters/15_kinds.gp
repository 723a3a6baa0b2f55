# Other kinds of block, and two mistakes: kinds.csv.
set title 'Ten blocks: other kinds, and two mistakes in the way back (cut off at 4)'
set xlabel 'step'
set ylabel 'loss (nats an image)'
set yrange [0:4]
plot for [i=2:5] 'kinds.csv' using 1:i lt i-1 title word('residual in-place scaled skip', i-1), \
     for [i=6:7] '' using 1:i lt i-1 dt 2 title word('shortcut branch', i-5).' forgotten', \
     '' using 1:(no_number(2)) @crosses
