/* why: archives that were compiled with MinGW over msvcrt.dll, or with gcc's emulated TLS, call what zig's MinGW over ucrt lacks.
   source: mingw-w64's setjmp.h and stdio.h; libgcc's emutls.c; librdkafka_windows.a of confluentinc/confluent-kafka-go v2.11.1.
   zig: every version, windows/amd64. All of it is weak: an archive that has a name of its own goes first where it is linked. */

#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#define OWN __attribute__((weak))

/* ucrt has it inline, in terms of this. */
int __stdio_common_vsnprintf_s(unsigned long long, char *, size_t, size_t, const char *, void *, va_list);

OWN int _vsnprintf_s(char *to, size_t room, size_t most, const char *format, va_list list) {
    return __stdio_common_vsnprintf_s(0, to, room, most, format, 0, list);
}
OWN int (*__imp__vsnprintf_s)(char *, size_t, size_t, const char *, va_list) = _vsnprintf_s;

/* Takes the frame as its second argument, as MinGW's headers pass it; a jump leaves the caller's frame as it is. */
__asm__(".weak _setjmp\n_setjmp:\n jmp __intrinsic_setjmpex\n");

/* gcc's thread-local variables: each has a control block, each thread an array of addresses. */
struct control { size_t size, alignment, number; void *start; };
struct array { size_t size; void *at[]; };

static SRWLOCK lock = SRWLOCK_INIT;
static size_t numbers;
static DWORD slot = FLS_OUT_OF_INDEXES;

static void WINAPI thread_ends(void *given) {
    struct array *array = given;
    if (!array) return;
    for (size_t at = 0; at < array->size; at++) {
        if (array->at[at]) free(((void **)array->at[at])[-1]);
    }
    free(array);
}

/* The variable's number, from 1 on. */
static size_t number_of(struct control *control) {
    size_t number = __atomic_load_n(&control->number, __ATOMIC_ACQUIRE);
    if (number) return number;
    AcquireSRWLockExclusive(&lock);
    if (slot == FLS_OUT_OF_INDEXES && (slot = FlsAlloc(thread_ends)) == FLS_OUT_OF_INDEXES) abort();
    number = control->number;
    if (!number) __atomic_store_n(&control->number, number = ++numbers, __ATOMIC_RELEASE);
    ReleaseSRWLockExclusive(&lock);
    return number;
}

/* A new variable: its memory, with the address to free before it. */
static void *made(const struct control *control) {
    size_t least = sizeof(void *), alignment = control->alignment < least ? least : control->alignment;
    char *memory = malloc(control->size + alignment + least);
    if (!memory) abort();
    void **place = (void **)(((size_t)memory + least + alignment - 1) & ~(alignment - 1));
    place[-1] = memory;
    if (control->start) memcpy(place, control->start, control->size);
    else memset(place, 0, control->size);
    return place;
}

/* Reading a variable does not touch the last error, as with gcc's own. */
OWN void *__emutls_get_address(struct control *control) {
    DWORD error = GetLastError();
    size_t number = number_of(control);
    struct array *array = FlsGetValue(slot);
    if (!array || array->size < number) {
        size_t old = array ? array->size : 0, size = number + 16;
        array = realloc(array, sizeof *array + size * sizeof(void *));
        if (!array) abort();
        memset(array->at + old, 0, (size - old) * sizeof(void *));
        array->size = size;
        FlsSetValue(slot, array);
    }
    if (!array->at[number - 1]) array->at[number - 1] = made(control);
    SetLastError(error);
    return array->at[number - 1];
}
