// Number calls a Rust library that panics, catches, traces, starts threads and divides 128 bits.
package main

// unsigned number_caught(unsigned depth);
// unsigned number_traced(void);
// unsigned long long number_sum(unsigned count);
// unsigned long long number_wide(unsigned long long high, unsigned long long low);
import "C"

import "fmt"

func main() {
	fmt.Println("caught", C.number_caught(3), "traced", C.number_traced(),
		"sum", C.number_sum(1000), "wide", C.number_wide(1234567, 7))
}
