#!/bin/sh
# Leaves out of an installed program what its image never runs: slim.sh FOLDER ARCHITECTURE (x64 or arm64).
# What is named here is looked for; what is not there, in another version of a package say, is no error. That the program still
# runs without it is what the Dockerfile's next step tries.
set -eu
root=$1
arch=$2
cd "$root/node_modules"

# The image has a Node of its own.
rm -rf node-linux-* .bin/node

# Native parts for other systems and processors.
find onnxruntime-node/bin -mindepth 2 -maxdepth 2 -type d ! -path '*/linux' -exec rm -rf {} +
find onnxruntime-node/bin -mindepth 3 -maxdepth 3 -type d ! -name "$arch" -exec rm -rf {} +
find . -type d -path '*/prebuilds/*' -prune ! -name "linux-$arch" -exec rm -rf {} +

# The compilers of queries for other databases, and of other builds than the one that is loaded.
find @prisma/client/runtime -name 'query_compiler*' ! -name 'query_compiler_fast_bg.postgresql*' -delete

# Chroma's server; its client is another package.
rm -rf chromadb-js-bindings-*

# For people who write programs, not for programs.
find . -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.md' ! -iname 'license*' ! -iname 'notice*' \) -delete
find . -type d -empty -delete
