/* 18_recurrent_learning.h: RNN, LSTM and GRU learn names, side by side. */
#ifndef CHAPTER_18_RECURRENT_LEARNING_H
#define CHAPTER_18_RECURRENT_LEARNING_H

#include "18_recurrent_names.h"
#include "workbook/interrupt.h"

/* The options of this chapter's own. */
enum { TASK_CHOICE, CELL_CHOICE, UNITS_CHOICE };
static Choice choices[] = {
    {.name = "task", .meaning = "what is learnt", .words = {"all", "adding", "clipping", "names"}},
    {.name = "cell", .meaning = "... names by which cell", .words = {"all", "rnn", "lstm", "gru"}},
    {.name = "units", .meaning = "... of how many units", .normal = 64, .least = 1, .most = 1024},
    {0}};

enum { READERS = 3, ROWS = 50 };

/* Those that read the same names. */
typedef struct {
    const Data *data;
    int count;
    Pupil pupil[READERS];
    Loader loader;
    Letters letters;
    long read; /* letters so far */
} Class;

static inline bool is_chosen(Cell cell)
{
    static const char *const words[] = {"rnn", "lstm", "gru"};
    return !strcmp(choices[CELL_CHOICE].word, "all") ||
           !strcmp(choices[CELL_CHOICE].word, words[cell]);
}

/* The one that is kept: the LSTM, if it is among them. */
static inline Net *kept_of(Class *class)
{
    for (int k = 0; k < class->count; k++)
        if (class->pupil[k].net->cell == LSTM)
            return class->pupil[k].net;
    return class->pupil[0].net;
}

/* A network starts as it does alone, whoever learns beside it. */
static inline void class_begin(Class *class, const Options *options, const Data *data)
{
    const int v = data->names.vocab.size, units = (int)choices[UNITS_CHOICE].number;
    *class = (Class){.data = data};
    for (Cell cell = RNN; cell <= GRU; cell++) {
        if (!is_chosen(cell))
            continue;
        Rng rng;
        Pupil *p = &class->pupil[class->count++];
        rng_seed(&rng, options->seed);
        pupil_begin(p, cells[cell].name,
                    net_new(&rng, cell, v, EMBEDDING, units, v, !options->faster));
        optim_adamw(p->optim, adamw_defaults(options->lr));
        optim_add(p->optim, p->n, p->parameters);
    }
    class->loader = loader_new(
        &data->train,
        (LoaderOptions){.batch = options->batch, .shuffle = true, .seed = options->seed});
    class->letters = letters_new(options->batch, data->train.x_size);
}

static inline void class_free(Class *class)
{
    for (int k = 0; k < class->count; k++)
        pupil_free(&class->pupil[k]);
    loader_free(&class->loader);
    letters_free(&class->letters);
}

static inline State *class_state(Class *class)
{
    State *state = state_new();
    for (int k = 0; k < class->count; k++)
        pupil_state(state, &class->pupil[k], k);
    state_loader(state, "loader", &class->loader);
    state_longs(state, "read", ag_shape(0), &class->read);
    state_vocab(state, &class->data->names.vocab);
    return state;
}

/* -- learning -----------------------------------------------------------------------------------
 */

static const double names_most = 1; /* what the gradient is clipped to */

/* All of them on the next names. */
static inline void class_step(Class *class, Training *t, double lr)
{
    double mean = 0;
    letters_next(&class->letters, &class->loader);
    class->read += class->letters.out.total;
    for (int k = 0; k < class->count; k++) {
        Pupil *p = &class->pupil[k];
        optim_set_lr(p->optim, 0, lr);
        mean += pupil_back(p, letters_loss(p->net, &class->letters), names_most) / class->count;
        if (k == class->count - 1)
            training_loss_tensors(t, mean, lr, p->n, p->parameters);
        pupil_step(p);
    }
}

/* The losses since the latest row and, now and then, those on the dev part. */
static inline void class_row(Class *class, Training *t)
{
    double row[2 + 2 * READERS] = {(double)t->step, (double)class->read};
    const bool eval = training_eval_due(t);
    for (int k = 0; k < 2 * READERS; k++)
        row[2 + k] = RUNLOG_NONE;
    for (int k = 0; k < class->count; k++) {
        Pupil *p = &class->pupil[k];
        row[2 + p->net->cell] = pupil_mean(p);
        if (eval)
            row[2 + READERS + p->net->cell] = names_loss(p->net, &class->data->dev);
    }
    training_mean(t);
    training_row(t, row);
}

static inline TrainingEnd class_train(Class *class, const Options *options)
{
    Training t;
    State *state = class_state(class);
    TrainingEnd end = NOT_LOGGED;
    if (training_begin(&t, options, "loss",
                       "step,letters,RNN [nats a letter],LSTM [nats a letter],GRU [nats a letter],"
                       "RNN dev [nats a letter],LSTM dev [nats a letter],GRU dev [nats a letter]",
                       options->steps, options->steps / ROWS + 1) &&
        training_keep(&t, state)) {
        training_epoch(&t, loader_batches(&class->loader));
        while (training_next(&t)) {
            class_step(class, &t, t.step <= options->steps / 2 ? options->lr : options->lr / 10);
            if (training_row_due(&t))
                class_row(class, &t);
        }
        end = training_end(&t);
    }
    state_free(state);
    return end;
}

/* -- what has come of it ------------------------------------------------------------------------
 */

/* Of the names that were learnt from the first are enough, as many as there are to develop on. */
static inline void report_on(const Options *options, const Net *net, const Data *data)
{
    Rng rng;
    Dataset train = data->train;
    train.length = data->dev.length < train.length ? data->dev.length : train.length;
    rng_seed(&rng, options->seed);
    printf("  %-4s of %ld parameters: train %.4f, dev %.4f, test %.4f\n", cells[net->cell].name,
           nn_size(&net->module), names_loss(net, &train), names_loss(net, &data->dev),
           names_loss(net, &data->test));
    make_names_up(options, &rng, net, &data->names.vocab);
}

