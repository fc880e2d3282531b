// A C compiler that answers from memory, for the floor of a build: what is left when CC takes no time.
//
// With REPLAY_CC it runs that compiler and records in the folder REPLAY_STORE its exit status, what it printed and
// the file that it made. Without, it gives the same back. The key is a digest of the words, with the numbers of
// temporary names taken out, and of the contents of every input file. What was never recorded is an error, and
// leaves the file `missed` in the store, because Go takes the failure of a question for an answer. Each answer adds a
// byte to the file `calls`.

#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static uint64_t key[2] = {0x9e3779b97f4a7c15, 0xc2b2ae3d27d4eb4f};

static void word(uint64_t value) {
    for (int lane = 0; lane < 2; lane++) {
        unsigned __int128 product = (unsigned __int128)(key[lane] ^ value) * (lane ? 0xd6e8feb86659fd93u : 0xa0761d6478bd642fu);
        key[lane] = (uint64_t)product ^ (uint64_t)(product >> 64) ^ (lane + 1);
    }
}

static void bytes(const char *data, size_t size) {
    uint64_t value;
    word(size);
    for (; size >= 8; data += 8, size -= 8) {
        memcpy(&value, data, 8);
        word(value);
    }
    value = 0;
    memcpy(&value, data, size);
    word(value);
}

// A number of six digits or more belongs to a temporary name: go-build123456.
static void without_numbers(const char *text) {
    char plain[1 << 16];
    size_t size = 0;
    while (*text && size < sizeof plain - 1) {
        size_t digits = strspn(text, "0123456789");
        if (digits >= 6) {
            plain[size++] = '#';
            text += digits;
        } else {
            plain[size++] = *text++;
        }
    }
    bytes(plain, size);
}

static void contents(const char *path) {
    struct stat about;
    int file = open(path, O_RDONLY);
    if (file < 0)
        return;
    if (!fstat(file, &about) && S_ISREG(about.st_mode) && about.st_size) {
        char *data = mmap(NULL, about.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
        if (data != MAP_FAILED) {
            bytes(data, about.st_size);
            munmap(data, about.st_size);
        }
    }
    close(file);
}

static int copy(const char *from, const char *to) {
    struct stat about;
    int in = open(from, O_RDONLY);
    if (in < 0 || fstat(in, &about) || !S_ISREG(about.st_mode))
        return -1;
    int out = open(to, O_WRONLY | O_CREAT | O_TRUNC, about.st_mode & 0777);
    if (out < 0 || fchmod(out, about.st_mode & 0777))
        return -1;
    for (off_t left = about.st_size; left > 0;) {
        ssize_t done = copy_file_range(in, NULL, out, NULL, left, 0);
        if (done <= 0)
            return -1;
        left -= done;
    }
    close(in);
    return close(out);
}

static void show(const char *from, int to) {
    char data[1 << 16];
    ssize_t size;
    int in = open(from, O_RDONLY);
    while ((size = read(in, data, sizeof data)) > 0)
        if (write(to, data, size) < 0)
            exit(98);
    close(in);
}

static int run(const char *program, char **argv, const char *out, const char *err) {
    int status;
    pid_t child = fork();
    if (!child) {
        dup2(open(out, O_WRONLY | O_CREAT | O_TRUNC, 0666), 1);
        dup2(open(err, O_WRONLY | O_CREAT | O_TRUNC, 0666), 2);
        unsetenv("REPLAY_CC");
        execvp(program, argv);
        _exit(127);
    }
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 126;
}

int main(int argc, char **argv) {
    const char *store = getenv("REPLAY_STORE"), *real = getenv("REPLAY_CC"), *made = NULL;
    char out[4096], err[4096], file[4096], code[4096], text[16] = "";
    for (int at = 1; at < argc; at++) {
        // Go takes it from temporary names, and it changes nothing in an object.
        if (!strncmp(argv[at], "-frandom-seed=", 14))
            continue;
        without_numbers(argv[at]);
        if (!strncmp(argv[at], "-o", 2)) {
            made = argv[at][2] ? argv[at] + 2 : argv[at + 1];
            if (!argv[at][2] && made)
                without_numbers(argv[++at]);
        } else if (argv[at][0] == '@') {
            return fprintf(stderr, "replay: a file of words is not known here\n"), 97;
        } else if (argv[at][0] != '-') {
            contents(argv[at]);
        }
    }
    snprintf(out, sizeof out, "%s/%016lx%016lx.out", store, key[0], key[1]);
    snprintf(err, sizeof err, "%s/%016lx%016lx.err", store, key[0], key[1]);
    snprintf(file, sizeof file, "%s/%016lx%016lx.file", store, key[0], key[1]);
    snprintf(code, sizeof code, "%s/%016lx%016lx.code", store, key[0], key[1]);
    if (real) {
        int status = run(real, argv, out, err);
        if (made && strcmp(made, "/dev/null"))
            copy(made, file);
        int to = open(code, O_WRONLY | O_CREAT | O_TRUNC, 0666);
        dprintf(to, "%d", status);
        close(to);
    }
    int from = open(code, O_RDONLY);
    if (from < 0 || read(from, text, sizeof text - 1) <= 0) {
        snprintf(code, sizeof code, "%s/missed", store);
        int missed = open(code, O_WRONLY | O_CREAT | O_APPEND, 0666);
        for (int at = 0; at < argc; at++) {
            dprintf(missed, "%s ", argv[at]);
            fprintf(stderr, "%s ", argv[at]);
        }
        dprintf(missed, "\n");
        return fprintf(stderr, ": was not recorded\n"), 97;
    }
    if (made && !real)
        copy(file, made);
    snprintf(code, sizeof code, "%s/calls", store);
    int calls = open(code, O_WRONLY | O_CREAT | O_APPEND, 0666);
    if (calls < 0 || write(calls, ".", 1) != 1)
        return 96;
    show(out, 1);
    show(err, 2);
    return atoi(text);
}
