// Static-pie is one file that runs on any Linux of its architecture: static, position-independent, stripped.
package main

/*
#include <stdlib.h>
#include <string.h>

// Reverses text in place.
static void reverse(char *text) {
	for (size_t i = 0, j = strlen(text); i + 1 < j; i++) {
		char c = text[i];
		text[i] = text[--j];
		text[j] = c;
	}
}
*/
import "C"

import (
	"fmt"
	"runtime"
	"unsafe"
)

func main() {
	text := C.CString(runtime.GOARCH + "/" + runtime.GOOS)
	defer C.free(unsafe.Pointer(text))
	C.reverse(text)
	fmt.Println("static-pie:", C.GoString(text))
}
