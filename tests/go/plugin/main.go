// Plugin opens a Go plugin that has C in it.
package main

// static int one(void) { return 1; }
import "C"

import (
	"fmt"
	"os"
	"plugin"
)

func main() {
	opened, err := plugin.Open(os.Args[1])
	if err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
	answer, err := opened.Lookup("Answer")
	if err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
	fmt.Println("plugin says", answer.(func() int)()+int(C.one()))
}
