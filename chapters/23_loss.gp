# The same model twice: loss.csv. Points that are not seen let it draw a run that ended before its
# first row.
unseen = "'+' using (0):(3) with dots lc rgb 'white' notitle"
set xrange [0:*]
set lmargin 11
set rmargin 3
set multiplot layout 2,1 title 'The names model where the regions run, and by the library'
set xlabel ''
set ylabel 'loss (nats a letter)'
plot @unseen, 'loss.csv' using 1:2 with lines lt 1 lw 4, '' using 1:3 with lines lt 2 lw 2 dt 2, \
     '' using 1:5 with linespoints lt 3 pt 7 title 'regions, new names', '' using 1:(no_number(2)) @crosses
set xlabel 'step'
set ylabel 'largest difference'
set logscale y
set format y '10^{%T}'
unseen = "'+' using (0):(1e-6) with dots lc rgb 'white' notitle"
plot 'loss.csv' using 1:($4 > 0 ? $4 : NaN) with lines lt 1 notitle, @unseen
unset multiplot
