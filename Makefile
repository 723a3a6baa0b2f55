# The backprop workbook. `make help` lists what there is to type.
# Everything built goes under build/; a chapter is found by its name, so none is listed here.

.DEFAULT_GOAL := all
SHELL := /bin/bash
.DELETE_ON_ERROR:
.SECONDARY:

chapters := $(sort $(basename $(notdir $(wildcard chapters/[0-9][0-9]_*.c))))
lib_sources := $(wildcard lib/*.c lib/*/*.c)
lib_tests := $(sort $(basename $(notdir $(wildcard tests/lib/test_*.c))))
test_support := $(filter-out tests/lib/test_%,$(wildcard tests/lib/*.c))

# -- compiler ---------------------------------------------------------------------------------
# PORTABLE=1 builds for any machine of this architecture instead of for this one.
# BUILD_TYPE variants: double (gradients are checked in it), float (training), sanitized.

compiles = $(shell printf 'int main(void){return 0;}' | \
             $(CC) $(1) -x c - -o /dev/null 2>/dev/null && echo $(1))

ifndef PORTABLE
  native := $(or $(call compiles,-march=native),$(call compiles,-mcpu=native))
endif
openmp := $(call compiles,-fopenmp)

STANDARD := -std=gnu11 -Wall -Wextra -Wshadow -Wstrict-prototypes
CFLAGS ?= -O3 -g
ALL_CFLAGS := $(STANDARD) $(CFLAGS) -fno-math-errno -fno-trapping-math -Ilib
LDLIBS := -lm

flags_double := $(native) $(openmp)
flags_float := $(native) $(openmp) -DREAL_IS_FLOAT
flags_sanitized := -O1 -fsanitize=address,undefined -fno-sanitize-recover=all \
                   -fno-omit-frame-pointer
variants := double float sanitized

# What is built once per variant: objects, the library, one program per chapter and per test.
define variant_rules
build/$(1)/%.o: %.c Makefile
	@mkdir -p $$(@D)
	$$(CC) $$(ALL_CFLAGS) $$(flags_$(1)) -MMD -MP -c $$< -o $$@

build/$(1)/libworkbook.a: $$(lib_sources:%.c=build/$(1)/%.o)
	@rm -f $$@
	$$(AR) rcs $$@ $$^

build/$(1)/chapters/%: build/$(1)/chapters/%.o build/$(1)/libworkbook.a
	$$(CC) $$(ALL_CFLAGS) $$(flags_$(1)) $$^ $$(LDLIBS) -o $$@

build/$(1)/tests/lib/%: build/$(1)/tests/lib/%.o $$(test_support:%.c=build/$(1)/%.o) \
                        build/$(1)/libworkbook.a
	$$(CC) $$(ALL_CFLAGS) $$(flags_$(1)) $$^ -lcmocka $$(LDLIBS) -o $$@
endef
$(foreach v,$(variants),$(eval $(call variant_rules,$(v))))

-include $(shell find build -name '*.d' 2>/dev/null)
