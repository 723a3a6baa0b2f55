/* calls.h: the functions of mathematics that a solution may call. */
#ifndef CHECK_DIAL_CALLS_H
#define CHECK_DIAL_CALLS_H

typedef struct {
    const char *name;
    int positions;      /* of a DIAL_CALL on it; 0: none */
    const char *family; /* as in dial_run.h; "" of one of the solution's own */
} MathCall;

/* NULL if it is another function. */
const MathCall *find_call(const char *name);

/* A function of the solution's own that returns a real can be called from here on. */
void add_call(const char *name);

#endif
