# A run that is broken off half-way and taken up again: break.png
set title 'A run broken off half-way'
set xlabel 'step'
set ylabel 'loss of the batch (nats an image)'
set key bottom left
stats 'break.csv' using 1 nooutput
half = floor(STATS_max / 2)
set logscale y
set arrow from half, graph 0 to half, graph 1 nohead dt 2 lc rgb '#606060'
set label 'broken off ' at half, graph 0.96 right tc rgb '#606060'
plot 'break.csv' using 1:2 with lines lw 5 lc rgb '#a0c8e8' title 'unbroken', \
     '' using ($1 > half ? $1 : NaN):4 with lines lw 2 lc rgb '#d95f02' title 'optimizer lost', \
     'break.csv' using ($1 > half ? $1 : NaN):3 with lines lw 1 lc rgb '#1f4e79' title 'resumed, to the bit'
