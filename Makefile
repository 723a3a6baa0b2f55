# The backprop workbook. `make help` lists what there is to type.
# Everything built goes under build/. A chapter, a test, a source file is found by its name: adding
# one changes nothing here.

.DEFAULT_GOAL := all
SHELL := bash
.DELETE_ON_ERROR:
.SECONDARY:

chapters := $(sort $(basename $(notdir $(wildcard chapters/[0-9][0-9]_*.c))))
lib_sources := $(wildcard lib/*.c lib/*/*.c)
lib_tests := $(basename $(wildcard tests/lib/test_*.c))
chapter_tests := $(basename $(wildcard tests/chapters/test_*.c))
check_tests := $(patsubst %.c,build/%,$(subst tests/check,check/tests,$(wildcard tests/check/test_*.c)))
test_support := $(filter-out tests/lib/test_%,$(wildcard tests/lib/*.c))
c_files := $(wildcard chapters/*.[ch] exercises/*.[ch] solutions/*.c lib/*.[ch] lib/*/*.[ch] \
                      tests/*/*.[ch])
jobs := $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)

# -- compiler -----------------------------------------------------------------------------------
# CC=clang, or PORTABLE=1 (any machine of this architecture, not just this one), need a `make clean`
# before them.

compiles = $(shell printf 'int main(void){return 0;}' | \
             $(CC) $(1) -x c - -o /dev/null 2>/dev/null && echo $(1))

ifndef PORTABLE
  native := $(or $(call compiles,-march=native),$(call compiles,-mcpu=native))
endif
openmp := $(call compiles,-fopenmp)

CFLAGS ?= -O3 -g
ALL_CFLAGS := -std=gnu11 -Wall -Wextra -Wshadow -Wstrict-prototypes $(CFLAGS) \
              -fno-math-errno -fno-trapping-math -Ilib
LDLIBS := -lm

# Gradients are checked in double, models are trained in float, and tests run once more sanitized.
flags_double := $(native) $(openmp)
flags_float := $(native) $(openmp) -DREAL_IS_FLOAT
flags_sanitized := -O1 -fsanitize=address,undefined -fno-sanitize-recover=all \
                   -fno-omit-frame-pointer
variants := double float sanitized

# The answers that a chapter is to be trained with, if FROM was given: make run-10 FROM=exercises.
own := $(if $(filter-out file undefined,$(origin FROM)),$(FROM:%/=%))
answers := $(subst /,_,$(own))

define variant_rules
build/$(1)/%.o: %.c Makefile
	@mkdir -p $$(@D)
	$$(quiet)$$(CC) $$(ALL_CFLAGS) $$(flags_$(1)) -MMD -MP -c $$< -o $$@

build/$(1)/libworkbook.a: $$(lib_sources:%.c=build/$(1)/%.o)
	@rm -f $$@
	$$(quiet)$$(AR) rcs $$@ $$^

build/$(1)/chapters/%: build/$(1)/chapters/%.o build/$(1)/libworkbook.a
	$$(quiet)$$(CC) $$(ALL_CFLAGS) $$(flags_$(1)) $$^ $$(LDLIBS) -o $$@

build/$(1)/tests/%: build/$(1)/tests/%.o $$(test_support:%.c=build/$(1)/%.o) \
                    build/$(1)/libworkbook.a
	$$(quiet)$$(CC) $$(ALL_CFLAGS) $$(flags_$(1)) $$^ -lcmocka $$(LDLIBS) -o $$@

build/$(1)/from/$(answers)/%: build/$(1)/tests/train/%.o $(own)/%.c exercises/%.h \
                             build/$(1)/libworkbook.a
	@mkdir -p $$(@D)
	$$(quiet)$$(CC) $$(ALL_CFLAGS) $$(flags_$(1)) -Iexercises -Wno-shadow -Wno-unused-parameter \
	    $$(filter-out %.h,$$^) $$(LDLIBS) -o $$@

programs-$(1): $$(chapters:%=build/$(1)/chapters/%)
tests-$(1): $$(lib_tests:%=build/$(1)/%)
endef
$(foreach v,$(variants),$(eval $(call variant_rules,$(v))))

# V=1 shows the compiler's command lines.
quiet := $(if $(V),,@)
silent := --no-print-directory $(if $(V),,-s)

-include $(shell find build -name '*.d' 2>/dev/null)

# -- the two commands ---------------------------------------------------------------------------

all: ## build everything, check every gradient, train the names model, draw the pictures
	@$(MAKE) $(silent) deps FOR=gnuplot
	@echo "building with $(CC) ..."
	@$(MAKE) $(silent) -j$(jobs) programs-double programs-float
	@for chapter in $(chapters); do \
	    $(MAKE) $(silent) run-$${chapter%%_*} || exit; done

test: ## every test: library, chapters, lessons; twice, the second time under sanitizers
	@$(MAKE) $(silent) deps FOR='cmocka gnuplot bubblewrap'
	@echo "building with $(CC) ..."
	@$(MAKE) $(silent) -j$(jobs) test-programs
	@$(MAKE) $(silent) -j$(jobs) -f tests/check/Makefile check-tests
	@tests/run $(foreach v,$(variants),$(lib_tests:%=build/$(v)/%)) \
	           $(chapter_tests:%=build/double/%) $(check_tests) $(learn_tests) $(grade_tests) \
           $(cross_tests)

test-programs: $(variants:%=programs-%) $(variants:%=tests-%) $(chapter_tests:%=build/double/%)

deps: ## install the packages that are missing, or print the command that does
	@CC='$(CC)' tests/deps $(FOR)

FOR ?= cmocka gnuplot graphviz

# -- chapters -----------------------------------------------------------------------------------

# A chapter's gradients are checked in double. One that trains (it keeps a progress line) goes on in
# float. OPTIONS go to the program: make run-10 OPTIONS='--steps 200000 --lr 0.05'. With FROM, its
# backward pass is made of the answers in that folder (tests/train).
run-%: ## run one chapter: make run-10 OPTIONS='--lr 0.05 --out build/slow'; FROM=exercises: train with yours
	$(eval chapter := $(filter $*_%,$(chapters)))
	$(eval program := $(if $(own),from/$(answers),chapters)/$(chapter))
	@test -n "$(chapter)" || { echo "make run-$*: there is no chapter $*"; exit 2; }
	@test -z "$(own)" -o -e "tests/train/$(chapter).c" || \
	    { echo "make run-$* FROM=$(own): this chapter cannot be run with your own functions"; exit 2; }
	@test -z "$(own)" -o -e "$(own)/$(chapter).c" || \
	    { echo "make run-$* FROM=$(own): there is no $(own)/$(chapter).c"; exit 2; }
	@$(MAKE) $(silent) -j$(jobs) build/double/$(program) build/float/$(program)
	@printf '\n== %s ==\n\n' '$(chapter)$(if $(own), with the functions of $(own))'
	@if grep -q progress_begin chapters/$(chapter).c; then \
	    build/double/$(program) --steps 0 && \
	    printf '\n-- and in float --\n\n' && \
	    build/float/$(program) $(if $(own),--out build/$(chapter)_$(answers)) $(OPTIONS); \
	else build/double/$(program) $(OPTIONS); fi

plots: ## draw all pictures again; RUNS='build/a build/b' draws their loss curves in one picture
ifdef RUNS
	@gnuplot -e "runs='$(RUNS)'" lib/workbook/overlay.gp && echo "picture: build/overlay.png"
else
	@for script in build/*/*.gp; do echo "$$script" && gnuplot "$$script" || exit; done
endif

data: ## fetch the long list of names (32,033) to build/data/names.txt
	@mkdir -p build/data
	@command -v curl >/dev/null || { echo "make data needs curl"; exit 1; }
	curl -fL --progress-bar -o build/data/names.txt.part '$(NAMES_URL)'
	@sum=$$( (sha256sum build/data/names.txt.part || shasum -a 256 build/data/names.txt.part) 2>/dev/null); \
	[ "$${sum%% *}" = $(NAMES_SHA256) ] || { rm build/data/names.txt.part; \
	    echo "$(NAMES_URL): this is not the list of names that was expected"; exit 1; }
	@mv build/data/names.txt.part build/data/names.txt
	@echo "build/data/names.txt: now try make run-10 OPTIONS='--data build/data/names.txt --steps 200000'"

NAMES_SHA256 := 0a30b5557f192f32ab962680889aac5f6fda0f4cecf40a6d0b5694f58ea8cc4d
NAMES_URL ?= https://raw.githubusercontent.com/karpathy/makemore/master/names.txt

# -- exercises ----------------------------------------------------------------------------------

# make itself can only say "not right"; tests/check/check has a status of its own for "does not
# compile".
FROM ?= exercises
check := CC='$(CC)' MAKE='$(MAKE)' tests/check/check --from '$(FROM)' $(if $(SEED),--seed $(SEED)) \
         $(if $(TABLE),--table)

check: ## check all exercises; FROM=solutions or any folder; TABLE=1 tries the listed mistakes
	@$(check)

check-%: ## check the exercises of one chapter: make check-09, make check-09 FROM=solutions
	@$(check) $*

progress: ## how far you have come, chapter by chapter
	@$(guided)/progress '$(FROM)'

next: ## the next exercise to do: where it is and what is wanted
	@$(guided)/next '$(FROM)'

hint: ## a hint for it; each call shows one more
	@$(guided)/hint '$(FROM)'

reset-%: ## put one chapter's exercises back as they came: make reset-09 (yours are kept)
	@tests/check/reset $*

guided := CC='$(CC)' MAKE='$(MAKE)' tests/check

# -- learn --------------------------------------------------------------------------------------

learn_objects := $(patsubst %.c,build/double/%.o,lib/error.c lib/workbook/terminal.c \
                   $(filter-out tests/learn/test_%,$(wildcard tests/learn/*.c)))
build/learn/learn: $(learn_objects)
	@mkdir -p $(@D)
	$(quiet)$(CC) $(ALL_CFLAGS) $^ -o $@

learn: build/learn/learn ## work through the exercises: each is checked whenever you save it
	@CC='$(CC)' MAKE='$(MAKE)' $< '$(FROM)'

learn_tests := build/double/tests/learn/test_learn
test-programs: build/learn/learn $(learn_tests)

# -- grading ------------------------------------------------------------------------------------

grade: ## marks: SUBMISSION=folder, or SUBMISSIONS=folder of such; OUT=folder SEED=n WEIGHTS=file
	@CC='$(CC)' MAKE='$(MAKE)' tests/grade/grade $(if $(SUBMISSION),--submission '$(SUBMISSION)') \
	    $(if $(SUBMISSIONS),--submissions '$(SUBMISSIONS)') $(if $(OUT),--out '$(OUT)') \
	    $(if $(SEED),--seed '$(SEED)') $(if $(WEIGHTS),--weights '$(WEIGHTS)')

autograder: ## what Gradescope needs to do the same, as a zip file; SEED=n
	@tests/grade/autograder/pack $(SEED)

grade_tests := build/grade/test_grade

# -- another machine ----------------------------------------------------------------------------

cross-arm64: ## build the book for arm64 and try it all under qemu, on whatever machine this is
	@$(MAKE) $(silent) deps FOR=cross
	@$(MAKE) $(silent) -f tests/cross/Makefile cmocka || echo "the library's tests are left out"
	@tests/cross/test_arm64

cross_tests := build/cross/test_arm64

test-programs: $(grade_tests) $(cross_tests)
$(grade_tests) $(cross_tests): build/%: tests/%
	@mkdir -p $(@D)
	@cp $< $@

# -- for those who work on the book -------------------------------------------------------------

golden: ## write PyTorch's own numbers anew (needs python3-torch)
	@for script in tests/golden/*.py; do $(PYTHON) -B "$$script" || exit; done

PYTHON ?= /usr/bin/python3

bench_sources := $(wildcard tests/bench/*.c)
build/float/tests/bench/bench: $(bench_sources:%.c=build/float/%.o) build/float/libworkbook.a
	$(quiet)$(CC) $(ALL_CFLAGS) $(flags_float) $^ $(LDLIBS) -ldl -o $@

bench: build/float/tests/bench/bench ## measure speed, beside PyTorch and OpenBLAS where installed
	@$(MAKE) $(silent) -j$(jobs) programs-double programs-float
	@PYTHON='$(PYTHON)' $< '$(CC) $(ALL_CFLAGS) $(flags_float)'

lint: ## clang-format, clang-tidy, which room may use which, and what not every system knows
	@clang-format --dry-run -Werror $(c_files)
	@tests/arrows
	@tests/portable
	@printf '%s\n' $(filter %.c,$(c_files)) | \
	    xargs -P$(jobs) -I{} clang-tidy --quiet {} -- -std=gnu11 -Ilib -Iexercises \
	        -Itests/check 2>/dev/null
	@echo "lint: clean"

format: ## clang-format all C files in place
	clang-format -i $(c_files)

clean: ## remove everything that was built
	rm -rf build

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9%-]+:.*## / { sub(/%/, "NN", $$1); printf "  make %-11s  %s\n", $$1, $$2 }' \
	    Makefile

.PHONY: cross-arm64 grade autograder learn check progress next hint all test test-programs plots data golden bench lint format clean help deps
