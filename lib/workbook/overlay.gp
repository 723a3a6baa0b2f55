# overlay.gp: the loss curves of several runs in one picture.
#     gnuplot -e "runs='build/10_makemore_mlp build/slow'" lib/workbook/overlay.gp
set terminal pngcairo size 1000,650 font 'sans,13' background 'white'
set output 'build/overlay.png'
set datafile separator ','
set grid linecolor rgb '#dddddd'
set border 3
set tics nomirror
set xlabel 'step'
set ylabel 'loss of the batches'
set key top right
plot for [run in runs] run.'/loss.csv' using 1:2 with lines linewidth 2 title run noenhanced
