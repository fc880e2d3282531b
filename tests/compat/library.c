/* What an ordinary library does, compiled by gcc with glibc's headers and -D_FORTIFY_SOURCE: names of glibc everywhere. */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

long __isoc23_strtol(const char *, char **, int);
int __isoc23_sscanf(const char *, const char *, ...);

static int shown(char *to, size_t size, const char *format, ...) {
    va_list list;
    va_start(list, format);
    int count = vsnprintf(to, size, format, list);
    va_end(list);
    return count;
}

/* The sum of everything that went right; `folder` may be written. */
int library(const char *folder, int bits) {
    char path[256], text[64], read_back[64];
    int right = 0, number = 0;
    struct stat info;
    snprintf(path, sizeof path, "%s/file", folder);
    FILE *file = fopen(path, "w+");
    right += file && fprintf(file, "%d %s\n", 42, "words") == 9;
    fflush(file);
    right += bits == 32 || (stat(path, &info) == 0 && info.st_size == 9 && S_ISREG(info.st_mode));
    right += fseeko(file, 3, SEEK_SET) == 0 && ftello(file) == 3;
    right += fgets(text, number + (int)sizeof text, file) && strcmp(text, "words\n") == 0;
    fclose(file);
    int handle = open(path, O_RDWR | O_CREAT, 0600);
    right += handle >= 0 && lseek(handle, 0, SEEK_END) == 9;
    right += pread(handle, read_back, (size_t)number + 9, 0) == 9 && memcmp(read_back, "42 words\n", 9) == 0;
    char *mapped = mmap(0, 9, PROT_READ, MAP_PRIVATE, handle, 0);
    right += mapped != MAP_FAILED && mapped[3] == 'w';
    right += ftruncate(handle, 4) == 0 && lseek(handle, 0, SEEK_END) == 4;
    close(handle);
    if (bits == 32) {
        right++;
    } else {
        int found = 0;
        DIR *entries = opendir(folder);
        for (struct dirent *entry; (entry = readdir(entries));) found += strcmp(entry->d_name, "file") == 0;
        closedir(entries);
        right += found == 1;
    }
    char *copy = strdup("copy"), *rest = 0;
    right += copy && strcmp(strtok_r(copy, "p", &rest), "co") == 0;
    free(copy);
    right += __isoc23_strtol("0x2a", 0, 0) == 42 && __isoc23_sscanf("7 8", "%*d %d", &number) == 1 && number == 8;
    right += shown(text, sizeof text, "%s-%d", "a", 5) == 3 && strcmp(text, "a-5") == 0;
    right += sprintf(text, "%04d", number) == 4 && strcmp(text, "0008") == 0;
    struct rlimit limit;
    right += getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur > 0;
    struct pollfd none = {.fd = -1};
    right += poll(&none, (nfds_t)(number - 7), 0) == 0;
    right += getcwd(path, sizeof path) == path && path[0] == '/';
    printf("right: %d\n", right);
    return right;
}
