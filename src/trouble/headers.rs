//! Which library or system a header is of, and which packages have it. Data.

use crate::target::{Libc, Os, Target};

/// Headers, and whose they are.
#[derive(Debug, PartialEq, Eq)]
pub struct Headers {
    /// As they are included, with spaces between; a name that ends with `/` is the beginning of some.
    names: &'static str,
    /// Who has them.
    pub of: Of,
}

/// Who has a header.
#[derive(Debug, PartialEq, Eq)]
pub enum Of {
    /// A library: its name, and the packages of Debian, Alpine and Homebrew that have its headers; `-` for none.
    Library(&'static str, [&'static str; 3]),
    /// Operating systems: what they are called, and the words of `//go:build` for them.
    System(&'static str, &'static str, &'static [Os]),
    /// glibc, and no other C library of Linux.
    Glibc,
    /// An SDK that Apple gives away for Macs only.
    Apple,
    /// Something else: what it is, and what to do.
    Other(&'static str, &'static str),
}

impl Headers {
    /// Whose a header is. One that the target's own system has is of nobody else.
    pub fn of(name: &str, target: Target) -> Option<&'static Of> {
        let has = |row: &&Headers| {
            row.names.split(' ').any(|own| own == name || (own.ends_with('/') && name.starts_with(own)))
        };
        let fits = |row: &&Headers| match row.of {
            Of::System(_, _, own) => !own.contains(&target.os()),
            Of::Glibc => target.libc().is_some_and(|libc| libc == Libc::Musl),
            _ => true,
        };
        HEADERS.iter().filter(has).find(fits).map(|row| &row.of)
    }
}

