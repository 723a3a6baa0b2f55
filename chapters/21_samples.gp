# Images that there are, and images that three networks have made up: samples.png
set title 'New images, and what three networks make of codes drawn from N(0, 1)'
stats 'samples.csv' using 1:2 name 'sheet' nooutput
row(k) = (sheet_max_y + 1) * (k - 0.5) / 4.0
set ytics ('new images' row(1), '2 numbers' row(2), '16 numbers' row(3), 'averaged' row(4)) scale 0
set autoscale fix
set yrange [*:*] reverse
set size ratio -1
unset xtics
unset border
unset grid
unset key
plot 'samples.csv' using 1:2:3:4:5 with rgbimage
