# Means over seeds, with their standard errors: bars.png
set title 'What a teacher is worth, where its students have all labels, few, or wrong ones'
set ylabel 'known of new images (%)'
set style data histogram
set style histogram errorbars gap 2 lw 1
set style fill solid 0.8
set boxwidth 0.9
set yrange [0:100]
set xtics ('all labels' 0, 'few labels' 1, 'few, and images without' 2, 'wrong labels' 3) scale 0
set key outside top center horizontal
plot for [i=0:5] 'bars.csv' using 2+2*i:3+2*i title columnheader(2+2*i)
