/* why: `'util.h' file not found`: zig's macOS headers lack it, though its libSystem.tbd has openpty, forkpty and login_tty.
 * source: openpty(3), the public BSD manual page.
 * zig: 0.14.1-0.17.0. */
#ifndef CGOZIG_UTIL_H
#define CGOZIG_UTIL_H

#include <sys/ioctl.h>
#include <sys/types.h>
#include <termios.h>

#ifdef __cplusplus
extern "C" {
#endif

int openpty(int *parent, int *child, char *name, struct termios *term, struct winsize *size);
int login_tty(int fd);
pid_t forkpty(int *parent, char *name, struct termios *term, struct winsize *size);

#ifdef __cplusplus
}
#endif

#endif
