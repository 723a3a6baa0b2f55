# A run that is broken off half-way and taken up again: break.png
set title 'A run broken off half-way'
set xlabel 'step'
set ylabel 'loss of the batch'
set logscale y
set key top right
plot 'break.csv' using 1:4 with lines lw 2 lc rgb '#d95f02' title 'optimizer lost', \
     'break.csv' using 1:2 with lines lw 4 lc rgb '#a0c8e8' title 'unbroken', \
     'break.csv' using 1:3 with lines lw 1 lc rgb '#1f4e79' title 'resumed, to the bit'
