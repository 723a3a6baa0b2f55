set title 'What LeNet took each digit for'
set xlabel 'taken for'
set ylabel 'digit'
set xtics 1 scale 0
set ytics 1 scale 0
set yrange [9.5:-0.5]
set xrange [-0.5:9.5]
set size ratio -1
unset grid
unset key
unset colorbox
set palette defined (0 '#ffffff', 0.02 '#fbe3d0', 0.1 '#eba36f', 1 '#0072b2')
plot 'confusion.csv' using 2:1:3 with image, \
     '' using 2:1:($3 > 0 ? sprintf('%d', $3) : ''):($3 > 100 ? 0xffffff : 0) with labels tc rgb variable
