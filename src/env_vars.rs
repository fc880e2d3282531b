//! Every variable that we read. Data only; the README's table is made from it.

/// One variable.
#[derive(Debug)]
pub struct EnvVar {
    /// Its name.
    pub name: &'static str,
    /// What it does.
    pub what: &'static str,
    /// What holds without it.
    pub default: &'static str,
    /// Whether it is ours to document for users; the others are Go's and the system's.
    pub ours: bool,
}

const fn ours(name: &'static str, what: &'static str, default: &'static str) -> EnvVar {
    EnvVar { name, what, default, ours: true }
}

const fn theirs(name: &'static str, what: &'static str) -> EnvVar {
    EnvVar { name, what, default: "", ours: false }
}

/// All of them.
pub const ALL: &[EnvVar] = &[
    ours(
        "CGOZIG_CACHE_DIR",
        "folder for zig's cache and our files; an absolute path",
        "the user's cache folder",
    ),
    ours(
        "CGOZIG_CONFIG",
        "path of the configuration file",
        "`cgozig/config.toml` in the user's configuration folder",
    ),
    ours(
        "CGOZIG_LIBC",
        "C library for Linux: `musl`, `gnu` or `gnu.2.N`",
        "`gnu.2.28`, or the port's own floor",
    ),
    ours("CGOZIG_LOCK_TIMEOUT", "seconds to wait for another process that installs or warms", "`300`"),
    ours("CGOZIG_LOG", "how much is logged: `error`, `info`, `debug`", "`info`"),
    ours("CGOZIG_LOG_FILE", "file to which a log is appended", "no log"),
    ours(
        "CGOZIG_MIRROR",
        "address in front of the host of every prebuilt library's url: `https://mirror.example/github.com/…`",
        "`[mirror]` of the configuration, else the url itself",
    ),
    ours(
        "CGOZIG_MODULE",
        "folder of the main module, where cgozig cannot see in which folder `go build` was started",
        "the folder of the `go` command (not on Windows), else the current one",
    ),
    ours(
        "CGOZIG_OFFLINE",
        "`1`: nothing is asked of the network",
        "`GOPROXY=off` or `-mod=vendor` in GOFLAGS say the same",
    ),
    ours(
        "CGOZIG_PACK_INDEX",
        "list of runtime packs, with its sha256: `https://packs.example/index.toml#sha256=HEX`; empty for none",
        "`[pack]` of the configuration, else none",
    ),
    ours(
        "CGOZIG_ROUTE",
        "`zig-cc`: every call goes by `zig cc`; `direct`: none does that could be learned",
        "`auto`: by zig's own clang and linker where that is possible, else by `zig cc`",
    ),
    ours(
        "CGOZIG_SAVE_DIR",
        "folder that keeps each failed link: its inputs and a script that does it again; an absolute path",
        "nothing is kept",
    ),
    ours(
        "CGOZIG_TARGET",
        "target, instead of GOOS and GOARCH: `linux/arm64` or any triple",
        "GOOS and GOARCH",
    ),
    ours("CGOZIG_TIMEOUT", "seconds until a silent server is given up", "`10` to connect, `30` to read"),
    ours(
        "CGOZIG_VERIFY",
        "`always`: every prebuilt library is hashed again on every link",
        "its size and time are compared",
    ),
    ours(
        "CGOZIG_ZIG",
        "which zig: its path, a release as `0.15.2`, `path`, `auto`, or `off` to install none",
        "`auto`: our store, PATH, Python's `ziglang`, else it is installed",
    ),
    ours("MACOSX_DEPLOYMENT_TARGET", "oldest macOS that programs shall run on", "`12.0`"),
    ours("SDKROOT", "a macOS SDK, for frameworks beyond our stubs", "our stubs; on a Mac, its SDK"),
    theirs("CGOZIG_DEPTH", "set by us for our children, to stop when cgozig would call itself"),
    theirs("GOFLAGS", "Go: `-mod=vendor` means offline"),
    theirs("GOPROXY", "Go: `off` means offline"),
    theirs("GOVERSION", "Go: set for what Go starts, and not by users"),
    theirs("GOWORK", "Go: the workspace's file, or `off`"),
    theirs("GOOS", "Go: the system"),
    theirs("GOARCH", "Go: the processor"),
    theirs("GO386", "Go: level of 386"),
    theirs("GOAMD64", "Go: level of amd64"),
    theirs("GOARM", "Go: level of arm"),
    theirs("GOARM64", "Go: level of arm64"),
    theirs("GOMIPS", "Go: float of mips and mipsle"),
    theirs("GOMIPS64", "Go: float of mips64 and mips64le"),
    theirs("GOPPC64", "Go: level of ppc64 and ppc64le"),
    theirs("GORISCV64", "Go: level of riscv64"),
    theirs("HOME", "the user's folder"),
    theirs("HTTPS_PROXY", "proxy for downloads; first of the four that is set"),
    theirs("https_proxy", "proxy for downloads"),
    theirs("ALL_PROXY", "proxy for downloads"),
    theirs("all_proxy", "proxy for downloads"),
    theirs("NO_PROXY", "hosts that are reached without a proxy; first of the two that is set"),
    theirs("no_proxy", "hosts that are reached without a proxy"),
    theirs("SOURCE_DATE_EPOCH", "the time that a document shall bear, in seconds since 1970"),
    theirs("SSL_CERT_FILE", "certificates to check servers with, instead of the system's"),
    theirs("SSL_CERT_DIR", "a folder of certificates, likewise"),
    theirs("PATH", "where programs are; only absolute entries count"),
    theirs("SHELL", "the user's shell, for the lines that `setup` prints"),
    theirs("XDG_CACHE_HOME", "the user's cache folder"),
    theirs("XDG_CONFIG_HOME", "the user's configuration folder"),
    theirs("ZIG_LIBC", "zig: a libc of the user's; everything then goes by `zig cc`"),
    theirs("ZIG_LIB_DIR", "zig: another library than its own; everything then goes by `zig cc`"),
];
