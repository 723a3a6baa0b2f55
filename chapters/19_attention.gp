# Whom each token of an answer listens to: <task>_attention.csv, a map for each head.
file = name.'.csv'
stats file using 1 name 'heads' nooutput
stats file using 2 name 'said' nooutput
stats file using 3 name 'heard' nooutput
heard_max = int(heard_max)
heads = int(heads_max) + 1
size = int((said_max + 1)*(heard_max + 1))
symbol(n) = n == 10 ? '+' : sprintf('%d', int(n))
set multiplot layout (heads > 2 ? 2 : 1),2 title \
    'Which token of the question each token of the answer listens to, in the last layer'
set palette defined (0 'white', 1 'dark-blue')
set cbrange [0:1]
unset key
unset grid
unset tics
set xtics scale 0
set ytics scale 0
set cbtics 0,0.5,1
set cblabel 'weight'
set xrange [-0.5:heard_max + 0.5]
set yrange [said_max + 0.5:-0.5]
set size ratio -1
set xlabel 'question'
do for [h=0:heads - 1] {
    set title sprintf('head %d', h)
    set ylabel (h % 2 ? ' ' : 'answer, from the top')
    plot file every ::h*size::h*size + size - 1 \
        using 3:2:4:xticlabels(symbol($6)):yticlabels(symbol($5)) with image
}
unset multiplot
