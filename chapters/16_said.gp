# Four images, and what the teacher gives each class at three temperatures: said.png
stats 'said.csv' using 7 name 'drawn' nooutput
set multiplot title 'What a teacher says of images that it is not sure of'
unset tics
unset border
unset grid
unset key
set autoscale fix
set yrange [*:*] reverse
set size ratio -1 0.22,0.92
set origin 0,-0.01
plot 'said_pixels.csv' using 1:2:3:4:5 with rgbimage
set border 3
set xtics 1 nomirror scale 0 font ',11'
if (drawn_max == 1) { set xtics ('disc' 0, 'ring' 1, 'triangle' 2, 'square' 3, 'star' 4, 'cross' 5, \
                                 'heart' 6, 'moon' 7, 'flower' 8, 'drop' 9) }
set ytics 0.5 nomirror
set grid ytics
set yrange [0:1.1] noreverse
set xrange [-0.6:9.6]
set boxwidth 0.22
do for [k=0:3] {
    set size noratio 0.78,0.25
    set origin 0.2,0.66-0.225*k
    if (k == 0) { set label 'probability' at screen 0.195,0.5 center rotate }
    if (k == 0) { set key at screen 0.98,0.945 top right horizontal }
    plot for [t=0:2] 'said.csv' every ::10*k::10*k+9 using ($3 + 0.25*(t - 1)):4+t \
        with boxes fs solid 0.8 title sprintf('T = %d', 2**t), \
        'said.csv' every ::10*k::10*k using 2:(1.02) with points pt 11 lc rgb 'black' title 'truth'
    unset key
    unset label
}
unset multiplot
