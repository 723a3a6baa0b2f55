# Four panels: each landscape from above, three rules in one and three in the other. The lines of
# equal loss r^2 are curves with t: (r cos t, r sin t) is (x, 5y) / sqrt 2 in the bowl and
# (x - 1, 10 u) in the valley.
set terminal @terminal size 1200*scale,1000*scale font 'sans,12' background 'white'
set parametric
set trange [0:2*pi]
set samples 3000
set key below samplen 3 width 3
set xlabel 'x' offset 0,0.7
set ylabel 'y' offset 1.5,0
set multiplot layout 2,2
do for [k=0:3] {
    bowl = k < 2
    file = bowl ? 'bowl.csv' : 'valley.csv'
    first = k % 2 ? 7 : 1
    set title bowl ? 'The bowl, a dot at every step' : 'The valley, a dot at every 100 steps'
    set xrange [(bowl ? -4 : -1.5):(bowl ? 11 : 1.5)]
    set yrange [(bowl ? -4 : -0.4):(bowl ? 4 : 1.6)]
    X(r, t) = bowl ? sqrt(2) * r * cos(t) : 1 + r * cos(t)
    Y(r, t) = bowl ? sqrt(2) * r / 5 * sin(t) : X(r, t)**2 + r / 10 * sin(t)
    plot for [i=0:6] X(bowl ? 1 + 2 * i : 2**(i - 2), t), Y(bowl ? 1 + 2 * i : 2**(i - 2), t) \
            lc rgb '#d0d0d0' lw 1 notitle, \
        for [c=0:2] file using first+2*c:first+2*c+1 with linespoints \
            lt c+1 lw 3-c pt 7 ps 1-0.2*c pi (bowl ? 1 : 100) title columnhead(first+2*c)
}
unset multiplot
