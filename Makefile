# The backprop workbook. `make help` lists what there is to type.
# Everything built goes under build/. A chapter, a test, a source file is found by its name: adding
# one changes nothing here.

.DEFAULT_GOAL := all
SHELL := bash
.DELETE_ON_ERROR:
.SECONDARY:
.SUFFIXES:

chapters := $(sort $(basename $(notdir $(wildcard chapters/[0-9][0-9]_*.c))))
lib_sources := $(wildcard lib/*.c lib/*/*.c)
mpi_sources := $(wildcard lib/*/mpi/*.c)
lib_tests := $(basename $(wildcard tests/lib/test_*.c))
kernel_tests := $(filter $(lib_tests),$(patsubst lib/kernel/%.c,tests/lib/test_%,$(lib_sources)))
chapter_tests := $(basename $(wildcard tests/chapters/test_*.c))
check_tests := $(patsubst %.c,build/%,$(subst tests/check,check/tests,$(wildcard tests/check/test_*.c)))
test_support := $(filter-out tests/lib/test_%,$(wildcard tests/lib/*.c))
c_files := $(mpi_sources) $(wildcard chapters/*.[ch] exercises/*.[ch] solutions/*.c lib/*.[ch] lib/*/*.[ch] \
                      tests/*/*.[ch] tests/check/*/*.[ch] tests/grade/class/*.[ch])
jobs := $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)

# -- compiler -----------------------------------------------------------------------------------
# CC=clang, CFLAGS=..., PORTABLE=1 (any machine of this architecture, not just this one): what is
# built already is built again.

include tests/flags.mk

optional := $(png) $(zlib)
ALL_CFLAGS := $(language) $(warnings) $(CFLAGS) -fno-math-errno -fno-trapping-math $(threads) -Ilib \
              -iquote . $(include_path) $(filter -D%,$(optional))
LDLIBS := $(library_path) $(filter -l%,$(optional)) -lm
settings += Makefile build/native.mk

# Gradients are checked in double, models are trained in float, and tests run once more sanitized,
# where the compiler can.
flags_double := $(native) $(openmp)
flags_float := $(native) $(openmp) -DREAL_IS_FLOAT
flags_sanitized := -O1 $(sanitize)

# The kernels, their tests and the chapters are also made for every instruction set of x86-64 (v2 has
# SSE, v3 AVX2, v4 AVX-512), and run where the processor has it.
levels_of = $(foreach precision,double float,$(addprefix $(precision)-,$(1)))
define level_flags
flags_double-$(1) := -march=x86-64-$(1) $(openmp)
flags_float-$(1) := $$(flags_double-$(1)) -DREAL_IS_FLOAT
endef
$(foreach l,v2 v3 v4,$(eval $(call level_flags,$(l))))

# Programs whose loops can be sent to another processor, for chapters that have such loops.
flags_double-offload := $(native) $(offload) -DOFFLOAD
flags_float-offload := $(flags_double-offload) -DREAL_IS_FLOAT
sends_loops := $(if $(offload),$(shell grep -ls '^.pragma omp target' chapters/*.[ch]))
offloaded := $(foreach c,$(chapters),$(if $(filter chapters/$(firstword $(subst _, ,$(c)))_%,$(sends_loops)),$(c)))

every_variant := double float sanitized $(call levels_of,v2 v3 v4) double-offload float-offload
variants := double float $(if $(sanitize),sanitized)
variants_here := $(variants) $(call levels_of,$(levels_here))

# Chapters whose steps are their exercises: they include exercises/NN_name.h, and their program is linked
# with solutions/NN_name.o.
stepped := $(sort $(shell sed -n 's|^.include "exercises/\(.*\)\.h".*|\1|p' chapters/*.[ch]))

# Chapters that several processes can run together: make run-22 RANKS=4. What they are linked with then
# is the one file that knows of MPI, by MPI's compiler, which calls ours.
in_ranks := $(sort $(basename $(notdir $(shell grep -l ranks_begin chapters/*.c))))
MPICC ?= mpicc
mpicc := OMPI_CC=$(call quote,$(CC)) MPICH_CC=$(call quote,$(CC)) $(MPICC)
ranks := $(if $(filter-out file undefined,$(origin RANKS)),$(call quote,$(value RANKS)))

# The answers that take the place of the solutions, if FROM was given: make run-10 FROM=exercises.
# A folder may be called anything, so make sees a plainer name, and the shell a word in quotes.
dot := $(if $(filter -%,$(firstword $(value FROM))),./)
own := $(if $(filter-out file undefined,$(origin FROM)),$(call quote,$(dot)$(value FROM)))
answers := $(if $(own),$(shell . tests/check/common; from=$(own); from_name))

define variant_rules
build/$(1)/%.o: %.c $$(settings)
	@mkdir -p $$(@D)
	$$(quiet)$$(CC) $$(ALL_CFLAGS) $$(flags_$(1)) -MMD -MP -c $$< -o $$@

build/$(1)/libworkbook.a: $$(lib_sources:%.c=build/$(1)/%.o)
	@rm -f $$@
	$$(quiet)$$(AR) rcs $$@ $$^

build/$(1)/solutions/%.o: ALL_CFLAGS += -Iexercises

build/$(1)/chapters/%: build/$(1)/chapters/%.o build/$(1)/libworkbook.a
	$$(quiet)$$(CC) $$(ALL_CFLAGS) $$(flags_$(1)) $$(filter %.o,$$^) $$(filter %.a,$$^) $$(LDLIBS) -o $$@

$$(stepped:%=build/$(1)/chapters/%): build/$(1)/chapters/%: build/$(1)/solutions/%.o

build/$(1)/lib/parallel/mpi/%.o: CC := $$(mpicc)

build/$(1)/ranks/%: build/$(1)/chapters/%.o build/$(1)/lib/parallel/mpi/ranks.o \
                    build/$(1)/libworkbook.a
	@mkdir -p $$(@D)
	$$(quiet)$$(mpicc) $$(ALL_CFLAGS) $$(flags_$(1)) $$(filter %.o,$$^) $$(filter %.a,$$^) $$(LDLIBS) -o $$@

build/$(1)/ranks/sums: build/$(1)/tests/parallel/sums.o build/$(1)/lib/parallel/mpi/ranks.o \
                       build/$(1)/libworkbook.a
	@mkdir -p $$(@D)
	$$(quiet)$$(mpicc) $$(ALL_CFLAGS) $$(flags_$(1)) $$^ $$(LDLIBS) -o $$@

$$(stepped:%=build/$(1)/ranks/%): build/$(1)/ranks/%: build/$(1)/solutions/%.o

build/$(1)/tests/%: build/$(1)/tests/%.o $$(test_support:%.c=build/$(1)/%.o) \
                    build/$(1)/libworkbook.a
	$$(quiet)$$(CC) $$(ALL_CFLAGS) $$(flags_$(1)) $$^ $$(LDLIBS) -lcmocka -o $$@

# The library comes first: a function of one's own is not to take the place of one of its, unseen. What
# is wrong with one's own is no mistake of make's: it leaves a log and no program.
build/$(1)/from/$(answers)/%: build/$(1)/chapters/%.o build/$(1)/libworkbook.a always \
                              $$(if $$(ranks),build/$(1)/lib/parallel/mpi/ranks.o)
	@mkdir -p $$(@D) && rm -f $$@ $$@.o
	$$(quiet)export LC_ALL=C; exec 2>$$@.log; \
	$$(CC) $$(ALL_CFLAGS) $$(flags_$(1)) -Iexercises -w -c $$(own)/$$*.c -o $$@.o && \
	$$(if $$(ranks),$$(mpicc),$$(CC)) $$(ALL_CFLAGS) $$(flags_$(1)) $$< $$(filter %.o,$$(wordlist 4,9,$$^)) \
	    $$(word 2,$$^) $$@.o $$(word 2,$$^) $$(LDLIBS) -o $$@ || true

programs-$(1): $$(chapters:%=build/$(1)/chapters/%)
tests-$(1): $$(lib_tests:%=build/$(1)/%)
kernel-tests-$(1): $$(kernel_tests:%=build/$(1)/%)
endef
$(foreach v,$(every_variant),$(eval $(call variant_rules,$(v))))

# A wrong answer is no mistake of make's, which would add a line of its own ("Error 1"). In question
# mode GNU make 4 passes on the status 1 of a recipe in silence; it runs only what is marked with +, as
# it would under make -n, too: so not there. Each of these goals builds what it needs, in parallel; two
# at once, under make -j, would build it twice.
dry := $(findstring n,$(firstword -$(MAKEFLAGS)))
ask := $(if $(dry),,+)
ifeq ($(dry)$(filter-out book check check-% run-% progress next hint hint-% reset-%,$(or $(MAKECMDGOALS),all)),)
  MAKEFLAGS += -q
.NOTPARALLEL:
endif

# As many processes as make was given by -j, or else as there are processors.
at_once = $(or $(filter-out -j,$(filter -j%,$(MAKEFLAGS))),-j$(jobs))

# V=1 shows the compiler's command lines.
quiet := $(if $(V),,@)
silent := --no-print-directory $(if $(V),,-s)

-include $(shell find $(addprefix build/,$(every_variant)) -name '*.d' 2>/dev/null)

# -- the two commands ---------------------------------------------------------------------------

all: ## build everything, check every gradient, train the names model, draw the pictures
	@$(MAKE) $(silent) deps FOR=gnuplot
	@echo "building with $(CC) ..."
	@$(MAKE) $(silent) -j$(jobs) programs-double programs-float
	@tests/brief '$(chapters)' $(OPTIONS)

test: ## every test: library, chapters, lessons; twice, the second time under sanitizers
	@$(MAKE) $(silent) deps FOR='cmocka gnuplot bubblewrap'
	@$(if $(sanitize),,echo "$(CC) makes no sanitized programs here: tests under sanitizers are left out")
	@$(foreach l,$(filter-out $(levels_here),$(levels)),echo "this processor has no x86-64-$(l): what is built for it is not run";)
	@echo "building with $(CC) ..."
	@$(MAKE) $(silent) -j$(jobs) test-programs
	@$(MAKE) $(silent) -j$(jobs) -f tests/check/Makefile check-tests
	@VARIANTS='$(variants_here)' tests/run $(foreach v,$(variants),$(lib_tests:%=build/$(v)/%)) \
	           $(foreach v,$(call levels_of,$(levels_here)),$(kernel_tests:%=build/$(v)/%)) \
	           $(chapter_tests:%=build/double/%) $(check_tests) $(learn_tests) $(grade_tests) $(make_tests) \
	           $(cross_tests) $(parallel_tests) $(book_tests)

test-programs: $(foreach p,double float,$(offloaded:%=build/$(p)-offload/chapters/%))
test-programs: $(variants:%=programs-%) $(variants:%=tests-%) $(chapter_tests:%=build/double/%) \
               $(foreach v,$(call levels_of,$(levels)),programs-$(v) kernel-tests-$(v))

deps: ## install the packages that are missing, or print the command that does
	@CC=$(call quote,$(CC) $(include_path) $(library_path)) tests/deps $(foreach word,$(value FOR),$(call quote,$(word)))

FOR ?= cmocka gnuplot graphviz zlib png

# -- chapters -----------------------------------------------------------------------------------

# A chapter's gradients are checked in double, and what it trains is trained in float (tests/tell).
# OPTIONS go to both: make run-10 OPTIONS='--steps 200000 --lr 0.05'. With FROM, the functions in that
# folder take the place of the solutions.
run-%: ## run one chapter: make run-10 OPTIONS='--lr 0.05 --out build/slow'; FROM=exercises: train with yours; RANKS=4: in four processes
	$(ask)$(eval chapter := $(filter $*_%,$(chapters)))
	$(ask)$(eval program := $(if $(own),from/$(answers),$(if $(ranks),ranks,chapters))/$(chapter))
	$(ask)$(eval kind := $(if $(filter $(chapter),$(offloaded)),-offload))
	$(ask)$(eval options = $(if $(own),--out build/$(chapter)_$(answers)) $$(OPTIONS))
	$(ask)@test -n "$(chapter)" || { echo "make run-$*: there is no chapter $*" >&2; exit 1; }
	$(ask)@test -n $(or $(own),.) || { echo "make run-$*: FROM= names no folder" >&2; exit 1; }
	$(ask)@test -n $(or $(ranks),.) || \
	    { echo "make run-$*: RANKS= names no number of ranks" >&2; exit 1; }
	$(ask)@test -z $(or $(ranks),"") -o -n "$(filter $(chapter),$(in_ranks))" || \
	    { echo "make run-$*: this chapter runs in one process; RANKS= is for: $(in_ranks)" >&2; exit 1; }
	$(ask)@test -z $(or $(ranks),"") || MAKEFLAGS=$(dry) $(MAKE) $(silent) deps FOR=mpi || exit 1
	$(ask)@test -z "$(answers)" -o -n "$(filter $(chapter),$(stepped))" || \
	    { echo "make run-$*: this chapter cannot be run with functions of your own" >&2; exit 1; }
	$(ask)@test -z "$(answers)" -o -e $(or $(own),.)/$(chapter).c || \
	    { echo "make run-$*: there is no" $(own)/$(chapter).c >&2; exit 1; }
	$(ask)@MAKEFLAGS=$(dry) $(MAKE) $(silent) -j$(jobs) $(if $(own),FROM=$(own)) $(if $(ranks),RANKS=$(ranks)) \
	    build/double$(kind)/$(program) build/float$(kind)/$(program) || exit 1
	$(ask)@for made in build/double$(kind)/$(program) build/float$(kind)/$(program); do [ -e $$made ] || \
	    { echo "make run-$*: $$(tests/why $(or $(own),.)/$(chapter).c $$made.log)" >&2; exit 1; }; done
	$(ask)@printf '\n== $(chapter)%s ==\n\n' $(if $(own),' with the functions of '$(own))
	$(ask)@$(if $(ranks),RANKS=$(ranks)) KIND=$(kind) tests/tell $(program) $(options) || exit 1

plots: ## draw all pictures again; RUNS='build/a build/b': their curves in one picture; Y=batch,dev X=epoch LOG=y SMOOTH=0.9 GROUP=seed FORMAT=text LIVE=1
	@tests/plots/plots $(call option,runs,RUNS) $(call option,y,Y) $(call option,x,X) \
	    $(call option,log,LOG) $(call option,smooth,SMOOTH) $(call option,group,GROUP) \
	    $(call option,format,FORMAT) $(call option,live,LIVE)

unexport RUNS Y X LOG SMOOTH GROUP FORMAT LIVE

data: ## fetch the long list of names (32,033) to build/data/names.txt
	@tests/fetch build/data $(call quote,$(NAMES_URL)) names.txt=$(NAMES_SHA256)
	@echo "build/data/names.txt: now try make run-10 OPTIONS='--data build/data/names.txt --steps 200000'"

data-mnist: ## fetch MNIST's 70,000 digits to build/data/mnist
data-fashion: ## fetch Fashion-MNIST's 70,000 pieces of clothing to build/data/fashion
data-cifar10: ## fetch CIFAR-10's 60,000 photographs to build/data/cifar10
data-mnist data-fashion data-cifar10: data-%:
	@tests/fetch build/data/$* $(call quote,$(url:/=)/) $(join $(patsubst %,%=,$(files)),$(sha256))
	@echo "build/data/$* is complete; chapters that learn from images take it as --data build/data/$*"

NAMES_SHA256 := 0a30b5557f192f32ab962680889aac5f6fda0f4cecf40a6d0b5694f58ea8cc4d
NAMES_URL ?= https://raw.githubusercontent.com/karpathy/makemore/master/names.txt

# The folders they come from, the files there, the SHA-256 of each.
MNIST_URL ?= https://ossci-datasets.s3.amazonaws.com/mnist
FASHION_URL ?= http://fashion-mnist.s3-website.eu-central-1.amazonaws.com
CIFAR10_URL ?= https://www.cs.toronto.edu/~kriz
data-mnist: url = $(MNIST_URL)
data-fashion: url = $(FASHION_URL)
data-cifar10: url = $(CIFAR10_URL)
data-mnist data-fashion: files := train-images-idx3-ubyte.gz train-labels-idx1-ubyte.gz \
                                  t10k-images-idx3-ubyte.gz t10k-labels-idx1-ubyte.gz
data-cifar10: files := cifar-10-binary.tar.gz
data-mnist: sha256 := 440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609 \
                      3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c \
                      8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6 \
                      f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6
data-fashion: sha256 := 3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84 \
                        a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845 \
                        346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073 \
                        67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5
data-cifar10: sha256 := c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd

# -- exercises ----------------------------------------------------------------------------------

# make itself can only say "not right"; tests/check/check has a status of its own for "does not
# compile", and for bad usage.
FROM ?= exercises
from := $(call quote,$(value FROM))
with_compiler := CC=$(call quote,$(CC)) MAKE=$(call quote,$(MAKE))
check := $(with_compiler) tests/check/check --from $(from) $(if $(value SEED),--seed $(call quote,$(value SEED))) \
         $(if $(TABLE),--table)

check: ## check all exercises; FROM=solutions or any folder; TABLE=1 tries the listed mistakes
	$(ask)@$(check) || exit 1

check-%: ## check the exercises of one chapter: make check-09, make check-09 FROM=solutions
	$(ask)@$(check) $* || exit 1

progress: ## how far you have come, chapter by chapter
	$(ask)@$(with_compiler) tests/check/progress $(from) || exit 1

next: ## the next exercise to do: where it is and what is wanted
	$(ask)@$(with_compiler) tests/check/next $(from) || exit 1

hint: ## a hint for it; each call shows one more
	$(ask)@$(with_compiler) tests/check/hint $(from) || exit 1

hint-%: ## the same for one chapter: make hint-09, or for one function: make hint-09 FUNCTION=bag_backward
	$(ask)@$(with_compiler) tests/check/hint $(from) $* $(call quote,$(value FUNCTION)) || exit 1

reset-%: ## put one chapter's exercises back as they came: make reset-09 (yours are kept)
	$(ask)@tests/check/reset $* || exit 1

# -- learn --------------------------------------------------------------------------------------

learn_objects := $(patsubst %.c,build/double/%.o,lib/error.c lib/workbook/terminal.c \
                   $(filter-out tests/learn/test_%,$(wildcard tests/learn/*.c)))
build/learn/learn: $(learn_objects)
	@mkdir -p $(@D)
	$(quiet)$(CC) $(ALL_CFLAGS) $^ -o $@

learn: build/learn/learn ## work through the exercises: each is checked whenever you save it
	@V='' $(with_compiler) $< $(from)

learn_tests := build/double/tests/learn/test_learn
test-programs: build/learn/learn $(learn_tests)

# -- grading ------------------------------------------------------------------------------------

grade: ## marks: SUBMISSION=folder, or SUBMISSIONS=folder of such; OUT=folder SEED=n CHAPTERS='08 09' WEIGHTS=file ADJUST=file ANONYMOUS=1 SHARD=i/N MERGE='out1 out2'
	@$(with_compiler) tests/grade/grade $(call option,submission,SUBMISSION) \
	    $(call option,submissions,SUBMISSIONS) $(call option,out,OUT) $(call option,seed,SEED) \
	    $(call option,chapters,CHAPTERS) $(call option,weights,WEIGHTS) $(call option,adjust,ADJUST) \
	    $(call option,shard,SHARD) $(call option,merge,MERGE) $(if $(ANONYMOUS),--anonymous)

# A folder may be called anything, so neither make nor the shell reads its name, here or further down.
option = $(if $(filter-out file undefined,$(origin $(2))),--$(1) $(call quote,$(value $(2))))

autograder: ## what Gradescope needs to do the same, as a zip file; SEED=n CHAPTERS='08 09' WEIGHTS=file
	@$(with_compiler) tests/grade/autograder/pack $(call option,chapters,CHAPTERS) \
	    $(call option,weights,WEIGHTS) $(if $(value SEED),$(call quote,$(value SEED)))

unexport SUBMISSION SUBMISSIONS OUT SEED WEIGHTS ADJUST ANONYMOUS CHAPTERS SHARD MERGE FROM FUNCTION

grade_tests := build/grade/test_grade

# -- another machine ----------------------------------------------------------------------------

cross-arm64: ## build the book for arm64 and try it all under qemu, on whatever machine this is
	@$(MAKE) $(silent) deps FOR=cross
	@$(MAKE) $(silent) -f tests/cross/Makefile cmocka || echo "the library's tests are left out"
	@tests/cross/test_arm64

cross_tests := build/cross/test_arm64

parallel_tests := $(patsubst tests/%,build/%,$(wildcard tests/parallel/test_*))

test-programs: $(grade_tests) $(cross_tests) $(parallel_tests)
$(grade_tests) $(cross_tests) $(parallel_tests): build/%: tests/%
	@mkdir -p $(@D)
	@cp $< $@

# -- the book -----------------------------------------------------------------------------------

book: ## the lessons as pages for a browser, and as an EPUB, in build/book; TRAIN=1 draws the long trainings, too
	$(ask)@CC=$(call quote,$(CC) $(include_path) $(library_path)) tests/deps pandoc gnuplot graphviz || exit 1
	$(ask)@MAKEFLAGS=$(dry) $(MAKE) $(silent) $(at_once) programs-double programs-float || exit 1
	$(ask)@MAKEFLAGS=$(dry) $(MAKE) $(silent) $(at_once) -f tests/book/Makefile TRAIN=$(TRAIN) || exit 1

book_tests := build/tests/book/test_book
test-book: $(book_tests) ## the book's tests: each formula, link, hint and colour; in Chromium, where it is installed
	@CC=$(call quote,$(CC) $(include_path) $(library_path)) tests/deps pandoc
	@$(MAKE) $(silent) $(at_once) programs-double programs-float
	@tests/run $<

test-programs: $(book_tests)
$(book_tests): build/tests/book/%: tests/book/%
	@mkdir -p $(@D)
	@cp $< $@

# -- tests of this file -------------------------------------------------------------------------

make_tests := $(patsubst %,build/%,$(wildcard tests/make/test_* tests/plots/test_*))
test-programs: $(make_tests)
$(make_tests): build/tests/%: tests/%
	@mkdir -p $(@D)
	@cp $< $@

# -- for those who work on the book -------------------------------------------------------------

golden: ## write PyTorch's own numbers anew (needs python3-torch)
	@for script in tests/golden/*.py; do $(PYTHON) -B "$$script" || exit; done

PYTHON ?= /usr/bin/python3

pictures: ## draw the pictures that the lessons show anew, from runs of the programs: chapters/pictures
	@$(MAKE) $(silent) deps FOR='gnuplot graphviz'
	@$(MAKE) $(silent) -j$(jobs) programs-double programs-float
	@tests/pictures

bench_sources := $(wildcard tests/bench/*.c)
build/float/tests/bench/bench: $(bench_sources:%.c=build/float/%.o) build/float/libworkbook.a
	$(quiet)$(CC) $(ALL_CFLAGS) $(flags_float) $^ $(LDLIBS) -ldl -o $@

bench: build/float/tests/bench/bench ## measure speed, beside PyTorch and OpenBLAS where installed
	@$(MAKE) $(silent) -j$(jobs) programs-double programs-float
	@PYTHON=$(call quote,$(PYTHON)) $< $(call quote,$(CC) $(ALL_CFLAGS) $(flags_float))
	@$(if $(offload),$(MAKE) $(silent) -j$(jobs) device-programs && tests/bench/device --brief)

bench-device: ## the loops of chapter 23 on a graphics processor: gradients, speed, where it pays; on the host if there is none
	@$(if $(offload),,echo "make bench-device: $(CC) sends no loops elsewhere; with CC=gcc make deps FOR=offload installs what does" >&2; exit 1)
	@$(MAKE) $(silent) -j$(jobs) device-programs
	@tests/bench/device

device-programs: $(foreach p,double float,build/$(p)-offload/chapters/23_device)

lint: mpi_headers = $(filter -I%,$(shell $(MPICC) -show 2>/dev/null))
lint: ## clang-format, clang-tidy, which room may use which, one contract per name, what all systems know
	@clang-format --dry-run -Werror $(c_files)
	@tests/arrows
	@tests/contracts
	@tests/portable
	@command -v $(MPICC) >/dev/null || echo 'lint: without mpicc $(mpi_sources) is left out'
	@printf '%s\n' $(filter-out $(if $(mpi_headers),,$(mpi_sources)),$(filter %.c,$(c_files))) | \
	    xargs -P$(jobs) -I{} clang-tidy --quiet {} -- -std=gnu11 -Ilib -iquote . \
	        -Iexercises -Itests/check $(mpi_headers) 2>/dev/null
	@echo "lint: clean"

format: ## clang-format all C files in place
	clang-format -i $(c_files)

clean: ## remove what was built; data, marks, kept exercises and the folders of runs stay
	rm -rf $(addprefix build/,$(every_variant) check grade learn pictures tests book cross parallel arm64 autograder autograder.zip \
	    flags.mk native.mk flags.folders flags.state)

distclean: ## remove build/ with all that is in it, after asking; FORCE=1 does not ask
	@yes=$(if $(FORCE),y); [ -n "$$yes" ] || [ ! -t 0 ] || \
	    read -rp 'Remove build/ with its data, marks, kept exercises and runs? [y/N] ' yes; \
	if [ "$$yes" = y ]; then rm -rf build; else echo 'Nothing was removed; make distclean FORCE=1 does not ask.'; fi

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9%-]+:.*## / { sub(/%/, "NN", $$1); printf "  make %-12s  %s\n", $$1, $$2 }' \
	    Makefile

.PHONY: device-programs bench-device book test-book cross-arm64 always distclean grade autograder learn check progress next hint all test test-programs plots pictures data data-mnist data-fashion data-cifar10 golden bench lint format clean help deps
