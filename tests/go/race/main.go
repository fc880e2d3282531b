// Race has a data race; with -race it says so and exits with 66.
package main

// static int zero(void) { return 0; }
import "C"

import (
	"fmt"
	"sync"
)

func main() {
	shared := int(C.zero())
	var group sync.WaitGroup
	for i := 0; i < 2; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			shared++
		}()
	}
	group.Wait()
	fmt.Println("shared", shared > 0)
}
