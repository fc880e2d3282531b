// Thrown calls a C++ library that catches what it throws. No package here has C++ of its own.
package main

// int thrown_caught(int depth);
// const char *thrown_said(void);
import "C"

import "fmt"

func main() {
	fmt.Println("caught", C.thrown_caught(3), "said", C.GoString(C.thrown_said()))
}
