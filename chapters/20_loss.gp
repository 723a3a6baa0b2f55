# Points that are not seen let it draw a run that ended before its first row. Behind the losses of
# the networks come columns 'lr' and 'gradient'.
stats 'loss.csv' using 1 nooutput
networks = exists('STATS_columns') ? STATS_columns - 4 : 1
unseen = "'+' using (0):(middle) with dots lc rgb 'white' notitle"
set xrange [0:*]
set lmargin 11
set rmargin 3
set multiplot layout 2,1 title networks > 1 ? \
    'Autoencoders: one against noise, the others through a code' : 'An autoencoder against noise'
set xlabel ''
set ylabel 'mean squared error'
set logscale y
set yrange [*:*]
set key top right horizontal maxrows 1
middle = 0.05
plot @unseen, for [i=3:2+networks] 'loss.csv' using 1:i with lines lt i-2, \
     '' using 1:(no_number(3)) @crosses
unset logscale y
set xlabel 'step'
set ylabel 'noisy digits made clean (dB)'
set key bottom right
middle = 18
plot @unseen, 'loss.csv' using 1:2 with linespoints lt 1 pt 7
unset multiplot
