#!/usr/bin/env bash
# Gradescope runs this once, when it builds the image: what grading needs, and the graders.
set -e
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq gcc libc6-dev binutils make bubblewrap unzip
cd /autograder/source/book
make -s -f tests/grade/Makefile graders