const fn library(names: &'static str, called: &'static str, packages: [&'static str; 3]) -> Headers {
    Headers { names, of: Of::Library(called, packages) }
}

const fn system(names: &'static str, called: &'static str, tag: &'static str, own: &'static [Os]) -> Headers {
    Headers { names, of: Of::System(called, tag, own) }
}

const fn other(names: &'static str, what: &'static str, hint: &'static str) -> Headers {
    Headers { names, of: Of::Other(what, hint) }
}

const BSDS: &[Os] = &[Os::Darwin, Os::Freebsd, Os::Netbsd, Os::Openbsd];

/// The rows; the first that has a header and fits the target counts.
const HEADERS: &[Headers] = &[
    library("zlib.h zconf.h", "zlib", ["zlib1g-dev", "zlib-dev", "zlib"]),
    library("bzlib.h", "bzip2", ["libbz2-dev", "bzip2-dev", "bzip2"]),
    library("lzma.h lzma/", "xz", ["liblzma-dev", "xz-dev", "xz"]),
    library("zstd.h", "zstd", ["libzstd-dev", "zstd-dev", "zstd"]),
    library("lz4.h lz4frame.h lz4hc.h", "LZ4", ["liblz4-dev", "lz4-dev", "lz4"]),
    library("snappy-c.h snappy.h", "snappy", ["libsnappy-dev", "snappy-dev", "snappy"]),
    library("openssl/", "OpenSSL", ["libssl-dev", "openssl-dev", "openssl@3"]),
    library("sodium.h sodium/", "libsodium", ["libsodium-dev", "libsodium-dev", "libsodium"]),
    library("gcrypt.h", "libgcrypt", ["libgcrypt20-dev", "libgcrypt-dev", "libgcrypt"]),
    library("gpgme.h", "GPGME", ["libgpgme-dev", "gpgme-dev", "gpgme"]),
    library("curl/", "libcurl", ["libcurl4-openssl-dev", "curl-dev", "curl"]),
    library("sqlite3.h sqlite3ext.h", "SQLite", ["libsqlite3-dev", "sqlite-dev", "sqlite"]),
    library("libpq-fe.h postgresql/", "PostgreSQL's libpq", ["libpq-dev", "libpq-dev", "libpq"]),
    library(
        "mysql.h mysql/",
        "MariaDB's client",
        ["libmariadb-dev-compat", "mariadb-connector-c-dev", "mariadb-connector-c"],
    ),
    library("rocksdb/", "RocksDB", ["librocksdb-dev", "rocksdb-dev", "rocksdb"]),
    library("leveldb/", "LevelDB", ["libleveldb-dev", "leveldb-dev", "leveldb"]),
    library("librdkafka/", "librdkafka", ["librdkafka-dev", "librdkafka-dev", "librdkafka"]),
    library("zmq.h", "ZeroMQ", ["libzmq3-dev", "zeromq-dev", "zeromq"]),
    library("czmq.h", "CZMQ", ["libczmq-dev", "czmq-dev", "czmq"]),
    library("git2.h git2/", "libgit2", ["libgit2-dev", "libgit2-dev", "libgit2"]),
    library("pcap.h pcap/", "libpcap", ["libpcap0.8-dev", "libpcap-dev", "libpcap"]),
    library("libusb.h libusb-1.0/", "libusb", ["libusb-1.0-0-dev", "libusb-dev", "libusb"]),
    library("hidapi.h hidapi/", "hidapi", ["libhidapi-dev", "hidapi-dev", "hidapi"]),
    library("libudev.h", "udev", ["libudev-dev", "eudev-dev", "-"]),
    library("systemd/", "systemd", ["libsystemd-dev", "-", "-"]),
    library("dbus/", "D-Bus", ["libdbus-1-dev", "dbus-dev", "dbus"]),
    library("security/", "PAM", ["libpam0g-dev", "linux-pam-dev", "-"]),
    library("sys/capability.h", "libcap", ["libcap-dev", "libcap-dev", "-"]),
    library("selinux/", "SELinux", ["libselinux1-dev", "libselinux-dev", "-"]),
    library("seccomp.h", "libseccomp", ["libseccomp-dev", "libseccomp-dev", "-"]),
    library("btrfs/", "btrfs-progs", ["libbtrfs-dev", "btrfs-progs-dev", "-"]),
    library("libdevmapper.h", "device-mapper", ["libdevmapper-dev", "lvm2-dev", "-"]),
    library("bpf/", "libbpf", ["libbpf-dev", "libbpf-dev", "-"]),
    library("X11/extensions/Xrandr.h", "X11", ["libxrandr-dev", "libxrandr-dev", "libxrandr"]),
    library("X11/extensions/XTest.h", "X11", ["libxtst-dev", "libxtst-dev", "libxtst"]),
    library("X11/extensions/XInput2.h", "X11", ["libxi-dev", "libxi-dev", "libxi"]),
    library("X11/extensions/Xinerama.h", "X11", ["libxinerama-dev", "libxinerama-dev", "libxinerama"]),
    library("X11/extensions/Xfixes.h", "X11", ["libxfixes-dev", "libxfixes-dev", "libxfixes"]),
    library("X11/extensions/Xrender.h", "X11", ["libxrender-dev", "libxrender-dev", "libxrender"]),
    // XShm.h, shape.h and more.
    library("X11/extensions/", "X11", ["libxext-dev", "libxext-dev", "libxext"]),
    library("X11/Xcursor/", "X11", ["libxcursor-dev", "libxcursor-dev", "libxcursor"]),
    library("X11/Xft/", "X11", ["libxft-dev", "libxft-dev", "libxft"]),
    library("X11/xpm.h", "X11", ["libxpm-dev", "libxpm-dev", "libxpm"]),
    library("X11/", "X11", ["libx11-dev", "libx11-dev", "libx11"]),
    library("wayland-client.h", "Wayland", ["libwayland-dev", "wayland-dev", "-"]),
    library("GL/glu.h", "GLU", ["libglu1-mesa-dev", "glu-dev", "mesa-glu"]),
    library("GL/glew.h", "GLEW", ["libglew-dev", "glew-dev", "glew"]),
    library("GL/glut.h", "freeglut", ["freeglut3-dev", "freeglut-dev", "freeglut"]),
    library("GL/", "Mesa", ["libgl-dev", "mesa-dev", "mesa"]),
    library("GLES2/", "Mesa", ["libgles-dev", "mesa-dev", "mesa"]),
    library("EGL/", "Mesa", ["libegl-dev", "mesa-dev", "mesa"]),
    library("vulkan/", "Vulkan", ["libvulkan-dev", "vulkan-headers", "vulkan-headers"]),
    library("SDL2/SDL_image.h", "SDL2_image", ["libsdl2-image-dev", "sdl2_image-dev", "sdl2_image"]),
    library("SDL2/SDL_ttf.h", "SDL2_ttf", ["libsdl2-ttf-dev", "sdl2_ttf-dev", "sdl2_ttf"]),
    library("SDL2/SDL_mixer.h", "SDL2_mixer", ["libsdl2-mixer-dev", "sdl2_mixer-dev", "sdl2_mixer"]),
    library("SDL2/ SDL.h", "SDL 2", ["libsdl2-dev", "sdl2-dev", "sdl2"]),
    library("GLFW/", "GLFW", ["libglfw3-dev", "glfw-dev", "glfw"]),
    library("gtk/ gdk/", "GTK", ["libgtk-3-dev", "gtk+3.0-dev", "gtk+3"]),
    library("glib.h glib-object.h gio/", "GLib", ["libglib2.0-dev", "glib-dev", "glib"]),
    library("webkit2/", "WebKitGTK", ["libwebkit2gtk-4.1-dev", "webkit2gtk-4.1-dev", "-"]),
    library("cairo.h cairo/", "cairo", ["libcairo2-dev", "cairo-dev", "cairo"]),
    library("alsa/", "ALSA", ["libasound2-dev", "alsa-lib-dev", "-"]),
    library("pulse/", "PulseAudio", ["libpulse-dev", "pulseaudio-dev", "pulseaudio"]),
    library("portaudio.h", "PortAudio", ["portaudio19-dev", "portaudio-dev", "portaudio"]),
    library("opus/ opus.h", "Opus", ["libopus-dev", "opus-dev", "opus"]),
    library("libavcodec/", "FFmpeg", ["libavcodec-dev", "ffmpeg-dev", "ffmpeg"]),
    library("libavformat/", "FFmpeg", ["libavformat-dev", "ffmpeg-dev", "ffmpeg"]),
    library("libavutil/", "FFmpeg", ["libavutil-dev", "ffmpeg-dev", "ffmpeg"]),
    library("png.h", "libpng", ["libpng-dev", "libpng-dev", "libpng"]),
    library("jpeglib.h", "libjpeg-turbo", ["libjpeg62-turbo-dev", "libjpeg-turbo-dev", "jpeg-turbo"]),
    library("turbojpeg.h", "TurboJPEG", ["libturbojpeg0-dev", "libjpeg-turbo-dev", "jpeg-turbo"]),
    library("webp/", "libwebp", ["libwebp-dev", "libwebp-dev", "webp"]),
    library("vips/", "libvips", ["libvips-dev", "vips-dev", "vips"]),
    library("opencv2/", "OpenCV", ["libopencv-core-dev", "opencv-dev", "opencv"]),
    library("tesseract/", "Tesseract", ["libtesseract-dev", "tesseract-ocr-dev", "tesseract"]),
    library("libxml/", "libxml2", ["libxml2-dev", "libxml2-dev", "libxml2"]),
    library("expat.h", "Expat", ["libexpat1-dev", "expat-dev", "expat"]),
    library("yaml.h", "LibYAML", ["libyaml-dev", "yaml-dev", "libyaml"]),
    library("ffi.h", "libffi", ["libffi-dev", "libffi-dev", "libffi"]),
    library("archive.h", "libarchive", ["libarchive-dev", "libarchive-dev", "libarchive"]),
    library("ncurses.h curses.h", "ncurses", ["libncurses-dev", "ncurses-dev", "ncurses"]),
    library("readline/", "Readline", ["libreadline-dev", "readline-dev", "readline"]),
    library("pcre2.h", "PCRE 2", ["libpcre2-dev", "pcre2-dev", "pcre2"]),
    library("pcre.h", "PCRE", ["libpcre3-dev", "pcre-dev", "pcre"]),
    library("uuid/uuid.h", "libuuid", ["uuid-dev", "util-linux-dev", "util-linux"]),
    library("lua.h lauxlib.h", "Lua", ["liblua5.4-dev", "lua5.4-dev", "lua"]),
    library("Python.h", "Python", ["python3-dev", "python3-dev", "python"]),
    library("jni.h", "a Java JDK", ["default-jdk-headless", "openjdk21-jdk", "openjdk"]),
    library("CL/", "OpenCL", ["opencl-c-headers", "opencl-headers", "opencl-headers"]),
    library("mpi.h", "MPI", ["libopenmpi-dev", "openmpi-dev", "open-mpi"]),
    library("hdf5.h", "HDF5", ["libhdf5-dev", "hdf5-dev", "hdf5"]),
    library("gmp.h", "GMP", ["libgmp-dev", "gmp-dev", "gmp"]),
    library("cblas.h", "OpenBLAS", ["libopenblas-pthread-dev", "openblas-dev", "openblas"]),
    library("lapacke.h", "LAPACKE", ["liblapacke-dev", "openblas-dev", "openblas"]),
    library("numa.h", "libnuma", ["libnuma-dev", "numactl-dev", "-"]),
    library("unwind.h libunwind.h", "libunwind", ["libunwind-dev", "libunwind-dev", "-"]),
    other(
        "omp.h",
        "it is of an OpenMP runtime, which zig does not ship",
        "compile it without -fopenmp, or put -I with the folder of an omp.h into CGO_CFLAGS",
    ),
    other(
        "cuda.h cuda_runtime.h cublas_v2.h nvml.h",
        "it is of NVIDIA's CUDA toolkit",
        "CGO_CFLAGS=-I… with the toolkit's include folder",
    ),
    other(
        "_cgo_export.h",
        "cgo writes it for packages with an //export",
        "put an `//export name` above a Go function of the same package",
    ),
    other(
        "iostream string vector map memory algorithm functional cstdint cstring cstdlib cstdio cmath thread mutex",
        "it is of C++, and the file was compiled as C",
        "name the file .cpp, declare its functions `extern \"C\"`, and set CXX=cgozig-c++",
    ),
    other(
        "bits/stdc++.h",
        "it is libstdc++'s own header, and zig has LLVM's libc++",
        "include the single headers in its place (`<vector>`, `<string>`…)",
    ),
    other(
        "bits/ asm/ gnu/stubs.h",
        "it is a part of this machine's C library, whose headers zig's own do not mix with",
        "take -I/usr/include and its like out of CGO_CFLAGS and pkg-config's words",
    ),
    system(
        "windows.h winsock2.h ws2tcpip.h windef.h winbase.h shellapi.h shlobj.h d3d11.h",
        "Windows",
        "windows",
        &[Os::Windows],
    ),
    system("io.h direct.h conio.h process.h tchar.h", "Windows", "windows", &[Os::Windows]),
    system(
        "sys/epoll.h sys/inotify.h sys/eventfd.h sys/signalfd.h sys/timerfd.h sys/prctl.h sys/sendfile.h sys/vfs.h \
         endian.h byteswap.h malloc.h netpacket/packet.h linux/ sys/random.h sys/sysinfo.h sys/xattr.h features.h",
        "Linux",
        "linux",
        &[Os::Linux],
    ),
    system("sys/event.h sys/sysctl.h", "macOS and the BSDs", "darwin || freebsd || netbsd || openbsd", BSDS),
    system("mach/ libkern/ libproc.h copyfile.h", "macOS", "darwin", &[Os::Darwin]),
    Headers {
        names: "CoreFoundation/ Foundation/ AppKit/ Cocoa/ Security/ IOKit/ CoreServices/ CoreGraphics/ ApplicationServices/ Carbon/ \
                SystemConfiguration/ CoreAudio/ AudioToolbox/ CoreMIDI/ CoreBluetooth/ CoreLocation/ CoreWLAN/ WebKit/ Metal/ OpenGL/ \
                QuartzCore/ LocalAuthentication/ UserNotifications/ AvailabilityMacros.h objc/ dispatch/ bsm/ xpc/ sandbox.h \
                membership.h",
        of: Of::Apple,
    },
    Headers {
        names: "gnu/libc-version.h execinfo.h sys/cdefs.h sys/queue.h error.h fts.h argp.h",
        of: Of::Glibc,
    },
    system(
        "unistd.h sys/socket.h sys/wait.h sys/mman.h sys/ioctl.h sys/select.h sys/resource.h sys/un.h sys/uio.h netinet/in.h \
         arpa/inet.h netdb.h poll.h pwd.h grp.h syslog.h termios.h dlfcn.h fcntl.h pthread.h sys/utsname.h sys/times.h",
        "Unix systems",
        "unix",
        &[Os::Linux, Os::Darwin, Os::Freebsd, Os::Netbsd, Os::Openbsd],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::LibcChoice;
    use crate::target::go::Wishes;

    fn of(name: &str, port: &str, libc: &str) -> Option<&'static Of> {
        let name_of_libc = (!libc.is_empty()).then(|| LibcChoice::parse(libc).unwrap());
        let wishes =
            Wishes { argv: Some(port), name: name_of_libc, variable: &|_| None, host: ("linux", "amd64") };
        Headers::of(name, wishes.settle().unwrap())
    }

    #[test]
    fn headers_are_of_libraries_and_systems() {
        assert!(matches!(of("openssl/ssl.h", "linux/arm64", "gnu"), Some(Of::Library("OpenSSL", _))));
        assert!(matches!(of("windows.h", "linux/arm64", "gnu"), Some(Of::System("Windows", ..))));
        assert!(matches!(of("sys/epoll.h", "darwin/arm64", ""), Some(Of::System("Linux", ..))));
        assert_eq!(of("sys/epoll.h", "linux/arm64", "musl"), None);
        assert!(matches!(of("CoreFoundation/CoreFoundation.h", "darwin/arm64", ""), Some(Of::Apple)));
        assert!(matches!(of("execinfo.h", "linux/arm64", "musl"), Some(Of::Glibc)));
        assert!(matches!(
            of("X11/extensions/shape.h", "linux/arm64", "gnu"),
            Some(Of::Library(_, ["libxext-dev", ..]))
        ));
        assert!(matches!(of("GL/glu.h", "linux/arm64", "gnu"), Some(Of::Library("GLU", _))));
        assert!(matches!(of("SDL2/SDL_image.h", "linux/arm64", "gnu"), Some(Of::Library("SDL2_image", _))));
        assert!(
            matches!(of("bits/stdc++.h", "linux/arm64", "gnu"), Some(Of::Other(why, _)) if why.contains("libstdc++"))
        );
        assert_eq!(of("mine.h", "linux/arm64", "musl"), None);
    }

    #[test]
    fn a_header_is_in_one_row() {
        let all: Vec<&str> = HEADERS.iter().flat_map(|row| row.names.split_whitespace()).collect();
        for (at, name) in all.iter().enumerate() {
            assert!(!all[at + 1..].contains(name), "{name} is there twice");
        }
        assert!(HEADERS.len() > 40);
    }
}
