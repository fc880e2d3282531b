// A C interface of the usual kind: a value that says by its kind which member of a union holds.
#ifndef API_H
#define API_H

#include <stddef.h>
#include <stdint.h>

enum api_kind { API_INTEGER = 1, API_REAL, API_TEXT, API_ARRAY };

struct api_value {
	enum api_kind kind;
	union {
		int64_t integer;
		double real;
		struct {
			char *bytes; // no zero at the end
			size_t length;
		} text;
		struct {
			double *items;
			size_t count;
		} array;
	} as;
};

// Makes a table with one value of each kind; count receives their number.
struct api_value *api_table_new(size_t *count);

// Doubles every value: numbers and array items by two, text by saying it twice. Returns 0, or -1 if memory is short.
int api_double(struct api_value *values, size_t count);

// Frees the table and what its values own. Text and arrays must come from malloc.
void api_table_free(struct api_value *values, size_t count);

#endif
