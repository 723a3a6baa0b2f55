# Points that are not seen let it draw a run that ended before its first row.
unseen = "'+' using (0):(1) with dots lc rgb 'white' notitle"
set xrange [0:*]
set lmargin 11
set rmargin 3
set multiplot layout 2,1 title 'Autoencoders: one against noise, the others through a code'
set xlabel ''
set ylabel 'mean squared error'
set logscale y
set yrange [0.005:0.3]
plot @unseen, for [i=3:7] 'loss.csv' using 1:i with lines lt i-2, \
     '' using 1:(no_number(3)) @crosses
unset logscale y
set xlabel 'step'
set ylabel 'noisy digits made clean (dB)'
set yrange [*:*]
set key bottom right
plot @unseen, 'loss.csv' using 1:2 with linespoints lt 1 pt 7
unset multiplot
