/* why: archives that were compiled with glibc's headers call what musl has under other names.
   source: glibc's and musl's headers; the names of large files left musl in 1.2.4; ziglang/zig#8144, confluentinc/confluent-kafka-go#119.
   zig: every version, linux with musl. All of it is weak: an archive that has a name of its own goes first where it is linked. */

#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <syslog.h>
#include <unistd.h>
#include <wchar.h>

#define OWN __attribute__((weak, visibility("hidden")))
/* What -D_FORTIFY_SOURCE checks: `room` is the size that the compiler knows. */
#define FITS(size, room) do { if ((size) > (room)) abort(); } while (0)

#include "c23.h"
#include "arc4random.h"

/* False is always right: it only says that atomic operations may be left out. */
OWN char __libc_single_threaded;

OWN char *__strdup(const char *text) { return strdup(text); }
OWN char *__strndup(const char *text, size_t size) { return strndup(text, size); }
OWN char *__strtok_r(char *text, const char *between, char **rest) { return strtok_r(text, between, rest); }
OWN void *__rawmemchr(const void *at, int byte) { return memchr(at, byte, (size_t)-1 - (uintptr_t)at); }
OWN void *__mempcpy(void *to, const void *from, size_t size) { return mempcpy(to, from, size); }
OWN char *__secure_getenv(const char *name) { return secure_getenv(name); }
OWN int __register_atfork(void (*before)(void), void (*parent)(void), void (*child)(void), void *library) {
    (void)library;
    return pthread_atfork(before, parent, child);
}

/* printf and its like: the flag only asks for more checks of %n. */
OWN int __vfprintf_chk(FILE *file, int flag, const char *format, va_list list) { (void)flag; return vfprintf(file, format, list); }
OWN int __vprintf_chk(int flag, const char *format, va_list list) { (void)flag; return vprintf(format, list); }
OWN int __vdprintf_chk(int file, int flag, const char *format, va_list list) { (void)flag; return vdprintf(file, format, list); }
OWN int __vasprintf_chk(char **to, int flag, const char *format, va_list list) { (void)flag; return vasprintf(to, format, list); }
OWN void __vsyslog_chk(int level, int flag, const char *format, va_list list) { (void)flag; vsyslog(level, format, list); }
OWN int __vsnprintf_chk(char *to, size_t size, int flag, size_t room, const char *format, va_list list) {
    (void)flag;
    FITS(size, room);
    return vsnprintf(to, size, format, list);
}
OWN int __vsprintf_chk(char *to, int flag, size_t room, const char *format, va_list list) {
    (void)flag;
    int count = vsnprintf(to, room > 0x7fffffff ? 0x7fffffff : room, format, list);
    if (count >= 0) FITS((size_t)count + 1, room);
    return count;
}
#define LISTED(type, call) va_list list; va_start(list, format); type result = call; va_end(list); return result
OWN int __fprintf_chk(FILE *file, int flag, const char *format, ...) { LISTED(int, __vfprintf_chk(file, flag, format, list)); }
OWN int __printf_chk(int flag, const char *format, ...) { LISTED(int, __vprintf_chk(flag, format, list)); }
OWN int __dprintf_chk(int file, int flag, const char *format, ...) { LISTED(int, __vdprintf_chk(file, flag, format, list)); }
OWN int __asprintf_chk(char **to, int flag, const char *format, ...) { LISTED(int, __vasprintf_chk(to, flag, format, list)); }
OWN int __snprintf_chk(char *to, size_t size, int flag, size_t room, const char *format, ...) {
    LISTED(int, __vsnprintf_chk(to, size, flag, room, format, list));
}
OWN int __sprintf_chk(char *to, int flag, size_t room, const char *format, ...) {
    LISTED(int, __vsprintf_chk(to, flag, room, format, list));
}
OWN void __syslog_chk(int level, int flag, const char *format, ...) {
    va_list list;
    va_start(list, format);
    __vsyslog_chk(level, flag, format, list);
    va_end(list);
}

