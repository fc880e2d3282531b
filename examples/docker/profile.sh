# Lines for ~/.profile (or `source profile.sh`): every `go build` and most Makefiles then use cgozig. Go names the
# target, so `GOOS=windows go build` needs nothing more.
export CC=cgozig
export CXX=cgozig-c++
export AR=cgozig-ar

# Go turns cgo off when it builds for another machine, unless told:
export CGO_ENABLED=1

# Or tell Go only, once and for all; other programs keep their compiler:
#
#   go env -w CC=cgozig CXX=cgozig-c++ AR=cgozig-ar CGO_ENABLED=1
#   go env -u CC CXX AR CGO_ENABLED      # takes it back
