# Eight images, and each three times flipped, shifted and turned at random: sheet.png
set title 'Eight shapes, and each as it is shown three times'
set yrange [*:*] reverse
set size ratio -1
unset tics
unset border
unset grid
unset key
set autoscale fix
set lmargin 12
set label 'as it is' at graph -0.01, graph 0.875 right
do for [row=1:3] {
    set label sprintf('shown, %d', row) at graph -0.01, graph 0.875-0.25*row right
}
plot 'sheet.csv' using 1:2:3:4:5 with rgbimage
