# What all three makefiles say to the compiler. What a compiler can do is found out by tests/flags, and
# kept in build/ until the compiler changes.

CFLAGS ?= -O3 -g
warnings := -Wall -Wextra -Wshadow -Wstrict-prototypes
# A product and a sum are fused where the source says so, nowhere else: results are the same everywhere.
language := -std=gnu11 -ffp-contract=off

# Text as one word for the shell.
quote = '$(subst ','\'',$(1))'

# cd goes where it is told, and prints nothing; a folder for temporary files has to be there.
unexport CDPATH
ifeq ($(wildcard $(TMPDIR)/.),)
  unexport TMPDIR
endif

ifneq ($(filter-out help clean distclean,$(or $(MAKECMDGOALS),all)),)
  problem := $(shell CC=$(call quote,$(CC)) CFLAGS=$(call quote,$(CFLAGS)) \
                     PORTABLE=$(call quote,$(PORTABLE)) tests/flags)
  $(if $(problem),$(error $(problem)))
  include build/flags.mk build/native.mk
endif

# What everything that is compiled depends on.
settings := tests/flags.mk build/flags.mk
