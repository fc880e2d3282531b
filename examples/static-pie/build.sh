#!/bin/sh
# Builds dist/static-pie-ARCH for four architectures, with musl: the name of the compiler says so.
set -eu
cd "$(dirname "$0")"

export CGO_ENABLED=1 GOOS=linux
export CC="${CC:-cgozig-musl}" CXX="${CXX:-cgozig-musl-c++}"
export CGO_CFLAGS="-O2 -flto=auto -fPIE -fpie -static -w -pipe"
export CGO_CXXFLAGS="$CGO_CFLAGS"

for arch in amd64 arm64 riscv64 loong64; do
	GOARCH=$arch go build -o "dist/static-pie-$arch" -buildmode=pie -trimpath -tags netgo,osusergo -ldflags \
		'-s -w -buildid= -linkmode=external -extldflags "-s -w -static-pie -Wl,--build-id=none"' .
done
