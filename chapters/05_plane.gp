# What the network says over the plane, and the questions: xor.png, moons.png
set title name eq 'xor' ? 'XOR: two hidden units, two lines' \
                        : 'Two moons: the boundary, and the test points'
set xlabel 'x0'
set ylabel 'x1'
set cblabel 'p'
set size ratio -1
set palette defined (0 '#8fbfe0', 0.5 '#eef5fa', 0.5 '#fdf0e6', 1 '#eba36f')
set cbrange [0:1]
set autoscale fix
unset grid
set key outside top center horizontal
plot name.'_plane.csv' using 1:2:3 with image notitle, \
     name.'_points.csv' using 1:2 with points pt 7 lc rgb '#0072b2', \
     '' using 1:3 with points pt 9 ps 1.2 lc rgb '#a04000'
