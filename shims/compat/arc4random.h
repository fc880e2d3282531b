/* why: libstdc++ and others call arc4random where the glibc that they were built with has it.
   source: glibc 2.36's release notes; musl has getrandom and no arc4random.
   zig: every version, linux, beside newer-glibc.c and glibc-on-musl.c. */

OWN void arc4random_buf(void *to, size_t size) {
    char *at = (char *)to;
    while (size) {
        ssize_t count = syscall(SYS_getrandom, at, size, 0);
        if (count < 0 && errno != EINTR) abort();
        if (count > 0) at += count, size -= (size_t)count;
    }
}

OWN uint32_t arc4random(void) {
    uint32_t number;
    arc4random_buf(&number, sizeof number);
    return number;
}

OWN uint32_t arc4random_uniform(uint32_t bound) {
    /* Numbers below the remainder of 2^32 would come once too often. */
    uint32_t least = bound ? -bound % bound : 0, number;
    do number = arc4random();
    while (number < least);
    return bound ? number % bound : 0;
}
