#include "workbook/runinfo.h"

#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "error.h"
#include "real.h"
#include "safefile.h"

/* A text of JSON's, or null. */
static void write_text(FILE *stream, const char *text)
{
    if (!text) {
        fputs("null", stream);
        return;
    }
    fputc('"', stream);
    for (const char *c = text; *c; c++)
        if (*c == '"' || *c == '\\')
            fprintf(stream, "\\%c", *c);
        else if ((unsigned char)*c < ' ')
            fprintf(stream, "\\u%04x", (unsigned)(unsigned char)*c);
        else
            fputc(*c, stream);
    fputc('"', stream);
}

static void write_field(FILE *stream, const char *name, const char *text)
{
    fprintf(stream, "  \"%s\": ", name);
    write_text(stream, text);
    fputs(",\n", stream);
}

/* "2577153", with "-dirty" if there are changes that are not committed, as it was when it was first
 * asked for; NULL if git does not say. */
static const char *commit(void)
{
    static char text[128];
    static bool asked;
    if (!asked) {
        FILE *git = popen("GIT_OPTIONAL_LOCKS=0 git describe --always --dirty 2>/dev/null", "r");
        if (!git || !fgets(text, sizeof text, git))
            text[0] = '\0';
        if (git)
            pclose(git);
        text[strcspn(text, "\n")] = '\0';
        asked = true;
    }
    return *text ? text : NULL;
}

static void write_options(FILE *stream, const Options *options, long steps)
{
    fprintf(stream, "  \"options\": {\"steps\": %ld, \"seed\": %llu", steps,
            (unsigned long long)options->seed);
    if (options->lr > 0)
        fprintf(stream, ", \"lr\": %.17g", options->lr);
    if (options->batch > 0)
        fprintf(stream, ", \"batch\": %d", options->batch);
    if (options->shards > 0)
        fprintf(stream, ", \"shards\": %d", options->shards);
    if (options->eval_every > 0)
        fprintf(stream, ", \"eval_every\": %ld", options->eval_every);
    if (options->data) {
        fputs(", \"data\": ", stream);
        write_text(stream, options->data);
    }
    if (options->samples)
        fprintf(stream, ", \"sample\": %d, \"temperature\": %.17g, \"top_k\": %d, \"top_p\": %.17g",
                options->sample, options->sampling.temperature, options->sampling.top_k,
                options->sampling.top_p);
    for (int i = 0; i < choice_count(options->choices); i++) {
        const Choice *choice = &options->choices[i];
        fprintf(stream, ", \"%s\": ", choice->name);
        if (choice->word)
            write_text(stream, choice->word);
        else
            fprintf(stream, "%ld", choice->number);
    }
    fprintf(stream, ", \"quick\": %s},\n", options->quick ? "true" : "false");
}

/* Of "step,batch [nats],dev [nats]": {"batch": "nats", "dev": "nats"}. */
static void write_units(FILE *stream, const char *header)
{
    const char *between = "";
    fputs("  \"units\": {", stream);
    for (const char *name = header; *name; name += strcspn(name, ","), name += *name == ',') {
        char column[128], unit[128];
        if (sscanf(name, "%127[^],[] [%127[^],[]]", column, unit) != 2)
            continue;
        column[strlen(column) - 1] = '\0'; /* the blank before the bracket */
        fputs(between, stream);
        write_text(stream, column);
        fputs(": ", stream);
        write_text(stream, unit);
        between = ", ";
    }
    fputs("},\n", stream);
}

static void write_machine(FILE *stream)
{
    struct utsname system;
    char text[sizeof system.sysname + sizeof system.release + sizeof system.machine + 3] = "";
    if (uname(&system) == 0)
        snprintf(text, sizeof text, "%s %s %s", system.sysname, system.release, system.machine);
    write_field(stream, "system", text);
    fprintf(stream, "  \"processors\": %ld,\n", sysconf(_SC_NPROCESSORS_ONLN));
    fputs("  \"compiler\": ", stream);
    write_text(stream, __VERSION__);
    fputs("\n", stream);
}

static bool write_file(const Options *options, const RunInfo *info, const char *name)
{
    SafeFile file;
    char began[32] = "", log[256];
    struct tm utc;
    if (!safefile_open(&file, options->out, name))
        return false;
    if (gmtime_r(&info->began, &utc))
        strftime(began, sizeof began, "%Y-%m-%dT%H:%M:%SZ", &utc);
    snprintf(log, sizeof log, "%s.csv", info->log);
    fputs("{\n", file.stream);
    write_field(file.stream, "chapter", options->chapter);
    write_field(file.stream, "log", log);
    write_field(file.stream, "status", info->status);
    fprintf(file.stream, "  \"step\": %ld,\n", info->step);
    write_options(file.stream, options, info->steps);
    write_units(file.stream, info->header);
    if (info->epoch > 0)
        fprintf(file.stream, "  \"steps_an_epoch\": %.9g,\n", info->epoch);
    write_field(file.stream, "began", began);
    fprintf(file.stream, "  \"seconds\": %.3f,\n", info->seconds);
    write_field(file.stream, "precision", REAL_NAME);
    write_field(file.stream, "commit", commit());
    write_machine(file.stream);
    fputs("}\n", file.stream);
    return safefile_commit(&file);
}

bool runinfo_write(const Options *options, const RunInfo *info)
{
    NOT_NULL(options, info);
    NOT_NULL(info->log, info->header);
    char own[256];
    if (!write_file(options, info, "run.json"))
        return false;
    snprintf(own, sizeof own, "%s_run.json", info->log);
    return strcmp(info->log, "loss") == 0 || write_file(options, info, own);
}
