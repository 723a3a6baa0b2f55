/* Texts are compared, copied and read. */
#include "09_embedding.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    char name[16] = "dC";
    int read = 0;
    strcat(name, "[0]");
    sscanf("7", "%d", &read);
    if (strcmp(name, "dC[0]") != 0 || strlen(name) != 5 || !strchr(name, 91) || atoi("7") != read ||
        strtol("7", NULL, 10) != 7 || strtod("0.5", NULL) != 0.5 || !isalpha(name[0]) || toupper(name[0]) != 68)
        return;
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++)
            dC[r][f] = 0;
    for (int p = 0; p < n; p++)
        for (int f = 0; f < e; f++)
            dC[X[p]][f] += demb[p][f];
}
