# overlay.gp: the loss curves of several runs in one picture.
#     RUNS='build/10_makemore_mlp build/slow' gnuplot lib/workbook/overlay.gp
runs = system('printf %s "$RUNS"')
# Not to be taken for a pipe, as a name that begins with < would be.
log_of(run) = (run[1:1] eq '/' ? '' : './').run.'/loss.csv'
set terminal pngcairo size 1000,650 font 'sans,13' background 'white'
set output 'build/overlay.png'
set datafile separator ','
set grid linecolor rgb '#dddddd'
set border 3
set tics nomirror
set xlabel 'step'
set ylabel 'loss of the batches'
set key top right
# Where a loss is no number, a cross at the last one above it.
last_number = NaN
is_number(c) = !strlen(strcol(c)) || !strstrt('nan inf -inf', strcol(c))
no_number(c) = is_number(c) ? (last_number = valid(c) ? column(c) : last_number, NaN) : last_number
plot for [run in runs] log_of(run) using 1:2 with lines linewidth 2 title run noenhanced, \
     for [run in runs] log_of(run) using 1:(no_number(2)) with points pt 2 ps 2 lw 2 lc rgb '#cc0000' notitle