static inline void class_report(const Options *options, const Class *class)
{
    const int v = class->data->names.vocab.size;
    printf("Nats a letter, the end mark among them (ln %d = %.3f is chance), and names:\n", v,
           log((double)v));
    for (int k = 0; k < class->count; k++)
        report_on(options, class->pupil[k].net, class->data);
}

static const char gates_script[] = "set xlabel 'letter that is read'\n"
                                   "set ylabel 'unit, in the order of their means'\n"
                                   "set cbrange [0:1]\n"
                                   "set palette gray\n"
                                   "set cblabel 'f: 1 keeps the state, 0 forgets it'\n"
                                   "set title 'The forget gates of an LSTM'\n"
                                   "unset key\n"
                                   "unset grid\n"
                                   "set autoscale fix\n"
                                   "plot 'gates.csv' using 1:2:3 with image\n";

/* The longest name of the part to develop on, of those the last. */
static inline const real *longest_name(const Dataset *dev)
{
    int longest = 0;
    for (int i = 1; i < dev->length; i++)
        if (dev->x[(ptrdiff_t)(i + 1) * dev->x_size - 1] != SEQUENCE_PADDING)
            longest = i;
    return dev->x + (ptrdiff_t)longest * dev->x_size;
}

/* f (letters, m): the forget gates while at most `size` letters are read. Returns how many were. */
static inline int gates_read(const Net *net, int size, const real *name, real *f)
{
    const RecurrentWeights w = weights_of(net->layer);
    const int m = w.w_hh->shape.dim[1];
    Memory memory = nothing_read(net);
    int s = 0;
    for (; s < size && (int)name[s] != SEQUENCE_PADDING; s++) {
        const int letter = (int)name[s];
        Tensor *A = times(nn_embed(net->embedding, ag_shape(1, 1), &letter), w.w_ih, w.b_ih);
        Tensor *Z = ag_add(A, times(memory.h, w.w_hh, w.b_hh));
        for (int j = 0; j < m; j++)
            f[s * m + j] = 1 / (1 + exp(-Z->data[m + j]));
        memory = cell_step(LSTM, &w, A, memory);
    }
    return s;
}

/* The units in the order of their mean gates. */
static inline void order_units(int letters, int m, const real *f, int order[m])
{
    for (int j = 0; j < m; j++) {
        int place = 0;
        for (int other = 0; other < m; other++) {
            real difference = 0;
            for (int s = 0; s < letters; s++)
                difference += f[s * m + other] - f[s * m + j];
            place += difference < 0 || (difference == 0 && other < j);
        }
        order[place] = j;
    }
}

/* gates.csv: the forget gates of an LSTM while it reads a name, as a picture. */
static inline bool draw_gates(const Options *options, const Net *net, const Data *data)
{
    const int m = weights_of(net->layer).w_hh->shape.dim[1], size = data->dev.x_size;
    const real *name = longest_name(&data->dev);
    char script[2048] = "set xtics (", text[NAME_SIZE];
    RunLog log;
    if (!runlog_open(&log, options->out, "gates", "letter,unit,f"))
        return false;
    ag_no_grad_begin();
    real *f = ag_alloc_reals(size * m);
    const int letters = gates_read(net, size, name, f);
    int order[m];
    order_units(letters, m, f, order);
    for (int s = 0; s < letters; s++) {
        const int letter = (int)name[s];
        for (int j = 0; j < m; j++)
            runlog_row(&log, (double[]){s, j, (double)f[s * m + order[j]]});
        snprintf(script + strlen(script), sizeof script - strlen(script), "%s'%s' %d",
                 s ? ", " : "", vocab_text(&data->names.vocab, 1, &letter, text), s);
    }
    ag_no_grad_end();
    ag_reset();
    snprintf(script + strlen(script), sizeof script - strlen(script), ")\n%s", gates_script);
    return runlog_close(&log) && plot_draw(options, "gates", script);
}

/* Trains them, saves one, and says what they have learnt. */
static inline bool train_and_report(const Options *options, const Data *data)
{
    Class class;
    class_begin(&class, options, data);
    Net *kept = kept_of(&class);
    const double start = seconds_now();
    printf("\n%s: %d names, %d to train on, %d dev, %d test\n", options->data, data->names.count,
           data->train.length, data->dev.length, data->test.length);
    const TrainingEnd end = class_train(&class, options);
    if (end == TRAINED)
        printf("%ld steps of %d names in %s, %.1f s\n", options->steps, options->batch, REAL_NAME,
               seconds_now() - start);
    if (end == TRAINED || end == INTERRUPTED)
        class_report(options, &class);
    State *model = state_new();
    nn_state(model, "", &kept->module);
    state_vocab(model, &data->names.vocab);
    const bool done =
        end != NOT_LOGGED &&
        training_succeeded(end, plot_draw_file(options, "loss", "chapters/18_loss.gp")) &&
        state_save(model, options->save) && (kept->cell != LSTM || draw_gates(options, kept, data));
    state_free(model);
    class_free(&class);
    return done;
}

/* Takes one from a file and says what it has learnt. */
static inline bool load_and_report(const Options *options, const Data *data)
{
    Class class;
    class_begin(&class, options, data);
    Net *kept = kept_of(&class);
    State *model = state_new();
    nn_state(model, "", &kept->module);
    state_vocab(model, &data->names.vocab);
    const bool loaded = state_load(model, options->load, true);
    if (loaded)
        report_on(options, kept, data);
    state_free(model);
    class_free(&class);
    return loaded;
}

#endif
