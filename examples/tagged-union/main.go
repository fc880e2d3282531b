// Tagged-union uses a C library, built by its own Makefile, whose values are tagged unions.
package main

import (
	"fmt"
	"log"
)

func main() {
	table, err := NewTable()
	if err != nil {
		log.Fatal(err)
	}
	defer table.Close()
	show("new", table)

	if err := table.Double(); err != nil {
		log.Fatal(err)
	}
	show("doubled by C", table)

	values := table.Values()
	for i, to := range []any{int64(7), 0.125, "cgo"} {
		if err := values[i].Set(to); err != nil {
			log.Fatal(err)
		}
	}
	items := values[3].Get().([]float64)
	items[0] = -1 // writes into the C array
	show("set by Go", table)

	fmt.Println("refused:", values[0].Set("text"))
}

func show(title string, table *Table) {
	fmt.Printf("%s:", title)
	for i := range table.Values() {
		fmt.Printf(" %v", table.Values()[i].Get())
	}
	fmt.Println()
}
