// Command hello uses a module whose C library comes prebuilt.
package main

import (
	"fmt"
	"os"

	"example.com/greeting"
)

func main() {
	name := "world"
	if len(os.Args) > 1 {
		name = os.Args[1]
	}
	fmt.Println(greeting.Hello(name))
}
