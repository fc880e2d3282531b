// Peak memory, in KiB, of a program until it ends or becomes another one: cgozig becomes the compiler, and what
// the kernel reports at the end is the compiler's. So each attempt to become something is looked at from outside.

#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/ptrace.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

long ptrace(int request, pid_t pid, void *address, void *data);

static long peak_now(pid_t pid) {
    char path[64], line[256];
    long peak = 0;
    snprintf(path, sizeof path, "/proc/%d/status", pid);
    FILE *status = fopen(path, "r");
    while (status && fgets(line, sizeof line, status))
        if (!strncmp(line, "VmHWM:", 6))
            peak = atol(line + 6);
    if (status)
        fclose(status);
    return peak;
}

int main(int argc, char **argv) {
    pid_t child = fork();
    if (!child) {
        ptrace(PTRACE_TRACEME, 0, NULL, NULL);
        raise(SIGSTOP);
        dup2(open("/dev/null", O_WRONLY), 1);
        execv(argv[1], argv + 1);
        _exit(127);
    }
    int status, programs = 0;
    long peak = 0;
    waitpid(child, &status, 0);
    ptrace(PTRACE_SETOPTIONS, child, NULL, (void *)(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL));
    for (long signal = 0; ptrace(PTRACE_SYSCALL, child, NULL, (void *)signal) == 0; signal = 0) {
        if (waitpid(child, &status, 0) < 0 || WIFEXITED(status) || WIFSIGNALED(status))
            break;
        if (status >> 8 == (SIGTRAP | PTRACE_EVENT_EXEC << 8)) {
            if (++programs == 2) {
                ptrace(PTRACE_DETACH, child, NULL, NULL);
                waitpid(child, &status, 0);
                break;
            }
        } else if (WSTOPSIG(status) == (SIGTRAP | 0x80)) {
            struct ptrace_syscall_info info;
            ptrace(PTRACE_GET_SYSCALL_INFO, child, (void *)sizeof info, &info);
            long number = info.op == PTRACE_SYSCALL_INFO_ENTRY ? (long)info.entry.nr : -1;
            if (programs == 1 && (number == SYS_execve || number == SYS_execveat || number == SYS_exit_group)) {
                long now = peak_now(child);
                peak = now > peak ? now : peak;
            }
        } else {
            signal = WSTOPSIG(status);
        }
    }
    printf("%ld", peak);
    return argc > 1 && WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
