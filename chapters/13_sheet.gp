# Images side by side: digits.png, wrong.png, maps.png
set title name eq 'digits' ? 'Digits to learn from' : \
          name eq 'wrong'  ? 'Digits that LeNet took for another: what they are, what it said' : \
                             'Three digits, and the six maps of the first layer, after the relu'
set yrange [*:*] reverse
set size ratio -1
unset tics
unset border
unset grid
unset key
unset colorbox
set palette gray negative
set autoscale fix
if (name eq 'wrong') {
    set style textbox opaque noborder margins 0.3,0.3
    plot 'wrong.csv' using 1:2:3 with image, \
         'wrong_labels.csv' using 1:2:(sprintf('%d, said %d', $3, $4)) with labels left \
             boxed font ',12' textcolor rgb '#b03000'
} else {
    plot name.'.csv' using 1:2:3 with image
}