/* Bytes and text. */
OWN char *__stpcpy_chk(char *to, const char *from, size_t room) { FITS(strlen(from) + 1, room); return stpcpy(to, from); }
OWN char *__stpncpy_chk(char *to, const char *from, size_t size, size_t room) { FITS(size, room); return stpncpy(to, from, size); }
OWN size_t __strlcpy_chk(char *to, const char *from, size_t size, size_t room) { FITS(size, room); return strlcpy(to, from, size); }
OWN size_t __strlcat_chk(char *to, const char *from, size_t size, size_t room) { FITS(size, room); return strlcat(to, from, size); }
OWN void *__mempcpy_chk(void *to, const void *from, size_t size, size_t room) { FITS(size, room); return mempcpy(to, from, size); }
OWN void __explicit_bzero_chk(void *to, size_t size, size_t room) { FITS(size, room); explicit_bzero(to, size); }

/* Files. */
OWN char *__fgets_chk(char *to, size_t room, int size, FILE *file) { FITS((size_t)size, room); return fgets(to, size, file); }
OWN char *__fgets_unlocked_chk(char *to, size_t room, int size, FILE *file) { FITS((size_t)size, room); return fgets(to, size, file); }
OWN size_t __fread_chk(void *to, size_t room, size_t size, size_t count, FILE *file) {
    size_t all;
    if (__builtin_mul_overflow(size, count, &all)) abort();
    FITS(all, room);
    return fread(to, size, count, file);
}
OWN ssize_t __read_chk(int file, void *to, size_t size, size_t room) { FITS(size, room); return read(file, to, size); }
OWN ssize_t __pread_chk(int file, void *to, size_t size, off_t at, size_t room) { FITS(size, room); return pread(file, to, size, at); }
OWN ssize_t __pread64_chk(int file, void *to, size_t size, off_t at, size_t room) { FITS(size, room); return pread(file, to, size, at); }
OWN ssize_t __recv_chk(int file, void *to, size_t size, size_t room, int flags) { FITS(size, room); return recv(file, to, size, flags); }
OWN ssize_t __recvfrom_chk(int file, void *to, size_t size, size_t room, int flags, struct sockaddr *from, socklen_t *length) {
    FITS(size, room);
    return recvfrom(file, to, size, flags, from, length);
}
OWN ssize_t __readlink_chk(const char *path, char *to, size_t size, size_t room) { FITS(size, room); return readlink(path, to, size); }
OWN ssize_t __readlinkat_chk(int folder, const char *path, char *to, size_t size, size_t room) {
    FITS(size, room);
    return readlinkat(folder, path, to, size);
}
OWN char *__realpath_chk(const char *path, char *to, size_t room) { FITS((size_t)4096, room); return realpath(path, to); }
OWN char *__getcwd_chk(char *to, size_t size, size_t room) { FITS(size, room); return getcwd(to, size); }
OWN int __gethostname_chk(char *to, size_t size, size_t room) { FITS(size, room); return gethostname(to, size); }
OWN int __poll_chk(struct pollfd *files, nfds_t count, int wait, size_t room) {
    FITS(count, room / sizeof *files);
    return poll(files, count, wait);
}
OWN long __fdelt_chk(long file) {
    if (file < 0 || file >= FD_SETSIZE) abort();
    return file / (8 * (long)sizeof(long));
}
OWN _Noreturn void __longjmp_chk(jmp_buf place, int value) { longjmp(place, value); }

