// Part is the plugin.
package main

// static int answer(void) { return 41; }
import "C"

// Answer is what the program looks up.
func Answer() int { return int(C.answer()) }

func main() {}
