# cover.gp: the cover of the EPUB, on standard output: a valley, its lines of equal loss, and the way
# down that gradient descent with momentum takes.
set terminal pngcairo size 1200,1800 font 'serif,30' background '#10243a'
unset border
unset tics
unset key
set margins 0, 0, 0, 0
set xrange [-2.05:1.65]
set yrange [-1.25:4.75]
# The lines of (1 - x)**2 / 8 + (y - x**2)**2 = c, which end below the title.
across(c, t) = 1 - sqrt(8 * c) * cos(t)
along(c, t) = across(c, t)**2 + sqrt(c) * sin(t)
below(y) = y < 3.75 ? y : NaN
level(i) = real(word('0.03 0.1 0.25 0.5 0.9 1.5 2.4 3.6 5.2 7.4 10.3 14 19 26 35', i))

set print $way
x = -1.62; y = 3.35; vx = 0; vy = 0
do for [i = 1:900] {
    print x, y
    vx = 0.9 * vx + (x - 1) / 4 - 4 * x * (y - x * x)
    vy = 0.9 * vy + 2 * (y - x * x)
    x = x - 0.011 * vx
    y = y - 0.011 * vy
}
unset print

set label 1 'The backprop' at graph 0.09, 0.925 font 'serif,74' tc rgb '#f7f3e8' front
set label 2 'workbook' at graph 0.09, 0.872 font 'serif,74' tc rgb '#f7f3e8' front
set label 3 'Backpropagation by hand, in C' at graph 0.09, 0.07 font 'serif,34' tc rgb '#f0b98a' front
set parametric
set trange [0:2 * pi]
set samples 4000
plot for [i = 1:15] across(level(i), t), below(along(level(i), t)) with lines lw 2.5 lc rgb '#3d6486', \
     $way using 1:2 with lines lw 6 lc rgb '#f08a4b', \
     $way using 1:2 every 12 with points pt 7 ps 1.6 lc rgb '#ffd7b0', \
     1, (t < 0.001 ? 1 : NaN) with points pt 7 ps 4 lc rgb '#f7f3e8'
