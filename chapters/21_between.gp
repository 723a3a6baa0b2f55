# From one image to another, three ways: between.png
set title 'From one image to another: through two numbers, through 16, and pixel by pixel'
stats 'between.csv' using 1:2 name 'sheet' nooutput
row(k) = (sheet_max_y + 1) * (k - 0.5) / 6.0
set ytics ('2 numbers' row(1), '16 numbers' row(2), 'pixels' row(3), \
           ' 2 numbers' row(4), ' 16 numbers' row(5), ' pixels' row(6)) scale 0
set autoscale fix
set yrange [*:*] reverse
set size ratio -1
unset xtics
unset border
unset grid
unset key
plot 'between.csv' using 1:2:3:4:5 with rgbimage
