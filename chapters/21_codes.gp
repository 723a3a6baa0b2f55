# Where new images lie on the plane, by class; of every seventh how sure that is: codes.png
set title 'Where new images lie, by class, and how sure that is'
set xlabel 'mu_1'
set ylabel 'mu_2'
set size ratio -1
set xrange [-4:4]
set yrange [-4:4]
set palette maxcolors 10 defined (0 '#0072b2', 1 '#e69f00', 2 '#009e73', 3 '#cc79a7', 4 '#56b4e9', \
    5 '#d55e00', 6 '#7f7f7f', 7 '#8c564b', 8 '#b8b800', 9 '#000000')
set cbrange [-0.5:9.5]
set cbtics 0,1,9 scale 0
set cblabel 'class'
unset key
plot 'codes.csv' using 1:2:(sprintf('%d', $5)):5 with labels font ',9' tc palette, \
     '' every 7 using 1:2:(4*$3):(4*$4):5 with ellipses fs empty lc palette
