set title "The six kernels of the first layer: above before the training, below after it\n(orange: above 0, blue: below 0)"
set yrange [*:*] reverse
set size ratio -1
unset tics
unset border
unset grid
unset key
unset colorbox
set palette defined (0 '#0072b2', 0.5 '#ffffff', 1 '#d55e00')
stats 'kernels.csv' using 3 skip 1 nooutput
most = abs(STATS_min) > abs(STATS_max) ? abs(STATS_min) : abs(STATS_max)
set cbrange [-most:most]
set autoscale fix
plot 'kernels.csv' using 1:2:3 with image
