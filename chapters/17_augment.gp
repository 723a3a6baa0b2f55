# What a few images are worth, shown otherwise each time: augment.png
set title 'Images shown otherwise each time'
set ylabel 'known of new images (%)'
set style data histogram
set style histogram errorbars gap 2 lw 2
set style fill solid 0.8 border lc rgb '#303030'
set boxwidth 0.9
set yrange [0:100]
set xtics ('digits, 300 images' 0, 'shapes, 400 images' 1) scale 0
set xrange [-0.6:1.6]
set key outside bottom center horizontal
plot for [i=0:4] 'augment.csv' using 2+2*i:3+2*i title columnheader(2+2*i)
