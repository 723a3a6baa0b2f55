# The learning rates over time: schedules.png
set xlabel 'step'
set ylabel 'learning rate'
set xrange [0:1000]
set yrange [0:0.13]
set key top right
# The constant one is wide: the others begin on it.
plot for [c=2:5] 'schedules.csv' using 1:c lt c-1 lw c == 2 ? 5 : 2
