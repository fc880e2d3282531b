#include "api.h"

#include <stdlib.h>
#include <string.h>

static int set_text(struct api_value *value, const char *text) {
	size_t length = strlen(text);
	char *bytes = malloc(length);
	if (bytes == NULL) return -1;
	memcpy(bytes, text, length);
	value->kind = API_TEXT;
	value->as.text.bytes = bytes;
	value->as.text.length = length;
	return 0;
}

static int set_array(struct api_value *value, size_t count) {
	double *items = malloc(count * sizeof *items);
	if (items == NULL) return -1;
	for (size_t i = 0; i < count; i++) items[i] = (double)i / 2;
	value->kind = API_ARRAY;
	value->as.array.items = items;
	value->as.array.count = count;
	return 0;
}

struct api_value *api_table_new(size_t *count) {
	*count = 4;
	struct api_value *values = calloc(*count, sizeof *values);
	if (values == NULL) return NULL;
	values[0].kind = API_INTEGER;
	values[0].as.integer = -(INT64_C(1) << 40);
	values[1].kind = API_REAL;
	values[1].as.real = 2.5;
	if (set_text(&values[2], "zig") != 0 || set_array(&values[3], 4) != 0) {
		api_table_free(values, *count);
		return NULL;
	}
	return values;
}

static int double_text(struct api_value *value) {
	size_t length = value->as.text.length;
	char *bytes = realloc(value->as.text.bytes, length * 2 + 1);
	if (bytes == NULL) return -1;
	memcpy(bytes + length, bytes, length);
	value->as.text.bytes = bytes;
	value->as.text.length = length * 2;
	return 0;
}

int api_double(struct api_value *values, size_t count) {
	for (struct api_value *value = values; value < values + count; value++) {
		switch (value->kind) {
		case API_INTEGER:
			value->as.integer *= 2;
			break;
		case API_REAL:
			value->as.real *= 2;
			break;
		case API_TEXT:
			if (double_text(value) != 0) return -1;
			break;
		case API_ARRAY:
			for (size_t i = 0; i < value->as.array.count; i++) value->as.array.items[i] *= 2;
			break;
		}
	}
	return 0;
}

void api_table_free(struct api_value *values, size_t count) {
	for (size_t i = 0; i < count; i++) {
		if (values[i].kind == API_TEXT) free(values[i].as.text.bytes);
		if (values[i].kind == API_ARRAY) free(values[i].as.array.items);
	}
	free(values);
}
