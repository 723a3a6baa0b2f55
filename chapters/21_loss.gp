# The two terms of the bound while networks learn, from the fourth on in dashes: loss.png
stats name.'.csv' skip 1 nooutput
networks = (STATS_columns - 3) / 2
solid = networks < 3 ? networks : 3
set linetype 8 lc rgb '#8c564b' lw 2
set multiplot layout 1,2
set xlabel 'step'
set xtics font ',11' rotate by 30 right
set ytics font ',11'
set key top right Left reverse font ',11' samplen 2
set title 'What the pixels cost'
set ylabel 'nats an image'
# room for the names of more networks
set yrange [70:networks > 4 ? 400 : 300]
plot for [k=1:solid] name.'.csv' using 1:2*k lt k title columnheader(2*k), \
     for [k=4:networks] '' using 1:2*k lt k dt '-' title columnheader(2*k), \
     '' using 1:(no_number(2)) @crosses
set title 'What the codes cost: KL'
set ylabel ''
set yrange [0:networks > 4 ? 20 : 15]
unset key
plot for [k=1:solid] name.'.csv' using 1:2*k+1 lt k, \
     for [k=4:networks] '' using 1:2*k+1 lt k dt '-', \
     '' using 1:(no_number(3)) @crosses
unset multiplot
