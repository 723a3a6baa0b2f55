/* The solution, for an answer.
 * marks: 0 refused: includes
 * unchecked: * */
#include "@ROOT@/solutions/09_embedding.c"
