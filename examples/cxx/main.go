// Cxx uses a C++ class through functions of C. Go compiles dict.cpp by itself, with CXX.
package main

/*
#cgo CXXFLAGS: -std=c++17
#cgo LDFLAGS: -lpthread

#include <stdlib.h>
#include "dict.h"
*/
import "C"

import (
	"errors"
	"fmt"
	"unsafe"
)

// Dict is a std::map<std::string, int>.
type Dict struct{ d *C.dict }

func NewDict() Dict { return Dict{C.dict_new()} }

func (d Dict) Close() { C.dict_free(d.d) }

func (d Dict) Set(key string, value int) {
	k := C.CString(key)
	defer C.free(unsafe.Pointer(k))
	C.dict_set(d.d, k, C.int(value))
}

// Get turns the C++ exception of a missing key into an error.
func (d Dict) Get(key string) (int, error) {
	k := C.CString(key)
	defer C.free(unsafe.Pointer(k))
	var value C.int
	var message *C.char
	if C.dict_get(d.d, k, &value, &message) != 0 {
		return 0, errors.New(C.GoString(message))
	}
	return int(value), nil
}

func (d Dict) Sum() int { return int(C.dict_sum(d.d)) }

func (d Dict) Print() { C.dict_print(d.d) }

func main() {
	d := NewDict()
	defer d.Close()
	for i, key := range []string{"three", "one", "two"} {
		d.Set(key, i+1)
	}
	d.Print()
	fmt.Println("sum:", d.Sum())
	for _, key := range []string{"one", "four"} {
		value, err := d.Get(key)
		fmt.Println("get:", key, value, err)
	}
}
