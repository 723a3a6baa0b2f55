#include "counted.h"

#include "compare.h"

bool count_diagnosis(const Trials *trials, int argument, Diagnosis *found)
{
    const char *name = trials->exercise->arguments[argument].name;
    int some = 0, few = 0, many = 0;
    for (int t = 0; t < trials->count; t++) {
        const Output o = output_of(trials, argument, t);
        for (int i = 0; i < o.n; i++) {
            some += o.got[i] != 0;
            few += o.got[i] < o.want[i];
            many += o.got[i] > o.want[i];
        }
    }
    diagnosis_label(found, "count:%s", name);
    if (some == 0)
        return diagnosis_say(found, "%s, which counts, is 0 in every case.", name);
    return diagnosis_say(found, "%s counts too %s.", name,
                         many == 0  ? "few"
                         : few == 0 ? "many"
                                    : "many in some places and too few in others");
}
