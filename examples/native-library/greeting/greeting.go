// Package greeting wraps a C library that comes prebuilt: cgozig.toml beside this file says from where.
package greeting

/*
#cgo CFLAGS: -I${SRCDIR}/c
#cgo LDFLAGS: -L${SRCDIR} -lgreeting
#include <greeting.h>
#include <stdlib.h>
*/
import "C"

import "unsafe"

// Hello greets somebody.
func Hello(name string) string {
	cName := C.CString(name)
	defer C.free(unsafe.Pointer(cName))
	text := C.greeting(cName)
	defer C.free(unsafe.Pointer(text))
	return C.GoString(text)
}
