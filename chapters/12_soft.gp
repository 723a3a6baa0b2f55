# The length of dz that soft targets give, without and with T^2, against T: soft.csv.
set title 'What the soft targets pull with'
set logscale xy
set xlabel 'temperature T'
set ylabel 'length of dz'
set xrange [0.1:100]
set yrange [1e-4:30]
set label 'slope -1' at 0.2,10 left
set label 'slope -2' at 22,4e-3 left
plot 'soft.csv' using 1:2 lt 2, '' using 1:3 lt 1
