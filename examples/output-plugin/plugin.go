// Output-plugin is a plugin for a C program, as Fluent Bit's are: a shared library that exports C functions.
package main

/*
#include <stdlib.h>
#include <stdint.h>
#include "plugin.h"

// Go cannot call a C function pointer; C can.
static inline const char *config(const struct plugin_instance *instance, const char *key) {
	return instance->config(instance, key);
}

// A cgo.Handle is a number that travels as a void *. Go must see it as a number: a small pointer is an error to its runtime.
static inline void set_context(struct plugin_instance *instance, uintptr_t handle) {
	instance->context = (void *)handle;
}
*/
import "C"

import (
	"bytes"
	"fmt"
	"os"
	"runtime/cgo"
	"unsafe"
)

// output is what the plugin keeps for one instance.
type output struct {
	prefix string
	lines  int
}

var handles []cgo.Handle

//export FLBPluginRegister
func FLBPluginRegister(definition *C.struct_plugin_definition) C.int {
	put(definition.name[:], "lines")
	put(definition.description[:], "prints lines and counts them")
	return C.FLB_OK
}

//export FLBPluginInit
func FLBPluginInit(instance *C.struct_plugin_instance) C.int {
	prefix, ok := option(instance, "prefix")
	if !ok {
		fmt.Fprintln(os.Stderr, "plugin: there is no prefix")
		return C.FLB_ERROR
	}
	handle := cgo.NewHandle(&output{prefix: prefix})
	handles = append(handles, handle)
	C.set_context(instance, C.uintptr_t(handle))
	return C.FLB_OK
}

//export FLBPluginFlushCtx
func FLBPluginFlushCtx(context C.uintptr_t, data unsafe.Pointer, length C.int, tag *C.char) C.int {
	out := cgo.Handle(context).Value().(*output)
	for line := range bytes.Lines(unsafe.Slice((*byte)(data), int(length))) {
		out.lines++
		fmt.Printf("%s %s %d: %s\n", out.prefix, C.GoString(tag), out.lines, bytes.TrimRight(line, "\n"))
	}
	return C.FLB_OK
}

//export FLBPluginExit
func FLBPluginExit() C.int {
	for _, handle := range handles {
		handle.Delete()
	}
	handles = nil
	return C.FLB_OK
}

func option(instance *C.struct_plugin_instance, key string) (string, bool) {
	name := C.CString(key)
	defer C.free(unsafe.Pointer(name))
	value := C.config(instance, name)
	return C.GoString(value), value != nil
}

// put writes a text and its zero into an array of C, shortened if need be.
func put(to []C.char, text string) {
	n := min(len(text), len(to)-1)
	for i := range n {
		to[i] = C.char(text[i])
	}
	to[n] = 0
}

// Go wants a main; the host never calls it.
func main() {}
