# Eight images, and each three times flipped, shifted and turned at random: sheet.png
set title 'Eight shapes, and each as it is shown three times'
set yrange [*:*] reverse
set size ratio -1
unset tics
unset border
unset grid
unset key
set autoscale fix
plot 'sheet.csv' using 1:2:3:4:5 with rgbimage
