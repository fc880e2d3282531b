// Lib is a library for C, built as c-shared and as c-archive.
package main

import "C"

//export Add
func Add(a, b C.int) C.int { return a + b }

//export Greeting
func Greeting() *C.char { return C.CString("hello from a Go library") }

func main() {}
