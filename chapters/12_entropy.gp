# The entropy of 3, 2048 and 128000 scores, and the weight of the first, against T:
# entropy.csv.
set multiplot layout 2,1
set logscale x
set xrange [0.1:10]
set xtics (0.1, 0.2, 0.5, 1, 2, 5, 10)
set yrange [0:1.05]
set key left top
set lmargin 9
set title 'Entropy, as a share of ln n'
# Where curves lie on each other, those below are wider.
plot for [k=2:4] 'entropy.csv' using 1:k lt k-1 lw 8-1.5*k
set title 'Weight of the score 10 among standard normal ones'
set xlabel 'temperature T'
set key left bottom
plot 'entropy.csv' using 1:5 lt 2 lw 4 title '2048 scores', \
     '' using 1:6 lt 3 title '128000 scores'
unset multiplot
