# demo, test and lint are for everybody; modules, matrix, soak and bench take long.

.PHONY: build demo test tools lint soak modules matrix referee verified arm64-host bench bench-first bench-fetch clean

CARGO ?= cargo

# What takes hours can be stopped, and goes on where it was as long as cgozig is the same.
CAMPAIGN = CGOZIG_TEST_CAMPAIGN=$(CURDIR)/target/campaign

build:
	$(CARGO) build --release --locked

# Builds cgozig, gets a zig, cross-builds two programs for four targets, runs what can run here.
demo: build
	tests/tools/demo

# Installs what the tests need, and runs them all.
test: tools
	$(CARGO) test --locked

tools:
	tests/tools/install

lint:
	$(CARGO) fmt --check
	$(CARGO) clippy --locked --all-targets -- -D warnings

# The tests of installing, sharing and cleaning, with the number of rounds that takes hours.
soak: tools
	$(CAMPAIGN) CGOZIG_TEST_SOAK=1 $(CARGO) test --locked --test install --test locks --test faults --test store \
		--test parallel --test direct_link --test bombs --test native_fetch --test pack

# Other people's modules with prebuilt archives, for every port that they have: 170 MB from the module proxy.
modules: tools
	$(CARGO) test --locked --test modules -- --include-ignored

# Every program × port × libc × zig, and with all zigs what `make test` does with three; writes src/verified.txt.
matrix: tools
	$(CAMPAIGN) CGOZIG_MATRIX=full $(CARGO) test --locked --test matrix --test builds --test direct_link --test lld \
		--test lookup --test referee --test unusual_files --test zig
	UPDATE=1 $(CARGO) test --locked --test generated

# The whole matrix with every compile and link by both routes, compared.
referee: tools
	$(CAMPAIGN) CGOZIG_MATRIX=full CGOZIG_MATRIX_ROUTES=both $(CARGO) test --locked --test matrix

# The basic programs on every port and libc, beside what `make test` runs; writes src/verified.txt and the README's table.
verified: tools
	CGOZIG_MATRIX=record $(CARGO) test --locked --test matrix
	UPDATE=1 $(CARGO) test --locked --test generated

# Builds cgozig for linux/arm64 and runs it under qemu.
arm64-host:
	tests/tools/arm64-host

# Builds against zig cc, gcc, clang and cross compilers, which come as 600 MB, then overhead over zig itself and memory:
# some two hours on an idle machine of 2 cores. UPDATE=1 writes docs/benchmarks.md, its plot and the README's table; PARTS=a,b
# measures only some parts, ROUNDS=1 each part once, and RESUME=1 goes on with what was stopped (`benches/builds --help`).
bench: build tools
	tests/tools/install bench
	benches/builds
	benches/overhead

# What comes before the first build: installing, and many first builds at once.
bench-first: build tools
	benches/first

# Fetching a library of 700 MB: time against curl, unzip and sha256sum, and memory.
bench-fetch: tools
	benches/fetch

clean:
	$(CARGO) clean
