/* why: archives that were compiled with a newer glibc call what the target's older one lacks.
   source: the glibc manual and its release notes (2.25, 2.26, 2.30, 2.32, 2.36, 2.38); ziglang/zig#17536.
   zig: every version, linux with glibc. All of it is weak: a glibc or an archive that has a name goes first where it is linked. */

#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdarg.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

#define OWN __attribute__((weak, visibility("hidden")))

/* 2.38: C23's functions also read 0b1010, which older sources do not have. */
#include "c23.h"

#if __GLIBC_MINOR__ < 38
OWN size_t strlcpy(char *to, const char *from, size_t size) {
    size_t length = strlen(from);
    if (size) {
        size_t count = length < size ? length : size - 1;
        memcpy(to, from, count);
        to[count] = 0;
    }
    return length;
}

OWN size_t strlcat(char *to, const char *from, size_t size) {
    size_t length = strnlen(to, size);
    return length == size ? size + strlen(from) : length + strlcpy(to + length, from, size - length);
}

OWN size_t __strlcpy_chk(char *to, const char *from, size_t size, size_t room) {
    if (size > room) abort();
    return strlcpy(to, from, size);
}

OWN size_t __strlcat_chk(char *to, const char *from, size_t size, size_t room) {
    if (size > room) abort();
    return strlcat(to, from, size);
}
#endif

#if __GLIBC_MINOR__ < 36
#include "arc4random.h"
#endif

#if __GLIBC_MINOR__ < 32
/* False is always right: it only says that atomic operations may be left out. */
OWN char __libc_single_threaded;
#endif

#if __GLIBC_MINOR__ < 25
OWN ssize_t getrandom(void *to, size_t size, unsigned flags) {
    return syscall(SYS_getrandom, to, size, flags);
}

OWN int getentropy(void *to, size_t size) {
    if (size > 256) {
        errno = EIO;
        return -1;
    }
    for (size_t done = 0; done < size;) {
        ssize_t count = syscall(SYS_getrandom, (char *)to + done, size - done, 0);
        if (count < 0 && errno != EINTR) return -1;
        if (count > 0) done += (size_t)count;
    }
    return 0;
}

OWN void explicit_bzero(void *to, size_t size) {
    memset(to, 0, size);
    __asm__ __volatile__("" : : "r"(to) : "memory");
}
#endif

#if __GLIBC_MINOR__ < 26
OWN void *reallocarray(void *old, size_t count, size_t size) {
    size_t all;
    if (!__builtin_mul_overflow(count, size, &all)) return realloc(old, all);
    errno = ENOMEM;
    return 0;
}
#endif

#if __GLIBC_MINOR__ < 30
OWN pid_t gettid(void) {
    return (pid_t)syscall(SYS_gettid);
}

/* The same moment by the clock that the older function counts by, as libstdc++ does where these are missing. A condition
   variable with a clock of its own (pthread_condattr_setclock) is not told apart. */
static struct timespec by_real_time(clockid_t clock, const struct timespec *until) {
    struct timespec real, now;
    if (clock == CLOCK_REALTIME) return *until;
    clock_gettime(clock, &now);
    clock_gettime(CLOCK_REALTIME, &real);
    real.tv_sec += until->tv_sec - now.tv_sec;
    real.tv_nsec += until->tv_nsec - now.tv_nsec;
    if (real.tv_nsec < 0) real.tv_nsec += 1000000000, real.tv_sec--;
    if (real.tv_nsec >= 1000000000) real.tv_nsec -= 1000000000, real.tv_sec++;
    return real;
}

/* Whether the moment is still to come: the other clock may have been set meanwhile. */
static int is_early(clockid_t clock, const struct timespec *until) {
    struct timespec now;
    clock_gettime(clock, &now);
    return now.tv_sec < until->tv_sec || (now.tv_sec == until->tv_sec && now.tv_nsec < until->tv_nsec);
}

/* Waits until `real`, and again where that came before the moment by the other clock. */
#define WAIT(wait, is_late) \
    int result; \
    do { \
        struct timespec real = by_real_time(clock, until); \
        result = wait; \
    } while ((is_late) && is_early(clock, until)); \
    return result

OWN int pthread_cond_clockwait(pthread_cond_t *cond, pthread_mutex_t *mutex, clockid_t clock, const struct timespec *until) {
    WAIT(pthread_cond_timedwait(cond, mutex, &real), result == ETIMEDOUT);
}

OWN int pthread_mutex_clocklock(pthread_mutex_t *mutex, clockid_t clock, const struct timespec *until) {
    WAIT(pthread_mutex_timedlock(mutex, &real), result == ETIMEDOUT);
}

OWN int sem_clockwait(sem_t *semaphore, clockid_t clock, const struct timespec *until) {
    WAIT(sem_timedwait(semaphore, &real), result && errno == ETIMEDOUT);
}
#endif
