# Images side by side: denoised.png, codes_sheet.png, boards.png
set title name eq 'denoised' ? 'Noisy digits made clean' : \
          name eq 'boards'   ? 'How many windows lie on each pixel: kernels of 3, 2 and 4, two pixels apart' : \
                               'Digits through a code of 2, 8 and 32 numbers'
set yrange [*:*] reverse
set size ratio -1
unset xtics
unset border
unset grid
unset key
set autoscale fix
if (name eq 'denoised') {
    set ytics ('clean' 14, 'noisy' 44, 'PCA of 50' 74, 'best linear' 104, 'network' 134) scale 0
}
if (name eq 'codes_sheet') {
    set ytics ('digits' 14, 'PCA, 2' 44, 'network, 2' 74, 'PCA, 8' 104, 'network, 8' 134, \
               'PCA, 32' 164, 'network, 32' 194) scale 0
}
if (name eq 'boards') {
    unset ytics
    set xtics ('3 x 3: 1, 2 or 4' 6.5, '2 x 2: always 1' 22.5, '4 x 4: 4, at the edges less' 38.5) scale 0
    set xlabel 'windows on a pixel, white none, black four'
}
plot name.'.csv' using 1:2:3:4:5 with rgbimage
