# How a task is learnt: <task>.csv, its loss and how many answers to new questions are right.
set title name.': what is answered right, to the last token'
set xlabel 'step'
set ylabel 'loss (nats a token)'
set y2label 'of 500 new questions, in percent'
set ytics nomirror
set y2tics 0,20,100
set yrange [0:*]
set y2range [0:105]
set key center right
plot name.'.csv' using 1:2 axes x1y1 title 'loss', \
     '' using 1:3 axes x1y2 with linespoints pt 7 ps 0.6 title 'right', \
     '' using 1:(no_number(2)) @crosses
