package main

/*
#cgo CFLAGS: -I${SRCDIR}/c
#cgo LDFLAGS: -L${SRCDIR}/c -lapi

#include <stdlib.h>
#include "api.h"

// Go sees a C union as an array of bytes. These functions are its members; the C compiler inlines them, and knows
// their offsets on every target.
static inline int64_t get_integer(const struct api_value *v) { return v->as.integer; }
static inline double get_real(const struct api_value *v) { return v->as.real; }
static inline char *text_bytes(const struct api_value *v) { return v->as.text.bytes; }
static inline size_t text_length(const struct api_value *v) { return v->as.text.length; }
static inline double *array_items(const struct api_value *v) { return v->as.array.items; }
static inline size_t array_count(const struct api_value *v) { return v->as.array.count; }

static inline void set_integer(struct api_value *v, int64_t integer) { v->as.integer = integer; }
static inline void set_real(struct api_value *v, double real) { v->as.real = real; }
static inline void set_text(struct api_value *v, char *bytes, size_t length) {
	free(v->as.text.bytes);
	v->as.text.bytes = bytes;
	v->as.text.length = length;
}
*/
import "C"

import (
	"errors"
	"fmt"
	"unsafe"
)

var errMemory = errors.New("C is out of memory")

// Table owns an array of values on the C side.
type Table struct {
	values *C.struct_api_value
	count  C.size_t
}

func NewTable() (*Table, error) {
	t := new(Table)
	t.values = C.api_table_new(&t.count)
	if t.values == nil {
		return nil, errMemory
	}
	return t, nil
}

// Close frees the table; values and arrays that came from it are gone then.
func (t *Table) Close() {
	C.api_table_free(t.values, t.count)
	t.values, t.count = nil, 0
}

// Values is the C array itself seen as a Go slice, not a copy.
func (t *Table) Values() []Value {
	return unsafe.Slice((*Value)(t.values), int(t.count))
}

func (t *Table) Double() error {
	if C.api_double(t.values, t.count) != 0 {
		return errMemory
	}
	return nil
}

// Value is struct api_value under a Go name that can have methods.
type Value C.struct_api_value

func (v *Value) c() *C.struct_api_value { return (*C.struct_api_value)(v) }

// Get returns an int64, float64, string (a copy) or []float64 (the C array).
func (v *Value) Get() any {
	switch v.kind {
	case C.API_INTEGER:
		return int64(C.get_integer(v.c()))
	case C.API_REAL:
		return float64(C.get_real(v.c()))
	case C.API_TEXT:
		return C.GoStringN(C.text_bytes(v.c()), C.int(C.text_length(v.c())))
	case C.API_ARRAY:
		return unsafe.Slice((*float64)(C.array_items(v.c())), int(C.array_count(v.c())))
	}
	panic(fmt.Sprintf("api_value of unknown kind %d", v.kind))
}

// Set replaces an integer, a real or a text by one of the same kind. The items of an array are set in the slice
// that Get returns.
func (v *Value) Set(to any) error {
	switch to := to.(type) {
	case int64:
		if v.kind == C.API_INTEGER {
			C.set_integer(v.c(), C.int64_t(to))
			return nil
		}
	case float64:
		if v.kind == C.API_REAL {
			C.set_real(v.c(), C.double(to))
			return nil
		}
	case string:
		if v.kind == C.API_TEXT {
			// CString's memory is malloc's: the table takes it over.
			C.set_text(v.c(), C.CString(to), C.size_t(len(to)))
			return nil
		}
	}
	return fmt.Errorf("a value of kind %d cannot hold a %T", v.kind, to)
}