/* Large files: musl's are always so. */
OWN int open64(const char *path, int flags, ...) {
    va_list list;
    va_start(list, flags);
    mode_t mode = (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(list, mode_t) : 0;
    va_end(list);
    return open(path, flags, mode);
}
OWN int openat64(int folder, const char *path, int flags, ...) {
    va_list list;
    va_start(list, flags);
    mode_t mode = (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(list, mode_t) : 0;
    va_end(list);
    return openat(folder, path, flags, mode);
}
OWN int creat64(const char *path, mode_t mode) { return creat(path, mode); }
OWN FILE *fopen64(const char *path, const char *mode) { return fopen(path, mode); }
OWN FILE *freopen64(const char *path, const char *mode, FILE *file) { return freopen(path, mode, file); }
OWN FILE *tmpfile64(void) { return tmpfile(); }
OWN int fseeko64(FILE *file, off_t at, int from) { return fseeko(file, at, from); }
OWN off_t ftello64(FILE *file) { return ftello(file); }
OWN int ftruncate64(int file, off_t size) { return ftruncate(file, size); }
OWN int truncate64(const char *path, off_t size) { return truncate(path, size); }
OWN off_t lseek64(int file, off_t at, int from) { return lseek(file, at, from); }
OWN int lockf64(int file, int what, off_t size) { return lockf(file, what, size); }
OWN int mkstemp64(char *name) { return mkstemp(name); }
OWN int mkostemp64(char *name, int flags) { return mkostemp(name, flags); }
OWN void *mmap64(void *at, size_t size, int protection, int flags, int file, off_t from) {
    return mmap(at, size, protection, flags, file, from);
}
OWN int posix_fadvise64(int file, off_t at, off_t size, int what) { return posix_fadvise(file, at, size, what); }
OWN int posix_fallocate64(int file, off_t at, off_t size) { return posix_fallocate(file, at, size); }
OWN ssize_t pread64(int file, void *to, size_t size, off_t at) { return pread(file, to, size, at); }
OWN ssize_t pwrite64(int file, const void *from, size_t size, off_t at) { return pwrite(file, from, size, at); }
OWN ssize_t preadv64(int file, const struct iovec *to, int count, off_t at) { return preadv(file, to, count, at); }
OWN ssize_t pwritev64(int file, const struct iovec *from, int count, off_t at) { return pwritev(file, from, count, at); }
OWN ssize_t sendfile64(int to, int from, off_t *at, size_t size) { return sendfile(to, from, at, size); }
OWN int getrlimit64(int which, struct rlimit *limit) { return getrlimit(which, limit); }
OWN int setrlimit64(int which, const struct rlimit *limit) { return setrlimit(which, limit); }

#if defined(__x86_64__) || defined(__aarch64__) || (defined(__riscv) && __riscv_xlen == 64) || defined(__loongarch64)
/* Types that are the kernel's in both. */
OWN int __xstat64(int version, const char *path, struct stat *to) { (void)version; return stat(path, to); }
OWN int __lxstat64(int version, const char *path, struct stat *to) { (void)version; return lstat(path, to); }
OWN int __fxstat64(int version, int file, struct stat *to) { (void)version; return fstat(file, to); }
OWN int __fxstatat64(int version, int folder, const char *path, struct stat *to, int flags) {
    (void)version;
    return fstatat(folder, path, to, flags);
}
OWN int stat64(const char *path, struct stat *to) { return stat(path, to); }
OWN int lstat64(const char *path, struct stat *to) { return lstat(path, to); }
OWN int fstat64(int file, struct stat *to) { return fstat(file, to); }
OWN int fstatat64(int folder, const char *path, struct stat *to, int flags) { return fstatat(folder, path, to, flags); }
OWN int statfs64(const char *path, struct statfs *to) { return statfs(path, to); }
OWN int fstatfs64(int file, struct statfs *to) { return fstatfs(file, to); }
OWN int statvfs64(const char *path, struct statvfs *to) { return statvfs(path, to); }
OWN int fstatvfs64(int file, struct statvfs *to) { return fstatvfs(file, to); }
OWN int fcntl64(int file, int what, ...) {
    va_list list;
    va_start(list, what);
    unsigned long value = va_arg(list, unsigned long);
    va_end(list);
    return fcntl(file, what, value);
}
OWN int fallocate64(int file, int mode, off_t at, off_t size) { return fallocate(file, mode, at, size); }
OWN int fgetpos64(FILE *file, fpos_t *at) { return fgetpos(file, at); }
OWN int fsetpos64(FILE *file, const fpos_t *at) { return fsetpos(file, at); }
OWN struct dirent *readdir64(DIR *folder) { return readdir(folder); }
OWN int readdir64_r(DIR *folder, struct dirent *entry, struct dirent **result) { return readdir_r(folder, entry, result); }
OWN int alphasort64(const struct dirent **one, const struct dirent **other) { return alphasort(one, other); }
OWN int versionsort64(const struct dirent **one, const struct dirent **other) { return versionsort(one, other); }
OWN int scandir64(const char *path, struct dirent ***to, int (*wanted)(const struct dirent *),
                  int (*order)(const struct dirent **, const struct dirent **)) {
    return scandir(path, to, wanted, order);
}
OWN int glob64(const char *pattern, int flags, int (*failed)(const char *, int), glob_t *to) { return glob(pattern, flags, failed, to); }
OWN void globfree64(glob_t *of) { globfree(of); }
#undef prlimit64
OWN int prlimit64(pid_t process, int which, const struct rlimit *limit, struct rlimit *old) {
    return prlimit(process, which, limit, old);
}
#endif
