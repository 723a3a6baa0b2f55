/* autograd.h: the whole of the autograd library. */
#ifndef AUTOGRAD_AUTOGRAD_H
#define AUTOGRAD_AUTOGRAD_H

#include "autograd/compare.h"
#include "autograd/numeric.h"
#include "autograd/ops.h"
#include "autograd/tape.h"
#include "autograd/tensor.h"

#endif
