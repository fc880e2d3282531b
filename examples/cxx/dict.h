// The C face of a C++ map. No exception leaves it: Go, like C, could not catch one.
#ifndef DICT_H
#define DICT_H

#ifdef __cplusplus
extern "C" {
#endif

typedef struct dict dict;

dict *dict_new(void);
void dict_free(dict *d);
void dict_set(dict *d, const char *key, int value);

// Returns 0 and the value, or -1 and the message of the exception, which is good until the next call.
int dict_get(dict *d, const char *key, int *value, const char **error);

// Sums the values with one thread per value.
long dict_sum(dict *d);

// Prints the dictionary through std::cout, in the order of its keys.
void dict_print(dict *d);

#ifdef __cplusplus
}
#endif

#endif
