# What each place of the plane of codes becomes: plane.png
set title 'The plane: what codes of two numbers become'
set xlabel 'z_1'
set ylabel 'z_2'
stats 'plane.csv' using 1:2 name 'plane' nooutput
side_x = (plane_max_x + 1) / 13
side_y = (plane_max_y + 1) / 13
place_x(z) = (z / 0.4 + 6.5) * side_x - 0.5
place_y(z) = (6.5 - z / 0.4) * side_y - 0.5
set xtics ('-2.4' place_x(-2.4), '-1.2' place_x(-1.2), '0' place_x(0), \
           '1.2' place_x(1.2), '2.4' place_x(2.4)) scale 0
set ytics ('-2.4' place_y(-2.4), '-1.2' place_y(-1.2), '0' place_y(0), \
           '1.2' place_y(1.2), '2.4' place_y(2.4)) scale 0
set autoscale fix
set yrange [*:*] reverse
set size ratio -1
unset border
unset grid
unset key
plot 'plane.csv' using 1:2:3:4:5 with rgbimage
