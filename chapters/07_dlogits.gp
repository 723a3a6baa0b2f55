set title 'dlogits: each row pulls one class up and pushes the others down'
set xlabel 'class j'
set ylabel 'row i'
set cblabel 'dlogits[i][j]' offset 1
set xrange [-0.5:26.5]
set yrange [31.5:-0.5]
set cbrange [-0.0313:0.003]
set palette defined (-10 '#0072b2', 0 'white', 1 '#d55e00')
unset key
unset grid
plot 'dlogits.csv' using 2:1:3 with image
