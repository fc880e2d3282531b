// Cxx calls C++ that throws, catches, starts threads and writes to iostreams.
package main

// int total(int n);
// const char *caught(void);
import "C"

import "fmt"

func main() {
	fmt.Println("total", C.total(100), "caught", C.GoString(C.caught()))
}
