// Docker is a small service for a container: it needs cgo, and nothing of the image it runs in.
package main

// static int twice(int n) { return 2 * n; }
import "C"

import (
	"fmt"
	"os/user"
)

func main() {
	fmt.Println("twice 21 is", C.twice(21))
	if current, err := user.Current(); err == nil {
		fmt.Println("user id", current.Uid)
	}
}
